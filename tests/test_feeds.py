"""Calendars: what they hold, how events keep their identity, when bytes change and when they do not."""

from __future__ import annotations

import gzip
import hashlib
import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar, Event

from scheduler import accounts, assignments, database, feeds, rosters
from scheduler.audit import SYSTEM
from scheduler.database import Database, one, rows, run, value
from scheduler.errors import NotFound
from scheduler.feeds import render
from tests import builders
from tests.builders import Town
from tests.conftest import SHANGHAI

BASE = "https://duty.example"
MONDAY = date(2026, 3, 2)
MINUTE, DAY, WEEK = timedelta(minutes=1), timedelta(days=1), timedelta(weeks=1)


@pytest.fixture
def mine(db: Database, town: Town, now: datetime) -> str:
    """The token of 兰草's own calendar."""
    return subscribed(db, town.lan, now)


@pytest.fixture
def local(db: Database, town: Town, now: datetime) -> str:
    """The token of the outlet's calendar, held by 吕莉, who coordinates the branch."""
    accounts.grant(db, town.party, "coordinator", town.branch, by=SYSTEM, now=now)
    return feeds.subscribe(
        db, owner_id=town.party, place_id=town.outlet, lang="zh", base_url=BASE, by=SYSTEM, now=now
    )  # fmt: skip


def subscribed(db: Database, person_id: int, now: datetime, lang: str = "zh") -> str:
    return feeds.subscribe(
        db, owner_id=person_id, person_id=person_id, lang=lang, base_url=BASE, by=SYSTEM, now=now
    )  # fmt: skip


def refreshed(db: Database, now: datetime) -> int:
    """Every calendar touched and rendered; how many changed."""
    everybody = [row["id"] for row in rows(db, "SELECT id FROM person")]
    feeds.touch(db, people=everybody, places=[row["id"] for row in rows(db, "SELECT id FROM place")])
    return feeds.refresh(db, base_url=BASE, now=now)


def body(db: Database, token: str, now: datetime) -> bytes:
    return feeds.fetch(db, token, gzipped=False, now=now).body


def events(db: Database, token: str, now: datetime) -> list[Event]:
    return Calendar.from_ical(body(db, token, now)).walk("VEVENT")


def only(db: Database, token: str, now: datetime) -> Event:
    (event,) = events(db, token, now)
    return event


def stamps(event: Event) -> tuple[int, datetime, datetime]:
    return event["SEQUENCE"], event["LAST-MODIFIED"].dt, event["CREATED"].dt


def test_a_published_duty_stands_in_the_persons_calendar(db, town, now):
    run(db, "UPDATE place SET address = '江北大道 118 号'")
    shift_id = builders.shift(db, town, MONDAY, [town.lan])
    run(db, "UPDATE shift SET tasks = '佩戴党员徽章；引导, 分流'")
    event = only(db, subscribed(db, town.lan, now), now)

    shift_key = value(db, "SELECT key FROM shift WHERE id = :id", id=shift_id)
    person_key = value(db, "SELECT key FROM person WHERE id = :id", id=town.lan)
    assert event["UID"] == f"a-{shift_key}-{person_key}@duty.example"
    assert event["SUMMARY"] == "厅堂服务 · 江北支行"
    assert event["LOCATION"] == "江北支行，江北大道 118 号"
    assert event["DESCRIPTION"] == "任务：佩戴党员徽章；引导, 分流\n详情：https://duty.example/me"
    assert event["DTSTART"].dt == datetime(2026, 3, 2, 8, 30, tzinfo=SHANGHAI)
    assert event["DTEND"].dt == datetime(2026, 3, 2, 17, 0, tzinfo=SHANGHAI)
    assert (event["STATUS"], event["TRANSP"], event["SEQUENCE"]) == ("CONFIRMED", "OPAQUE", 0)
    assert event["DTSTAMP"].dt == event["LAST-MODIFIED"].dt == event["CREATED"].dt == now
    assert [alarm["TRIGGER"].dt for alarm in event.walk("VALARM")] == [-DAY, -timedelta(hours=1)]
    assert not {"ORGANIZER", "ATTENDEE", "RRULE", "CLASS"} & set(event)


def test_in_english_it_is_in_english(db, town, now):
    builders.shift(db, town, MONDAY, [town.lan])
    event = only(db, subscribed(db, town.lan, now, "en"), now)

    assert event["SUMMARY"] == "Lobby service · 江北支行"
    assert event["DESCRIPTION"] == "Details: https://duty.example/me"


def test_a_draft_leaks_nothing(db, town, now, mine, local):
    roster_id = builders.drafted(db, town, now)
    rosters.fill(db, roster_id, by=SYSTEM, now=now)
    refreshed(db, now)
    assert events(db, mine, now) == events(db, local, now) == []

    rosters.publish(db, roster_id, by=SYSTEM, now=now)
    feeds.refresh(db, base_url=BASE, now=now)

    assert len(events(db, local, now)) == 20
    assert len(events(db, mine, now)) == value(
        db, "SELECT COUNT(*) FROM assignment WHERE person_id = :id", id=town.lan
    )  # fmt: skip


def test_a_calendar_holds_its_own_persons_duties_only(db, town, now):
    builders.shift(db, town, MONDAY, [town.min, town.bo])

    assert events(db, subscribed(db, town.lan, now), now) == []


def test_a_place_names_who_stands_and_what_is_unfilled(db, town, now, local):
    shift_id = builders.shift(db, town, MONDAY, [town.lan, town.min])
    run(db, "UPDATE shift SET headcount = 3")
    refreshed(db, now)
    event = only(db, local, now)

    assert event["UID"] == f"s-{value(db, 'SELECT key FROM shift')}@duty.example"
    assert event["SUMMARY"] == "厅堂服务 · 兰草、闵行 空缺 1"
    assert event["TRANSP"] == "TRANSPARENT"
    assert event["URL"] == f"https://duty.example/shifts/{shift_id}"
    assert event.walk("VALARM") == []


def test_feeds_hold_no_telephone_number_no_address_of_mail_no_staff_number(db, town, now, mine, local):
    run(db, "UPDATE person SET mobile = '13908270001'")
    run(db, "UPDATE place SET phone = '0827-5550000', contact = '唐少华'")
    builders.shift(db, town, MONDAY, [town.lan, town.party])
    refreshed(db, now)

    for text in (body(db, mine, now).decode(), body(db, local, now).decode()):
        assert not [secret for secret in ("13908270001", "0827-5550000", "0004", "branch.example") if secret in text]


def test_nothing_changed_leaves_every_byte_and_stamp(db, town, now, mine, local):
    builders.published(db, town, now)
    feeds.refresh(db, base_url=BASE, now=now)
    before = rows(db, "SELECT body, gzipped, etag, modified_at FROM calendar ORDER BY id")

    assert refreshed(db, now + 3 * DAY - timedelta(hours=40)) == 0
    assert rows(db, "SELECT body, gzipped, etag, modified_at FROM calendar ORDER BY id") == before


def test_a_moved_duty_keeps_its_uid_and_raises_its_stamps(db, town, now, mine):
    builders.shift(db, town, MONDAY, [town.lan])
    refreshed(db, now)
    before = only(db, mine, now)
    for table in ("shift", "assignment"):
        run(db, f"UPDATE {table} SET starts_at = '2026-03-03T01:00:00Z', ends_at = '2026-03-03T04:00:00Z'")
    refreshed(db, now + MINUTE)
    after = only(db, mine, now)

    assert after["UID"] == before["UID"]
    assert after["DTSTART"].dt == datetime(2026, 3, 3, 9, 0, tzinfo=SHANGHAI)
    assert stamps(before) == (0, now, now)
    assert stamps(after) == (1, now + MINUTE, now)
    assert after["DTSTAMP"].dt == now + MINUTE


def test_a_change_that_is_only_text_raises_last_modified_but_not_the_sequence(db, town, now, mine):
    builders.shift(db, town, MONDAY, [town.lan])
    refreshed(db, now)
    run(db, "UPDATE shift SET tasks = '入户宣传'")
    refreshed(db, now + MINUTE)

    assert stamps(only(db, mine, now)) == (0, now + MINUTE, now)


def test_two_changes_within_a_second_are_still_told_apart(db, town, now, mine):
    builders.shift(db, town, MONDAY, [town.lan])
    refreshed(db, now)
    first = one(db, "SELECT etag, modified_at FROM calendar")
    run(db, "UPDATE place SET name = '江北路支行' WHERE kind = 'outlet'")
    refreshed(db, now)
    second = one(db, "SELECT etag, modified_at FROM calendar")

    assert stamps(only(db, mine, now)) == (1, now + timedelta(seconds=1), now)
    assert second["etag"] != first["etag"]
    assert second["modified_at"] > first["modified_at"]


def test_a_clock_set_back_lowers_no_stamp(db, town, now, mine):
    builders.shift(db, town, MONDAY, [town.lan])
    refreshed(db, now)
    run(db, "UPDATE place SET name = '江北路支行' WHERE kind = 'outlet'")
    refreshed(db, now - 5 * MINUTE)

    assert stamps(only(db, mine, now)) == (1, now + timedelta(seconds=1), now)


def test_a_released_duty_is_shown_as_cancelled(db, town, now, mine):
    assignment_id = builders.assigned(db, builders.shift(db, town, MONDAY, [town.lan]), town.lan)
    refreshed(db, now)
    confirmed = only(db, mine, now)
    assignments.release(db, assignment_id, by=SYSTEM, now=now + MINUTE)
    feeds.refresh(db, base_url=BASE, now=now + MINUTE)
    event = only(db, mine, now)

    assert event["UID"] == confirmed["UID"]
    assert event["SUMMARY"] == "【已取消】厅堂服务 · 江北支行"
    assert (event["STATUS"], event["TRANSP"], event.walk("VALARM")) == ("CANCELLED", "TRANSPARENT", [])
    assert stamps(event) == (1, now + MINUTE, now)


def test_a_duty_given_back_returns_under_its_old_uid(db, town, now, mine):
    shift_id = builders.shift(db, town, MONDAY, [town.lan])
    refreshed(db, now)
    uid = only(db, mine, now)["UID"]
    assignments.release(db, builders.assigned(db, shift_id, town.lan), by=SYSTEM, now=now)
    feeds.refresh(db, base_url=BASE, now=now + MINUTE)
    assignments.seat(db, shift_id, town.lan, by=SYSTEM, now=now)
    feeds.refresh(db, base_url=BASE, now=now + 2 * MINUTE)
    event = only(db, mine, now)

    assert (event["UID"], event["STATUS"], event["SUMMARY"]) == (uid, "CONFIRMED", "厅堂服务 · 江北支行")
    assert stamps(event) == (2, now + 2 * MINUTE, now)


def test_reassigning_cancels_for_one_adds_for_the_other_and_changes_the_place(db, town, now, mine, local):
    shift_id = builders.shift(db, town, MONDAY, [town.lan])
    run(db, "UPDATE shift SET headcount = 1")
    other = subscribed(db, town.min, now)
    refreshed(db, now)
    at_place = only(db, local, now)
    assignments.release(db, builders.assigned(db, shift_id, town.lan), by=SYSTEM, now=now)
    assignments.seat(db, shift_id, town.min, by=SYSTEM, now=now)
    feeds.refresh(db, base_url=BASE, now=now + MINUTE)

    assert only(db, mine, now)["STATUS"] == "CANCELLED"
    assert only(db, other, now)["STATUS"] == "CONFIRMED"
    assert only(db, other, now)["UID"] != only(db, mine, now)["UID"]
    assert (at_place["SUMMARY"], only(db, local, now)["SUMMARY"]) == ("厅堂服务 · 兰草", "厅堂服务 · 闵行")
    assert only(db, local, now)["UID"] == at_place["UID"]
    assert stamps(only(db, local, now)) == (1, now + MINUTE, now)


def test_a_cancelled_shift_is_cancelled_in_every_calendar_that_showed_it(db, town, now, mine, local):
    builders.shift(db, town, MONDAY, [town.lan])
    refreshed(db, now)
    run(db, "UPDATE shift SET state = 'cancelled'")
    refreshed(db, now + MINUTE)

    assert [only(db, token, now)["STATUS"] for token in (mine, local)] == ["CANCELLED", "CANCELLED"]


def test_what_was_cancelled_before_anybody_saw_it_is_not_shown(db, town, now, mine):
    assignment_id = builders.assigned(db, builders.shift(db, town, MONDAY, [town.lan]), town.lan)
    assignments.release(db, assignment_id, by=SYSTEM, now=now)
    refreshed(db, now)

    assert events(db, mine, now) == []


@pytest.mark.parametrize(("after", "shown"), [(6 * DAY, 1), (8 * DAY, 1), (18 * DAY, 0)])
def test_a_cancelled_duty_stays_for_at_least_a_week_after_its_end(db, town, now, mine, after, shown):
    assignment_id = builders.assigned(db, builders.shift(db, town, MONDAY, [town.lan]), town.lan)
    refreshed(db, now)
    assignments.release(db, assignment_id, by=SYSTEM, now=now)
    refreshed(db, now)
    ends = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    feeds.refresh(db, base_url=BASE, now=ends + after)

    assert len(events(db, mine, now)) == shown


def test_who_was_absent_keeps_the_duty(db, town, now, mine):
    builders.held(db, town, MONDAY, [town.lan], absent=[town.lan])
    refreshed(db, now + WEEK)

    assert only(db, mine, now)["STATUS"] == "CONFIRMED"


def test_a_duty_over_midnight_is_one_event(db, town, now, mine):
    builders.shift(db, town, MONDAY, [town.lan], starts=time(20, 0), ends=time(8, 0))
    refreshed(db, now)
    event = only(db, mine, now)

    assert event["DTSTART"].dt == datetime(2026, 3, 2, 20, 0, tzinfo=SHANGHAI)
    assert event["DTEND"].dt == datetime(2026, 3, 3, 8, 0, tzinfo=SHANGHAI)


def test_a_calendar_shows_31_days_back_and_180_ahead_on_every_day_of_the_week(db, town, now, mine):
    for day in range(7):
        today = now + day * DAY
        shown = feeds.events.window(today, db.zone)

        assert shown.first <= today - 31 * DAY
        assert today + 180 * DAY <= shown.last
        assert [edge.astimezone(SHANGHAI).strftime("%a %H%M") for edge in (shown.first, shown.last)] == ["Mon 0000"] * 2


def test_time_alone_changes_a_calendar_on_mondays_only(db, town, now, mine):
    monday = datetime(2026, 3, 1, 16, 0, tzinfo=UTC)
    for week in range(-8, 30):
        builders.shift(db, town, MONDAY + week * WEEK, [town.lan])
    refreshed(db, monday)
    first = body(db, mine, now)

    assert [refreshed(db, monday + day * DAY) for day in range(1, 7)] == [0] * 6
    assert body(db, mine, now) == first
    assert feeds.refresh(db, base_url=BASE, now=monday + 7 * DAY) == 1


def test_what_leaves_by_time_is_not_called_cancelled(db, town, now, mine):
    for week in range(-8, 30):
        builders.shift(db, town, MONDAY + week * WEEK, [town.lan])
    for day in (0, 7, 14, 7, 0):
        refreshed(db, now + day * DAY)

        assert {event["STATUS"] for event in events(db, mine, now)} == {"CONFIRMED"}


def test_more_events_than_clients_take_are_cut_at_a_whole_week(db, town, now, local):
    for day in range(-30, 185):
        for hour in (8, 11, 14):
            builders.shift(db, town, MONDAY + day * DAY, [], starts=time(hour, 0), ends=time(hour + 2, 0))
    refreshed(db, now)
    held = events(db, local, now)

    assert 500 - 21 < len(held) <= 500
    assert held[-1]["DTSTART"].dt.strftime("%a %H") == "Sun 14"


def test_the_calendar_says_what_it_is_and_how_often_to_look(db, town, now, mine):
    lines = body(db, mine, now).decode().split("\r\n")

    assert lines[:12] == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Lunzhi//Duties//ZH",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "NAME:值班 · 兰草",
        "X-WR-CALNAME:值班 · 兰草",
        "X-WR-TIMEZONE:Asia/Shanghai",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
        "COLOR:royalblue",
        "BEGIN:VTIMEZONE",
    ]
    assert lines[-3:] == ["END:VTIMEZONE", "END:VCALENDAR", ""]


def test_lines_are_folded_ended_and_encoded_as_the_standard_says(db, town, now, mine):
    run(db, "UPDATE place SET address = :long", long="巴州区江北大道中段一百一十八号𠮷祥大厦，" * 12)
    run(db, "UPDATE shift SET tasks = ''")
    builders.published(db, town, now)
    feeds.refresh(db, base_url=BASE, now=now)
    written = body(db, mine, now)
    lines = written.split(b"\r\n")

    assert max(len(line) for line in lines) <= 75
    assert all(line.decode() is not None for line in lines)
    assert b"\n" not in written.replace(b"\r\n", b"")
    assert not written.startswith(b"\xef\xbb\xbf")


def test_events_stand_in_one_order(db, town, now, local):
    for n, people in enumerate([[town.lan], [town.min], [town.bo]]):
        builders.shift(db, town, MONDAY - n * DAY, people)
    builders.shift(db, town, MONDAY, [town.party])
    refreshed(db, now)

    keys = [(event["DTSTART"].dt, event["UID"]) for event in events(db, local, now)]
    assert keys == sorted(keys)
    assert len(set(keys)) == 4


def test_hidden_characters_and_markup_stay_text(db, town, now, mine):
    name = "A\r\nATTENDEE:mailto:x@y.cn\x00\x07\u202eB"
    run(db, "UPDATE place SET name = :name WHERE id = :id", name=name, id=town.outlet)
    builders.shift(db, town, MONDAY, [town.lan])
    run(db, "UPDATE shift SET tasks = :tasks", tasks="a\r\nb\nBEGIN:VALARM;x,\\n")
    refreshed(db, now)
    event = only(db, mine, now)

    assert event["SUMMARY"] == "厅堂服务 · A ATTENDEE:mailto:x@y.cnB"
    assert event["DESCRIPTION"].startswith("任务：a\nb\nBEGIN:VALARM;x,\\n\n")
    assert "ATTENDEE" not in event
    assert len(event.walk("VALARM")) == 2


def test_a_long_task_list_is_cut_and_keeps_its_link(db, town, now, mine):
    builders.shift(db, town, MONDAY, [town.lan])
    run(db, "UPDATE shift SET tasks = :tasks", tasks="入户宣传" * 600)
    refreshed(db, now)
    words = only(db, mine, now)["DESCRIPTION"]

    assert len(words.encode()) <= 2048
    assert words.endswith("…\n详情：https://duty.example/me")


@pytest.mark.parametrize(("chosen", "triggers"), [("none", []), ("hour", [-timedelta(hours=1)]), ("day", [-DAY])])
def test_alarms_follow_the_persons_choice(db, town, now, mine, chosen, triggers):
    builders.shift(db, town, MONDAY, [town.lan])
    refreshed(db, now)
    feeds.set_alarms(db, person_id=town.lan, alarms=chosen, by=SYSTEM, now=now)
    feeds.refresh(db, base_url=BASE, now=now + MINUTE)
    event = only(db, mine, now)

    assert [alarm["TRIGGER"].dt for alarm in event.walk("VALARM")] == triggers
    assert stamps(event) == (0, now + MINUTE, now)


def test_alarms_of_a_calendar_that_nobody_has_are_not_found(db, town, now):
    with pytest.raises(NotFound):
        feeds.set_alarms(db, person_id=town.lan, alarms="none", by=SYSTEM, now=now)


def test_shanghai_has_its_constant_zone_and_others_their_own():
    assert render.timezone("Asia/Shanghai") == render.SHANGHAI
    assert render.timezone("UTC") == b""
    berlin = render.timezone("Europe/Berlin").decode()
    assert berlin.startswith("BEGIN:VTIMEZONE\r\nTZID:Europe/Berlin\r\n")
    assert "COMMENT" not in berlin
    assert {"TZOFFSETTO:+0100", "TZOFFSETTO:+0200"} <= set(berlin.split("\r\n"))


def test_a_zone_is_written_alike_whatever_the_hash_seed():
    program = "from scheduler.feeds import render; print(render.head('a', 'zh', 'Europe/Berlin'))"
    written = {
        subprocess.run(
            [sys.executable, "-c", program], env={"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip

    assert len(written) == 1


def test_a_night_without_summer_time_ends_when_its_shift_ends(now):
    berlin = database.connect(":memory:", ZoneInfo("Europe/Berlin"))
    database.migrate(berlin)
    town = builders.town(berlin, now)
    builders.shift(berlin, town, date(2026, 3, 28), [town.lan], starts=time(20, 0), ends=time(8, 0))
    event = only(berlin, subscribed(berlin, town.lan, now), now)

    assert event["DTEND"].dt - event["DTSTART"].dt == timedelta(hours=12)  # on the wall clock
    assert event["DTEND"].dt.astimezone(UTC) - event["DTSTART"].dt.astimezone(UTC) == timedelta(hours=11)


def test_only_what_somebody_subscribed_to_is_rendered(db, town, now, mine):
    feeds.revoke(db, owner_id=town.lan, person_id=town.lan, by=SYSTEM, now=now)
    builders.shift(db, town, MONDAY, [town.lan])

    assert refreshed(db, now) == 0
    again = subscribed(db, town.lan, now)
    assert only(db, again, now)["STATUS"] == "CONFIRMED"


def test_one_changed_duty_renders_one_event(db, town, now, mine):
    builders.published(db, town, now)
    feeds.refresh(db, base_url=BASE, now=now)
    kept = {row["uid"]: row["body"] for row in rows(db, "SELECT uid, body FROM feed_event")}
    run(db, "UPDATE shift SET tasks = 'x' WHERE id = (SELECT shift_id FROM feed_event LIMIT 1)")
    refreshed(db, now + MINUTE)

    changed = [row for row in rows(db, "SELECT uid, body FROM feed_event") if kept[row["uid"]] != row["body"]]
    assert len(changed) == 1


def test_the_stored_bytes_belong_together(db, town, now, mine):
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
