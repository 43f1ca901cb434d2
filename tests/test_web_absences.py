"""Calendars that leave is read from, on the pages: given on a phone or at a desk, and never shown again."""

from __future__ import annotations

import pytest

from scheduler import absences
from scheduler.audit import SYSTEM
from scheduler.config import Hosts
from scheduler.database import rows, run, value
from tests.conftest import signed_in

URL = "https://calendar.example/private-secret-word/basic.ics"
GIVEN = {"url": URL, "takes": "words"}
HOSTS = Hosts(hosts=("calendar.example",))


@pytest.fixture(autouse=True)
def allowed(app):
    app.config["SETTINGS"] = app.config["SETTINGS"].model_copy(update={"calendars": HOSTS})


def given(db, person_id, now):
    return absences.give(db, person_id, **GIVEN, allowed=HOSTS, by=SYSTEM, now=now)


class TestMine:
    def test_an_address_is_given_and_not_shown_again(self, as_staff, db, town):
        page = as_staff.post("/me/leave/calendar", data=GIVEN, follow_redirects=True)

        assert "calendar.example" in page.text
        assert "secret-word" not in page.text
        assert rows(db, "SELECT person_id, url FROM leave_calendar") == [{"person_id": town.lan, "url": URL}]

    @pytest.mark.parametrize(
        ("wrong", "sentence"),
        [
            ({"url": "https://evil.example/x.ics"}, "evil.example 不在可读取的主机之列"),
            ({"url": "http://calendar.example/x.ics"}, "必须以 https:// 开头"),
            ({"takes": "some"}, "some"),
        ],
    )
    def test_what_is_wrong_is_said_at_the_field(self, as_staff, db, town, wrong, sentence):
        page = as_staff.post("/me/leave/calendar", data=GIVEN | wrong)

        assert (page.status_code, value(db, "SELECT COUNT(*) FROM leave_calendar")) == (422, 0)
        assert sentence in page.text

    def test_what_went_wrong_is_told_in_the_readers_language(self, as_staff, db, town, now):
        calendar_id = given(db, town.lan, now)
        problem = '{"code": "calendar_answers_otherwise", "facts": {"status": 404}}'
        run(
            db,
            "UPDATE leave_calendar SET problem = :problem, failures = 1, failing_since = next_at WHERE id = :id",
            problem=problem,
            id=calendar_id,
        )

        assert "服务器答复 404" in as_staff.get("/me/leave/calendar").text
        as_staff.post("/language", data={"lang": "en"})
        assert "The server answered 404" in as_staff.get("/me/leave/calendar").text

    def test_it_is_read_again_and_forgotten(self, as_staff, db, town, now):
        given(db, town.lan, now)

        assert as_staff.post("/me/leave/calendar/again").status_code == 303
        assert as_staff.post("/me/leave/calendar/forget").status_code == 303
        assert value(db, "SELECT COUNT(*) FROM leave_calendar") == 0
        assert as_staff.post("/me/leave/calendar/forget").status_code == 404

    def test_without_hosts_nobody_is_led_there(self, as_staff, app, town):
        assert "/me/leave/calendar" in as_staff.get("/me/leave").text

        app.config["SETTINGS"] = app.config["SETTINGS"].model_copy(update={"calendars": Hosts()})
        assert "/me/leave/calendar" not in as_staff.get("/me/leave").text
        assert "还不能从日历读请假" in as_staff.get("/me/leave/calendar").text


class TestDesk:
    def test_a_coordinator_gives_one_for_a_person_of_theirs(self, as_coordinator, db, town):
        staff_no = value(db, "SELECT staff_no FROM person WHERE id = :id", id=town.lan)
        page = as_coordinator.post("/leave/calendars", data=GIVEN | {"staff_no": staff_no}, follow_redirects=True)

        assert "兰草" in page.text
        assert "secret-word" not in page.text
        assert rows(db, "SELECT person_id, given_by FROM leave_calendar") == [
            {"person_id": town.lan, "given_by": "吕莉"}
        ]

    @pytest.mark.parametrize("staff_no", ["", "99999"])
    def test_nobody_is_nobody(self, as_coordinator, db, staff_no):
        page = as_coordinator.post("/leave/calendars", data=GIVEN | {"staff_no": staff_no})

        assert (page.status_code, value(db, "SELECT COUNT(*) FROM leave_calendar")) == (422, 0)

    def test_it_is_forgotten_by_who_coordinates_and_by_nobody_else(self, as_coordinator, db, town, now):
        calendar_id = given(db, town.lan, now)

        assert as_coordinator.post(f"/leave/calendars/{calendar_id}/again").status_code == 303
        assert as_coordinator.post(f"/leave/calendars/{calendar_id}/forget").status_code == 303
        assert value(db, "SELECT COUNT(*) FROM leave_calendar") == 0

    def test_what_an_event_is_called_is_told_to_its_owner_alone(self, as_coordinator, client, db, town, now):
        given(db, town.lan, now)
        run(
            db,
            "UPDATE leave_calendar SET problem = :problem, failures = 1, failing_since = next_at",
            problem='{"code": "calendar_broken", "facts": {"text": "RRULE 看医生"}}',
        )

        assert "整份没有读取：…" in as_coordinator.get("/leave/calendars").text
        signed_in(client, db, town.lan, now)
        assert "看医生" in client.get("/me/leave/calendar").text

    def test_another_units_calendar_is_not_there(self, client, db, town, now):
        calendar_id = given(db, town.head, now)
        signed_in(client, db, town.lan, now)

        assert client.post(f"/leave/calendars/{calendar_id}/forget").status_code in (403, 404)
        assert value(db, "SELECT COUNT(*) FROM leave_calendar") == 1


def test_the_board_of_quotas_leads_to_the_calendar_of_its_visits(as_coordinator, town):
    assert f'href="/units/{town.branch}/visits"' in as_coordinator.get("/quotas").text
    assert f'href="/units/{town.office}/visits"' in as_coordinator.get(f"/quotas?unit={town.office}").text
    assert f'href="/units/{town.branch}/visits"' in as_coordinator.get("/quotas?unit=99x").text
