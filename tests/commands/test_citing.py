"""`bulletins cite`: the citation of the desk, without a desk."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from desk import catalogue_of
from parsers.source import sources
from settings import REPLICA_MARK
from tests.archive.pages import messages, page
from tests.commands.conftest import Command
from tests.lifecycle.world import opened
from web.app import make_app
from web.server import serving


@pytest.fixture
def public_id(bulletins: Command, tmp_path: Path) -> str:
    file = tmp_path / "page.html"
    file.write_bytes(page(messages(3)))
    assert bulletins("import", "bsia-cssc", str(file), "--at", "2018-03-01T10:00:00Z").code == 0
    return str(bulletins("search", "--limit", "1").rows[0]["id"])


@pytest.mark.parametrize(("form", "ending"), [("text", "txt"), ("bibtex", "bib")])
def test_a_citation_is_that_of_the_desk(bulletins: Command, home: Path, public_id: str, form: str, ending: str) -> None:
    with opened(f"sqlite:///{home / 'archive.sqlite'}", home) as archive:
        app = make_app(archive, catalogue_of(sources().values()))
        with serving(app, "127.0.0.1", 0) as port, httpx.Client(trust_env=False) as client:
            base = f"http://127.0.0.1:{port}"
            expected = client.get(f"{base}/bulletins/{public_id}/cite.{ending}").text
            assert bulletins("cite", public_id, "--as", form, "--base", base).out == expected


def test_it_names_times_and_hashes_where_nothing_is_served(bulletins: Command, public_id: str) -> None:
    row = bulletins("show", public_id).rows[0]
    (revision,) = row["revisions"]
    for cited in (bulletins("cite", public_id[:8]).out, bulletins("cite", public_id, "--as", "bibtex").out):
        assert "2018-03-01 10:00:00 UTC" in cited
        assert revision["sha256"] in cited and revision["content_hash"] in cited and row["url"] in cited
        assert "/bulletins/" not in cited and "invented" not in cited.casefold()


def test_what_the_replica_invented_is_called_so(bulletins: Command, home: Path, public_id: str) -> None:
    (home / REPLICA_MARK).touch()
    for form in ("text", "bibtex"):
        assert "Invented, by the built-in replica." in bulletins("cite", public_id, "--as", form).out


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["zzzzzz"], "there is none, expected an id"),
        (["ID", "--as", "ris"], "'ris', expected text, bibtex"),
        (["ID", "--base", "desk"], "--base: 'desk', expected an address"),
    ],
)
def test_what_cannot_be_cited_is_told(bulletins: Command, public_id: str, arguments: list[str], reason: str) -> None:
    refused = bulletins("cite", *[public_id if each == "ID" else each for each in arguments])
    assert (refused.code, refused.out) == (2, "")
    assert reason in refused.err
