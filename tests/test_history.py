"""Steps undone and done again: by whom they were, only while nothing stands in the way, and never out of the audit."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest

from scheduler import assignments, clock, duties, people, rosters, rules
from scheduler.audit import SYSTEM, Actor
from scheduler.audit import history as audited
from scheduler.database import rows, value
from scheduler.errors import Conflict, NotFound
from scheduler.wording import sentence
from tests import builders
from tests.builders import assigned

MONDAY, TUESDAY, SATURDAY = date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 7)


@pytest.fixture
def draft(db, town, now):
    return builders.drafted(db, town, now)


@pytest.fixture
def lili(town):
    return Actor(town.party, "吕莉")


@pytest.fixture
def he(town):
    return Actor(town.head, "何远山")


def shift_on(db, place_id, day):
    return value(db, "SELECT id FROM shift WHERE place_id = :place_id AND day = :day", place_id=place_id, day=str(day))


def seated(db, town, now, person_id, day=MONDAY, by=SYSTEM):
    place_id = town.community if day == SATURDAY else town.outlet
    return assignments.seat(db, shift_on(db, place_id, day), person_id, override="自愿", by=by, now=now)


def standing(db):
    """Everybody who stands anywhere: shift, slot, person, fixed."""
    sql = "SELECT shift_id, slot, person_id, fixed FROM assignment WHERE state <> 'released' ORDER BY shift_id, slot"
    return [tuple(row.values()) for row in rows(db, sql)]


def refused(act, *args, **more):
    with pytest.raises(Conflict) as refusal:
        act(*args, **more)
    return refusal.value.problems[0]


def away(db, person_id, day, now):
    first = clock.midnight(day, db.zone)
    until = first + timedelta(days=1)
    people.add_away(db, person_id, kind="leave", starts_at=first, ends_at=until, by=SYSTEM, now=now)


def seat(db, town, now, by):
    seated(db, town, now, town.lan, TUESDAY, by=by)


def release(db, town, now, by):
    assignments.release(db, assigned(db, shift_on(db, town.outlet, MONDAY), town.lan), by=by, now=now)


def move(db, town, now, by):
    lan = assigned(db, shift_on(db, town.outlet, MONDAY), town.lan)
    assignments.move(db, lan, shift_on(db, town.outlet, TUESDAY), by=by, now=now)


def swap(db, town, now, by):
    lan = assigned(db, shift_on(db, town.outlet, MONDAY), town.lan)
    other = assigned(db, shift_on(db, town.community, SATURDAY), town.party)
    assignments.swap(db, lan, other, by=by, now=now)


def fix(db, town, now, by):
    assignments.fix(db, assigned(db, shift_on(db, town.outlet, MONDAY), town.lan), by=by, now=now)


def fill(db, town, now, by):
    rosters.fill(db, 1, by=by, now=now)


@pytest.mark.parametrize("act", [seat, release, move, swap, fix, fill])
def test_every_step_is_undone_and_done_again_as_one(db, town, draft, now, lili, act):
    seated(db, town, now, town.lan)
    seated(db, town, now, town.party, SATURDAY)
    before = standing(db)
    act(db, town, now, lili)
    after = standing(db)

    rosters.undo(db, draft, by=lili, now=now)
    undone = standing(db)
    rosters.redo(db, draft, by=lili, now=now)

    assert before != after
    assert (undone, standing(db)) == (before, after)


def test_steps_are_undone_in_their_order_and_done_again_in_theirs(db, town, draft, now, lili):
    for day in (MONDAY, TUESDAY):
        seated(db, town, now, town.lan, day, by=lili)

    rosters.undo(db, draft, by=lili, now=now)
    first = [seat[0] for seat in standing(db)]
    rosters.undo(db, draft, by=lili, now=now)
    rosters.redo(db, draft, by=lili, now=now)

    assert first == [seat[0] for seat in standing(db)] == [shift_on(db, town.outlet, MONDAY)]
    assert refused(rosters.redo, db, draft, by=Actor(town.head, "何远山"), now=now).code == "nothing_to_redo"


def test_each_undoes_their_own_steps(db, town, draft, now, lili, he):
    seated(db, town, now, town.lan, MONDAY, by=lili)
    seated(db, town, now, town.party, TUESDAY, by=he)

    rosters.undo(db, draft, by=lili, now=now)

    assert [seat[2] for seat in standing(db)] == [town.party]
    assert refused(rosters.undo, db, draft, by=lili, now=now).code == "nothing_to_undo"


def test_a_step_of_somebody_else_is_undone_when_it_is_named(db, town, draft, now, lili, he):
    seated(db, town, now, town.lan, MONDAY, by=lili)

    told = rosters.undo(db, draft, rosters.history(db, draft)[0]["id"], by=he, now=now)

    assert standing(db) == []
    assert (told["actor"], told["state"], told["undone_by"]) == ("吕莉", "undone", "何远山")


def test_after_a_new_step_what_was_undone_stays_so(db, town, draft, now, lili):
    seated(db, town, now, town.lan, MONDAY, by=lili)
    rosters.undo(db, draft, by=lili, now=now)
    seated(db, town, now, town.lan, TUESDAY, by=lili)

    assert refused(rosters.redo, db, draft, by=lili, now=now).code == "nothing_to_redo"
    assert rosters.next_steps(db, draft, by=lili)[1] is None


def test_a_person_who_is_away_by_now_is_not_put_back(db, town, draft, now, lili):
    seated(db, town, now, town.lan)
    release(db, town, now, lili)
    away(db, town.lan, MONDAY, now)

    problem = refused(rosters.undo, db, draft, by=lili, now=now)

    assert sentence(problem, "zh") == "兰草 3月2日 周一 至 3月2日 周一 请假。"
    assert standing(db) == []


def test_a_slot_that_somebody_else_was_given_since_is_named(db, town, draft, now, lili, he):
    seated(db, town, now, town.lan)
    release(db, town, now, lili)
    seated(db, town, now, town.party, by=he)

    problem = refused(rosters.undo, db, draft, by=lili, now=now)

    assert sentence(problem, "zh") == "江北支行 3月2日 周一 的第 1 个名额已由吕莉值班。"
    assert [seat[2] for seat in standing(db)] == [town.party]


def test_a_seat_that_was_changed_since_is_named(db, town, draft, now, lili, he):
    seated(db, town, now, town.lan, by=lili)
    release(db, town, now, he)

    problem = refused(rosters.undo, db, draft, by=lili, now=now)

    assert sentence(problem, "zh") == "江北支行 3月2日 周一 之后又改过：兰草已不在那个名额上。没有撤销任何改动。"


def test_a_seat_that_somebody_fixed_since_is_not_taken_away(db, town, draft, now, lili, he):
    seated(db, town, now, town.lan, by=lili)
    fix(db, town, now, he)

    assert refused(rosters.undo, db, draft, by=lili, now=now).code == "step_is_overtaken_by_lock"
    assert len(standing(db)) == 1


def test_when_one_seat_of_a_fill_cannot_be_put_back_none_is(db, town, draft, now, lili):
    seated(db, town, now, town.lan)
    fill(db, town, now, lili)
    filled = standing(db)
    lan = next(seat for seat in filled if seat[2] != town.lan)
    assignments.release(db, assigned(db, lan[0], lan[2]), by=SYSTEM, now=now)
    left = standing(db)

    assert refused(rosters.undo, db, draft, by=lili, now=now).code == "step_is_overtaken"
    assert standing(db) == left


def test_shifts_that_were_taken_in_are_taken_out_again_as_one(db, town, draft, now, lili):
    builders.template(db, now, town.branch, [town.outlet], name="夜班", days="every")
    before = rosters.roster(db, draft)["shifts"]
    rosters.take_shifts(db, draft, by=lili, now=now)
    keys = {row["key"] for row in rows(db, "SELECT key FROM shift")}

    rosters.undo(db, draft, by=lili, now=now)
    undone = rosters.roster(db, draft)["shifts"]
    rosters.redo(db, draft, by=lili, now=now)

    assert (undone, rosters.roster(db, draft)["shifts"]) == (before, before + 28)
    assert {row["key"] for row in rows(db, "SELECT key FROM shift")} == keys


def test_a_shift_that_somebody_stands_by_now_is_not_taken_out(db, town, draft, now, lili):
    other = builders.place(db, now, town.branch, "江南支行")
    builders.template(db, now, town.branch, [other], name="夜班", days="every")
    rosters.take_shifts(db, draft, by=lili, now=now)
    assignments.seat(db, shift_on(db, other, MONDAY), town.lan, by=SYSTEM, now=now)

    problem = refused(rosters.undo, db, draft, by=lili, now=now)

    assert problem.code == "step_shift_is_taken"
    assert problem.facts == {"person": "兰草", "place": "江南支行", "day": MONDAY}


def test_an_undo_is_added_to_the_audit_and_takes_nothing_out(db, town, draft, now, lili):
    seated(db, town, now, town.lan, by=lili)
    before = value(db, "SELECT COUNT(*) FROM audit"), rosters.roster(db, draft)["version"]

    rosters.undo(db, draft, by=lili, now=now)

    assert value(db, "SELECT COUNT(*) FROM audit") == before[0] + 1
    assert rosters.roster(db, draft)["version"] == before[1] + 1
    noted = audited(db, "roster", draft)[0]
    assert (noted["act"], noted["facts"]["of"]) == ("undo", "seat")


def test_the_list_tells_who_did_what(db, town, draft, now, lili, he):
    seated(db, town, now, town.lan, by=lili)
    move(db, town, now, he)
    fill(db, town, now, lili)

    told = rosters.history(db, draft)

    place = {"place": "江北支行", "person": "兰草", "slot": 1}
    assert [(row["actor"], row["act"]) for row in told] == [("吕莉", "fill"), ("何远山", "move"), ("吕莉", "seat")]
    assert (told[1]["left"], told[1]["came"]) == ([place | {"day": MONDAY}], [place | {"day": TUESDAY}])
    assert (told[2]["left"], told[2]["came"]) == ([], [place | {"day": MONDAY}])
    assert told[0]["new"] - told[0]["gone"] == 27


def test_what_was_published_is_not_undone(db, town, draft, now, lili):
    seated(db, town, now, town.lan, by=lili)
    later = now + timedelta(minutes=1)
    rosters.publish(db, draft, by=lili, now=later)

    assert refused(rosters.undo, db, draft, by=lili, now=later).code == "step_is_published"
    assert rosters.next_steps(db, draft, by=lili) == (None, None)


def test_a_step_after_publication_is_undone_before_anybody_is_told(db, town, draft, now, lili):
    seated(db, town, now, town.lan)
    rosters.publish(db, draft, by=lili, now=now)
    later = now + timedelta(minutes=1)
    before = standing(db)
    move(db, town, later, lili)

    rosters.undo(db, draft, by=lili, now=later)

    assert standing(db) == before
    assert [duty["day"] for duty in assignments.duties_of(db, town.lan, MONDAY, SATURDAY)] == ["2026-03-02"]


@pytest.mark.parametrize("level", ["block", "warn"])
def test_a_step_against_a_rule_that_blocks_by_now_is_not_undone(db, town, draft, now, lili, level):
    """兰草 leaves Saturday; 闵行, of the same unit, takes the other slot."""
    rules.set_levels(db, town.branch, {"same_unit": level}, by=SYSTEM, now=now)
    released = seated(db, town, now, town.lan, SATURDAY)
    assignments.release(db, released, by=lili, now=now)
    saturday = shift_on(db, town.community, SATURDAY)
    assignments.seat(db, saturday, town.min, slot=2, override="自愿", by=SYSTEM, now=now)
    before = standing(db)

    if level == "block":
        problem = refused(rosters.undo, db, draft, by=lili, now=now)
        assert (problem.code, problem.facts, standing(db)) == ("rule_blocks", {"person": "兰草"}, before)
    else:
        rosters.undo(db, draft, by=lili, now=now)
        assert len(standing(db)) == 2


def test_undoing_twice_is_refused_and_names_who_did_it(db, town, draft, now, lili, he):
    seated(db, town, now, town.lan, by=lili)
    step = rosters.history(db, draft)[0]["id"]
    rosters.undo(db, draft, step, by=he, now=now)

    problem = refused(rosters.undo, db, draft, step, by=lili, now=now)

    assert sentence(problem, "en") == "何远山 has undone this step already."


def test_a_step_of_another_roster_is_not_found(db, town, draft, now, lili):
    seated(db, town, now, town.lan, by=lili)

    for roster_id, step_id in ((draft, 999), (999, None)):
        with pytest.raises(NotFound):
            rosters.undo(db, roster_id, step_id, by=lili, now=now)


def test_shifts_that_were_added_singly_are_taken_out_and_given_back(db, town, draft, now, lili):
    (shift_id,) = duties.add_shifts(
        db, draft, day=MONDAY, places=[town.community], activity="publicity", starts=time(14), ends=time(16),
        headcount=1, by=lili, now=now,
    )  # fmt: skip
    duties.remove_shift(db, shift_id, by=lili, now=now)

    rosters.undo(db, draft, by=lili, now=now)
    back = rosters.roster(db, draft)["shifts"]
    rosters.undo(db, draft, by=lili, now=now)

    assert (back, rosters.roster(db, draft)["shifts"]) == (25, 24)
    assert [(step["act"], step["shifts"]) for step in rosters.history(db, draft)] == [
        ("remove_shift", 1), ("add_shifts", 1),
    ]  # fmt: skip
