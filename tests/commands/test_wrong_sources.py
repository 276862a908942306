"""A source of the settings that cannot be one is named with its file and stops no other."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.commands.conftest import Command

WRONG = """
[[source]]
slug = "broken"
family = "feed"
publisher = "village-watch"
rights = "ours"
start = "https://village.example.org/feed.xml"
region = "main["
every_minutes = 60
listing = "window"
expect = [0, 100]

[[source]]
slug = "village-watch"
family = "feed"
publisher = "village-watch"
rights = "ours"
start = "https://village.example.org/feed.xml"
every_minutes = 60
listing = "window"
expect = [0, 100]
"""
SENTENCE = "source broken: region 'main[', expected a CSS selector"


@pytest.fixture
def stated(home: Path) -> Path:
    home.mkdir(parents=True)
    file = home / "bulletins.toml"
    file.write_text(WRONG)
    return file


def test_sources_and_status_say_it_and_list_the_others(bulletins: Command, stated: Path) -> None:
    listed = bulletins("sources", "--format", "jsonl")
    assert listed.code == 0
    assert f"{stated}: {SENTENCE}" in listed.err.replace("\n", "")
    assert {"village-watch", "btp"} <= {row["source"] for row in listed.rows}
    bulletins("migrate")
    status = bulletins("status", "--format", "jsonl")
    assert (status.code, f"{stated}: {SENTENCE}" in status.err.replace("\n", "")) == (0, True)
    assert "broken" not in {row["source"] for row in status.rows}


def test_naming_it_gives_the_sentence_and_naming_another_runs_that(bulletins: Command, stated: Path) -> None:
    refused = bulletins("run", "broken")
    assert refused.code == 3 and SENTENCE in refused.err.replace("\n", "")
    feed = '<rss version="2.0"><channel><title>Watch</title></channel></rss>'
    file = stated.with_name("feed.xml")
    file.write_text(feed)
    assert bulletins("parse", "village-watch", str(file)).code == 0


def test_the_environment_is_named_where_the_source_is_stated_there(
    bulletins: Command, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BULLETINS_SOURCE", json.dumps([{"slug": "broken"}]))
    assert "BULLETINS_SOURCE: source broken: no family" in bulletins("sources", "--format", "jsonl").err
