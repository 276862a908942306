"""What a source points to is counted at each of its polls, so the count must not read the targets themselves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, event

from archive.links import link_work
from archive.store import Archive
from tests.archive.pages import Publisher, messages
from tests.lifecycle.world import START


def test_links_are_counted_from_an_index_alone(on_sqlite: Callable[[str], Archive]) -> None:
    archive = on_sqlite("counted")
    Publisher(archive).show([messages(2)[0].but(pdf="one.pdf"), messages(2)[1]])
    asked: list[tuple[str, Any]] = []

    def note(_: Connection, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        asked.append((statement, parameters))

    with archive.reading() as session:
        event.listen(archive.engine, "before_cursor_execute", note)
        work = link_work(session, "bsia-cssc", START, "an extractor")
        event.remove(archive.engine, "before_cursor_execute", note)
        ((statement, parameters),) = asked
        plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
    assert (work.links["links"], work.links["waiting"]) == (1, 1)
    told = [row.detail for row in plan if "targets USING" in row.detail and "documents" not in row.detail]
    assert "SEARCH targets USING COVERING INDEX ix_targets_source_role_sha256_next_check_at_last_tried_at" in told[0]
