"""Checking in on the pages: the code on a screen, typed on a phone, kept for later, seen in the roll call."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta

import pytest
from PIL import Image

from scheduler import accounts, attendance, clock, walls
from scheduler.audit import SYSTEM
from scheduler.database import one, value
from tests.builders import assigned, person, shift, unit
from tests.conftest import signed_in

MONDAY = date(2026, 3, 2)


@pytest.fixture
def now(db):
    """Monday, 08:20: the lobby duty of 08:30 is open for check-in."""
    return clock.midnight(MONDAY, db.zone) + timedelta(hours=8, minutes=20)


@pytest.fixture
def mine(db, town):
    """兰草's assignment to Monday's duty, which 闵行 stands too."""
    return assigned(db, shift(db, town, MONDAY, [town.lan, town.min]), town.lan)


@pytest.fixture
def shown(app, db, town, now, mine):
    """The code as the coordinator 吕莉 sees it on her telephone, in a browser of her own."""
    accounts.grant(db, town.party, "coordinator", town.branch, by=SYSTEM, now=now)
    page = signed_in(app.test_client(), db, town.party, now).get("/shifts/1/code").text
    return "".join(re.search(r'shown__code">(\d{3}) (\d{3})<', page).groups())


def photo():
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(out, "JPEG")
    out.seek(0)
    return out


def test_the_code_on_the_coordinators_phone_checks_in_on_ones_own(as_staff, mine, shown, db):
    page = as_staff.get(f"/me/check-in/{mine}").text
    assert 'inputmode="numeric"' in page
    assert shown not in page

    answer = as_staff.post(f"/me/check-in/{mine}", data={"code": shown})

    assert (answer.status_code, answer.headers["Location"]) == (303, f"/me/check-in/{mine}")
    assert value(db, "SELECT way FROM check_in") == "code"
    page = as_staff.get(f"/me/check-in/{mine}").text
    assert "签到 08:20" in page
    assert "写值班日志" in page


def test_a_wrong_code_is_told_above_the_button_and_stays_in_the_field(as_staff, mine, shown):
    wrong = f"{(int(shown) + 500_000) % 10**6:06d}"

    answer = as_staff.post(f"/me/check-in/{mine}", data={"code": wrong})

    assert answer.status_code == 422
    assert "还可以试 4 次" in answer.text
    assert f'value="{wrong}"' in answer.text


def test_the_picture_of_the_code_leads_to_ones_own_duty_with_the_code_typed_in(as_staff, mine, shown):
    answer = as_staff.get(f"/check-in/1?code={shown}")

    assert answer.headers["Location"] == f"/me/check-in/{mine}?code={shown}"
    assert f'value="{shown}"' in as_staff.get(answer.headers["Location"]).text


def test_a_stranger_sees_neither_duty_nor_code(app, db, town, now, mine, shown):
    browser = signed_in(app.test_client(), db, town.bo, now)

    for path in (f"/me/check-in/{mine}", "/check-in/1", "/shifts/1/code", "/shifts/1/report"):
        assert browser.get(path).status_code == 404
    assert browser.post(f"/me/check-in/{mine}", data={"code": shown}).status_code == 404


def test_who_stands_the_shift_shows_the_code_only_once_there(as_staff, mine, shown):
    assert as_staff.get("/shifts/1/code").status_code == 404

    as_staff.post(f"/me/check-in/{mine}", data={"code": shown})

    assert f"{shown[:3]} {shown[3:]}" in as_staff.get("/shifts/1/code").text


def test_no_code_is_shown_outside_of_the_window(as_coordinator, mine, watch, now):
    watch.now = now - timedelta(hours=1)

    page = as_coordinator.get("/shifts/1/code").text

    assert "现在不能签到" in page
    assert "shown__code" not in page


def test_a_script_sends_later_what_was_typed_without_a_network(as_staff, mine, shown, watch, now, db):
    watch.now = now + timedelta(hours=3)
    json = {"Accept": "application/json"}

    answer = as_staff.post(f"/me/check-in/{mine}", data={"code": shown, "ago": 3 * 3600}, headers=json)

    assert answer.json == {"at": clock.to_text(now), "late": False}
    assert one(db, "SELECT at, way FROM check_in") == {"at": clock.to_text(now), "way": "synced"}
    assert "补传" in as_staff.get(f"/me/check-in/{mine}").text


@pytest.mark.parametrize("ago", ["-5", "9999999", "x"])
def test_a_script_is_refused_in_words(as_staff, mine, shown, ago, db):
    answer = as_staff.post(
        f"/me/check-in/{mine}", data={"code": shown, "ago": ago}, headers={"Accept": "application/json"}
    )

    assert answer.status_code == 422
    assert answer.json["sentences"]
    assert value(db, "SELECT COUNT(*) FROM check_in") == 0


def test_a_photo_is_seen_by_its_person_and_the_coordinators_only(app, as_staff, db, town, now, mine, shown):
    as_staff.post(f"/me/check-in/{mine}", data={"code": shown})
    sent = {"note": "大厅已开门", "photo": (photo(), "me.jpg")}
    assert as_staff.post(f"/me/check-in/{mine}/note", data=sent).status_code == 303

    answer = as_staff.get("/check-ins/1/photo")

    assert (answer.status_code, answer.content_type) == (200, "image/jpeg")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert signed_in(app.test_client(), db, town.party, now).get("/check-ins/1/photo").status_code == 200
    assert signed_in(app.test_client(), db, town.min, now).get("/check-ins/1/photo").status_code == 404
    assert app.test_client().get("/check-ins/1/photo").status_code == 303


def test_what_is_no_photo_is_told_at_the_form_and_the_note_stays(as_staff, mine, shown):
    as_staff.post(f"/me/check-in/{mine}", data={"code": shown})

    answer = as_staff.post(
        f"/me/check-in/{mine}/note", data={"note": "大厅已开门", "photo": (io.BytesIO(b"%PDF"), "a.jpg")}
    )

    assert answer.status_code == 422
    assert "不是 JPEG" in answer.text
    assert "大厅已开门" in answer.text


def test_the_roll_call_sees_who_is_in_and_what_contradicts_it(as_staff, app, db, town, mine, shown, watch, now):
    as_staff.post(f"/me/check-in/{mine}", data={"code": shown})
    desk = signed_in(app.test_client(), db, town.party, now)
    before = desk.get("/shifts/1/attendance").text
    assert 'data-live="sheet"' in before
    assert (before.count("签到 08:20"), before.count("未签到")) == (1, 1)
    watch.now = now + timedelta(hours=10)

    desk.post("/shifts/1/attendance", data={"absent": mine, f"reason-{mine}": "没有来"})

    assert "签到与点名不符" in desk.get("/attendance").text
    assert "签到与点名不符" in desk.get("/shifts/1/attendance").text
    assert desk.post("/check-ins/1/void", data={"reason": "代签"}).status_code == 303
    assert "签到与点名不符" not in desk.get("/attendance").text
    assert "代签" in desk.get("/shifts/1/attendance").text


def test_staff_set_no_check_in_aside(as_staff, db, town, mine, shown, now):
    as_staff.post(f"/me/check-in/{mine}", data={"code": shown})
    attendance.confirm(db, 1, absent={mine: "没有来"}, by=SYSTEM, now=now + timedelta(hours=10))

    assert as_staff.post("/check-ins/1/void", data={"reason": "来了"}).status_code == 404


def test_a_wall_shows_codes_only_where_it_was_made_so(client, db, town, now, mine, shown):
    plain = client.get(f"/wall/{walls.make(db, town.branch, lang='zh', by=SYSTEM, now=now)}").text
    assert "签到码" not in plain

    page = client.get(f"/wall/{walls.make(db, town.branch, lang='zh', codes=True, by=SYSTEM, now=now)}").text

    assert f"{shown[:3]} {shown[3:]}" in page
    assert '<svg role="img" aria-label="签到的二维码"' in page
    seconds = int(re.search(r'data-seconds="(\d+)"', page).group(1))
    assert 1 <= seconds <= 30


def test_with_many_shifts_each_card_has_its_own_code_and_none_is_late_yet(client, db, town, now, mine, watch):
    for place_id in (town.community, town.outlet):
        shift(db, town, MONDAY, [town.bo if place_id == town.community else town.party], place_id=place_id)
    token = walls.make(db, town.branch, lang="zh", codes=True, by=SYSTEM, now=now)

    page = client.get(f"/wall/{token}").text
    codes = re.findall(r'place__code">(\d{3} \d{3})<', page)

    assert (len(codes), len(set(codes))) == (3, 3)
    assert "place--late" not in page
    watch.now = now + timedelta(hours=1)
    assert client.get(f"/wall/{token}").text.count("place--late") == 3


def test_a_coordinator_asks_for_a_wall_with_codes(as_coordinator, db, town):
    as_coordinator.post(f"/units/{town.branch}/wall", data={"codes": "1"})

    assert value(db, "SELECT codes FROM wall WHERE revoked_at IS NULL") == 1


# the report


def test_a_report_is_written_by_who_stands_the_shift(as_staff, db, mine, watch, now):
    watch.now = now + timedelta(hours=1)
    assert "值班日志" in as_staff.get("/shifts/1/report").text

    assert as_staff.post("/shifts/1/report", data={"version": "0", "remarks": "一切正常"}).status_code == 303

    assert "一切正常" in as_staff.get("/shifts/1/report").text
    stale = as_staff.post("/shifts/1/report", data={"version": "0", "remarks": "另一份"})
    assert stale.status_code == 409
    assert "另一份" in stale.text


def test_a_problem_goes_from_the_report_to_whom_it_is_for_and_is_closed_there(
    app, as_staff, db, town, mine, watch, now
):
    watch.now = now + timedelta(hours=1)
    sent = {"text": "路灯坏了", "follow_up_id": town.min}
    assert as_staff.post("/shifts/1/problems", data=sent).status_code == 303
    assert as_staff.post("/shifts/1/problems", data=sent | {"text": ""}).status_code == 422
    assert as_staff.post("/problems/1/close", data={"outcome": "好了"}).status_code == 404

    theirs = signed_in(app.test_client(), db, town.min, now)
    assert "1 个问题等您跟进" in theirs.get("/me").text
    assert "等您跟进" not in as_staff.get("/me").text
    assert "路灯坏了" in theirs.get("/problems").text
    assert theirs.post("/problems/1/close", data={"outcome": "已报修"}).status_code == 303

    assert "路灯坏了" not in theirs.get("/problems").text
    assert "已报修" in theirs.get("/problems?state=closed").text


def test_the_list_and_its_files_are_the_coordinators(as_coordinator, as_staff, app, db, town, mine, now, watch):
    watch.now = now + timedelta(hours=1)
    staff, desk = (signed_in(app.test_client(), db, who, now) for who in (town.lan, town.party))
    staff.post("/shifts/1/problems", data={"text": "路灯坏了", "follow_up_id": town.min})

    assert "路灯坏了" in desk.get("/problems").text
    assert "路灯坏了" not in desk.get("/problems?mine=1").text
    assert "路灯坏了" in desk.get("/problems.csv").get_data(as_text=True)
    assert desk.get("/problems.xlsx").data[:2] == b"PK"
    assert desk.get("/problems.pdf").status_code == 404
    assert staff.get("/problems.csv").status_code == 403

    period = "first=2026-03-02&last=2026-03-02"
    assert "路灯坏了" in desk.get(f"/reports?{period}").text
    assert "路灯坏了" not in desk.get(f"/reports?{period}&state=closed").text
    assert "路灯坏了" in desk.get(f"/reports.csv?{period}").get_data(as_text=True)
    assert desk.get(f"/reports.xlsx?{period}").data[:2] == b"PK"
    assert desk.get("/reports.pdf").status_code == 404
    assert [staff.get(path).status_code for path in ("/reports", "/reports.csv")] == [403, 403]


def test_a_coordinator_of_another_branch_sees_none_of_it(app, db, town, now, mine, shown):
    other = unit(db, now, "平昌县公司")
    stranger = person(db, now, other, "0100", "外人")
    accounts.grant(db, stranger, "coordinator", other, by=SYSTEM, now=now)
    browser = signed_in(app.test_client(), db, stranger, now)

    for path in ("/shifts/1/code", "/shifts/1/report", "/shifts/1/attendance"):
        assert browser.get(path).status_code == 404
    assert browser.get("/problems").status_code == 200
    assert browser.get("/reports").status_code == 200
