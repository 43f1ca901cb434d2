"""Instants and local days."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from scheduler import clock

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")


def test_an_instant_is_kept_as_utc_text_and_comes_back_the_same():
    instant = datetime(2026, 3, 2, 9, 0, tzinfo=SHANGHAI)

    text = clock.to_text(instant)

    assert text == "2026-03-02T01:00:00Z"
    assert clock.from_text(text) == instant


def test_an_instant_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="zone"):
        clock.to_text(datetime(2026, 3, 2, 9, 0))


def test_a_shift_that_ends_before_it_starts_ends_on_the_next_day():
    starts, ends = clock.span(date(2026, 3, 2), time(20, 0), time(8, 0), SHANGHAI)

    assert clock.to_text(starts) == "2026-03-02T12:00:00Z"
    assert clock.to_text(ends) == "2026-03-03T00:00:00Z"


def test_a_night_shift_is_an_hour_longer_when_clocks_are_set_back():
    starts, ends = clock.span(date(2026, 10, 24), time(22, 0), time(6, 0), BERLIN)

    assert (ends - starts).total_seconds() == 9 * 3600


def test_today_is_the_local_date_and_not_that_of_utc():
    late = datetime(2026, 3, 1, 20, 0, tzinfo=UTC)

    assert clock.today(late, SHANGHAI) == date(2026, 3, 2)


@pytest.mark.parametrize(
    ("day", "first"),
    [
        (date(2026, 3, 2), date(2026, 3, 2)),
        (date(2026, 3, 8), date(2026, 3, 2)),
        (date(2026, 1, 1), date(2025, 12, 29)),
    ],
)
def test_a_week_begins_on_monday(day: date, first: date):
    assert clock.monday(day) == first


@pytest.mark.parametrize(
    ("day", "first"), [(date(2026, 1, 31), date(2026, 2, 1)), (date(2026, 12, 1), date(2027, 1, 1))]
)
def test_the_next_month_begins_on_its_first(day: date, first: date):
    assert clock.first_of_next_month(day) == first
