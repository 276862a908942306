"""Mangled pages: never a hang, never an error but PageChanged, and no heading whose words survive is missed."""

from __future__ import annotations

import random
import re
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.records import Reading
from parsers.page import Page, PageChanged
from parsers.source import parse, sources
from tests.parsers.markups import MARKUPS
from tests.parsers.messages import ADDRESS, MESSAGES

HEADINGS = [message.heading for message in MESSAGES]
TAGS: tuple[str, ...] = (
    "<div>",
    "</div>",
    "<p>",
    "</p>",
    "<b>",
    "</b>",
    "<span class=x>",
    "</span>",
    "<td>",
    "</tr>",
    "<table>",
    "<ul>",
    "</ul>",
)
TAGS += (
    "<a href='x.pdf'>",
    "</a>",
    "<font>",
    "</body>",
    "</html>",
    "<form>",
    "<o:p>",
    "<br>",
    "</h3>",
    "<li>",
    "\x00",
    "<nav>",
    "<!-- x -->",
)
BLOCK_MARKUPS = ("h2", "h3", "h4 in sections", "heading row, body row", "dt heading, dd body", "details", "divs only")


def read(body: bytes) -> Reading | None:
    try:
        return parse(sources()["bsia-cssc"], body, ADDRESS)
    except PageChanged:
        return None


def mangled(document: str, choices: random.Random) -> str:
    """The document with some tags outside headings deleted, doubled, or joined by strangers."""
    pieces = re.split(r"(<[^>]*>)", document)
    for _ in range(choices.randrange(1, 12)):
        place = choices.randrange(len(pieces))
        if not pieces[place].startswith("<") or "title" in pieces[place]:
            continue
        kind = choices.randrange(3)
        if kind == 0 and not _beside_heading(pieces, place):
            pieces[place] = ""
        elif kind == 1:
            pieces[place] *= 2
        else:
            pieces[place] += choices.choice(TAGS)
    return "".join(pieces)


def _beside_heading(pieces: list[str], place: int) -> bool:
    return any(any(heading in piece for heading in HEADINGS) for piece in pieces[max(0, place - 1) : place + 2])


@given(st.sampled_from(BLOCK_MARKUPS), st.randoms(use_true_random=False))
def test_no_heading_is_missed(markup: str, choices: random.Random) -> None:
    """A heading stays alone on its line here, so it must be read or refused whatever happened around it."""
    reading = read(mangled(MARKUPS[markup](MESSAGES), choices).encode())
    assert reading is not None
    seen = [
        raw.split("\n")[0] for raw in [entry.raw for entry in reading.read] + [entry.raw for entry in reading.refused]
    ]
    for heading in HEADINGS:
        assert any(heading in words or words in heading for words in seen), (heading, seen)


@given(st.sampled_from(sorted(MARKUPS)), st.randoms(use_true_random=False))
def test_mangled_bytes_raise_nothing_else(markup: str, choices: random.Random) -> None:
    body = bytearray(MARKUPS[markup](MESSAGES).encode())
    for _ in range(choices.randrange(1, 60)):
        place = choices.randrange(len(body))
        body[place : place + choices.randrange(3)] = choices.randbytes(choices.randrange(4))
    reading = read(bytes(body))
    if reading:
        positions = [entry.position for entry in reading.read] + [entry.position for entry in reading.refused]
        assert sorted(positions) == list(range(reading.seen))


@given(st.binary(max_size=400))
def test_any_bytes_make_a_page_with_a_hash(body: bytes) -> None:
    page = Page(body, ADDRESS, region="#main")
    assert isinstance(page.text, str)
    assert len(page.region_hash) == 64


HOSTILE = {
    "heading without end": "21/04/2018 - CSSC " + "London " * 15_000,
    "dashes": "21/04/2018 " + "- " * 50_000 + "CSSC London Amber Message",
    "digits": "1/" * 50_000,
    "dates": "21/04/2018 " * 10_000,
    "series": "CSSC " * 20_000,
    "labels in one line": "21/04/2018 - CSSC London Amber Message - " * 2_000,
    "labels in many lines": "<p>21/04/2018 - CSSC London Amber Message - x\n" * 4_000,
    "dates in many lines": "<p>21/04/2018</p>" * 5_000,
    "bullets": "<p>" + "· " * 50_000,
    "organisations": "<p>21/04/2018 - CSSC Green Message<p>MPS " + "and the office of the " * 5_000 + "NCPP, " * 5_000,
    "cues": "<p>21/04/2018 - CSSC Green Message<p>" + "message from the " * 5_000,
    "threats": "<p>21/04/2018 - CSSC Green Message<p>"
    + "The threat from International Terrorism is now still " * 5_000,
    "space": "<p>21/04/2018 - CSSC Green Message" + " " * 125_000 + "x",
    "non-breaking space": "<p>21/04/2018" + "&nbsp;" * 25_000 + "- CSSC Green Message",
    "bold in bold": "<b>21/04/2018 - CSSC Green Message<br>" * 900,
    "links": "<p>21/04/2018 - CSSC Green Message<p>" + "<a href=x.pdf>x" * 5_000,
    "nested furniture": "<div class=nav>" * 900 + "21/04/2018 - CSSC Green Message" + "x " * 25_000,
    "attributes": "<p " + " ".join(f"a{n}=1" for n in range(5_000)) + ">x",
    "long attribute": "<p style='" + "display : " * 25_000 + "'>x",
    "half tags": "<p" * 50_000,
    "meta": "<meta " + "charset" * 25_000,
    "doctype": "<!doctype " * 12_000,
    "self-closed": "<html xmlns='x'>" + "<p " * 25_000 + "/>",
    "inputs": "<p>x" + "<input>x" * 10_000,
    "rows": "<table>" + "<tr><td>21/04/2018<td>CSSC Green Message<td>x" * 4_000,
    "wide row": "<table><tr>" + "<td>21/04/2018<td>CSSC Green Message<td>x" * 4_000,
    "addresses": "21/04/2018 - CSSC Green Message\n" + "http://e.example/" + "(" * 50_000 + ").," * 25_000,
    "copyright": "21/04/2018 - CSSC Green Message\n" + "copyright " * 12_000,
    "portal": "<p>captive" + " to the guest" * 12_000,
}
CPU_SECONDS = 20
"""For all of them together: linear work needs about a tenth, one quadratic expression more than all of it."""

CHILD = """
import sys
from tests.parsers.test_mangled import HOSTILE, read
from parsers.page import Page, PageChanged
for name, document in HOSTILE.items():
    print(name, file=sys.stderr, flush=True)
    read(document.encode())
    try:
        Page(document.encode(), "https://e.example/").region_hash
    except PageChanged:
        pass
print("done")
"""


def test_hostile_pages_cost_linear_work() -> None:
    """Nothing is timed: the child is killed by its CPU limit where an expression is quadratic."""
    limit = (CPU_SECONDS, CPU_SECONDS)
    child = subprocess.run(
        [sys.executable, "-c", CHILD],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, limit),
    )
    assert child.stdout == "done\n", child.stderr[-2_000:]


@pytest.mark.parametrize("name", ["labels in many lines", "rows", "bold in bold"])
def test_hostile_pages_lose_no_candidate(name: str) -> None:
    reading = read(HOSTILE[name].encode())
    assert reading is not None
    assert reading.seen == HOSTILE[name].count("21/04/2018")
