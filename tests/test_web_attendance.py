"""The roll call on the pages: who may call it, what is kept when it is refused, how it is put right."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from scheduler import attendance, clock, ledger
from scheduler.database import value
from tests.builders import assigned, held, person, shift, unit
from tests.conftest import signed_in

MONDAY = date(2026, 3, 2)


@pytest.fixture
def now(db):
    """Tuesday noon: Monday's shifts are over."""
    return clock.midnight(MONDAY + timedelta(days=1), db.zone) + timedelta(hours=12)


@pytest.fixture
def watch_now(watch, now):
    watch.now = now


def trips(db):
    return [(entry["staff_no"], entry["trips"], entry["source"]) for entry in ledger.dump(db)]


def sheet(client, shift_id):
    return client.get(f"/shifts/{shift_id}/attendance").get_data(as_text=True)


def test_finished_shifts_wait_for_their_coordinator(as_coordinator, db, town):
    shift_id = shift(db, town, MONDAY, [town.lan])
    shift(db, town, MONDAY + timedelta(days=1), [town.min])

    page = as_coordinator.get("/attendance").get_data(as_text=True)

    assert "1 班已结束" in page
    assert f"/shifts/{shift_id}/attendance" in page


def test_when_nothing_waits_the_page_says_so(as_coordinator):
    assert "没有待确认的班次" in as_coordinator.get("/attendance").get_data(as_text=True)


def test_all_present_is_the_default(as_coordinator, db, town):
    shift_id = shift(db, town, MONDAY, [town.lan, town.min])
    assert "默认全员到岗" in sheet(as_coordinator, shift_id)

    answer = as_coordinator.post(f"/shifts/{shift_id}/attendance", data={})

    assert (answer.status_code, answer.headers["Location"]) == (303, f"/shifts/{shift_id}/attendance")
    assert trips(db) == [("0004", 1, "roll_call"), ("0005", 1, "roll_call")]
    page = sheet(as_coordinator, shift_id)
    assert "记入台账 2 人次" in page
    assert "吕莉 于 3月3日 周二 12:00 确认" in page


def test_an_exception_is_ticked_with_its_reason(as_coordinator, db, town):
    shift_id = shift(db, town, MONDAY, [town.lan, town.min])
    absent = assigned(db, shift_id, town.min)

    as_coordinator.post(f"/shifts/{shift_id}/attendance", data={"absent": absent, f"reason-{absent}": "病假"})

    assert trips(db) == [("0004", 1, "roll_call")]
    assert "病假" in sheet(as_coordinator, shift_id)


def test_a_tick_without_a_reason_keeps_the_tick_and_says_what_is_missing(as_coordinator, db, town):
    shift_id = shift(db, town, MONDAY, [town.lan, town.min])
    absent = assigned(db, shift_id, town.min)

    answer = as_coordinator.post(f"/shifts/{shift_id}/attendance", data={"absent": absent})

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "请写明闵行缺勤的理由。" in page
    assert f'value="{absent}" checked' in page
    assert trips(db) == []


def test_a_reason_without_a_tick_is_asked_about(as_coordinator, db, town):
    shift_id = shift(db, town, MONDAY, [town.lan])
    field = f"reason-{assigned(db, shift_id, town.lan)}"

    answer = as_coordinator.post(f"/shifts/{shift_id}/attendance", data={field: "病假"})

    assert answer.status_code == 422
    assert "兰草写了缺勤理由却没有勾选缺勤" in answer.get_data(as_text=True)
    assert 'value="病假"' in answer.get_data(as_text=True)
    assert trips(db) == []


@pytest.mark.parametrize("absent", ["abc", "-1", "999999999999999999999", "99"])
def test_an_assignment_that_is_none_is_refused(as_coordinator, db, town, absent):
    shift_id = shift(db, town, MONDAY, [town.lan])

    answer = as_coordinator.post(f"/shifts/{shift_id}/attendance", data={"absent": absent, f"reason-{absent}": "x"})

    assert answer.status_code == 422
    assert trips(db) == []


def test_a_second_confirmation_is_told_who_was_first(as_coordinator, db, town):
    shift_id = shift(db, town, MONDAY, [town.lan])
    as_coordinator.post(f"/shifts/{shift_id}/attendance", data={})

    answer = as_coordinator.post(f"/shifts/{shift_id}/attendance", data={})

    assert answer.status_code == 409
    assert "吕莉 已在 2026-03-03 12:00 确认过到岗" in answer.get_data(as_text=True)
    assert len(trips(db)) == 1


def test_a_shift_that_is_not_over_offers_no_roll_call(as_coordinator, db, town):
    shift_id = shift(db, town, MONDAY + timedelta(days=1), [town.lan])

    assert "data-rollcall" not in sheet(as_coordinator, shift_id)
    assert as_coordinator.post(f"/shifts/{shift_id}/attendance", data={}).status_code == 409


def test_a_shift_of_nobody_becomes_one_that_was_not_held(as_coordinator, db, town):
    shift_id = shift(db, town, MONDAY)
    assert "记为未举行" in sheet(as_coordinator, shift_id)

    as_coordinator.post(f"/shifts/{shift_id}/attendance", data={})

    assert value(db, "SELECT state FROM shift WHERE id = :id", id=shift_id) == "cancelled"
    assert "不计场次" in sheet(as_coordinator, shift_id)


def test_a_wrong_entry_is_put_right_and_does_not_vanish(as_coordinator, db, town):
    shift_id = held(db, town, MONDAY, [town.lan])
    seat = assigned(db, shift_id, town.lan)

    as_coordinator.post(f"/shifts/{shift_id}/attendance/{seat}", data={"was": "absent", "reason": "当天在开会"})

    assert trips(db) == [("0004", 1, "roll_call"), ("0004", -1, "roll_call")]
    page = sheet(as_coordinator, shift_id)
    assert "更正 1" in page
    assert "当天在开会" in page

    as_coordinator.post(f"/shifts/{shift_id}/attendance/{seat}", data={"was": "present", "reason": "签到表上有"})

    assert trips(db)[2] == ("0004", 1, "supplemented")


@pytest.mark.parametrize("sent", [{"was": "absent"}, {"was": "absent", "reason": "  "}, {"reason": "x"}, {"was": "x"}])
def test_putting_right_without_a_reason_changes_nothing(as_coordinator, db, town, sent):
    shift_id = held(db, town, MONDAY, [town.lan])
    seat = assigned(db, shift_id, town.lan)

    answer = as_coordinator.post(f"/shifts/{shift_id}/attendance/{seat}", data=sent)

    assert answer.status_code == 422
    assert len(trips(db)) == 1


def test_names_on_the_sheet_are_text_and_never_markup(as_coordinator, db, town, now):
    hostile = person(db, now, town.office, "0077", "<b>x</b>")
    shift_id = shift(db, town, MONDAY, [hostile])

    assert "&lt;b&gt;x&lt;/b&gt;" in sheet(as_coordinator, shift_id)
    assert "<b>x</b>" not in sheet(as_coordinator, shift_id)


def test_the_english_page_is_english(as_coordinator, db, town):
    as_coordinator.post("/language", data={"lang": "en", "next": "/attendance"})
    shift_id = shift(db, town, MONDAY, [town.lan])

    page = sheet(as_coordinator, shift_id)

    assert "All present unless ticked" in page
    assert "缺勤" not in page


def test_staff_call_no_roll(as_staff, db, town):
    shift_id = shift(db, town, MONDAY, [town.lan])

    statuses = [
        as_staff.get("/attendance").status_code,
        as_staff.get(f"/shifts/{shift_id}/attendance").status_code,
        as_staff.post(f"/shifts/{shift_id}/attendance", data={}).status_code,
        as_staff.post(f"/shifts/{shift_id}/attendance/{assigned(db, shift_id, town.lan)}", data={}).status_code,
    ]

    assert statuses == [403, 404, 404, 404]
    assert trips(db) == []


def test_a_coordinator_of_another_unit_sees_no_such_shift(client, db, town, now):
    from scheduler import accounts
    from scheduler.audit import SYSTEM

    elsewhere = unit(db, now, "平昌县支行", town.branch)
    accounts.grant(db, town.bo, "coordinator", elsewhere, by=SYSTEM, now=now)
    browser = signed_in(client, db, town.bo, now)
    shift_id = held(db, town, MONDAY, [town.lan])
    seat = assigned(db, shift_id, town.lan)

    assert "没有待确认的班次" in browser.get("/attendance").get_data(as_text=True)
    assert browser.get(f"/shifts/{shift_id}/attendance").status_code == 404
    sent = {"was": "absent", "reason": "x"}
    assert browser.post(f"/shifts/{shift_id}/attendance/{seat}", data=sent).status_code == 404
    assert len(trips(db)) == 1


def test_a_shift_that_does_not_exist_is_not_found(as_coordinator):
    assert as_coordinator.get("/shifts/99/attendance").status_code == 404
    assert as_coordinator.get("/shifts/99999999999999999999/attendance").status_code == 404


def test_whoever_is_not_signed_in_is_asked_to(client, db, town):
    shift_id = shift(db, town, MONDAY, [town.lan])

    for path in ("/attendance", f"/shifts/{shift_id}/attendance"):
        assert client.get(path).headers["Location"].startswith("/signin?next=")
    assert attendance.sheet(db, shift_id)[0]["state"] == "planned"
