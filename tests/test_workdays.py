"""Which dates are workdays: the State's calendar, what was decided by hand, and a year not yet announced."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from scheduler import database, workdays
from scheduler.audit import SYSTEM
from scheduler.database import Database, rows
from scheduler.errors import Invalid, NotFound
from scheduler.wording import STATES
from scheduler.workdays import Day
from tests.conftest import SHANGHAI

SPRING_FESTIVAL = date(2026, 2, 17)
MAKE_UP = date(2026, 2, 14)  # a Saturday on which people work for the Spring Festival
MONDAY = date(2026, 3, 2)
SATURDAY = date(2026, 3, 7)


def the(db: Database, day: date) -> Day:
    return workdays.days(db, day, day)[0]


def test_every_date_of_a_span_is_given_once_and_in_order(db):
    found = workdays.days(db, date(2026, 2, 1), date(2026, 2, 28))

    assert [day.day for day in found] == [date(2026, 2, 1) + timedelta(days=number) for number in range(28)]
    assert workdays.days(db, MONDAY, MONDAY - timedelta(days=1)) == []


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (MONDAY, Day(MONDAY, "workday", "", True)),
        (SATURDAY, Day(SATURDAY, "weekend", "", True)),
        (SPRING_FESTIVAL, Day(SPRING_FESTIVAL, "holiday", "春节", True)),
        (MAKE_UP, Day(MAKE_UP, "makeup", "春节", True)),
    ],
)
def test_a_date_is_what_the_state_says(db, day, expected):
    assert the(db, day) == expected


def test_a_year_has_the_workdays_of_its_notice(db):
    """2026: 261 dates from Monday to Friday, less those off by notice, and the make-up workdays."""
    year = workdays.days(db, date(2026, 1, 1), date(2026, 12, 31))

    off = sum(1 for day in year if day.kind == "holiday" and day.day.weekday() < 5)
    assert sum(1 for day in year if day.is_workday) == 261 - off + sum(1 for day in year if day.kind == "makeup")
    assert [day.day for day in year if day.kind == "makeup"] == [
        date(2026, 1, 4), date(2026, 2, 14), date(2026, 2, 28), date(2026, 5, 9), date(2026, 9, 20), date(2026, 10, 10),
    ]  # fmt: skip


def test_a_year_not_announced_follows_the_weekday_and_says_so(db):
    new_year, saturday = date(2090, 1, 2), date(2090, 1, 7)

    assert the(db, new_year) == Day(new_year, "workday", "", False)
    assert the(db, saturday) == Day(saturday, "weekend", "", False)
    assert (workdays.is_announced(2026), workdays.is_announced(2090)) == (True, False)


def test_a_holiday_has_a_name_in_both_languages(db):
    assert [the(db, SPRING_FESTIVAL).called(lang) for lang in ("zh", "en")] == ["春节", "Spring Festival"]


def test_every_holiday_of_the_calendar_has_its_pair_of_names():
    from chinese_calendar import Holiday

    assert {holiday.chinese for holiday in Holiday} <= {chinese for chinese, _ in STATES["holiday"].values()}


@pytest.mark.parametrize(
    ("day", "is_workday", "name", "kind"),
    [
        (MONDAY, False, "行庆", "holiday"),
        (MONDAY, False, "", "holiday"),
        (SATURDAY, True, "", "makeup"),
        (SATURDAY, False, "", "weekend"),
        (SATURDAY, False, "行庆", "holiday"),
        (SPRING_FESTIVAL, True, "", "workday"),
        (MAKE_UP, False, "", "weekend"),
    ],
)
def test_what_was_decided_by_hand_goes_before_the_calendar(db, now, day, is_workday, name, kind):
    workdays.override(db, day, is_workday=is_workday, name=name, by=SYSTEM, now=now)

    assert the(db, day) == Day(day, kind, name, True)
    assert the(db, day).is_workday == is_workday


def test_a_name_of_ones_own_is_shown_as_it_is(db, now):
    workdays.override(db, MONDAY, is_workday=False, name=" 行庆 ", by=SYSTEM, now=now)

    assert the(db, MONDAY).called("en") == "行庆"


def test_a_date_decided_in_a_year_not_announced_is_certain_and_the_others_are_not(db, now):
    workdays.override(db, date(2090, 1, 2), is_workday=False, name="元旦", by=SYSTEM, now=now)

    assert [day.announced for day in workdays.days(db, date(2090, 1, 1), date(2090, 1, 3))] == [False, True, False]
    assert workdays.is_announced(2090) is False


def test_the_last_decision_counts_and_can_be_taken_back(db, now):
    workdays.override(db, MONDAY, is_workday=False, name="行庆", by=SYSTEM, now=now)
    workdays.override(db, MONDAY, is_workday=True, by=SYSTEM, now=now)
    assert workdays.overrides(db, MONDAY, SATURDAY) == [{"day": "2026-03-02", "is_workday": 1, "name": ""}]

    workdays.remove_override(db, MONDAY, by=SYSTEM, now=now)

    assert workdays.overrides(db, MONDAY, SATURDAY) == []
    assert the(db, MONDAY) == Day(MONDAY, "workday", "", True)
    assert [row["act"] for row in rows(db, "SELECT act FROM audit WHERE subject = 'workday' ORDER BY id")] == [
        "override", "override", "remove_override",
    ]  # fmt: skip


def test_a_decision_that_is_not_there_cannot_be_taken_back(db, now):
    with pytest.raises(NotFound):
        workdays.remove_override(db, MONDAY, by=SYSTEM, now=now)


@pytest.mark.parametrize(("name", "code"), [("长" * 31, "too_long"), ("行\u202e庆", "bad_characters")])
def test_a_wrong_name_is_refused(db, now, name, code):
    with pytest.raises(Invalid) as refused:
        workdays.override(db, MONDAY, is_workday=False, name=name, by=SYSTEM, now=now)

    assert (refused.value.code, refused.value.problems[0].field) == (code, "name")
    assert workdays.overrides(db, MONDAY, MONDAY) == []


def test_a_decision_is_seen_by_every_connection_at_once(tmp_path, now):
    first, second = (database.connect(tmp_path / "a.sqlite3", SHANGHAI) for _ in range(2))
    database.migrate(first)
    assert the(second, MONDAY).is_workday

    workdays.override(first, MONDAY, is_workday=False, by=SYSTEM, now=now)

    assert not the(second, MONDAY).is_workday
