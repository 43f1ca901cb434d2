"""Drags on the board: seat, move, swap, release; stale ones; what refuses a person before they are let go."""

from __future__ import annotations

from datetime import date

import pytest

from scheduler import assignments, rosters, steps
from scheduler.assignments import Slot
from scheduler.audit import SYSTEM, Actor
from scheduler.errors import Conflict, Invalid, NotFound
from scheduler.wording import sentences
from tests.test_rosters import away, draft, night, shift_on
from tests.test_rosters_board import seat, statements

MONDAY, TUESDAY, WEDNESDAY, SATURDAY = (date(2026, 3, day) for day in (2, 3, 4, 7))


@pytest.fixture
def roster_id(db, town, now):
    return draft(db, town, now)


def slot(db, place_id, day, number=1):
    return Slot(shift_on(db, place_id, day), number)


def drop(db, roster_id, now, target, **more):
    return assignments.drop(db, roster_id, target=target, by=SYSTEM, now=now, **more)


def stands(db, roster_id):
    return {(row["shift_id"], row["slot"]): row["person_id"] for row in steps.seats(db, roster_id)}


class TestDrop:
    def test_a_person_goes_to_the_slot_that_was_meant(self, db, town, now, roster_id):
        second = slot(db, town.community, SATURDAY, 2)

        assert drop(db, roster_id, now, second, person_id=town.min) == "seat"
        assert stands(db, roster_id) == {(second.shift_id, 2): town.min}

    def test_a_slots_person_moves_to_an_empty_one(self, db, town, now, roster_id):
        seat(db, now, town.outlet, MONDAY, town.lan)
        here, there = slot(db, town.outlet, MONDAY), slot(db, town.outlet, TUESDAY)

        assert drop(db, roster_id, now, there, source=here) == "move"
        assert stands(db, roster_id) == {(there.shift_id, 1): town.lan}

    def test_onto_another_person_the_two_change_places(self, db, town, now, roster_id):
        seat(db, now, town.outlet, MONDAY, town.lan)
        seat(db, now, town.outlet, TUESDAY, town.party)
        here, there = slot(db, town.outlet, MONDAY), slot(db, town.outlet, TUESDAY)

        assert drop(db, roster_id, now, there, source=here) == "swap"
        assert stands(db, roster_id) == {(here.shift_id, 1): town.party, (there.shift_id, 1): town.lan}

    def test_to_the_bin_they_are_released(self, db, town, now, roster_id):
        seat(db, now, town.outlet, MONDAY, town.lan)

        assert drop(db, roster_id, now, None, source=slot(db, town.outlet, MONDAY)) == "release"
        assert stands(db, roster_id) == {}

    def test_an_occupied_slot_takes_nobody_from_the_list(self, db, town, now, roster_id):
        seat(db, now, town.outlet, MONDAY, town.lan)

        with pytest.raises(Conflict, match="slot_is_taken"):
            drop(db, roster_id, now, slot(db, town.outlet, MONDAY), person_id=town.party)

    def test_an_empty_slot_has_nobody_to_move(self, db, town, now, roster_id):
        with pytest.raises(Conflict, match="slot_is_empty"):
            drop(db, roster_id, now, slot(db, town.outlet, TUESDAY), source=slot(db, town.outlet, MONDAY))

    def test_a_slot_that_there_is_not_is_not_found(self, db, town, now, roster_id):
        for target in (slot(db, town.outlet, MONDAY, 2), Slot(999, 1)):
            with pytest.raises(NotFound):
                drop(db, roster_id, now, target, person_id=town.lan)

    def test_it_has_to_be_said_who_goes(self, db, town, now, roster_id):
        seat(db, now, town.outlet, MONDAY, town.lan)
        here = slot(db, town.outlet, MONDAY)

        for target, given in ((Slot(1, 1), {}), (None, {"person_id": town.lan}), (None, {})):
            with pytest.raises(Invalid):
                drop(db, roster_id, now, target, **given)
        with pytest.raises(Invalid):
            drop(db, roster_id, now, None, source=here, person_id=town.lan)

    def test_a_reason_goes_along(self, db, town, now, roster_id):
        night(db, town, roster_id, MONDAY, town.lan)
        there = slot(db, town.outlet, TUESDAY)

        with pytest.raises(Conflict, match="needs_a_reason"):
            drop(db, roster_id, now, there, person_id=town.lan)
        assert drop(db, roster_id, now, there, person_id=town.lan, override="本人愿意") == "seat"


class TestHandOver:
    """A duty that is dropped on somebody else's row is theirs; on another of their days they stand a free slot."""

    def test_somebody_else_takes_the_slot_over(self, db, town, now, roster_id):
        seat(db, now, town.outlet, MONDAY, town.lan)
        here = slot(db, town.outlet, MONDAY)

        assert drop(db, roster_id, now, None, source=here, person_id=town.party) == "reassign"
        assert stands(db, roster_id) == {(here.shift_id, 1): town.party}

    def test_or_a_free_slot_of_another_day_in_its_stead(self, db, town, now, roster_id):
        seat(db, now, town.outlet, MONDAY, town.lan)
        here, there = slot(db, town.outlet, MONDAY), slot(db, town.outlet, TUESDAY)

        assert drop(db, roster_id, now, there, source=here, person_id=town.party) == "reassign"
        assert stands(db, roster_id) == {(there.shift_id, 1): town.party}

    def test_onto_their_own_row_it_is_a_move(self, db, town, now, roster_id):
        seat(db, now, town.outlet, MONDAY, town.lan)
        here, there = slot(db, town.outlet, MONDAY), slot(db, town.outlet, TUESDAY)

        assert drop(db, roster_id, now, there, source=here, person_id=town.lan) == "move"

    def test_a_lock_was_meant_for_who_goes(self, db, town, now, roster_id):
        seat(db, now, town.outlet, MONDAY, town.lan)
        here = slot(db, town.outlet, MONDAY)
        assignments.lock(db, roster_id, here, by=SYSTEM, now=now)

        drop(db, roster_id, now, None, source=here, person_id=town.party)

        assert [seat["fixed"] for seat in steps.seats(db, roster_id)] == [0]

    def test_who_cannot_is_refused_and_nobody_leaves(self, db, town, now, roster_id):
        seat(db, now, town.outlet, MONDAY, town.lan)
        seat(db, now, town.outlet, TUESDAY, town.party)
        here, taken = slot(db, town.outlet, MONDAY), slot(db, town.outlet, TUESDAY)
        before = stands(db, roster_id)

        with pytest.raises(Conflict, match="not_in_the_party"):
            drop(db, roster_id, now, None, source=here, person_id=town.min)
        with pytest.raises(Conflict, match="slot_is_taken"):
            drop(db, roster_id, now, taken, source=here, person_id=town.head)
        assert stands(db, roster_id) == before

    def test_it_is_one_step_that_is_undone_as_one(self, db, town, now, roster_id):
        seat(db, now, town.outlet, MONDAY, town.lan)
        before = stands(db, roster_id)
        drop(db, roster_id, now, None, source=slot(db, town.outlet, MONDAY), person_id=town.party)

        assert rosters.undo(db, roster_id, by=SYSTEM, now=now)["act"] == "reassign"
        assert stands(db, roster_id) == before

    def test_of_two_who_hand_it_over_at_once_the_second_is_told(self, db, town, now, roster_id):
        seat(db, now, town.outlet, MONDAY, town.lan)
        here = slot(db, town.outlet, MONDAY)
        seen = {here: town.lan}
        drop(db, roster_id, now, None, source=here, person_id=town.party, seen=seen)

        with pytest.raises(Conflict, match="slot_was_changed"):
            drop(db, roster_id, now, None, source=here, person_id=town.head, seen=seen)


class TestStale:
    def test_what_one_saw_empty_is_taken_by_now(self, db, town, now, roster_id):
        there = slot(db, town.outlet, MONDAY)
        assignments.seat(db, there.shift_id, town.party, by=Actor(town.head, "何远山"), now=now)

        with pytest.raises(Conflict) as refused:
            drop(db, roster_id, now, there, person_id=town.lan, seen={there: None})

        (told,) = sentences(refused.value, "zh")
        assert told.startswith("江北支行 3月2日 周一 第 1 个名额：您看到的是空缺，现在是吕莉（何远山 09:00 改的）")

    def test_whom_one_saw_has_left(self, db, town, now, roster_id):
        here = slot(db, town.outlet, MONDAY)

        with pytest.raises(Conflict, match="slot_was_freed"):
            drop(db, roster_id, now, None, source=here, seen={here: town.lan})

    def test_another_stands_there_than_whom_one_saw(self, db, town, now, roster_id):
        here = slot(db, town.outlet, MONDAY)
        seat(db, now, town.outlet, MONDAY, town.party)

        with pytest.raises(Conflict, match="slot_was_changed"):
            drop(db, roster_id, now, None, source=here, seen={here: town.lan})

    def test_what_one_saw_is_what_there_is(self, db, town, now, roster_id):
        here = slot(db, town.outlet, MONDAY)
        seat(db, now, town.outlet, MONDAY, town.lan)

        assert drop(db, roster_id, now, None, source=here, seen={here: town.lan}) == "release"


def told(db, roster_id, **whom):
    """By slot: how strictly it speaks against the person, and in which words."""
    found = rosters.refusals(db, roster_id, **whom)
    return {one.slot: (one.level, sentences(Conflict.of([one.problem]), "zh")[0]) for one in found}


class TestRefusals:
    def test_slots_that_say_no_and_slots_that_warn_are_told_beforehand(self, db, town, now, roster_id):
        night(db, town, roster_id, MONDAY, town.lan)
        away(db, now, town.lan, WEDNESDAY)

        found = told(db, roster_id, person_id=town.lan)

        assert found[slot(db, town.outlet, TUESDAY)] == ("warn", "兰草排在这里要写明理由：两班间隔过短。")
        assert found[slot(db, town.outlet, WEDNESDAY)][0] == "block"
        assert slot(db, town.outlet, date(2026, 3, 5)) not in found

    def test_a_duty_at_the_same_time_is_named_and_linked(self, db, town, now, roster_id):
        seat(db, now, town.community, SATURDAY, town.min)

        found = {one.slot: one for one in rosters.refusals(db, roster_id, person_id=town.min)}

        refused = found[slot(db, town.community, SATURDAY, 2)]
        assert (refused.level, refused.other) == ("block", slot(db, town.community, SATURDAY))
        assert refused.other_day == SATURDAY.isoformat()
        assert found[slot(db, town.outlet, MONDAY)].problem.facts["refusal"] == "party"

    def test_who_leaves_a_slot_is_not_held_back_by_it(self, db, town, now, roster_id):
        here = slot(db, town.community, SATURDAY)
        seat(db, now, town.community, SATURDAY, town.min)

        assert slot(db, town.community, SATURDAY, 2) not in told(db, roster_id, source=here)

    def test_two_who_may_not_change_places_are_told_so(self, db, town, now, roster_id):
        here, there = slot(db, town.community, SATURDAY), slot(db, town.outlet, MONDAY)
        seat(db, now, town.community, SATURDAY, town.min)
        seat(db, now, town.outlet, MONDAY, town.lan)

        assert told(db, roster_id, source=here)[there] == ("block", "闵行不能排在这里：不是党员。")

    def test_what_is_refused_beforehand_is_refused_when_dropped(self, db, town, now, roster_id):
        night(db, town, roster_id, MONDAY, town.lan)
        away(db, now, town.lan, WEDNESDAY)
        found = told(db, roster_id, person_id=town.lan)

        for number, day in enumerate(date(2026, 3, day) for day in (2, 3, 4, 5, 6)):
            target = slot(db, town.outlet, day)
            if target in found:
                with pytest.raises(Conflict):
                    drop(db, roster_id, now, target, person_id=town.lan)
            elif number < 4:
                drop(db, roster_id, now, target, person_id=town.lan)

    def test_nobody_by_that_name_is_not_found(self, db, town, roster_id):
        for whom in ({"person_id": 999}, {"source": slot(db, town.outlet, MONDAY)}):
            with pytest.raises(NotFound):
                rosters.refusals(db, roster_id, **whom)

    def test_the_number_of_statements_does_not_grow(self, db, town, now, roster_id):
        few = statements(db, lambda: rosters.refusals(db, roster_id, person_id=town.lan))
        for day in (MONDAY, TUESDAY, WEDNESDAY):
            seat(db, now, town.outlet, day, town.lan)

        assert statements(db, lambda: rosters.refusals(db, roster_id, person_id=town.lan)) == few
