"""Stored times: in UTC, to the microsecond, never without a zone; on SQLite as the text of its dialect."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Dialect, create_mock_engine
from sqlalchemy.dialects.sqlite import DATETIME

from archive.tables import UtcTime

LONDON = ZoneInfo("Europe/London")
EARLIEST, LATEST = datetime(1, 1, 2), datetime(9999, 12, 30)  # noqa: DTZ001
SQLITE = create_mock_engine("sqlite://", print).dialect
POSTGRES = create_mock_engine("postgresql+psycopg://", print).dialect


@given(st.datetimes(EARLIEST, LATEST, timezones=st.just(LONDON)))
def test_on_sqlite_it_is_the_text_that_its_dialect_stores(moment: datetime) -> None:
    ours, theirs = UtcTime().bind_processor(SQLITE), DATETIME().bind_processor(SQLITE)  # type: ignore[no-untyped-call]
    assert ours is not None and theirs is not None
    assert ours(moment) == theirs(moment.astimezone(UTC).replace(tzinfo=None))
    assert ours(None) is None


@pytest.mark.parametrize("dialect", [SQLITE, POSTGRES], ids=["sqlite", "postgresql"])
def test_a_time_without_a_zone_is_refused(dialect: Dialect) -> None:
    process = UtcTime().bind_processor(dialect)
    assert process is not None
    with pytest.raises(ValueError, match="no zone, expected an aware datetime"):
        process(LATEST)
