"""Open duties on the pages: opened and closed at a desk, taken, waited for and left on a phone."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time

import pytest

from scheduler import accounts, openings, people
from scheduler.audit import SYSTEM
from scheduler.database import rows, value
from tests import builders
from tests.conftest import signed_in

DAY = date(2026, 3, 10)
OPEN = {"seats": "1", "rule": "first_come", "closes": "2026-03-08", "closes_time": "18:00"}


@pytest.fixture
def shift(db, town):
    return builders.shift(db, town, DAY, place_id=town.community, activity="community")


@pytest.fixture
def opening(db, now, shift):
    """One seat, first come, until Sunday evening."""
    closes = datetime(2026, 3, 8, 10, tzinfo=UTC)
    openings.open_seats(db, shift, seats=1, closes_at=closes, base_url="", by=SYSTEM, now=now)
    return value(db, "SELECT id FROM opening")


def take(db, opening, person_id, now):
    openings.take(db, opening, base_url="", by=accounts.actor(db, person_id), now=now)


def states(db):
    return [(row["person_id"], row["state"]) for row in rows(db, "SELECT person_id, state FROM sign_up ORDER BY id")]


class TestOnAPhone:
    def test_a_seat_is_taken_and_stands_in_my_duties(self, as_staff, opening):
        page = as_staff.post(f"/me/open/{opening}/take", follow_redirects=True)

        assert "报名成功" in page.text
        assert "已报上" in page.text
        assert "东风路社区" in as_staff.get("/me").text

    def test_when_all_is_taken_one_waits_and_sees_which_number(self, as_staff, db, town, now, opening):
        take(db, opening, town.min, now)
        before = as_staff.get("/me/open").text

        page = as_staff.post(f"/me/open/{opening}/take", follow_redirects=True)

        assert "名额已满，可候补" in before
        assert "候补第 1 位" in page.text

    def test_what_stands_against_it_is_said_beforehand_and_again(self, as_staff, db, town, now, opening):
        begins, ends = datetime(2026, 3, 9, tzinfo=UTC), datetime(2026, 3, 12, tzinfo=UTC)
        people.add_away(db, town.lan, kind="travel", starts_at=begins, ends_at=ends, by=SYSTEM, now=now)
        shown = as_staff.get("/me/open").text

        page = as_staff.post(f"/me/open/{opening}/take")

        assert page.status_code == 409
        assert "出差" in shown
        assert "/take" not in shown
        assert "出差" in page.text
        assert states(db) == []

    def test_a_rule_that_warns_asks_for_a_reason(self, as_staff, db, town, opening):
        builders.shift(db, town, DAY, [town.lan], starts=time(18), ends=time(20))

        refused = as_staff.post(f"/me/open/{opening}/take")
        taken = as_staff.post(f"/me/open/{opening}/take", data={"override": "我住在旁边"})

        assert (refused.status_code, taken.status_code) == (409, 303)
        assert 'name="override"' in refused.text
        assert states(db) == [(town.lan, "seated")]

    def test_leaving_gives_the_seat_to_the_next(self, as_staff, db, town, now, opening):
        take(db, opening, town.lan, now)
        take(db, opening, town.min, now)

        page = as_staff.post(f"/me/open/{opening}/leave", follow_redirects=True)

        assert "已退出。" in page.text
        assert states(db) == [(town.lan, "left"), (town.min, "seated")]

    def test_after_the_deadline_it_is_too_late_to_leave(self, as_staff, db, town, now, watch, opening):
        take(db, opening, town.lan, now)
        watch.now = datetime(2026, 3, 9, tzinfo=UTC)

        page = as_staff.post(f"/me/open/{opening}/leave")

        assert page.status_code == 409
        assert "3月10日 周二 的报名 03-08 18:00 已截止" in page.text
        assert states(db) == [(town.lan, "seated")]

    def test_what_is_not_meant_for_me_is_not_there(self, as_staff, db, now, town, opening):
        people.change(db, town.min, version=1, skills=["志愿队"], by=SYSTEM, now=now)
        db.conn.execute("""UPDATE opening SET asked = '{"skills": ["志愿队"]}'""")

        assert "东风路社区" not in as_staff.get("/me/open").text
        assert as_staff.post(f"/me/open/{opening}/take").status_code == 404

    def test_my_duties_say_how_many_are_open(self, as_staff, opening):
        assert "可报名 1" in as_staff.get("/me").text

        as_staff.post(f"/me/open/{opening}/take")

        assert "可报名 1" not in as_staff.get("/me").text

    def test_english_is_whole(self, as_staff, db, town, opening):
        people.change(db, town.lan, version=1, lang="en", by=SYSTEM, now=datetime(2026, 2, 28, 1, tzinfo=UTC))

        text = re.sub(r"(?s)<style.*?</style>|<[^>]+>", "", as_staff.get("/me/open").text)

        assert "1 seat left" in text
        assert "Take a seat" in text
        assert set(re.findall(r"[一-鿿]+", text)) <= {"兰草", "兰", "东风路社区", "中文", "办公室"}


class TestAtADesk:
    def test_seats_are_opened_and_everybody_is_told(self, as_coordinator, db, shift):
        page = as_coordinator.post(f"/shifts/{shift}/opening", data=OPEN | {"tell": "1"}, follow_redirects=True)

        assert "已开放报名，通知 6 人。" in page.text
        assert value(db, "SELECT COUNT(*) FROM outbox WHERE kind = 'open_duty'") == 6

    @pytest.mark.parametrize(
        ("given", "sentence"),
        [
            ({"seats": "10"}, "1 至 9"),
            ({"closes": ""}, "必填"),
            ({"closes": "2026-03-11"}, "截止时间须晚于现在"),
            ({"rule": "lot"}, "lot"),
            ({"skills": "没有这个队"}, "没有人属于“没有这个队”"),
        ],
    )
    def test_what_cannot_be_is_said_and_the_input_kept(self, as_coordinator, db, shift, given, sentence):
        page = as_coordinator.post(f"/shifts/{shift}/opening", data=OPEN | {"note": "穿马甲"} | given)

        assert page.status_code == 422
        assert sentence in page.text
        assert "穿马甲" in page.text
        assert value(db, "SELECT COUNT(*) FROM opening") == 0

    def test_who_signed_up_and_who_waits_stand_there_in_order(self, as_coordinator, db, town, now, shift, opening):
        for person in (town.min, town.bo, town.lan):
            take(db, opening, person, now)

        text = as_coordinator.get(f"/shifts/{shift}/opening").text

        assert text.index("闵行") < text.index("候补，按次序") < text.index("薄荷") < text.index("兰草")

    def test_one_of_the_list_is_seated_by_hand(self, as_coordinator, db, town, now, shift, opening):
        for person in (town.min, town.bo, town.lan):
            take(db, opening, person, now)

        as_coordinator.post("/sign-ups/3/seat")
        again = as_coordinator.post("/sign-ups/3/seat")

        assert states(db) == [(town.min, "seated"), (town.bo, "waiting"), (town.lan, "seated")]
        assert again.status_code == 409
        assert "兰草不在候补名单里了" in again.text

    def test_a_rule_that_warns_asks_the_coordinator_for_a_reason(self, as_coordinator, db, town, now, shift, opening):
        take(db, opening, town.min, now)
        take(db, opening, town.bo, now)
        builders.shift(db, town, DAY, [town.bo], starts=time(18), ends=time(20))

        refused = as_coordinator.post("/sign-ups/2/seat")
        as_coordinator.post("/sign-ups/2/seat", data={"override": "本人同意"})

        assert refused.status_code == 409
        assert 'action="/sign-ups/2/seat"' in refused.text
        assert states(db) == [(town.min, "seated"), (town.bo, "seated")]

    def test_it_is_closed_and_opened_again(self, as_coordinator, db, shift, opening):
        closed = as_coordinator.post(f"/openings/{opening}/close", follow_redirects=True)
        again = as_coordinator.post(f"/shifts/{shift}/opening", data=OPEN, follow_redirects=True)

        assert "已关闭报名" in closed.text
        assert "重新开放" in closed.text
        assert "报名中" in again.text

    def test_whoever_looked_at_an_older_one_is_told(self, as_coordinator, db, shift, opening):
        as_coordinator.post(f"/shifts/{shift}/opening", data=OPEN | {"seats": "2", "version": "1"})

        page = as_coordinator.post(f"/shifts/{shift}/opening", data=OPEN | {"seats": "3", "version": "1"})

        assert page.status_code == 409
        assert "吕莉刚刚改过" in page.text
        assert value(db, "SELECT seats FROM opening") == 2

    def test_people_are_called_up_at_once(self, as_coordinator, db, town, now):
        roster_id = builders.published(db, town, now)
        form = {
            "place_id": town.community, "day": "2026-03-02", "seats": "2", "starts": "09:00", "ends": "12:00",
            "activity": "epidemic", "note": "入户测温",
        }  # fmt: skip

        asked = as_coordinator.get(f"/rosters/{roster_id}/call-up")
        page = as_coordinator.post(f"/rosters/{roster_id}/call-up", data=form, follow_redirects=True)
        listed = as_coordinator.get("/openings").text

        assert asked.status_code == 200
        assert "已开放报名，通知" in page.text
        assert "紧急" in page.text
        assert "3月2日 周一 09:00–12:00" in listed

    def test_a_call_up_for_yesterday_is_refused_at_the_day(self, as_coordinator, db, town, now):
        roster_id = builders.published(db, town, now)
        form = {
            "place_id": town.community, "day": "2026-02-27", "seats": "2", "starts": "09:00", "ends": "12:00",
            "activity": "epidemic",
        }  # fmt: skip

        page = as_coordinator.post(f"/rosters/{roster_id}/call-up", data=form)

        assert page.status_code == 422
        assert "不能临时征集" in page.text

    def test_a_draft_cannot_be_opened(self, as_coordinator, db, town):
        shift_id = builders.shift(db, town, DAY, roster="draft")

        page = as_coordinator.post(f"/shifts/{shift_id}/opening", data=OPEN)

        assert page.status_code == 409
        assert "发布以后才能开放报名" in page.text

    def test_staff_and_coordinators_of_elsewhere_see_none_of_it(self, client, db, town, now, shift, opening):
        office = signed_in(client, db, town.bo, now)
        assert office.get(f"/shifts/{shift}/opening").status_code == 404
        accounts.grant(db, town.bo, "coordinator", town.office, by=SYSTEM, now=now)
        office = signed_in(client, db, town.bo, now)  # whoever is given a right signs in anew
        take(db, opening, town.min, now)

        answers = [
            office.get(f"/shifts/{shift}/opening"),
            office.post(f"/shifts/{shift}/opening", data=OPEN),
            office.post(f"/openings/{opening}/close"),
            office.post("/sign-ups/1/seat"),
        ]

        assert [answer.status_code for answer in answers] == [404] * 4
        assert "东风路社区" not in office.get("/openings").text


def test_a_coordinator_takes_somebody_out_on_the_openings_page(app, as_coordinator, db, town, now, shift, opening):
    as_staff = signed_in(app.test_client(), db, town.bo, now)
    take(db, opening, town.lan, now)
    assert "/sign-ups/1/free" in as_coordinator.get(f"/shifts/{shift}/opening").text

    assert as_coordinator.post("/sign-ups/1/free", data={"reason": ""}).status_code == 422
    assert as_staff.post("/sign-ups/1/free", data={"reason": "不是我管"}).status_code in (403, 404)
    assert states(db) == [(town.lan, "seated")]
    assert as_coordinator.post("/sign-ups/1/free", data={"reason": "报错了"}).status_code == 303
    assert states(db) == [(town.lan, "released")]
    assert as_coordinator.post(f"/openings/{opening}/call-off", data={"reason": "试试"}).status_code == 409
