"""A fill that deals out only part of a roster, tells how far it is, and can be ended."""

from __future__ import annotations

import json
from datetime import date

import pytest

from scheduler import assignments, clock, rosters
from scheduler.audit import SYSTEM
from scheduler.database import connect, rows, update, value
from scheduler.errors import Conflict
from scheduler.rosters import Scope
from scheduler.rosters.progress import Watch
from tests import builders
from tests.conftest import SHANGHAI

MONDAY, TUESDAY, SATURDAY = date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 7)


@pytest.fixture
def draft(db, town, now):
    return builders.drafted(db, town, now)


def shift_on(db, place_id, day):
    return value(db, "SELECT id FROM shift WHERE place_id = :place_id AND day = :day", place_id=place_id, day=str(day))


def seated(db, now, shift_id, person_id):
    return assignments.seat(db, shift_id, person_id, override="自愿", by=SYSTEM, now=now)


def filled(db, draft, now, **scope):
    rosters.fill(db, draft, scope=Scope(**scope), by=SYSTEM, now=now)


def places_filled(db):
    """By place: on how many days somebody stands there."""
    sql = """
        SELECT place_id, COUNT(DISTINCT day) AS days FROM assignment JOIN shift ON shift.id = shift_id GROUP BY place_id
    """
    return {row["place_id"]: row["days"] for row in rows(db, sql)}


def all_on_one_person(db, town, now):
    """Every lobby duty of the first week is 兰草's: a fill would never leave it so."""
    days = [date(2026, 3, 2 + at) for at in range(5)]
    return [seated(db, now, shift_on(db, town.outlet, day), town.lan) for day in days]


def who_stands(db, ids):
    sql = "SELECT person_id FROM assignment WHERE id IN (SELECT value FROM json_each(:ids)) ORDER BY id"
    return [row["person_id"] for row in rows(db, sql, ids=json.dumps(ids))]


def test_only_what_is_empty_is_filled_and_nobody_moves(db, town, draft, now):
    ids = all_on_one_person(db, town, now)

    filled(db, draft, now, only_empty=True)

    assert who_stands(db, ids) == [town.lan] * 5
    assert rosters.roster(db, draft)["filled"] == 28


def test_only_the_places_that_are_named_are_filled(db, town, draft, now):
    filled(db, draft, now, places=frozenset({town.community}))

    assert places_filled(db) == {town.community: 4}


def test_only_the_days_that_are_named_are_filled(db, town, draft, now):
    filled(db, draft, now, first=MONDAY, last=TUESDAY)

    assert places_filled(db) == {town.outlet: 2}


def test_what_stands_outside_of_the_scope_stays(db, town, draft, now):
    ids = all_on_one_person(db, town, now)

    filled(db, draft, now, places=frozenset({town.community}))

    assert who_stands(db, ids) == [town.lan] * 5


def test_what_is_fixed_is_moved_only_when_that_was_asked_for(db, town, draft, now):
    ids = all_on_one_person(db, town, now)
    for assignment_id in ids:
        assignments.fix(db, assignment_id, by=SYSTEM, now=now)

    filled(db, draft, now)
    kept = who_stands(db, ids)
    filled(db, draft, now, locked=True)

    assert kept == [town.lan] * 5
    assert who_stands(db, ids) == []


def test_what_a_fill_would_do_is_told_in_numbers(db, town, draft, now):
    ids = all_on_one_person(db, town, now)
    assignments.fix(db, ids[0], by=SYSTEM, now=now)

    told = [
        rosters.reckoned(db, draft, scope, now=now)
        for scope in (Scope(), Scope(locked=True), Scope(only_empty=True), Scope(first=TUESDAY, last=SATURDAY))
    ]

    assert told == [
        {"slots": 28, "empty": 23, "moved": 4, "locked": 0, "published": 0},
        {"slots": 28, "empty": 23, "moved": 5, "locked": 1, "published": 0},
        {"slots": 28, "empty": 23, "moved": 0, "locked": 0, "published": 0},
        {"slots": 6, "empty": 2, "moved": 4, "locked": 0, "published": 0},
    ]


def test_a_scope_is_kept_with_the_fill_that_was_asked_for(db, town, draft, now):
    rosters.ask_fill(db, draft, scope=Scope(places=frozenset({town.outlet}), last=TUESDAY), by=SYSTEM, now=now)

    rosters.fill_asked(db, now=now)

    assert places_filled(db) == {town.outlet: 2}


def test_the_stages_of_a_fill_are_told_when_it_is_over(db, town, draft, now):
    rosters.ask_fill(db, draft, by=SYSTEM, now=now)
    rosters.fill_asked(db, now=now)

    told = rosters.progress(rosters.roster(db, draft))

    assert {state for _, _, state in told["stages"]} == {"done"}
    assert told["done"] == 5


def test_a_running_fill_says_where_it_is_at_most_twice_a_second(db, town, draft, now):
    update(db, "roster", draft, fill_state="running")
    seconds = iter([0.0, 1.0, 1.1, 1.2, 1.4, 1.8])
    watch = Watch(db, draft, tick=lambda: next(seconds))

    told = []
    for stage, price, bound in [("flow", None, None), ("sweep", 120.0, 100.0), ("sweep", 115.0, 100.0),
                                ("sweep", 112.0, 100.0), ("chains", 110.0, 100.0)]:  # fmt: skip
        watch.told(stage, price, bound)
        told.append(rosters.progress(rosters.roster(db, draft))["price"])

    assert told == [None, 120.0, 120.0, 120.0, 110.0]
    now_at = rosters.progress(rosters.roster(db, draft))
    assert [(word, state) for word, _, state in now_at["stages"]] == [
        ("read", "done"), ("first", "done"), ("improve", "now"), ("prove", "later"), ("write", "later"),
    ]  # fmt: skip
    assert (now_at["gap"], now_at["seconds"]) == (0.1, 1.8)


def test_somebody_who_writes_for_long_does_not_stop_a_fill(db, town, draft, now, tmp_path):
    db.conn.execute("VACUUM INTO :path", {"path": str(tmp_path / "copy.sqlite3")})
    copy = connect(tmp_path / "copy.sqlite3", SHANGHAI, busy_seconds=0.01)
    other = connect(tmp_path / "copy.sqlite3", SHANGHAI)
    other.conn.execute("BEGIN IMMEDIATE")

    Watch(copy, draft).told("flow", None, None)

    other.conn.execute("ROLLBACK")
    assert rosters.roster(copy, draft)["fill_progress"] == "{}"


def test_a_fill_that_waits_is_cancelled_at_once(db, town, draft, now):
    rosters.ask_fill(db, draft, by=SYSTEM, now=now)

    rosters.cancel_fill(db, draft, keep=False, by=SYSTEM, now=now)

    assert rosters.fill_asked(db, now=now) == 0
    assert rosters.roster(db, draft)["fill_state"] == "none"


def cancelled_by(db, draft, now, *, keep):
    """Somebody who cancels the fill as soon as it has begun."""

    def told(stage, _price, _bound):
        if stage == "flow":
            rosters.cancel_fill(db, draft, keep=keep, by=SYSTEM, now=now)

    update(db, "roster", draft, fill_state="running")
    return {"progress": told, "cancelled": lambda: True}


def test_a_fill_that_is_ended_keeps_what_it_has_found(db, town, draft, now):
    rosters.fill(db, draft, by=SYSTEM, now=now, **cancelled_by(db, draft, now, keep=True))

    roster = rosters.roster(db, draft)
    assert (roster["filled"], roster["fill_state"], roster["fill_cancel"]) == (28, "done", "")


def test_a_fill_that_is_cancelled_writes_nothing(db, town, draft, now):
    with pytest.raises(Conflict, match="fill_was_cancelled"):
        rosters.fill(db, draft, by=SYSTEM, now=now, **cancelled_by(db, draft, now, keep=False))

    assert rosters.roster(db, draft)["filled"] == 0


def test_there_is_nothing_to_cancel_where_nothing_runs(db, town, draft, now):
    with pytest.raises(Conflict, match="fill_is_not_running"):
        rosters.cancel_fill(db, draft, keep=True, by=SYSTEM, now=now)


def test_unfilled_shifts_are_told_with_the_causes_of_the_last_fill(db, town, draft, now):
    builders.template(db, now, town.branch, [town.outlet], name="双语", skills=["英语"], days="weekdays", weekdays=[0])
    rosters.take_shifts(db, draft, by=SYSTEM, now=now)
    filled(db, draft, now)

    told = rosters.gaps(db, draft)

    assert [(gap["day"], gap["missing"], gap["slot"], gap["reasons"]) for gap in told] == [
        (day, 1, 1, {"skill": 6}) for day in ("2026-03-02", "2026-03-09", "2026-03-16", "2026-03-23")
    ]
    assert [(place["place"], place["empty"]) for place in rosters.places_of(db, draft)] == [
        ("江北支行", 4), ("东风路社区", 0),
    ]  # fmt: skip


def gaps_in_public(db, town, now):
    """A published month with its first two lobby duties given up since; gives who stood them."""
    roster_id = builders.published(db, town, now)
    sql = """
        SELECT assignment.id, person_id FROM assignment JOIN shift ON shift.id = shift_id
        WHERE place_id = :place_id ORDER BY day LIMIT 2
    """
    gone = rows(db, sql, place_id=town.outlet)
    for row in gone:
        assignments.release(db, row["id"], by=SYSTEM, now=now)
    return roster_id, [row["person_id"] for row in gone]


def test_what_is_published_stays_unless_it_was_asked_for(db, town, now):
    roster_id, _ = gaps_in_public(db, town, now)

    numbers = [
        (told["moved"], told["published"], told["empty"])
        for told in (rosters.reckoned(db, roster_id, scope, now=now) for scope in (Scope(), Scope(published=True)))
    ]
    filled(db, roster_id, now)

    assert numbers == [(0, 0, 2), (26, 26, 2)]
    assert rosters.roster(db, roster_id)["filled"] == 28


def test_nobody_is_told_of_a_fill_before_the_next_publication(db, town, now):
    roster_id, _ = gaps_in_public(db, town, now)
    first, last = builders.MARCH
    before = {person_id: assignments.duties_of(db, person_id, first, last) for person_id in (town.lan, town.party)}

    filled(db, roster_id, now, published=True)

    after = {person_id: assignments.duties_of(db, person_id, first, last) for person_id in (town.lan, town.party)}
    assert {id: [duty["day"] for duty in duties] for id, duties in after.items()} == {
        id: [duty["day"] for duty in duties] for id, duties in before.items()
    }
    assert rosters.roster(db, roster_id)["filled"] == 28


def test_shifts_that_have_begun_stay_as_they_are(db, town, now):
    roster_id, _ = gaps_in_public(db, town, now)
    later = clock.midnight(date(2026, 3, 3), db.zone)  # the first of the two gaps is over

    told = rosters.reckoned(db, roster_id, Scope(), now=later)
    rosters.fill(db, roster_id, by=SYSTEM, now=later)

    assert told["empty"] == 1
    assert rosters.roster(db, roster_id)["filled"] == 27


def test_a_fill_of_a_published_roster_is_undone_as_one(db, town, now):
    roster_id, _ = gaps_in_public(db, town, now)
    before = rows(db, "SELECT shift_id, slot, person_id FROM assignment WHERE state <> 'released' ORDER BY 1, 2")

    filled(db, roster_id, now, published=True)
    rosters.undo(db, roster_id, by=SYSTEM, now=now)

    assert (
        rows(db, "SELECT shift_id, slot, person_id FROM assignment WHERE state <> 'released' ORDER BY 1, 2") == before
    )
