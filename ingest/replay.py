"""Deriving everything again from the journal: into an empty archive, or onto the living one with a new parser."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from archive.accepting import accept_absences
from archive.attachments import confirm_document
from archive.confirm import confirm
from archive.journal import get_capture, get_check, get_decision, record_decision
from archive.records import Reading
from archive.renaming import RENAMED
from archive.reparse import Reparsed, apply_reparse
from archive.settle import settle_reading
from archive.store import NOT_KEPT, Archive, Session, said_of
from archive.tables import Capture
from archive.transfer import captures_to_reparse, copy_journal, is_empty, journal, sources_of, take_up_again
from ingest.merging import merge_index
from ingest.settling import facts_of, read_stored, settle
from parsers.source import Source

SAMPLES = 3


class CannotReplay(Exception):
    """The archive to replay into is not empty, or the journal names a source that this code does not have."""


@dataclass(slots=True)
class Replayed:
    """What a replay of one source came to: captures parsed again, and what differs by outcome and field."""

    source: str
    captures: int = 0
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    samples: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    """What was told already: several captures may show one thing."""

    def take(self, found: list[Reparsed]) -> None:
        for each in found:
            if each.key in self.keys:
                continue
            self.keys |= {each.key} if each.key else set()
            key = (each.outcome, each.field)
            self.counts[key] += 1
            samples = self.samples.setdefault(key, [])
            if len(samples) < SAMPLES:
                samples.append(each.sample)

    def rows(self) -> Iterator[dict[str, Any]]:
        """One row for each outcome and field, or one that says that nothing differs."""
        for (outcome, name), count in sorted(self.counts.items()):
            yield self._row(outcome, name, count, "; ".join(self.samples[outcome, name]))
        if not self.counts:
            yield self._row("unchanged", "", 0, "")

    def _row(self, outcome: str, name: str, count: int, sample: str) -> dict[str, Any]:
        return {
            "source": self.source,
            "captures": self.captures,
            "outcome": outcome,
            "field": name,
            "count": count,
            "sample": sample,
        }


class _DryRun(Exception):
    """Raised to roll back what a dry run wrote."""


def replay(archive: Archive, source: Source, *, since: datetime | None = None, dry_run: bool = False) -> Replayed:
    """Parse a source's captures again and append what differs; a dry run rolls back what each capture gives."""
    report = Replayed(source.slug)
    _replay_all(archive, source, report, since, _roll_back if dry_run else _commit)
    if not dry_run:
        merge_index(archive, report.notices.append)
    return report


Work = Callable[[Session], list[Reparsed]]


def _commit(archive: Archive, work: Work) -> list[Reparsed]:
    with archive.writing() as session:
        return work(session)


def _roll_back(archive: Archive, work: Work) -> list[Reparsed]:
    """Do the work of one capture and undo it, so that nobody waits for the whole of a dry run."""
    found: list[Reparsed] = []
    with suppress(_DryRun), archive.writing() as session:
        found = work(session)
        raise _DryRun
    return found


def _replay_all(
    archive: Archive,
    source: Source,
    report: Replayed,
    since: datetime | None,
    run: Callable[[Archive, Work], list[Reparsed]],
) -> None:
    with archive.reading() as session:
        numbers = captures_to_reparse(session, source.slug, since)
    for number in numbers:
        report.captures += 1
        with archive.reading() as session:
            capture = get_capture(session, number)
        found = read_stored(archive, source, capture)
        problem = found.problem if capture.state == "done" else None
        if found.reading is not None:
            try:
                report.take(run(archive, _work(source, capture, found.reading, found.region_hash)))
            except NOT_KEPT as refused:
                problem = f"{capture.url}: {said_of(refused)}, expected what an archive can keep"
        if problem is not None:
            report.take([Reparsed("refused", "", problem)])
            report.problems.append(f"capture {capture.id}: {problem}")


def _work(source: Source, capture: Capture, reading: Reading, region_hash: str) -> Work:
    facts = facts_of(source, capture.role)

    def work(session: Session) -> list[Reparsed]:
        if capture.state != "failed":
            return apply_reparse(session, facts, capture.id, reading)
        take_up_again(session, capture.id)
        settled = settle_reading(session, facts, capture.id, reading, region_hash, cause="parser")
        return [Reparsed("created", "", capture.url)] * (settled.accounts.new if settled else 0)

    return work


def replay_into(
    old: Archive,
    new: Archive,
    sources: Mapping[str, Source],
    now: datetime,
    say: Callable[[str], None] = lambda line: None,
) -> int:
    """Derive a whole archive from another's journal; returns how many journal entries were settled.

    With the same code the result is equal in notifications, ids, revisions and changes. Raises CannotReplay.
    """
    with old.reading() as snapshot:
        _refuse_unfit(snapshot, new, sources)
        copy_journal(snapshot, old.blobs, new)
        entries = list(journal(snapshot))
    for _place, kind, number in entries:
        _SETTLE[kind](old, new, sources, number, now)
    merge_index(new, say)
    return len(entries)


def _refuse_unfit(snapshot: Session, new: Archive, sources: Mapping[str, Source]) -> None:
    with new.reading() as session:
        if not is_empty(session):
            raise CannotReplay(f"archive {new.engine.url!r}: holds captures, expected an empty one")
    unknown = sources_of(snapshot) - set(sources)
    if unknown:
        raise CannotReplay(
            f"source {', '.join(sorted(unknown))}: captures of it are kept, expected its parser to be here"
        )


def _settle_capture(old: Archive, new: Archive, sources: Mapping[str, Source], number: int, now: datetime) -> None:
    with new.reading() as session:
        source = sources[get_capture(session, number).source]
    settle(new, source, number, now)


def _settle_check(old: Archive, new: Archive, sources: Mapping[str, Source], number: int, now: datetime) -> None:
    with old.reading() as session:
        check = get_check(session, number)
        capture = get_capture(session, check.capture_id)
    with new.writing() as session:
        if capture.role == "attachment":
            confirm_document(session, capture, check.at, check.kind, check.cause)
        else:
            facts = facts_of(sources[capture.source], capture.role)
            confirm(session, facts, capture.id, check.at, check.kind, check.cause)


def _settle_decision(old: Archive, new: Archive, sources: Mapping[str, Source], number: int, now: datetime) -> None:
    with old.reading() as session:
        decision = get_decision(session, number)
    with new.writing() as session:
        record_decision(session, decision.kind, decision.source, decision.at, decision.detail)
        if decision.kind == RENAMED:
            return
        accept_absences(session, facts_of(sources[decision.source]), decision.detail["capture"], decision.at)


_SETTLE = {"capture": _settle_capture, "check": _settle_check, "decision": _settle_decision}
