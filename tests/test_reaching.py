"""Whoever is told something is told by a way that reaches them, e-mail or not; once, and once more where it fails."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta

import pytest

from scheduler import (
    accounts,
    channels,
    clock,
    jobs,
    leave,
    messages,
    notices,
    outbox,
    reminders,
    rosters,
)
from scheduler.audit import SYSTEM, Actor
from scheduler.backups import settling
from scheduler.config import Channels
from scheduler.database import Database, one, rows, run, value, write
from tests import builders
from tests.builders import Town

BASE, KEY = "https://duty.example", "for tests only " * 3
URL = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=0f9e-secret-7788"
MONDAY = date(2026, 3, 2)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def group(db: Database, town: Town, now: datetime, name: str = "值班群", unit_id: int | None = None) -> int:
    return channels.add(
        db, unit_id=unit_id or town.branch, kind="wecom", name=name, url=URL, allowed=Channels(), by=SYSTEM, now=now
    )


def without_mail(db: Database, *people: int) -> None:
    run(db, "UPDATE person SET email = '', mobile = '13800000001' WHERE id IN (SELECT value FROM json_each(:ids))",
        ids=json.dumps(people))  # fmt: skip


def told(db: Database) -> list[tuple[str, int, int | None]]:
    found = rows(db, "SELECT kind, person_id, channel_id FROM outbox ORDER BY id")
    return [(row["kind"], row["person_id"], row["channel_id"]) for row in found]


def ways(db: Database, person_id: int) -> list[int | str]:
    return [way["channel"] for way in channels.reaching(db, person_id)]


def said(db: Database, town: Town, now: datetime, key: str = "k") -> int:
    to = messages.receiver(db, town.lan, now=now)
    gaps = {"other": "闵行", "answer": "同意", "offered": "x", "wanted": "y", "link": f"{BASE}/me"}
    with write(db):
        return messages.queue(
            db, "swap_answered", to, lambda lang: gaps, key=key, base_url=BASE, expires_at=now + HOUR, now=now
        )  # fmt: skip


def failed(db: Database, reason: str = "550 no") -> None:
    run(db, "UPDATE outbox SET state = 'failed', last_error = :reason WHERE state = 'due'", reason=reason)


# the order of ways


def test_mail_comes_first_then_the_nearest_group_unless_somebody_chose(db, town, now):
    far, near = group(db, town, now), group(db, town, now, "办公室群", town.office)
    assert ways(db, town.lan) == ["email", near, far]

    run(db, "UPDATE reminder_freedom SET channels = json_array('email', :far)", far=str(far))
    run(db, "INSERT INTO reminder_choice (person_id, channels) VALUES (:id, json_array(:far, 'email', :near))",
        id=town.lan, far=str(far), near=str(near))  # fmt: skip
    assert ways(db, town.lan) == [far, "email", near]
    assert ways(db, town.min) == ["email", near, far]

    run(db, "UPDATE reminder_freedom SET channels = '[]'")
    assert ways(db, town.lan) == ["email", near, far]


def test_whom_nothing_reaches_is_told_nothing(db, town, now):
    elsewhere = group(db, town, now, unit_id=builders.unit(db, now, "财务部", town.branch))
    without_mail(db, town.lan)

    assert (ways(db, town.lan), messages.receiver(db, town.lan, now=now)) == ([], None)
    run(db, "UPDATE channel SET unit_id = :office WHERE id = :id", office=town.office, id=elsewhere)
    assert messages.receiver(db, town.lan, now=now) == {"person_id": town.lan, "person": "兰草", "lang": "zh"}
    run(db, "UPDATE channel SET is_on = 0")
    assert messages.receiver(db, town.lan, now=now) is None


def test_an_address_that_no_header_holds_is_as_good_as_none(db, town, now):
    channel_id = group(db, town, now)
    run(db, "UPDATE person SET email = 'a' || char(10) || '@b.cn' WHERE id = :id", id=town.lan)

    assert said(db, town, now) == 1
    assert told(db) == [("swap_answered", town.lan, channel_id)]


# every kind of message


@pytest.fixture
def roster_id(db, town, now) -> int:
    """March as a draft in which 兰草, without e-mail, stands the first shift."""
    without_mail(db, town.lan)
    roster_id = builders.drafted(db, town, now)
    rosters.fill(db, roster_id, by=SYSTEM, now=now)
    return roster_id


def test_a_publication_reaches_who_has_but_a_group(db, town, now, roster_id):
    waiting = rosters.revision(db, roster_id).changes
    assert [row["person_id"] for row in rosters.people_not_reached(db, waiting, now=now)] == [town.lan]

    channel_id = group(db, town, now)
    assert rosters.people_not_reached(db, waiting, now=now) == []
    rosters.publish(db, roster_id, base_url=BASE, secret_key=KEY, by=SYSTEM, now=now)

    mine = one(db, "SELECT * FROM outbox WHERE person_id = :id", id=town.lan)
    assert (mine["kind"], mine["channel_id"], mine["address"]) == ("published", channel_id, "13800000001")
    assert ("/answer/" in mine["body"], f"{BASE}/me" in mine["body"], mine["calendar"]) == (False, True, "")


def test_a_link_that_acknowledges_goes_by_mail_alone_also_where_a_mail_fails(db, town, now, roster_id):
    group(db, town, now)
    rosters.publish(db, roster_id, base_url=BASE, secret_key=KEY, by=SYSTEM, now=now)
    mails = rows(db, "SELECT body FROM outbox WHERE channel_id IS NULL")
    assert mails
    assert all("/answer/" in row["body"] for row in mails)

    failed(db)
    assert messages.stand_in(db, now=now + MINUTE) == len(mails)

    groups = rows(db, "SELECT body FROM outbox WHERE channel_id IS NOT NULL")
    assert [row for row in groups if "/answer/" in row["body"]] == []
    assert all(f"{BASE}/me" in row["body"] for row in groups)


def test_a_mail_that_stands_in_for_a_group_asks_and_silence_about_it_is_told(db, town, now, roster_id, settings):
    run(db, "UPDATE person SET email = 'lan@branch.example' WHERE id = :id", id=town.lan)
    chosen = str(group(db, town, now))
    run(db, "UPDATE reminder_freedom SET channels = json_array('email', :chosen)", chosen=chosen)
    run(db, "INSERT INTO reminder_choice (person_id, channels) VALUES (:id, json_array(:chosen))",
        id=town.lan, chosen=chosen)  # fmt: skip
    rosters.publish(db, roster_id, base_url=BASE, secret_key=KEY, by=SYSTEM, now=now)
    mine = "SELECT COUNT(*) FROM answer_asked JOIN assignment ON assignment.id = assignment_id WHERE person_id = :id"
    assert value(db, mine, id=town.lan) == 0

    run(db, "UPDATE outbox SET state = 'failed' WHERE channel_id IS NOT NULL")
    jobs.run_once(db, settings, "remind", now=now + MINUTE)

    assert "/answer/" in value(db, "SELECT body FROM outbox ORDER BY id DESC")
    assert value(db, mine, id=town.lan) > 0
    assert value(db, "SELECT COUNT(*) FROM other_answer") == 0
    begins = clock.from_text(value(db, "SELECT MIN(starts_at) FROM standing WHERE person_id = :id", id=town.lan))
    asked = (row["person_id"] for row in notices.silence.silent(db, now=begins - HOUR))
    assert town.lan in set(asked)


def test_a_group_that_is_reached_asks_nobody(db, town, now, roster_id, settings):
    group(db, town, now)
    rosters.publish(db, roster_id, base_url=BASE, secret_key=KEY, by=SYSTEM, now=now)
    run(db, "UPDATE outbox SET state = 'sent'")
    jobs.run_once(db, settings, "remind", now=now + MINUTE)

    mine = "SELECT COUNT(*) FROM answer_asked JOIN assignment ON assignment.id = assignment_id WHERE person_id = :id"
    assert (value(db, mine, id=town.lan), value(db, "SELECT COUNT(*) FROM other_answer")) == (0, 0)


def test_a_reminder_takes_any_way_where_its_ladder_knows_none_that_reaches(db, town, now):
    duty = builders.assigned(db, builders.shift(db, town, MONDAY, [town.lan]), town.lan)
    without_mail(db, town.lan)
    channel_id = group(db, town, now)
    reminders.arm(db, [duty], now=now)

    assert reminders.queue_due(db, base_url=BASE, secret_key=KEY, now=now + 33 * HOUR) == 1
    assert told(db) == [("reminder", town.lan, channel_id)]
    assert "/answer/" not in value(db, "SELECT body FROM outbox")
    assert reminders.unreachable(db, within=[town.branch], now=now) == []


def test_those_in_charge_are_told_by_a_group(db, town, now):
    accounts.grant(db, town.party, "coordinator", town.branch, by=SYSTEM, now=now)
    without_mail(db, town.party, town.lan)
    channel_id = group(db, town, now)
    builders.shift(db, town, MONDAY)

    notices.understaffed.queue_due(db, base_url=BASE, now=now)
    assert told(db) == [("understaffed", town.party, channel_id)]


def test_a_group_is_not_told_why_somebody_is_away(db, town, now):
    accounts.grant(db, town.party, "coordinator", town.branch, by=SYSTEM, now=now)
    without_mail(db, town.party, town.lan)
    group(db, town, now)
    lan, starts = Actor(town.lan, "兰草"), now + 48 * HOUR

    leave.ask(db, town.lan, kind="training", starts_at=starts, ends_at=starts + HOUR, base_url=BASE, by=lan, now=now)
    request_id = value(db, "SELECT id FROM leave_request")
    leave.decline(db, request_id, reason="月末人手不够", base_url=BASE, by=Actor(town.party, "吕莉"), now=now)

    texts = [row["subject"] + row["body"] for row in rows(db, "SELECT subject, body FROM outbox")]
    assert [row[0] for row in told(db)] == ["leave_asked", "leave_decided"]
    assert [text for text in texts if "培训" in text or "月末" in text] == []
    assert "请假未批准" in texts[-1]


# where a way fails


def test_what_failed_goes_out_once_by_the_next_way(db, town, now):
    channel_id = group(db, town, now)
    assert (said(db, town, now), said(db, town, now)) == (1, 0)
    assert messages.stand_in(db, now=now) == 0

    failed(db)
    assert [messages.stand_in(db, now=now + MINUTE) for _ in range(2)] == [1, 0]
    assert told(db) == [("swap_answered", town.lan, None), ("swap_answered", town.lan, channel_id)]
    assert value(db, "SELECT COUNT(DISTINCT message_id) FROM outbox") == 2

    failed(db)
    assert messages.stand_in(db, now=now + 2 * MINUTE) == 0


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE outbox SET state = 'sent'",
        "UPDATE outbox SET state = 'failed', expires_at = '2026-02-28T01:01:00Z'",
        "UPDATE channel SET is_on = 0",
    ],
)
def test_what_was_sent_or_is_over_or_has_no_way_left_goes_no_other_way(db, town, now, change):
    group(db, town, now)
    said(db, town, now)
    failed(db)
    run(db, change)

    assert messages.stand_in(db, now=now + MINUTE) == 0
    assert value(db, "SELECT COUNT(*) FROM other_way") == 0


def test_what_a_restore_holds_back_goes_no_other_way(db, town, now):
    group(db, town, now)
    said(db, town, now)
    with write(db):
        settling.settle(db, now=now)

    assert value(db, "SELECT state FROM outbox") == "failed"
    assert messages.stand_in(db, now=now + MINUTE) == 0


def test_who_has_one_way_has_no_other_noted(db, town, now):
    assert said(db, town, now) == 1
    failed(db)

    assert messages.stand_in(db, now=now) == 0
    assert outbox.failures(db, within=[town.branch]) == 1


def test_a_link_that_answers_a_swap_goes_by_mail_alone(db, town, now):
    mine, theirs = (
        builders.assigned(db, builders.shift(db, town, MONDAY + timedelta(days=day), [who]), who)
        for day, who in enumerate((town.lan, town.min))
    )
    group(db, town, now)
    without_mail(db, town.bo)
    answer = f"{BASE}/swap/signed"

    messages.ask_swap(db, mine, theirs, key="1", link=answer, base_url=BASE, now=now)
    messages.want_cover(db, mine, [town.bo], key="2", link=answer, base_url=BASE, now=now)
    failed(db)
    messages.stand_in(db, now=now)

    found = rows(db, "SELECT channel_id, body FROM outbox ORDER BY id")
    assert [(row["channel_id"] is None, answer in row["body"]) for row in found] == [
        (True, True), (False, False), (False, False),
    ]  # fmt: skip
    assert all(f"{BASE}/me/swaps" in row["body"] for row in found[1:])


def test_a_reminder_that_a_restore_holds_back_goes_no_other_way(db, town, now):
    duty = builders.assigned(db, builders.shift(db, town, MONDAY, [town.lan]), town.lan)
    channel_id, at = group(db, town, now), now + 33 * HOUR
    reminders.arm(db, [duty], now=now)
    reminders.queue_due(db, base_url=BASE, now=at)
    run(db, "UPDATE reminder SET channels = json_array('email', :id)", id=str(channel_id))
    with write(db):
        settling.settle(db, now=at)

    assert reminders.queue_due(db, base_url=BASE, now=at + MINUTE) == 0
    run(db, "UPDATE outbox SET last_error = '550 no'")
    assert reminders.queue_due(db, base_url=BASE, now=at + 2 * MINUTE) == 1
