"""Small checkouts with the real launcher and environment.py, and wheels of our own that pip installs offline."""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from tests.house.code import ROOT

TOOLS = ("cat", "readlink", "sh")
BASE, DEV = "requirements.lock", "requirements-dev.lock"
CLI = "import os, sys, sample\nprint(sample.WORDS, sys.argv[1:], sys.flags.isolated, os.getcwd())\n"


def new_checkout(folder: Path, locks: Mapping[str, str]) -> Path:
    """A checkout of nothing but the launcher, environment.py, a cli module and locks."""
    folder.mkdir(parents=True)
    for name in ("bulletins", "environment.py"):
        shutil.copy(ROOT / name, folder / name)
    (folder / "cli.py").write_text(CLI, encoding="utf-8")
    for name, text in locks.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def pretend_made(checkout: Path, *locks: str) -> None:
    """A finished `.venv` whose Python only says what it was asked, one argument a line, and exits with 7."""
    script(checkout / ".venv/bin/python", 'printf "<%s>\\n" "$@"; exit 7')
    for lock in locks:
        shutil.copy(checkout / lock, checkout / ".venv" / lock)


def script(path: Path, text: str) -> None:
    """An executable shell script."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)


def tools(folder: Path) -> Path:
    """A folder for PATH with the few tools that the launcher needs, and no Python."""
    folder.mkdir(exist_ok=True)
    for name in TOOLS:
        (folder / name).symlink_to(shutil.which(name) or name)
    return folder


def wheel(folder: Path, name: str, words: str) -> str:
    """Put a wheel of one module into `folder`; returns its line for a lock, with the hash."""
    folder.mkdir(exist_ok=True)
    info = f"{name}-1.0.dist-info"
    files = {
        f"{name}.py": f"WORDS = {words!r}\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: ours\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{path},sha256={_digest(text)},{len(text)}\n" for path, text in files.items())
    path = folder / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for member, text in {**files, f"{info}/RECORD": f"{record}{info}/RECORD,,\n"}.items():
            archive.writestr(member, text)
    return f"{name}==1.0 --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


def _digest(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


def offline(wheels: Path) -> dict[str, str]:
    """The environment in which pip reads no settings and knows nothing but the wheels of one folder."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    return {
        **kept,
        "PATH": f"{Path(os.path.realpath(sys.executable)).parent}{os.pathsep}{os.defpath}",
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(wheels),
    }


class CachedFolder(SimpleHTTPRequestHandler):
    """A folder over HTTP, whose files a client may keep for a day."""

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "max-age=86400")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The loopback address at which `folder` is served."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(CachedFolder, directory=str(folder))) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


def start(
    command: Path | str, *arguments: str, env: Mapping[str, str], cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a launcher to its end; its output is captured as text."""
    return subprocess.run(
        [command, *arguments], env=dict(env), cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )


def begin(command: Path | str, *arguments: Path | str, env: Mapping[str, str], cwd: Path) -> subprocess.Popen[str]:
    """Start a process in a group of its own; its output is captured as text."""
    return subprocess.Popen(
        [command, *arguments],
        env=dict(env),
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
