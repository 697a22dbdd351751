from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medialog_core import Table, codecs
from medialog_core.errors import InvalidInput
from medialog_core.media.tables import dates
from medialog_core.testing import through_bytes

UTC = dt.timezone.utc
MOMENT = dt.datetime(2024, 5, 6, 7, 8, 9, 10)  # noqa: DTZ001 - naive on purpose


class Later(dt.datetime):
    """A library's own."""


def of_cells(*cells: Any) -> Table:
    return Table(["a"], [[cell] for cell in cells])


def back(table: Table) -> list[Any]:
    [payload] = codecs.encode([table])
    cells: list[Any] = codecs.decode(through_bytes(payload)).get_column("a")
    return cells


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.none()
        | st.datetimes()
        | st.datetimes(dt.datetime(1, 1, 2), dt.datetime(9999, 12, 30), timezones=st.timezones())  # noqa: DTZ001
        | st.datetimes(timezones=st.just(UTC)),
        max_size=5,
    )
)
def test_datetimes_come_back_as_the_same_moments(moments: list[dt.datetime | None]) -> None:
    for was, comes in zip(moments, back(of_cells(*moments)), strict=True):
        if was is None or was.tzinfo is None:
            assert comes == was
        else:
            assert comes.astimezone(UTC) == was.astimezone(UTC)


def test_a_moment_before_year_1_in_utc_is_refused_where_its_zone_is_off_by_seconds() -> None:
    odd = dt.timezone(dt.timedelta(hours=2, seconds=48))
    with pytest.raises(InvalidInput, match="row 0, column 'a': expected a time of the years 1"):
        of_cells(dt.datetime(1, 1, 1, tzinfo=odd))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.none() | st.dates(), max_size=5))
def test_dates_come_back_equal(days: list[dt.date | None]) -> None:
    assert back(of_cells(*days)) == days


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(-(2**62), 2**62), min_size=1, max_size=5))
def test_nanoseconds_come_back_equal(counts: list[int]) -> None:
    array = np.array(counts, "M8[ns]")
    table = Table(columns=[])
    table.add_column("a", array)
    assert np.array_equal(np.array(back(table), "M8[ns]"), array)
    assert np.array_equal(np.array(back(of_cells(*array)), "M8[ns]"), array)


@pytest.mark.filterwarnings("ignore:The 'generic' unit:DeprecationWarning")  # of NumPy's own NaT
@pytest.mark.parametrize(
    ("unit", "kept"),
    [
        ("Y", dt.date(2024, 1, 1)),
        ("M", dt.date(2024, 5, 1)),
        ("D", dt.date(2024, 5, 6)),
        ("h", dt.datetime(2024, 5, 6, 7)),  # noqa: DTZ001
        ("s", MOMENT.replace(microsecond=0)),
        ("us", MOMENT),
        ("ns", MOMENT),
    ],
)
def test_numpys_units_become_dates_or_datetimes(unit: str, kept: Any) -> None:
    cell = np.datetime64(MOMENT, "us").astype(f"M8[{unit}]")
    assert of_cells(cell, np.datetime64("NaT")).get_column("a") == [kept, None]
    assert dates.from_numpy(np.array([cell, np.datetime64("NaT")], f"M8[{unit}]")) == [kept, None]


def test_picoseconds_are_kept_where_they_are_whole_nanoseconds() -> None:
    assert of_cells(np.datetime64(3_000, "ps")).get_column("a") == [np.datetime64(3, "ns")]


@pytest.mark.parametrize("cell", [Later(2024, 5, 6, 7, 8, 9, 10), pd.Timestamp(MOMENT)])
def test_a_librarys_own_datetime_becomes_pythons(cell: Any) -> None:
    [kept] = of_cells(cell).get_column("a")
    assert type(kept) is dt.datetime
    assert kept == MOMENT


def test_a_zone_that_is_off_by_seconds_keeps_the_moment() -> None:
    odd = MOMENT.replace(tzinfo=dt.timezone(dt.timedelta(seconds=3208)))
    assert back(of_cells(odd, MOMENT)) == [odd, MOMENT]


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        (np.datetime64("12024", "Y"), "years 1 to 9999, got 12024"),
        (np.datetime64(2**60, "s"), "expected times of whole nanoseconds"),
        (np.datetime64(1, "ps"), "expected times of whole nanoseconds"),
        (pd.Timestamp("2024-01-01 00:00:00.000000001+02:00"), r"whole microseconds, got .*round\('us'\)"),
    ],
)  # fmt: skip
def test_what_no_type_can_hold_is_refused(cell: Any, message: str) -> None:
    with pytest.raises(InvalidInput, match=f"row 0, column 'a': .*{message}"):
        of_cells(cell)
