"""Secret addresses of calendars: given out once, answered while they may be, void at once when revoked."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from scheduler import accounts, audit, clock, database, feeds
from scheduler.audit import SYSTEM
from scheduler.database import one, rows, run, value, write
from scheduler.errors import NotFound
from tests import builders
from tests.calendars import (
    BASE,
    MINUTE,
    MONDAY,
    events,
    subscribed,
)
from tests.conftest import SHANGHAI


def test_an_address_answers_at_once(db, town, now):
    builders.shift(db, town, MONDAY, [town.lan])

    assert len(events(db, subscribed(db, town.lan, now), now)) == 1


def test_only_the_hash_of_an_address_is_kept(db, town, now, my_feed):
    assert len(my_feed) >= 32
    assert my_feed not in str(rows(db, "SELECT * FROM feed")) + str(rows(db, "SELECT * FROM audit"))


@pytest.mark.parametrize("wrong", ["", "x", "x" * 5000, "' OR 1=1 --", "\x00", "密"])
def test_an_unknown_address_has_nothing(db, town, now, my_feed, wrong):
    assert feeds.fetch(db, wrong, gzipped=False, now=now) is None
    assert feeds.fetch(db, my_feed[:-1], gzipped=False, now=now) is None


def test_a_new_address_voids_the_old_one(db, town, now, my_feed):
    again = subscribed(db, town.lan, now)

    assert feeds.fetch(db, my_feed, gzipped=False, now=now) is None
    assert feeds.fetch(db, again, gzipped=False, now=now) is not None


def test_a_place_has_one_address_a_coordinator(db, town, now, place_feed):
    accounts.grant(db, town.head, "administrator", town.branch, by=SYSTEM, now=now)
    second = feeds.subscribe(
        db, owner_id=town.head, of=feeds.Shown("place", town.outlet), lang="en", base_url=BASE, by=SYSTEM, now=now
    )  # fmt: skip
    feeds.revoke(db, owner_id=town.head, of=feeds.Shown("place", town.outlet), by=SYSTEM, now=now)

    assert feeds.fetch(db, second, gzipped=False, now=now) is None
    assert feeds.fetch(db, place_feed, gzipped=False, now=now) is not None


def test_a_revoked_address_is_void_and_who_revoked_it_is_recorded(db, town, now, my_feed):
    feeds.revoke(db, owner_id=town.lan, of=feeds.Shown("person", town.lan), by=SYSTEM, now=now)

    assert feeds.fetch(db, my_feed, gzipped=False, now=now) is None
    assert feeds.subscription(db, owner_id=town.lan, of=feeds.Shown("person", town.lan)) is None
    assert [entry["act"] for entry in audit.history(db, "feed", 1)] == ["revoke", "subscribe"]
    with pytest.raises(NotFound):
        feeds.revoke(db, owner_id=town.lan, of=feeds.Shown("person", town.lan), by=SYSTEM, now=now)


def test_a_coordinator_who_is_none_any_more_sees_the_place_no_more(db, town, now, place_feed):
    access_id = value(db, "SELECT id FROM access WHERE person_id = :id", id=town.party)
    accounts.grant(db, town.head, "administrator", town.branch, by=SYSTEM, now=now)
    accounts.revoke(db, access_id, by=SYSTEM, now=now)

    assert feeds.fetch(db, place_feed, gzipped=False, now=now) is None


def test_who_has_left_is_given_an_empty_calendar_for_a_month_and_then_nothing(db, town, now, my_feed):
    builders.shift(db, town, MONDAY, [town.lan])
    run(db, "UPDATE person SET left_on = '2026-03-10' WHERE id = :id", id=town.lan)

    def at(day: date) -> feeds.Served:
        return feeds.fetch(db, my_feed, gzipped=True, now=clock.instant(day, time(12, 0), SHANGHAI))

    cleared = at(date(2026, 3, 11))
    assert (b"VEVENT" in cleared.body, b"VTIMEZONE" in cleared.body) == (False, True)
    assert (cleared.is_gzipped, cleared.ended) == (False, False)
    assert at(date(2026, 4, 9)).ended is False
    assert at(date(2026, 4, 10)).ended is True


def test_a_fetch_is_noted_once_a_minute_with_the_program_that_made_it(db, town, now, my_feed):
    def fetched(at: datetime, program: str) -> bool:
        served = feeds.fetch(db, my_feed, gzipped=False, now=at)
        return served.is_to_note and feeds.note_fetch(db, served.feed_id, program, now=at)

    program = "iOS/17.4 (21E219) dataaccessd/1.0\r\nX: y"
    noted = [fetched(now, program), fetched(now + MINUTE / 2, "b"), fetched(now + MINUTE, "Google-Calendar-Importer")]

    assert noted == [True, False, True]
    assert one(db, "SELECT fetched_at, client FROM feed") == {
        "fetched_at": clock.to_text(now + MINUTE),
        "client": "Google-Calendar-Importer",
    }
    assert feeds.subscription(db, owner_id=town.lan, of=feeds.Shown("person", town.lan))["client"] == "google"


@pytest.mark.parametrize(
    ("program", "word"),
    [
        ("iOS/17.4 (21E219) dataaccessd/1.0", "iphone"),
        ("macOS/14.4 (23E214) CalendarAgent/1004", "mac"),
        ("Google-Calendar-Importer", "google"),
        ("Mozilla/5.0 (X11; Linux) Gecko/20100101 Thunderbird/128.0", "thunderbird"),
        ("ICSx5/2.2 (ktor; okhttp) Android/14", "icsx5"),
        ("Microsoft.Exchange/15.20 (Calendar)", "outlook"),
        ("curl/8", "other"),
        ("", ""),
    ],
)
def test_programs_are_known_by_the_name_they_give(program, word):
    assert feeds.client(program) == word


def test_a_busy_database_delays_no_fetch(tmp_path, now):
    first, second = (database.connect(tmp_path / "lunzhi.sqlite3", SHANGHAI) for _ in range(2))
    database.migrate(first)
    town = builders.town(first, now)
    token = subscribed(first, town.lan, now)

    with write(second):
        served = feeds.fetch(first, token, gzipped=False, now=now)
        assert feeds.note_fetch(first, served.feed_id, "curl", now=now) is False
    assert feeds.note_fetch(first, served.feed_id, "curl", now=now) is True
    assert value(first, "PRAGMA busy_timeout") == database.BUSY_SECONDS * 1000


def test_the_dump_lists_what_is_in_use_without_addresses(db, town, now, my_feed, place_feed):
    feeds.note_fetch(db, 1, "curl", now=now)

    assert feeds.dump(db) == [
        {
            "feed": 1, "scope": "person", "of": "兰草", "name": "", "owner": "兰草", "staff_no": "0004",
            "made_at": clock.to_text(now), "fetched_at": clock.to_text(now),
        },
        {
            "feed": 2, "scope": "place", "of": "江北支行", "name": "", "owner": "吕莉", "staff_no": "0003",
            "made_at": clock.to_text(now), "fetched_at": None,
        },
    ]  # fmt: skip


def test_a_dump_with_addresses_makes_new_ones(db, town, now, my_feed):
    (row,) = feeds.dump_with_addresses(db, base_url=BASE, by=SYSTEM, now=now + timedelta(days=1))

    token = row["address"].removeprefix("https://duty.example/calendar/").removesuffix("/duty.ics")
    assert feeds.fetch(db, my_feed, gzipped=False, now=now) is None
    assert feeds.fetch(db, token, gzipped=False, now=now) is not None
