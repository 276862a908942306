"""How hosts and requests are stated in the settings, and what `status` says of them."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from archive.hosts import changing_host
from archive.migrate import open_archive
from ingest.politeness import HostRules, NotNow
from ingest.tools import utc_now
from settings import REPLICA_MARK, BadSettings, load_settings
from tests.fetching import NOW
from tests.lifecycle.test_full_disk import bulletins
from upstreams import archive_at_hand, options_of, robots_rules, rules_of

HOSTS = """
delay_seconds = 3

[[host]]
name = "www.gov.uk"
connections = 2

[[host]]
name = "www.example.org"
delay_seconds = 10
robots = "ignore"
reason = "agreed with their web team on 3 March 2026"
"""
BTP = "https://www.btp.police.uk/news/btp/news/"
LATER = utc_now() + timedelta(hours=1)
REQUEST = """
[[request]]
source = "btp"
headers = { "X-Api-Key" = "k3y" }
cookies = { session = "s3ssion" }
proxy = "http://desk:s3cret@proxy.example.org:3128"
http2 = true
"""


def stated(home: Path, lines: str) -> Path:
    (home / "bulletins.toml").write_text(lines, "utf-8")
    return home


def test_a_host_is_asked_as_its_lines_say(tmp_path: Path) -> None:
    settings = load_settings(stated(tmp_path, HOSTS))
    assert rules_of(settings, "www.gov.uk") == HostRules(3, 2)
    assert rules_of(settings, "elsewhere.example") == HostRules(3, 1)
    assert rules_of(settings, "www.example.org") == HostRules(10, 1, obeys_robots=False)


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ('[[host]]\nname = "a.example"\nrobots = "ignore"', "a reason, which `status` shows"),
        ('[[host]]\nname = "a.example"\nrobots = "ignore"\nreason = " "', "a reason"),
        ('[[host]]\nname = "https://a.example/"', "setting host.0.name"),
        ('[[host]]\nname = "a.example"\nconnections = 99', "setting host.0.connections: 99"),
        ('[[host]]\nname = "a.example"\ndelay = 1', "setting host.0.delay"),
        ('[[request]]\nsource = "btp"\nheaders = { "User-Agent" = "Mozilla" }', "without user-agent, which are ours"),
        ('[[request]]\nsource = "btp"\nproxy = "socks5://a.example:1"', "a proxy at http://host:port"),
        ('[[request]]\nsource = "btp"\nproxy = "https://a.example:1"', "a proxy at http://host:port"),
        ('[[request]]\nsource = "btp"\nheaders = { "X-Key" = "blank " }', "setting request.0.headers"),
        ('[[host]]\nname = "a.example"\n[[host]]\nname = "a.example"', "each [[host]] once, a.example is there twice"),
        ('[[request]]\nsource = "btp"\n[[request]]\nsource = "btp"', "each [[request]] once, btp is there twice"),
    ],
)
def test_what_cannot_be_is_said(lines: str, sentence: str, tmp_path: Path) -> None:
    with pytest.raises(BadSettings) as problem:
        load_settings(stated(tmp_path, lines))
    assert sentence in str(problem.value)


@pytest.mark.parametrize(
    "line", ['headers = { "X-Key" = "s3cret\\nB: c" }', 'cookies = { a = "s3cret;x" }', 'proxy = "s3cret"']
)
def test_a_secret_is_not_repeated_by_what_refuses_it(line: str, tmp_path: Path) -> None:
    with pytest.raises(BadSettings) as problem:
        load_settings(stated(tmp_path, f'[[request]]\nsource = "btp"\n{line}'))
    assert "setting request.0" in str(problem.value)
    assert "s3cret" not in str(problem.value)


def test_what_is_added_to_requests_is_for_the_hosts_that_a_source_starts_from(tmp_path: Path) -> None:
    settings = load_settings(stated(tmp_path, REQUEST))
    options = options_of(settings, "btp")
    assert (set(options.origins), options.headers, options.cookies) == (
        {"https://www.btp.police.uk"},
        {"X-Api-Key": "k3y"},
        {"session": "s3ssion"},
    )
    assert (options.way.proxy, options.way.http2) == ("http://desk:s3cret@proxy.example.org:3128", True)
    assert options_of(settings, "bsia-cssc").headers == {}


def test_status_says_which_hosts_fail_and_whose_rules_are_not_obeyed(tmp_path: Path) -> None:
    settings = load_settings(stated(tmp_path, HOSTS + REQUEST + '[[request]]\nsource = "no-such"\n'))
    with (
        open_archive(settings.database, settings.blobs_at) as archive,
        archive.writing() as session,
        changing_host(session, "www.gov.uk", NOW) as state,
    ):
        state.failures, state.last_error, state.closed_until = 5, "status 503", LATER
    said = bulletins(tmp_path, "status").stderr
    assert "www.example.org: robots.txt is not obeyed: agreed with their web team on 3 March 2026" in said
    assert (
        f"www.gov.uk: 5 failures in a row, the last: status 503, left alone until {LATER:%Y-%m-%d %H:%M:%S} UTC" in said
    )
    assert "request of source no-such: there is no such source" in said
    assert "request = btp, no-such (bulletins.toml)" in said
    assert not {each for each in ("k3y", "s3ssion", "s3cret") if each in said}


MISSPELT = """
[[host]]
name = "www.gov.uk"

[[host]]
name = "assets.example.org"

[[host]]
name = "www.gvo.uk"
"""


@pytest.mark.parametrize("command", ["status", "sources"])
def test_a_host_that_no_source_and_no_document_has_is_said(command: str, tmp_path: Path) -> None:
    settings = load_settings(stated(tmp_path, MISSPELT))
    with (
        open_archive(settings.database, settings.blobs_at) as archive,
        archive.writing() as session,
        changing_host(session, "assets.example.org", NOW),
    ):
        pass
    said = bulletins(tmp_path, command)
    assert [line for line in said.stderr.splitlines() if line.startswith("host ") and "=" not in line] == [
        "host www.gvo.uk: no source starts there and it was never asked, expected a host that is"
    ]
    assert said.returncode == 0


class TestAnArchiveAtHand:
    def test_its_turns_are_taken_by_commands_that_store_nothing(self, tmp_path: Path) -> None:
        settings = load_settings(tmp_path)
        with open_archive(settings.database, settings.blobs_at) as archive:
            with archive.writing() as session, changing_host(session, "site.example", utc_now()) as state:
                state.closed_until = LATER
            with archive_at_hand(settings) as found:
                politeness = robots_rules(settings, found).politeness
                with pytest.raises(NotNow), politeness.turn("site.example"):
                    raise AssertionError("the host was to be left alone")

    @pytest.mark.parametrize("command", [["fetch", "http://site.example/"], ["fixture", "btp", BTP]])
    def test_by_fetch_and_fixture(self, command: list[str], tmp_path: Path) -> None:
        settings = load_settings(tmp_path)
        with open_archive(settings.database, settings.blobs_at) as archive, archive.writing() as session:
            for host in ("site.example", "www.btp.police.uk"):
                with changing_host(session, host, utc_now()) as state:
                    state.closed_until = LATER
        assert "is left alone until" in bulletins(tmp_path, *command).stderr

    def test_none_is_made_and_none_is_changed(self, tmp_path: Path) -> None:
        settings = load_settings(tmp_path)
        with archive_at_hand(settings) as found:
            assert found is None
        assert not Path(tmp_path, "archive.sqlite").exists()

    def test_one_of_another_shape_is_not_used(self, tmp_path: Path) -> None:
        settings = load_settings(tmp_path)
        with open_archive(settings.database, settings.blobs_at):
            pass
        with sqlite3.connect(tmp_path / "archive.sqlite") as database:
            database.execute("UPDATE alembic_version SET version_num = '9999'")
        with archive_at_hand(settings) as found:
            assert found is None

    def test_nor_is_one_that_cannot_be_written_to_or_is_the_replicas(self, tmp_path: Path) -> None:
        settings = load_settings(tmp_path)
        with open_archive(settings.database, settings.blobs_at):
            pass
        with archive_at_hand(settings) as found:
            assert found is not None
        read_only = settings.model_copy(
            update={"database_url": f"sqlite:///file:{tmp_path}/archive.sqlite?mode=ro&uri=true"}
        )
        with archive_at_hand(read_only) as found:
            assert found is None
        (tmp_path / REPLICA_MARK).touch()
        with archive_at_hand(settings) as found:
            assert found is None


@pytest.mark.parametrize("name", ["HOST", "REQUEST", "SOURCE"])
def test_a_list_in_the_environment_that_is_none_is_said(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"BULLETINS_{name}", "0.0.0.0")
    with pytest.raises(BadSettings, match="environment: .*expected JSON"):
        load_settings(tmp_path)


def test_what_settings_hold_is_not_shown_by_them(tmp_path: Path) -> None:
    settings = load_settings(stated(tmp_path, REQUEST))
    shown = f"{settings!r} {options_of(settings, 'btp')!r} {options_of(settings, 'btp').way!r}"
    assert not {each for each in ("k3y", "s3ssion", "s3cret") if each in shown}
