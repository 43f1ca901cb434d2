"""My duties: the next one first, then the list, then what the ledger holds."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

from scheduler import accounts
from scheduler.audit import SYSTEM
from scheduler.database import run, write
from tests import builders
from tests.conftest import signed_in


def words(page: str) -> str:
    """The page's text as it is read, blanks run together."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_the_next_duty_says_when_where_with_whom_and_whom_to_call(as_staff, db, town):
    with write(db):
        run(
            db,
            "UPDATE place SET address = '江北大道 118 号', contact = '唐少华', phone = '0827-555 0118' WHERE id = :id",
            id=town.outlet,
        )
    builders.shift(db, town, date(2026, 3, 2), [town.lan, town.min])

    page = as_staff.get("/me").text

    assert "下一班 · 2 天后 还有 1 天 23 小时 08:30–17:00 江北支行 厅堂服务 3月2日 周一" in words(page)
    assert "同班：闵行" in words(page)
    assert "江北大道 118 号" in page
    assert 'href="tel:08275550118"' in page


def test_tasks_and_the_working_procedure_stand_on_the_duty(as_staff, db, town, now):
    shift_id = builders.shift(db, town, date(2026, 3, 2), [town.lan], place_id=town.community, activity="community")
    with write(db):
        run(db, "UPDATE shift SET tasks = '入户宣传\n捡拾垃圾' WHERE id = :id", id=shift_id)
    builders.places.sponsor(
        db,
        town.community,
        unit_id=town.branch,
        starts_on=date(2026, 1, 1),
        procedure="先到居委会签到",
        by=SYSTEM,
        now=now,
    )

    page = as_staff.get("/me").text

    assert "<span>入户宣传</span>" in page
    assert "<span>捡拾垃圾</span>" in page
    assert "工作流程 先到居委会签到" in words(page)


def test_later_duties_follow_by_day_under_their_month(as_staff, db, town):
    for day in (date(2026, 4, 21), date(2026, 3, 9), date(2026, 3, 2)):
        builders.shift(db, town, day, [town.lan])

    text = words(as_staff.get("/me").text)

    assert "之后 2 班" in text
    assert "2026年3月 9 周一 江北支行 厅堂服务 08:30–17:00" in text
    assert "2026年4月 21 周二 江北支行 厅堂服务 08:30–17:00" in text


def test_a_holiday_is_marked(as_staff, db, town):
    for day in (date(2026, 3, 2), date(2026, 4, 6)):
        builders.shift(db, town, day, [town.lan])

    assert "6 周一 休" in words(as_staff.get("/me").text)


def test_a_night_duty_that_still_runs_is_the_next_one(as_staff, db, town, watch):
    builders.shift(db, town, date(2026, 3, 2), [town.lan], starts=time(20, 0), ends=time(8, 0))
    watch.now = datetime(2026, 3, 2, 20, 0, tzinfo=UTC)  # 04:00 on the third

    text = words(as_staff.get("/me").text)

    assert "下一班 · 昨天起 正在值班，08:00 结束 20:00–次日 08:00" in text


def test_what_is_over_is_not_listed(as_staff, db, town, watch):
    builders.shift(db, town, date(2026, 3, 2), [town.lan])
    watch.now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    assert "近期没有值班" in as_staff.get("/me").text


def test_the_countdown_comes_down_to_minutes(as_staff, db, town, watch):
    builders.shift(db, town, date(2026, 3, 2), [town.lan])
    watch.now = datetime(2026, 3, 1, 22, 12, tzinfo=UTC)
    hours = words(as_staff.get("/me").text)
    watch.now += timedelta(hours=2)

    assert "今天 还有 2 小时 18 分" in hours
    assert "今天 还有 18 分钟" in words(as_staff.get("/me").text)


def test_a_draft_is_not_shown_to_those_in_it(as_staff, db, town):
    builders.shift(db, town, date(2026, 3, 2), [town.lan], roster="draft")

    assert "近期没有值班" in as_staff.get("/me").text


def test_nobody_sees_the_duties_of_another(client, db, town, now):
    builders.shift(db, town, date(2026, 3, 2), [town.lan])

    assert "近期没有值班" in signed_in(client, db, town.bo, now).get("/me").text


def test_the_record_is_the_ledgers_of_the_last_twelve_months(as_staff, db, town, now):
    builders.held(db, town, date(2026, 2, 2), [town.lan])
    builders.held(db, town, date(2026, 2, 3), [town.lan, town.party])
    builders.held(db, town, date(2026, 2, 4), [town.lan, town.party], absent=[town.lan])
    builders.held(db, town, date(2025, 2, 3), [town.lan])

    assert "人次 2 小时 17 活动类型 人次 小时 厅堂服务 2 17" in words(as_staff.get("/me").text)


def test_the_page_is_complete_in_english(as_staff, db, town, now):
    builders.shift(db, town, date(2026, 3, 2), [town.lan])
    accounts.speak(db, town.lan, "en", by=accounts.actor(db, town.lan), now=now)

    text = words(as_staff.get("/me").text)

    assert "Next duty · in 2 days In 1 d 23 h 08:30–17:00 江北支行 Lobby service Mon 2 Mar" in text
    assert "Nothing after that" in text


def test_a_place_named_in_markup_is_shown_as_it_is(as_staff, db, town, now):
    odd = builders.place(db, now, town.branch, "<b>江南</b>")
    builders.shift(db, town, date(2026, 3, 2), [town.lan], place_id=odd)

    assert "&lt;b&gt;江南&lt;/b&gt;" in as_staff.get("/me").text
