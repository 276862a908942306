"""The FCDO's change history of 226 countries, kept as Markdown, back into items as the Content API states them.

`countries/*.md` is how each country's page of that observer stood last; `daily_changes.jsonl` are its daily diffs.
Walking back from the last state gives the state before and after each change.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

ALERTS = {
    "FCDO advises against all travel to parts of ": "avoid_all_travel_to_parts",
    "FCDO advises against all travel to ": "avoid_all_travel_to_whole_country",
    "FCDO advises against all but essential travel to parts of ": "avoid_all_but_essential_travel_to_parts",
    "FCDO advises against all but essential travel to ": "avoid_all_but_essential_travel_to_whole_country",
}
DAY = re.compile(r"\*\*([0-9]{1,2} \w+ [0-9]{4})\*\*")
REVIEWED = re.compile(r"\*Last reviewed by FCDO: (.+)\*")


@dataclass(frozen=True)
class Note:
    day: date
    words: str


@dataclass(frozen=True)
class Day:
    """How a country's advice stood: alerts, last review, change notes, newest first."""

    alerts: frozenset[str]
    reviewed: date | None
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class Change:
    """One observed day; `after` is None where the observer had no answer."""

    observed: str
    before: Day
    after: Day | None


@dataclass(frozen=True)
class Country:
    path: str
    name: str
    now: Day
    changes: tuple[Change, ...] = field(default=())


def days_of(folder: Path) -> Mapping[str, Country]:
    """Every country with its changes, oldest first."""
    observed: dict[str, list[dict[str, Any]]] = {}
    for line in (folder / "daily_changes.jsonl").read_text("utf-8").splitlines():
        change = json.loads(line)
        observed.setdefault(Path(change["file"]).stem, []).append(change)
    found = {}
    for path in sorted((folder / "countries").glob("*.md")):
        text = path.read_text("utf-8")
        name = text.split("\n", 1)[0].removeprefix("# ").rsplit(" ", 1)[0]
        now = _day(text.split("\n"))
        country = Country(f"/foreign-travel-advice/{path.stem}", name, now)
        found[path.stem] = replace(country, changes=_walk_back(now, observed.get(path.stem, [])))
    return found


def _walk_back(now: Day, observed: list[dict[str, Any]]) -> tuple[Change, ...]:
    after, changes = now, []
    for change in sorted(observed, key=lambda each: str(each["observed_at"]), reverse=True):
        if any("Unable to determine status" in line for line in change["added"]):
            changes.append(Change(change["observed_at"], after, None))
            continue
        before = _undo(after, _day(change["added"]), _day(change["removed"]))
        changes.append(Change(change["observed_at"], before, after))
        after = before
    return tuple(reversed(changes))


def _undo(after: Day, added: Day, removed: Day) -> Day:
    notes = list(after.notes)
    for note in added.notes:
        notes.remove(note)
    alerts = (after.alerts - added.alerts) | removed.alerts
    return Day(alerts, removed.reviewed or after.reviewed, (*removed.notes, *notes))


def _day(lines: list[str]) -> Day:
    alerts: set[str] = set()
    reviewed, notes = None, list[Note]()
    for place, line in enumerate(lines):
        if found := DAY.fullmatch(line):
            notes.append(Note(_date(found[1]), _words(lines, place + 1)))
        elif found := REVIEWED.fullmatch(line):
            reviewed = _date(found[1])
        elif line.startswith("FCDO advises"):
            alerts.update(_alert(each) for each in line.split("<br />"))
    return Day(frozenset(alerts), reviewed, tuple(notes))


def _words(lines: list[str], start: int) -> str:
    end = start + 1
    while end < len(lines) and not lines[end].startswith(("**", "<details", "</details", "---", "#", "*Last")):
        end += 1
    return "\n".join(lines[start:end]).removeprefix("<br />").strip()


def _alert(sentence: str) -> str:
    return next(alert for words, alert in ALERTS.items() if sentence.startswith(words))


def _date(printed: str) -> date:
    return datetime.strptime(printed, "%d %B %Y").date()  # noqa: DTZ007 - a day without a time


def as_item(country: Country, day: Day, run: int) -> dict[str, Any]:
    """The item as the API gives it. `run` moves what moves with every request or deployment and is not said."""
    history = [
        {"public_timestamp": f"{note.day.isoformat()}T{_clock(place, len(day.notes))}Z", "note": note.words}
        for place, note in enumerate(day.notes)
    ]
    return {
        "base_path": country.path,
        "content_id": str(uuid5(NAMESPACE_URL, country.path)),
        "document_type": "travel_advice",
        "schema_name": "travel_advice",
        "locale": "en",
        "title": f"{country.name} travel advice",
        "description": f"Advice for {country.name}.",
        "public_updated_at": history[0]["public_timestamp"],
        "updated_at": f"2026-09-0{run % 9 + 1}T00:00:00Z",
        "publishing_request_id": f"request-{run}",
        "details": {
            "country": {"name": country.name, "slug": country.path.rpartition("/")[2]},
            "alert_status": sorted(day.alerts, reverse=bool(run % 2)),
            "change_description": day.notes[0].words,
            "change_history": history if run % 2 else history[::-1],
            "reviewed_at": day.reviewed and f"{day.reviewed.isoformat()}T0{run % 9}:00:00Z",
            "updated_at": f"2026-09-0{run % 9 + 1}T00:00:00Z",
            "max_cache_time": 10 + run,
            "parts": [{"slug": "warnings", "title": "Warnings", "body": "<p>What to look out for.</p>"}],
        },
        "links": {"related": [{"title": f"Suggested {run}"}], "taxons": [{"title": f"Taxon {run}"}]},
    }


def _clock(place: int, count: int) -> str:
    """A time of day that keeps the printed order of notes of one day: the history has days only."""
    seconds = (count - place) % 86_400
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
