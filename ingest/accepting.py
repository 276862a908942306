"""A human's word that what a held page does not show is gone."""

from __future__ import annotations

from datetime import datetime

from archive.accepting import accept_absences
from archive.journal import record_decision
from archive.store import Archive
from archive.targets import held_targets, lock_source
from ingest.settling import facts_of
from parsers.source import Source


def accept(archive: Archive, source: Source, now: datetime) -> int:
    """Record a human's word that what held captures do not show is gone; returns how many were withdrawn."""
    facts, withdrawn = facts_of(source), 0
    with archive.writing() as session:
        lock_source(session, source.slug)
        for target in held_targets(session, source.slug):
            if target.capture_id is not None:
                record_decision(session, "accept", source.slug, now, {"capture": target.capture_id})
                withdrawn += accept_absences(session, facts, target.capture_id, now)
    return withdrawn
