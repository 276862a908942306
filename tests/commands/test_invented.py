"""What commands say of bulletins that the replica invented."""

from __future__ import annotations

from pathlib import Path

from settings import REPLICA_MARK
from tests.archive.pages import messages, page
from tests.commands.conftest import Command


def test_what_the_replica_invented_is_called_so(bulletins: Command, home: Path, tmp_path: Path) -> None:
    saved = tmp_path / "page.html"
    saved.write_bytes(page(messages(12)))
    assert bulletins("import", "bsia-cssc", str(saved), "--at", "2026-03-01T10:00:00Z").code == 0
    (hit,) = bulletins("search", "lost dog").rows
    asked = (("search", "lost dog"), ("show", hit["id"]), ("changes",))
    for is_invented in (False, True):
        if is_invented:
            (home / REPLICA_MARK).touch()
        assert [row["invented"] for each in asked for row in bulletins(*each).rows] == [is_invented] * 14
        tables = [bulletins(*each, "--format", "table") for each in asked]
        assert ["(invented: from the built-in replica)" in table.out + table.err for table in tables] == [
            is_invented
        ] * 3
