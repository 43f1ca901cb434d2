"""达标率 in the pivot: leaders' weeks and months and units' targets that are decided, counted by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

import pytest

from scheduler import clock, quotas, tallies
from scheduler.audit import SYSTEM
from scheduler.tallies import Question
from tests.builders import held

SPRING = Question(first=date(2026, 1, 1), last=date(2026, 6, 30), measures=("attainment",))
MARCH = date(2026, 3, 1)


@pytest.fixture
def now(db):
    """Noon of 20 May 2026: March and April are over."""
    return clock.instant(date(2026, 5, 20), time(12), db.zone)


def visit(db, town, day, who):
    return held(db, town, day, [who], place_id=town.community, activity="visit", starts=time(9), ends=time(11))


@pytest.fixture
def owed(db, town, now):
    """The deputy owes a visit in each of two weeks of March, the head two in March and in April, and every unit a trip
    a head in March and in April: the branch with all below it 6, its office 4.

    Made in March: the head 2, the deputy 1 in the first of the weeks, the office 3; in April: the head 1. So met were
    one week of two, one month of two, one month of the branch's two, none of the office's two: 3 of 8.
    """
    common = {"activity": "visit", "by": SYSTEM, "now": now}
    weeks = {"starts_on": date(2026, 3, 16), "ends_on": date(2026, 3, 29)}
    quotas.add(db, unit_id=town.branch, role="deputy", least=1, **weeks, **common)
    months = {"period": "month", "starts_on": MARCH, "ends_on": date(2026, 4, 30)}
    quotas.add(db, unit_id=town.branch, role="head", least=2, **months, **common)
    target = {"starts_on": MARCH, "ends_on": date(2026, 4, 30), "by": SYSTEM, "now": now}
    quotas.add_target(db, unit_id=town.branch, period="month", basis="head", amount=1, **target)
    for day in (17, 18):
        visit(db, town, date(2026, 3, day), town.head)
    visit(db, town, date(2026, 3, 17), town.deputy)
    held(db, town, date(2026, 3, 3), [town.party, town.lan, town.min])
    visit(db, town, date(2026, 4, 7), town.head)


def shares(db, now, **asked):
    found = tallies.answer(db, replace(SPRING, **asked), now)
    lines = {tuple(key.zh for key in line.keys): line.total["attainment"] for line in found.lines}
    return {keys: held for keys, held in lines.items() if held is not None} | {"": found.total["attainment"]}


def test_what_leaders_and_units_owed_counts_each_once(db, town, now, owed):
    assert shares(db, now, rows=()) == {"": 3 / 8}
    assert shares(db, now) == {("巴中市分行",): 3 / 6, ("办公室",): 0 / 2, "": 3 / 8}
    assert shares(db, now, level=0, within=town.branch) == {("巴中市分行",): 3 / 8, "": 3 / 8}
    assert shares(db, now, within=town.office) == {("办公室",): 0 / 2, "": 0 / 2}
    assert shares(db, now, unit_id=town.branch) == {("巴中市分行",): 3 / 6, "": 3 / 6}


def test_by_time_a_week_is_its_mondays_and_a_longer_period_is_of_no_shorter_span(db, town, now, owed):
    assert shares(db, now, rows=("month",)) == {("2026年3月",): 3 / 5, ("2026年4月",): 0 / 3, "": 3 / 8}
    assert shares(db, now, rows=("week",)) == {("2026年第12周",): 1, ("2026年第13周",): 0, "": 3 / 8}
    quarter = {"period": "quarter", "basis": "fixed", "amount": 3, "activity": "lobby", "by": SYSTEM, "now": now}
    quotas.add_target(db, unit_id=town.office, starts_on=date(2026, 1, 1), **quarter)

    assert shares(db, now, rows=("month",)) == {("2026年3月",): 3 / 5, ("2026年4月",): 0 / 3, "": 4 / 9}
    assert shares(db, now, rows=("quarter",)) == {("2026年一季度",): 4 / 6, ("2026年二季度",): 0 / 3, "": 4 / 9}
    assert shares(db, now, rows=("activity",)) == {("厅堂服务",): 1, ("领导走访",): 2 / 4, "": 4 / 9}


def test_a_units_target_is_nobodys_own(db, town, now, owed):
    assert shares(db, now, rows=("role",)) == {("一把手",): 1 / 2, ("分管领导",): 1 / 2, "": 3 / 8}
    assert shares(db, now, rows=("person",)) == {("杜明月",): 1 / 2, ("何远山",): 1 / 2, "": 3 / 8}
    assert shares(db, now, rows=(), role="head") == {"": 1 / 2}
    assert shares(db, now, rows=(), person_id=town.deputy) == {"": 1 / 2}
    assert shares(db, now, rows=(), activity="visit") == {"": 2 / 4}


def test_a_cell_is_the_total_of_its_own_question(db, town, now, owed):
    found = tallies.answer(db, replace(SPRING, rows=("unit",), columns="month"), now)

    narrowed = {
        (line.keys[0].zh, column.zh): tallies.answer(
            db, replace(found.behind(line, column), rows=(), columns=None), now
        )
        for line in found.lines
        for column in found.columns
    }
    assert {
        (line.keys[0].zh, column.zh): cell["attainment"]
        for line in found.lines
        for column, cell in zip(found.columns, line.cells, strict=True)
    } == {key: answer.total["attainment"] for key, answer in narrowed.items()}
    assert narrowed["巴中市分行", "2026年3月"].total["attainment"] == 3 / 4


def test_what_is_still_running_is_not_decided(db, town, owed):
    early = clock.instant(date(2026, 3, 25), time(12), db.zone)

    assert shares(db, early, rows=()) == {"": 2 / 2}
