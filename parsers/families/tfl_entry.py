"""What of a line's statuses makes one candidate."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from parsers.json_members import Members, spelled
from parsers.page import Page

Object = Mapping[str, Any]
VOLATILE = frozenset(("created", "modified", "isNow"))
"""Members that change from answer to answer while nothing happens: when it was made, and whether that is in time."""
ITSELF = re.compile(r'"(?:created|modified|isNow)": (?:"[^"\\\\]*"|true|false)(?:, )?')


@dataclass(frozen=True, slots=True)
class Disruption:
    """The statuses that make one disruption, or why the line's cannot be read."""

    page: Page
    line: Object
    start: str = ""
    statuses: tuple[Object, ...] = ()
    problem: str = ""

    @property
    def where(self) -> str:
        return f"{self.page.url}: line {str(self.line.get('id'))[:60]!r}"

    @property
    def stated(self) -> tuple[Members, ...]:
        """The statuses, each to be read member by member."""
        return tuple(Members(self.where, status) for status in self.statuses)

    @property
    def raw(self) -> str:
        """The members as the API has them, in order of name, without those that change by themselves."""
        whole = [self.line.get("id"), *self.statuses] if self.statuses else [self.line]
        return ITSELF.sub("", spelled(whole))
