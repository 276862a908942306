"""`serve --replica` as a newcomer starts it: bulletins arrive, a page shows them, SIGTERM ends it cleanly."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from tests.commands.conftest import Command
from web.server import CannotListen, serving

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 60.0


@dataclass(slots=True)
class Served:
    """A running `serve --replica` and what it has said so far."""

    process: subprocess.Popen[str]
    log: Path

    def said(self, pattern: str) -> re.Match[str]:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            found = re.search(pattern, self.log.read_text())
            if found:
                return found
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise AssertionError(f"{pattern!r} was never said:\n{self.log.read_text()}")

    def get(self, path: str) -> httpx.Response:
        return httpx.get(self.said(r"http://127\.0\.0\.1:\d+")[0] + path, trust_env=False)


@contextmanager
def started(home: Path, tmp_path: Path, *arguments: str, **settings: str) -> Iterator[Served]:
    """A process of Python with these arguments, killed at the end if it is still there."""
    log = tmp_path / "log"
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            stderr=out,
            stdout=out,
            text=True,
            env={**os.environ, "BULLETINS_HOME": str(home), **settings},
        )
        try:
            yield Served(process, log)
        finally:
            process.kill()
            process.wait()


@pytest.fixture
def served(home: Path, tmp_path: Path) -> Iterator[Served]:
    with started(home, tmp_path, "-m", "cli", "serve", "--replica", "--port", "0") as served:
        yield served


def test_bulletins_arrive_and_can_be_searched(served: Served, bulletins: Command) -> None:
    served.said(r"bsia-cssc: \d+ entries, \d+ new")
    assert len(bulletins("search", "--limit", "50").rows) >= 20
    page = served.get("/sources")
    assert page.status_code == 200
    assert "bsia-cssc" in page.text and "invented" in page.text
    assert served.get("/status.json").json()["totals"]["notifications"] >= 20


def test_sources_of_every_kind_are_read_without_trouble(served: Served) -> None:
    for slug in ("btp", "cssc", "environment-agency-floods", "avon-and-somerset-police", "essex-police"):
        served.said(rf"(?m)^{slug}: \d+ entries, \d+ new")
    log = served.log.read_text()
    assert not re.search(r"error|failed|quarantined|expected", log), log


def test_pages_are_safe_to_show(served: Served) -> None:
    served.said(r"\d+ new")
    page = served.get("/")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["x-frame-options"] == "DENY"
    assert re.findall(r"<script[^>]*>", page.text) == ['<script src="/static/desk.js" defer>']
    assert " style=" not in page.text and "unsafe" not in page.headers["content-security-policy"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_with_nothing_half_stored(served: Served, bulletins: Command, number: signal.Signals) -> None:
    served.said(r"\d+ new")
    served.process.send_signal(number)
    assert served.process.wait(timeout=PATIENCE_SECONDS) == 0
    served.said(r"stopped")
    rows = bulletins("status").rows
    assert {row["pending"] for row in rows} == {0}
    assert {row["state"] for row in rows} <= {"healthy", "never read"}


def test_real_bulletins_never_join_invented_ones(served: Served, bulletins: Command, home: Path) -> None:
    served.said(r"\d+ new")
    found = bulletins("run", "bsia-cssc")
    assert (found.code, found.out) == (3, "")
    assert "invented" in found.err


def test_invented_bulletins_never_join_real_ones(bulletins: Command, home: Path) -> None:
    bulletins("migrate")
    found = bulletins("serve", "--replica")
    assert found.code == 3
    assert "expected an empty folder" in found.err


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::"])
def test_others_cannot_be_let_in_by_accident(bulletins: Command, host: str) -> None:
    found = bulletins("serve", "--host", host)
    assert found.code == 3
    assert "loopback" in found.err


@pytest.mark.parametrize("host", ["example.org", "[::1]", "127.1", ""])
def test_a_host_that_is_no_address_is_called_that(bulletins: Command, home: Path, host: str) -> None:
    found = bulletins("serve", "--host", host)
    assert found.code == 3
    assert "no address, expected a loopback one" in found.err
    assert not home.exists()


def test_a_port_that_is_taken_is_named() -> None:
    with serving(Starlette(), "127.0.0.1", 0) as port:
        expected = f"--host 127.0.0.1 --port {port}: Address already in use, expected"
        with pytest.raises(CannotListen, match=expected), serving(Starlette(), "127.0.0.1", port):
            pass


PATCHED = """
import sys, threading, time
import cli, scheduler
from ingest.report import Report

def say(text):
    print(text, file=sys.stderr, flush=True)

def run(archive, source, tools, **_):
    {run}
    return Report(source.slug, state="stopped")

scheduler.run_source = run
sys.argv = ["bulletins", "serve", "--replica", "--port", "0"]
cli.main()
"""


def script(run: str) -> str:
    """`serve --replica` whose runs do no more than these statements."""
    return PATCHED.format(run=run)


def test_a_worker_that_hangs_does_not_keep_the_process(home: Path, tmp_path: Path) -> None:
    hanging = script("say('hanging'); threading.Event().wait()")
    with started(home, tmp_path, "-c", hanging, BULLETINS_GRACE_SECONDS="0.1") as served:
        served.said("hanging")
        served.process.send_signal(signal.SIGTERM)
        assert served.process.wait(timeout=PATIENCE_SECONDS) == 0
        served.said("what was pending goes on at the next start")


def test_runs_are_told_of_a_signal_and_waited_for(home: Path, tmp_path: Path) -> None:
    working = script("say('begun'); tools.stop.wait(); time.sleep(0.5); say('ended')")
    with started(home, tmp_path, "-c", working) as served:
        served.said("begun")
        served.process.send_signal(signal.SIGTERM)
        assert served.process.wait(timeout=PATIENCE_SECONDS) == 0
        told = served.log.read_text().splitlines()
    assert told[-1] == "stopped"
    assert 0 < told.count("begun") == told.count("ended")
