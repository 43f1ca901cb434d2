"""The subscribe pages over HTTP: every scope made, named, renewed, revoked and taken along, by who may and no other."""

from __future__ import annotations

import re

import pytest
from werkzeug.test import TestResponse

from scheduler import accounts
from scheduler.audit import SYSTEM
from scheduler.database import Database, run, value
from tests import builders
from tests.builders import Town
from tests.calendars import MONDAY
from tests.conftest import signed_in

CANARIES = {
    "mobile": "13908270417",
    "email": "canary@branch.example",
    "staff_no": "KANARI-77",
    "phone": "0827-5559417",
    "contact": "唐鸟鸣",
    "note": "妇科手术",
    "other_name": "闵金丝雀",
}
OWN_WORDS = "<title>.*?</title>|巴中市分行|江北支行|吕莉|中文|轮值|办公室"


def address_in(page: TestResponse) -> str:
    """The one address that a subscribe page shows."""
    (found,) = set(re.findall(r"http://127\.0\.0\.1:8000(/calendar/[\w-]{32,}/duty\.ics)", page.text))
    return found


@pytest.fixture(params=["me", "place", "unit", "visits"])
def home(request: pytest.FixtureRequest, town: Town) -> str:
    """Each subscribe page in turn."""
    return {
        "me": "/me/calendar",
        "place": f"/places/{town.outlet}/calendar",
        "unit": f"/units/{town.branch}/calendar",
        "visits": f"/units/{town.branch}/visits",
    }[request.param]


@pytest.fixture
def visit(db: Database, town: Town) -> int:
    """吕莉 and 何远山 visit the outlet on Monday: every scope shows it."""
    return builders.shift(db, town, MONDAY, [town.party, town.head], activity="visit")


def test_an_address_is_made_shown_once_and_answers(as_coordinator, home, visit):
    page = as_coordinator.post(home, data={"name": "我的手机"})
    path = address_in(page)

    assert as_coordinator.get(path).data.count(b"BEGIN:VEVENT") == 1
    shown = as_coordinator.get(home).text
    assert path not in shown
    assert 'value="我的手机"' in shown


def test_it_is_named_renewed_and_revoked(as_coordinator, db, home, visit):
    first = address_in(as_coordinator.post(home))
    assert as_coordinator.post(f"{home}/name", data={"name": "办公室电脑"}).headers["Location"] == home
    second = address_in(as_coordinator.post(home))

    assert [as_coordinator.get(path).status_code for path in (first, second)] == [404, 200]
    assert value(db, "SELECT name FROM feed WHERE revoked_at IS NULL") == "办公室电脑"
    assert as_coordinator.post(f"{home}/revoke").headers["Location"] == home
    assert as_coordinator.get(second).status_code == 404
    assert as_coordinator.post(f"{home}/revoke").status_code == 404
    assert as_coordinator.post(f"{home}/name", data={"name": "x"}).status_code == 404


def test_a_name_that_is_too_long_is_refused(as_coordinator, db, home):
    assert as_coordinator.post(home, data={"name": "长" * 41}).status_code == 422
    assert value(db, "SELECT COUNT(*) FROM feed") == 0


def test_it_says_who_fetched_it_last(as_coordinator, home, visit):
    path = address_in(as_coordinator.post(home))
    assert "还没有日历来取过" in as_coordinator.get(home).text
    as_coordinator.get(path, headers={"User-Agent": "ICSx5/2.2 (ktor; okhttp) Android/14"})

    assert "上次读取：</b> 2月28日 周六 09:00，ICSx5" in as_coordinator.get(home).text


def test_the_file_to_take_along_is_what_the_address_gives(as_coordinator, home, visit):
    taken = as_coordinator.get(f"{home}/duty.ics")
    path = address_in(as_coordinator.post(home))

    assert taken.headers["Content-Disposition"] == 'attachment; filename="duty.ics"'
    assert taken.content_type == "text/calendar; charset=utf-8"
    assert taken.headers["Cache-Control"] == "no-store"
    assert taken.data == as_coordinator.get(path).data


def test_the_code_to_scan_says_the_address_and_needs_no_inline_style(as_coordinator, home):
    page = as_coordinator.post(home)
    (drawn,) = re.findall(r'<svg role="img".*?</svg>', page.text)

    assert 'aria-label="订阅地址的二维码"' in drawn
    assert "style" not in drawn
    assert drawn.count("<path") == 2


def test_the_page_says_how_each_program_takes_it_and_how_often_it_looks(as_coordinator, db, home):
    shown = as_coordinator.get(home).text
    run(db, "UPDATE person SET lang = 'en'")
    english = as_coordinator.get(home).text

    for program in ("iPhone", "Mac", "ICSx5", "Outlook", "Google", "Thunderbird"):
        assert f"<td>{program}</td>" in shown
    for way in ("华为、荣耀、vivo", "小米、OPPO", "在浏览器打开", "临时改动另发消息"):
        assert way in shown
    for way in ("Huawei, Honor, vivo", "Open in browser", "Urgent changes come by message"):
        assert way in english
    assert not re.findall("[\u4e00-\u9fff]{2,}", re.sub(OWN_WORDS, "", english))


@pytest.mark.parametrize("act", ["", "/name", "/revoke", "/duty.ics"])
@pytest.mark.parametrize("of", ["places/{outlet}/calendar", "units/{branch}/calendar", "units/{branch}/visits"])
def test_only_a_coordinator_of_the_unit_gets_there(as_staff, db, town, of, act):
    path = f"/{of.format(outlet=town.outlet, branch=town.branch)}{act}"
    verb = as_staff.get if act == "/duty.ics" else as_staff.post

    assert verb(path).status_code == 404
    assert value(db, "SELECT COUNT(*) FROM calendar") == 0


def test_a_coordinator_of_a_unit_below_has_its_calendar_and_not_the_one_above(as_coordinator, db, town, now):
    accounts.revoke(db, value(db, "SELECT id FROM access"), by=SYSTEM, now=now)
    accounts.grant(db, town.party, "coordinator", town.office, by=SYSTEM, now=now)
    signed_in(as_coordinator, db, town.party, now)

    assert as_coordinator.post(f"/units/{town.office}/visits").status_code == 200
    assert as_coordinator.post(f"/units/{town.branch}/visits").status_code == 404
    assert as_coordinator.post(f"/units/{town.office}/other").status_code == 404


def test_who_loses_the_unit_loses_the_address(as_coordinator, db, town, now, visit):
    path = address_in(as_coordinator.post(f"/units/{town.branch}/calendar"))
    accounts.grant(db, town.head, "administrator", town.branch, by=SYSTEM, now=now)
    accounts.revoke(db, value(db, "SELECT id FROM access WHERE person_id = :id", id=town.party), by=SYSTEM, now=now)
    lost, unknown = as_coordinator.get(path), as_coordinator.get(f"/calendar/{'x' * 32}/duty.ics")

    assert (lost.status_code, lost.data, dict(lost.headers)) == (404, unknown.data, dict(unknown.headers))


def test_my_page_lists_my_other_addresses(as_coordinator, town, visit):
    as_coordinator.post(f"/units/{town.branch}/visits", data={"name": "办公室电脑"})
    as_coordinator.post(f"/places/{town.outlet}/calendar")
    shown = as_coordinator.get("/me/calendar").text

    assert f'<a href="/units/{town.branch}/visits">巴中市分行</a>' in shown
    assert "领导走访 · 办公室电脑 · 还没有被读取" in shown
    assert f'<a href="/places/{town.outlet}/calendar">江北支行</a>' in shown


def test_a_big_units_page_says_how_far_its_calendar_shows(as_coordinator, db, town):
    as_coordinator.post(f"/units/{town.branch}/calendar")
    run(db, "UPDATE calendar SET shows_to = '2026-03-08'")

    assert "只显示到 3月8日 周日" in as_coordinator.get(f"/units/{town.branch}/calendar").text


def test_no_feed_holds_anything_of_other_people_beyond_names(as_coordinator, db, town, now, home, visit):
    run(db, "UPDATE person SET mobile = :mobile, email = :email || id", **_of("mobile", "email"))
    run(db, "UPDATE person SET staff_no = :staff_no || id", **_of("staff_no"))
    run(db, "UPDATE person SET name = :other_name WHERE id = :id", **_of("other_name"), id=town.min)
    run(
        db,
        "UPDATE place SET phone = :phone, contact = :contact, responsible_id = :id",
        **_of("phone", "contact"),
        id=town.min,
    )
    run(
        db,
        "INSERT INTO away (person_id, kind, starts_at, ends_at, note)"
        " VALUES (:id, 'sick', '2026-03-03T00:00:00Z', '2026-03-04T00:00:00Z', :note)",
        id=town.head,
        **_of("note"),
    )
    written = as_coordinator.get(address_in(as_coordinator.post(home))).text.replace("\r\n ", "")

    assert "BEGIN:VEVENT" in written
    assert [name for name, canary in CANARIES.items() if canary in written] == []
    assert ("何远山" in written) == (home != "/me/calendar")
    assert "mailto" not in written.lower()
    assert not re.search(r"1[3-9]\d{9}", written)


def _of(*names: str) -> dict[str, str]:
    return {name: CANARIES[name] for name in names}
