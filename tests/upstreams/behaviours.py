"""What upstreams do, in a table: what is sent, and what of it must be found in the archive afterwards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tests.servers import Answer
from tests.upstreams.stage import Stage

SOON = (1.0, 1_440.0)
"""Minutes until a page that answered is asked again, by the rhythm of its source."""
BACKOFF = (13.4, 16.6)
"""Minutes until a listing that failed for the first time is asked again: its interval, give or take a tenth."""
DOUBLED = (26.8, 33.2)
"""The same for a listing that failed twice."""
HOUR = (60.0, 60.0)
"""Minutes until a detail or document that failed for the first time is asked again: the first of the ages."""


@dataclass(frozen=True)
class Given:
    """What a behaviour may use: the path, what the site shows there now, and what it showed when it was read last."""

    path: str
    page: bytes
    old: bytes
    half: bytes
    """The page with every other of its messages."""


Makes = Callable[[Given], Answer | Sequence[Answer]]


@dataclass(frozen=True)
class Behaviour:
    """One way in which a server answers, and what comes of it.

    `outcome` is `read` (all that is new), `checked` (asked, unchanged), `failed` or `refused` (nothing is read, nothing
    goes) or `held` (a human must say so). In so many `polls`, each when it is due, `asked` requests arrive, those
    to `elsewhere` too; `captures` are kept of them, each as status and state, `checks`, and `quarantined` documents;
    `says` is in what the run tells. `again` is between how many minutes the next poll is. `network` changes where hosts
    are, and each look at the clock takes `tick_seconds`. Of details and documents one is new and one was read before.
    """

    name: str
    sends: Makes
    outcome: str = "failed"
    asked: int = 1
    captures: tuple[str, ...] = ()
    says: str = ""
    checks: int = 0
    quarantined: int = 0
    again: tuple[float, float] = BACKOFF
    polls: int = 1
    tells: bool = True
    """Whether a run that failed says so: not of a document that is not to be had, which only the books show."""
    role: str = "listing"
    elsewhere: dict[str, Makes] = field(default_factory=dict)
    """Further paths, which go on answering so."""
    network: Callable[[Stage], None] = lambda stage: None
    tick_seconds: float = 0.0


def read(name: str, sends: Makes, *captures: str, **other: object) -> Behaviour:
    """A behaviour under which everything is read."""
    return Behaviour(name, sends, "read", captures=captures or ("200 done",), again=SOON, **other)  # type: ignore[arg-type]


def failing(name: str, sends: Makes, says: str, *captures: str, **other: object) -> Behaviour:
    """A behaviour under which nothing is read, for a reason that `says` is part of."""
    return Behaviour(name, sends, says=says, captures=captures, **other)  # type: ignore[arg-type]
