"""The two databases that store tests run on: a SQLite file, and a PostgreSQL server of our own.

Most tests get a database that has its shape already, copied from one that the migrations made once in this process.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

import psycopg
import pytest
from psycopg import sql

from archive.migrate import open_archive
from tests.shaped import shaped_sqlite

KINDS = ("sqlite", "postgres")
START_ATTEMPTS = 5
START_SECONDS = 30
SERVER_OPTIONS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "60"}
EMPTY, SHAPED = "template0", "shaped"
"""What a PostgreSQL database is made from: nothing, or what the migrations make."""


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database of the test's own: once `sqlite:///…`, once `postgresql+psycopg://…`."""
    with _database(request, tmp_path, SHAPED) as url:
        yield url


@pytest.fixture(params=KINDS)
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The same of a database without any table."""
    with _database(request, tmp_path, EMPTY) as url:
        yield url


@contextmanager
def _database(request: pytest.FixtureRequest, folder: Path, made_from: str) -> Iterator[str]:
    if request.param == "postgres":
        with fresh_postgres_database(request.getfixturevalue("postgres_port"), made_from) as url:
            yield url
    else:
        place = folder / "archive.sqlite"
        yield f"sqlite:///{place}" if made_from == EMPTY else shaped_sqlite(place)


@pytest.fixture(scope="session")
def postgres_port() -> Iterator[int]:
    """The loopback port of a PostgreSQL server that lives as long as this test process."""
    binaries = postgres_binaries()
    if isinstance(binaries, str):
        refuse("postgres", binaries)
    folder = Path(tempfile.mkdtemp(prefix="bulletins-postgres-")).resolve()
    try:
        with running_postgres(binaries, folder) as port:
            yield port
    finally:
        shutil.rmtree(folder)


def refuse(need: str, reason: str) -> NoReturn:
    """Skip the test for `reason`; fail it instead where BULLETINS_TEST_REQUIRE (comma separated) names `need`."""
    if need in os.environ.get("BULLETINS_TEST_REQUIRE", "").replace(" ", "").split(","):
        pytest.fail(f"{need} is required here: {reason}")
    pytest.skip(reason)


def postgres_binaries() -> Path | str:
    """The newest folder that holds initdb and postgres, or the reason why there is no server to be had."""
    found = [
        path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb") if (path.parent / "postgres").exists()
    ]
    on_path = shutil.which("initdb")
    if not found and on_path:
        found = [Path(on_path).resolve().parent]
    if not found:
        return "no PostgreSQL here: initdb is neither under /usr/lib/postgresql nor on PATH"
    if os.getuid() == 0 and "postgres" not in {user.pw_name for user in pwd.getpwall()}:
        return "PostgreSQL does not run as root and there is no user postgres to run it as"
    return max(found, key=lambda folder: int(folder.parent.name) if folder.parent.name.isdigit() else 0)


@contextmanager
def running_postgres(binaries: Path, folder: Path) -> Iterator[int]:
    """A server on a free loopback port with its data in `folder`, stopped by its process id at the end."""
    data = folder / "data"
    identity = server_identity(folder)
    options = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
    command = [f"{binaries}/initdb", "-D", f"{data}", *options]
    subprocess.run(command, check=True, capture_output=True, cwd=folder, **identity)
    server, port = start_postgres(binaries, data, identity)
    try:
        yield port
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(START_SECONDS)


def server_identity(folder: Path) -> Mapping[str, Any]:
    """The user arguments for subprocess: root hands `folder` to the user postgres and drops to it."""
    if os.getuid() != 0:
        return {}
    user = pwd.getpwnam("postgres")
    os.chown(folder, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": ()}


def start_postgres(binaries: Path, data: Path, identity: Mapping[str, Any]) -> tuple[subprocess.Popen[bytes], int]:
    """The started server and its port; another port is tried when a stranger takes ours first."""
    for _ in range(START_ATTEMPTS):
        port = free_loopback_port()
        options = {**SERVER_OPTIONS, "port": port, "listen_addresses": "127.0.0.1", "unix_socket_directories": ""}
        command = [f"{binaries}/postgres", "-D", f"{data}", *(f"--{name}={value}" for name, value in options.items())]
        with (data.parent / "log").open("ab") as log:
            server = subprocess.Popen(command, stdout=log, stderr=log, cwd=data.parent, **identity)
        if answers(server, port, data):
            return server, port
    raise RuntimeError(f"postgres in {data} does not start: {(data.parent / 'log').read_text()[-2000:]}")


def free_loopback_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def answers(server: subprocess.Popen[bytes], port: int, data: Path) -> bool:
    """Whether it is our server that answers on the port; it is ended when another does or when it takes too long."""
    give_up_at = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < give_up_at:
        try:
            with psycopg.connect(server_address(port)) as connection:
                row = connection.execute("SHOW data_directory").fetchone()
            if row == (str(data),):
                return True
            break
        except psycopg.OperationalError:
            time.sleep(0.05)
    server.kill()
    server.wait()
    return False


def server_address(port: int, database: str = "postgres") -> str:
    return f"postgresql://postgres@127.0.0.1:{port}/{database}"


@contextmanager
def fresh_postgres_database(port: int, made_from: str = SHAPED) -> Iterator[str]:
    """The SQLAlchemy address of a new UTF-8 database, dropped afterwards even where it is still in use."""
    name = f"test_{uuid.uuid4().hex}"
    if made_from == SHAPED:
        _make_shaped(port)
    with psycopg.connect(server_address(port), autocommit=True) as server:
        server.execute(_created(name, made_from))
        try:
            yield _for_sqlalchemy(port, name)
        finally:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@cache
def _make_shaped(port: int) -> None:
    """Make the database that others are copied from, once for each server; nobody stays connected to it."""
    with psycopg.connect(server_address(port), autocommit=True) as server:
        server.execute(_created(SHAPED, EMPTY))
    with tempfile.TemporaryDirectory(prefix="bulletins-shape-") as folder:
        open_archive(_for_sqlalchemy(port, SHAPED), folder).close()


def _created(name: str, made_from: str) -> sql.Composed:
    return sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(made_from))


def _for_sqlalchemy(port: int, database: str) -> str:
    return server_address(port, database).replace("postgresql://", "postgresql+psycopg://", 1)
