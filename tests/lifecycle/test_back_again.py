"""A page that goes back to an earlier state and answers 304 to that state's validators."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from archive.blobs import path_of
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


class Forgetful(Upstream):
    """A site that answers only those who bring validators, once it is `broken`."""

    broken = False

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if self.broken and "if-none-match" not in request.headers:
            raise httpx.ReadError("the connection was reset", request=request)
        return super().handle_request(request)


@pytest.mark.parametrize("broken", [False, True], ids=["answers", "fails"])
def test_a_304_for_a_damaged_body_is_asked_again_without_validators(
    database_url: str, tmp_path: Path, broken: bool
) -> None:
    plain = shown(*[key for key, message in messages().items() if "](" not in "".join(message.paragraphs)][:7])
    upstream, clock = Forgetful(SmallSite([plain, plain[1:], plain])), Clock()
    with opened(database_url, tmp_path) as archive:
        for upstream.step in (0, 1):
            run(archive, upstream, clock)
            clock.forward(20)
        with archive.writing() as session:
            first, last = session.scalars(select(Capture).order_by(Capture.id)).all()
            last.healthy = False
        (place,) = tmp_path.glob(f"blobs/{path_of(str(first.sha256))}*")
        place.write_bytes(b"damaged")
        upstream.step, upstream.broken = 2, broken
        report = run(archive, upstream, clock)
    assert (report.accounts.errors, report.accounts.seen) == ((1, 0) if broken else (0, 7))
