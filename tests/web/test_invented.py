"""What programs are told of bulletins that the replica invented."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.lifecycle.world import opened
from tests.web.conftest import CATALOGUE
from tests.web.test_truth import bulletin, desk, say


@pytest.mark.parametrize("is_invented", [True, False])
def test_rows_of_what_is_invented_say_so(database_url: str, tmp_path: Path, is_invented: bool) -> None:
    with opened(database_url, tmp_path) as archive:
        say(archive, [bulletin(1)])
        with desk(archive, replace(CATALOGUE, invented=is_invented)) as ask:
            (row,), (change,) = (ask(f"/api/v1/{path}").json()["items"] for path in ("notifications", "changes"))
            one = ask(f"/api/v1/notifications/{row['id']}").json()
    assert [each["invented"] for each in (row, change, one)] == [is_invented] * 3
