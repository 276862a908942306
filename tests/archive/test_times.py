"""Stored times: in UTC, to the microsecond, never without a zone; on SQLite as the text of its dialect."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql, sqlite

from archive.tables import UtcTime

LONDON = ZoneInfo("Europe/London")


@given(st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30), timezones=st.just(LONDON)))
def test_on_sqlite_it_is_the_text_that_its_dialect_stores(moment: datetime) -> None:
    ours, theirs = UtcTime().bind_processor(sqlite.dialect()), sqlite.DATETIME().bind_processor(sqlite.dialect())
    assert ours is not None
    assert theirs is not None
    assert ours(moment) == theirs(moment.astimezone(UTC).replace(tzinfo=None))
    assert ours(None) is None


@pytest.mark.parametrize("dialect", [sqlite.dialect(), postgresql.dialect()], ids=["sqlite", "postgresql"])
def test_a_time_without_a_zone_is_refused(dialect: sqlite.dialect) -> None:
    process = UtcTime().bind_processor(dialect)
    assert process is not None
    with pytest.raises(ValueError, match="no zone, expected an aware datetime"):
        process(datetime(2026, 11, 26))
