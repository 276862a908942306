"""What the words of a bulletin were read from, told from a bulletin with all its revisions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Retrieval:
    """When and where the page was retrieved that states a wording, and the SHA-256 of what came; None where unknown."""

    at: datetime
    url: str
    sha256: str | None


def in_force(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """The revision that a bulletin with all its `revisions` has now."""
    revision: Mapping[str, Any]
    (revision,) = (each for each in row["revisions"] if each["revision"] == row["revision"])
    return revision


def retrieval(row: Mapping[str, Any]) -> Retrieval:
    """What the words in force were read from: not the document whose replacement made the last revision."""
    present = in_force(row)
    same = [each for each in row["revisions"] if each["content_hash"] == present["content_hash"]]
    pages = [each for each in same if not each["matched"].startswith("attachment ")]
    stated = max(pages or [present], key=lambda each: each["revision"])
    of_capture = (
        each for each in row["revisions"] if (each["url"], each["sha256"]) == (stated["url"], stated["sha256"])
    )
    return Retrieval(min(each["at"] for each in of_capture), stated["url"], stated["sha256"])
