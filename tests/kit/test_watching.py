"""Saved files are parsed again, in a process of their own; a mistake in a parser is shown, and the next save tried."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from kit.watching import command_anew, watch
from tests.kit.checkout import ROOT

CASE = ROOT / "tests" / "fixtures" / "psni" / "detail" / "page.html"


def save(write: Callable[[], object]) -> None:
    write()


def test_it_acts_at_once_and_after_every_save(tmp_path: Path) -> None:
    parser, page = tmp_path / "parsers" / "one.py", tmp_path / "page.html"
    parser.parent.mkdir()
    saves: list[Callable[[], object]] = [
        lambda: parser.write_text("first = 1"),
        lambda: None,
        lambda: page.write_text("<p>"),
        lambda: parser.write_text("second = 2"),
        lambda: parser.unlink(),
    ]
    left = iter(saves)
    acted: list[list[str]] = []
    watch(
        [parser.parent, page],
        lambda changed: acted.append([path.name for path in changed]),
        sleep=lambda seconds: save(next(left)),
        goes_on=lambda: len(acted) < 5,
    )
    assert acted == [[], ["one.py"], ["page.html"], ["one.py"], ["one.py"]]


def test_a_command_runs_anew_on_the_checkout_it_is_given(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "cli.py").write_text("import sys\ndef main():\n    print(sys.argv[1:])\n    sys.exit(7)\n")
    assert command_anew(tmp_path, ["parse", "psni"]) == 7
    assert capfd.readouterr().out == "['parse', 'psni']\n"
    (tmp_path / "cli.py").write_text("def main(:\n")
    assert command_anew(tmp_path, ["parse", "psni"]) == 1
    assert "SyntaxError" in capfd.readouterr().err


def lines_until(process: subprocess.Popen[str], end: str) -> Sequence[str]:
    found: list[str] = []
    assert process.stdout is not None
    for line in process.stdout:
        found.append(line)
        if end in line:
            return found
    raise AssertionError(f"ended without {end!r}: {''.join(found)}")


def test_parse_watches_the_page(tmp_path: Path) -> None:
    for name in ("page.html", "meta.json"):
        (tmp_path / name).write_bytes((CASE.parent / name).read_bytes())
    page = tmp_path / "page.html"
    command = [sys.executable, "-m", "cli", "parse", "psni", str(page), "--watch", "--format", "jsonl"]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as process:
        try:
            lines_until(process, '"source": "psni"')
            page.write_bytes(b"<html><title>Just a moment...</title><body></body></html>")
            lines_until(process, "challenge page of Cloudflare")
            page.write_bytes((CASE.parent / "page.html").read_bytes())
            lines_until(process, '"source": "psni"')
        finally:
            process.terminate()


def test_what_cannot_be_watched_is_refused() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cli", "parse", "psni", "-", "--watch"], cwd=ROOT, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "expected a FILE that can be saved" in done.stderr
