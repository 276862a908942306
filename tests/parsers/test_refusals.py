"""Damage is loud: a heading that cannot be read is refused with its reason, never dropped or given to a neighbour."""

from __future__ import annotations

from types import MappingProxyType

import pytest

from parsers.page import PageChanged
from parsers.source import parse, sources
from parsers.sources.bsia_cssc import BsiaCssc
from tests.parsers.messages import ADDRESS

BEFORE = ("21/04/2018 - CSSC London Amber Message - First", "First body.")
AFTER = ("19/04/2018 - CSSC Green Message", "Last body.")

REFUSED = {
    "31/02/2018 - CSSC London Amber Message - X": "date '31/02/2018': not a date of the calendar, expected %d/%m/%Y or",
    "12/25/2016 - CSSC London Amber Message - X": "date '12/25/2016'",
    "3/4/17? - CSSC London Amber Message - X": "date '3/4/17?'",
    "XX/04/2018 - CSSC London Amber Message - X": "date 'XX/04/2018'",
    "??/??/2018 - CSSC London Amber Message": "date '??/??/2018'",
    "20/04/218 - CSSC London Amber Message": "date '20/04/218'",
    "20/04/1918 - CSSC London Amber Message": "year 1918, expected 1990 to 2089",
    "23 Janaury 2025 - CSSC London Amber Message - X": "date '23 Janaury 2025'",
    "2018-04-20 - CSSC London Amber Message - X": "date '2018-04-20'",
    "TBC - CSSC London Amber Message - X": "date 'TBC'",
    "CSSC London Amber Message - X": "no date, expected %d/%m/%Y or %d/%m/%y",
    "CSSC London Amber Message": "no date",
    "CSSC London Green Message MPS Cyber Note": "no date",
    "20/04/2018 - CSSC London Purple Message - X": "level 'Purple', expected green, amber, red",
    "20/04/2018 - CSSC London Message - X": "level 'London', expected green, amber, red",
    "20/04/2018 - CSSC Message": "level '', expected green, amber, red",
    "20/04/2018 - CSSC Narnia Amber Message - X": "region 'Narnia', expected Eastern,",
    "20/04/2018 - London Amber Message - X": "no label, expected 'CSSC [region] Level Message' after a date",
    "20/04/2018 - CSCC London Amber Message - X": "no label",
    "20/04/2018 - CSSC London Amber - X": "no label",
    "20/04/2018 - CSSC London Amber Mesage - X": "no label",
}

IN_BODIES = (
    "20/04/2018 - CSSC London Amber Message was sent yesterday.",
    "The 20/04/2018 - CSSC London Amber Message - Second - applies.",
    "See the CSSC London Amber Message of 20/04/2018.",
    "CSSC London Amber Message recipients should read on.",
    "20/04/2018 - 18:00 Officers attended",
    "20/04/2018",
    "20/04/2018 - CSSC members were told.",
    "CSSC is a partnership.",
    "Message from the team - 20/04/2018",
)


def page(*messages: tuple[str, str], markup: str = "<p>{}</p><p>{}</p>") -> bytes:
    return "<html><body><div id=main>{}</div></body></html>".format(
        "".join(markup.format(*message) for message in messages)
    ).encode()


@pytest.mark.parametrize(
    "markup", ["<h3>{}</h3><p>{}</p>", "<p>{}</p><p>{}</p>", "{}<br>{}<br>", "<dt>{}</dt><dd>{}</dd>"]
)
@pytest.mark.parametrize("heading", REFUSED)
def test_a_damaged_heading_is_refused_and_its_neighbours_are_whole(heading: str, markup: str) -> None:
    reading = parse(sources()["bsia-cssc"], page(BEFORE, (heading, "Odd body."), AFTER, markup=markup), ADDRESS)
    assert [(e.position, e.notification.title, e.notification.text) for e in reading.read] == [
        (0, "First", "First body."),
        (2, None, "Last body."),
    ]
    (refused,) = reading.refused
    assert (refused.position, refused.raw) == (1, f"{heading}\nOdd body.")
    assert refused.reason.startswith(f"{ADDRESS}: heading {heading!r}: ")
    assert REFUSED[heading] in refused.reason


@pytest.mark.parametrize("words", IN_BODIES)
def test_words_of_headings_in_a_body_start_no_entry(words: str) -> None:
    reading = parse(sources()["bsia-cssc"], page(BEFORE, (words, "More."), AFTER), ADDRESS)
    assert not reading.refused
    assert [entry.notification.text for entry in reading.read] == [f"First body.\n{words}\nMore.", "Last body."]


def test_a_heading_in_furniture_is_content() -> None:
    body = (
        page(BEFORE, AFTER)
        .replace(b"<p>19/04", b'<div class="sidebar"><p>19/04')
        .replace(b"Last body.</p>", b"Last body.</p></div>")
    )
    assert parse(sources()["bsia-cssc"], body, ADDRESS).seen == 2


def test_a_sidebar_beside_a_region_with_entries_is_furniture() -> None:
    widget = b'<div class="sidebar"><p>21/04/2018 - CSSC London Amber Message - First</p></div>'
    body = page(BEFORE, AFTER).replace(b"</div></body>", b"</div>" + widget + b"</body>")
    assert [entry.notification.text for entry in parse(sources()["bsia-cssc"], body, ADDRESS).read] == [
        "First body.",
        "Last body.",
    ]


def test_entries_outside_the_region_widen_it() -> None:
    body = page(BEFORE, AFTER).replace(b"<p>19/04", b"</div><p>19/04")
    assert parse(sources()["bsia-cssc"], body, ADDRESS).seen == 2


def test_the_footer_belongs_to_no_entry() -> None:
    body = page(BEFORE, AFTER).replace(
        b"</body>", b'<p>&copy; 2018 Us. Updated 03/05/2018</p><a href="/p.pdf">Privacy</a></body>'
    )
    last = parse(sources()["bsia-cssc"], body.replace(b"</div>", b""), ADDRESS).read[-1].notification
    assert (last.text, last.attachments) == ("Last body.", ())


@pytest.mark.parametrize(
    "body", [b"", b"<html></html>", b"<p>Nothing new today.</p>", b"Nothing new", bytes(range(256))]
)
def test_a_page_without_entries_is_an_error(body: bytes) -> None:
    with pytest.raises(PageChanged, match=r"^https://www\.bsia\S+: 0 entries, expected 5 to 59 entries$"):
        parse(sources()["bsia-cssc"], body, ADDRESS)


def test_more_candidates_than_any_page_has_are_an_error() -> None:
    flood = page(*[("20/04/2018 - CSSC London Amber Message", "x")] * 5_001, markup="{}<br>{}<br>")
    with pytest.raises(PageChanged, match=r"^https://www\.bsia\S+: 5001 candidates, expected at most 5000$"):
        parse(sources()["bsia-cssc"], flood, ADDRESS)


def test_publishers_typos_are_data() -> None:
    class Corrected(BsiaCssc):
        corrections = MappingProxyType({"3l/05/2018": "31/05/2018"})

    reading = parse(Corrected(), page(("3l/05/2018 - CSSC London Amber Message", "Body.")), ADDRESS)
    assert reading.read[0].notification.issued == "2018-05-31"
