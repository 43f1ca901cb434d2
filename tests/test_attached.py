"""Mails about duties carry them as a calendar file: the same events that the person's own calendar has."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from email import message_from_bytes

import pytest
from icalendar import Calendar, Event

from scheduler import accounts, feeds, mail, openings, outbox, reminders, rosters, swaps
from scheduler.audit import SYSTEM
from scheduler.database import Database, insert, one, run, value, write
from tests import builders
from tests.builders import Town
from tests.calendars import BASE, events, refreshed, stamps, subscribed

MONDAY, TUESDAY = date(2026, 3, 2), date(2026, 3, 3)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def duty(db, town) -> int:
    """兰草's published duty on Monday, 08:30 to 17:00."""
    return builders.assigned(db, builders.shift(db, town, MONDAY, [town.lan]), town.lan)


def mailed(db: Database, person_id: int, now: datetime) -> list[Event]:
    """The events in the file of the last mail to somebody, read as a mail program reads it."""
    outbox_id = value(db, "SELECT MAX(id) FROM outbox WHERE person_id = :id", id=person_id)
    message = one(db, "SELECT * FROM outbox WHERE id = :id", id=outbox_id)
    letter = message_from_bytes(mail.letter(message, "Lunzhi <duty@example.cn>"))
    (file,) = [part for part in letter.walk() if part.get_content_type() == "text/calendar"]
    assert (file.get_filename(), file.get_param("method")) == ("duty.ics", "PUBLISH")
    return Calendar.from_ical(file.get_payload(decode=True)).walk("VEVENT")


def attached(db: Database, town: Town, ids: list[int], now: datetime) -> list[Event]:
    with write(db):
        text = feeds.attached(db, town.lan, ids, base_url=BASE, now=now)
    return Calendar.from_ical(text).walk("VEVENT") if text else []


def seen(event: Event) -> tuple[object, ...]:
    return (event["UID"], *stamps(event), event["STATUS"], event["DTSTART"].dt)


def test_a_reminder_carries_its_duty_as_the_calendar_has_it(db, town, now, duty):
    token = subscribed(db, town.lan, now)
    reminders.arm(db, [duty], now=now)
    reminders.queue_due(db, base_url=BASE, now=now + 33 * HOUR)

    (event,) = mailed(db, town.lan, now)
    assert event.to_ical() == events(db, token, now)[0].to_ical()
    assert (event["SUMMARY"], event["STATUS"]) == ("厅堂服务 · 江北支行", "CONFIRMED")


def test_whoever_subscribes_after_the_mail_is_shown_the_same_event(db, town, now, duty):
    (event,) = attached(db, town, [duty], now)

    token = subscribed(db, town.lan, now + HOUR)
    assert [seen(shown) for shown in events(db, token, now + HOUR)] == [seen(event)]
    assert refreshed(db, now + 2 * HOUR) == 0


def test_a_duty_that_moves_is_the_same_event_with_a_higher_sequence(db, town, now, duty):
    (before,) = attached(db, town, [duty], now)
    run(db, "UPDATE shift SET starts_at = '2026-03-02T02:30:00Z' WHERE id = 1")

    (after,) = attached(db, town, [duty], now + MINUTE)
    assert (after["UID"], after["SEQUENCE"]) == (before["UID"], before["SEQUENCE"] + 1)
    assert [seen(shown) for shown in events(db, subscribed(db, town.lan, now + HOUR), now)] == [seen(after)]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE assignment SET state = 'released', withdrawn_at = '2026-03-01T00:00:00Z'",
        "UPDATE shift SET state = 'cancelled'",
    ],
)
def test_a_duty_that_is_gone_is_cancelled(db, town, now, duty, change):
    (before,) = attached(db, town, [duty], now)
    run(db, change)

    (after,) = attached(db, town, [duty], now + MINUTE)
    assert (after["UID"], after["SEQUENCE"], after["STATUS"]) == (before["UID"], 1, "CANCELLED")


def test_a_publication_carries_what_is_new_and_what_is_no_more(db, town, now):
    roster_id = builders.drafted(db, town, now)
    rosters.fill(db, roster_id, by=SYSTEM, now=now)
    rosters.publish(db, roster_id, base_url=BASE, by=SYSTEM, now=now)
    person_id = value(db, "SELECT person_id FROM standing ORDER BY id LIMIT 1")
    (count,) = one(db, "SELECT COUNT(*) FROM standing WHERE person_id = :id", id=person_id).values()

    first = mailed(db, person_id, now)
    assert (len(first), {event["STATUS"] for event in first}) == (count, {"CONFIRMED"})
    assert {seen(event) for event in first} == {
        seen(shown) for shown in events(db, subscribed(db, person_id, now), now)
    }


def test_only_ones_own_duties_are_in_it_and_no_number_of_anybody(db, town, now, duty):
    run(db, "UPDATE place SET phone = '0827-5551234', contact = '吕莉'")
    run(db, "UPDATE person SET mobile = '13800000001'")
    others = builders.assigned(db, builders.shift(db, town, TUESDAY, [town.min]), town.min)

    with write(db):
        text = feeds.attached(db, town.lan, [duty, others], base_url=BASE, now=now)
        assert feeds.attached(db, town.lan, [others], base_url=BASE, now=now) == ""
    assert (text.count("BEGIN:VEVENT"), "5551234" in text, "13800000001" in text, "闵行" in text) == (
        1,
        False,
        False,
        False,
    )


def test_who_is_given_an_open_seat_gets_the_duty_with_the_word(db, town, now):
    shift_id = builders.shift(db, town, TUESDAY, place_id=town.community, activity="community")
    openings.open_seats(db, shift_id, seats=1, closes_at=now + 24 * HOUR, base_url=BASE, by=SYSTEM, now=now)
    for person_id in (town.min, town.bo):
        openings.take(db, 1, base_url=BASE, by=accounts.actor(db, person_id), now=now)
    openings.leave(db, 1, base_url=BASE, by=accounts.actor(db, town.min), now=now)

    (event,) = mailed(db, town.bo, now)
    assert value(db, "SELECT kind FROM outbox WHERE person_id = :id ORDER BY id DESC", id=town.bo) == "open_seat"
    assert [seen(shown) for shown in events(db, subscribed(db, town.bo, now), now)] == [seen(event)]


def test_a_swap_gives_each_the_new_duty_and_takes_the_old_one_off_their_calendar(db, town, now):
    """What is settled is told by the publication, and carries both; `swap_settled` tells of what changed nothing."""
    at = "2026-02-20T01:00:00Z"
    with write(db):
        insert(
            db, "roster", unit_id=town.branch, starts_on="2026-03-02", ends_on="2026-03-29", state="published",
            made_at=at, published_at=at,
        )  # fmt: skip
    monday, tuesday = builders.shift(db, town, MONDAY, [town.lan]), builders.shift(db, town, TUESDAY, [town.min])
    sent = {"base_url": BASE, "now": now}
    held = builders.assigned(db, monday, town.lan)
    by = accounts.actor(db, town.lan)
    swaps.ask(db, held, "swap", [(town.min, tuesday)], secret_key="for tests only", by=by, **sent)
    swaps.accept(db, 1, by=accounts.actor(db, town.min), **sent)

    for person_id in (town.lan, town.min):
        assert [(event["DTSTART"].dt.day, event["STATUS"]) for event in mailed(db, person_id, now)] == (
            [(2, "CANCELLED"), (3, "CONFIRMED")] if person_id == town.lan else [(2, "CONFIRMED"), (3, "CANCELLED")]
        )
    assert value(db, "SELECT COUNT(*) FROM outbox WHERE kind = 'swap_settled'") == 0


def test_a_message_without_a_duty_carries_nothing(db, town, now):
    outbox_id = outbox.queue(
        db, key="a", kind="digest", person_id=town.lan, address="a@b.cn", subject="x", body="y", domain="duty.example",
        due_at=now, expires_at=now + HOUR, now=now,
    )  # fmt: skip
    letter = message_from_bytes(mail.letter(one(db, "SELECT * FROM outbox WHERE id = :id", id=outbox_id), "a@b.cn"))

    assert letter.get_content_type() == "text/plain"


def test_who_renders_the_calendar_meanwhile_does_not_win(db, town, now, duty):
    def counts() -> tuple[int, int]:
        return tuple(one(db, "SELECT version, stale FROM calendar").values())

    subscribed(db, town.lan, now)
    run(db, "UPDATE shift SET tasks = '引导' WHERE id = 1")
    version, stale = counts()

    attached(db, town, [duty], now + MINUTE)
    assert counts() == (version + 1, stale + 1)
    attached(db, town, [duty], now + MINUTE)
    assert counts() == (version + 1, stale + 1)
