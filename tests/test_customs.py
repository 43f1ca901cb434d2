"""Customs, the soft rules that a house may switch on: each with a breach and a near miss, by hand and on the board."""

from __future__ import annotations

from datetime import date, time
from zoneinfo import ZoneInfo

import pytest

from scheduler import assignments, database, migrations, rosters, rules
from scheduler.audit import SYSTEM
from scheduler.database import IntegrityError, insert, rows, update
from scheduler.errors import Conflict
from scheduler.wording import sentence
from tests import builders
from tests.test_rosters import draft, shift_on

SATURDAY, NEXT_SATURDAY, THIRD_SATURDAY = date(2026, 3, 7), date(2026, 3, 14), date(2026, 3, 21)
MONDAY, TUESDAY, FRIDAY = date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 6)


@pytest.fixture
def roster_id(db, town, now):
    return draft(db, town, now)


def switch_on(db, town, now, rule, level="warn"):
    rules.set_levels(db, town.branch, {rule: level}, by=SYSTEM, now=now)


def seat(db, shift_id, person_id, now, **more):
    return assignments.seat(db, shift_id, person_id, by=SYSTEM, now=now, **more)


def told(db, shift_id, person_id):
    return [sentence(problem, "zh") for problem in assignments.warnings(db, shift_id, person_id)]


def late(db, town, roster_id, day, ends):
    shift_id = builders.shift(db, town, day, place_id=town.community, starts=time(18), ends=ends)
    update(db, "shift", shift_id, roster_id=roster_id)
    return shift_id


def test_customs_say_nothing_until_they_are_switched_on(db, town, now, roster_id):
    seat(db, shift_on(db, town.community, SATURDAY), town.lan, now)

    assert told(db, shift_on(db, town.community, NEXT_SATURDAY), town.lan) == []


class TestOffDays:
    @pytest.fixture(autouse=True)
    def on(self, db, town, now, roster_id):
        switch_on(db, town, now, "restdays")
        seat(db, shift_on(db, town.community, SATURDAY), town.lan, now)

    def test_two_weeks_running_are_told_of_from_either_side(self, db, town, now):
        next_week = shift_on(db, town.community, NEXT_SATURDAY)

        assert told(db, next_week, town.lan) == ["连着两周占休息日：3月7日 周六 也在东风路社区值班。"]
        with pytest.raises(Conflict, match="needs_a_reason"):
            seat(db, next_week, town.lan, now)

    def test_a_week_between_and_a_workday_are_near_misses(self, db, town):
        assert told(db, shift_on(db, town.community, THIRD_SATURDAY), town.lan) == []
        assert told(db, shift_on(db, town.outlet, date(2026, 3, 11)), town.lan) == []

    def test_the_board_tells_of_the_later_one_with_the_reason(self, db, town, now, roster_id):
        seat(db, shift_on(db, town.community, NEXT_SATURDAY), town.lan, now, override="缺人")

        (found,) = rosters.breaches(db, roster_id)

        assert (found.level, found.shift_id, found.override) == (
            "warn",
            shift_on(db, town.community, NEXT_SATURDAY),
            "缺人",
        )
        assert sentence(found.problem, "en") == (
            "兰草's duty at 东风路社区 on Sat 14 Mar takes an off day two weeks running: also 东风路社区 on Sat 7 Mar."
        )


def test_candidates_are_warned_of_before_they_are_seated_or_greyed_with_the_cause(db, town, now, roster_id):
    switch_on(db, town, now, "same_unit")
    saturday = shift_on(db, town.community, SATURDAY)
    seat(db, saturday, town.lan, now)
    builders.person(db, now, builders.unit(db, now, "信贷部", town.branch), "0099", "白及")

    able = {row["person"]: (row["level"], row["refusal"]) for row in rosters.candidates(db, saturday, 2).able}
    assert (able["闵行"], able["白及"]) == (("warn", "same_unit"), (None, None))

    switch_on(db, town, now, "same_unit", "block")
    unable = {row["person"]: row["detail"] for row in rosters.candidates(db, saturday, 2).unable}
    assert unable["闵行"] == {"cause": "same_unit"}


class TestNights:
    @pytest.fixture(autouse=True)
    def on(self, db, town, now, roster_id):
        switch_on(db, town, now, "night")

    def test_a_late_duty_before_a_workday(self, db, town, roster_id):
        assert told(db, late(db, town, roster_id, MONDAY, time(22, 30)), town.lan) == ["晚班之后，3月3日 周二 要上班。"]
        assert told(db, late(db, town, roster_id, TUESDAY, time(1)), town.lan) == ["晚班之后，3月4日 周三 要上班。"]

    def test_ten_in_the_evening_sharp_and_a_friday_are_near_misses(self, db, town, roster_id):
        assert told(db, late(db, town, roster_id, MONDAY, time(22)), town.lan) == []
        assert told(db, late(db, town, roster_id, FRIDAY, time(23, 30)), town.lan) == []


class TestDistricts:
    @pytest.fixture(autouse=True)
    def on(self, db, town, now, roster_id):
        switch_on(db, town, now, "far", "block")
        update(db, "unit", town.branch, district="巴州区")

    def test_another_district_is_refused_where_it_blocks_whatever_the_reason(self, db, town, now):
        update(db, "place", town.outlet, district="通江县")
        monday = shift_on(db, town.outlet, MONDAY)

        assert told(db, monday, town.lan) == ["跨区：人在巴州区，地点在通江县。"]
        with pytest.raises(Conflict, match="rule_blocks"):
            seat(db, monday, town.lan, now, override="缺人")

    def test_the_same_district_and_one_that_is_not_known_are_near_misses(self, db, town):
        monday = shift_on(db, town.outlet, MONDAY)

        update(db, "place", town.outlet, district="")
        assert told(db, monday, town.lan) == []
        update(db, "place", town.outlet, district="巴州区")
        assert told(db, monday, town.lan) == []

    def test_a_seat_that_was_there_before_holds_up_publishing(self, db, town, now, roster_id):
        switch_on(db, town, now, "far", "note")
        update(db, "place", town.outlet, district="通江县")
        seat(db, shift_on(db, town.outlet, MONDAY), town.lan, now)
        switch_on(db, town, now, "far", "block")

        with pytest.raises(Conflict, match="breach_far"):
            rosters.publish(db, roster_id, by=SYSTEM, now=now)


class TestUnits:
    @pytest.fixture(autouse=True)
    def on(self, db, town, now, roster_id):
        switch_on(db, town, now, "same_unit")
        seat(db, shift_on(db, town.community, SATURDAY), town.lan, now)

    def test_two_of_one_unit_in_a_shift(self, db, town):
        assert told(db, shift_on(db, town.community, SATURDAY), town.min) == ["这一班已有同单位（办公室）的兰草。"]

    def test_somebody_of_another_unit_and_another_day_are_near_misses(self, db, town, now):
        other = builders.person(db, now, builders.unit(db, now, "信贷部", town.branch), "0099", "白及")

        assert told(db, shift_on(db, town.community, SATURDAY), other) == []
        assert told(db, shift_on(db, town.community, NEXT_SATURDAY), town.min) == []

    def test_a_drag_is_told_of_it_before_the_drop_and_a_swap_of_the_two_is_free(self, db, town, now, roster_id):
        here = shift_on(db, town.community, SATURDAY)

        (found,) = [
            r
            for r in rosters.refusals(db, roster_id, person_id=town.min)
            if r.slot.shift_id == here and r.slot.number == 2
        ]
        assert (found.level, found.problem.code) == ("warn", "breach_same_unit")

        there = shift_on(db, town.community, NEXT_SATURDAY)
        seat(db, there, town.min, now)
        swaps = rosters.refusals(db, roster_id, source=assignments.Slot(there, 1))
        assert [r.slot.number for r in swaps if r.slot.shift_id == here] == [2]


def test_levels_that_were_set_before_the_customs_came_stay(tmp_path):
    db = database.connect(":memory:", ZoneInfo("Asia/Shanghai"))
    names = [step.name for step in migrations.STEPS._migrations]
    migrations.STEPS.apply(db, stop_before=names[names.index("customs") :])
    unit = {"name": "巴中市分行", "kind": "branch"}
    unit_id = insert(db, "unit", **unit)
    insert_level = "INSERT INTO rule_level (unit_id, rule, level) VALUES (?, ?, ?)"
    db.conn.execute(insert_level, [unit_id, "rest", "block"])

    migrations.STEPS.apply(db)

    assert rows(db, "SELECT rule, level FROM rule_level") == [{"rule": "rest", "level": "block"}]
    db.conn.execute(insert_level, [unit_id, "far", "off"])
    with pytest.raises(IntegrityError):
        db.conn.execute(insert_level, [unit_id, "quota", "off"])
    db.close()
