"""The same words in any reasonable markup give the same records, all fields compared."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from archive.records import Reading
from parsers.source import parse, sources
from tests.corpus import corpus
from tests.parsers.markups import MARKUPS, Message
from tests.parsers.messages import ADDRESS, MESSAGES

EXPECTED: list[dict[str, Any]] = [
    {
        "issued": "2018-05-24",
        "level": "amber",
        "region": "London",
        "title": "Update RE Lisbon, Portugal on 23/05/2018",
        "issuers": ["london-protect"],
        "attachments": [{"url": "https://www.bsia.co.uk/Portals/4/CSSC/lisbon%20update.pdf", "title": "click here"}],
        "text": "Please click here for a note sent on behalf of London Protect.",
    },
    {
        "issued": "2018-05-23",
        "title": None,
        "issuers": ["met-police", "ncpp"],
        "threat_levels": [{"scope": "international-terrorism", "level": "substantial"}],
        "text": "The Metropolitan Police Service (MPS), together with the office of the National Coordinator Protect "
        "and Prepare, are aware of an event in Lisbon today, Wednesday 23rd May 2018.\n"
        "The threat from International Terrorism is SUBSTANTIAL, meaning an attack is likely.\nWe ask you to:\n"
        "Stay alert & brief your staff\nReview your plans – all of them\n"
        "The CSSC London Amber Message of 20/05/2018 still applies.",
    },
    {
        "issued": "2018-05-21",
        "level": "green",
        "region": None,
        "title": "TfL Bulletin RE Bus diversions",
        "issuers": ["tfl"],
        "attachments": [],
        "links": [
            {"url": "http://maps.example.org/diversions?a=1&b=2", "text": "the map"},
            {"url": "mailto:desk@example.org", "text": "us"},
        ],
    },
    {"issued": "2018-05-21", "title": None, "region": "London", "issuers": ["city-of-london-police", "nfib"]},
    {
        "issued": "2018-05-17",
        "level": "red",
        "region": "East Midlands",
        "title": "Evacuation - 17th May 2018.",
        "issuers": ["btp"],
        "attachments": [
            {"url": "https://www.bsia.co.uk/LinkClick.aspx?fileticket=q1&tabid=9", "title": "Plan"},
            {"url": "https://www.bsia.co.uk/about-us/files/rooms.XLSX?ver=2", "title": "table"},
        ],
        "text": "Issued by the British Transport Police.\nPlan, plan again, table.",
    },
]


def read(document: str | bytes, media_type: str | None = None) -> Reading:
    body = document.encode() if isinstance(document, str) else document
    return parse(sources()["bsia-cssc"], body, ADDRESS, media_type)


def rows(reading: Reading) -> list[dict[str, Any]]:
    assert not reading.refused, [refused.reason for refused in reading.refused]
    return [entry.notification.as_row() for entry in reading.read]


def differences(row: dict[str, Any], expected: dict[str, Any]) -> dict[str, Any]:
    return {name: (row[name], value) for name, value in expected.items() if row[name] != value}


@pytest.mark.parametrize("markup", MARKUPS)
def test_every_markup_gives_every_field(markup: str) -> None:
    found = rows(read(MARKUPS[markup](MESSAGES)))
    assert len(found) == len(EXPECTED)
    assert [differences(row, expected) for row, expected in zip(found, EXPECTED, strict=True)] == [{}] * len(EXPECTED)


@pytest.mark.parametrize("markup", sorted(set(MARKUPS) - {"no closing tags"}))
def test_every_markup_gives_equal_records(markup: str) -> None:
    """Evidence is compared too, so that how a field was obtained does not depend on markup either."""
    assert rows(read(MARKUPS[markup](MESSAGES))) == rows(read(MARKUPS["h3"](MESSAGES)))


def plain_text(messages: tuple[Message, ...], indent: str = "", end: str = "\n") -> str:
    lines = ["Contact us | 02/05/2018", "Messages", "", "We post CSSC messages here."]
    for message in messages:
        lines += ["", indent + message.heading + " ", ""]
        for paragraph in message.paragraphs:
            words = re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", paragraph)
            lines.append(indent + words.replace("* ", "  • ·         "))
    lines += ["", "© 2018 Example Association. Last updated 03/05/2018", "Privacy"]
    return end.join(lines)


@pytest.mark.parametrize(("indent", "end"), [("", "\n"), ("    ", "\r\n"), ("\t", "\r")])
def test_plain_text_gives_the_same_words(indent: str, end: str) -> None:
    found = rows(read(plain_text(MESSAGES, indent, end), "text/plain; charset=utf-8"))
    assert len(found) == len(EXPECTED)
    for row, expected in zip(found, EXPECTED, strict=True):
        without_links = {name: value for name, value in expected.items() if name not in ("attachments", "links")}
        assert differences(row, without_links) == {}
        assert row["attachments"] == []


def test_bare_addresses_in_plain_text_are_links() -> None:
    text = "24/05/2018 - CSSC Green Message - Map\nSee https://e.example/a.pdf. And (http://e.example/b)!"
    row = rows(read(text, "text/plain"))[0]
    assert row["attachments"] == [{"url": "https://e.example/a.pdf", "title": "https://e.example/a.pdf"}]
    assert row["links"] == [{"url": "http://e.example/b", "text": "http://e.example/b"}]


def test_undeclared_windows_1252() -> None:
    document = MARKUPS["h3"](MESSAGES).replace('<meta charset="utf-8">', "")
    assert rows(read(document.encode("cp1252"))) == rows(read(document))


def test_two_digit_years_are_this_century() -> None:
    document = re.sub(r"<h3>(\d\d/\d\d/)20", r"<h3>\1", MARKUPS["h3"](MESSAGES))
    assert [row["issued"] for row in rows(read(document))] == [expected["issued"] for expected in EXPECTED]


@pytest.mark.parametrize("name", ["a-headings.html", "b-strong-paragraphs.html", "cssc-london.txt"])
def test_the_real_words_equal_gold(name: str) -> None:
    gold = json.loads(corpus("bsia/gold.json").read_text("utf-8"))["records"]
    found = rows(read(corpus(f"bsia/{name}").read_bytes()))
    assert len(found) == len(gold)
    for row, expected in zip(found, gold, strict=True):
        row["attachments"] = [attachment["url"] for attachment in row["attachments"]]
        if name.endswith(".txt"):
            del expected["attachments"]
        assert differences(row, expected) == {}


@pytest.mark.parametrize("markup", MARKUPS)
def test_the_real_words_equal_gold_in_every_markup(markup: str) -> None:
    gold = json.loads(corpus("bsia/gold.json").read_text("utf-8"))["records"]
    found = rows(read(MARKUPS[markup](_real_messages(corpus("bsia/a-headings.html").read_text("utf-8")))))
    assert len(found) == len(gold)
    for row, expected in zip(found, gold, strict=True):
        row["attachments"] = [attachment["url"] for attachment in row["attachments"]]
        assert differences(row, expected) == {}


def _real_messages(document: str) -> tuple[Message, ...]:
    import html

    messages = []
    for part in document.split('<div id="footer">')[0].split("<h3>")[1:]:
        heading, _, body = part.partition("</h3>")
        date, label, title = re.findall(r"(\S+) - (CSSC .*?Message)(?: - | )?(.*)", heading)[0]
        paragraphs = []
        for tag, words in re.findall(
            r"<(p|li)>(.*?)</", re.sub(r"<a href=\"([^\"]*)\"[^>]*>([^<]*)</a>", r"[\2](\1)", body)
        ):
            bullet = "* " if tag == "li" else ""
            paragraphs.append(bullet + html.unescape(words).replace("\xa0", " ").lstrip("· ").strip())
        messages.append(Message(date, label, title, tuple(paragraphs)))
    return tuple(messages)
