"""Leaders plan the visits that they owe by themselves: where, when, seen by whom, and what is refused in words."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from scheduler import accounts, assignments, feeds, own, places, quotas, rosters
from scheduler.audit import SYSTEM
from scheduler.database import one, rows, run, value, write
from scheduler.errors import Conflict, Invalid, NotFound
from tests import builders
from tests.calendars import MONDAY, events, subscribed
from tests.conftest import signed_in
from tests.test_quotas import away

TUESDAY, WEDNESDAY, THURSDAY = (MONDAY + timedelta(days=days) for days in (1, 2, 3))
NINE_TO_ELEVEN = time(9), time(11)


@pytest.fixture
def owed(db, town, now) -> int:
    """The deputy owes two visits a week; the office sponsors the community; March is published."""
    places.sponsor(
        db, town.community, unit_id=town.office, starts_on=date(2026, 1, 1), procedure="先到居委会", by=SYSTEM, now=now
    )
    builders.published(db, town, now)
    return quotas.add(
        db,
        unit_id=town.branch,
        role="deputy",
        activity="visit",
        least=2,
        starts_on=date(2026, 1, 5),
        by=SYSTEM,
        now=now,
    )


def planned(db, town, now, quota_id, **given) -> int:
    wanted = {
        "day": TUESDAY,
        "place_id": town.community,
        "hours": NINE_TO_ELEVEN,
        "by": accounts.actor(db, town.deputy),
    }
    return quotas.plan_own(db, quota_id, **wanted | given, now=now)


def refused(db, town, now, quota_id, **given) -> str:
    before = value(db, "SELECT COUNT(*) FROM shift"), value(db, "SELECT COUNT(*) FROM audit")
    with pytest.raises((Conflict, Invalid, NotFound)) as refusal:
        planned(db, town, now, quota_id, **given)
    assert (value(db, "SELECT COUNT(*) FROM shift"), value(db, "SELECT COUNT(*) FROM audit")) == before
    return refusal.value.code


def test_a_visit_holds_at_once_in_calendar_reminders_and_what_is_owed(db, town, now, owed):
    mine = subscribed(db, town.deputy, now)
    assignment_id = planned(db, town, now, owed)

    assert feeds.refresh(db, base_url="https://duty.example", now=now + timedelta(minutes=1)) == 1
    (event,) = events(db, mine, now)
    assert (event["SUMMARY"], event["DTSTART"].dt.isoformat()) == ("领导走访 · 东风路社区", "2026-03-03T09:00:00+08:00")
    assert value(db, "SELECT COUNT(*) FROM reminder WHERE assignment_id = :id AND state = 'due'", id=assignment_id) > 0
    assert own.coming(db, town.deputy, now=now)[0]["assignment_id"] == assignment_id
    weeks = own.owed(db, town.deputy, town.branch, now=now, ahead=quotas.WEEKS_AHEAD)
    assert [(week["planned"], week["missing"]) for week in weeks] == [(0, 2), (1, 1), (0, 2), (0, 2)]


def test_it_is_one_act_in_the_audit_and_one_step_that_no_undo_takes_back(db, town, now, owed):
    before = value(db, "SELECT MAX(id) FROM audit")
    assignment_id = planned(db, town, now, owed)

    assert rows(db, "SELECT act, subject, subject_id, actor FROM audit WHERE id > :id", id=before) == [
        {"act": "plan_visit", "subject": "assignment", "subject_id": assignment_id, "actor": "杜明月"}
    ]
    assert one(db, "SELECT act, version_id IS NOT NULL AS is_told FROM step ORDER BY id DESC LIMIT 1") == {
        "act": "plan_visit",
        "is_told": 1,
    }
    roster_id = value(db, "SELECT id FROM roster")
    assert rosters.revision(db, roster_id).changes == []
    assert value(db, "SELECT fixed FROM assignment WHERE id = :id", id=assignment_id) == 1


def test_a_visit_that_nobody_goes_to_is_taken_and_not_doubled(db, town, now, owed):
    shift_id = builders.shift(db, town, TUESDAY, place_id=town.community, activity="visit")
    offered = quotas.own_offers(db, owed, town.deputy, now=now)["shifts"]
    planned(db, town, now, owed, shift_id=shift_id)

    assert [shift["id"] for shift in offered] == [shift_id]
    assert builders.assigned(db, shift_id, town.deputy)
    assert refused(db, town, now, owed, shift_id=shift_id) == "visit_is_gone"


def test_a_second_press_of_the_button_plans_nothing_more(db, town, now, owed):
    planned(db, town, now, owed)

    assert refused(db, town, now, owed) == "double_booking"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"day": date(2026, 2, 27)}, "day_outside_roster"),
        ({"day": date(2026, 3, 23)}, "day_outside_roster"),
        ({"hours": (time(11), time(9))}, "end_before_start"),
        ({"place_id": 0}, "place_does_not_count"),
    ],
)
def test_what_is_not_offered_is_refused(db, town, now, owed, given, code):
    assert refused(db, town, now, owed, **given) == code


def test_only_what_somebody_in_line_sponsors_is_a_place_to_go_to(db, town, now, owed):
    assert [place["id"] for place in quotas.own_offers(db, owed, town.deputy, now=now)["places"]] == [town.community]
    assert refused(db, town, now, owed, place_id=town.outlet) == "place_does_not_count"


def test_a_time_that_is_past_is_refused(db, town, owed):
    at = datetime(2026, 3, 3, 1, 30, tzinfo=UTC)  # 09:30

    assert refused(db, town, at, owed) == "visit_is_past"


def test_leave_and_another_duty_are_named_and_a_draft_is_not(db, town, now, owed):
    away(db, town.deputy, now, TUESDAY, 1)
    builders.shift(db, town, WEDNESDAY, [town.deputy])
    not_told = builders.shift(db, town, THURSDAY)
    assignments.seat(db, not_told, town.deputy, by=SYSTEM, now=now)

    assert refused(db, town, now, owed) == "person_is_away"
    assert refused(db, town, now, owed, day=WEDNESDAY) == "double_booking"
    assert refused(db, town, now, owed, day=THURSDAY) == "busy_in_a_draft"


def test_a_day_of_a_draft_is_told_to_a_coordinator(db, town, now):
    builders.drafted(db, town, now)
    places.sponsor(db, town.community, unit_id=town.branch, starts_on=date(2026, 1, 1), by=SYSTEM, now=now)
    quota_id = quotas.add(
        db,
        unit_id=town.branch,
        role="deputy",
        activity="visit",
        least=2,
        starts_on=date(2026, 1, 5),
        by=SYSTEM,
        now=now,
    )

    assert quotas.own_offers(db, quota_id, town.deputy, now=now)["covered"] is False
    assert refused(db, town, now, quota_id) == "no_published_roster_that_day"


def test_who_does_not_owe_it_has_no_such_page(db, town, now, owed):
    by = accounts.actor(db, town.lan)

    assert refused(db, town, now, owed, by=by) == "not_found"


def test_a_unit_says_whether_leaders_may_and_the_nearest_one_counts(db, town, now, owed):
    assert quotas.may_plan_own(db, owed) is True
    quotas.set_own_visits(db, town.branch, False, by=SYSTEM, now=now)

    assert quotas.may_plan_own(db, owed) is False
    assert refused(db, town, now, owed) == "visits_are_planned_for_you"
    quotas.set_own_visits(db, town.branch, True, by=SYSTEM, now=now)
    assert quotas.may_plan_own(db, owed) is True
    with pytest.raises(NotFound):
        quotas.set_own_visits(db, 999, True, by=SYSTEM, now=now)


def test_the_last_seat_is_taken_once(db, town, now, owed):
    other = builders.person(db, now, town.branch, "0009", "夏副", role="deputy")
    shift_id = builders.shift(db, town, TUESDAY, place_id=town.community, activity="visit")
    with write(db):
        run(db, "UPDATE shift SET headcount = 1 WHERE id = :id", id=shift_id)
    planned(db, town, now, owed, shift_id=shift_id)

    assert refused(db, town, now, owed, shift_id=shift_id, by=accounts.actor(db, other)) == "visit_is_gone"


def test_what_one_planned_is_taken_back_and_leaves_no_gap(db, town, now, owed):
    mine = subscribed(db, town.deputy, now)
    assignment_id = planned(db, town, now, owed)
    feeds.refresh(db, base_url="https://duty.example", now=now)
    before = value(db, "SELECT MAX(id) FROM audit")
    quotas.take_back_own(db, assignment_id, by=accounts.actor(db, town.deputy), now=now + timedelta(hours=1))

    feeds.refresh(db, base_url="https://duty.example", now=now + timedelta(hours=1))
    (event,) = events(db, mine, now)
    assert event["STATUS"] == "CANCELLED"
    assert value(db, "SELECT COUNT(*) FROM reminder WHERE assignment_id = :id AND state = 'due'", id=assignment_id) == 0
    assert value(db, "SELECT state FROM shift ORDER BY id DESC LIMIT 1") == "cancelled"
    assert rows(db, "SELECT act FROM audit WHERE id > :id", id=before) == [{"act": "take_back_visit"}]
    assert (quotas.own_planned(db, town.deputy, now=now), planned(db, town, now, owed) > 0) == ([], True)


def test_a_seat_that_was_taken_is_free_again(db, town, now, owed):
    shift_id = builders.shift(db, town, TUESDAY, place_id=town.community, activity="visit")
    assignment_id = planned(db, town, now, owed, shift_id=shift_id)
    quotas.take_back_own(db, assignment_id, by=accounts.actor(db, town.deputy), now=now)

    assert value(db, "SELECT state FROM shift WHERE id = :id", id=shift_id) == "planned"
    assert [shift["id"] for shift in quotas.own_offers(db, owed, town.deputy, now=now)["shifts"]] == [shift_id]


def test_only_ones_own_plan_is_taken_back_and_only_before_it_begins(db, town, now, owed):
    by_a_coordinator = builders.shift(db, town, WEDNESDAY, [town.deputy], activity="visit")
    mine, given = planned(db, town, now, owed), builders.assigned(db, by_a_coordinator, town.deputy)
    begun = datetime(2026, 3, 3, 1, 30, tzinfo=UTC)

    for held, who, at in ((given, town.deputy, now), (mine, town.lan, now), (mine, town.deputy, begun)):
        with pytest.raises(NotFound):
            quotas.take_back_own(db, held, by=accounts.actor(db, who), now=at)


# the pages


def test_a_leader_plans_on_their_own_page_and_is_told_what_stands_against_it(client, db, town, now, owed):
    phone = signed_in(client, db, town.deputy, now)
    path = f"/me/visits/{owed}"
    given = {"day": TUESDAY.isoformat(), "place_id": town.community, "starts": "09:00", "ends": "11:00"}

    assert f'href="{path}"' in phone.get("/me").text
    assert phone.get(path).status_code == 200
    assert phone.post(path, data=given).status_code == 303
    again = phone.post(path, data=given)
    assert (again.status_code, "东风路社区" in again.text and "09:00" in again.text) == (409, True)
    assert phone.post(path, data=given | {"day": ""}).status_code == 422
    (held,) = quotas.own_planned(db, town.deputy, now=now)
    assert phone.post(f"{path}/{held['assignment_id']}/take-back").location == path
    assert phone.post(f"{path}/{held['assignment_id']}/take-back").status_code == 404
    assert phone.get("/me/visits/999").status_code == 404


def test_a_coordinator_switches_it_for_a_unit(as_coordinator, db, town, now, owed):
    assert (
        as_coordinator.post("/quotas/rules/own", data={"own_unit_id": town.branch, "allowed": "no"}).status_code == 303
    )
    assert "由排班员安排" in as_coordinator.get("/quotas/rules").text
    assert as_coordinator.post("/quotas/rules/own", data={"own_unit_id": 999, "allowed": "no"}).status_code == 422

    phone = signed_in(as_coordinator, db, town.deputy, now)
    assert (
        "您单位的走访由排班员安排" in phone.get(f"/me/visits/{owed}").text,
        "/me/visits/" in phone.get("/me").text,
    ) == (
        True,
        False,
    )
