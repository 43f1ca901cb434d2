"""What a person sees of their own: changed, gone, met by leave, owed."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from scheduler import accounts, acknowledgements, assignments, clock, leave, own, quotas
from scheduler.audit import SYSTEM
from scheduler.database import insert, run, value, write
from scheduler.errors import NotFound
from tests import builders

MONDAY = date(2026, 3, 2)
TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture
def handed_over(db, town, now) -> tuple[int, int]:
    """A lobby duty of Lan's that was published, then given to Lü Li and published again: her shift and his old seat."""
    builders.published(db, town, now)
    shift_id = value(db, "SELECT shift_id FROM standing WHERE person_id = :lan ORDER BY starts_at", lan=town.lan)
    held = builders.assigned(db, shift_id, town.lan)
    later = now + timedelta(hours=1)
    assignments.release(db, held, by=SYSTEM, now=later)
    assignments.seat(db, shift_id, town.party, by=SYSTEM, now=later, override="临时")
    builders.announced(db, later)
    return shift_id, held


def ahead(now) -> datetime:
    return now + timedelta(hours=2)


def test_a_duty_of_the_first_publication_is_not_a_change(db, town, now):
    builders.published(db, town, now)

    assert {duty["is_changed"] for duty in own.coming(db, town.lan, now=now)} == {0}


def test_a_duty_that_came_later_is_a_change_until_it_is_acknowledged(db, town, now, handed_over):
    shift_id, _ = handed_over
    before = [duty["shift_id"] for duty in own.coming(db, town.party, now=ahead(now)) if duty["is_changed"]]

    acknowledgements.by_page(
        db, builders.assigned(db, shift_id, town.party), by=accounts.actor(db, town.party), now=ahead(now)
    )

    assert before == [shift_id]
    assert [duty for duty in own.coming(db, town.party, now=ahead(now)) if duty["is_changed"]] == []


def test_a_duty_that_was_taken_away_is_told_until_it_is_acknowledged(db, town, now, handed_over):
    _, held = handed_over
    before = [(duty["assignment_id"], duty["is_cancelled"]) for duty in own.gone(db, town.lan, now=ahead(now))]

    acknowledgements.by_page(db, held, by=accounts.actor(db, town.lan), now=ahead(now))

    assert before == [(held, 0)]
    assert own.gone(db, town.lan, now=ahead(now)) == []
    assert own.duty(db, town.lan, held, now=ahead(now))["is_gone"] is True


def test_a_cancelled_shift_is_told_to_those_who_stood_it(db, town, now):
    shift_id = builders.shift(db, town, MONDAY, [town.lan])
    with write(db):
        run(db, "UPDATE shift SET state = 'cancelled' WHERE id = :id", id=shift_id)

    assert [duty["is_cancelled"] for duty in own.gone(db, town.lan, now=now)] == [1]
    assert own.gone(db, town.min, now=now) == []
    assert own.gone(db, town.lan, now=now + timedelta(days=4)) == []


def test_a_person_who_stands_the_shift_again_has_lost_nothing(db, town, now, handed_over):
    shift_id, _ = handed_over
    later = ahead(now)
    assignments.release(db, builders.assigned(db, shift_id, town.party), by=SYSTEM, now=later)
    assignments.seat(db, shift_id, town.lan, by=SYSTEM, now=later, override="临时")
    builders.announced(db, later)

    assert own.gone(db, town.lan, now=later) == []


def test_leave_marks_the_duty_that_it_meets_and_no_other(db, town, now):
    for day in (MONDAY, TUESDAY):
        builders.shift(db, town, day, [town.lan])
    noon = datetime.combine(MONDAY, time(12), tzinfo=db.zone)
    leave.ask(
        db, town.lan, kind="leave", note="", starts_at=noon, ends_at=noon + timedelta(hours=4),
        base_url="https://duty.example", by=accounts.actor(db, town.lan), now=now,
    )  # fmt: skip
    met = [duty["leave"] for duty in own.coming(db, town.lan, now=now)]

    leave.withdraw(db, value(db, "SELECT id FROM leave_request"), by=accounts.actor(db, town.lan), now=now)

    assert met == ["asked", None]
    assert [duty["leave"] for duty in own.coming(db, town.lan, now=now)] == [None, None]


def test_check_in_is_offered_from_half_an_hour_before_until_the_end(db, town):
    builders.shift(db, town, MONDAY, [town.lan])
    half_past_eight = datetime(2026, 3, 2, 0, 30, tzinfo=UTC)

    offered = {
        minutes: own.coming(db, town.lan, now=half_past_eight + timedelta(minutes=minutes))[0]["may_check_in"]
        for minutes in (-31, -30, 0, 509)
    }

    assert offered == {-31: False, -30: True, 0: True, 509: True}
    assert own.coming(db, town.lan, now=half_past_eight + timedelta(minutes=510)) == []


def test_the_duty_of_another_is_not_there(db, town, now):
    held = builders.assigned(db, builders.shift(db, town, MONDAY, [town.lan]), town.lan)

    assert own.duty(db, town.lan, held, now=now)["is_over"] is False
    with pytest.raises(NotFound):
        own.duty(db, town.min, held, now=now)


def test_a_leader_sees_what_is_done_planned_and_missing_this_week_and_nothing_of_a_draft(db, town, now):
    quotas.add(
        db, unit_id=town.branch, role="deputy", activity="visit", least=3, starts_on=date(2026, 1, 5),
        by=SYSTEM, now=now,
    )  # fmt: skip
    builders.held(db, town, MONDAY, [town.deputy], activity="visit")
    builders.shift(db, town, MONDAY + timedelta(days=3), [town.deputy], activity="visit")
    builders.shift(db, town, MONDAY + timedelta(days=4), [town.deputy], activity="visit", roster="draft")
    wednesday = clock.midnight(MONDAY + timedelta(days=2), db.zone)

    (owed,) = own.owed(db, town.deputy, town.branch, now=wednesday)

    assert (owed["done"], owed["planned"], owed["missing"], owed["state"]) == (1, 1, 1, "open")
    assert [visit["day"] for visit in owed["visits"]] == ["2026-03-05"]
    assert own.owed(db, town.lan, town.office, now=wednesday) == []


def test_a_quota_by_the_month_counts_the_visits_of_the_month(db, town, now):
    quotas.add(
        db, unit_id=town.branch, role="deputy", activity="visit", least=4, period="month", starts_on=date(2026, 1, 1),
        by=SYSTEM, now=now,
    )  # fmt: skip
    builders.held(db, town, MONDAY, [town.deputy], activity="visit")
    for days in (7, 28, 30):  # the last is April's
        builders.shift(db, town, MONDAY + timedelta(days=days), [town.deputy], activity="visit")
    wednesday = clock.midnight(MONDAY + timedelta(days=2), db.zone)

    (owed,) = own.owed(db, town.deputy, town.branch, now=wednesday)

    assert (owed["done"], owed["planned"], owed["missing"]) == (1, 2, 1)
    ahead = own.owed(db, town.deputy, town.branch, now=wednesday, ahead=quotas.WEEKS_AHEAD + 1)
    assert [(row["first"], row["planned"]) for row in ahead] == [(date(2026, 3, 1), 2), (date(2026, 4, 1), 1)]


def test_one_who_has_the_calendar_is_no_longer_told_to_subscribe(db, town, now):
    with write(db):
        calendar_id = insert(db, "calendar", scope="person", person_id=town.lan, lang="zh")
    before = own.is_subscribed(db, town.lan)

    with write(db):
        insert(db, "feed", token_hash="x", calendar_id=calendar_id, owner_id=town.lan, made_at="2026-02-28T01:00:00Z")

    assert (before, own.is_subscribed(db, town.lan), own.is_subscribed(db, town.min)) == (False, True, False)
