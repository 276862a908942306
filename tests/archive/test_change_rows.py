"""Changes are of kinds, causes and states that readers know, or they are not noted."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from archive.changes import CAUSES, KINDS, Changes
from archive.facets import STATES


def changes() -> Changes:
    return Changes("capture", datetime(2018, 7, 2, tzinfo=UTC), 1)


@pytest.mark.parametrize(("kind", "cause"), [("mended", None), ("revised", "weather")])
def test_an_unknown_kind_or_cause_is_refused(kind: str, cause: str | None) -> None:
    noted = changes()
    with pytest.raises(ValueError, match=f"change {kind} by {cause or 'capture'}: expected one of"):
        noted.add(kind, 1, 1, cause)
    assert noted.rows == []


def test_an_unknown_state_is_refused() -> None:
    noted = changes()
    with pytest.raises(ValueError, match=r"change into gone: expected one of \('current', "):
        noted.into("gone", 1, 1)
    assert noted.rows == []


def test_into_a_state_is_withdrawn_or_names_it() -> None:
    noted = changes()
    for state in STATES:
        noted.into(state, 1, 1)
    told = {state: (row["kind"], row["state"]) for state, row in zip(STATES, noted.rows, strict=True)}
    assert told.pop("withdrawn") == ("withdrawn", None)
    assert told == {state: ("state", state) for state in STATES if state != "withdrawn"}
    assert {"withdrawn", "state"} <= set(KINDS) and noted.cause in CAUSES
