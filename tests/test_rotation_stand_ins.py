"""After somebody falls ill: stand-ins first with nobody else moved, a wider exchange only where it gains more."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.rotation import Budget, Match, Pin, Preference, Previous, Seat, breaches, indexed, solve, stand_ins
from scheduler.rotation.costs import objective
from tests.rotation_exact import best_price
from tests.rotation_instances import at, away, duty, person, problem, random_town, seat

towns = st.builds(random_town, st.integers(0, 10**9), rest=st.sampled_from([0, 600, 840]))
many = settings(max_examples=60, deadline=None, derandomize=True)


def ill(town, staff, *, since=2):
    """The town with its roster published, and this person away from then on."""
    days = tuple(away(staff, day) for day in range(since, town.days))
    published = Previous(solve(town).seats, frozen_before=at(since))
    return replace(town, leave=(*town.leave, *days), previous=published)


def kept(town, seats):
    """Of the published seats of everybody who can still stand them: those that are still theirs."""
    gone = {breach.staff for breach in breaches(town, town.previous.assignments) if breach.rule == "leave"}
    stay = {one for one in town.previous.assignments if one.staff not in gone}
    return stay & set(seats), stay


def three_days():
    """S1 and S2 share three days, S3 is far ahead of both: they would take no turn but for need."""
    duties = [duty(f"D{day}", day) for day in range(3)]
    return problem(duties, [person("S1", target=2.0), person("S2", target=1.0), person("S3", trips=5, target=1.0)])


class TestNobodyElseMoves:
    def test_the_emptied_seat_goes_to_whom_it_costs_least(self):
        town = replace(
            three_days(),
            previous=Previous((seat("D0", "S1"), seat("D1", "S2"), seat("D2", "S1"))),
            leave=(away("S1", 2),),
        )

        assert solve(town).seats == (seat("D0", "S1"), seat("D1", "S2"), seat("D2", "S2"))

    def test_not_even_for_a_little_that_moving_them_would_gain(self):
        """S1 could take D2 from S2, who would rather not: worth its change, but less than a hundredth of the price."""
        duties = [duty("D1", 1), duty("D2", 2), duty("D3", 3)]
        staff = [person("S1", target=2.0), person("S2", target=1.0), person("S4", trips=30)]
        wish = Preference("S2", "avoid", 12.0, Match(date=at(2).date()))
        town = replace(
            problem(duties, staff, preferences=(wish,), travel={("U1", "P1"): 0.0}),
            previous=Previous((seat("D1", "S1"), seat("D2", "S2"), seat("D3", "S1"))),
            leave=(away("S1", 3),),
        )

        quick, best = solve(town), solve(town, budget=Budget(prove=True))

        assert quick.seats == (seat("D1", "S1"), seat("D2", "S2"), seat("D3", "S2"))
        assert best.objective < quick.objective <= best.objective * 1.01
        assert best.seats == (seat("D1", "S1"), seat("D2", "S1"), seat("D3", "S2"))

    @many
    @given(towns, st.integers(0, 5))
    def test_in_any_town_where_the_stand_ins_come_near_the_bound(self, town, who):
        after = ill(town, f"S{who}")

        proposal = solve(after)

        still, stay = kept(after, proposal.seats)
        moved = len(stay) - len(still)
        assert moved == 0 or proposal.objective <= objective(indexed(after), stood_in(after)) - 0.005

    @many
    @given(towns, st.integers(0, 5))
    def test_stand_ins_break_no_rule(self, town, who):
        after = ill(town, f"S{who}")

        assert [breach for breach in breaches(after, stood_in(after)) if breach.hard] == []


def stood_in(town):
    """The published roster with stand-ins, and without those whose seat nobody could take."""
    _, stay = kept(town, town.previous.assignments)
    past = {one for one in town.previous.assignments if is_past(town, one)}
    leaving = set(town.previous.assignments) - stay - past
    return (*stay, *(past - stay), *stand_ins(town, leaving))


def is_past(town, one):
    return next(d.start for d in town.duties if d.id == one.duty) < town.previous.frozen_before


class TestWider:
    @pytest.fixture
    def tight(self):
        """S1 alone could take the ill one's seat, if S3 took theirs: a seat more is filled by moving S1."""
        duties = [duty("D1", 0, skills=["driver"]), duty("D2", 0)]
        driver = frozenset({"driver"})
        staff = [person("S1", skills=driver), person("S2", skills=driver), person("S3", trips=9)]
        published = Previous((seat("D1", "S2"), seat("D2", "S1")))
        return problem(duties, staff, previous=published, leave=(away("S2"),))

    def test_others_are_moved_where_a_seat_stays_empty_otherwise(self, tight):
        assert solve(tight).seats == (seat("D1", "S1"), seat("D2", "S3"))

    def test_the_stand_ins_alone_leave_it_empty(self, tight):
        assert stand_ins(tight, [seat("D1", "S2")]) == ()

    @many
    @given(towns, st.integers(0, 5))
    def test_proven_it_is_the_best_roster_with_changes_priced(self, town, who):
        after = ill(town, f"S{who}")

        proposal = solve(after, budget=Budget(prove=True))

        assert proposal.objective == pytest.approx(best_price(after), abs=0.005)


class TestStandIns:
    def test_only_the_seats_of_those_who_leave_are_filled(self):
        """D2 was empty before: who falls ill is no reason to call somebody for it."""
        town = problem([duty("D1", 0), duty("D2", 1)], [person("S1"), person("S2")], leave=(away("S1", 0),))
        town = replace(town, previous=Previous((seat("D1", "S1"),)))

        assert stand_ins(town, [seat("D1", "S1")]) == (seat("D1", "S2"),)

    def test_pinned_seats_stay_as_well(self):
        town = problem([duty("D1", 0), duty("D2", 0)], [person("S1"), person("S2")], pinned=(Pin("D2", "a", "S2"),))

        assert stand_ins(town, [seat("D1", "S9")]) == (seat("D1", "S1"),)

    def test_two_seats_are_shared_out_together(self):
        """S1 alone may drive: they are kept for the seat that needs it, though the other comes first."""
        duties = [duty("D1", 0), duty("D2", 0, skills=["driver"])]
        town = problem(duties, [person("S1", skills=frozenset({"driver"})), person("S2", trips=4)])

        found = stand_ins(town, [seat("D1", "S9"), seat("D2", "S9")])

        assert found == (Seat("D1", "a", "S2"), Seat("D2", "a", "S1"))


class TestFrozen:
    def test_an_empty_seat_of_the_past_is_told_as_such_even_if_somebody_would_be_free_by_now(self):
        """S1's week was full; ill since, they stand one duty less, which nobody can make up for in the past."""
        duties = [duty("D1", 0), duty("D2", 1), duty("D3", 3)]
        published = Previous((seat("D1", "S1"), seat("D3", "S1")), frozen_before=at(2))
        town = problem(duties, [person("S1", week=2)], previous=published, leave=(away("S1", 3),))

        proposal = solve(town)

        told = {hole.duty: (dict(hole.reasons), hole.frozen) for hole in proposal.uncovered}
        assert told == {"D2": ({"free": 1}, True), "D3": ({"leave": 1}, False)}

    @many
    @given(towns, st.integers(0, 5))
    def test_nobody_is_free_for_an_empty_seat_to_come(self, town, who):
        proposal = solve(ill(town, f"S{who}"))

        assert not any("free" in hole.reasons for hole in proposal.uncovered if not hole.frozen)
