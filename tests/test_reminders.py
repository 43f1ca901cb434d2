"""Reminders: noted with the duty, queued once when due, stopped with it, never of the past."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from scheduler import assignments, clock, outbox, places, reminders, rosters
from scheduler.audit import SYSTEM
from scheduler.database import Database, one, rows, run, value
from scheduler.errors import Conflict
from scheduler.outbox import Sent
from tests import builders
from tests.builders import Town

BASE = "https://duty.example"
HOUR = timedelta(hours=1)
EVE = timedelta(hours=15, minutes=30)  # before 08:30: the day before at 17:00
MONDAY = date(2026, 3, 2)


@pytest.fixture
def start(db: Database) -> datetime:
    """When the duty of these tests begins: Monday 2 March, 08:30."""
    return clock.instant(MONDAY, time(8, 30), db.zone)


@pytest.fixture
def duty(db: Database, town: Town) -> int:
    """兰草's assignment on Monday, published, not yet armed."""
    return builders.assigned(db, builders.shift(db, town, MONDAY, [town.lan]), town.lan)


def states(db: Database) -> list[tuple[str, str]]:
    return [(row["rule"], row["state"]) for row in reminders.dump(db)]


def queue(db: Database, now: datetime) -> int:
    return reminders.queue_due(db, base_url=BASE, now=now)


def test_a_duty_is_reminded_of_the_day_before_at_17_and_two_hours_before(db, duty, now):
    assert reminders.arm(db, [duty], now=now) == 2

    assert [(row["rule"], row["due_at"], row["state"]) for row in reminders.dump(db)] == [
        ("days:1@17:00", "2026-03-01T09:00:00Z", "due"),
        ("minutes:120", "2026-03-01T22:30:00Z", "due"),
    ]


def test_arming_twice_notes_once(db, duty, now):
    reminders.arm(db, [duty], now=now)

    assert reminders.arm(db, [duty], now=now) == 0


def test_the_past_is_never_reminded_of(db, duty, start):
    assert reminders.arm(db, [duty], now=start - EVE) == 1
    assert states(db) == [("minutes:120", "due")]
    assert reminders.arm(db, [duty], now=start) == 0


def test_publishing_a_roster_arms_every_duty_in_it(db, town, now):
    builders.published(db, town, now)

    armed = value(db, "SELECT COUNT(DISTINCT assignment_id) FROM reminder WHERE state = 'due'")
    assert armed == value(db, "SELECT COUNT(*) FROM assignment")


def test_a_draft_reminds_nobody(db, town, now):
    roster_id = builders.drafted(db, town, now)
    rosters.fill(db, roster_id, by=SYSTEM, now=now)

    assert reminders.dump(db) == []


def test_a_duty_is_reminded_of_once_however_often_the_job_runs(db, duty, now, start):
    reminders.arm(db, [duty], now=now)

    assert queue(db, start - EVE - HOUR) == 0
    assert queue(db, start - EVE) == 1
    assert queue(db, start - EVE + HOUR) == 0
    assert states(db) == [("days:1@17:00", "due"), ("minutes:120", "due")]


def test_the_mail_says_what_where_when_and_whom_to_ask(db, town, now, start):
    places.sponsor(
        db,
        town.community,
        unit_id=town.office,
        starts_on=date(2026, 1, 1),
        procedure="先到社区报到。",
        by=SYSTEM,
        now=now,
    )
    run(db, "UPDATE place SET address = '东风路 8 号', contact = '唐少华', phone = '0827-5550000'")
    shift_id = builders.shift(db, town, MONDAY, [town.lan], place_id=town.community, activity="community")
    run(db, "UPDATE shift SET tasks = '入户宣传\n走访'")
    reminders.arm(db, [builders.assigned(db, shift_id, town.lan)], now=now)
    queue(db, start - EVE)

    sent = one(db, "SELECT address, subject, body, expires_at FROM outbox")
    assert sent["address"] == "0004@branch.example"
    assert sent["subject"] == "值班提醒：3月2日 周一 08:30–17:00 东风路社区"
    assert sent["expires_at"] == "2026-03-02T00:30:00Z"
    assert sent["body"] == (
        "兰草，您好：\n\n请按时到岗。\n\n活动：社区值班\n时间：3月2日 周一 08:30–17:00\n地点：东风路社区\n"
        "地址：东风路 8 号\n联系人：唐少华 0827-5550000\n\n任务：\n入户宣传\n走访\n\n工作流程：\n先到社区报到。\n\n"
        "我的值班：https://duty.example/me\n\n本消息由系统自动发出，请勿回复。\n"
    )


def test_the_mail_is_in_the_persons_language(db, duty, now, start):
    run(db, "UPDATE person SET lang = 'en'")
    reminders.arm(db, [duty], now=now)
    queue(db, start - EVE)

    sent = one(db, "SELECT subject, body FROM outbox")
    assert sent["subject"] == "Duty reminder: Mon 2 Mar 08:30–17:00, 江北支行"
    assert sent["body"].startswith("Dear 兰草,\n\nthis is a reminder of your duty.\n\nActivity: Lobby service\n")


def test_hidden_characters_in_stored_text_do_not_reach_the_mail(db, duty, now, start):
    run(db, "UPDATE place SET name = 'A' || char(10) || 'Bcc: x@y.cn' || char(0) || char(8238) || id")
    reminders.arm(db, [duty], now=now)

    assert queue(db, start - EVE) == 1
    assert value(db, "SELECT subject FROM outbox") == "值班提醒：3月2日 周一 08:30–17:00 A Bcc: x@y.cn1"


@pytest.mark.parametrize("email", ["", "a@b.cn\nBcc: c@d.cn"])
def test_who_has_no_usable_address_is_seen_as_failed(db, town, duty, now, start, email):
    run(db, "UPDATE person SET email = :email", email=email)
    reminders.arm(db, [duty], now=now)

    assert queue(db, start - EVE) == 0
    assert states(db) == [("days:1@17:00", "failed"), ("minutes:120", "due")]
    told = reminders.unreachable(db, within=[town.branch], now=start - EVE)
    assert [(row["person"], row["starts_at"]) for row in told] == [("兰草", "2026-03-02T00:30:00Z")]
    assert reminders.unreachable(db, within=[town.branch], now=start) == []
    assert reminders.unreachable(db, within=[], now=start - EVE) == []


def test_who_has_left_is_not_reminded_of_a_duty_that_is_still_theirs_and_somebody_sees_it(db, town, duty, now, start):
    reminders.arm(db, [duty], now=now)
    run(db, "UPDATE person SET left_on = '2026-02-28' WHERE id = :id", id=town.lan)

    assert queue(db, start - EVE) == 0
    assert states(db) == [("days:1@17:00", "failed"), ("minutes:120", "due")]
    told = reminders.unreachable(db, within=[town.branch], now=start - EVE)
    assert [row["person"] for row in told] == ["兰草"]


def test_on_their_last_day_people_are_still_reminded(db, town, duty, now, start):
    reminders.arm(db, [duty], now=now)
    run(db, "UPDATE person SET left_on = '2026-03-01' WHERE id = :id", id=town.lan)

    assert queue(db, start - EVE) == 1


def test_a_reminder_that_failed_cannot_be_retried_once_its_duty_is_released(db, duty, now, start):
    reminders.arm(db, [duty], now=now)
    queue(db, start - EVE)
    outbox.send_due(db, lambda row: Sent(False, reason="550 no"), moment=lambda: start - EVE)
    reminders.disarm(db, [duty], now=start - EVE)

    assert states(db) == [("days:1@17:00", "obsolete"), ("minutes:120", "obsolete")]
    with pytest.raises(Conflict, match="message_not_failed"):
        outbox.retry(db, value(db, "SELECT id FROM outbox"), by=SYSTEM, now=start - EVE)


def test_a_reminder_that_failed_stays_to_be_retried_when_a_later_one_is_queued(db, duty, now, start):
    reminders.arm(db, [duty], now=now)
    queue(db, start - EVE)
    outbox.send_due(db, lambda row: Sent(False, reason="550 no"), moment=lambda: start - EVE)
    queue(db, start - 2 * HOUR)

    assert states(db) == [("days:1@17:00", "failed"), ("minutes:120", "due")]


def test_a_released_duty_is_not_reminded_of(db, duty, now, start):
    reminders.arm(db, [duty], now=now)

    assert reminders.disarm(db, [duty], now=now) == 2
    assert queue(db, start - EVE) == 0
    assert states(db) == [("days:1@17:00", "obsolete"), ("minutes:120", "obsolete")]


def test_a_reminder_that_waits_in_the_outbox_is_stopped_too(db, duty, now, start):
    reminders.arm(db, [duty], now=now)
    queue(db, start - EVE)

    assert reminders.disarm(db, [duty], now=start - EVE) == 2
    assert states(db) == [("days:1@17:00", "obsolete"), ("minutes:120", "obsolete")]
    assert outbox.send_due(db, lambda row: Sent(True), moment=lambda: start - EVE) == 0


def test_a_duty_taken_up_again_is_reminded_of_again(db, duty, now, start):
    reminders.arm(db, [duty], now=now)
    reminders.disarm(db, [duty], now=now)

    assert reminders.arm(db, [duty], now=now) == 2
    assert queue(db, start - EVE) == 1
    assert sorted(set(states(db))) == [
        ("days:1@17:00", "due"), ("days:1@17:00", "obsolete"), ("minutes:120", "due"), ("minutes:120", "obsolete"),
    ]  # fmt: skip


def test_what_was_sent_already_is_not_sent_again_after_a_change_of_mind(db, duty, now, start):
    reminders.arm(db, [duty], now=now)
    queue(db, start - EVE)
    outbox.send_due(db, lambda row: Sent(True), moment=lambda: start - EVE)
    reminders.disarm(db, [duty], now=start - EVE)
    reminders.arm(db, [duty], now=start - EVE)

    assert queue(db, start - EVE) == 0
    assert states(db) == [("days:1@17:00", "sent"), ("minutes:120", "obsolete"), ("minutes:120", "due")]


def test_a_reminder_that_slept_gives_way_to_the_later_one(db, duty, now, start):
    reminders.arm(db, [duty], now=now)

    assert queue(db, start - HOUR) == 1
    assert states(db) == [("days:1@17:00", "obsolete"), ("minutes:120", "due")]


def test_an_unsent_reminder_is_overtaken_by_the_later_one(db, duty, now, start):
    reminders.arm(db, [duty], now=now)
    queue(db, start - EVE)
    queue(db, start - 2 * HOUR)

    assert states(db) == [("days:1@17:00", "obsolete"), ("minutes:120", "due")]
    assert value(db, "SELECT COUNT(*) FROM outbox WHERE state = 'due'") == 1


def test_a_duty_that_began_while_we_slept_is_not_reminded_of(db, duty, now, start):
    reminders.arm(db, [duty], now=now)

    assert queue(db, start) == 0
    assert states(db) == [("days:1@17:00", "obsolete"), ("minutes:120", "obsolete")]


def test_releasing_and_seating_go_through_to_the_reminders(db, town, now):
    builders.published(db, town, now)
    first = one(db, "SELECT id, shift_id, person_id FROM assignment ORDER BY starts_at, id LIMIT 1")
    assignments.release(db, first["id"], by=SYSTEM, now=now)
    builders.announced(db, now)
    again = assignments.seat(db, first["shift_id"], first["person_id"], by=SYSTEM, now=now)
    builders.announced(db, now)

    told = {row["assignment"]: row["state"] for row in reminders.dump(db)}
    assert (told.get(first["id"], "obsolete"), told[again]) == ("due" if again == first["id"] else "obsolete", "due")


def test_many_that_fall_due_at_once_are_queued_in_short_transactions(db, town, now, start):
    for n in range(reminders.BATCH + 5):
        person_id = builders.person(db, now, town.office, f"9{n:03}", f"员工{n}")
        builders.shift(db, town, MONDAY, [person_id])
    reminders.arm(db, [row["id"] for row in rows(db, "SELECT id FROM assignment")], now=now)

    assert queue(db, start - EVE) == reminders.BATCH + 5
    assert value(db, "SELECT COUNT(DISTINCT message_id) FROM outbox") == reminders.BATCH + 5


def test_the_dump_follows_the_message(db, duty, now, start):
    reminders.arm(db, [duty], now=now)
    queue(db, start - EVE)
    outbox.send_due(db, lambda row: Sent(True), moment=lambda: start - EVE)

    first = reminders.dump(db)[0]
    assert first == {
        "reminder": 1,
        "assignment": duty,
        "rule": "days:1@17:00",
        "channel": "email",
        "due_at": "2026-03-01T09:00:00Z",
        "state": "sent",
        "attempts": 1,
        "sent_at": "2026-03-01T09:00:00Z",
        "message_id": value(db, "SELECT message_id FROM outbox"),
    }
