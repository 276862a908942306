"""The replica: sites by host name, a timeline that can be stepped, faults on demand; served as an ASGI app."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from replica.answers import Answer, Site, Visit
from replica.delivery import deliver
from replica.faults import Fault
from replica.sites import SITES

LOGGED_REQUESTS = 50_000


@dataclass(frozen=True, slots=True)
class LoggedRequest:
    """One request as it was answered. `at` is ours, UTC; `status` is None where the connection was reset unanswered."""

    at: datetime
    method: str
    host: str
    path: str
    status: int | None
    if_none_match: str | None
    if_modified_since: str | None
    user_agent: str | None
    fault: str | None


@dataclass(slots=True)
class ArmedFault:
    """A fault that waits for requests; `left` is None until it is cleared by hand."""

    fault: Fault
    host: str | None
    path: str | None
    left: int | None

    def meets(self, host: str, path: str) -> bool:
        return self.left != 0 and self.host in (None, host) and self.path in (None, path)


class Replica:
    """The control of a replica and its ASGI app; every method may be called from any thread.

    `validators=False` leaves out ETag and Last-Modified, so that no request is ever answered with 304.
    """

    def __init__(
        self,
        sites: Mapping[str, Site] = SITES,
        *,
        validators: bool = True,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._sites = dict(sites)
        self._clock = clock
        self._lock = threading.Lock()
        self._armed: list[ArmedFault] = []
        self._requests: deque[LoggedRequest] = deque(maxlen=LOGGED_REQUESTS)
        self._step = 0
        self._serial = 0
        self.validators = validators

    @property
    def hosts(self) -> Collection[str]:
        """The host names that this replica answers for."""
        return self._sites.keys()

    @property
    def last_step(self) -> int:
        return max(site.last_step for site in self._sites.values())

    @property
    def at_step(self) -> int:
        with self._lock:
            return self._step

    @property
    def requests(self) -> tuple[LoggedRequest, ...]:
        """The latest requests (at most 50,000), oldest first."""
        with self._lock:
            return tuple(self._requests)

    def forget_requests(self) -> None:
        with self._lock:
            self._requests.clear()

    def step(self) -> int:
        """Move every site on by one step and return it; at the end of the timeline the sites stay as they are."""
        with self._lock:
            self._step = min(self._step + 1, self.last_step)
            return self._step

    def go_to(self, step: int) -> None:
        """Move to a step, also backwards; raises ValueError outside of the timeline."""
        if not 0 <= step <= self.last_step:
            raise ValueError(f"replica: step {step}, expected 0 to {self.last_step}")
        with self._lock:
            self._step = step

    def fault(
        self, fault: Fault, *, host: str | None = None, path: str | None = None, times: int | None = None
    ) -> None:
        """Arm a fault for a host, a path (without query) or everything: the next `times` requests, or until cleared.

        A fault without a path meets every request of the host, robots.txt included. The fault armed first
        goes first. Raises ValueError for an unknown host or less than one time.
        """
        if host is not None and host not in self._sites:
            raise ValueError(f"fault {fault.name}: host {host}, expected one of {', '.join(self._sites)}")
        if times is not None and times < 1:
            raise ValueError(f"fault {fault.name}: {times} times, expected at least 1")
        with self._lock:
            self._armed.append(ArmedFault(fault, host, path, times))

    def clear_faults(self) -> None:
        with self._lock:
            self._armed.clear()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise ValueError(f"replica: {scope['type']} connection, expected http")
        headers = Headers(scope=scope)
        host = headers.get("host", "").lower().partition(":")[0]
        answer, fault = self._answer(
            scope["method"], host, scope["path"], scope["query_string"].decode("latin-1"), headers
        )
        if fault is None:
            await Response(answer.body, answer.status, _by_name(answer))(scope, receive, send)
        else:
            await deliver(answer, fault.delivery, scope, receive, send)

    def _answer(self, method: str, host: str, path: str, query: str, headers: Headers) -> tuple[Answer, Fault | None]:
        with self._lock:
            self._serial += 1
            serial, step = self._serial, self._step
            fault = self._take_fault(host, path)
        visit = Visit(path, step, serial, halved=bool(fault and fault.halved), query=query)
        answer = self._site_answer(method, host, visit)
        if not self.validators:
            answer = answer.without_validators()
        if fault:
            answer = fault.change(answer)
        elif answer.status == 200 and answer.unchanged_since(headers):
            answer = answer.not_modified()
        self._log(method, host, path, answer, fault, headers)
        return answer, fault

    def _take_fault(self, host: str, path: str) -> Fault | None:
        armed = next((armed for armed in self._armed if armed.meets(host, path)), None)
        if armed is None:
            return None
        if armed.left is not None:
            armed.left -= 1
        self._armed = [other for other in self._armed if other.left != 0]
        return armed.fault

    def _site_answer(self, method: str, host: str, visit: Visit) -> Answer:
        site = self._sites.get(host)
        if site is None:
            return Answer(421, "text/plain", f"the replica has no site {host!r}\n".encode())
        if method not in ("GET", "HEAD"):
            return Answer(405, "text/plain", b"GET or HEAD\n", headers=(("allow", "GET, HEAD"),))
        return site.answer(visit)

    def _log(
        self, method: str, host: str, path: str, answer: Answer, fault: Fault | None, headers: Mapping[str, str]
    ) -> None:
        unanswered = fault is not None and fault.delivery.ending == "reset" and fault.delivery.kept is None
        logged = LoggedRequest(
            at=self._clock(),
            method=method,
            host=host,
            path=path,
            status=None if unanswered else answer.status,
            if_none_match=headers.get("if-none-match"),
            if_modified_since=headers.get("if-modified-since"),
            user_agent=headers.get("user-agent"),
            fault=fault.name if fault else None,
        )
        with self._lock:
            self._requests.append(logged)


def _by_name(answer: Answer) -> dict[str, str]:
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in answer.header_pairs()}
