"""People moved to another slot, two changing places: all of it or nothing, and refused with the cause."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from scheduler import assignments, clock, people, rosters
from scheduler.audit import SYSTEM, history
from scheduler.database import rows, value
from scheduler.errors import Conflict
from tests import builders
from tests.builders import assigned

MONDAY, TUESDAY = date(2026, 3, 2), date(2026, 3, 3)
SATURDAY, NEXT_SATURDAY = date(2026, 3, 7), date(2026, 3, 14)


@pytest.fixture
def draft(db, town, now):
    return builders.drafted(db, town, now)


def shift_on(db, place_id, day):
    return value(db, "SELECT id FROM shift WHERE place_id = :place_id AND day = :day", place_id=place_id, day=str(day))


def seated(db, now, shift_id, person_id):
    return assignments.seat(db, shift_id, person_id, by=SYSTEM, now=now)


def standing(db, shift_id):
    """By slot: who stands it."""
    sql = "SELECT slot, person_id FROM assignment WHERE shift_id = :id AND state <> 'released' ORDER BY slot"
    return {row["slot"]: row["person_id"] for row in rows(db, sql, id=shift_id)}


def reminded(db, person_id):
    """When the reminders that still wait for a person fall due."""
    sql = """
        SELECT due_at FROM reminder JOIN assignment ON assignment.id = reminder.assignment_id
        WHERE person_id = :id AND reminder.state = 'due' ORDER BY due_at
    """
    return [row["due_at"] for row in rows(db, sql, id=person_id)]


def test_a_person_is_moved_to_another_day_and_their_old_slot_is_free(db, town, draft, now):
    monday, tuesday = shift_on(db, town.outlet, MONDAY), shift_on(db, town.outlet, TUESDAY)
    old = seated(db, now, monday, town.lan)

    new = assignments.move(db, old, tuesday, by=SYSTEM, now=now)

    assert (standing(db, monday), standing(db, tuesday)) == ({}, {1: town.lan})
    assert assigned(db, tuesday, town.lan) == new


def test_a_person_is_moved_to_another_slot_of_their_own_shift(db, town, draft, now):
    saturday = shift_on(db, town.community, SATURDAY)
    old = seated(db, now, saturday, town.min)

    assignments.move(db, old, saturday, 2, by=SYSTEM, now=now)

    assert standing(db, saturday) == {2: town.min}


def test_a_fixed_assignment_stays_fixed_where_it_is_moved_to(db, town, draft, now):
    old = seated(db, now, shift_on(db, town.outlet, MONDAY), town.lan)
    assignments.fix(db, old, by=SYSTEM, now=now)

    new = assignments.move(db, old, shift_on(db, town.outlet, TUESDAY), by=SYSTEM, now=now)

    assert value(db, "SELECT fixed FROM assignment WHERE id = :id", id=new) == 1


def test_a_move_to_a_slot_that_somebody_stands_names_them_and_moves_nobody(db, town, draft, now):
    monday, tuesday = shift_on(db, town.outlet, MONDAY), shift_on(db, town.outlet, TUESDAY)
    old = seated(db, now, monday, town.lan)
    seated(db, now, tuesday, town.party)

    with pytest.raises(Conflict) as refusal:
        assignments.move(db, old, tuesday, 1, by=SYSTEM, now=now)

    assert refusal.value.code == "slot_is_taken"
    assert refusal.value.problems[0].facts == {"place": "江北支行", "day": TUESDAY, "person": "吕莉", "slot": 1}
    assert (standing(db, monday), standing(db, tuesday)) == ({1: town.lan}, {1: town.party})


def test_a_move_is_refused_as_seating_would_be_and_nothing_has_happened(db, town, draft, now):
    monday, saturday = shift_on(db, town.outlet, MONDAY), shift_on(db, town.community, SATURDAY)
    old = seated(db, now, saturday, town.min)

    with pytest.raises(Conflict) as refusal:
        assignments.move(db, old, monday, by=SYSTEM, now=now)

    assert refusal.value.code == "not_in_the_party"
    assert (standing(db, monday), standing(db, saturday)) == ({}, {1: town.min})


@pytest.mark.parametrize("slot", [0, 3])
def test_a_slot_that_the_shift_has_not_is_refused(db, town, draft, now, slot):
    old = seated(db, now, shift_on(db, town.community, SATURDAY), town.min)

    with pytest.raises(Conflict) as refusal:
        assignments.move(db, old, shift_on(db, town.community, NEXT_SATURDAY), slot, by=SYSTEM, now=now)

    assert refusal.value.code == "shift_has_no_such_slot"


def test_nobody_is_moved_into_another_roster(db, town, draft, now):
    april = rosters.draft(
        db, unit_id=town.branch, starts_on=date(2026, 3, 30), ends_on=date(2026, 4, 5), by=SYSTEM, now=now
    )
    old = seated(db, now, shift_on(db, town.outlet, MONDAY), town.lan)

    with pytest.raises(Conflict) as refusal:
        assignments.move(db, old, shift_on(db, town.outlet, date(2026, 3, 30)), by=SYSTEM, now=now)

    assert refusal.value.code == "shift_of_another_roster"
    assert rosters.roster(db, april)["filled"] == 0


def test_two_people_change_places(db, town, draft, now):
    monday, tuesday = shift_on(db, town.outlet, MONDAY), shift_on(db, town.outlet, TUESDAY)
    lan, party = seated(db, now, monday, town.lan), seated(db, now, tuesday, town.party)

    assignments.swap(db, lan, party, by=SYSTEM, now=now)

    assert (standing(db, monday), standing(db, tuesday)) == ({1: town.party}, {1: town.lan})


def test_two_people_change_slots_of_one_shift(db, town, draft, now):
    saturday = shift_on(db, town.community, SATURDAY)
    first, second = seated(db, now, saturday, town.min), seated(db, now, saturday, town.bo)

    assignments.swap(db, first, second, by=SYSTEM, now=now)

    assert standing(db, saturday) == {1: town.bo, 2: town.min}


def test_a_swap_that_one_of_the_two_may_not_make_moves_neither(db, town, draft, now):
    monday, saturday = shift_on(db, town.outlet, MONDAY), shift_on(db, town.community, SATURDAY)
    lan, bo = seated(db, now, monday, town.lan), seated(db, now, saturday, town.bo)

    with pytest.raises(Conflict) as refusal:
        assignments.swap(db, lan, bo, by=SYSTEM, now=now)

    assert refusal.value.problems[0].facts == {"person": "薄荷"}
    assert (standing(db, monday), standing(db, saturday)) == ({1: town.lan}, {1: town.bo})


def test_a_swap_with_oneself_is_refused(db, town, draft, now):
    first, second = (seated(db, now, shift_on(db, town.outlet, day), town.lan) for day in (MONDAY, TUESDAY))

    with pytest.raises(Conflict) as refusal:
        assignments.swap(db, first, second, by=SYSTEM, now=now)

    assert refusal.value.code == "swap_with_oneself"


def test_a_swap_is_one_audit_row_and_one_version(db, town, draft, now):
    monday, tuesday = shift_on(db, town.outlet, MONDAY), shift_on(db, town.outlet, TUESDAY)
    lan, party = seated(db, now, monday, town.lan), seated(db, now, tuesday, town.party)
    before = value(db, "SELECT COUNT(*) FROM audit"), rosters.roster(db, draft)["version"]

    first, _ = assignments.swap(db, lan, party, by=SYSTEM, now=now)

    assert (value(db, "SELECT COUNT(*) FROM audit"), rosters.roster(db, draft)["version"]) == (
        before[0] + 1,
        before[1] + 1,
    )
    assert [(row["act"], row["facts"]["other"]) for row in history(db, "assignment", first)] == [("swap", "吕莉")]


def test_a_move_into_leave_is_refused(db, town, draft, now):
    old = seated(db, now, shift_on(db, town.outlet, MONDAY), town.lan)
    away = clock.midnight(TUESDAY, db.zone), clock.midnight(TUESDAY + timedelta(days=1), db.zone)
    people.add_away(db, town.lan, kind="leave", starts_at=away[0], ends_at=away[1], by=SYSTEM, now=now)

    with pytest.raises(Conflict) as refusal:
        assignments.move(db, old, shift_on(db, town.outlet, TUESDAY), by=SYSTEM, now=now)

    assert refusal.value.code == "person_is_away"


def test_in_a_published_roster_reminders_follow_the_move(db, town, draft, now):
    old = seated(db, now, shift_on(db, town.outlet, MONDAY), town.lan)
    rosters.publish(db, draft, by=SYSTEM, now=now)
    assert reminded(db, town.lan) == ["2026-03-01T09:00:00Z", "2026-03-01T22:30:00Z"]

    assignments.move(db, old, shift_on(db, town.outlet, TUESDAY), by=SYSTEM, now=now)
    rosters.publish(db, draft, by=SYSTEM, now=now)

    assert reminded(db, town.lan) == ["2026-03-02T09:00:00Z", "2026-03-02T22:30:00Z"]
