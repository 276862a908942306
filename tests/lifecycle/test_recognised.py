"""Documents known by sight are findable as such, whichever source cites them."""

from __future__ import annotations

from pathlib import Path

from archive.finding import Asked, search
from archive.showing import shown as show
from archive.store import Archive
from replica.messages import messages
from tests.lifecycle.world import Clock, SmallSite, Upstream, opened, run, shown, with_document

NEWSLETTER = "/Portals/4/London-Protect-Newsletter-Issue-7-September-2017.pdf"


def test_a_newsletter_that_a_message_cites_is_found_by_its_series(database_url: str, tmp_path: Path) -> None:
    plain = shown(*[key for key, message in messages().items() if "](" not in "".join(message.paragraphs)][:7])
    page = [with_document(plain[0], NEWSLETTER), *plain[1:]]
    upstream, clock = Upstream(SmallSite([page], {(NEWSLETTER, 0): b"%PDF-1.4 a newsletter"})), Clock()
    with opened(database_url, tmp_path) as archive:
        run(archive, upstream, clock)
        (found,) = find(archive, "london-protect")
        assert find(archive, "met-police-falcon") == []
        with archive.reading() as session:
            (attachment,) = show(session, str(found["id"]))["documents"]
    assert attachment["recognised"] == {
        "series": "london-protect",
        "issuer": "london-protect",
        "edition": "7",
        "issued": "2017-09",
        "evidence": attachment["recognised"]["evidence"],
    }
    assert "London Protect" in attachment["recognised"]["evidence"]


def find(archive: Archive, series: str) -> list[dict[str, object]]:
    with archive.reading() as session:
        return list(search(session, Asked(facets={"series": [series]})))
