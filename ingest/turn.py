"""One capture's turn in a walk through history: its body from the archive or from a row of the same digest, kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urljoin

from archive.attachments import confirm_document
from archive.blobs import CorruptBlob, MissingBlob, name_of
from archive.confirm import confirm
from archive.details import SINCE
from archive.history import Plan, capture_body, next_rows, note_read_in_archive, note_row, row_with_body
from archive.journal import Arrival, body_of, find_capture, find_confirmed, get_capture, record_not_given
from archive.settle import Accounts, Settled
from archive.store import Archive, Session
from archive.targets import find_target, lock_source
from ingest.holdings import (
    BadIndex,
    Given,
    Holding,
    NotGiven,
    PassedOver,
    Row,
    as_written,
    same_address,
    usable,
)
from ingest.plan import row_of, shares_body
from ingest.progress import Surroundings
from ingest.settling import NOT_GIVEN, REDIRECTS, Noting, arrive, facts_of, header_of, settle, unchanged
from parsers.source import Source

MOST_HOPS = 5
NEAR = timedelta(days=1)
"""How far in time a capture of the page that a redirect led to may be from it."""
LONG_AGO = datetime(1, 1, 1, tzinfo=UTC).isoformat()
MOST_AT_ONCE = 128
"""How many rows that only confirm share a transaction."""


class Turn:
    """Takes rows of a plan, one after the other, each in the transaction that records it."""

    def __init__(self, archive: Archive, source: Source, holding: Holding, tools: Surroundings, plan: Plan) -> None:
        self._archive, self._source, self._holding = archive, source, holding
        self._tools, self._plan = tools, plan
        self._at_once = 1

    def take(self, kept: Any) -> Iterator[Settled | None]:
        """Take one row of the plan; what its captures come to. Raises RowTaken and Away."""
        row = row_of(kept)
        with self._archive.reading() as session:
            arrival = self._arrival(session, kept)
        try:
            if row.problem is not None:
                raise NotGiven(row.problem)
            if _is_too_old(row, arrival):
                raise PassedOver("before the time that the older page is wanted for")
            hops = self._hops(arrival, self._stored(kept, row) or self._holding.fetch(row))
            yield from self._take_in(kept, hops)
        except NotGiven as problem:
            yield self._take_none(kept, arrival, str(problem))
        except PassedOver as problem:
            with self._archive.writing() as session:
                note_row(session, kept.id, "passed", None, str(problem))

    def confirm(self) -> list[Settled]:
        """Take rows in one transaction as long as each confirms what its page was last seen as; what they come to.

        A page whose digest is that of the body it was last seen with is a check, and its body is not read. While that
        goes well, more are taken at once. Raises RowTaken.
        """
        settled: list[Settled] = []
        before, newest = None, None
        with self._archive.writing() as session:
            lock_source(session, self._source.slug)
            for kept in next_rows(session, self._plan, self._at_once):
                if newest is None or not _goes_on_from(before, kept):
                    newest = self._held(session, kept)
                if newest is None:
                    break
                note_row(session, kept.id, "done", newest)
                facts = facts_of(self._source, kept.role)
                settled.append(confirm(session, facts, newest, kept.at, "identical", self._holding.cause))
                before = kept
        self._at_once = min(2 * self._at_once, MOST_AT_ONCE) if len(settled) == self._at_once else 1
        return settled

    def _held(self, session: Session, kept: Any) -> int | None:
        """The capture that a row confirms, if it only does that."""
        row = row_of(kept)
        session.expire_all()
        if row.problem is not None or not shares_body(row) or kept.role == "attachment":
            return None
        arrival = self._arrival(session, kept)
        number = row_with_body(session, self._plan, kept.target_url, kept.url_key, row.digest)
        capture = capture_body(session, number) if number is not None else None
        if capture is None or capture.sha256 is None or capture.status != 200 or _is_too_old(row, arrival):
            return None
        return unchanged(session, self._source, arrival, capture.sha256)

    def _arrival(self, session: Session, kept: Any) -> Arrival:
        """The row as an arrival that has brought nothing yet, at its target as it is known by now."""
        target = find_target(session, self._source.slug, kept.role, kept.target_url)
        facts: Mapping[str, str] = dict(target.facts) if target is not None else {}
        return Arrival(
            source=self._source.slug,
            role=kept.role,
            target_url=kept.target_url,
            url=as_written(kept.url, kept.target_url),
            fetched_at=kept.at,
            via=self._holding.via,
            cause=self._holding.cause,
            status=None,
            headers=(),
            body=b"",
            facts=facts,
        )

    def _stored(self, kept: Any, row: Row) -> Given | None:
        """The response that an earlier row of the same address and digest gave, if it gave one."""
        if not shares_body(row):
            return None
        with self._archive.reading() as session:
            number = row_with_body(session, self._plan, kept.target_url, kept.url_key, row.digest)
            capture = capture_body(session, number) if number is not None else None
            if capture is None or capture.sha256 is None or capture.status != 200:
                return None
            try:
                body = body_of(session, self._archive.blobs, capture.sha256)
            except (CorruptBlob, MissingBlob) as problem:
                self._tools.say(f"{self._source.slug}: {problem}; it is fetched again")
                return None
        return Given(row.url, 200, tuple((name, value) for name, value in capture.headers), body)

    def _hops(self, first: Arrival, given: Given) -> list[Arrival]:
        """The row's capture, and where it leads to another address, the captures there that are nearest to it."""
        hops = [_with(first, given, first.url)]
        while (onward := leads_to(hops[-1])) and not self._is_known(onward, hops) and len(hops) <= MOST_HOPS:
            found = self._nearest(onward, first.fetched_at)
            if found is None:
                break
            hops.append(_with(first, found, onward))
        return hops

    def _is_known(self, url: str, hops: list[Arrival]) -> bool:
        return any(same_address(url, each.url) or same_address(url, each.target_url) for each in hops)

    def _nearest(self, url: str, at: datetime) -> Given | None:
        """What the holding has of an address nearest in time, within a day; None where it has nothing."""
        found: list[Row] = []
        try:
            for page in self._holding.pages(url, at - NEAR, at + NEAR):
                rows = (usable(row, url, self._tools.clock()) for row in page if isinstance(row, Row))
                found += [row for row in rows if isinstance(row, Row) and row.problem is None and _is_near(row, at)]
            return self._holding.fetch(min(found, key=lambda row: abs(row.at - at))) if found else None
        except (BadIndex, NotGiven, PassedOver) as problem:
            self._tools.say(f"{self._source.slug}: {url}: {problem}")
            return None

    def _take_in(self, kept: Any, hops: list[Arrival]) -> Iterator[Settled | None]:
        now, last = self._tools.clock(), hops[-1]
        lost: list[int] = []

        def note(session: Session, capture_id: int) -> None:
            note_row(session, kept.id, "done", capture_id)
            onward = leads_to(last)
            if onward is not None and not self._is_known(onward, hops):
                reason = f"{last.url} leads there and no capture of it within a day is to be had"
                lost.append(record_not_given(session, self._nothing(replace(last, url=onward), reason), now))

        settled = self._as_before(last, note) or arrive(self._archive, self._source, hops, now, note)
        yield settled
        for number in lost:
            yield settle(self._archive, self._source, number, now)
        was_not_had = settled.accounts.errors or (last.role == "attachment" and settled.notice)
        if not was_not_had and last.role != "listing":
            with self._archive.writing() as session:
                note_read_in_archive(session, self._source.slug, last.role, last.target_url, now)

    def _as_before(self, last: Arrival, note: Noting) -> Settled | None:
        """A capture that is there already is not recorded twice, and a document that has its bytes still is a check."""
        sha256 = name_of(last.body)
        with self._archive.writing() as session:
            there = find_capture(session, last, sha256) or find_confirmed(session, last, sha256)
            if there is not None:
                note(session, there)
                return Settled(Accounts())
            target = find_target(session, self._source.slug, last.role, last.target_url)
            if target is None or last.role != "attachment" or last.status != 200 or target.sha256 != sha256:
                return None
            if target.capture_id is None or target.newest_at is None or last.fetched_at <= target.newest_at:
                return None
            note(session, target.capture_id)
            held = get_capture(session, target.capture_id)
            confirm_document(session, held, last.fetched_at, "identical", last.cause)
        return Settled(Accounts())

    def _take_none(self, kept: Any, arrival: Arrival, reason: str) -> Settled | None:
        now = self._tools.clock()
        with self._archive.writing() as session:
            number = record_not_given(session, self._nothing(arrival, reason), now)
            note_row(session, kept.id, "gap", number, reason)
        return settle(self._archive, self._source, number, now)

    def _nothing(self, arrival: Arrival, reason: str) -> Arrival:
        """The arrival of nothing, for that reason."""
        facts = {**arrival.facts, NOT_GIVEN: f"{reason} ({self._holding.via})"}
        return replace(arrival, facts=facts, status=None, headers=(), body=b"")


def _goes_on_from(before: Any, kept: Any) -> bool:
    """Whether a row says of a page, later, what the one before it said of it."""
    same = all(getattr(before, name) == getattr(kept, name) for name in ("role", "target_url", "url_key", "digest"))
    return same and kept.at > before.at and kept.reason is None and shares_body(row_of(kept))


def _is_too_old(row: Row, arrival: Arrival) -> bool:
    """Whether an older page was captured before the time that it is wanted for."""
    return row.at.isoformat() < arrival.facts.get(SINCE, LONG_AGO)


def _is_near(row: Row, at: datetime) -> bool:
    return abs(row.at - at) <= NEAR


def _with(first: Arrival, given: Given, url: str) -> Arrival:
    return replace(first, url=url, status=given.status, headers=given.headers, body=given.body)


def leads_to(arrival: Arrival) -> str | None:
    """Where a redirect leads, if it is to a web address."""
    location = header_of(arrival.headers, "location") if arrival.status in REDIRECTS else None
    try:
        onward = urljoin(arrival.url, location) if location else ""
    except ValueError:
        return None
    return onward if onward.startswith(("http://", "https://")) else None
