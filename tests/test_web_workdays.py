"""The page of workdays: a month with its holidays, a year not announced, days decided by hand."""

from __future__ import annotations

from datetime import date

import pytest

from scheduler import accounts, workdays
from scheduler.audit import SYSTEM
from scheduler.database import rows

DAY = {"day": "2026-03-02", "is_workday": "0", "name": "行庆"}


def decided(db) -> list[tuple[str, int, str]]:
    found = rows(db, "SELECT day, is_workday, name FROM workday_override ORDER BY day")
    return [tuple(row.values()) for row in found]


def test_a_month_shows_holidays_and_make_up_workdays_by_name(as_administrator):
    page = as_administrator.get("/workdays?month=2026-02").text

    assert page.count("春节</span>") == 11
    assert page.count(">休</span>") == 9 + 1
    assert page.count(">班</span>") == 2 + 1
    assert "2026年2月" in page


def test_a_month_counts_its_workdays(as_administrator):
    page = as_administrator.get("/workdays?month=2026-02").text

    assert '工作日</span> <span class="stat__figure">16</span>' in page
    assert '休息日</span> <span class="stat__figure">12</span>' in page


def test_the_month_speaks_english(as_administrator, db, now, town):
    accounts.speak(db, town.head, "en", by=SYSTEM, now=now)

    page = as_administrator.get("/workdays?month=2026-02").text

    assert (page.count("Spring Festival</span>"), "春节" in page) == (11, False)


def test_a_year_not_announced_says_so_and_an_announced_one_does_not(as_administrator):
    assert "2090年的节假日安排尚未公布。" in as_administrator.get("/workdays?month=2090-01").text
    assert "尚未公布" not in as_administrator.get("/workdays?month=2026-03").text


@pytest.mark.parametrize("month", ["", "x", "2026", "2026-13", "0000-01", "9999-12", "1000-01", "2026-03-01"])
def test_a_month_that_makes_no_sense_still_shows_one(as_administrator, month):
    assert as_administrator.get(f"/workdays?month={month}&day={month}").status_code == 200


def test_an_administrator_decides_a_day_and_takes_it_back(as_administrator, db):
    answer = as_administrator.post("/workdays", data=DAY)

    assert (answer.status_code, answer.location) == (303, "/workdays?month=2026-03")
    assert decided(db) == [("2026-03-02", 0, "行庆")]
    page = as_administrator.get(answer.location).text
    assert "<b>3月2日 周一</b> 休息" in page
    assert as_administrator.post("/workdays/2026-03-02/remove").status_code == 303
    assert decided(db) == []


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"day": ""}, "必填。"),
        ({"day": "2026-02-30"}, "“2026-02-30”不是日期"),
        ({"day": "9999-12-31"}, "“9999-12-31”不是日期"),
        ({"is_workday": "2"}, "“2”不在可选范围内。"),
        ({"name": "长" * 31}, "最多 30 个字。"),
    ],
)
def test_a_wrong_day_is_told_and_nothing_is_stored(as_administrator, db, wrong, sentence):
    page = as_administrator.post("/workdays", data=DAY | wrong)

    assert (page.status_code, sentence in page.text) == (422, True)
    assert decided(db) == []


@pytest.mark.parametrize("day", ["2026-03-03", "x", "2026-02-30"])
def test_a_day_that_nobody_decided_is_not_found(as_administrator, day):
    assert as_administrator.post(f"/workdays/{day}/remove").status_code == 404


def test_coordinators_see_the_month_but_do_not_decide(as_coordinator, db, now):
    workdays.override(db, date(2026, 3, 2), is_workday=False, name="行庆", by=SYSTEM, now=now)

    page = as_coordinator.get("/workdays?month=2026-03").text

    assert ("行庆" in page, 'action="/workdays"' in page, "remove" in page) == (True, False, False)
    assert as_coordinator.post("/workdays", data=DAY).status_code == 403
    assert as_coordinator.post("/workdays/2026-03-02/remove").status_code == 403
    assert decided(db) == [("2026-03-02", 0, "行庆")]


def test_staff_do_not_open_the_page(as_staff):
    assert as_staff.get("/workdays").status_code == 403
