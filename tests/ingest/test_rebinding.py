"""A name that is public when it is first looked up and something else afterwards leads nobody to this machine."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from archive.derived import Target
from ingest import guard
from ingest.fetch import Fetcher, FetchFailed
from ingest.guard import PublicNetwork, Refused
from ingest.politeness import at_once
from ingest.transport import GuardedTransport
from ingest.wire import Address, Allowance, Wire, open_wire
from tests.fetching import PAGE
from tests.ingest.name_server import A, Names, name_server
from tests.lifecycle.world import opened
from tests.servers import Answer, Script, Server, redirect, response, serving, then_close
from tests.upstreams.stage import page_of_messages, staged

PUBLIC = "93.184.216.34"
INSIDE = {
    "this machine": ["127.0.0.1"],
    "another of its addresses": ["127.8.8.8"],
    "this machine in IPv6": ["::1"],
    "this machine, mapped": ["::ffff:127.0.0.1"],
    "no address": ["0.0.0.0"],
    "a private network": ["10.0.0.5"],
    "a cloud's own data": ["169.254.169.254"],
    "both, the public one first": [PUBLIC, "127.0.0.1"],
    "both, the private one first": ["127.0.0.1", PUBLIC],
    "public and this machine in IPv6": [PUBLIC, "::1"],
    "an alias of a private name": ["inside.test"],
    "an alias of an alias": ["alias.test"],
}
PRIVATE_NAMES: dict[str, list[Sequence[str]]] = {"inside.test": [["127.0.0.1"]], "alias.test": [["inside.test"]]}


@dataclass
class World:
    """A public server, a trap on this machine at the port of every address, and names."""

    names: Names
    public: Server
    traps: list[socket.socket]
    port: int

    def url(self, path: str = "/", host: str = "turns.test") -> str:
        return f"http://{host}:{self.port}{path}"

    def is_reached(self) -> bool:
        """Whether anybody has connected to this machine."""
        for trap in self.traps:
            trap.setblocking(False)
            try:
                trap.accept()[0].close()
            except BlockingIOError:
                continue
            return True
        return False


@contextmanager
def world(monkeypatch: pytest.MonkeyPatch, script: Script, *answers: Sequence[str]) -> Iterator[World]:
    with ExitStack() as stack:
        traps = [stack.enter_context(socket.create_server(("127.0.0.1", 0)))]
        port = traps[0].getsockname()[1]
        if socket.has_ipv6:
            traps.append(stack.enter_context(socket.create_server(("::1", port), family=socket.AF_INET6)))
        known: dict[str, list[Sequence[str]]] = {"turns.test": list(answers), "public.test": [[PUBLIC]]}
        names = stack.enter_context(name_server(known | PRIVATE_NAMES))
        public = stack.enter_context(serving(script))

        def connect(addresses: Sequence[Address], allowance: Allowance) -> Wire:
            if addresses[0][1][0] != PUBLIC:
                return open_wire(addresses, allowance)
            wire = open_wire([(socket.AF_INET, ("127.0.0.1", public.port))], allowance)
            vars(wire)["ends"] = lambda: ("8.8.4.4", PUBLIC)  # as if the public server were elsewhere
            return wire

        monkeypatch.setattr(guard, "open_wire", connect)
        yield World(names, public, traps, port)


@contextmanager
def fetcher(names: Names) -> Iterator[Fetcher]:
    with Fetcher(
        user_agent="bulletins/0.1",
        transport_for=lambda host: GuardedTransport(resolve=names.resolve),
        politeness=at_once(),
        attempts=2,
        idle_seconds=0.5,
        sleep=lambda seconds: None,
    ) as made:
        yield made


@pytest.fixture(params=list(INSIDE.values()), ids=list(INSIDE))
def inside(request: pytest.FixtureRequest) -> Sequence[str]:
    addresses: Sequence[str] = request.param
    return addresses


def test_a_public_name_is_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    with world(monkeypatch, {"/": response(PAGE)}, [PUBLIC]) as there, fetcher(there.names) as asking:
        assert asking.get(there.url()).answer.body == PAGE
        assert there.names.asked[0] == ("turns.test", A)
        assert not there.is_reached()


def test_a_private_name_is_not(inside: Sequence[str], monkeypatch: pytest.MonkeyPatch) -> None:
    with world(monkeypatch, {}, inside) as there, fetcher(there.names) as asking:
        with pytest.raises(Refused, match="turns.test is at .* expected public addresses only"):
            asking.get(there.url())
        assert not there.is_reached()


@pytest.mark.parametrize(
    "ends",
    [response(PAGE, "Connection: close"), then_close(response(PAGE))],
    ids=["says that it closes", "closes a kept connection"],
)
def test_nor_when_it_turns_private_before_the_next_connection(
    ends: Answer, inside: Sequence[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with world(monkeypatch, {"/": ends}, [PUBLIC], inside) as there, fetcher(there.names) as asking:
        assert asking.get(there.url()).answer.body == PAGE
        with pytest.raises(Refused, match="expected public addresses only"):
            asking.get(there.url())
        assert not there.is_reached()
        assert {each.connection for each in there.public.asked} == {1}


def test_a_kept_connection_stays_where_it_was_checked(inside: Sequence[str], monkeypatch: pytest.MonkeyPatch) -> None:
    with world(monkeypatch, {"/": response(PAGE)}, [PUBLIC], inside) as there, fetcher(there.names) as asking:
        for _ in range(3):
            assert asking.get(there.url()).answer.body == PAGE
        assert not there.is_reached()
        assert [each.connection for each in there.public.asked] == [1, 1, 1]


def test_no_redirect_leads_there(inside: Sequence[str], monkeypatch: pytest.MonkeyPatch) -> None:
    with world(monkeypatch, {}, inside) as there, fetcher(there.names) as asking:
        there.public.script["/"] = [redirect(there.url("/latest/meta-data/"))]
        with pytest.raises(Refused, match="expected public addresses only") as refusal:
            asking.get(there.url(host="public.test"))
        assert [hop.status for hop in refusal.value.hops] == [302]
        assert not there.is_reached()


def test_what_was_looked_up_is_not_looked_up_again(monkeypatch: pytest.MonkeyPatch) -> None:
    with world(monkeypatch, {"/": response(PAGE)}, [PUBLIC], ["127.0.0.1"]) as there, fetcher(there.names) as asking:
        asking.get(there.url())
        assert [name for name, _ in there.names.asked] == ["turns.test"] * 2
        assert not there.is_reached()


def test_a_resolver_that_knows_nothing_is_no_way_in(monkeypatch: pytest.MonkeyPatch) -> None:
    with world(monkeypatch, {}, []) as there, fetcher(there.names) as asking:
        with pytest.raises(FetchFailed, match="Name or service not known"):
            asking.get(there.url())
        assert not there.is_reached()


def test_no_document_of_a_bulletin_is_asked_there(
    inside: Sequence[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with world(monkeypatch, {}, inside) as there, opened(f"sqlite:///{tmp_path / 'a.sqlite'}", tmp_path) as archive:
        scene = page_of_messages(there.url("/inside.pdf"))
        with staged(scene, archive) as stage:
            stage.network.instead["turns.test"] = PublicNetwork(there.names.resolve)
            report = stage.run()
        assert (report.accounts.new, report.links["failed"]) == (12, 1)
        assert not there.is_reached()
        assert _missing(archive) == [there.url("/inside.pdf")]


def _missing(archive: Any) -> list[str]:
    with archive.reading() as session:
        found = session.scalars(select(Target).where(Target.role == "attachment", Target.state == "missing"))
        return [target.url for target in found if "expected public addresses only" in (target.last_error or "")]
