"""Customs in what the engine deals out: a fill, a what-if, a stand-in keep them, if need be by an empty slot."""

from __future__ import annotations

from datetime import date, time, timedelta
from itertools import pairwise

import pytest

from scheduler import rosters, rules
from scheduler.audit import SYSTEM
from scheduler.database import rows, update
from scheduler.rosters import mending
from tests import builders
from tests.test_rosters import away

SATURDAYS = [date(2026, 3, day) for day in (7, 14, 21, 28)]
WEEK = timedelta(days=7)


@pytest.fixture
def roster_id(db, town, now):
    return builders.drafted(db, town, now)


def switch_on(db, town, now, rule, level="block"):
    rules.set_levels(db, town.branch, {rule: level}, by=SYSTEM, now=now)


def fill(db, roster_id, now):
    rosters.fill(db, roster_id, by=SYSTEM, now=now)


def broken(db, roster_id, rule):
    return [found for found in rosters.breaches(db, roster_id) if found.problem.code == f"breach_{rule}"]


def at(db, place_id):
    """By day: who stands there."""
    sql = """
        SELECT shift.day, assignment.person_id FROM shift JOIN assignment ON assignment.shift_id = shift.id
        WHERE shift.place_id = :place_id AND assignment.state <> 'released' ORDER BY shift.day, assignment.slot
    """
    return [(row["day"], row["person_id"]) for row in rows(db, sql, place_id=place_id)]


class TestDistricts:
    """The outlet is in another district than the branch; 白及's unit is in the outlet's."""

    @pytest.fixture(autouse=True)
    def districts(self, db, town, now, roster_id):
        update(db, "unit", town.branch, district="巴州区")
        update(db, "place", town.outlet, district="通江县")
        unit_id = builders.unit(db, now, "通江分理处", town.branch)
        update(db, "unit", unit_id, district="通江县")
        self.near = builders.person(db, now, unit_id, "0099", "白及", party=True)

    def test_a_custom_that_blocks_is_kept_by_an_empty_slot_where_nobody_else_has_room(self, db, town, now, roster_id):
        switch_on(db, town, now, "far")
        fill(db, roster_id, now)

        assert {person for _, person in at(db, town.outlet)} == {self.near}
        assert broken(db, roster_id, "far") == []
        assert {gap["reasons"].get("far", 0) > 0 for gap in rosters.gaps(db, roster_id)} == {True}
        assert {gap["reasons"].get("free", 0) for gap in rosters.gaps(db, roster_id)} == {0}
        assert rosters.publish(db, roster_id, by=SYSTEM, now=now) == 0

    def test_what_it_costs_is_told_as_distance_from_the_bound(self, db, town, now, roster_id):
        fill(db, roster_id, now)
        before = rosters.roster(db, roster_id)["fill_facts"]
        switch_on(db, town, now, "far")
        fill(db, roster_id, now)
        after = rosters.roster(db, roster_id)["fill_facts"]

        assert after["bound"] == before["bound"]
        assert (before["proven"], after["proven"]) == (True, False)
        assert after["objective"] > before["objective"]

    def test_a_custom_that_is_noted_moves_nobody(self, db, town, now, roster_id):
        fill(db, roster_id, now)
        before = at(db, town.outlet)
        switch_on(db, town, now, "far", "note")
        fill(db, roster_id, now)

        assert at(db, town.outlet) == before
        assert broken(db, roster_id, "far") != []

    def test_a_custom_that_warns_leaves_no_slot_empty(self, db, town, now, roster_id):
        switch_on(db, town, now, "far", "warn")
        fill(db, roster_id, now)

        assert rosters.gaps(db, roster_id) == []


def test_two_of_one_unit_are_parted_where_there_is_somebody_else(db, town, now, roster_id):
    outside = builders.unit(db, now, "信贷部", town.branch)
    for number in range(4):
        builders.person(db, now, outside, f"009{number}", f"白及{number}", party=True)
    switch_on(db, town, now, "same_unit")
    fill(db, roster_id, now)

    assert broken(db, roster_id, "same_unit") == []
    assert rosters.gaps(db, roster_id) == []


def test_two_of_one_unit_are_parted_by_a_warning_too_where_it_costs_less_than_a_wish(db, town, now, roster_id):
    outside = builders.unit(db, now, "信贷部", town.branch)
    for number in range(4):
        builders.person(db, now, outside, f"009{number}", f"白及{number}", party=True)
    switch_on(db, town, now, "same_unit", "warn")
    fill(db, roster_id, now)

    assert broken(db, roster_id, "same_unit") == []


def test_nobody_takes_two_off_days_running(db, town, now, roster_id):
    switch_on(db, town, now, "restdays")
    fill(db, roster_id, now)

    assert broken(db, roster_id, "restdays") == []
    days = {}
    for day, person in at(db, town.community):
        days.setdefault(person, []).append(date.fromisoformat(day))
    assert [one for one in days.values() for a, b in pairwise(one) if b - a <= WEEK] == []


def test_nobody_can_keep_a_night_before_a_workday_that_blocks_so_it_stays_empty(db, town, now, roster_id):
    shift_id = builders.shift(db, town, date(2026, 3, 3), place_id=town.community, starts=time(18), ends=time(23))
    update(db, "shift", shift_id, roster_id=roster_id)
    switch_on(db, town, now, "night")
    fill(db, roster_id, now)

    (gap,) = rosters.gaps(db, roster_id)
    assert (gap["id"], "night" in gap["reasons"], "free" in gap["reasons"]) == (shift_id, True, False)


def test_a_what_if_keeps_them_as_a_fill_does(db, town, now, roster_id):
    switch_on(db, town, now, "restdays")
    scenario_id = rosters.ask_scenario(db, roster_id, emphasis="fairness", away=(), by=SYSTEM, now=now)
    rosters.try_asked(db, now=now)
    rosters.keep_scenario(db, scenario_id, by=SYSTEM, now=now)

    assert at(db, town.community) != []
    assert broken(db, roster_id, "restdays") == []


@pytest.mark.parametrize(("level", "is_outside"), [("block", True), ("off", False)])
def test_a_stand_in_keeps_them_though_somebody_else_would_be_cheaper(db, town, now, level, is_outside):
    """All are of one unit but 白及, who has stood far more than their share."""
    outside = builders.person(db, now, builders.unit(db, now, "信贷部", town.branch), "0099", "白及")
    builders.carried(db, town, outside, now, trips=40)
    roster_id = builders.published(db, town, now)
    switch_on(db, town, now, "same_unit", level)
    ill = next(person for _, person in at(db, town.community) if person != outside)
    away(db, now, ill, SATURDAYS[0], days=28)

    changes = [row for row in mending.mending(db, roster_id, now=now).changes if row["place"] == "东风路社区"]

    assert {row["new_id"] for row in changes} != {None}
    assert (outside in {row["new_id"] for row in changes}) == is_outside
