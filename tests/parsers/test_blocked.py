"""Pages that stand in for the real one are named; they are asked about only where no entry was found."""

from __future__ import annotations

import pytest

from parsers.blocked import blocked
from parsers.page import PageChanged
from parsers.source import parse, sources
from tests.parsers.markups import MARKUPS
from tests.parsers.messages import ADDRESS, MESSAGES

STAND_INS = {
    "challenge page of Cloudflare": "<title>Just a moment...</title><p id='cf-chl-x'></p>",
    "challenge page of Incapsula": "<iframe src='/_Incapsula_Resource?x=1'>Request unsuccessful.</iframe>",
    "challenge page of Radware": "<script src='https://validate.perfdrive.com/x'></script>",
    "challenge page of Akamai": "<TITLE>Access Denied</TITLE><p>Reference&#32;#18.2f https://errors.edgesuite.net/18</p>",
    "captive portal": "<title>Welcome</title><p>Sign in to our free Wi-Fi</p>",
    "maintenance page": "<h1>We are down for scheduled maintenance</h1>",
    "consent page": "<title>Before you continue</title><p>Agree to cookies</p>",
    "page without content that asks for scripts": "<noscript>You need to enable JavaScript to run this app.</noscript>",
    "log-in page": "<form><input name=p type='password'></form>",
}


@pytest.mark.parametrize("kind", STAND_INS)
def test_stand_ins_are_named(kind: str) -> None:
    with pytest.raises(PageChanged, match=f": {kind}, expected 5 to 59 entries"):
        parse(sources()["bsia-cssc"], f"<html><body>{STAND_INS[kind]}</body></html>".encode(), ADDRESS)


@pytest.mark.parametrize("kind", STAND_INS)
def test_signs_on_a_real_page_do_no_harm(kind: str) -> None:
    document = MARKUPS["h3"](MESSAGES).replace("<h1>", f"{STAND_INS[kind]}<h1>")
    assert len(parse(sources()["bsia-cssc"], document.encode(), ADDRESS).read) == len(MESSAGES)


def test_an_ordinary_page_is_not_blocked() -> None:
    assert blocked("<html><body><p>No messages at the moment.</p></body></html>") is None
