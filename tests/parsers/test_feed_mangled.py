"""Mangled and hostile feeds: never a hang, never an error but PageChanged, never a record without what it needs."""

from __future__ import annotations

import random
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.families.feed_page import FeedPage
from parsers.page import PageChanged
from parsers.source import parse, sources
from tests.parsers.feeds import ADDRESS, FORMATS, ITEM, Bulletins, read, rss

FIXTURES = Path(__file__).parents[1] / "fixtures"
OURS = ("cssc", "ncsc", "threat-level", "met-office-warnings")
PAGES = [(slug, path) for slug in OURS for path in sorted((FIXTURES / slug).glob("*/page.*"))]
DOCUMENTS = [
    *((None, each.encode()) for each in FORMATS.values()),
    *((slug, path.read_bytes()) for slug, path in PAGES),
]
STRANGERS = (
    b"<",
    b">",
    b"&",
    b"]]>",
    b"<![CDATA[",
    b"<!--",
    b"-->",
    b"</item>",
    b"<item>",
    b"</rss>",
    b'"',
    b"\x00",
    b"\xff",
)


def check(slug: str | None, body: bytes) -> None:
    """Every record has what it needs, and no refusal hides an error of ours."""
    try:
        reading = parse(sources()[slug] if slug else Bulletins(), body, ADDRESS)
    except PageChanged:
        return
    for entry in reading.read:
        record = entry.notification
        assert record.source and record.ref and record.url and (record.title or record.text)
    for refused in reading.refused:
        assert "Error: " not in refused.reason, refused.reason


@given(st.sampled_from(DOCUMENTS), st.randoms(use_true_random=False))
def test_mangled_feeds(document: tuple[str | None, bytes], choices: random.Random) -> None:
    slug, whole = document
    body = bytearray(whole)
    for _ in range(choices.randrange(1, 20)):
        place = choices.randrange(len(body))
        stranger = choices.choice((*STRANGERS, b"", choices.randbytes(2)))
        body[place : place + choices.randrange(4)] = stranger
    check(slug, bytes(body))


@given(st.sampled_from([None, *OURS]), st.binary(max_size=300))
def test_any_bytes(slug: str | None, body: bytes) -> None:
    check(slug, body)
    check(slug, b"<rss version='2.0'><channel><title>t</title><item>" + body + b"</item></channel></rss>")


HEAD, END = '<rss version="2.0"><channel><title>t</title>', "</channel></rss>"
BROKEN = HEAD + "<item><title>x</title><guid>g</guid></i>"
HOSTILE = {
    "sections": HEAD + "<![CDATA[" * 50_000 + END,
    "comments": HEAD + "<!--" * 50_000 + END,
    "roots": HEAD + "</rss>" * 45_000,
    "roots between sections": HEAD + "</rss><![CDATA[x]]>" * 30_000,
    "ampersands": HEAD + "&" * 150_000 + END,
    "names": HEAD + "&aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" * 20_000 + END,
    "instructions": "<?x " * 250_000,
    "declarations": "<!DOCTYPE rss [" + "<!ENTITY a 'b'>" * 50_000,
    "dates of the head": HEAD + "<pubDate>" * 5_000 + END,
    "items": HEAD + "<item><title>a</title><guid>1</guid></item>" * 4_500 + END,
    "items in items": HEAD + "<item>" * 1_500 + END,
    "deep": HEAD + "<a>" * 5_000 + END,
    "broken angles": BROKEN + "<" * 10_000 + END,
    "broken attributes": BROKEN + "<a " + "b=c " * 50_000 + ">" + END,
    "broken descriptions": BROKEN + "<item><description>" + "<p>a" * 6_000 + "</description></item>" + END,
    "broken quotes": BROKEN + "<a b='" + "c" * 400_000 + END,
    "broken dates": BROKEN + "<item><pubDate>" + "1 " * 200_000 + "</pubDate></item>" + END,
    "titles": HEAD + "<item><guid>1</guid><title>" + "&lt;b " * 50_000 + "</title></item>" + END,
    "prefixes": HEAD + "".join(f"<a{number}:b/>" for number in range(15_000)) + END,
    "arrays": "[" * 300_000,
    "numbers": '{"version": "https://jsonfeed.org/version/1", "items": [' + "9" * 100_000 + "]}",
}
CPU_SECONDS = 40
"""For all of them together: linear work needs about a quarter, one quadratic expression more than all of it."""

CHILD = """
import sys
from parsers.page import PageChanged
from tests.parsers.feeds import Bulletins, ADDRESS
from tests.parsers.test_feed_mangled import HOSTILE
for name, document in HOSTILE.items():
    print(name, file=sys.stderr, flush=True)
    try:
        page = Bulletins().page(document.encode(), ADDRESS)
        page.region_hash
        Bulletins().read(page)
    except PageChanged:
        pass
print("done")
"""


def test_hostile_feeds_cost_linear_work() -> None:
    """Nothing is timed: the child is killed by its CPU limit where an expression is quadratic."""
    child = subprocess.run(
        [sys.executable, "-c", CHILD],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS)),
    )
    assert child.stdout == "done\n", child.stderr[-2_000:]


def test_entities_are_never_expanded() -> None:
    bomb = '<!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>' + rss(ITEM.replace("early", "&b;"))
    with pytest.raises(PageChanged, match="entity 'a' of its own"):
        read(bomb)
    outside = '<!DOCTYPE rss [<!ENTITY nbsp SYSTEM "file:///etc/passwd">]>' + rss(ITEM.replace("early", "&nbsp;"))
    assert "root" not in FeedPage(outside.encode(), ADDRESS).document
    assert read(outside).read[0].notification.title == "Gates close"


def test_bytes_that_name_a_file_are_not_opened(tmp_path: Path) -> None:
    """feedparser opens what it takes for a name or an address, unless it is handed a stream."""
    secret = tmp_path / "feed.xml"
    secret.write_text(rss())
    for name in (str(secret), f"file://{secret}", "http://127.0.0.1:9/feed.xml"):
        with pytest.raises(PageChanged, match="expected a feed"):
            read(name)
        item = f"<item><guid>1</i><title>{name}</title></item>"
        broken = f"<rss version='2.0'><channel><title>{name}</title>{item}</channel></rss>"
        assert read(broken).seen == 1
