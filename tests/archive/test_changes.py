"""A change that readers do not know is never noted."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from archive.changes import Changes
from tests.archive.pages import BEGINNING


@pytest.mark.parametrize(
    ("cause", "note"),
    [
        ("capture", lambda changes: changes.add("lost", 1, 1)),
        ("capture", lambda changes: changes.add("created", 1, 1, "nobody")),
        ("capture", lambda changes: changes.into("lost", 1, 1)),
        ("nobody", lambda changes: changes.add("created", 1, 1)),
        ("nobody", lambda changes: changes.into("ended", 1, 1)),
    ],
)
def test_a_kind_a_state_or_a_cause_that_is_none_is_refused(cause: str, note: Callable[[Changes], None]) -> None:
    changes = Changes(cause, BEGINNING, 1)
    with pytest.raises(ValueError, match="expected one of"):
        note(changes)
    assert changes.rows == []
