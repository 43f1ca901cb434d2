"""Who was there without being assigned, and who came in whose place."""

from __future__ import annotations

from datetime import date, time

import pytest

from scheduler import attendance, clock, ledger
from scheduler.audit import Actor, history
from scheduler.database import update, value
from scheduler.errors import Conflict, Invalid, NotFound
from tests.builders import assigned, held, shift

MONDAY = date(2026, 3, 2)
CHEN = Actor(None, "陈静")


@pytest.fixture
def later(db):
    return clock.midnight(date(2026, 3, 5), db.zone)


def supplement(db, shift_id, person_id, now, **more):
    return attendance.supplement(db, shift_id, person_id, **({"reason": "临时替班"} | more), by=CHEN, now=now)


def trips(db):
    return [(entry["staff_no"], entry["trips"], entry["source"], entry["reason"]) for entry in ledger.dump(db)]


def test_one_came_in_the_place_of_another_and_both_stay_to_be_seen(db, town, later):
    shift_id = held(db, town, MONDAY, [town.party, town.lan], absent=[town.lan])

    entry_id = supplement(db, shift_id, town.min, later, instead_of=assigned(db, shift_id, town.lan))

    assert trips(db)[1] == ("0005", 1, "supplemented", "临时替班")
    (row,) = attendance.others(db, shift_id)
    assert (row["id"], row["evidence"]) == (entry_id, {"instead_of": "兰草", "staff_no": "0004"})
    assert [(row["name"], row["state"]) for row in attendance.sheet(db, shift_id)] == [
        ("吕莉", "present"), ("兰草", "absent"),
    ]  # fmt: skip
    assert history(db, "shift", shift_id)[0]["act"] == "supplement"
    assert ledger.verify(db) is None


def test_what_was_supplemented_is_taken_back_with_a_reason_and_may_come_again(db, town, later):
    shift_id = held(db, town, MONDAY, [town.party])
    entry_id = supplement(db, shift_id, town.min, later)

    with pytest.raises(Invalid):
        attendance.take_back(db, shift_id, entry_id, reason="", by=CHEN, now=later)
    with pytest.raises(NotFound):
        attendance.take_back(db, shift_id, 1, reason="是名单上的人", by=CHEN, now=later)
    attendance.take_back(db, shift_id, entry_id, reason="认错了人", by=CHEN, now=later)
    supplement(db, shift_id, town.min, later)

    assert [(row["person"], row["reversed_by"] is None) for row in attendance.others(db, shift_id)] == [
        ("闵行", False), ("闵行", True),
    ]  # fmt: skip


def test_one_who_is_listed_as_absent_is_marked_present(db, town, later):
    shift_id = held(db, town, MONDAY, [town.party, town.lan], absent=[town.lan])

    supplement(db, shift_id, town.lan, later)

    assert [row["state"] for row in attendance.sheet(db, shift_id)] == ["present", "present"]
    assert attendance.others(db, shift_id) == []


def test_a_shift_set_down_as_not_held_was_held_after_all(db, town, later):
    shift_id = held(db, town, MONDAY, [])
    assert value(db, "SELECT state FROM shift") == "cancelled"

    supplement(db, shift_id, town.min, later)

    assert value(db, "SELECT state FROM shift") == "held"


def test_nobody_is_credited_twice_nor_at_two_places_nor_outside_of_their_days(db, town, later):
    first = held(db, town, MONDAY, [town.party])
    second = held(db, town, MONDAY, [town.lan], starts=time(16, 0), ends=time(18, 0), place_id=town.community)
    update(db, "person", town.bo, left_on="2026-03-01")
    coming = shift(db, town, date(2026, 3, 9), [town.lan])

    for shift_id, person_id, code in (
        (first, town.party, "trip_already_credited"),
        (second, town.party, "trip_elsewhere"),
        (second, town.bo, "not_here_that_day"),
        (coming, town.min, "not_confirmed_yet"),
    ):
        with pytest.raises(Conflict) as refused:
            supplement(db, shift_id, person_id, later)
        assert refused.value.code == code
    with pytest.raises(Invalid):
        supplement(db, first, town.min, later, reason=" ")
    with pytest.raises(Invalid) as unknown:
        supplement(db, first, town.min, later, instead_of=assigned(db, first, town.party))
    assert unknown.value.code == "unknown_assignment"
    assert len(trips(db)) == 2


def test_a_coordinator_supplements_on_the_shifts_page_and_takes_it_back(as_coordinator, db, town, watch, later):
    watch.now = later
    shift_id = held(db, town, MONDAY, [town.party, town.lan], absent=[town.lan])
    path = f"/shifts/{shift_id}/attendance/others"
    data = {"staff_no": "0005", "instead_of": str(assigned(db, shift_id, town.lan)), "reason": ""}

    refused = as_coordinator.post(path, data=data)
    strange = as_coordinator.post(path, data=data | {"staff_no": "9999", "reason": "替班"})
    done = as_coordinator.post(path, data=data | {"reason": "替班"}, follow_redirects=True)

    assert (refused.status_code, 'value="0005"' in refused.text) == (422, True)
    assert strange.status_code == 422
    assert "已补录 1 人次。" in done.text
    assert "替 兰草" in done.text
    (row,) = attendance.others(db, shift_id)
    assert as_coordinator.post(f"{path}/{row['id']}", data={"reason": ""}).status_code == 422
    gone = as_coordinator.post(f"{path}/{row['id']}", data={"reason": "认错了人"}, follow_redirects=True)
    assert "已冲销 1 人次。" in gone.text
    assert trips(db)[-1] == ("0005", -1, "supplemented", "认错了人")
