"""Pages that carry a series of messages one below the other, each headed by its date."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import ClassVar

from archive.records import Notification
from parsers.attachments import attachments_and_links
from parsers.classification import said_by
from parsers.families.dated_entry import DatedEntry, evidence_of, issued_of
from parsers.families.dated_headings import Heading, HeadingGrammar, heading_grammar
from parsers.families.page_end import without_page_end
from parsers.families.split_headings import whole_headings
from parsers.page import Page, PageChanged
from parsers.source import Source


class DatedPage(Source):
    """A page of dated messages. Its grammar is facts; its records carry no ref, no language, no references."""

    series: ClassVar[str]
    noun: ClassVar[str]
    levels: ClassVar[tuple[str, ...]]
    scopes: ClassVar[tuple[str, ...]]
    date_formats: ClassVar[tuple[str, ...]] = ("%d/%m/%Y", "%d/%m/%y")
    document_path: ClassVar[re.Pattern[str] | None] = None
    """Path and query of addresses that give a document though no file name says so."""

    @property
    def grammar(self) -> HeadingGrammar:
        return heading_grammar(self.series, self.noun)

    def page(self, body: bytes, url: str, media_type: str | None = None) -> Page:
        return Page(body, url, media_type=media_type, region=self.region, landmark=self.grammar.landmark)

    def entries(self, page: Page) -> Iterator[DatedEntry]:
        lines, starts = whole_headings(page.lines(), self.grammar)
        for start, end in pairwise([*starts, len(lines)]):
            body = lines[start + 1 : end]
            yield DatedEntry(page, lines[start], tuple(without_page_end(body) if end == len(lines) else body))

    def notification(self, entry: DatedEntry) -> Notification:
        heading = self.grammar.take_apart(entry.heading.text)
        if heading is None:
            raise PageChanged(
                f"{entry.where}: no label, expected '{self.series} [region] Level {self.noun}' after a date"
            )
        issued = issued_of(entry, heading, self.date_formats, self.corrections)
        level, region = self._level_and_region(entry, heading)
        attachments, links = attachments_and_links((entry.heading, *entry.body), entry.page, self.document_path)
        text = entry.text
        said = said_by(heading.title, text, self.topics)
        return Notification(
            source=self.slug,
            url=entry.page.url,
            text=text,
            title=heading.title or None,
            level=level,
            codes=said.codes,
            issued=issued.iso,
            issued_precision=issued.precision,
            region=region,
            threat_levels=said.threat_levels,
            links=links,
            attachments=attachments,
            issuers=said.issuers,
            topics=said.topics,
            evidence=evidence_of(heading, issued, said.evidence),
        )

    def _level_and_region(self, entry: DatedEntry, heading: Heading) -> tuple[str, str | None]:
        *scope, level = heading.words.split() or [""]
        if level.lower() not in self.levels:
            raise PageChanged(f"{entry.where}: level {level!r}, expected {', '.join(self.levels)}")
        if not scope:
            return level.lower(), None
        for region in self.scopes:
            if region.casefold() == " ".join(scope).casefold():
                return level.lower(), region
        raise PageChanged(f"{entry.where}: region {' '.join(scope)!r}, expected {', '.join(self.scopes)} or none")
