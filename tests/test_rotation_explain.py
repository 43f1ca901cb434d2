"""Why the roster is as it is: the person against the next best, the shortage, and what would help."""

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.rotation import (
    Choice,
    Cost,
    Match,
    Preference,
    Remedy,
    Shortage,
    remedies,
    shortages,
    solve,
    why,
)
from tests.rotation_instances import away, duty, person, problem, random_town, seat


def parts(**given):
    return dict.fromkeys(("fairness", "travel", "preference", "offday", "quota", "change"), 0.0) | given


def test_a_choice_is_told_against_the_next_best_split_into_what_it_costs():
    staff = [person("S1"), person("S2", trips=1), person("S3"), person("S4", trips=9), person("S5", party=True)]
    wish = Preference("S3", "avoid", 2.0, Match(weekday=0))
    town = problem([duty()], staff, preferences=(wish,), leave=(away("S5"),), travel={("U1", "P1"): 20.0})

    assert why(town, [seat()], seat(), against=2) == Choice(
        seat=seat(),
        chosen=Cost("S1", 12.0, parts(fairness=10.0, travel=2.0)),
        others=(
            Cost("S3", 24.0, parts(fairness=10.0, travel=2.0, preference=12.0)),
            Cost("S2", 32.0, parts(fairness=30.0, travel=2.0)),
        ),
        free=3,
        refused={"leave": 1},
    )


def test_a_remedy_is_a_rule_that_alone_keeps_someone_out():
    town = problem(
        [duty("D1"), duty("D2", 2, party=True), duty("D3", 9)],
        [
            person("S1", week=1, party=True),
            person("S2"),
            person("S3", trips=1),
            person("S4", week=0),
        ],
        leave=(away("S1", 9),),
    )

    assert remedies(town, [seat("D1", "S1")], "D2", "a") == [
        Remedy("party", ("S2", "S3")),
        Remedy("week_cap", ("S1",)),
    ]


def test_a_shortage_names_the_seats_and_the_only_people_for_them():
    drivers = {"skills": frozenset({"driver"})}
    town = problem(
        [duty(f"D{day}", day, count=2, skills=["driver"]) for day in (0, 2, 4)] + [duty("D9", 1)],
        [person("S1", week=2, **drivers), person("S2", week=1, **drivers), person("S3")],
    )

    proposal = solve(town)

    assert shortages(town, proposal.seats) == [
        Shortage(
            weeks=(0,),
            slots=(("D0", "a"), ("D2", "a"), ("D4", "a")),
            seats=6,
            people=("S1", "S2"),
            room=3,
            missing=3,
        )
    ]


def test_a_seat_for_which_nobody_exists_is_a_shortage_of_its_own():
    town = problem([duty("D1", party=True), duty("D2", 1, party=True)], [person()])

    found = shortages(town, [])

    assert [(one.seats, one.people, one.missing) for one in found] == [(1, (), 1), (1, (), 1)]


def test_a_seat_that_an_exchange_could_fill_is_no_shortage():
    both, one = frozenset({"driver"}), frozenset[str]()
    town = problem(
        [duty("D1"), duty("D2", skills=["driver"])],
        [person("S1", skills=both), person("S2", skills=one)],
    )

    assert shortages(town, [seat("D1", "S1")]) == []


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.integers(0, 10**9))
def test_a_shortage_accounts_for_all_empty_seats_in_it_and_none_is_in_two(seed):
    town = random_town(seed, rest=0)
    proposal = solve(town)

    found = shortages(town, proposal.seats)

    empty = {(hole.duty, hole.position): hole.missing for hole in proposal.uncovered}
    for one in found:
        assert one.missing == one.seats - one.room == sum(empty.get(slot, 0) for slot in one.slots)
    assert len({slot for one in found for slot in one.slots}) == sum(len(one.slots) for one in found)
