"""The pages of quotas: set, changed, ended; a leader's week waived, planned; what units owe."""

from __future__ import annotations

import io
import re
from datetime import date, time, timedelta

import pytest
from python_calamine import CalamineWorkbook

from scheduler import accounts, clock, quotas, rosters
from scheduler.audit import SYSTEM
from scheduler.database import rows, value
from tests.builders import assigned, drafted, held, shift, unit
from tests.conftest import signed_in

MONDAY = date(2026, 3, 2)


@pytest.fixture
def owed(as_coordinator, db, town, now):
    """The deputy owes two visits a week; the coordinator is signed in."""
    return quotas.add(
        db, unit_id=town.branch, role="deputy", activity="visit", least=2, starts_on=MONDAY, by=SYSTEM, now=now
    )


def path(town, owed, day=MONDAY):
    return f"/quotas/{owed}/{town.deputy}/{day.isoformat()}"


def visit(db, town, day, who=(), **more):
    given = {"activity": "visit", "place_id": town.community, "starts": time(14), "ends": time(16)} | more
    return shift(db, town, day, who, **given)


def test_a_cell_leads_to_its_page_with_what_is_done_and_planned(as_coordinator, db, town, owed):
    done = held(db, town, MONDAY, [town.deputy], activity="visit")
    planned = visit(db, town, MONDAY + timedelta(days=2), [town.deputy], roster="draft")

    assert path(town, owed) in as_coordinator.get("/quotas?period=2026-03").text
    page = as_coordinator.get(path(town, owed)).text

    assert (f'href="/shifts/{done}"' in page, f'href="/shifts/{planned}"' in page) == (True, True)
    assert as_coordinator.get(path(town, owed, MONDAY + timedelta(days=1))).status_code == 404
    assert as_coordinator.get(path(town, owed).replace("2026-03-02", "soon")).status_code == 404


def test_a_week_is_waived_and_taken_back_on_its_page(as_coordinator, db, town, owed):
    refused = as_coordinator.post(path(town, owed) + "/waive", data={"note": " "})
    sent = as_coordinator.post(path(town, owed) + "/waive", data={"note": "外出<挂职>"})
    board = as_coordinator.get("/quotas?period=2026-03").text
    again = as_coordinator.post(path(town, owed) + "/waive", data={"note": "再来"})
    back = as_coordinator.post(path(town, owed) + "/take-back")

    assert [answer.status_code for answer in (refused, sent, again, back)] == [422, 303, 409, 303]
    assert "外出&lt;挂职&gt;" in board
    assert "外出&lt;挂职&gt;" in as_coordinator.get(path(town, owed)).text
    assert [row["made_by"] for row in rows(db, "SELECT made_by FROM waiver")] == ["吕莉"]
    assert quotas.waiver(db, owed, town.deputy, MONDAY) is None


def test_a_visit_is_planned_in_a_shift_with_a_free_seat(as_coordinator, db, town, owed):
    shift_id = visit(db, town, MONDAY, roster="published")

    assert "有空位的班次" in as_coordinator.get(path(town, owed)).text
    answer = as_coordinator.post(path(town, owed) + "/plan", data={"shift_id": shift_id})

    assert answer.status_code == 303
    assert assigned(db, shift_id, town.deputy)
    assert "有空位的班次" not in as_coordinator.get(path(town, owed)).text


@pytest.mark.parametrize("state", ["draft", "published"])
def test_a_visit_is_planned_in_a_new_shift_of_the_roster_that_covers_the_day(
    as_coordinator, db, town, owed, now, state
):
    roster_id = drafted(db, town, now)
    if state == "published":
        rosters.publish(db, roster_id, by=SYSTEM, now=now)
    given = {"day": "2026-03-05", "place_id": town.community, "starts": "09:00", "ends": "11:00"}

    answer = as_coordinator.post(path(town, owed) + "/plan", data=given)

    assert answer.status_code == 303
    (planned,) = quotas.planned_of(db, quotas.cell(db, owed, town.deputy, MONDAY, now=now))
    assert (planned["day"], planned["roster_id"], planned["state"]) == ("2026-03-05", roster_id, state)
    assert value(db, "SELECT COUNT(*) FROM reminder") == 0


def test_a_refused_seat_leaves_no_shift_behind(as_coordinator, db, town, owed, now):
    drafted(db, town, now)
    given = {"day": "2026-03-05", "place_id": town.community, "starts": "09:00", "ends": "11:00"}
    as_coordinator.post(path(town, owed) + "/plan", data=given)
    before = value(db, "SELECT COUNT(*) FROM shift")

    clash = as_coordinator.post(path(town, owed) + "/plan", data=given | {"starts": "10:00", "ends": "12:00"})
    outside = as_coordinator.post(path(town, owed) + "/plan", data=given | {"day": "2026-03-10"})
    nowhere = as_coordinator.post(path(town, owed) + "/plan", data=given | {"place_id": "99"})
    uncovered = as_coordinator.post(
        path(town, owed, date(2026, 3, 30)) + "/plan", data=given | {"day": "2026-03-30"}
    )  # fmt: skip

    assert [answer.status_code for answer in (clash, outside, nowhere, uncovered)] == [409, 422, 422, 409]
    assert value(db, "SELECT COUNT(*) FROM shift") == before
    assert "/rosters/new" in uncovered.text


def test_a_quota_by_place_and_month_is_set_changed_and_ended(as_coordinator, db, town, now):
    given = {
        "unit_id": town.branch, "role": "head", "activity": "visit", "least": "9", "period": "month",
        "place_id": town.community, "starts_on": "2026-03-01",
    }  # fmt: skip
    assert as_coordinator.post("/quotas/new", data=given).status_code == 303
    assert as_coordinator.post("/quotas/new", data=given).status_code == 409
    assert as_coordinator.post("/quotas/new", data=given | {"place_id": "own"}).status_code == 303
    (quota_id, _) = [row["id"] for row in rows(db, "SELECT id FROM quota ORDER BY id")]
    assert "2026年3月" in as_coordinator.get("/quotas?period=2026Q1").text

    wrong = as_coordinator.post(f"/quotas/{quota_id}", data={"least": "4", "since": "2026-04-02"})
    right = as_coordinator.post(f"/quotas/{quota_id}", data={"least": "4", "since": "2026-04-01"})
    newest = value(db, "SELECT MAX(id) FROM quota")
    ended = as_coordinator.post(f"/quotas/{newest}/end", data={"ends_on": "2026-06-30"})
    late = as_coordinator.post(f"/quotas/{newest}/end", data={"ends_on": "2026-07-31"})

    assert [answer.status_code for answer in (wrong, right, ended, late)] == [422, 303, 303, 422]
    found = rows(db, "SELECT least, starts_on, ends_on FROM quota WHERE sponsored = 0 ORDER BY id")
    assert [tuple(row.values()) for row in found] == [(9, "2026-03-01", "2026-03-31"), (4, "2026-04-01", "2026-06-30")]
    assert "2026-04-01 – 2026-06-30" in as_coordinator.get("/quotas/rules").text


def test_how_few_workdays_waive_a_week_is_set_on_the_rules_page(as_coordinator, db, town, owed):
    sent = [
        as_coordinator.post("/quotas/rules", data={"unit_id": town.branch, "least_workdays": days}).status_code
        for days in ("4", "6", "")
    ]

    assert sent == [303, 422, 422]
    assert quotas.least_workdays(db, town.branch)["days"] == 4


def test_a_coordinator_of_another_unit_sees_and_waives_nothing_here(client, db, town, now, owed):
    other = unit(db, now, "平昌县支行", town.branch)
    accounts.grant(db, town.min, "coordinator", other, by=SYSTEM, now=now)
    reader = signed_in(client, db, town.min, now)

    assert reader.get(path(town, owed)).status_code == 404
    assert reader.post(path(town, owed) + "/waive", data={"note": "挂职"}).status_code == 404
    assert reader.get(f"/quotas/{owed}").status_code == 404
    assert reader.post("/quotas/rules", data={"unit_id": town.branch, "least_workdays": "5"}).status_code == 422


def test_the_board_is_a_workbook_and_csv_with_why_a_week_is_waived(as_coordinator, db, town, owed, now):
    quotas.waive(db, owed, town.deputy, MONDAY, note="=外出()", by=SYSTEM, now=now)

    book = CalamineWorkbook.from_filelike(io.BytesIO(as_coordinator.get("/quotas.xlsx?period=2026-03").data))
    sheet = book.get_sheet_by_name("领导指标").to_python()
    text = as_coordinator.get("/quotas.csv?period=2026-03").text

    assert (sheet[1][0], sheet[1][-2:]) == ("杜明月", ["免除", "=外出()"])
    assert "免除,'=外出()" in text
    assert as_coordinator.get("/quotas.pdf").status_code == 404


def test_what_a_unit_owes_is_set_seen_by_unit_and_ended(as_coordinator, db, town, now):
    given = {
        "unit_id": town.branch, "period": "month", "basis": "head", "amount": "2", "activity": "",
        "starts_on": "2026-01-01", "ends_on": "",
    }  # fmt: skip
    held(db, town, date(2026, 2, 3), [town.lan])
    assert as_coordinator.get("/quotas/units").status_code == 200
    wrong = as_coordinator.post("/quotas/units/new", data=given | {"period": "dates"})
    sent = as_coordinator.post("/quotas/units/new", data=given)

    page = as_coordinator.get(sent.headers["Location"] + "?first=2026-02-01").text
    ended = as_coordinator.post(sent.headers["Location"] + "/end", data={"ends_on": "2026-03-31"})

    assert (wrong.status_code, sent.status_code, ended.status_code) == (422, 303, 303)
    assert re.findall(r'href="(/trips[^"]*)"', page)[0] == (
        f"/trips?period=own&amp;first=2026-02-01&amp;last=2026-02-28&amp;unit={town.branch}"
    )
    assert "办公室" in page
    assert "2026-02-01" in as_coordinator.get("/quotas/units").text


def test_a_roster_says_which_quotas_filling_does_not_plan(as_coordinator, db, town, now):
    quotas.add(
        db, unit_id=town.branch, role="head", activity="visit", least=2, period="month", starts_on=date(2026, 3, 1),
        by=SYSTEM, now=now,
    )  # fmt: skip
    roster_id = drafted(db, town, now)

    assert "每月 2 次" in as_coordinator.get(f"/rosters/{roster_id}/fill").text


def test_the_board_in_english(as_coordinator, db, town, owed, now):
    as_coordinator.post("/language", data={"lang": "en", "next": "/quotas"})
    at = clock.midnight(MONDAY, db.zone)

    assert quotas.cell(db, owed, town.deputy, MONDAY, now=at)["state"] == "open"
    for address in ("/quotas?period=2026-03", path(town, owed), "/quotas/rules", "/quotas/units", f"/quotas/{owed}"):
        assert as_coordinator.get(address).status_code == 200, address
