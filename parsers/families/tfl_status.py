"""Line status of TfL's Unified API: what is not a good service, on which line, why and until when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from archive.records import Notification
from parsers.data import JsonPage
from parsers.families.tfl_disruption import record_of
from parsers.families.tfl_entry import VOLATILE, Disruption
from parsers.families.tfl_times import start_of
from parsers.json_members import Members
from parsers.page import Page, PageChanged
from parsers.source import Source


class TflStatus(Source):
    """Disruptions of lines: the statuses of a line that are of one category and began at one instant are one.

    The ref is line, category and that instant, so reason, severity and end may change while a disruption goes on.
    Where no instant is stated it is line, category and severity. Were the instant to move with every rewording, the
    rewording would be a bulletin of its own: a link to add, where one ref for all of a line's disruptions would
    write one over the other.
    """

    ordinary: ClassVar[tuple[int, ...]] = (10, 18)
    """`Good Service` and `No Issues`, no bulletins (api.tfl.gov.uk/Line/Meta/Severity); every other is one."""

    def page(self, body: bytes, url: str, media_type: str | None = None) -> JsonPage:
        return JsonPage(body, url, volatile=VOLATILE)

    def entries(self, page: Page) -> Iterator[Disruption]:
        if not isinstance(page, JsonPage):
            raise PageChanged(f"{page.url}: no JSON page, expected one")
        lines = [line.values for line in Members.all_of(page.url, page.json)]
        if not lines or not any(isinstance(line.get("lineStatuses"), list) for line in lines):
            raise PageChanged(f"{page.url}: {len(lines)} objects, none with lineStatuses, expected at least 1 line")
        for line in lines:
            try:
                yield from self._disruptions(page, line)
            except PageChanged as problem:
                yield Disruption(page, line, problem=str(problem))

    def _disruptions(self, page: JsonPage, line: Mapping[str, Any]) -> list[Disruption]:
        where = f"{page.url}: line {str(line.get('id'))[:60]!r}"
        statuses = Members.all_of(f"{where}: lineStatuses", line.get("lineStatuses"))
        if not statuses:
            raise PageChanged(f"{where}: 0 statuses, expected at least 1")
        found: dict[str, list[Mapping[str, Any]]] = {}
        for status in statuses:
            if status.values.get("statusSeverity") not in self.ordinary:
                found.setdefault(start_of(Members(where, status.values)), []).append(status.values)
        return [Disruption(page, line, start, tuple(together)) for start, together in found.items()]

    def notification(self, entry: Disruption) -> Notification:
        return record_of(self, entry)
