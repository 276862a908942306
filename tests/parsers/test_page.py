"""A page gives its words, its elements by stated count, and a hash that is blind to everything else."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.decoding import printable
from parsers.page import MAX_BYTES, OPENING_TAG, Page, PageChanged, _has_long_tag
from parsers.region import survey

URL = "https://e.example/a/page.aspx"


def page(content: str, region: str = "#main", head: str = "") -> Page:
    document = (
        f"<html><head>{head}</head><body><ul class=nav><li>Nav</li></ul><div id=main>{content}</div></body></html>"
    )
    return Page(document.encode(), URL, region=region)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("<p>One\n two&nbsp;\u200b three</p><p>four<br>five</p>", "One two three\nfour\nfive"),
        ("<ul><li>· One</li><li>o&nbsp;&nbsp; Two</li><li>\uf0b7 Three<li>- Four</ul>", "One\nTwo\nThree\nFour"),
        ("soft\u00adhyphen cafe\u0301", "softhyphen café"),
        ("<b>a</b>b <i>c</i><span> d</span>", "ab c d"),
        ("<table><tr><td>a<td>b</table>", "a\nb"),
        ("a<script>x</script>b<style>y</style> c<!-- d --><textarea>e</textarea>", "ab c"),
        ("<pre>a\n  b\r\nc</pre>", "a\nb\nc"),
        ("a<nav>menu</nav>b", "a\nb"),
        ("§ 5 applies; * * *<hr>-----<p>(c) stay", "§ 5 applies; * * *\n(c) stay"),
        ("<p>New<p>..........<br>_____<p>old</p>", "New\n..........\n_____\nold"),
        ("&#0;x&#x80;y", "\ufffdx€y"),
    ],
)
def test_words_as_lines(content: str, text: str) -> None:
    assert page(content).text == text


def test_links_stand_in_their_lines_with_their_words() -> None:
    lines = page(
        '<a href="a.pdf">A <b>b</b></a> and <a href="/c"><img alt="C"></a><br><a name="x"></a><a href=" d\n e ">d</a>'
    ).lines()
    assert [[(anchor.href, anchor.text) for anchor in line.anchors] for line in lines] == [
        [("a.pdf", "A b"), ("/c", "C")],
        [(" d\n e ", "d")],
    ]


@pytest.mark.parametrize(
    ("href", "address"),
    [
        ("b.pdf", "https://e.example/a/b.pdf"),
        ("/c d.pdf#x", "https://e.example/c%20d.pdf#x"),
        ("//f.example/é", "https://f.example/%C3%A9"),
        ("?q=1", "https://e.example/a/page.aspx?q=1"),
        ("mailto:a@e.example", "mailto:a@e.example"),
        ("javascript:alert(1)", None),
        ("java\nscript:alert(1)", None),
        ("data:text/html,x", None),
        ("file:///etc/passwd", None),
        ("http://[x/", None),
        ("http:///x", None),
    ],
)
def test_addresses_are_absolute_and_harmless(href: str, address: str | None) -> None:
    assert page("").absolute(href) == address


def test_the_stated_base_counts() -> None:
    assert page("", head='<base href="https://g.example/x/">').absolute("y") == "https://g.example/x/y"


def test_selectors_state_counts() -> None:
    found = page('<p class="date">1</p><p class="date">2</p><i>3</i>')
    assert found.one("i").get_text() == "3"
    assert [tag.get_text() for tag in found.some(".date")] == ["1", "2"]
    assert found.any(".none") == []
    with pytest.raises(PageChanged, match=rf"^{URL}: '\.date' matched 2 elements, expected 1$"):
        found.one(".date")
    with pytest.raises(PageChanged, match=rf"^{URL}: '\.none' matched 0 elements, expected at least 1$"):
        found.some(".none")
    assert found.any(".nav") == []


def test_without_its_region_a_page_is_its_body() -> None:
    assert page("One", region="#absent").text == "One"
    assert Page(b"<p>One<footer>Two</footer>", URL, region="#absent").text == "One"


SAME = "<p class='a' id=x>One <a href='b.pdf'>two</a></p><p>three</p>"


@pytest.mark.parametrize(
    "other",
    [
        "<p id=y data-nonce=9 class='b'>One\n  <a target=_blank href='b.pdf'>two</a>\n</p>\n\n<p>three</p>",
        "<input type=hidden value=9><script>1</script><!-- 2 -->" + SAME,
        "<p><span>One</span> <a href='/a/b.pdf'>two</a></p><p>three</p><style>p{}</style>",
    ],
)
def test_the_hash_is_blind_to_what_no_parse_sees(other: str) -> None:
    assert page(other).region_hash == page(SAME).region_hash


@pytest.mark.parametrize(
    "other",
    [
        SAME.replace("three", "four"),
        SAME.replace("b.pdf", "c.pdf"),
        SAME.replace("three", "<b>three</b>"),
        SAME.replace("</p><p>", "<br>"),
        SAME.replace("One ", "One"),
        SAME + "<p>four</p>",
    ],
)
def test_the_hash_sees_what_a_parse_can_see(other: str) -> None:
    assert page(other).region_hash != page(SAME).region_hash


def test_the_hash_of_plain_text_is_blind_to_white_space() -> None:
    assert Page(b"One  two\r\n", URL).region_hash == Page(b"One two\n", URL).region_hash
    assert Page(b"One two", URL).region_hash != Page(b"One three", URL).region_hash


@pytest.mark.parametrize(
    ("body", "media_type", "text"),
    [
        ("\ufeffé".encode(), "text/html; charset=iso-8859-1", "é"),
        ("é".encode("utf-16"), None, "é"),
        ("é".encode(), None, "é"),
        (b"\xe9 \x93q\x94 \x81", None, "é “q”"),
        ("é – \x93".encode() + b"\x93", None, "é – “"),
        ("é".encode("cp1252"), "text/html; charset=ISO-8859-1", "é"),
        ("ш".encode("koi8-r"), 'text/plain; charset="koi8-r"', "ш"),
        (b"<meta charset=windows-1251>" + "ш".encode("cp1251"), None, "ш"),
        ("é".encode(), "text/html; charset=nonsense", "é"),
        (b"+AGE-", "text/plain; charset=utf-7", "+AGE-"),
        ("é".encode(), "text/plain; charset=us-ascii", "é"),
        ("é £5".encode(), "text/html; charset=iso-8859-1", "é £5"),
        (b"<meta charset=windows-1252>" + "ш".encode(), None, "ш"),
        ("é".encode() + b"\xe9", "text/html; charset=iso-8859-1", "Ã©é"),
        ("é".encode(), "text/plain; charset=gb18030", "é".encode().decode("gb18030")),
    ],
)
def test_characters_are_as_declared_or_as_they_must_be(body: bytes, media_type: str | None, text: str) -> None:
    assert Page(body, URL, media_type=media_type).text == text


def test_plain_text_is_recognised() -> None:
    assert Page(b"a < b\nc <d@e.example>", URL).text == "a < b\nc <d@e.example>"
    assert Page(b"a<br>b", URL).text == "a\nb"
    assert Page(b"use <b> here", URL, media_type="text/plain").text == "use <b> here"
    assert Page(b"<!DOCTYPE html><p>a", URL, media_type="text/plain").text == "a"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<p>" + b"x" * MAX_BYTES, "bytes, expected at most"),
        (b"<p>" * 400_000, "400000 tags, expected at most"),
        (b"<p>x" * 110_000, "elements, expected at most"),
        (b"<div>" * 5_000, "deep, expected at most 1000"),
        (b"<b>" * 100_000 + b"</i>" * 100_000, "deep, expected at most 1000"),
        (b"<nav>" + b"<i>x</i>" * 110_000, "elements, expected at most"),
        (b"<p>x<nav>" + b"<div>" * 998 + b"x", "elements 1001 deep, expected at most 1000"),
    ],
)
def test_limits(body: bytes, reason: str) -> None:
    with pytest.raises(PageChanged, match=rf"^{URL}: .*{reason}"):
        _ = Page(body, URL).text


def test_what_is_too_deep_for_soup_is_said() -> None:
    deep = Page(b"<p>One" + b"<b>" * 500 + b"two", URL)
    assert deep.text == "Onetwo"
    with pytest.raises(PageChanged, match="502 elements deep, expected at most 240"):
        deep.one("p")


@pytest.mark.parametrize("landmark", [None, re.compile("never said")])
def test_elements_are_counted_in_furniture_too(landmark: re.Pattern[str] | None) -> None:
    within = b"<nav>" + b"<div>" * 50 + b"<svg><g></g></svg>" + b"</div>" * 50 + b"</nav>"
    body = Page(b"<p>One" + within + b"<p>Two", URL)._tree.find("body")
    ground = survey(body, body, landmark)
    assert ground.elements == 1 + 2 + 1 + 50 + 1
    assert ground.deepest == (1 + 1 + 1 + 50 + 1 if landmark else 1 + 1 + 1)


def test_furniture_may_be_as_deep_as_anything() -> None:
    assert Page(b"<p>x<nav>" + b"<div>" * 997 + b"x</nav>", URL).text == "x"
    assert Page(b"<p>x<nav>" + b"<svg>" + b"<g>" * 1_500 + b"</g>" * 1_500 + b"</svg></nav>", URL).text == "x"


@pytest.mark.parametrize("around", ["", "£", "\U0001f6a8", "\ud800"])
@pytest.mark.parametrize("control", ["\x00", "\x08", "\x0b", "\x1f", "\x7f", "\x80", "\x9f", "\ufffe", "\uffff"])
def test_controls_become_spaces(control: str, around: str) -> None:
    assert printable(f"{around}a{control}b") == f"{around}a b"
    kept = f"{around}\t\n\x0c\r\u00a0\u00c2\ufffd\ue000"
    assert printable(kept) == kept


@given(st.text(alphabet="<a>=\"' /", max_size=80))
def test_no_long_tag_is_overlooked(characters: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("parsers.page.MAX_ATTRIBUTES", 12)
        if any(tag.end() - tag.start() > 12 for tag in OPENING_TAG.finditer(characters)):
            assert _has_long_tag(characters)


def test_ordinary_pages_have_no_long_tags() -> None:
    assert not _has_long_tag("<p class='a'>x = y<br>" * 1_000)
    assert not _has_long_tag("<style>" + "a {}" * 5_000 + "</style>")
    assert _has_long_tag("<p a='>' b" + " c" * 10_000 + ">")
