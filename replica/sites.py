"""The sites of the replica by host name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from replica.answers import Answer, Site, Visit, digest, not_found
from replica.documents import document
from replica.page import entries_of, page_of
from replica.timeline import TIMELINE, PageState, state
from replica.upstreams import upstream_sites

CSSC_PATH = "/about-us/partnerships/cssc-london.aspx"
ROBOTS = b"User-agent: *\nDisallow: /admin/\n"
FIRST_CHANGE = datetime(2018, 7, 2, 8, 0, tzinfo=UTC)


class BsiaSite:
    """The association's site: the CSSC page, its documents and a robots.txt; steps are hours of its clock."""

    host = "www.bsia.co.uk"
    last_step = len(TIMELINE) - 1

    def answer(self, visit: Visit) -> Answer:
        now = state(min(visit.step, self.last_step))
        if visit.path == CSSC_PATH:
            return self._page(now, visit)
        if visit.path == "/robots.txt":
            return Answer(200, "text/plain", ROBOTS)
        return self._document(now, visit.path)

    def _page(self, now: PageState, visit: Visit) -> Answer:
        shown = now.shown[: len(now.shown) // 2] if visit.halved else now.shown
        stable = digest(entries_of(shown, now.template).encode())
        body = page_of(shown, template=now.template, serial=visit.serial)
        return Answer(200, "text/html; charset=utf-8", body, f'W/"{stable}"', _at(now.page_changed_at))

    def _document(self, now: PageState, path: str) -> Answer:
        replaced = path in now.replaced
        body = document(path, replaced)
        if body is None:
            return not_found(path)
        return Answer(200, "application/pdf", body, f'"{digest(body)}"', _at(now.replaced_at if replaced else 0))


def _at(step: int) -> datetime:
    return FIRST_CHANGE + timedelta(hours=step)


SITES: Mapping[str, Site] = {site.host: site for site in (BsiaSite(), *upstream_sites())}
