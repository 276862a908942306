"""A real pywb on loopback, in an environment of its own: its pins and ours cannot live in one."""

from __future__ import annotations

import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

from ingest.fetch import Fetcher
from ingest.politeness import at_once
from tests.databases import free_loopback_port, refuse
from tests.house.code import ROOT
from tests.servers import loopback

ENVIRONMENT = ROOT / ".venv-pywb" / "bin"
MAKE = "python3 -m venv .venv-pywb && .venv-pywb/bin/pip install --require-hashes --no-deps -r requirements-pywb.lock"
COLLECTION = "all"
START_SECONDS = 60
ADDRESS = f"http://archive.test/{COLLECTION}"


@contextmanager
def serving_pywb(folder: Path, warcs: Sequence[Path]) -> Iterator[int]:
    """The loopback port of a pywb whose one collection holds these files; skips where there is no pywb."""
    if not (ENVIRONMENT / "pywb").exists():
        refuse("pywb", f"no pywb here, expected an environment for it: {MAKE}")
    folder.mkdir(parents=True, exist_ok=True)
    for command in (["init", COLLECTION], ["add", COLLECTION, *map(str, warcs)]):
        subprocess.run([ENVIRONMENT / "wb-manager", *command], cwd=folder, check=True, capture_output=True)
    port = free_loopback_port()
    with (folder / "log").open("wb") as log:
        command = [str(ENVIRONMENT / "pywb"), "-b", "127.0.0.1", "-p", str(port)]
        server = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
    try:
        _wait_for(port, server, folder)
        yield port
    finally:
        server.terminate()
        server.wait(START_SECONDS)
        shutil.rmtree(folder)


def _wait_for(port: int, server: subprocess.Popen[bytes], folder: Path) -> None:
    give_up_at = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < give_up_at:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"pywb does not start: {(folder / 'log').read_text()[-2000:]}")


def archive_fetcher(port: int) -> Fetcher:
    """A fetcher for which `archive.test` is the server at that port; all other hosts are nowhere."""

    def transport_for(host: str) -> httpx.BaseTransport:
        if host != "archive.test":
            raise AssertionError(f"{host} was asked, expected only the archive")
        return loopback(port)

    return Fetcher(user_agent="bulletins/0.1", transport_for=transport_for, attempts=1, politeness=at_once())
