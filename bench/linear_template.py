"""The association's page by a scraper on juriscraper's template, `OpinionSiteLinear`: heading, date and first link.

What it leaves out: it finds one markup by one path, reads no text, splits no label, classifies nothing, keeps no
evidence, guards against no hostile page, and where a heading is damaged it skips it or fails as a whole.
"""

from __future__ import annotations

import logging
import re
from typing import Any, ClassVar

from juriscraper.lib.html_utils import fix_links_in_lxml_tree
from juriscraper.OpinionSiteLinear import OpinionSiteLinear

HEADING = re.compile(r"(\d\d)/(\d\d)/(\d{4}) - (.*)")
logging.disable(logging.INFO)


class Template(OpinionSiteLinear):  # type: ignore[misc]
    """Date, heading and first link of every message; the day in ISO order, as the template swaps `05/06`."""

    court_url: ClassVar[str] = "https://www.bsia.co.uk/about-us/partnerships/cssc-london.aspx"

    def __init__(self) -> None:
        super().__init__()
        self.url, self.court_id, self.status = self.court_url, "bsia", "Published"
        self.downloader_executed = True

    def _process_html(self) -> None:
        for heading in self.html.xpath("//div[@id='main']//p[strong]"):
            found = HEADING.match(heading.text_content().strip())
            if found:
                links = heading.xpath("following-sibling::p[following-sibling::p[1][strong]][1]//a/@href")
                day, month, year, name = found.groups()
                address = links[0] if links else self.url
                self.cases.append({"name": name, "date": f"{year}-{month}-{day}", "url": address, "docket": ""})

    def read(self, body: bytes) -> list[Any]:
        """The cases of a page as its template makes them of an answer, with its clean-up, its checks and its order."""
        self.cases: list[Any] = []
        self.html = self._make_html_tree(self._clean_text(body.decode()))
        self.html.rewrite_links(fix_links_in_lxml_tree, base_href=self.url)
        self._process_html()
        try:
            self.parse().send(None)
        except StopIteration:
            return list(self)
        raise RuntimeError("the template waits for something, expected it to end")
