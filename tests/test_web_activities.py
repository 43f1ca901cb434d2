"""The page of activities and their ladders, and what people may choose."""

from __future__ import annotations

import pytest

from scheduler import accounts, channels, reminders
from scheduler.audit import SYSTEM
from scheduler.config import Channels
from scheduler.database import value
from scheduler.reminders import Rung
from tests.conftest import signed_in
from web.rungs import usual

LADDER = {
    "kind0": "days", "count0": "2", "kind1": "workday@", "at1": "17:00", "must1": "1", "kind2": "hours", "count2": "2",
    "quiet_from": "21:30", "quiet_to": "06:30", "way0": "email", "version": "0", "answer_hours": "36",
}  # fmt: skip


@pytest.fixture
def lobby(db, town) -> int:
    return value(db, "SELECT id FROM activity WHERE code = 'lobby'")


def test_a_coordinator_reads_every_ladder_and_may_change_none(as_coordinator):
    page = as_coordinator.get("/activities").text

    assert "厅堂服务" in page
    assert "3 天前同一时刻" in page
    assert "前一天 17:00" in page
    assert "2 小时前" in page
    assert "您可以看，不能改。" in page
    assert 'href="/activities/0"' not in page
    assert as_coordinator.get("/activities/0").status_code == 403


def test_the_words_of_a_line_follow_the_reader_not_whoever_came_first(as_administrator):
    first = as_administrator.get("/activities/0").text
    as_administrator.post("/language", data={"lang": "en"})

    assert "days before, same hour" not in first
    assert "days before, same hour" in as_administrator.get("/activities/0").text


def test_staff_do_not_see_it(as_staff):
    assert as_staff.get("/activities").status_code == 403


def test_an_activity_is_given_its_own_ladder_and_the_default_again(as_administrator, db, lobby):
    saved = as_administrator.post(f"/activities/{lobby}", data=LADDER, follow_redirects=True)

    own = reminders.ladder(db, lobby)
    assert own.rungs == (Rung("days:2"), Rung("workday@17:00", must=True), Rung("minutes:120"))
    assert own.quiet is not None
    assert [f"{at:%H:%M}" for at in own.quiet] == ["21:30", "06:30"]
    assert own.answer_minutes == 36 * 60
    assert "前一个工作日 17:00" in saved.text
    assert "21:30–06:30" in saved.text

    edit = as_administrator.get(f"/activities/{lobby}").text
    assert ("现在按默认" in edit, "改回按默认…" in edit) == (False, True)

    as_administrator.post(f"/activities/{lobby}/default")
    assert reminders.ladder(db, lobby).is_default
    edit = as_administrator.get(f"/activities/{lobby}").text
    assert ("现在按默认" in edit, "改回按默认…" in edit) == (True, False)


def test_what_the_form_shows_is_what_is_saved_again(as_administrator, db):
    before = reminders.ladder(db, None)
    assert "天前，同一时刻" in as_administrator.get("/activities/0").text
    page = as_administrator.get("/activities/0").text
    assert 'value="17:00"' in page

    data = {
        "kind0": "days", "count0": "3", "kind1": "days@", "count1": "1", "at1": "17:00", "must1": "1", "kind2": "hours",
        "count2": "2", "quiet_from": "22:00", "quiet_to": "06:00", "way0": "email", "version": "1",
        "answer_hours": "24",
    }  # fmt: skip
    as_administrator.post("/activities/0", data=data)
    after = reminders.ladder(db, None)
    assert (after.rungs, after.quiet, after.version) == (before.rungs, before.quiet, 2)
    assert (after.answer_minutes, before.answer_minutes) == (24 * 60, 24 * 60)

    as_administrator.post("/activities/0", data=data | {"version": "2", "answer_hours": ""})
    assert reminders.ladder(db, None).answer_minutes is None


def a_group(db, town, now) -> str:
    url = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=0f9e-secret-7788"
    given = {"kind": "wecom", "name": "值班群", "url": url, "allowed": Channels(), "by": SYSTEM, "now": now}
    return str(channels.add(db, unit_id=town.branch, **given))


def test_one_rung_goes_by_another_way_first_and_the_form_shows_it_again(as_administrator, db, town, now, lobby):
    group = a_group(db, town, now)
    data = LADDER | {"way0": "email", "way1": group, "by2": group}
    page = as_administrator.post(f"/activities/{lobby}", data=data, follow_redirects=True).text

    assert [rung.channels for rung in reminders.ladder(db, lobby).rungs] == [
        ("email", group), ("email", group), (group, "email"),
    ]  # fmt: skip
    assert "2 小时前，先用值班群" in page
    form = as_administrator.get(f"/activities/{lobby}").text
    chosen = [part for part in form.split("<select")[1:] if 'name="by' in part and "selected" in part]
    assert [(part.split('name="')[1][:3], f'value="{group}" selected' in part) for part in chosen] == [("by2", True)]


@pytest.mark.parametrize(
    ("held", "order"),
    [
        ([("a", "b"), ("a", "b")], ("a", "b")),
        ([("b", "a"), ("a", "b"), ("a", "b")], ("a", "b")),
        ([("b", "a"), ("c", "a")], ("a",)),
        ([("b", "a"), ("c", "a", "b")], ("a", "b")),
        ([], ("email",)),
    ],
)
def test_the_usual_order_is_the_one_from_which_every_rung_follows(held, order):
    rungs = tuple(Rung(f"days:{n}", channels=ways) for n, ways in enumerate(held, start=1))

    assert usual(rungs) == order


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"count0": "x"}, "不是"),
        ({"count0": "31"}, "1 到 30"),
        ({"at1": "25:00"}, "25:00"),
        ({"kind2": "days", "count2": "2"}, "同一个提醒时间写了两次。"),
        ({"quiet_to": "21:30"}, "开始和结束不能是同一时刻。"),
        ({"way0": "77"}, "77"),
        ({"by0": "77"}, "77"),
        ({"answer_hours": "169"}, "1 到 168"),
    ],
)
def test_what_is_wrong_is_told_and_what_was_typed_stays(as_administrator, db, lobby, wrong, sentence):
    page = as_administrator.post(f"/activities/{lobby}", data=LADDER | wrong)

    assert page.status_code == 422
    assert sentence in page.text
    assert 'value="21:30"' in page.text
    assert reminders.ladder(db, lobby).is_default


def test_of_two_who_change_one_ladder_the_second_is_told_of_the_first(as_administrator, db, now):
    held = reminders.ladder(db, None)
    reminders.set_ladder(db, None, held, version=1, by=SYSTEM, now=now)

    page = as_administrator.post("/activities/0", data=LADDER | {"version": "1"})
    assert page.status_code == 409
    assert "前一个工作日" in page.text
    assert reminders.ladder(db, None).version == 2


def test_an_administrator_of_a_part_may_not_change_what_is_everybodys(as_administrator, db, town, now):
    accounts.grant(db, town.deputy, "administrator", town.branch, by=SYSTEM, now=now)
    accounts.revoke(db, value(db, "SELECT id FROM access WHERE person_id = :id", id=town.head), by=SYSTEM, now=now)
    accounts.grant(db, town.head, "administrator", town.office, by=SYSTEM, now=now)
    signed_in(as_administrator, db, town.head, now)

    assert as_administrator.post("/activities/0", data=LADDER | {"version": "1"}).status_code == 403
    assert as_administrator.post("/activities/choices", data={"version": "1"}).status_code in (403, 422)
    assert reminders.ladder(db, None).version == 1


def test_an_unknown_activity_is_not_found(as_administrator):
    assert as_administrator.get("/activities/999").status_code == 404
    assert as_administrator.post("/activities/999", data=LADDER).status_code == 404


def test_what_people_may_choose_is_set(as_administrator, db):
    assert 'value="19:00"' in as_administrator.get("/activities/choices").text
    wanted = {
        "kind0": "minutes", "count0": "45", "ways": "email", "quiet_from": "20:00", "quiet_to": "08:00", "version": "1",
    }  # fmt: skip
    page = as_administrator.post("/activities/choices", data=wanted, follow_redirects=True).text

    free = reminders.freedom(db)
    assert (free.rules, free.channels) == (("minutes:45",), ("email",))
    assert "45 分钟前" in page
    assert as_administrator.post("/activities/choices", data=wanted).status_code == 409
