"""Every answer keeps the rules, is priced truly, and stands on a bound that an exact model confirms."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.rotation import (
    Budget,
    Match,
    Pin,
    PinConflict,
    Preference,
    Previous,
    Proposal,
    Quota,
    Uncovered,
    breaches,
    candidates,
    solve,
    why,
)
from tests.rotation_exact import best_price
from tests.rotation_instances import at, away, duty, person, problem, random_town, seat

towns = st.builds(random_town, st.integers(0, 10**9), rest=st.sampled_from([0, 600, 840]))
many = settings(max_examples=60, deadline=None, derandomize=True)


def hard(town, seats):
    return [breach for breach in breaches(town, seats) if breach.hard]


@many
@given(towns)
def test_an_answer_breaks_no_hard_rule(town):
    assert hard(town, solve(town).seats) == []


@many
@given(towns)
def test_a_small_problem_is_solved_to_the_proven_optimum(town):
    proposal = solve(town)

    assert proposal.objective == pytest.approx(best_price(town), abs=0.005)
    assert proposal.proven


@many
@given(towns)
def test_the_best_price_lies_between_the_bound_and_the_answer_however_little_work_is_done(town):
    proposal = solve(town, budget=Budget(sweeps=0, chain_rounds=3, branch_nodes=0))

    assert proposal.bound - 0.005 <= best_price(town) <= proposal.objective + 0.005


@many
@given(towns)
def test_no_seat_stays_empty_that_a_free_person_could_take(town):
    proposal = solve(town)

    for hole in proposal.uncovered:
        found = candidates(town, proposal.seats, hole.duty, hole.position)
        refused = [one.refusal for one in found]
        assert None not in refused
        assert hole.reasons == {rule: refused.count(rule) for rule in refused}


@many
@given(towns)
def test_every_empty_seat_is_told_of(town):
    proposal = solve(town)

    places = sum(position.count for one in town.duties for position in one.positions)
    assert len(proposal.seats) + sum(hole.missing for hole in proposal.uncovered) == places


@many
@given(towns)
def test_no_turn_is_taken_where_another_could_take_it_for_less(town):
    """Fairness is monotone: of two equals the one with fewer trips goes first, unless a rule is against it."""
    proposal = solve(town)

    for one in proposal.seats:
        choice = why(town, proposal.seats, one, against=1)
        assert all(other.cost >= choice.chosen.cost - 0.005 for other in choice.others)


@many
@given(towns)
def test_between_equals_nobody_with_more_trips_goes_before_one_with_fewer_who_is_free(town):
    """The same from the counts alone, where nothing but the count tells people apart."""
    alike = replace(
        town, travel=dict.fromkeys(town.travel, 0.0), preferences=(), quotas=(),
        staff=tuple(replace(one, target_trips=4.0) for one in town.staff),
    )  # fmt: skip

    seats = solve(alike).seats

    stood = {one.id: one.history.trips + sum(seat.staff == one.id for seat in seats) for one in alike.staff}
    for one in seats:
        rest = [other for other in seats if other != one]
        free = [c.staff for c in candidates(alike, rest, one.duty, one.position) if c.refusal is None]
        assert all(stood[one.staff] - 1 <= stood[other] for other in free)


@many
@given(towns)
def test_the_same_problem_gives_the_same_roster(town):
    assert solve(town) == solve(town)


@pytest.mark.parametrize(
    "town",
    [
        problem(),
        problem([duty()]),
        problem([], [person()]),
        problem([duty(count=0)], [person()]),
        problem([], [], days=0),
    ],
)
def test_next_to_nothing_is_a_problem_too(town):
    proposal = solve(town)

    assert proposal.seats == ()
    assert proposal.proven


def test_one_person_takes_the_one_seat():
    assert solve(problem([duty()], [person(trips=3, target=4.0)])) == Proposal(seats=(seat(),), proven=True)


def test_the_turn_goes_to_whoever_is_furthest_below_the_fair_count():
    town = problem([duty()], [person("S1", trips=5, target=6.0), person("S2", trips=3, target=6.0)])

    assert solve(town).seats == (seat("D1", "S2"),)


def test_an_impossible_seat_stays_empty_with_its_reasons():
    town = problem(
        [duty(party=True, skills=["driver"])],
        [person("S1"), person("S2", party=True), person("S3", party=True, skills=frozenset({"driver"}))],
        leave=(away("S3"),),
    )

    assert solve(town).uncovered == (Uncovered("D1", "a", 1, {"party": 1, "skill": 1, "leave": 1}),)


def test_a_seat_is_filled_even_where_that_is_dearer_than_leaving_it_empty():
    weary = person(trips=100, target=0.0)

    assert solve(problem([duty(weight=0.0)], [weary])).seats == (seat(),)


def test_nobody_is_sent_from_an_evening_to_the_next_morning():
    duties = [duty("D1", 0, "18:30", "20:30"), duty("D2", 1, "08:30", "12:00")]
    town = problem(duties, [person("S1", target=2.0), person("S2", target=0.0)])

    proposal = solve(town)

    assert len({one.staff for one in proposal.seats}) == 2
    assert hard(town, proposal.seats) == []


def test_fixed_assignments_are_kept_and_the_impossible_ones_named():
    pins = (
        Pin("D1", "a", "S1"),
        Pin("D1", "a", "S2"),
        Pin("D2", "a", "S1"),
        Pin("D3", "a", "S9"),
        Pin("D3", "a", "S2"),
    )
    town = problem(
        [duty("D1", 0), duty("D2", 0, "10:00", "12:00"), duty("D3", 1)],
        [person("S1", trips=9), person("S2")],
        leave=(away("S2", 1),),
        pinned=pins,
    )

    proposal = solve(town)

    assert seat("D1", "S1") in proposal.seats
    assert proposal.conflicts == (
        PinConflict("pin", "D1", "a", "S2", "headcount"),
        PinConflict("pin", "D2", "a", "S1", "booked"),
        PinConflict("pin", "D3", "a", "S9", "unknown"),
        PinConflict("pin", "D3", "a", "S2", "leave"),
    )


def test_a_published_roster_is_not_changed_for_a_little():
    published = Previous((seat("D1", "S1"),))
    staff = [person("S1", trips=1, target=1.0), person("S2", trips=0, target=1.0)]

    assert solve(problem([duty()], staff)).seats == (seat("D1", "S2"),)
    assert solve(problem([duty()], staff, previous=published)).seats == (seat("D1", "S1"),)


def test_the_frozen_past_stays_and_the_ill_are_replaced():
    duties = [duty("D1", 0), duty("D2", 3)]
    published = Previous((seat("D1", "S1"), seat("D2", "S1")), frozen_before=at(1))
    town = problem(duties, [person("S1"), person("S2")], leave=(away("S1", 3),), previous=published)

    assert solve(town).seats == (seat("D1", "S1"), seat("D2", "S2"))


def test_an_owed_visit_goes_to_whoever_owes_it():
    town = problem(
        [duty("D1", 0, kind="visit")],
        [person("S1", role="head", trips=5), person("S2")],
        days=7,
        quotas=(Quota("heads", frozenset({"head"}), "visit", 1),),
    )

    assert solve(town).seats == (seat("D1", "S1"),)


def test_wishes_decide_between_equals():
    staff = [person("S1"), person("S2")]
    avoid = Preference("S1", "avoid", 1.0, Match(weekday=0))
    want = Preference("S2", "want", 1.0, Match(place="P1"))

    assert solve(problem([duty()], staff, preferences=(avoid,))).seats == (seat("D1", "S2"),)
    assert solve(problem([duty()], staff, preferences=(want,))).seats == (seat("D1", "S2"),)


def test_progress_is_told_with_a_price_that_never_rises_and_a_bound_that_never_falls():
    told = []
    town = random_town(5, staff=12, duties=40)

    proposal = solve(town, progress=lambda *stage: told.append(stage))

    prices = [price for _, price, _ in told if price is not None]
    assert told[0] == ("flow", None, None)
    assert prices == sorted(prices, reverse=True)
    bounds = [bound for _, _, bound in told if bound is not None]
    assert bounds == sorted(bounds)
    assert bounds[-1] == pytest.approx(proposal.bound)
    assert prices[-1] == pytest.approx(proposal.objective)


def test_a_cancelled_solve_still_gives_a_roster_that_keeps_the_rules():
    town = random_town(5, staff=12, duties=40)

    proposal = solve(town, cancelled=lambda: True)

    assert hard(town, proposal.seats) == []
    assert not any("free" in hole.reasons for hole in proposal.uncovered)


def test_less_work_is_still_an_answer():
    town = random_town(7, staff=12, duties=40)

    quick = solve(town, budget=Budget(sweeps=0, chain_rounds=0))

    assert hard(town, quick.seats) == []
    assert quick.objective >= solve(town).objective
