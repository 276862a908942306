"""A body is durable before anything parses it: killed in between, its entries are read all the same."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import NoReturn

import pytest

import ingest.settling
from archive.journal import pending
from tests.kill_points import KILLED, exit_code_of
from tests.lifecycle.dumps import counts, feed
from tests.lifecycle.world import Clock, SmallSite, Upstream, bsia, opened, run, shown

SITE = SmallSite([shown("snow", "depot-fire", "tube-january", "port-verano", "lost-passes", "romance")])


def poll_and_die_before_the_parse(database_url: str, folder: Path) -> NoReturn:
    def die(*_: object) -> NoReturn:
        os._exit(KILLED)

    vars(ingest.settling)["_settle_page"] = die
    with opened(database_url, folder) as archive:
        run(archive, Upstream(SITE), Clock())
    raise AssertionError("the run ended without a parse")


def test_killed_between_capture_and_parse_the_entries_are_read_though_the_server_says_304(
    database_url: str, tmp_path: Path
) -> None:
    assert exit_code_of(partial(poll_and_die_before_the_parse, database_url, tmp_path)) == KILLED
    with opened(database_url, tmp_path) as archive:
        with archive.reading() as session:
            assert len(pending(session, "bsia-cssc")) == 1
        upstream, clock = Upstream(SITE), Clock()
        clock.forward(15)
        report = run(archive, upstream, clock)
        assert upstream.pages_asked == [304]
        assert report.accounts.new == 6
        assert [kind for kind, _cause, _title in feed(archive)] == ["created"] * 6
        assert counts(archive)["captures"] == 1


def test_validators_of_a_page_that_no_parser_has_read_are_never_sent(database_url: str, tmp_path: Path) -> None:
    with opened(database_url, tmp_path) as archive:
        upstream, clock = Upstream(SITE), Clock()
        source = bsia()
        vars(source)["expect"] = range(50, 60)
        run(archive, upstream, clock, source)
        clock.forward(15)
        run(archive, upstream, clock)
        assert upstream.pages_asked == [200, 200]


def test_a_body_that_cannot_be_made_durable_is_not_recorded(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(database_url, tmp_path) as archive:

        def fail(body: bytes) -> str:
            raise RuntimeError("the store is away")

        with monkeypatch.context() as broken:
            broken.setattr(archive.blobs, "put", fail)
            with pytest.raises(RuntimeError, match="the store is away"):
                run(archive, Upstream(SITE), Clock())
        assert counts(archive)["captures"] == 0
        assert run(archive, Upstream(SITE), Clock()).accounts.new == 6
