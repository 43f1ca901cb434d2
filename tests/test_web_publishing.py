"""Pages of publishing: the diff, one message to each, urgent changes, versions and restoring one."""

from __future__ import annotations

import html as entities
import re
from datetime import date, time, timedelta

import pytest

from scheduler import assignments, rosters
from scheduler.audit import SYSTEM
from scheduler.database import rows, run, value
from tests import builders

MONDAY, TUESDAY, LATE = date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 20)


@pytest.fixture
def roster_id(db, town, now):
    """Published: 兰草 on Monday. Since then: moved to Tuesday, 吕莉 on Monday."""
    roster_id = builders.drafted(db, town, now)
    first = assignments.seat(db, on(db, town, MONDAY), town.lan, by=SYSTEM, now=now)
    rosters.publish(db, roster_id, by=SYSTEM, now=now)
    assignments.move(db, first, on(db, town, TUESDAY), by=SYSTEM, now=now)
    assignments.seat(db, on(db, town, MONDAY), town.party, by=SYSTEM, now=now)
    return roster_id


def on(db, town, day):
    sql = "SELECT id FROM shift WHERE place_id = :place_id AND day = :day"
    return value(db, sql, place_id=town.outlet, day=day.isoformat())


def words(answer):
    assert answer.status_code == 200
    body = re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True).split("<h1", 1)[1])
    return re.sub(r"\s+", " ", entities.unescape(body))


def publish(client, db, roster_id, **more):
    given = {"version": rosters.roster(db, roster_id)["version"], **more}
    return client.post(f"/rosters/{roster_id}/publish", data=given)


def told(db):
    found = rows(db, "SELECT person.name, body FROM outbox JOIN person ON person.id = person_id ORDER BY outbox.id")
    return {row["name"]: row["body"] for row in found}


def test_the_review_shows_who_goes_where_and_who_takes_over(roster_id, as_coordinator):
    shown = words(as_coordinator.get(f"/rosters/{roster_id}/publish"))

    assert "兰草 办公室 3月2日 周一 江北支行 → 3月3日 周二 江北支行" in shown
    assert "吕莉 办公室 3月2日 周一 江北支行" in shown
    assert "江北支行 ⇄ 3月2日 周一 兰草 → 吕莉" in shown
    assert "发布并通知 2 人" in shown
    assert "您的值班有变动（3月2日–29日 第 2 版）" in shown


def test_tabs_show_one_kind_of_change_and_the_message_of_another(town, roster_id, as_coordinator):
    shown = words(as_coordinator.get(f"/rosters/{roster_id}/publish?kind=added&person={town.lan}"))

    by_person = shown.split("按人员")[1].split("按地点")[0]
    assert ("吕莉" in by_person, "兰草" in by_person) == (True, False)
    assert "兰草，您好" in shown
    assert "没有这一种改动" in words(as_coordinator.get(f"/rosters/{roster_id}/publish?kind=removed&person=x"))


def test_publishing_tells_each_once_with_the_note(db, roster_id, as_coordinator):
    answer = publish(as_coordinator, db, roster_id, note="周一开会")

    assert (answer.status_code, answer.location) == (303, f"/rosters/{roster_id}")
    assert sorted(told(db)) == ["兰草", "吕莉"]
    assert "附言：\n周一开会" in told(db)["兰草"]
    assert publish(as_coordinator, db, roster_id).status_code == 409


def test_a_note_that_is_too_long_is_refused_and_kept(db, roster_id, as_coordinator):
    answer = publish(as_coordinator, db, roster_id, note="长" * 301)

    assert answer.status_code == 422
    assert "长" * 301 in answer.get_data(as_text=True)
    assert told(db) == {}


def test_urgent_changes_can_go_out_alone(db, town, roster_id, as_coordinator, now, watch):
    """A move from Monday to Tuesday goes whole, although Tuesday is further than a day away."""
    other = builders.person(db, now, town.branch, "0099", "白及", party=True)
    assignments.seat(db, on(db, town, LATE), other, by=SYSTEM, now=now)
    watch.now = now + timedelta(hours=24)
    assert "立即生效：24 小时内及相连的 3 项" in words(as_coordinator.get(f"/rosters/{roster_id}/publish"))

    publish(as_coordinator, db, roster_id, urgent="1")

    assert [change.new["day"] for change in rosters.revision(db, roster_id).changes if change.new] == [
        "2026-03-20",
    ]


def test_versions_are_listed_shown_and_restored(db, roster_id, as_coordinator):
    publish(as_coordinator, db, roster_id)
    listed = words(as_coordinator.get(f"/rosters/{roster_id}/versions"))
    shown = words(as_coordinator.get(f"/rosters/{roster_id}/versions/1"))
    restored = as_coordinator.post(f"/rosters/{roster_id}/versions/1/restore")

    assert "第 2 版 现行" in listed
    assert "新增 1 · 移动 1 · 撤下 0" in listed
    assert "与现在的排班不同的有 2 个班次" in shown
    assert "兰草 → 吕莉" in shown
    assert "3月2日 周一 江北支行 兰草 → 吕莉" in shown
    assert (restored.status_code, rosters.roster(db, roster_id)["waiting"]) == (303, 3)
    assert as_coordinator.get(f"/rosters/{roster_id}/versions/9").status_code == 404


def test_restoring_what_a_rule_warns_of_asks_for_the_reason_first(db, town, roster_id, as_coordinator):
    builders.shift(db, town, MONDAY - timedelta(days=1), [town.lan], starts=time(14), ends=time(23, 59))
    path = f"/rosters/{roster_id}/versions/1/restore"

    refused = as_coordinator.post(path)
    restored = as_coordinator.post(path, data={"override": "本人愿意"})

    assert (refused.status_code, "没有恢复任何内容。" in refused.text, "只隔 8.5 小时" in refused.text) == (
        409,
        True,
        True,
    )
    assert (restored.status_code, restored.location) == (303, f"/rosters/{roster_id}")
    assert value(db, "SELECT override FROM assignment WHERE override <> ''") == "本人愿意"
    assert as_coordinator.get(path).location == f"/rosters/{roster_id}/versions/1"


def test_staff_see_nothing_of_it(roster_id, as_staff):
    paths = [f"/rosters/{roster_id}/{rest}" for rest in ("publish", "versions", "versions/1")]

    assert {as_staff.get(path).status_code for path in paths} <= {403, 404}


def test_the_pages_speak_english(roster_id, as_coordinator):
    as_coordinator.post("/language", data={"lang": "en", "next": "/"})

    shown = words(as_coordinator.get(f"/rosters/{roster_id}/publish"))
    assert "Mon 2 Mar 江北支行 → Tue 3 Mar 江北支行" in shown
    assert "Publish and tell 2 people" in shown


def test_who_has_no_address_is_named_before_publishing_since_they_are_not_told(db, town, roster_id, as_coordinator):
    assert "没有邮箱" not in as_coordinator.get(f"/rosters/{roster_id}/publish").text

    run(db, "UPDATE person SET email = '' WHERE id = :id", id=town.lan)
    shown = words(as_coordinator.get(f"/rosters/{roster_id}/publish"))
    assert "1 人没有邮箱，也没有群机器人，通知不到。 请当面告知：兰草" in shown
