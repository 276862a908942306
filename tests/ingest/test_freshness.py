"""How long answers state to be fresh, in headers and in feeds, well written and otherwise."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.freshness import fresh_for, minutes_stated

DATE = ("Date", "Mon, 02 Jul 2018 09:00:00 GMT")
RSS = (
    '<?xml version="1.0"?>\n<rss version="2.0"><channel><title>News</title>{}'
    "<item><title>One</title>{}</item></channel></rss>"
)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ([], None),
        ([DATE, ("ETag", '"a"')], None),
        ([("Cache-Control", "max-age=600")], 600),
        ([("cache-control", 'public, MAX-AGE="600", must-revalidate')], 600),
        ([("Cache-Control", "public"), ("Cache-Control", "max-age=600")], 600),
        ([("Cache-Control", "max-age=600"), ("Age", "250")], 350),
        ([("Cache-Control", "max-age=600"), ("Age", "9000")], 0),
        ([("Cache-Control", "max-age=600"), ("Age", "soon")], 600),
        ([("Cache-Control", "max-age=600, no-cache")], 0),
        ([("Cache-Control", "no-store"), DATE, ("Expires", "Mon, 02 Jul 2018 10:00:00 GMT")], 0),
        ([("Cache-Control", 'private="set-cookie", max-age=60')], 60),
        ([("Cache-Control", "s-maxage=900")], None),
        ([("Cache-Control", "max-age=-1")], None),
        ([("Cache-Control", "max-age=999999999")], 7 * 24 * 3600),
        ([DATE, ("Expires", "Mon, 02 Jul 2018 10:00:00 GMT")], 3600),
        ([DATE, ("Expires", "Monday, 02-Jul-18 10:00:00 GMT")], 3600),
        ([DATE, ("Expires", "Sun, 01 Jul 2018 10:00:00 GMT")], 0),
        ([DATE, ("Expires", "0")], 0),
        ([DATE, ("Expires", "-1")], 0),
        ([("Expires", "Mon, 02 Jul 2018 10:00:00 GMT")], None),
        ([("Cache-Control", "max-age=60"), DATE, ("Expires", "Mon, 02 Jul 2018 10:00:00 GMT")], 60),
    ],
)
def test_headers_state_how_long_an_answer_is_fresh(headers: list[tuple[str, str]], seconds: int | None) -> None:
    assert fresh_for(headers) == (None if seconds is None else timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("of_feed", "of_item", "minutes"),
    [
        ("", "", None),
        ("<ttl>30</ttl>", "", 30),
        ("<ttl>\n 60 </ttl>", "", 60),
        ("<ttl>0</ttl>", "", None),
        ("<ttl>soon</ttl>", "", None),
        ("<ttl>999999</ttl>", "", 7 * 24 * 60),
        ("", "<ttl>30</ttl>", None),
        ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>", "", 15),
        ("<sy:updatePeriod>\n\thourly\t</sy:updatePeriod>\n<sy:updateFrequency>\n\t1\t</sy:updateFrequency>", "", None),
        ("<sy:updatePeriod>daily</sy:updatePeriod>", "", 24 * 60),
        ("<sy:updatePeriod>yearly</sy:updatePeriod>", "", 7 * 24 * 60),
        ("<sy:updatePeriod>sometimes</sy:updatePeriod>", "", None),
        ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>", "", None),
        ("<ttl>5</ttl><sy:updatePeriod>daily</sy:updatePeriod>", "", 5),
    ],
)
def test_feeds_state_how_often_they_are_to_be_asked(of_feed: str, of_item: str, minutes: int | None) -> None:
    assert minutes_stated(RSS.format(of_feed, of_item).encode()) == minutes


def test_only_what_looks_like_a_feed_is_searched() -> None:
    assert minutes_stated(b'{"text": "<ttl>5</ttl>"}') is None
    assert minutes_stated(b"\xef\xbb\xbf" + RSS.format("<ttl>5</ttl>", "").encode()) == 5
    assert minutes_stated(b"") is None


@given(
    st.binary(max_size=300),
    st.lists(st.tuples(st.sampled_from(["Cache-Control", "Expires", "Date", "Age"]), st.text())),
)
def test_nonsense_states_nothing_impossible(body: bytes, headers: list[tuple[str, str]]) -> None:
    minutes, fresh = minutes_stated(b"<" + body), fresh_for(headers)
    assert minutes is None or 0 < minutes <= 7 * 24 * 60
    assert fresh is None or timedelta(0) <= fresh <= timedelta(days=7)
