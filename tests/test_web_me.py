"""My duties: the next one first, then the list, then what the ledger holds."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import quote

from scheduler import accounts, quotas
from scheduler.audit import SYSTEM
from scheduler.database import insert, run, write
from tests import builders
from tests.conftest import signed_in
from web.acts import leads_somewhere


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


def test_the_record_is_the_ledgers_of_this_year(as_staff, db, town, now):
    builders.held(db, town, date(2026, 2, 2), [town.lan])
    builders.held(db, town, date(2026, 2, 3), [town.lan, town.party])
    builders.held(db, town, date(2026, 2, 4), [town.lan, town.party], absent=[town.lan])
    builders.held(db, town, date(2025, 12, 31), [town.lan])

    history = words(as_staff.get("/me/history").text)

    assert "人次 2 小时 17" in words(as_staff.get("/me").text)
    assert "人次 2 小时 17 公平份额 2.0 您与公平份额相当。 同样可排的 2 人今年共 4 人次。" in history
    assert "活动类型 人次 小时 厅堂服务 2 17" in history
    assert "2026年2月 2 17 2026年1月 0 0" in history


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


def test_got_it_is_said_once_and_then_shown(as_staff, db, town):
    held = builders.assigned(db, builders.shift(db, town, date(2026, 3, 2), [town.lan]), town.lan)
    before = words(as_staff.get("/me").text)

    answer = as_staff.post(f"/me/duties/{held}/acknowledge", data={"next": "/me"})

    assert (answer.status_code, answer.location) == (303, "/me")
    after = words(as_staff.get("/me").text)
    assert ("收到 换班 请假" in before, "已收到 换班 请假" in before) == (True, False)
    assert "已收到 换班 请假" in after


def test_nobody_is_sent_to_another_site_after_the_button(as_staff, db, town):
    held = builders.assigned(db, builders.shift(db, town, date(2026, 3, 2), [town.lan]), town.lan)

    answer = as_staff.post(f"/me/duties/{held}/acknowledge", data={"next": "//evil.example/me"})

    assert answer.location == "/me"


def test_one_duty_has_a_page_of_its_own_for_its_person_only(as_staff, client, db, town, now):
    held = builders.assigned(db, builders.shift(db, town, date(2026, 3, 2), [town.lan, town.min]), town.lan)

    text = words(as_staff.get(f"/me/duties/{held}").text)

    assert "2 天后 还有 1 天 23 小时 08:30–17:00 江北支行 厅堂服务 3月2日 周一" in text
    assert "同班：闵行" in text
    assert signed_in(client, db, town.min, now).get(f"/me/duties/{held}").status_code == 404
    assert client.post(f"/me/duties/{held}/acknowledge").status_code == 403


def test_the_leave_button_opens_the_form_on_the_day_of_the_duty(as_staff, db, town):
    builders.shift(db, town, date(2026, 3, 2), [town.lan])

    link = re.search(r'href="(/me/leave[?]day=[^"]+)"', as_staff.get("/me").text)[1]

    assert 'value="2026-03-02"' in as_staff.get(link).text


def test_a_button_is_there_only_where_it_leads_somewhere(app):
    with app.test_request_context("/"):
        assert leads_somewhere("/me/leave?day=2026-03-02")
        assert leads_somewhere("/me/duties/1/acknowledge", "POST")
        assert not leads_somewhere("/me/duties/1/acknowledge")
        assert not leads_somewhere("/me/duties/1/juggle")


def test_a_cancelled_duty_stays_struck_until_it_is_noted(as_staff, db, town):
    held = builders.assigned(db, builders.shift(db, town, date(2026, 3, 2), [town.lan]), town.lan)
    with write(db):
        run(db, "UPDATE shift SET state = 'cancelled'")
    before, alone = words(as_staff.get("/me").text), words(as_staff.get(f"/me/duties/{held}").text)

    as_staff.post(f"/me/duties/{held}/acknowledge")

    assert "有变动 这 1 班不用您值了 2 周一 江北支行 厅堂服务 08:30–17:00 已取消 知道了" in before
    assert "这一班已取消。 不用去了。" in alone
    assert "已取消" not in words(as_staff.get("/me").text)


def test_a_page_that_a_phone_may_keep_names_for_whom_and_others_do_not(as_staff, client, db, town, now):
    mine = as_staff.get("/me").headers["Lunzhi-Keep"]

    assert [as_staff.get(path).headers.get("Lunzhi-Keep") for path in ("/me/history", "/me/calendar")] == [None, None]
    assert as_staff.get("/me").headers["Lunzhi-Keep"] == mine
    assert signed_in(client, db, town.min, now).get("/me").headers["Lunzhi-Keep"] != mine


def test_the_map_is_asked_for_by_the_address_and_only_when_followed(as_staff, db, town):
    with write(db):
        run(db, "UPDATE place SET address = '江北大道 118 号', district = '巴州区' WHERE id = :id", id=town.outlet)
    builders.shift(db, town, date(2026, 3, 2), [town.lan])

    page = as_staff.get("/me").text

    assert f'href="https://uri.amap.com/search?callnative=1&amp;keyword={quote("巴州区江北大道 118 号")}"' in page
    assert page.count("https://") == 1


def test_a_leader_sees_the_quota_of_the_week(client, db, town, now):
    quotas.add(
        db, unit_id=town.branch, role="deputy", activity="visit", least=2, starts_on=date(2026, 1, 5),
        by=SYSTEM, now=now,
    )  # fmt: skip
    builders.shift(db, town, date(2026, 3, 1), [town.deputy], activity="visit")

    text = words(signed_in(client, db, town.deputy, now).get("/me").text)

    assert "我的指标 第 9 周 领导走访：本周 0/2 次 3月1日 周日 江北支行 安排走访 还差 1 次" in text


def test_a_leader_whose_visits_are_planned_for_them_is_told_by_whom(client, db, town, now):
    quota_id = quotas.add(
        db, unit_id=town.branch, role="deputy", activity="visit", least=2, starts_on=date(2026, 1, 5),
        by=SYSTEM, now=now,
    )  # fmt: skip
    quotas.set_own_visits(db, town.branch, False, by=SYSTEM, now=now)
    accounts.grant(db, town.party, "coordinator", town.branch, by=SYSTEM, now=now)
    page = f"/quotas/{quota_id}/{town.deputy}/2026-02-23"

    text = signed_in(client, db, town.deputy, now).get("/me").text
    assert (page in text, "哪天去，请告诉吕莉" in text) == (False, True)

    accounts.grant(db, town.deputy, "coordinator", town.branch, by=SYSTEM, now=now)
    assert page in signed_in(client, db, town.deputy, now).get("/me").text
    assert client.get(page).status_code == 200


def test_a_telephone_learns_its_name_and_drawings_without_a_sign_in(client):
    told = client.get("/manifest.webmanifest?lang=en")

    assert (told.json["name"], told.json["start_url"], told.json["display"]) == (
        "Lunzhi · my duties", "/me", "standalone",
    )  # fmt: skip
    assert [client.get(one["src"]).mimetype for one in told.json["icons"]] == ["image/png"] * 3
    assert client.get("/worker.js").mimetype == "text/javascript"
    assert "worker-src 'self'" in client.get("/signin").headers["Content-Security-Policy"]


def test_check_in_becomes_the_main_button_when_it_opens_and_says_when_one_came(as_staff, db, town, watch):
    held = builders.assigned(db, builders.shift(db, town, date(2026, 3, 2), [town.lan]), town.lan)
    watch.now = datetime(2026, 3, 1, 23, 59, tzinfo=UTC)
    early = words(as_staff.get("/me").text)
    watch.now += timedelta(minutes=1)
    on_time = as_staff.get("/me").text
    with write(db):
        insert(
            db, "check_in", assignment_id=held, at="2026-03-02T00:21:00Z", received_at="2026-03-02T00:21:00Z",
            way="code", late=0,
        )  # fmt: skip

    assert "签到 08:00 起" in early
    assert f'acts__act--main" href="/me/check-in/{held}"' in on_time
    assert "已签到 08:21" in words(as_staff.get("/me").text)
