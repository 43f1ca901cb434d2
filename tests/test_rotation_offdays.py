"""Off-day duty has a turn of its own: whoever stood more of it than their share is dearer on an off day."""

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.rotation import Match, Preference, Weights, breaches, indexed, read_problem, solve, why
from scheduler.rotation.costs import objective, turns
from tests.rotation_exact import best_price
from tests.rotation_instances import duty, person, problem, random_town, seat
from tests.test_rotation_files import DOCUMENT

SATURDAY, MONDAY = 5, 0
many = settings(max_examples=60, deadline=None, derandomize=True)


def two_people(day, *, ahead=0.0, behind=0.0, **fields):
    """S2 is ahead on off days, S1 behind or even, both alike else; S2 is taken where nothing decides."""
    return problem([duty("D1", day)], [person("S1", offday_turn=behind), person("S2", offday_turn=ahead)], **fields)


def town_with_turns(seed):
    """A random town of a week with its weekend, whose people are ahead or behind on off days."""
    rng, town = random.Random(seed), random_town(seed, days=7, duties=12)
    return replace(town, staff=tuple(replace(one, offday_turn=round(rng.uniform(-7, 7), 2)) for one in town.staff))


@pytest.mark.parametrize("off", ["weekend", "holiday"])
def test_the_turn_goes_to_whoever_is_behind_on_off_days(off):
    town = two_people(SATURDAY, ahead=1.0) if off == "weekend" else two_people(MONDAY, ahead=1.0, off=(MONDAY,))

    assert solve(town).seats == (seat("D1", "S1"),)


def test_whoever_is_ahead_on_off_days_is_not_spared_on_workdays():
    town = two_people(MONDAY, ahead=5.0)

    assert solve(town).seats == (seat("D1", "S2"),)


@pytest.mark.parametrize(
    ("ahead", "whole"), [(0.49, 0), (0.5, 1), (-0.49, 0), (-0.5, -1), (1.49, 1), (99.0, 5), (-99.0, -5)]
)
def test_half_a_trip_is_a_whole_one_less_is_nothing_and_more_than_five_are_five(ahead, whole):
    (one,) = indexed(problem([], [person(offday_turn=ahead)])).people

    assert turns(one) == whole


def test_it_weighs_less_than_a_trip_and_as_much_as_is_told():
    """30 minutes of travel for each trip between them, at the default weights."""
    for minutes, taker in ((59.0, "S2"), (61.0, "S1")):
        staff = [person("S1", offday_turn=1.0), person("S2", offday_turn=-1.0, unit="U2")]
        town = problem([duty("D1", SATURDAY)], staff, travel={("U1", "P1"): 0.0, ("U2", "P1"): minutes})

        assert solve(town).seats == (seat("D1", taker),)

    fresh = problem([duty("D1", SATURDAY)], [person("S1", offday_turn=3.0), person("S2", trips=1)])
    assert solve(fresh).seats == (seat("D1", "S1"),)


def test_a_choice_names_it_beside_the_wishes():
    wish = Preference("S2", "avoid", 1.0, Match(weekday=SATURDAY))
    town = two_people(SATURDAY, ahead=2.0, behind=-1.0, preferences=(wish,))

    choice = why(town, [seat("D1", "S1")], seat("D1", "S1"))

    assert choice.chosen.parts["offday"] == -3.0
    (other,) = choice.others
    assert (other.parts["offday"], other.parts["preference"]) == (6.0, 6.0)


def test_no_weight_no_turn():
    town = two_people(SATURDAY, ahead=5.0, weights=Weights(offday=0.0))

    assert solve(town).seats == (seat("D1", "S2"),)


def test_a_file_that_says_nothing_of_it_is_priced_as_ever():
    town = read_problem(DOCUMENT)

    assert {one.offday_turn for one in town.staff} == {0.0}
    seats = solve(town).seats
    assert objective(indexed(town), seats) == objective(
        indexed(replace(town, weights=replace(town.weights, offday=99.0))), seats
    )


@many
@given(st.builds(town_with_turns, st.integers(0, 10**9)))
def test_price_bound_and_proof_hold_with_it(town):
    proposal = solve(town)

    assert proposal.objective == pytest.approx(best_price(town), abs=0.005)
    assert proposal.proven
    assert [breach for breach in breaches(town, proposal.seats) if breach.hard] == []
