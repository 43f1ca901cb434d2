"""What the engine plans of quotas: less what is done or planned outside of the roster, and nothing that is waived."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from scheduler import places, quotas, rosters, rotation
from scheduler.audit import SYSTEM
from scheduler.rotation import Budget, Quota, solve
from tests.builders import drafted, held, person, shift, template, unit
from tests.rotation_exact import best_price
from tests.rotation_instances import random_town

MONDAY = date(2026, 3, 30)
WEDNESDAY = MONDAY + timedelta(days=2)  # the first day of the second of two rosters that part a week


@pytest.fixture
def visiting(db, town, now):
    """The deputy owes two visits a week, to be made at the community on any workday."""
    template(
        db, now, town.branch, [town.community], name="走访", activity="visit", starts=time(9), ends=time(11),
        roles=["deputy"],
    )  # fmt: skip
    return owe(db, town, now)


def owe(db, town, now, **more):
    given = {"unit_id": town.branch, "role": "deputy", "activity": "visit", "least": 2, "starts_on": date(2026, 1, 5)}
    return quotas.add(db, by=SYSTEM, now=now, **(given | more))


def april(db, town, now):
    last = WEDNESDAY + timedelta(days=4)
    return rosters.draft(db, unit_id=town.branch, starts_on=WEDNESDAY, ends_on=last, by=SYSTEM, now=now)


def dues(db, roster_id):
    index = rotation.indexed(rosters.problem(db, roster_id))
    return {(index.people[at].staff.id, kind, week): needs for (at, kind, week), needs in index.dues.items()}


@pytest.mark.parametrize(("make", "more"), [(held, {}), (shift, {}), (shift, {"roster": "draft"})])
def test_a_visit_in_another_roster_of_the_parted_week_is_one_less_to_plan(db, town, now, visiting, make, more):
    make(db, town, MONDAY, [town.deputy], activity="visit", place_id=town.community, **more)

    assert dues(db, april(db, town, now)) == {(f"P{town.deputy}", "visit", 0): (1,)}


def test_a_visit_of_which_the_leader_was_absent_is_still_owed(db, town, now, visiting):
    held(db, town, MONDAY, [town.deputy, town.head], absent=[town.deputy], activity="visit", place_id=town.community)

    assert dues(db, april(db, town, now)) == {(f"P{town.deputy}", "visit", 0): (2,)}


def test_a_filled_part_of_a_week_seats_no_more_than_is_missing(db, town, now, visiting):
    shift(db, town, MONDAY, [town.deputy], activity="visit", place_id=town.community)
    roster_id = april(db, town, now)

    found = rotation.indexed(rosters.problem(db, roster_id))
    proposal = solve(found.problem, budget=Budget(prove=True))

    assert rotation.breaches(found, proposal.seats) == []
    assert proposal.proven
    assert proposal.gap == 0


def test_a_waived_week_and_weeks_outside_of_the_quotas_days_ask_for_nothing(db, town, now, visiting):
    quotas.waive(db, visiting, town.deputy, date(2026, 3, 9), note="挂职", by=SYSTEM, now=now)
    quotas.end(db, visiting, date(2026, 3, 22), by=SYSTEM, now=now)

    assert sorted(dues(db, drafted(db, town, now))) == [(f"P{town.deputy}", "visit", week) for week in (0, 2)]


def test_a_changed_quota_asks_for_the_old_number_before_and_the_new_one_after(db, town, now, visiting):
    quotas.change(db, visiting, least=1, since=date(2026, 3, 16), by=SYSTEM, now=now)

    found = dues(db, drafted(db, town, now))

    assert {week: needs for (_, _, week), needs in found.items()} == {0: (2,), 1: (2,), 2: (1,), 3: (1,)}


def test_a_quota_of_a_unit_below_asks_its_own_leaders_only(db, town, now, visiting):
    county = unit(db, now, "平昌县支行", town.branch)
    chief = person(db, now, county, "0201", "苗青", role="head")
    owe(db, town, now, unit_id=county, role="head", least=1)

    found = dues(db, drafted(db, town, now))

    assert {who for who, _, _ in found} == {f"P{town.deputy}", f"P{chief}"}


def test_quotas_that_the_engine_cannot_plan_are_told(db, town, now, visiting):
    monthly = owe(db, town, now, period="month")
    elsewhere = owe(db, town, now, place_id=town.outlet)
    there = owe(db, town, now, place_id=town.community)
    own = owe(db, town, now, sponsored=True)
    roster_id = drafted(db, town, now)

    assert [row["id"] for row in rosters.unplanned(db, roster_id)] == [monthly, elsewhere, own]
    places.sponsor(db, town.community, unit_id=town.branch, starts_on=date(2026, 1, 1), by=SYSTEM, now=now)
    assert [row["id"] for row in rosters.unplanned(db, roster_id)] == [monthly, elsewhere]
    assert {quota.id for quota in rosters.problem(db, roster_id).quotas} == {f"Q{visiting}", f"Q{there}", f"Q{own}"}


@pytest.mark.parametrize("seed", range(4))
def test_with_credits_and_waivers_the_best_price_is_that_of_an_exact_model(seed):
    town = random_town(seed, days=7, duties=12)
    owed = Quota(
        "heads", frozenset({"head"}), "visit", 2, 2, waived=frozenset({("S4", town.start)}),
        credits=(("S0", town.start),),
    )  # fmt: skip
    town = replace(town, quotas=(owed,))

    proposal = solve(town, budget=Budget(prove=True))

    assert proposal.proven
    assert proposal.objective == pytest.approx(best_price(town), abs=0.02)
