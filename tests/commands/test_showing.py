"""What `show`, `search` and `changes` say of a bulletin: what its revisions changed, and that the replica made it."""

from __future__ import annotations

from pathlib import Path

import pytest

from settings import REPLICA_MARK
from tests.archive.pages import messages, page
from tests.commands.conftest import Command

TWELVE = messages(12)


@pytest.fixture
def filled(bulletins: Command, tmp_path: Path) -> Command:
    file = tmp_path / "page.html"
    file.write_bytes(page(TWELVE))
    assert bulletins("import", "bsia-cssc", str(file), "--at", "2026-03-01T10:00:00Z").code == 0
    return bulletins


def test_show_with_differences(filled: Command, tmp_path: Path) -> None:
    edited = tmp_path / "edited.html"
    edited.write_bytes(
        page([TWELVE[0].but(body=TWELVE[0].body.replace("blue", "red"), pdf="one.pdf", level="Amber"), *TWELVE[1:]])
    )
    filled("import", "bsia-cssc", str(edited), "--at", "2026-03-01T12:00:00Z")
    (hit,) = filled("search", "lost dog").rows
    (found,) = filled("show", hit["id"], "--diff").rows
    assert found["revision"] == 2
    assert found["differences"][0].startswith("revision 1 → 2 (import, 2026-03-01 12:00 UTC)")
    assert any("A lost dog with a [-blue-]{+red+} collar" in line for line in found["differences"])
    assert {"  - level: green", "  + level: amber"} <= set(found["differences"])
    assert "  + attachments: https://www.bsia.co.uk/Portals/4/one.pdf: Click here" in found["differences"]
    assert "differences" not in filled("show", hit["id"]).rows[0]
    assert filled("show", hit["id"][:8]).rows[0]["id"] == hit["id"]
    printed = filled("show", hit["id"], "--format", "table", "--diff").out
    assert "[-blue-]{+red+} collar" in printed
    assert all(f"    {name} from {words}" in printed for name, words in found["evidence"].items())
    assert len(found["evidence"]) > 3
    assert filled("show", "ffffffffffffffff").code == 2


def test_what_the_replica_invented_is_called_so(filled: Command, home: Path) -> None:
    (hit,) = filled("search", "lost dog").rows
    assert [row["invented"] for row in (hit, *filled("changes").rows, *filled("show", hit["id"]).rows)] == [False] * 14
    tables = [("search", "lost dog", "--format", "table"), ("show", hit["id"], "--format", "table")]
    assert not any("invented" in filled(*each).out + filled(*each).err for each in tables)
    (home / REPLICA_MARK).touch()
    (hit,) = filled("search", "lost dog").rows
    assert all(row["invented"] for row in (hit, *filled("changes").rows, *filled("show", hit["id"]).rows))
    assert all("(invented: from the built-in replica)" in filled(*each).out + filled(*each).err for each in tables)
