"""The two databases that store tests run on: a SQLite file opened as in production, and a PostgreSQL of our own."""

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
from pathlib import Path
from typing import Any, NoReturn

import psycopg
import pytest
from sqlalchemy import Connection, Engine, create_engine, event

KINDS = ("sqlite", "postgres")
START_ATTEMPTS = 5
START_SECONDS = 30
SERVER_OPTIONS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "60"}
SQLITE_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000")


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database of the test's own: once `sqlite:///…`, once `postgresql+psycopg://…`."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'archive.sqlite'}"
        return
    port: int = request.getfixturevalue("postgres_port")
    with fresh_postgres_database(port) as url:
        yield url


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on an empty database; on SQLite transactions begin immediate unless they have the option `reading`."""
    opened = create_engine(database_url)
    if opened.dialect.name == "sqlite":
        open_sqlite_as_in_production(opened)
    yield opened
    opened.dispose()


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
def fresh_postgres_database(port: int) -> Iterator[str]:
    """The SQLAlchemy address of a new, empty UTF-8 database, dropped afterwards even where it is still in use."""
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(server_address(port), autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name} TEMPLATE template0".encode())
        try:
            yield server_address(port, name).replace("postgresql://", "postgresql+psycopg://", 1)
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def open_sqlite_as_in_production(engine: Engine) -> None:
    """WAL, full synchronous, foreign keys, a busy timeout, and BEGIN IMMEDIATE for all but `reading` connections."""

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: Any) -> None:
        connection.isolation_level = None
        for pragma in SQLITE_PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        reading = connection.get_execution_options().get("reading", False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
