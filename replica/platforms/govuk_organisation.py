"""What one organisation publishes on GOV.UK: news and publications, amended with a note, withdrawn, or gone."""

from __future__ import annotations

from typing import Any

from replica.answers import Answer
from replica.bulletins import Edition, Supply, at
from replica.platforms.govuk_items import ASSETS, Row, gone_item, item, stated
from replica.platforms.site import as_html, document, gone

KINDS = (("news", "press_release", "news_article"), ("publications", "guidance", "publication"))
"""Folder, document type and schema, in turns."""
MOVED = "<p>This advice is now on <a href='https://www.protectuk.police.uk/'>ProtectUK</a>.</p>"
PUBLISHED_IN_ERROR = "Published in error"


class Organisation:
    """An organisation by its GOV.UK slug. Of what it takes back, one in three is withdrawn, gone, gone with reasons."""

    def __init__(self, slug: str, name: str, supply: Supply) -> None:
        self.slug, self.name, self.supply = slug, name, supply

    def rows(self, step: int, *, halved: bool = False) -> list[Row]:
        """What the search shows, last changed first."""
        rows = [_row(edition) for edition in self.supply.shown(step, halved=halved)]
        return sorted(rows, key=lambda row: row.updated, reverse=True)

    def item(self, path: str, step: int) -> Answer | None:
        """The item at a path of the site; None where it has none."""
        folder, _, name = path.removeprefix("/government/").partition("/")
        name, _, part = name.partition("/")
        edition = self.supply.find(name, step)
        if edition is None or folder != _kind(edition)[0] or part not in ("", name):
            return None
        if edition.is_withdrawn:
            return self._taken_back(edition, path)
        return self._html_publication(edition) if part else self._item(edition)

    def document(self, path: str, step: int) -> Answer | None:
        """A file on the assets host."""
        edition = self.supply.find(path.rpartition("/")[2].removesuffix(".pdf"), step)
        if edition is None or path != _file_path(edition) or not edition.bulletin.has_document:
            return None
        return document(edition.title, edition.paragraphs, edition.issued)

    def _item(self, edition: Edition, **further: Any) -> Answer:
        row, (_, _, schema) = _row(edition), _kind(edition)
        words = [edition.addition, *edition.paragraphs] if edition.addition else edition.paragraphs
        details = {
            "body": f'<div class="govspeak">{as_html(words)}</div>',
            "attachments": _attachments(edition),
            "change_history": _notes(edition),
            "first_public_at": stated(edition.issued),
            "political": False,
        }
        return item(row, schema, details, issued=edition.issued, organisation=self.name, **further)

    def _html_publication(self, edition: Edition) -> Answer | None:
        """The page that a publication states as its attachment."""
        if not _has_page(edition):
            return None
        row = Row(f"{_path(edition)}/{edition.slug}", edition.title, "html_publication", edition.issued, "")
        details = {"body": as_html(edition.paragraphs), "first_published_version": True}
        details["public_timestamp"] = stated(edition.issued)
        return item(row, "html_publication", details, issued=edition.issued, organisation=self.name, description=None)

    def _taken_back(self, edition: Edition, path: str) -> Answer:
        withdrawn_at = at(edition.bulletin.withdrawn or 0)
        if edition.number % 3 == 0:
            return self._item(edition, withdrawn_notice={"explanation": MOVED, "withdrawn_at": stated(withdrawn_at)})
        return gone_item(path, PUBLISHED_IN_ERROR, withdrawn_at) if edition.number % 3 == 1 else gone()


def _kind(edition: Edition) -> tuple[str, str, str]:
    return KINDS[edition.number % len(KINDS)]


def _path(edition: Edition) -> str:
    return f"/government/{_kind(edition)[0]}/{edition.slug}"


def _file_path(edition: Edition) -> str:
    return f"/media/{edition.number:012x}/{edition.slug}.pdf"


def _row(edition: Edition) -> Row:
    return Row(_path(edition), edition.title, _kind(edition)[1], edition.changed, edition.paragraphs[0])


def _has_page(edition: Edition) -> bool:
    return _kind(edition)[1] == "guidance" and edition.number % 4 == 1


def _attachments(edition: Edition) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if edition.bulletin.has_document:
        url = f"https://{ASSETS}{_file_path(edition)}"
        found.append({"attachment_type": "file", "id": "1", "title": edition.title, "url": url})
    if _has_page(edition):
        url = f"{_path(edition)}/{edition.slug}"
        found.append({"attachment_type": "html", "id": "2", "title": f"{edition.title}: the guidance", "url": url})
    return found


def _notes(edition: Edition) -> list[dict[str, str]]:
    notes = [{"public_timestamp": stated(edition.issued), "note": "First published."}]
    if edition.addition:
        notes.append({"public_timestamp": stated(edition.changed), "note": edition.addition})
    return notes
