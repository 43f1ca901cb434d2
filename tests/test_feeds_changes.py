"""Calendars over time: events keep their identity, stamps only rise, and bytes change only when they must."""

from __future__ import annotations

import gzip
import hashlib
from datetime import UTC, datetime, timedelta

import pytest

from scheduler import accounts, assignments, database, feeds
from scheduler.audit import SYSTEM
from scheduler.database import Database, one, rows, run, value
from tests import builders
from tests.builders import Town
from tests.calendars import (
    BASE,
    DAY,
    MINUTE,
    MONDAY,
    WEEK,
    body,
    events,
    only,
    refreshed,
    stamps,
    subscribed,
)
from tests.conftest import SHANGHAI


def test_a_calendar_follows_its_persons_language(db, town, now, my_feed):
    builders.shift(db, town, MONDAY, [town.lan])
    refreshed(db, now)
    accounts.speak(db, town.lan, "en", by=SYSTEM, now=now)
    assert feeds.refresh(db, base_url=BASE, now=now + MINUTE) == 1
    assert feeds.refresh(db, base_url=BASE, now=now + MINUTE) == 0
    event = only(db, my_feed, now)

    assert event["SUMMARY"] == "Lobby service · 江北支行"
    assert event["DESCRIPTION"] == "Details: https://duty.example/me/duties/1"
    assert b"PRODID:-//Lunzhi//Duties//EN" in body(db, my_feed, now)


def test_nothing_changed_leaves_every_byte_and_stamp(db, town, now, my_feed, place_feed):
    builders.published(db, town, now)
    feeds.refresh(db, base_url=BASE, now=now)
    before = rows(db, "SELECT body, gzipped, etag, modified_at FROM calendar ORDER BY id")

    assert refreshed(db, now + 3 * DAY - timedelta(hours=40)) == 0
    assert rows(db, "SELECT body, gzipped, etag, modified_at FROM calendar ORDER BY id") == before


def test_a_moved_duty_keeps_its_uid_and_raises_its_stamps(db, town, now, my_feed):
    builders.shift(db, town, MONDAY, [town.lan])
    refreshed(db, now)
    before = only(db, my_feed, now)
    for table in ("shift", "assignment"):
        run(db, f"UPDATE {table} SET starts_at = '2026-03-03T01:00:00Z', ends_at = '2026-03-03T04:00:00Z'")
    refreshed(db, now + MINUTE)
    after = only(db, my_feed, now)

    assert after["UID"] == before["UID"]
    assert after["DTSTART"].dt == datetime(2026, 3, 3, 9, 0, tzinfo=SHANGHAI)
    assert stamps(before) == (0, now, now)
    assert stamps(after) == (1, now + MINUTE, now)
    assert after["DTSTAMP"].dt == now + MINUTE


def test_an_installation_that_moves_to_another_address_keeps_its_uids(db, town, now, my_feed, place_feed):
    builders.shift(db, town, MONDAY, [town.lan])
    refreshed(db, now)
    before = [only(db, feed, now)["UID"] for feed in (my_feed, place_feed)]

    run(db, "UPDATE calendar SET stale = 1")
    feeds.refresh(db, base_url="https://other.example", now=now + MINUTE)

    assert [only(db, feed, now)["UID"] for feed in (my_feed, place_feed)] == before
    assert "https://other.example/me" in only(db, my_feed, now)["DESCRIPTION"]


def test_a_change_that_is_only_text_raises_last_modified_but_not_the_sequence(db, town, now, my_feed):
    builders.shift(db, town, MONDAY, [town.lan])
    refreshed(db, now)
    run(db, "UPDATE shift SET tasks = '入户宣传'")
    refreshed(db, now + MINUTE)

    assert stamps(only(db, my_feed, now)) == (0, now + MINUTE, now)


def test_two_changes_within_a_second_are_still_told_apart(db, town, now, my_feed):
    builders.shift(db, town, MONDAY, [town.lan])
    refreshed(db, now)
    first = one(db, "SELECT etag, modified_at FROM calendar")
    run(db, "UPDATE place SET name = '江北路支行' WHERE kind = 'outlet'")
    refreshed(db, now)
    second = one(db, "SELECT etag, modified_at FROM calendar")

    assert stamps(only(db, my_feed, now)) == (1, now + timedelta(seconds=1), now)
    assert second["etag"] != first["etag"]
    assert second["modified_at"] > first["modified_at"]


def test_a_clock_set_back_lowers_no_stamp(db, town, now, my_feed):
    builders.shift(db, town, MONDAY, [town.lan])
    refreshed(db, now)
    run(db, "UPDATE place SET name = '江北路支行' WHERE kind = 'outlet'")
    refreshed(db, now - 5 * MINUTE)

    assert stamps(only(db, my_feed, now)) == (1, now + timedelta(seconds=1), now)


def test_a_released_duty_is_shown_as_cancelled(db, town, now, my_feed):
    assignment_id = builders.assigned(db, builders.shift(db, town, MONDAY, [town.lan]), town.lan)
    refreshed(db, now)
    confirmed = only(db, my_feed, now)
    assignments.release(db, assignment_id, by=SYSTEM, now=now + MINUTE)
    builders.announced(db, now + MINUTE)
    feeds.refresh(db, base_url=BASE, now=now + MINUTE)
    event = only(db, my_feed, now)

    assert event["UID"] == confirmed["UID"]
    assert event["SUMMARY"] == "【已取消】厅堂服务 · 江北支行"
    assert (event["STATUS"], event["TRANSP"], event.walk("VALARM")) == ("CANCELLED", "TRANSPARENT", [])
    assert stamps(event) == (1, now + MINUTE, now)


def test_a_duty_given_back_returns_under_its_old_uid(db, town, now, my_feed):
    shift_id = builders.shift(db, town, MONDAY, [town.lan])
    refreshed(db, now)
    uid = only(db, my_feed, now)["UID"]
    assignments.release(db, builders.assigned(db, shift_id, town.lan), by=SYSTEM, now=now)
    builders.announced(db, now)
    feeds.refresh(db, base_url=BASE, now=now + MINUTE)
    assignments.seat(db, shift_id, town.lan, by=SYSTEM, now=now)
    builders.announced(db, now)
    feeds.refresh(db, base_url=BASE, now=now + 2 * MINUTE)
    event = only(db, my_feed, now)

    assert (event["UID"], event["STATUS"], event["SUMMARY"]) == (uid, "CONFIRMED", "厅堂服务 · 江北支行")
    assert stamps(event) == (2, now + 2 * MINUTE, now)


def test_reassigning_cancels_for_one_adds_for_the_other_and_changes_the_place(db, town, now, my_feed, place_feed):
    shift_id = builders.shift(db, town, MONDAY, [town.lan])
    run(db, "UPDATE shift SET headcount = 1")
    other = subscribed(db, town.min, now)
    refreshed(db, now)
    at_place = only(db, place_feed, now)
    assignments.release(db, builders.assigned(db, shift_id, town.lan), by=SYSTEM, now=now)
    assignments.seat(db, shift_id, town.min, by=SYSTEM, now=now)
    builders.announced(db, now)
    feeds.refresh(db, base_url=BASE, now=now + MINUTE)

    assert only(db, my_feed, now)["STATUS"] == "CANCELLED"
    assert only(db, other, now)["STATUS"] == "CONFIRMED"
    assert only(db, other, now)["UID"] != only(db, my_feed, now)["UID"]
    assert (at_place["SUMMARY"], only(db, place_feed, now)["SUMMARY"]) == ("厅堂服务 · 兰草", "厅堂服务 · 闵行")
    assert only(db, place_feed, now)["UID"] == at_place["UID"]
    assert stamps(only(db, place_feed, now)) == (1, now + MINUTE, now)


def test_a_cancelled_shift_is_cancelled_in_every_calendar_that_showed_it(db, town, now, my_feed, place_feed):
    builders.shift(db, town, MONDAY, [town.lan])
    refreshed(db, now)
    run(db, "UPDATE shift SET state = 'cancelled'")
    refreshed(db, now + MINUTE)

    assert [only(db, token, now)["STATUS"] for token in (my_feed, place_feed)] == ["CANCELLED", "CANCELLED"]


def test_what_was_cancelled_before_anybody_saw_it_is_not_shown(db, town, now, my_feed):
    assignment_id = builders.assigned(db, builders.shift(db, town, MONDAY, [town.lan]), town.lan)
    assignments.release(db, assignment_id, by=SYSTEM, now=now)
    builders.announced(db, now)
    refreshed(db, now)

    assert events(db, my_feed, now) == []


@pytest.mark.parametrize(("after", "shown"), [(6 * DAY, 1), (8 * DAY, 1), (18 * DAY, 0)])
def test_a_cancelled_duty_stays_for_at_least_a_week_after_its_end(db, town, now, my_feed, after, shown):
    assignment_id = builders.assigned(db, builders.shift(db, town, MONDAY, [town.lan]), town.lan)
    refreshed(db, now)
    assignments.release(db, assignment_id, by=SYSTEM, now=now)
    builders.announced(db, now)
    refreshed(db, now)
    ends = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    feeds.refresh(db, base_url=BASE, now=ends + after)

    assert len(events(db, my_feed, now)) == shown


def test_time_alone_changes_a_calendar_on_mondays_only(db, town, now, my_feed):
    monday = datetime(2026, 3, 1, 16, 0, tzinfo=UTC)
    for week in range(-8, 30):
        builders.shift(db, town, MONDAY + week * WEEK, [town.lan])
    refreshed(db, monday)
    first = body(db, my_feed, now)

    assert [refreshed(db, monday + day * DAY) for day in range(1, 7)] == [0] * 6
    assert body(db, my_feed, now) == first
    assert feeds.refresh(db, base_url=BASE, now=monday + 7 * DAY) == 1


def test_what_leaves_by_time_is_not_called_cancelled(db, town, now, my_feed):
    for week in range(-8, 30):
        builders.shift(db, town, MONDAY + week * WEEK, [town.lan])
    for day in (0, 7, 14, 7, 0):
        refreshed(db, now + day * DAY)

        assert {event["STATUS"] for event in events(db, my_feed, now)} == {"CONFIRMED"}


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE place SET name = '江北路支行' WHERE kind = 'outlet'",
        "UPDATE place SET address = '江北大道 118 号'",
        "UPDATE shift SET tasks = '入户宣传'",
        "UPDATE shift SET starts_at = '2026-03-02T00:00:00Z'",
        "UPDATE shift SET state = 'cancelled'",
        "INSERT INTO sponsorship (place_id, unit_id, starts_on, procedure) VALUES (1, 1, '2026-01-01', '报到')",
    ],
)
def test_whatever_a_calendar_shows_marks_it_stale_whoever_changes_it(db, town, now, my_feed, place_feed, change):
    builders.shift(db, town, MONDAY, [town.lan])
    refreshed(db, now)
    run(db, change)

    assert feeds.refresh(db, base_url=BASE, now=now + MINUTE) == 2


def test_a_new_name_reaches_the_places_where_the_person_stands(db, town, now, my_feed, place_feed):
    builders.shift(db, town, MONDAY, [town.lan])
    refreshed(db, now)
    run(db, "UPDATE person SET name = '兰芝' WHERE id = :id", id=town.lan)

    assert feeds.refresh(db, base_url=BASE, now=now + MINUTE) == 2
    assert only(db, place_feed, now)["SUMMARY"] == "厅堂服务 · 兰芝 空缺 8"


def test_only_what_somebody_subscribed_to_is_rendered(db, town, now, my_feed):
    feeds.revoke(db, owner_id=town.lan, of=feeds.Shown("person", town.lan), by=SYSTEM, now=now)
    builders.shift(db, town, MONDAY, [town.lan])

    assert refreshed(db, now) == 0
    again = subscribed(db, town.lan, now)
    assert only(db, again, now)["STATUS"] == "CONFIRMED"


def test_one_changed_duty_renders_one_event(db, town, now, my_feed):
    builders.published(db, town, now)
    feeds.refresh(db, base_url=BASE, now=now)
    kept = {row["uid"]: row["body"] for row in rows(db, "SELECT uid, body FROM feed_event")}
    run(db, "UPDATE shift SET tasks = 'x' WHERE id = (SELECT shift_id FROM feed_event LIMIT 1)")
    refreshed(db, now + MINUTE)

    changed = [row for row in rows(db, "SELECT uid, body FROM feed_event") if kept[row["uid"]] != row["body"]]
    assert len(changed) == 1


def test_the_stored_bytes_belong_together(db, town, now, my_feed):
    builders.published(db, town, now)
    feeds.refresh(db, base_url=BASE, now=now)
    held = one(db, "SELECT body, gzipped, etag FROM calendar")

    assert gzip.decompress(held["gzipped"]) == held["body"]
    assert gzip.compress(held["body"], mtime=0) == held["gzipped"]
    assert hashlib.sha256(held["body"]).hexdigest() == held["etag"]


@pytest.fixture
def on_disk(tmp_path, now: datetime) -> tuple[Database, Database, Town, str]:
    """A database in a file, a second connection to it, a town, 兰草's token."""
    first, second = (database.connect(tmp_path / "lunzhi.sqlite3", SHANGHAI) for _ in range(2))
    database.migrate(first)
    town = builders.town(first, now)
    return first, second, town, subscribed(first, town.lan, now)


def meanwhile(db: Database, statement: str, act) -> None:
    """Let `act` happen once, when `db` is about to run a statement that holds these words."""

    def look(text: str) -> None:
        if statement in text:
            db.conn.set_trace_callback(None)
            act()

    db.conn.set_trace_callback(look)


def test_a_change_made_while_rendering_is_not_lost(on_disk, now):
    first, second, town, token = on_disk

    def change() -> None:
        builders.shift(second, town, MONDAY, [town.lan])
        feeds.touch(second, people=[town.lan])

    feeds.touch(first, people=[town.lan])
    meanwhile(first, "SELECT uid, body FROM feed_event", change)
    feeds.refresh(first, base_url=BASE, now=now)
    assert events(first, token, now) == []

    assert feeds.refresh(first, base_url=BASE, now=now) == 1
    assert len(events(first, token, now)) == 1


def test_of_two_that_render_at_once_the_older_one_writes_nothing(on_disk, now):
    first, second, town, token = on_disk

    def overtake() -> None:
        builders.shift(second, town, MONDAY, [town.lan])
        refreshed(second, now + MINUTE)

    feeds.touch(first, people=[town.lan])
    meanwhile(first, "SELECT uid, body FROM feed_event", overtake)

    assert feeds.refresh(first, base_url=BASE, now=now) == 0
    assert len(events(first, token, now)) == 1
    assert value(first, "SELECT stale FROM calendar") == 0
