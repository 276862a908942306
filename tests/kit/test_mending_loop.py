"""A publisher changes its template: quarantined, looked at, mended, replayed, and nothing is left in quarantine."""

from __future__ import annotations

import json
from pathlib import Path

from tests.kit.checkout import copied

DATELINE = '<div class="news-date">{issued.day} {issued:%B %Y}</div>'
OTHER_DATELINE = '<div class="news-date">On {issued:%d/%m/%Y}</div>'


def test_a_broken_source_is_mended_through_the_loop(tmp_path: Path) -> None:
    bulletins = copied(tmp_path)
    bulletins.rewrite("replica/upstreams.py", DATELINE, OTHER_DATELINE)
    assert bulletins("run", "psni").code == 1
    waiting = bulletins("quarantine", "psni").rows
    assert waiting and all("no date, expected an article with its date" in row["reason"] for row in waiting)

    number = str(waiting[0]["id"])
    saved = tmp_path / "failing.html"
    (found,) = bulletins("quarantine", number, "--save", str(saved)).rows
    assert found["source"] == "psni" and found["url"] == waiting[0]["url"]
    assert OTHER_DATELINE[:26].encode() in saved.read_bytes()
    assert found["next"][0] == f"./bulletins parse psni --capture {found['capture']} --watch"
    capture = str(found["capture"])

    broken = bulletins("parse", "psni", "--capture", capture)
    assert (broken.code, broken.out) == (1, "") and "no date" in broken.err
    mended = bulletins.root / "parsers" / "sources" / "psni.py"
    bulletins.rewrite("parsers/sources/psni.py", "    label = ", "    label = (\n")
    assert "psni.py: SyntaxError" in bulletins("parse", "psni", "--capture", capture).err
    bulletins.rewrite("parsers/sources/psni.py", "    label = (\n", "    label = ")
    bulletins.rewrite("parsers/sources/psni.py", "[A-Z][a-z]{2,8} [0-9]{4})", "[A-Z][a-z]{2,8} [0-9]{4}|[0-9/]{10})")
    bulletins.rewrite("parsers/sources/psni.py", "Posted|Date)", "Posted|Date|On)")
    bulletins.rewrite("parsers/sources/psni.py", '("%d %B %Y",)', '("%d %B %Y", "%d/%m/%Y")')
    (record,) = bulletins("parse", "psni", "--capture", capture).rows
    assert record["issued"] and "%d/%m/%Y" in record["evidence"]["issued"], mended.read_text("utf-8")

    kept = bulletins("fixture", "psni", "--capture", capture)
    assert kept.code == 0 and "wrote tests/fixtures/psni/detail-2" in kept.out, kept.err
    meta = json.loads((bulletins.root / "tests/fixtures/psni/detail-2/meta.json").read_text("utf-8"))
    assert (meta["url"], meta["role"], meta["words"]) == (found["url"], "detail", "replaced")

    since = str(found["next"][2]).split()[4]
    (would,) = bulletins("replay", "psni", "--since", since, "--dry-run").rows
    assert (would["outcome"], would["count"]) == ("created", len(waiting)) and would["sample"]
    assert len(bulletins("quarantine", "psni").rows) == len(waiting)
    (does,) = bulletins("replay", "psni", "--since", since).rows
    assert does == would
    assert bulletins("quarantine").rows == []
    assert len(bulletins("search", "--source", "psni").rows) == len(waiting)
