"""Confirming who attended, by hand and by default, and putting it right afterwards."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, time, timedelta

import pytest

from scheduler import attendance, audit, clock, database, ledger, wording
from scheduler.audit import SYSTEM, Actor, history
from scheduler.database import one, update, value, write
from scheduler.errors import Conflict, Invalid, NotFound
from tests.builders import assigned, held, shift, unit

MONDAY = date(2026, 3, 2)
CHEN = Actor(None, "陈静")


@pytest.fixture
def evening(db):
    """Monday's shifts are over, Tuesday's are not."""
    return clock.instant(MONDAY, time(18, 0), db.zone)


def trips(db):
    return [(entry["staff_no"], entry["trips"], entry["source"]) for entry in ledger.dump(db)]


def states(db, shift_id):
    return [(row["staff_no"], row["state"], row["absence"]) for row in attendance.sheet(db, shift_id)]


def shift_state(db, shift_id):
    return value(db, "SELECT state FROM shift WHERE id = :id", id=shift_id)


def test_all_present_gives_each_person_one_trip(db, town, evening):
    shift_id = shift(db, town, MONDAY, [town.party, town.lan])

    assert attendance.confirm(db, shift_id, absent={}, by=CHEN, now=evening) == 2

    assert trips(db) == [("0003", 1, "roll_call"), ("0004", 1, "roll_call")]
    assert states(db, shift_id) == [("0003", "present", ""), ("0004", "present", "")]
    assert one(db, "SELECT state, confirmed_at, confirmed_by FROM shift WHERE id = :id", id=shift_id) == {
        "state": "held", "confirmed_at": "2026-03-02T10:00:00Z", "confirmed_by": "陈静",
    }  # fmt: skip
    (noted,) = history(db, "shift", shift_id)
    assert (noted["act"], noted["facts"]) == ("confirm", {"present": 2, "absent": 0, "source": "roll_call"})


def test_who_was_absent_gets_no_trip_and_keeps_the_reason(db, town, evening):
    shift_id = shift(db, town, MONDAY, [town.party, town.lan])

    attendance.confirm(db, shift_id, absent={assigned(db, shift_id, town.lan): " 病假 "}, by=CHEN, now=evening)

    assert trips(db) == [("0003", 1, "roll_call")]
    assert states(db, shift_id) == [("0003", "present", ""), ("0004", "absent", "病假")]


def test_a_shift_whose_people_were_all_absent_is_held_and_counts_nothing(db, town, evening):
    shift_id = shift(db, town, MONDAY, [town.party])

    attendance.confirm(db, shift_id, absent={assigned(db, shift_id, town.party): "病假"}, by=CHEN, now=evening)

    assert shift_state(db, shift_id) == "held"
    assert trips(db) == []


def test_a_shift_that_nobody_was_assigned_to_was_not_held(db, town, evening):
    shift_id = shift(db, town, MONDAY)

    assert attendance.confirm(db, shift_id, absent={}, by=CHEN, now=evening) == 0

    assert shift_state(db, shift_id) == "cancelled"
    assert [noted["act"] for noted in history(db, "shift", shift_id)] == ["cancel"]
    with pytest.raises(Conflict) as refused:
        attendance.confirm(db, shift_id, absent={}, by=CHEN, now=evening)
    assert refused.value.code == "shift_not_held"


def test_a_shift_that_is_not_over_is_not_confirmed(db, town, evening):
    shift_id = shift(db, town, MONDAY + timedelta(days=1), [town.party])

    with pytest.raises(Conflict) as refused:
        attendance.confirm(db, shift_id, absent={}, by=CHEN, now=evening)

    assert refused.value.problems[0].facts == {"ends": "2026-03-03 17:00"}
    assert shift_state(db, shift_id) == "planned"


def test_confirming_twice_is_refused_and_names_who_was_first(db, town, evening):
    shift_id = shift(db, town, MONDAY, [town.party])
    attendance.confirm(db, shift_id, absent={}, by=CHEN, now=evening)

    with pytest.raises(Conflict) as refused:
        attendance.confirm(db, shift_id, absent={}, by=SYSTEM, now=evening)

    assert refused.value.code == "already_confirmed"
    assert refused.value.problems[0].facts == {"who": "陈静", "when": "2026-03-02 18:00"}
    assert len(trips(db)) == 1


def test_a_shift_closed_by_default_is_said_to_be_confirmed_by_the_system(db, town, evening):
    shift_id = shift(db, town, MONDAY, [town.party])
    attendance.close_overdue(db, after=timedelta(0), now=evening)

    with pytest.raises(Conflict) as refused:
        attendance.confirm(db, shift_id, absent={}, by=CHEN, now=evening)

    assert wording.sentences(refused.value, "zh") == ["系统 已在 2026-03-02 18:00 确认过到岗。"]


def test_a_draft_is_not_confirmed(db, town, evening):
    shift_id = shift(db, town, MONDAY, [town.party], roster="draft")

    with pytest.raises(Conflict) as refused:
        attendance.confirm(db, shift_id, absent={}, by=CHEN, now=evening)

    assert refused.value.code == "not_published"


def test_a_shift_that_does_not_exist_is_not_found(db, town, evening):
    with pytest.raises(NotFound):
        attendance.confirm(db, 99, absent={}, by=CHEN, now=evening)


def test_every_wrong_absence_is_named_at_its_field_and_nothing_is_written(db, town, evening):
    shift_id = shift(db, town, MONDAY, [town.party, town.lan])
    silent, strange = assigned(db, shift_id, town.party), 999

    with pytest.raises(Invalid) as refused:
        attendance.confirm(db, shift_id, absent={silent: "  ", strange: "病假"}, by=CHEN, now=evening)

    assert [(problem.code, problem.field) for problem in refused.value.problems] == [
        ("absence_needs_reason", f"reason-{silent}"),
        ("unknown_assignment", f"reason-{strange}"),
    ]
    assert trips(db) == []
    assert states(db, shift_id) == [("0003", "planned", ""), ("0004", "planned", "")]


def test_a_released_person_is_not_on_the_list_and_not_credited(db, town, evening):
    shift_id = shift(db, town, MONDAY, [town.party, town.lan])
    update(db, "assignment", assigned(db, shift_id, town.lan), state="released", withdrawn_at="2026-02-28T01:00:00Z")

    attendance.confirm(db, shift_id, absent={}, by=CHEN, now=evening)

    assert states(db, shift_id) == [("0003", "present", "")]
    assert trips(db) == [("0003", 1, "roll_call")]


def test_overdue_shifts_are_closed_as_all_present_and_say_so(db, town, evening):
    first = shift(db, town, MONDAY, [town.party])
    second = shift(db, town, MONDAY + timedelta(days=1), [town.lan])

    assert attendance.close_overdue(db, after=timedelta(hours=24), now=evening + timedelta(days=1)) == 1
    assert attendance.close_overdue(db, after=timedelta(hours=24), now=evening + timedelta(days=1)) == 0

    assert (shift_state(db, first), shift_state(db, second)) == ("held", "planned")
    assert trips(db) == [("0003", 1, "default")]


def test_shifts_that_are_closed_together_are_each_closed_as_alone(db, town, evening):
    two = shift(db, town, MONDAY, [town.party, town.lan])
    nobody = shift(db, town, MONDAY, starts=time(9, 0))
    one_more = shift(db, town, MONDAY, [town.min], starts=time(10, 0))

    assert attendance.close_overdue(db, after=timedelta(0), now=evening) == 3

    assert [shift_state(db, shift_id) for shift_id in (two, nobody, one_more)] == ["held", "cancelled", "held"]
    noted = [history(db, "shift", shift_id) for shift_id in (two, nobody, one_more)]
    assert [[(row["act"], row["actor"], row["facts"]) for row in told] for told in noted] == [
        [("confirm", "system", {"present": 2, "absent": 0, "source": "default"})],
        [("cancel", "system", {"present": 0, "absent": 0, "source": "default"})],
        [("confirm", "system", {"present": 1, "absent": 0, "source": "default"})],
    ]
    assert (ledger.verify(db), audit.verify(db)) == (None, None)


def test_drafts_are_never_closed_by_default(db, town, evening):
    shift(db, town, MONDAY, [town.party], roster="draft")

    assert attendance.close_overdue(db, after=timedelta(0), now=evening) == 0


def test_a_shift_that_cannot_be_closed_does_not_stop_the_others(db, town, evening, caplog):
    poisoned = shift(db, town, MONDAY, [town.party])
    sound = [shift(db, town, MONDAY, [one], starts=time(9, 0)) for one in (town.lan, town.min)]
    with write(db):
        ledger.credit(db, {assigned(db, poisoned, town.party): "roll_call"}, by=SYSTEM, now=evening)

    assert attendance.close_overdue(db, after=timedelta(0), now=evening) == 2

    assert [shift_state(db, shift_id) for shift_id in (poisoned, *sound)] == ["planned", "held", "held"]
    assert caplog.messages == [f"shift {poisoned} cannot be closed: trip_already_credited"]


def test_a_person_wrongly_counted_is_taken_back_by_a_correction(db, town, evening):
    shift_id = held(db, town, MONDAY, [town.party, town.lan])

    attendance.mark_absent(db, assigned(db, shift_id, town.party), reason="当天在开会", by=CHEN, now=evening)

    assert states(db, shift_id) == [("0003", "absent", "当天在开会"), ("0004", "present", "")]
    assert trips(db) == [("0003", 1, "roll_call"), ("0004", 1, "roll_call"), ("0003", -1, "roll_call")]
    assert [row["reason"] for row in ledger.entries(db, shift_id)] == ["", "", "当天在开会"]


def test_a_person_wrongly_absent_is_credited_afterwards(db, town, evening):
    shift_id = held(db, town, MONDAY, [town.party, town.lan], absent=[town.lan])

    attendance.mark_present(db, assigned(db, shift_id, town.lan), reason="签到表上有", by=CHEN, now=evening)

    assert states(db, shift_id) == [("0003", "present", ""), ("0004", "present", "")]
    assert trips(db) == [("0003", 1, "roll_call"), ("0004", 1, "supplemented")]


def test_back_and_forth_leaves_every_step_in_the_ledger(db, town, evening):
    shift_id = held(db, town, MONDAY, [town.party])
    assignment_id = assigned(db, shift_id, town.party)

    attendance.mark_absent(db, assignment_id, reason="没有来", by=CHEN, now=evening)
    attendance.mark_present(db, assignment_id, reason="来了", by=CHEN, now=evening)
    attendance.mark_absent(db, assignment_id, reason="确实没有来", by=CHEN, now=evening)

    assert [entry[1] for entry in trips(db)] == [1, -1, 1, -1]
    assert ledger.verify(db) is None


def test_putting_right_what_is_right_already_is_refused(db, town, evening):
    shift_id = held(db, town, MONDAY, [town.party, town.lan], absent=[town.lan])

    with pytest.raises(Conflict) as present:
        attendance.mark_present(db, assigned(db, shift_id, town.party), reason="来了", by=CHEN, now=evening)
    with pytest.raises(Conflict) as absent:
        attendance.mark_absent(db, assigned(db, shift_id, town.lan), reason="没有来", by=CHEN, now=evening)

    assert (present.value.code, absent.value.code) == ("trip_already_credited", "already_absent")


def test_putting_right_needs_a_reason_and_a_confirmed_shift(db, town, evening):
    shift_id = shift(db, town, MONDAY, [town.party])
    assignment_id = assigned(db, shift_id, town.party)

    with pytest.raises(Conflict) as early:
        attendance.mark_absent(db, assignment_id, reason="没有来", by=CHEN, now=evening)
    with pytest.raises(Invalid) as silent:
        attendance.mark_absent(db, assignment_id, reason=" ", by=CHEN, now=evening)
    with pytest.raises(NotFound):
        attendance.mark_absent(db, 999, reason="没有来", by=CHEN, now=evening)

    assert (early.value.code, silent.value.code) == ("not_confirmed_yet", "required")


def test_finished_shifts_wait_for_their_coordinator_oldest_first(db, town, now, evening):
    later = shift(db, town, MONDAY, [town.party], starts=time(13, 0))
    earlier = shift(db, town, MONDAY - timedelta(days=1), [town.lan])
    shift(db, town, MONDAY + timedelta(days=1), [town.min])
    elsewhere = unit(db, now, "平昌县支行", town.branch)

    found = attendance.waiting(db, [town.branch], now=evening)

    assert [(row["id"], row["seated"], row["waiting"]) for row in found] == [(earlier, 1, 2), (later, 1, 2)]
    assert attendance.waiting(db, [elsewhere], now=evening) == []
    assert [row["waiting"] for row in attendance.waiting(db, [town.branch], now=evening, limit=1)] == [2]


def test_a_thousand_trips_are_confirmed_in_a_moment(db, town, evening):
    shifts = [shift(db, town, MONDAY - timedelta(days=n), [town.party, town.lan]) for n in range(500)]
    before = db.conn.total_changes

    for shift_id in shifts:
        attendance.confirm(db, shift_id, absent={}, by=CHEN, now=evening)

    assert len(trips(db)) == 1000
    assert (db.conn.total_changes - before) / len(shifts) == 26  # 2 seats, 1 shift, 2 entries, 1 audit row; 20 totals


def test_of_many_who_confirm_one_shift_at_once_one_is_first(app, settings, db, town, evening):
    """`app` asks for a database in a file, so that every thread has a connection of its own."""
    shift_id = shift(db, town, MONDAY, [town.party, town.lan])

    def confirm(number: int) -> str:
        own = database.connect(settings.database, db.zone)
        try:
            attendance.confirm(own, shift_id, absent={}, by=Actor(None, f"排班员 {number}"), now=evening)
        except Conflict as refusal:
            return refusal.code
        finally:
            own.close()
        return "confirmed"

    with ThreadPoolExecutor(8) as pool:
        told = sorted(pool.map(confirm, range(8)))

    assert told == ["already_confirmed"] * 7 + ["confirmed"]
    assert [entry[:2] for entry in trips(db)] == [("0003", 1), ("0004", 1)]
    assert ledger.verify(db) is None


def test_entries_of_many_writers_make_one_chain(app, settings, db, town, evening):
    shifts = [shift(db, town, MONDAY - timedelta(days=number), [town.party]) for number in range(24)]

    def confirm(shift_id: int) -> int:
        own = database.connect(settings.database, db.zone)
        try:
            return attendance.confirm(own, shift_id, absent={}, by=CHEN, now=evening)
        finally:
            own.close()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(confirm, shifts)) == 24

    assert [entry["entry"] for entry in ledger.dump(db)] == list(range(1, 25))
    assert ledger.verify(db) is None
