"""Who could take one seat: the list on the board, and the check of a hand edit."""

import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.rotation import (
    Candidate,
    Interval,
    Match,
    Preference,
    Previous,
    Quota,
    breaches,
    candidate,
    candidates,
    indexed,
    solve,
)
from scheduler.rotation.costs import objective
from tests.rotation_instances import MONDAY, at, away, duty, person, problem, random_town, seat


def refusals(town, *seats, staff="S1", of="D9"):
    found = {one.staff: one for one in candidates(town, seats, of, "a")}
    return found[staff].refusal, found[staff].other


def test_those_who_may_stand_come_first_and_the_cheapest_of_them_at_the_top():
    staff = [person("S1", trips=4), person("S2", trips=1), person("S3", trips=2), person("S4", party=True)]
    town = problem([duty()], staff, leave=(away("S4"),))

    assert [(one.staff, one.refusal) for one in candidates(town, [], "D1", "a")] == [
        ("S2", None),
        ("S3", None),
        ("S1", None),
        ("S4", "leave"),
    ]


def test_a_candidate_is_shown_with_trips_target_travel_and_last_duty():
    town = problem(
        [duty("D1", 0), duty("D2", 2), duty("D3", 4)],
        [person(trips=3, target=5.5)],
        travel={("U1", "P1"): 25.0},
    )

    assert candidates(town, [seat("D1"), seat("D3")], "D2", "a") == [
        Candidate("S1", None, None, trips=5, target=5.5, travel=25.0, last=MONDAY, cost=2.5)
    ]


@pytest.mark.parametrize(
    ("fields", "needs", "rule"),
    [
        ({}, {"party": True, "skills": ["x"], "roles": ["head"], "units": ["U7"]}, "party"),
        ({"party": True}, {"party": True, "skills": ["x"], "roles": ["head"]}, "skill"),
        ({}, {"roles": ["head"], "units": ["U7"]}, "role"),
        ({}, {"units": ["U7"]}, "unit"),
        ({"unit": "U2"}, {}, "reach"),
    ],
)
def test_the_first_rule_in_order_is_the_one_that_is_told(fields, needs, rule):
    town = problem([duty("D9", **needs)], [person(**fields)], leave=(away(),))

    assert refusals(town) == (rule, None)


def test_leave_comes_before_what_the_roster_says():
    town = problem([duty("D1"), duty("D9")], [person()], leave=(away(),))

    assert refusals(town, seat("D1")) == ("leave", None)


def test_a_clash_names_the_other_duty_and_an_overlap_comes_before_a_short_rest():
    duties = [duty("D1", 0, "12:00", "13:00"), duty("D2", 0, "09:30", "10:00"), duty("D9", 0, "09:00", "11:00")]
    town = problem(duties, [person()])

    assert refusals(town, seat("D1")) == ("rest", "D1")
    assert refusals(town, seat("D1"), seat("D2")) == ("booked", "D2")


def test_a_clash_with_a_duty_before_the_period_names_none():
    evening = Interval("S1", at(-1, "18:00"), at(-1, "21:00"))
    town = problem([duty("D9")], [person()], carry_in=(evening,))

    assert refusals(town) == ("rest", None)


def test_the_caps_come_last_the_week_before_the_period():
    duties = [duty("D1", 0), duty("D2", 2), duty("D9", 4), duty("D8", 9)]
    town = problem(duties, [person(week=2, period=2)])

    assert refusals(town, seat("D1")) == (None, None)
    assert refusals(town, seat("D1"), seat("D2")) == ("week_cap", None)
    assert refusals(town, seat("D1"), seat("D2"), of="D8") == ("period_cap", None)


def test_one_person_can_be_asked_about_alone():
    town = indexed(random_town(3, staff=12, duties=30))
    seats = solve(town.problem).seats[1:]
    slot = town.slots[0]

    everyone = candidates(town, seats, slot.duty, slot.position)

    alone = [candidate(town, seats, slot.duty, slot.position, one.staff) for one in everyone]
    assert alone == everyone


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.integers(0, 10**9), st.randoms(use_true_random=False))
def test_a_refusal_is_exactly_a_hard_breach_and_the_cost_is_what_the_seat_adds(seed, rng):
    town = random_town(seed)
    seats = list(solve(town).seats)
    town = replace(town, previous=Previous(tuple(seats)))
    if not seats:
        return
    freed = seats.pop(rng.randrange(len(seats)))
    index = indexed(town)

    for one in candidates(index, seats, freed.duty, freed.position):
        tried = [*seats, seat(freed.duty, one.staff, freed.position)]
        is_allowed = not any(breach.hard for breach in breaches(index, tried))
        assert (one.refusal is None) == is_allowed
        without = sum(town.weights.uncovered * slot.weight for slot in index.slots if slot.duty == freed.duty)
        if is_allowed:
            added = objective(index, tried) - objective(index, seats)
            assert one.cost == pytest.approx(added + without)


def test_an_owed_visit_makes_a_candidate_cheaper():
    town = problem(
        [duty("D1", kind="visit"), duty("D2", 2, kind="visit")],
        [person("S1", role="head")],
        days=7,
        quotas=(Quota("heads", frozenset({"head"}), "visit", 1),),
    )

    assert candidates(town, [], "D2", "a")[0].cost == 10.0 - 200.0
    assert candidates(town, [seat("D1")], "D2", "a")[0].cost == 30.0


def test_a_wish_changes_the_cost():
    wish = Preference("S1", "avoid", 2.0, Match(kind="visit"))
    town = problem([duty()], [person("S1"), person("S2")], preferences=(wish,))

    assert [(one.staff, one.cost) for one in candidates(town, [], "D1", "a")] == [("S2", 10.0), ("S1", 22.0)]


def test_asking_about_seats_loads_none_of_the_solvers():
    script = (
        "import sys; from scheduler.rotation import breaches, candidates, read_problem; "
        "print([name for name in ('ortools', 'numpy', 'pandas') if name in sys.modules])"
    )

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
