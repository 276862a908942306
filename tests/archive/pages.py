"""Small pages in the publisher's shape, and an archive that they are imported into, hour by hour."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from archive.changes import list_changes
from archive.finding import Asked, search
from archive.journal import Arrival
from archive.settle import Settled
from archive.store import Archive
from ingest.settling import arrive
from parsers.source import Source, sources

URL = "https://www.bsia.co.uk/about-us/partnerships/cssc-london.aspx"
BEGINNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
BODIES = (
    "Thieves dressed as couriers collected parcels from reception desks in three offices this week.",
    "A parade closes roads around the cathedral on Sunday between ten and four; deliveries use the river side.",
    "Officers found that parking tickets on windscreens carried a false code which led drivers to a payment page.",
    "The tram operator expects crowds after the match and will close one entrance of the central station.",
    "Receptionists reported callers who pretend to test fire alarms and ask for the plan of the building.",
    "A water main burst under the market hall, so that stall holders may not return before Thursday evening.",
    "Two warehouses lost copper cable at night; fences had been cut from the railway embankment beforehand.",
    "The library hosts a talk on safe passwords for small charities, with advice on backups and lost phones.",
    "Scaffolding on the corner of the high street was climbed for photographs; guards should lock the ladders.",
    "Drivers of heavy vehicles are asked to leave the bridge free while inspectors examine its bearings.",
    "Invoices that claim to come from a cleaning contractor name a new bank account; ring before you pay.",
    "A lost dog with a blue collar was taken in by the park rangers, who can be reached at the north lodge.",
)


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a page."""

    day: str
    title: str
    body: str
    level: str = "Green"
    pdf: str = ""

    def but(self, **changed: str) -> Message:
        return replace(self, **changed)


def messages(count: int, first_day: int = 1) -> list[Message]:
    """`count` different messages, the newest first, a day apart, in February 2026."""
    made = [
        Message(f"{first_day + number:02}/02/2026", f"Notice {number}", BODIES[number % len(BODIES)])
        for number in range(count)
    ]
    return made[::-1]


def page(shown: Iterable[Message], nonce: str = "0", template: str = "h3") -> bytes:
    """A page that shows these messages; `nonce` stands where view-states and stamps stand."""
    entries = "".join(_entry(message, template) for message in shown)
    return (
        f"<html><head><title>CSSC</title></head><body><form><input type=hidden name=__VIEWSTATE value={nonce!r}>"
        f"<div id=main><h1>CSSC</h1>{entries}</div></form><div id=footer>Last updated {nonce}</div></body></html>"
    ).encode()


def _entry(message: Message, template: str) -> str:
    heading = f"{message.day} - CSSC London {message.level} Message - {message.title}"
    link = f' <a href="/Portals/4/{message.pdf}">Click here</a>' if message.pdf else ""
    if template == "h3":
        return f"<h3>{heading}</h3><p>{message.body}{link}</p>"
    return f"<p class=x><strong>{heading}</strong></p>\n<div style='a:b'>{message.body}{link}</div>"


class Publisher:
    """A page that is read every hour. `read` gives what the archive made of it."""

    def __init__(self, archive: Archive, source: Source | None = None) -> None:
        self.archive = archive
        self.source = source or sources()["bsia-cssc"]
        self.hour = 0
        self.cursor = 0

    def at(self, hour: float) -> datetime:
        return BEGINNING + timedelta(hours=hour)

    def read(self, body: bytes, hour: float | None = None, status: int = 200, cause: str = "capture") -> Settled:
        """Settle one response; by default an hour after the one before."""
        if hour is None:
            self.hour += 1
        moment = self.at(self.hour if hour is None else hour)
        arrival = Arrival(self.source.slug, "listing", URL, URL, moment, "file", cause, status, (), body)
        return arrive(self.archive, self.source, [arrival], moment)

    def show(self, shown: Sequence[Message], **how: Any) -> Settled:
        return self.read(page(shown, nonce=str(self.hour)), **how)

    def news(self) -> list[tuple[str, str, int]]:
        """Kind, title and revision of the changes since the last call."""
        with self.archive.reading() as session:
            rows = list(list_changes(session, self.cursor))
        self.cursor = rows[-1]["cursor"] if rows else self.cursor
        return [(row["kind"], row["title"], row["revision"]) for row in rows]

    def states(self) -> dict[str, str]:
        with self.archive.reading() as session:
            return {row["title"]: row["state"] for row in search(session, Asked(limit=200))}

    def texts(self) -> dict[str, str]:
        with self.archive.reading() as session:
            return {row["title"]: row["text"] for row in search(session, Asked(limit=200))}


def make_archive(database_url: str, folder: Path) -> Archive:
    """An empty archive at that database."""
    from archive.migrate import open_archive

    return open_archive(database_url, str(folder / "blobs"))
