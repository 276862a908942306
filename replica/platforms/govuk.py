"""www.gov.uk and the host of its files: search, Content API, travel advice, emergency alerts, feeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from replica.answers import Answer, Visit
from replica.platforms import govuk_travel as travel
from replica.platforms.emergency_alerts import CAP_FOLDER, FEED_PATH, alerts_feed, cap_document
from replica.platforms.govuk_items import ASSETS, HOST, atom_feed, search_results
from replica.platforms.govuk_organisation import Organisation
from replica.platforms.site import PlatformSite, asked, asked_number

SEARCH, CONTENT = "/api/search.json", "/api/content"
ORGANISATION_FEED = "/government/organisations/"


class GovUkSite(PlatformSite):
    """GOV.UK with a few of its organisations."""

    def __init__(self, organisations: Sequence[Organisation]) -> None:
        super().__init__(HOST)
        self.organisations: Mapping[str, Organisation] = {each.slug: each for each in organisations}

    def page(self, visit: Visit, step: int) -> Answer | None:
        path = visit.path
        if path == SEARCH:
            return self._search(visit, step)
        if path == FEED_PATH:
            return alerts_feed(step)
        if path.startswith(CAP_FOLDER):
            return cap_document(path, step)
        if path == f"{travel.INDEX}.atom":
            return travel.feed(step)
        if path.startswith(ORGANISATION_FEED):
            return self._feed(path, step)
        return self._item(path.removeprefix(CONTENT), visit, step) if path.startswith(f"{CONTENT}/") else None

    def _search(self, visit: Visit, step: int) -> Answer | None:
        organisation = self.organisations.get(asked(visit.query, "filter_organisations", ""))
        if organisation is None:
            return None
        start, count = asked_number(visit.query, "start", 0), asked_number(visit.query, "count", 10)
        rows = organisation.rows(step, halved=visit.halved)
        return search_results(rows, start, count, organisation.supply.changed_at(step))

    def _feed(self, path: str, step: int) -> Answer | None:
        organisation = self.organisations.get(path.removeprefix(ORGANISATION_FEED).removesuffix(".atom"))
        if organisation is None or not path.endswith(".atom"):
            return None
        return atom_feed(path, organisation.name, organisation.rows(step), organisation.supply.changed_at(step))

    def _item(self, path: str, visit: Visit, step: int) -> Answer | None:
        if path == travel.INDEX:
            return travel.index(step, halved=visit.halved)
        if path.startswith(f"{travel.INDEX}/"):
            return travel.advice(path, step)
        found = (organisation.item(path, step) for organisation in self.organisations.values())
        return next((answer for answer in found if answer), None)


class AssetsSite(PlatformSite):
    """The host of GOV.UK's files."""

    def __init__(self, govuk: GovUkSite) -> None:
        super().__init__(ASSETS)
        self._organisations = tuple(govuk.organisations.values())

    def page(self, visit: Visit, step: int) -> Answer | None:
        found = (organisation.document(visit.path, step) for organisation in self._organisations)
        return travel.country_map(visit.path) or next((answer for answer in found if answer), None)
