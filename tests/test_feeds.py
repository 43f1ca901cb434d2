"""Calendars: what they hold, how events keep their identity, when bytes change and when they do not."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from scheduler import database, feeds, rosters
from scheduler.audit import SYSTEM
from scheduler.database import run, value
from scheduler.errors import NotFound
from scheduler.feeds import render
from scheduler.feeds.window import window
from tests import builders
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


def test_a_published_duty_stands_in_the_persons_calendar(db, town, now):
    run(db, "UPDATE place SET address = '江北大道 118 号'")
    shift_id = builders.shift(db, town, MONDAY, [town.lan])
    run(db, "UPDATE shift SET tasks = '佩戴党员徽章；引导, 分流'")
    event = only(db, subscribed(db, town.lan, now), now)

    shift_key = value(db, "SELECT key FROM shift WHERE id = :id", id=shift_id)
    person_key = value(db, "SELECT key FROM person WHERE id = :id", id=town.lan)
    assert event["UID"] == f"a-{shift_key}-{person_key}@lunzhi"
    assert event["SUMMARY"] == "厅堂服务 · 江北支行"
    assert event["LOCATION"] == "江北支行，江北大道 118 号"
    link = f"https://duty.example/me/duties/{builders.assigned(db, shift_id, town.lan)}"
    assert event["DESCRIPTION"] == f"任务：佩戴党员徽章；引导, 分流\n详情：{link}"
    assert event["URL"] == link
    assert event["DTSTART"].dt == datetime(2026, 3, 2, 8, 30, tzinfo=SHANGHAI)
    assert event["DTEND"].dt == datetime(2026, 3, 2, 17, 0, tzinfo=SHANGHAI)
    assert (event["STATUS"], event["TRANSP"], event["SEQUENCE"]) == ("CONFIRMED", "OPAQUE", 0)
    assert event["DTSTAMP"].dt == event["LAST-MODIFIED"].dt == event["CREATED"].dt == now
    assert [alarm["TRIGGER"].dt for alarm in event.walk("VALARM")] == [-DAY, -timedelta(hours=1)]
    assert not {"ORGANIZER", "ATTENDEE", "RRULE", "CLASS"} & set(event)


def test_a_draft_leaks_nothing(db, town, now, my_feed, place_feed):
    roster_id = builders.drafted(db, town, now)
    rosters.fill(db, roster_id, by=SYSTEM, now=now)
    refreshed(db, now)
    assert events(db, my_feed, now) == events(db, place_feed, now) == []

    rosters.publish(db, roster_id, by=SYSTEM, now=now)
    feeds.refresh(db, base_url=BASE, now=now)

    assert len(events(db, place_feed, now)) == 20
    assert len(events(db, my_feed, now)) == value(
        db, "SELECT COUNT(*) FROM assignment WHERE person_id = :id", id=town.lan
    )  # fmt: skip


def test_a_calendar_holds_its_own_persons_duties_only(db, town, now):
    builders.shift(db, town, MONDAY, [town.min, town.bo])

    assert events(db, subscribed(db, town.lan, now), now) == []


def test_a_place_names_who_stands_and_what_is_unfilled(db, town, now, place_feed):
    shift_id = builders.shift(db, town, MONDAY, [town.lan, town.min])
    run(db, "UPDATE shift SET headcount = 3")
    refreshed(db, now)
    event = only(db, place_feed, now)

    assert event["UID"] == f"s-{value(db, 'SELECT key FROM shift')}@lunzhi"
    assert event["SUMMARY"] == "厅堂服务 · 兰草、闵行 空缺 1"
    assert event["TRANSP"] == "TRANSPARENT"
    assert event["URL"] == f"https://duty.example/shifts/{shift_id}"
    assert event.walk("VALARM") == []


def test_feeds_hold_no_telephone_number_no_address_of_mail_no_staff_number(db, town, now, my_feed, place_feed):
    run(db, "UPDATE person SET mobile = '13908270001'")
    run(db, "UPDATE place SET phone = '0827-5550000', contact = '唐少华'")
    builders.shift(db, town, MONDAY, [town.lan, town.party])
    refreshed(db, now)

    for text in (body(db, my_feed, now).decode(), body(db, place_feed, now).decode()):
        assert not [secret for secret in ("13908270001", "0827-5550000", "0004", "branch.example") if secret in text]


def test_numbers_and_addresses_of_mail_in_what_somebody_wrote_stay_out(db, town, now, my_feed, place_feed):
    builders.shift(db, town, MONDAY, [town.lan])
    tasks = "找唐少华 13908270001 或 0827-5550000，住户 51372319900101123X，"
    tasks += "tang.shaohua@branch.example；3 月 12 日 8:30 到 110 室"
    run(db, "UPDATE shift SET tasks = :tasks", tasks=tasks)
    refreshed(db, now)

    for token in (my_feed, place_feed):
        words = only(db, token, now)["DESCRIPTION"].splitlines()[0]
        assert (
            words == "任务：找唐少华 （见网页） 或 （见网页），住户 （见网页），（见网页）；3 月 12 日 8:30 到 110 室"
        )


def test_who_was_absent_keeps_the_duty(db, town, now, my_feed):
    builders.held(db, town, MONDAY, [town.lan], absent=[town.lan])
    refreshed(db, now + WEEK)

    assert only(db, my_feed, now)["STATUS"] == "CONFIRMED"


def test_a_duty_over_midnight_is_one_event(db, town, now, my_feed):
    builders.shift(db, town, MONDAY, [town.lan], starts=time(20, 0), ends=time(8, 0))
    refreshed(db, now)
    event = only(db, my_feed, now)

    assert event["DTSTART"].dt == datetime(2026, 3, 2, 20, 0, tzinfo=SHANGHAI)
    assert event["DTEND"].dt == datetime(2026, 3, 3, 8, 0, tzinfo=SHANGHAI)


def test_a_calendar_shows_31_days_back_and_180_ahead_on_every_day_of_the_week(db, town, now, my_feed):
    for day in range(7):
        today = now + day * DAY
        shown = window(today, db.zone)

        assert shown.first <= today - 31 * DAY
        assert today + 180 * DAY <= shown.last
        assert [edge.astimezone(SHANGHAI).strftime("%a %H%M") for edge in (shown.first, shown.last)] == ["Mon 0000"] * 2


def test_more_events_than_clients_take_are_cut_at_a_whole_week(db, town, now, place_feed):
    for day in range(-30, 185):
        for hour in (8, 11, 14):
            builders.shift(db, town, MONDAY + day * DAY, [], starts=time(hour, 0), ends=time(hour + 2, 0))
    refreshed(db, now)
    held = events(db, place_feed, now)

    assert 500 - 21 < len(held) <= 500
    assert held[-1]["DTSTART"].dt.strftime("%a %H") == "Sun 14"


def test_a_calendar_of_long_texts_stays_below_400_kb(db, town, now, place_feed):
    for day in range(-30, 185):
        for hour in (8, 14):
            builders.shift(db, town, MONDAY + day * DAY, [], starts=time(hour, 0), ends=time(hour + 2, 0))
    run(db, "UPDATE shift SET tasks = :tasks", tasks="入户宣传，走访，调查；" * 60)
    refreshed(db, now)
    held = events(db, place_feed, now)

    assert 300_000 < len(body(db, place_feed, now)) <= 400_000
    assert held[-1]["DTSTART"].dt.strftime("%a %H") == "Sun 14"


def test_the_calendar_says_what_it_is_and_how_often_to_look(db, town, now, my_feed):
    lines = body(db, my_feed, now).decode().split("\r\n")

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


def test_lines_are_folded_ended_and_encoded_as_the_standard_says(db, town, now, my_feed):
    run(db, "UPDATE place SET address = :long", long="巴州区江北大道中段一百一十八号𠮷祥大厦，" * 12)
    run(db, "UPDATE shift SET tasks = ''")
    builders.published(db, town, now)
    feeds.refresh(db, base_url=BASE, now=now)
    written = body(db, my_feed, now)
    lines = written.split(b"\r\n")

    assert max(len(line) for line in lines) <= 75
    assert all(line.decode() is not None for line in lines)
    assert b"\n" not in written.replace(b"\r\n", b"")
    assert not written.startswith(b"\xef\xbb\xbf")


def test_events_stand_in_one_order(db, town, now, place_feed):
    for n, people in enumerate([[town.lan], [town.min], [town.bo]]):
        builders.shift(db, town, MONDAY - n * DAY, people)
    builders.shift(db, town, MONDAY, [town.party])
    refreshed(db, now)

    keys = [(event["DTSTART"].dt, event["UID"]) for event in events(db, place_feed, now)]
    assert keys == sorted(keys)
    assert len(set(keys)) == 4


def test_hidden_characters_and_markup_stay_text(db, town, now, my_feed):
    name = "A\r\nATTENDEE:mailto:x@y.cn\x00\x07\u202eB"
    run(db, "UPDATE place SET name = :name WHERE id = :id", name=name, id=town.outlet)
    builders.shift(db, town, MONDAY, [town.lan])
    run(db, "UPDATE shift SET tasks = :tasks", tasks="a\r\nb\tc\nBEGIN:VALARM;x,\\n")
    refreshed(db, now)
    event = only(db, my_feed, now)

    assert event["SUMMARY"] == "厅堂服务 · A ATTENDEE:mailto:x@y.cnB"
    assert event["DESCRIPTION"].startswith("任务：a\nb c\nBEGIN:VALARM;x,\\n\n")
    assert "ATTENDEE" not in event
    assert len(event.walk("VALARM")) == 2


def test_a_long_task_list_is_cut_and_keeps_its_link(db, town, now, my_feed):
    builders.shift(db, town, MONDAY, [town.lan])
    run(db, "UPDATE shift SET tasks = :tasks", tasks="入户宣传" * 600)
    refreshed(db, now)
    words = only(db, my_feed, now)["DESCRIPTION"]

    assert len(words.encode()) <= 2048
    assert words.endswith("…\n详情：https://duty.example/me/duties/1")


@pytest.mark.parametrize(("chosen", "triggers"), [("none", []), ("hour", [-timedelta(hours=1)]), ("day", [-DAY])])
def test_alarms_follow_the_persons_choice(db, town, now, my_feed, chosen, triggers):
    builders.shift(db, town, MONDAY, [town.lan])
    refreshed(db, now)
    feeds.set_alarms(db, person_id=town.lan, alarms=chosen, by=SYSTEM, now=now)
    feeds.refresh(db, base_url=BASE, now=now + MINUTE)
    event = only(db, my_feed, now)

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
