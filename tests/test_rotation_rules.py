"""Each rule of a roster with a breach of it, and with a roster that only just keeps it."""

import pytest

from scheduler.rotation import Breach, Interval, Match, Pin, Preference, Previous, Quota, breaches
from tests.rotation_instances import MONDAY, at, away, duty, person, problem, seat


def rules(town, *seats):
    return [breach.rule for breach in breaches(town, seats)]


def test_a_roster_that_keeps_every_rule_has_no_breach():
    assert breaches(problem([duty()], [person()]), [seat()]) == []


def test_an_empty_seat_is_no_breach():
    assert breaches(problem([duty()], [person()]), []) == []


def test_an_unknown_person_or_duty_is_named():
    town = problem([duty()], [person()])

    assert breaches(town, [seat("D1", "S9"), seat("D9", "S1")]) == [
        Breach("unknown_reference", "D1", "a", "S9"),
        Breach("unknown_reference", "D9", "a", "S1"),
    ]


def test_nobody_stands_twice_in_one_duty():
    town = problem([duty(count=2)], [person("S1"), person("S2")])

    assert rules(town, seat("D1", "S1"), seat("D1", "S1")) == ["duplicate"]
    assert rules(town, seat("D1", "S1"), seat("D1", "S2")) == []


def test_no_more_people_stand_than_the_headcount():
    town = problem([duty(count=1)], [person("S1"), person("S2")])

    assert breaches(town, [seat("D1", "S1"), seat("D1", "S2")]) == [Breach("over_headcount", "D1", "a", "S2")]
    assert rules(town, seat("D1", "S2")) == []


@pytest.mark.parametrize(
    ("requires", "unfit", "fit", "rule"),
    [
        ({"party": True}, {"party": False}, {"party": True}, "ineligible_party"),
        ({"skills": ["a", "b"]}, {"skills": frozenset("a")}, {"skills": frozenset("abc")}, "ineligible_skill"),
        ({"roles": ["head", "deputy"]}, {"role": "staff"}, {"role": "deputy"}, "ineligible_role"),
        ({"units": ["U1", "U2"]}, {"unit": "U3"}, {"unit": "U2"}, "ineligible_unit"),
        ({}, {"unit": "U4"}, {"unit": "U3"}, "ineligible_reach"),
    ],
)
def test_only_those_who_meet_the_requirement_stand(requires, unfit, fit, rule):
    reach = {(unit, "P1"): 10.0 for unit in ("U1", "U2", "U3")}
    town = problem([duty(**requires)], [person("S1", **unfit), person("S2", **fit)], travel=reach)

    assert breaches(town, [seat("D1", "S1")]) == [Breach(rule, "D1", "a", "S1")]
    assert rules(town, seat("D1", "S2")) == []


def test_a_leave_that_touches_the_duty_forbids_it():
    town = problem([duty(start="09:00", end="11:00")], [person()])

    def with_leave(start, end):
        return problem(town.duties, town.staff, leave=(away("S1", 0, start, end),))

    assert breaches(with_leave("10:59", "12:00"), [seat()]) == [Breach("leave", "D1", "a", "S1")]
    assert rules(with_leave("11:00", "12:00"), seat()) == []
    assert rules(with_leave("08:00", "09:00"), seat()) == []


def test_nobody_stands_two_duties_at_once():
    town = problem(
        [duty("D1", 0, "09:00", "11:00"), duty("D2", 0, "10:59", "12:00"), duty("D3", 0, "11:00", "12:00")],
        [person()],
        min_rest_minutes=0,
    )

    assert breaches(town, [seat("D1"), seat("D2")]) == [Breach("double_booking", "D2", "a", "S1", "D1")]
    assert rules(town, seat("D1"), seat("D3")) == []


def test_the_rest_between_two_duties_is_kept_to_the_minute():
    town = problem(
        [duty("D1", 0, "18:30", "20:30"), duty("D2", 1, "10:29", "12:00"), duty("D3", 1, "10:30", "12:00")],
        [person()],
    )

    assert breaches(town, [seat("D1"), seat("D2")]) == [Breach("rest_gap", "D2", "a", "S1", "D1")]
    assert rules(town, seat("D1"), seat("D3")) == []


def test_a_duty_just_before_the_period_counts_for_the_rest():
    evening = Interval("S1", at(-1, "18:30"), at(-1, "20:30"))
    town = problem([duty("D1", 0, "10:29", "12:00"), duty("D2", 0, "10:30", "12:00")], [person()], carry_in=(evening,))

    assert breaches(town, [seat("D1")]) == [Breach("rest_gap", "D1", "a", "S1", None)]
    assert rules(town, seat("D2")) == []


def test_the_week_is_capped_from_monday_to_sunday():
    town = problem([duty(f"D{n}", n) for n in (0, 6, 7)], [person(week=1)])

    assert breaches(town, [seat("D0"), seat("D6")]) == [Breach("max_per_week", "D6", "a", "S1")]
    assert rules(town, seat("D6"), seat("D7")) == []


def test_a_duty_before_the_period_counts_in_its_week():
    tuesday = problem([duty("D1", 2), duty("D2", 7)], [person(week=1)])
    brought_in = problem(tuesday.duties, tuesday.staff, carry_in=(Interval("S1", at(0, "09:00"), at(0, "11:00")),))

    assert rules(brought_in, seat("D1")) == ["max_per_week"]
    assert rules(brought_in, seat("D2")) == []


def test_the_period_is_capped():
    town = problem([duty(f"D{n}", n) for n in (0, 3, 8)], [person(period=2)])

    assert breaches(town, [seat("D0"), seat("D3"), seat("D8")]) == [Breach("max_per_period", "D8", "a", "S1")]
    assert rules(town, seat("D0"), seat("D8")) == []


def test_a_fixed_assignment_must_be_kept():
    town = problem([duty()], [person("S1"), person("S2")], pinned=(Pin("D1", "a", "S1"),))

    assert breaches(town, [seat("D1", "S2")]) == [Breach("pin_missing", "D1", "a", "S1")]
    assert rules(town, seat("D1", "S1")) == []


def test_a_fixed_assignment_that_breaks_a_rule_is_not_asked_for():
    town = problem([duty()], [person()], leave=(away(),), pinned=(Pin("D1", "a", "S1"), Pin("D9", "a", "S1")))

    assert rules(town) == []


def test_the_frozen_past_stays_as_it_was():
    duties = [duty("D1", 0), duty("D2", 1, "09:00")]
    published = Previous((seat("D1", "S1"), seat("D2", "S1")), frozen_before=at(1, "09:00"))
    town = problem(duties, [person("S1"), person("S2")], previous=published)

    assert breaches(town, [seat("D1", "S2"), seat("D2", "S1")]) == [
        Breach("frozen_changed", "D1", "a", "S1"),
        Breach("frozen_changed", "D1", "a", "S2"),
    ]
    assert rules(town, seat("D1", "S1"), seat("D2", "S2")) == []


def test_a_duty_that_the_person_wishes_to_avoid_is_a_soft_breach():
    wish = Preference("S1", "avoid", 2.0, Match(weekday=1))
    town = problem([duty("D1", 1), duty("D2", 2)], [person()], preferences=(wish,))

    assert breaches(town, [seat("D1")]) == [Breach("avoid", "D1", "a", "S1", hard=False)]
    assert rules(town, seat("D2")) == []


def test_a_visit_still_owed_is_a_soft_breach_of_its_week():
    two_visits = Quota("heads", frozenset({"head"}), "visit", 2, 3)
    town = problem([duty("D1", 0), duty("D2", 2)], [person(role="head")], days=7, quotas=(two_visits,))

    assert breaches(town, [seat("D1")]) == [Breach("quota", None, None, "S1", day=MONDAY, hard=False)]
    assert rules(town, seat("D1"), seat("D2")) == []


def test_a_week_of_few_workdays_owes_no_visit():
    one_visit = Quota("heads", frozenset({"head"}), "visit", 1, 3)

    def with_holidays(*off):
        return problem([], [person(role="head")], days=7, off=off, quotas=(one_visit,))

    assert rules(with_holidays(0, 1)) == ["quota"]
    assert rules(with_holidays(0, 1, 2)) == []


def test_days_on_leave_do_not_count_towards_a_quota():
    one_visit = Quota("heads", frozenset({"head"}), "visit", 1, 5)

    def with_leave(start, end):
        leave = (away("S1", 0, start, end),)
        return problem([], [person(role="head")], days=7, quotas=(one_visit,), leave=leave)

    assert rules(with_leave("17:59", "20:00")) == []
    assert rules(with_leave("18:00", "20:00")) == ["quota"]
