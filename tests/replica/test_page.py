"""The page has the publisher's shape, the same words in each template, and moves only in its volatile parts."""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup

from replica.messages import messages, synthetic_messages
from replica.page import TEMPLATES, page_of
from replica.timeline import state

SHOWN = state(0).shown
VOLATILE = (
    re.compile(rb'nonce="[^"]+"'),
    re.compile(rb'id="__VIEWSTATE" value="[^"]+"'),
    re.compile(rb"Last updated [0-9/]+ [0-9:]+"),
)


def test_two_requests_differ_in_each_volatile_part_and_in_nothing_else() -> None:
    one, other = page_of(SHOWN, serial=1), page_of(SHOWN, serial=2)
    for part in VOLATILE:
        assert part.findall(one) != part.findall(other)
        one, other = part.sub(b"", one), part.sub(b"", other)
    assert one == other


def test_the_same_request_gives_the_same_bytes() -> None:
    assert page_of(SHOWN, serial=7) == page_of(SHOWN, serial=7)


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_template_holds_the_same_words_and_links(template: str) -> None:
    page = BeautifulSoup(page_of(SHOWN, template=template), "lxml")
    main = page.select_one("#main .Normal")
    assert main is not None
    printed = " ".join(main.get_text(" ").replace("·", " ").split())
    for message in SHOWN:
        words = " ".join(" ".join([message.heading, *message.lines]).split())
        assert _without_spaces(words) in _without_spaces(printed)
    links = [link["href"] for link in main.select("a")]
    assert links == [address for message in SHOWN for address in message.addresses]


def test_navigation_and_footer_have_dates_and_documents_of_their_own() -> None:
    page = BeautifulSoup(page_of(SHOWN), "lxml")
    for furniture in ("#nav", "#footer"):
        part = page.select_one(furniture)
        assert part is not None
        assert part.select('a[href$=".pdf"]')
        assert re.search(r"\d\d/\d\d/\d{4}", part.get_text())
        assert not part.select("#main")


def test_list_items_carry_the_debris_of_the_word_processor() -> None:
    page = page_of([messages()["router"]]).decode()
    assert "<li>·&nbsp;&nbsp;&nbsp;&nbsp;&nbsp; Switch off remote administration</li>" in page


def test_an_unknown_template_is_refused() -> None:
    with pytest.raises(ValueError, match="expected one of strong, headings, breaks"):
        page_of(SHOWN, template="table")


def test_a_page_of_a_thousand_synthetic_messages() -> None:
    made = synthetic_messages(1_000)
    assert made == synthetic_messages(1_000)
    assert made != synthetic_messages(1_000, seed=2)
    assert len({message.paragraphs for message in made}) == 1_000
    assert page_of(made).count(b"<p><strong>") == 1_000


def _without_spaces(printed: str) -> str:
    return "".join(printed.split())
