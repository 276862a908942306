"""Formats read by patterns of their own give what strptime gives, for every text."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from parsers.date_formats import READ, date_format

KNOWN = (
    *(
        "%d/%m/%Y",
        "%d/%m/%y",
        "%d %b %Y",
        "%d %B %Y",
        "%B %Y",
        "%Y",
        "%Y-%m-%d",
        "%A, %B %d, %Y - %H:%M",
        "%a,%d %b %Y",
    ),
    *("%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M%z", "%d %b %Y %H:%M:%S %z", "%Y%m%d", "%m%y%d%H%M%S", "%B%d%Y (GMT)"),
)
LEFT_TO_STRPTIME = ("%d %B", "%z %Y", "%I.%M%p %d/%m/%Y", "%Y %", "%Y %%", "%-d/%m/%Y", "%Y %y", "%b %m %Y")
WRITTEN: tuple[Callable[[str], str], ...] = (str, str.upper, str.lower)
ZONES = st.timedeltas(timedelta(hours=-23), timedelta(hours=23)).map(timezone)
MOMENTS = st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1), timezones=st.one_of(st.none(), ZONES))  # noqa: DTZ001


def by_strptime(printed: str, written: str) -> datetime | None:
    try:
        return datetime.strptime(printed, written)  # noqa: DTZ007
    except ValueError:
        return None


@st.composite
def printed_dates(draw: st.DrawFn, written: str) -> str:
    """Dates as the format prints them, with pieces cut out and put in, in any case; runs of white space folded."""
    said = draw(MOMENTS).strftime(written.replace("%-", "%"))
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(said)))
        put = draw(
            st.sampled_from(["", " ", "0", "1", "9", "61", ":", "Z", "z", "+01:00", "+25:00", ":30", "-", "T", "may"])
        )
        said = said[:at] + put + said[at + draw(st.integers(0, 2)) :]
    return " ".join(draw(st.sampled_from(WRITTEN))(said).split())


@pytest.mark.parametrize("written", [*KNOWN, *LEFT_TO_STRPTIME])
def test_a_format_reads_what_strptime_reads(written: str) -> None:
    @given(printed_dates(written) | st.text("0123456789/-: TZ+", max_size=20).map(lambda said: " ".join(said.split())))
    @example("2020-02-30")
    @example("2020-01-01T10:00:00+01:00:30")
    @example("2020-01-01T10:00:61Z")
    @example("Mon, 5 may 2020")
    def alike(printed: str) -> None:
        read, theirs = date_format(written).read(printed), by_strptime(printed, written)
        assert (read and read.isoformat()) == (theirs and theirs.isoformat())

    alike()


def test_what_is_left_to_strptime() -> None:
    assert all(date_format(written).pattern for written in KNOWN)
    assert not any(date_format(written).pattern for written in LEFT_TO_STRPTIME)


@pytest.mark.parametrize("directive", sorted(READ))
def test_every_directive_is_one_of_strptimes(directive: str) -> None:
    moment = datetime(2021, 11, 9, 8, 7, 6, tzinfo=UTC)
    assert by_strptime(moment.strftime(f"%{directive}"), f"%{directive}") is not None
