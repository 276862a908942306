"""Dates of feeds keep their stated offset and precision; what is unreadable or contradicts itself is an error."""

from __future__ import annotations

import pytest

from parsers.families.feed_dates import read_instant

STATED = {
    "Tue, 17 Nov 2026 15:04:33 GMT": ("2026-11-17T15:04:33+00:00", "second", "RFC 822"),
    "Mon, 06 Jul 2026 06:00:00 GMT": ("2026-07-06T06:00:00+00:00", "second", "RFC 822"),
    "Mon, 06 Jul 2026 09:30:00 +0100": ("2026-07-06T09:30:00+01:00", "second", "RFC 822"),
    "Mon, 06 Jul 2026 09:30 +01:00": ("2026-07-06T09:30+01:00", "minute", "RFC 822"),
    "Mon, 6 Jul 2026 09:30:00 BST": ("2026-07-06T09:30:00+01:00", "second", "RFC 822"),
    "Mon, 6 Jul 2026 09:30:00 +0100 (BST)": ("2026-07-06T09:30:00+01:00", "second", "RFC 822"),
    "6 Jul 26 9:30 EST": ("2026-07-06T09:30-05:00", "minute", "RFC 822"),
    "06 Jul 96 09:30:00 PDT": ("1996-07-06T09:30:00-07:00", "second", "RFC 822"),
    "Thursday, 02 July 2026 09:30:00 UT": ("2026-07-02T09:30:00+00:00", "second", "RFC 822"),
    "Thu,  02-Sept-2027\n 09:30:00 Z": ("2027-09-02T09:30:00+00:00", "second", "RFC 822"),
    "Mon, 06 Jul 2026 09:30:00 -0000": ("2026-07-06T09:30:00+00:00", "second", "RFC 822"),
    "Mon, 06 Jul 2026 09:30:00": ("2026-07-06T09:30:00+01:00", "second", "RFC 822"),
    "Wed, 17 October 2018": ("2018-10-17", "day", "RFC 822"),
    "2026-07-06T09:30:00Z": ("2026-07-06T09:30:00+00:00", "second", "W3C-DTF"),
    "2026-07-06t09:30:00.123456z": ("2026-07-06T09:30:00+00:00", "second", "W3C-DTF"),
    "2026-07-06T09:30:00-05:30": ("2026-07-06T09:30:00-05:30", "second", "W3C-DTF"),
    "2026-07-06 09:30:00+0100": ("2026-07-06T09:30:00+01:00", "second", "W3C-DTF"),
    "2026-07-06T09:30+01:00": ("2026-07-06T09:30+01:00", "minute", "W3C-DTF"),
    "2026-07-06T09:30:00": ("2026-07-06T09:30:00+01:00", "second", "W3C-DTF"),
    "2026-07-06": ("2026-07-06", "day", "W3C-DTF"),
    "2026-07": ("2026-07", "month", "W3C-DTF"),
    "2026": ("2026", "year", "W3C-DTF"),
}


@pytest.mark.parametrize("printed", STATED)
def test_what_is_stated_is_kept(printed: str) -> None:
    assert tuple(read_instant(printed)) == STATED[printed]


UNREADABLE = (
    *("", "now", "yesterday", "1478", "06/07/2026", "7 July", "2026-7-6", "20260706", "2026-13", "2026-02-30", "1969"),
    *("Tue, 31 Nov 2026 15:04:33 GMT", "Mon, 06 Jul 2026 25:00:00 GMT", "Mon, 06 Jul 2026 09:60:00 GMT"),
    *("Tue, 06 Jul 2026 09:30:00 GMT", "Xyz, 06 Jul 2026 09:30:00 GMT", "06 Jux 2026 09:30:00 GMT"),
    *("Mon, 06 Jul 2026 09:30:00 A", "Mon, 06 Jul 2026 09:30:00 CET", "Mon, 06 Jul 2026 09:30:00 +2500"),
    *("Mon, 06 Jul 2026 09:30:60 GMT", "2026-07-06T24:00:00Z", "2026-07-06T09:30:00+01", "0000-00-00T00:00:00"),
    *("29 Mar 2026 01:30:00", "2026-03-29T01:30", "Mon, 06 Jul 0026 09:30:00 GMT", "2026-07-06T09:30:00Z junk", "٢٠٢٦"),
)


@pytest.mark.parametrize("printed", UNREADABLE)
def test_what_cannot_be_read_is_an_error(printed: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        read_instant(printed)


def test_formats_of_a_publisher_are_tried_last() -> None:
    found = read_instant("Thursday, April 30, 2026 -  06:09", ("%A, %B %d, %Y - %H:%M",))
    assert tuple(found) == ("2026-04-30T06:09+01:00", "minute", "%A, %B %d, %Y - %H:%M")
