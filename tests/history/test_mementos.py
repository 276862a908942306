"""What an archive replays in the place of the capture that was asked for."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from tests.history.scripted import Kept, ScriptedArchive, memento
from tests.history.test_archive import THREE, backfilled_here, kept, page
from tests.lifecycle.world import ADDRESS


@pytest.mark.parametrize(("seconds", "gaps"), [(2, 0), (60, 0), (61, 1), (-2, 1)])
def test_a_redirect_to_a_spelling_of_itself_is_passed_over_where_it_was_followed_at_once(
    seconds: int, gaps: int, tmp_path: Path
) -> None:
    """pywb gives the capture that the crawler made next in its place."""
    hop = kept(5, b"", status=301)
    next_one = Kept(ADDRESS, f"{hop.at + timedelta(seconds=seconds):%Y%m%d%H%M%S}", page(4))

    def leads_on(url: str, times: int) -> httpx.Response | None:
        return memento(next_one) if f"{hop.stamp}id_" in url else None

    _report, held = backfilled_here(tmp_path, ScriptedArchive([*THREE, hop], leads_on))
    assert len(held["gaps"]) == gaps
