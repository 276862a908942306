"""A page that goes back to an earlier state and answers 304 to that state's validators."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from archive.tables import Capture
from replica.messages import messages
from tests.lifecycle.world import Clock, SmallSite, Upstream, opened, run, shown


def test_a_304_for_the_state_before_the_last_is_that_state_again(database_url: str, tmp_path: Path) -> None:
    plain = shown(*[key for key, message in messages().items() if "](" not in "".join(message.paragraphs)][:7])
    upstream, clock = Upstream(SmallSite([plain, plain[1:], plain])), Clock()
    with opened(database_url, tmp_path) as archive:
        assert run(archive, upstream, clock).accounts.new == 7
        clock.forward(20)
        upstream.step = 1
        run(archive, upstream, clock)
        with archive.writing() as session:
            last = session.scalars(select(Capture).order_by(Capture.id.desc()).limit(1)).one()
            last.healthy = False
        clock.forward(20)
        upstream.step = 2
        report = run(archive, upstream, clock)
        assert upstream.pages_asked == [200, 200, 304]
        assert (report.accounts.seen, report.accounts.unchanged) == (7, 7)
        with archive.reading() as session:
            newest = session.scalars(select(Capture).order_by(Capture.id.desc()).limit(1)).one()
        assert newest.status == 304
        assert ["content-type", "text/html; charset=utf-8"] in [[name.lower(), value] for name, value in newest.headers]
