"""A line of another archive's export becomes a bulletin of this one: all that it states, or nothing and the reason.

The line itself is the capture, so replay gives the bulletin again. What it says was shown, was shown to the other
archive: its pages are never asked here, and a bulletin that is not met again is never missed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from archive import quarantine
from archive.aliases import numbers_of
from archive.attachments import cite
from archive.blobs import CorruptBlob
from archive.changes import Changes
from archive.derived import AccountRow, Alias, Attachment, NotificationRow, Revision, Sighting, Target
from archive.export import exported, json_line
from archive.filing import assign_numbers
from archive.indexing import current_revisions, index_current
from archive.journal import Arrival, body_of, close_capture, find_capture
from archive.news import differences
from archive.origins import stated_origins
from archive.presence import SourceFacts
from archive.records import Notification, RefusedEntry, issued_sort
from archive.settle import Accounts, Settled
from archive.store import NOT_KEPT, Archive, said_of
from archive.tables import LOADED, Capture, Identity, plain
from archive.targets import ensure_targets, lock_source
from archive.upsert import insert_all_once

OURS = ("rights", "invented")
"""Fields that say something of the archive or the version that exported, not of the bulletin."""
BOOKS = ("seen", "new", "revised", "unchanged", "repeated", "quarantined", "withdrawn", "attachments")


class Refused(Exception):
    """A line that cannot be taken as it stands beside what is kept, with the reason."""


def arrival_of(line: Mapping[str, Any], slug: str) -> Arrival:
    """A line that was read, as what is to be recorded of the source; dated by the newest capture that it names."""
    moments = [datetime.fromisoformat(each["at"]) for each in line["revisions"]]
    named = f"load:{line['id']}"
    return Arrival(
        source=slug,
        role=LOADED,
        target_url=named,
        url=named,
        fetched_at=max(moments),
        via="load",
        cause="import",
        status=None,
        headers=(("Content-Type", "application/jsonl"),),
        body=json_line(line),
        facts=stated_origins(line["revisions"]),
    )


def known_already(session: Session, arrival: Arrival, sha256: str, line: Mapping[str, Any]) -> Settled | None:
    """What a line comes to that this archive has: the very same, or one that adds nothing; None where it may."""
    number = _number(session, line["id"])
    if number is not None and not _news(session, number, line):
        return Settled(Accounts(seen=1, unchanged=1))
    held = find_capture(session, arrival, sha256)
    books = None if held is None else session.get(AccountRow, held)
    if books is None:
        return None
    losses = books.quarantined > 0
    return Settled(Accounts(seen=1, unchanged=int(not losses), quarantined=int(losses)), _why(session, held), losses)


def _why(session: Session, capture_id: int | None) -> str | None:
    return session.scalar(select(Capture.reason).where(Capture.id == capture_id))


def settle_line(archive: Archive, facts: SourceFacts, capture_id: int) -> Settled | None:
    """Write what a pending line states in one transaction; quarantined where it cannot be taken as it stands.

    None when somebody else settled it first.
    """
    raw, where = "", f"capture {capture_id}"
    try:
        with archive.writing() as session:
            lock_source(session, facts.slug)
            capture = _pending(session, capture_id)
            if capture is None:
                return None
            where = capture.url
            raw = body_of(session, archive.blobs, capture.sha256 or "").decode()
            return _settle(session, facts, capture, json.loads(raw))
    except (Refused, CorruptBlob) as problem:
        reason = str(problem)
    except NOT_KEPT as problem:
        reason = f"{where}: {said_of(problem)}, expected what an archive can keep"
    with archive.writing() as session:
        lock_source(session, facts.slug)
        capture = _pending(session, capture_id)
        return None if capture is None else _hold(session, facts, capture, reason, raw)


def _pending(session: Session, capture_id: int) -> Capture | None:
    capture = session.get(Capture, capture_id, populate_existing=True)
    return capture if capture is not None and capture.state == "pending" else None


def _hold(session: Session, facts: SourceFacts, capture: Capture, reason: str, raw: str) -> Settled:
    refused = RefusedEntry(0, raw or f"{capture.url} {capture.sha256}", reason)
    quarantine.hold(session, facts, capture, [refused])
    accounts = Accounts(seen=1, quarantined=1)
    _close(session, capture, accounts, reason)
    return Settled(accounts, reason, losses=True)


def _settle(session: Session, facts: SourceFacts, capture: Capture, line: Mapping[str, Any]) -> Settled:
    line = _named(line, facts.slug)
    number = _number(session, line["id"])
    changes = Changes(capture.cause, capture.fetched_at, capture.id)
    if number is not None:
        news = _news(session, number, line)
        if news:
            raise Refused(f"{capture.url}: {news}, expected what is kept of it here")
        accounts = Accounts(seen=1, unchanged=1)
    else:
        accounts = Accounts(seen=1, new=1)
        number = _numbered(session, capture, line)
        _write(session, capture, number, line)
        changes.add("created", number, line["revision"])
        if line["state"] != "current":
            changes.into(line["state"], number, line["revision"])
        accounts.attachments = _finish(session, capture, number, line)
        _check(session, capture, number, line)
    _close(session, capture, accounts, None)
    changes.write(session)
    return Settled(accounts)


def _close(session: Session, capture: Capture, accounts: Accounts, reason: str | None) -> None:
    books = {name: getattr(accounts, name) for name in BOOKS}
    session.execute(insert(plain(AccountRow)).values(capture_id=capture.id, **books))
    close_capture(session, capture.id, "done", reason)


def _named(line: Mapping[str, Any], slug: str) -> dict[str, Any]:
    """The line with the present slug of its source, which may have been called otherwise when it was exported."""
    revisions = [{**each, "record": {**each["record"], "source": slug}} for each in line["revisions"]]
    return {**line, "source": slug, "revisions": revisions}


def _number(session: Session, public_id: str) -> int | None:
    """The number of a bulletin that is kept; an identity alone is what the journal has before it is derived again."""
    kept = select(NotificationRow.id).join(Identity, Identity.notification_id == NotificationRow.id)
    return session.scalar(kept.where(Identity.public_id == public_id))


def _numbered(session: Session, capture: Capture, line: Mapping[str, Any]) -> int:
    """The number of a new bulletin, under the id and the ref that it has in the other archive. Raises Refused."""
    known = select(Identity.notification_id, Identity.source, Identity.ref).where(Identity.public_id == line["id"])
    identity = session.execute(known).first()
    refs = {line["first_ref"], line["ref"]}
    taken = numbers_of(session, capture.source, refs)
    if identity is not None and (identity.source, identity.ref) != (capture.source, line["first_ref"]):
        raise Refused(f"{capture.url}: that id stands for {identity.ref!r} of {identity.source}, expected the same")
    others = {ref for ref, number in taken.items() if identity is None or number != identity.notification_id}
    if others:
        raise Refused(f"{capture.url}: another bulletin has the id {min(others)!r} of its publisher, expected one")
    if identity is not None:
        return int(identity.notification_id)
    (number,) = assign_numbers(session, capture.source, [line["first_ref"]], capture.id, [line["id"]])
    return number


def _write(session: Session, capture: Capture, number: int, line: Mapping[str, Any]) -> None:
    pages = _pages(session, capture, line["sightings"])
    last = max(line["sightings"], key=lambda each: (datetime.fromisoformat(each["last_at"]), each["url"]))
    moment, is_stated = _issued(line)
    row = {"id": number, "source": capture.source, "state": line["state"], "revision": line["revision"]}
    row |= {"target_id": pages[last["url"]], "issued_sort": moment, "issued_stated": is_stated, "absences": 0}
    session.execute(insert(plain(NotificationRow)).values(row))
    session.execute(insert(plain(Revision)), [_revision(capture, number, each) for each in line["revisions"]])
    spans = [
        {"notification_id": number, "target_id": pages[each["url"]]}
        | {name: datetime.fromisoformat(each[name]) for name in ("first_at", "last_at")}
        for each in line["sightings"]
    ]
    session.execute(insert(plain(Sighting)), spans)
    if line["ref"] != line["first_ref"]:
        alias = {"source": capture.source, "ref": line["ref"], "notification_id": number, "capture_id": capture.id}
        session.execute(insert(plain(Alias)).values(alias))


def _pages(session: Session, capture: Capture, sightings: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """The pages that showed a bulletin to the other archive, as targets that nobody asks, by address."""
    newest: dict[str, datetime] = {}
    for each in sightings:
        at = datetime.fromisoformat(each["last_at"])
        newest[each["url"]] = max(at, newest.get(each["url"], at))
    made = {"source": capture.source, "role": LOADED, "state": LOADED, "failures": 0, "facts": {}}
    times = {"first_seen_at": capture.fetched_at, "next_check_at": None}
    insert_all_once(session, Target, [{**made, **times, "url": url} for url in sorted(newest)])
    ours = (Target.source == capture.source, Target.role == LOADED, Target.url.in_(sorted(newest)))
    found = {target.url: target for target in session.scalars(select(Target).where(*ours))}
    for url, target in found.items():
        target.newest_at = target.confirmed_at = max(newest[url], target.newest_at or newest[url])
    session.flush()
    return {url: target.id for url, target in found.items()}


def _issued(line: Mapping[str, Any]) -> tuple[datetime, bool]:
    """Where the bulletin stands in time: as its revisions placed it one after the other."""
    in_order = sorted(line["revisions"], key=lambda each: each["revision"])
    moment, is_stated = datetime.fromisoformat(in_order[0]["at"]), False
    for each in in_order:
        if each["revision"] <= line["revision"]:
            moment, is_stated = issued_sort(Notification.from_row(each["record"]), moment)
    return moment, is_stated


def _revision(capture: Capture, number: int, stated: Mapping[str, Any]) -> dict[str, Any]:
    method, _, score = stated["matched"].partition(" ")
    return {
        "notification_id": number,
        "number": stated["revision"],
        **{name: stated[name] for name in ("content_hash", "hash_version", "record", "documents")},
        "capture_id": capture.id,
        "position": None,
        "entry_hash": None,
        "at": datetime.fromisoformat(stated["at"]),
        "cause": "parser" if stated["reparsed"] else capture.cause,
        "method": method,
        "score": float(score),
        "parser_version": stated["parser"],
    }


def _finish(session: Session, capture: Capture, number: int, line: Mapping[str, Any]) -> int:
    """Attachments, wanted as of any bulletin, and the search index; returns how many documents are new to us."""
    current = current_revisions(session, [number])
    recognised = {each["url"]: each["recognised"] for each in line["documents"] if each["recognised"]}
    met = cite(session, capture, current, recognised)
    former = [each for each in line["documents"] if not each["cited"]]
    targets, made = ensure_targets(
        session, capture.source, "attachment", [each["url"] for each in former], capture.fetched_at
    )
    rows = [
        {"notification_id": number, "target_id": targets[each["url"]].id, "title": each["title"], "cited": False}
        | {"recognised": each["recognised"]}
        for each in former
    ]
    insert_all_once(session, Attachment, rows)
    index_current(session, current)
    return met + made


def _check(session: Session, capture: Capture, number: int, line: Mapping[str, Any]) -> None:
    """Raise Refused unless the bulletin is exported again as it was stated."""
    (row,) = exported(session, [number], lambda slug: "")
    again = json.loads(json_line(row))
    wrong = sorted(name for name in line if name not in OURS and again.get(name) != line[name])
    if wrong:
        raise Refused(
            f"{capture.url}: {', '.join(wrong)} not as its revisions and sightings have it, expected the same"
        )


def _news(session: Session, number: int, line: Mapping[str, Any]) -> str | None:
    """What a line says of a bulletin that is kept here and that this archive does not know; None for nothing."""
    (row,) = exported(session, [number], lambda slug: "")
    ours: dict[str, Any] = json.loads(json_line(row))
    return next(differences(ours, line), None)
