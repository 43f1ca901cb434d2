"""A policy changes what a roster is dealt by, and its weights can be told in trips and minutes."""

import math

from scheduler.rotation import Policy, Rates, Weights, rates, solve
from tests.rotation_instances import duty, person, problem, seat


def test_the_default_weights_in_trips_and_minutes():
    assert rates(Weights()) == Rates(
        trip_minutes=200.0,
        empty_seat_trips=49.5,
        missed_visit_trips=9.5,
        avoid_minutes=60.0,
        want_minutes=40.0,
        offday_minutes=30.0,
        change_trips=2.5,
    )


def test_what_costs_nothing_is_outweighed_by_nothing():
    found = rates(Weights(travel_minute=0.0, fairness=0.0))

    assert (found.trip_minutes, found.avoid_minutes, found.empty_seat_trips) == (0.0, math.inf, math.inf)


def two_units_of_different_distance(minutes):
    near, far = person("S1", trips=1, unit="U1"), person("S2", unit="U2")
    return problem([duty()], [near, far], travel={("U1", "P1"): 0.0, ("U2", "P1"): minutes})


def test_a_turn_is_worth_the_told_minutes_of_travel_and_no_more():
    assert solve(two_units_of_different_distance(199.0)).seats == (seat("D1", "S2"),)
    assert solve(two_units_of_different_distance(201.0)).seats == (seat("D1", "S1"),)


def test_a_policy_replaces_the_weights_of_the_problem():
    town = two_units_of_different_distance(199.0)

    assert solve(town, policy=Policy(Weights(travel_minute=1.0))).seats == (seat("D1", "S1"),)


def test_a_policy_replaces_the_rest_of_the_problem():
    town = problem([duty("D1", 0, "18:30", "20:30"), duty("D2", 1, "08:30", "11:00")], [person(target=2.0)])

    assert len(solve(town).seats) == 1
    assert len(solve(town, policy=Policy(min_rest_minutes=720)).seats) == 2
