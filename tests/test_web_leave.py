"""Leave and wishes on the pages: asked on a phone, decided at a desk."""

from __future__ import annotations

from datetime import date

import pytest

from scheduler import accounts, leave, wishes
from scheduler.audit import SYSTEM
from scheduler.database import one, rows, value
from tests import builders
from tests.conftest import signed_in
from tests.test_leave import ask, request

TUESDAY = {"kind": "leave", "starts": "2026-03-03"}
RULES = {"leave": "2", "sick": "3", "travel": "0", "training": "0", "other": "1", "version": "0"}
WISH = {"kind": "prefer", "strength": "2", "weekday": "2"}


def asked(db, town, now, **given):
    ask(db, accounts.actor(db, town.lan), now, **given)
    return request(db)["id"]


def test_ones_own_leave_stands_at_the_desk_without_its_buttons(as_coordinator, db, town, now):
    accounts.grant(db, town.head, "administrator", town.branch, by=SYSTEM, now=now)
    ask(db, accounts.actor(db, town.party), now)
    path = f"/leave/{request(db)['id']}/approve"

    assert "您自己的请假，由何远山审批" in as_coordinator.get("/leave").text
    assert path not in as_coordinator.get("/leave").text
    page = as_coordinator.post(path)
    assert (page.status_code, "由何远山审批" in page.text) == (409, True)


class TestMine:
    def test_leave_is_asked_for_and_waits(self, as_staff, db, town):
        page = as_staff.post("/me/leave", data=TUESDAY, follow_redirects=True)

        assert "待审批" in page.text
        assert request(db)["state"] == "asked"

    def test_half_a_day_is_asked_for_by_the_clock(self, as_staff, db, town):
        as_staff.post("/me/leave", data=TUESDAY | {"starts_time": "13:30", "ends_time": "18:00"})

        held = one(db, "SELECT starts_at, ends_at FROM leave_request")
        assert held == {"starts_at": "2026-03-03T05:30:00Z", "ends_at": "2026-03-03T10:00:00Z"}
        assert "3月3日 周二 13:30–18:00" in as_staff.get("/me/leave").text

    def test_from_an_afternoon_to_the_end_of_another_day(self, as_staff, db, town):
        as_staff.post("/me/leave", data=TUESDAY | {"ends": "2026-03-05", "starts_time": "13:00"})

        held = one(db, "SELECT starts_at, ends_at FROM leave_request")
        assert held == {"starts_at": "2026-03-03T05:00:00Z", "ends_at": "2026-03-05T16:00:00Z"}

    @pytest.mark.parametrize(
        ("given", "sentence"),
        [
            ({"starts": ""}, "必填"),
            ({"starts": "2026-02-30"}, "2026-02-30"),
            ({"ends": "2026-03-01"}, "早于"),
            ({"starts_time": "25:00"}, "25:00"),
            ({"kind": "holiday"}, "holiday"),
            ({"starts": "2026-02-01"}, "已经过去"),
        ],
    )
    def test_what_makes_no_sense_is_said_and_the_input_kept(self, as_staff, db, town, given, sentence):
        page = as_staff.post("/me/leave", data=TUESDAY | {"note": "回老家"} | given)

        assert page.status_code == 422
        assert sentence in page.text
        assert "回老家" in page.text
        assert value(db, "SELECT COUNT(*) FROM leave_request") == 0

    def test_ones_own_is_withdrawn(self, as_staff, db, town, now):
        request_id = asked(db, town, now)

        page = as_staff.post(f"/me/leave/{request_id}/withdraw", follow_redirects=True)

        assert "已撤回" in page.text
        assert request(db)["state"] == "withdrawn"

    def test_somebody_elses_is_not_there(self, client, db, town, now):
        request_id = asked(db, town, now)

        assert signed_in(client, db, town.min, now).post(f"/me/leave/{request_id}/withdraw").status_code == 404
        assert request(db)["state"] == "asked"

    def test_the_page_reads_in_english(self, as_staff, db, town, now):
        asked(db, town, now)
        as_staff.post("/language", data={"lang": "en", "next": "/me/leave"})

        assert "Waiting" in as_staff.get("/me/leave").text

    def test_the_way_there_is_on_my_duties(self, as_staff, town):
        page = as_staff.get("/me").text

        assert 'href="/me/leave"' in page
        assert 'href="/me/wishes"' in page


class TestDeciding:
    def test_the_list_tells_what_it_would_hit(self, as_coordinator, db, town, now):
        builders.published(db, town, now)
        duty = one(
            db,
            "SELECT shift.day FROM assignment JOIN shift ON shift.id = shift_id WHERE person_id = :id ORDER BY day",
            id=town.lan,
        )
        request_id = asked(db, town, now, first=date.fromisoformat(duty["day"]))

        page = as_coordinator.get("/leave").text

        assert f"/leave/{request_id}/approve" in page
        assert "影响已发布的班次" in page

    def test_an_approval(self, as_coordinator, db, town, now):
        page = as_coordinator.post(f"/leave/{asked(db, town, now)}/approve", follow_redirects=True)

        assert "已批准" in page.text
        assert request(db)["state"] == "approved"

    def test_a_refusal_needs_its_reason(self, as_coordinator, db, town, now):
        request_id = asked(db, town, now)

        assert as_coordinator.post(f"/leave/{request_id}/decline", data={"reason": ""}).status_code == 422
        assert as_coordinator.post(f"/leave/{request_id}/decline", data={"reason": "人手不够"}).status_code == 303
        assert (request(db)["state"], request(db)["reason"]) == ("declined", "人手不够")

    def test_the_second_of_two_is_told_who_was_first(self, as_coordinator, db, town, now):
        request_id = asked(db, town, now)
        leave.approve(db, request_id, base_url="http://here", by=accounts.actor(db, town.head), now=now)

        page = as_coordinator.post(f"/leave/{request_id}/decline", data={"reason": "人手不够"})

        assert page.status_code == 409
        assert "何远山" in page.text
        assert request(db)["state"] == "approved"

    @pytest.mark.parametrize("act", ["approve", "decline"])
    def test_nobody_decides_on_people_of_other_units(self, client, db, town, now, act):
        company = builders.unit(db, now, "电信公司")
        stranger = builders.person(db, now, company, "T1", "外人")
        accounts.grant(db, stranger, "coordinator", company, by=SYSTEM, now=now)
        request_id = asked(db, town, now)

        page = signed_in(client, db, stranger, now).post(f"/leave/{request_id}/{act}", data={"reason": "x"})

        assert page.status_code == 404
        assert request(db)["state"] == "asked"

    def test_staff_do_not_see_the_list(self, as_staff, town):
        assert as_staff.get("/leave").status_code == 403

    def test_a_coordinator_notes_half_a_day(self, as_coordinator, db, town):
        given = TUESDAY | {"starts_time": "08:00", "ends_time": "12:00"}

        as_coordinator.post(f"/people/{town.lan}/away", data=given)

        assert rows(db, "SELECT starts_at, ends_at FROM away") == [
            {"starts_at": "2026-03-03T00:00:00Z", "ends_at": "2026-03-03T04:00:00Z"}
        ]


class TestRules:
    def test_an_administrator_sets_them(self, as_administrator, db, town):
        as_administrator.post("/leave/rules", data=RULES | {"unit_id": town.branch})

        assert leave.rules(db, town.office)["days"]["leave"] == 2
        assert "已保存" in as_administrator.get("/leave/rules").text

    def test_a_coordinator_only_reads_them(self, as_coordinator, db, town):
        assert as_coordinator.post("/leave/rules", data=RULES | {"unit_id": town.branch}).status_code == 403
        assert 'name="sick"' not in as_coordinator.get("/leave/rules").text
        assert leave.rules(db, town.branch)["days"] == leave.DEFAULTS

    def test_too_many_days_are_refused(self, as_administrator, db, town):
        page = as_administrator.post("/leave/rules", data=RULES | {"unit_id": town.branch, "leave": "400"})

        assert page.status_code == 422
        assert leave.rules(db, town.branch)["days"] == leave.DEFAULTS


class TestWishes:
    def test_one_keeps_ones_own(self, as_staff, db, town):
        page = as_staff.post("/me/wishes", data=WISH, follow_redirects=True).text

        assert "周三" in page
        assert [(w["kind"], w["strength"], w["weekday"]) for w in wishes.of_person(db, town.lan)] == [("prefer", 2, 2)]

    def test_the_form_reads_in_english_after_it_was_read_in_chinese(self, as_staff, town):
        assert ">不愿意<" in as_staff.get("/me/wishes").text

        as_staff.post("/language", data={"lang": "en", "next": "/me/wishes"})

        assert ">Rather not<" in as_staff.get("/me/wishes").text

    def test_and_takes_it_back(self, as_staff, db, town, now):
        wish_id = wishes.add(db, town.lan, kind="avoid", weekday=1, by=SYSTEM, now=now)

        as_staff.post(f"/me/wishes/{wish_id}/remove")

        assert wishes.of_person(db, town.lan) == []

    def test_nobody_takes_back_somebody_elses(self, as_staff, db, town, now):
        wish_id = wishes.add(db, town.min, kind="avoid", weekday=1, by=SYSTEM, now=now)

        assert as_staff.post(f"/me/wishes/{wish_id}/remove").status_code == 404
        assert len(wishes.of_person(db, town.min)) == 1

    @pytest.mark.parametrize("given", [{"weekday": ""}, {"weekday": "9"}, {"strength": "5"}, {"kind": "want"}])
    def test_a_wish_of_nothing_is_refused(self, as_staff, db, town, given):
        assert as_staff.post("/me/wishes", data=WISH | given).status_code == 422
        assert wishes.of_person(db, town.lan) == []

    def test_a_coordinator_sees_and_keeps_them_for_a_person(self, as_coordinator, db, town):
        page = as_coordinator.post(f"/people/{town.lan}/wishes", data=WISH, follow_redirects=True).text

        assert "兰草" in page
        assert len(wishes.of_person(db, town.lan)) == 1

    def test_staff_keep_none_for_others(self, as_staff, db, town):
        assert as_staff.post(f"/people/{town.min}/wishes", data=WISH).status_code == 404

    def test_the_candidates_of_a_slot_say_them(self, as_coordinator, db, town, now):
        roster_id = builders.drafted(db, town, now)
        wishes.add(db, town.lan, kind="avoid", strength=2, weekday=1, by=SYSTEM, now=now)
        ask(db, accounts.actor(db, town.lan), now)
        shift_id = value(db, "SELECT id FROM shift WHERE roster_id = :id AND day = '2026-03-03'", id=roster_id)

        page = as_coordinator.get(f"/rosters/{roster_id}?slot={shift_id}-1").text

        assert "不愿意周二（强烈）" in page
        assert "请假待审批" in page
