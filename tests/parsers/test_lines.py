"""Words and addresses that are whole already are taken as they are: with the same outcome as the long way."""

from __future__ import annotations

import unicodedata
from urllib.parse import quote, urljoin

from hypothesis import example, given
from hypothesis import strategies as st

from parsers.addresses import absolute
from parsers.lines import INVISIBLE, fold, is_printable

ODD = " \u00a0\u200b\u00ad\ufeff\u2028\t\n\x0b\x1f\x85e\u0301\u212a\ufb01\u2019\U0001f600a."


@given(st.one_of(st.text(ODD, max_size=30), st.text(max_size=30)))
@example(" word ")
@example("e\u0301")
def test_words_are_folded_and_composed(words: str) -> None:
    assert fold(words) == " ".join(unicodedata.normalize("NFC", INVISIBLE.sub("", words)).split())


@given(st.text("aZ0./:?#&%=@!$'()*+,-_~[];\u00e9 ", max_size=20), st.sampled_from(["/", "/a/../", "/?", "//", ""]))
@example("www.example.org", "/%7Ea/b@c")
def test_an_address_that_is_whole_is_what_joining_gives(written: str, path: str) -> None:
    address = f"https://{written}{path}"
    try:
        joined = quote(urljoin("https://base.example/x/", address.strip()), safe="!#$%&'()*+,/:;=?@[]~")
    except ValueError:
        joined = None
    assert absolute(address, "https://base.example/x/") in (joined, None)


@given(st.one_of(st.text(ODD, max_size=30), st.text(max_size=30)))
@example(" ~")
@example("\x7f")
def test_printable_is_what_it_is_to_python(words: str) -> None:
    assert is_printable(words) == words.isprintable()
