"""Where a revision came from: its capture, or for a loaded one the capture that the exporting archive had it by."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

ORIGINS = "origins"
"""The fact of a loaded line: by the number of each revision, the `url`, `status` and `sha256` of its capture there."""
STATED = ("url", "status", "sha256")


def stated_origins(revisions: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The facts of the capture of a line with these revisions."""
    found = {str(each["revision"]): {name: each[name] for name in STATED} for each in revisions}
    return {ORIGINS: json.dumps(found, sort_keys=True)}


def origin(facts: Mapping[str, Any], number: int, capture: Any) -> dict[str, Any]:
    """The `url`, `status` and `sha256` of what was retrieved for a revision; `facts` are those of its capture."""
    if ORIGINS in facts:
        found: dict[str, Any] = json.loads(facts[ORIGINS])[str(number)]
        return found
    return {name: getattr(capture, name) for name in STATED}
