"""Ladders: when each rule is, quiet hours, daylight saving, what a person chooses, and what follows a change."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from scheduler import accounts, clock, reminders, workdays
from scheduler.audit import SYSTEM, Actor
from scheduler.database import rows, run, value
from scheduler.errors import Conflict, Invalid, NotAllowed
from scheduler.outbox import Sent, send_due
from scheduler.reminders import Choice, Ladder, Quiet, Rung
from scheduler.reminders.rungs import asked, is_rule, moments
from tests import builders

BASE = "https://duty.example"
SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
NIGHT = Quiet(time(22), time(6))
WEDNESDAY = date(2026, 3, 11)


def at(day: int, hours: int, minutes: int = 0, zone: ZoneInfo = SHANGHAI) -> datetime:
    return clock.instant(date(2026, 3, day), time(hours, minutes), zone)


def weekdays(day: date) -> bool:
    return day.weekday() < 5


@pytest.fixture
def duty(db, town, now) -> int:
    """兰草's published duty on Wednesday 11 March, 08:30, armed."""
    found = builders.assigned(db, builders.shift(db, town, WEDNESDAY, [town.lan]), town.lan)
    reminders.arm(db, [found], now=now)
    return found


def due(db) -> list[tuple[str, str]]:
    return [(row["rule"], row["due_at"]) for row in reminders.dump(db) if row["state"] == "due"]


def only(*rules: str, channels: tuple[str, ...] = ("email",), must: bool = False) -> Ladder:
    return Ladder(tuple(Rung(rule, must, channels) for rule in rules), None, None)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("minutes:120", at(9, 6, 30)),
        ("days:3", at(6, 8, 30)),
        ("days:1@17:00", at(8, 17)),
        ("days:0@07:00", at(9, 7)),
        ("days:0@09:00", None),
        ("workday@17:00", at(6, 17)),
    ],
)
def test_each_rule_is_at_its_moment_before_a_monday(rule, expected):
    assert asked(rule, at(9, 8, 30), SHANGHAI, weekdays) == expected


@pytest.mark.parametrize("rule", ["minutes:0", "days:0", "days:31", "days:1@24:00", "workday@09:60", "", "hours:2"])
def test_what_is_no_rule_is_known(rule):
    assert not is_rule(rule)
    assert is_rule("days:30@23:59")


def test_days_are_local_days_over_the_night_of_the_clock_change():
    starts = clock.instant(date(2026, 3, 29), time(8, 30), BERLIN)  # the clocks went on at 02:00

    assert asked("days:1@17:00", starts, BERLIN, weekdays) == datetime(2026, 3, 28, 16, 0, tzinfo=UTC)
    assert asked("days:3", starts, BERLIN, weekdays) == datetime(2026, 3, 26, 7, 30, tzinfo=UTC)
    assert starts == datetime(2026, 3, 29, 6, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("starts", "wanted", "expected"),
    [
        (at(9, 8, 30), at(9, 6, 30), [at(9, 6, 30)]),  # loud
        (at(9, 7, 30), at(9, 5, 30), [at(9, 6)]),  # an hour and a half is enough
        (at(9, 6, 30), at(9, 4, 30), [at(8, 22), at(9, 6)]),  # half an hour is not: before, or late rather than never
        (at(9, 2), at(9, 0), [at(8, 22)]),  # the duty begins while it is quiet
        (at(9, 22), at(8, 22), [at(8, 22)]),  # the first quiet minute is still loud
    ],
)
def test_quiet_hours_move_a_reminder_where_it_is_still_of_use(starts, wanted, expected):
    assert moments(wanted, starts, NIGHT, SHANGHAI) == expected


def test_the_default_is_three_days_a_day_at_17_and_two_hours(db, duty):
    assert due(db) == [
        ("days:3", "2026-03-08T00:30:00Z"),
        ("days:1@17:00", "2026-03-10T09:00:00Z"),
        ("minutes:120", "2026-03-10T22:30:00Z"),
    ]


def test_duties_of_an_activity_follow_its_own_ladder_at_the_next_turn(db, duty, now):
    lobby = value(db, "SELECT id FROM activity WHERE code = 'lobby'")
    reminders.set_ladder(db, lobby, only("workday@17:00"), version=0, by=SYSTEM, now=now)
    reminders.queue_due(db, base_url=BASE, now=now)

    assert due(db) == [("workday@17:00", "2026-03-10T09:00:00Z")]
    reminders.remove_ladder(db, lobby, by=SYSTEM, now=now)
    reminders.queue_due(db, base_url=BASE, now=now)
    assert [rule for rule, _ in due(db)] == ["days:3", "days:1@17:00", "minutes:120"]


def test_a_ladder_changed_meanwhile_and_an_unsound_one_are_refused(db, now):
    reminders.set_ladder(db, None, only("minutes:60"), version=1, by=SYSTEM, now=now)

    with pytest.raises(Conflict, match="stale"):
        reminders.set_ladder(db, None, only("minutes:90"), version=1, by=SYSTEM, now=now)
    with pytest.raises(Invalid, match="not_a_reminder_rule"):
        reminders.set_ladder(db, None, only("soon"), version=2, by=SYSTEM, now=now)
    with pytest.raises(Invalid, match="rung_twice"):
        reminders.set_ladder(db, None, only("days:1", "days:1"), version=2, by=SYSTEM, now=now)


def test_only_who_administers_the_whole_organisation_changes_ladders(db, town, now):
    lead, freed = Actor(town.party, "吕莉"), reminders.freedom(db)
    accounts.grant(db, town.party, "administrator", town.office, by=SYSTEM, now=now)
    accounts.grant(db, town.head, "administrator", town.branch, by=SYSTEM, now=now)

    with pytest.raises(NotAllowed, match="is_of_all"):
        reminders.set_ladder(db, None, only("minutes:60"), version=1, by=lead, now=now)
    with pytest.raises(NotAllowed, match="is_of_all"):
        reminders.set_freedom(db, freed, version=1, by=lead, now=now)
    reminders.set_ladder(db, None, only("minutes:60"), version=1, by=Actor(town.head, "何远山"), now=now)
    assert reminders.ladder(db, None).rungs == (Rung("minutes:60"),)


def test_a_workday_that_is_declared_off_moves_the_last_workday(db, duty, now):
    reminders.set_ladder(db, None, only("workday@17:00"), version=1, by=SYSTEM, now=now)
    workdays.override(db, WEDNESDAY - timedelta(days=1), is_workday=False, by=SYSTEM, now=now)
    reminders.queue_due(db, base_url=BASE, now=now)

    assert due(db) == [("workday@17:00", "2026-03-09T09:00:00Z")]


def test_a_person_adds_and_drops_within_what_is_allowed_and_a_must_stays(db, town, duty, now):
    wanted = Choice(added=("minutes:30",), dropped=("days:3", "days:1@17:00"), quiet=Quiet(time(21), time(7)))
    reminders.choose(db, town.lan, wanted, by=SYSTEM, now=now)
    reminders.queue_due(db, base_url=BASE, now=now)

    assert due(db) == [
        ("days:1@17:00", "2026-03-10T09:00:00Z"),
        ("minutes:120", "2026-03-10T23:00:00Z"),  # put off to the end of their quiet hours
        ("minutes:30", "2026-03-11T00:00:00Z"),
    ]
    with pytest.raises(Invalid):
        reminders.choose(db, town.lan, Choice(added=("minutes:7",)), by=SYSTEM, now=now)
    with pytest.raises(Invalid, match="quiet_out_of_bounds"):
        reminders.choose(db, town.lan, Choice(quiet=Quiet(time(18), time(7))), by=SYSTEM, now=now)


def test_rules_that_meet_at_one_moment_remind_once(db, duty, now):
    reminders.set_ladder(db, None, only("days:1", "minutes:1440"), version=1, by=SYSTEM, now=now)
    reminders.queue_due(db, base_url=BASE, now=now)

    assert [at for _, at in due(db)] == ["2026-03-10T00:30:00Z"]


def test_when_one_way_fails_the_next_is_tried_once(db, town, duty, now):
    run(
        db,
        "INSERT INTO channel (id, unit_id, kind, name, settings, made_at) VALUES (7, :top, 'wecom', '群', '{}', :now)",
        top=town.branch,
        now="2026-02-28T01:00:00Z",
    )
    reminders.set_ladder(db, None, only("days:1", channels=("email", "7")), version=1, by=SYSTEM, now=now)
    late = at(10, 8, 30)
    reminders.queue_due(db, base_url=BASE, now=now)
    for _ in range(3):
        reminders.queue_due(db, base_url=BASE, now=late)
        run(db, "UPDATE outbox SET state = 'failed' WHERE state = 'due'")

    assert [row["channel"] for row in rows(db, "SELECT channel FROM outbox ORDER BY id")] == ["email", "wecom"]
    assert value(db, "SELECT COUNT(*) FROM reminder WHERE instead_of IS NOT NULL") == 1


def test_a_way_that_failed_is_not_stood_in_for_once_the_duty_has_moved(db, town, duty, now):
    run(
        db,
        "INSERT INTO channel (id, unit_id, kind, name, settings, made_at) VALUES (7, :top, 'wecom', '群', '{}', :now)",
        top=town.branch,
        now="2026-02-28T01:00:00Z",
    )
    reminders.set_ladder(db, None, only("days:1", channels=("email", "7")), version=1, by=SYSTEM, now=now)
    reminders.queue_due(db, base_url=BASE, now=at(10, 8, 30))
    run(db, "UPDATE outbox SET state = 'failed'")
    later = {"starts": "2026-03-25T00:30:00Z", "ends": "2026-03-25T09:00:00Z", "id": duty}
    run(db, "UPDATE assignment SET starts_at = :starts, ends_at = :ends WHERE id = :id", **later)

    assert reminders.queue_due(db, base_url=BASE, now=at(10, 9)) == 0
    assert due(db) == [("days:1", "2026-03-24T00:30:00Z")]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 10, 8), date(2026, 9, 30)),  # the first workday after the National Day week
        (date(2026, 10, 4), date(2026, 9, 30)),  # in the midst of it
        (date(2026, 10, 11), date(2026, 10, 10)),  # a Sunday after a Saturday that makes up for it
        (date(2026, 9, 21), date(2026, 9, 20)),  # a Monday after such a Sunday
    ],
)
def test_the_last_workday_knows_the_holiday_weeks_and_what_makes_up_for_them(db, town, now, day, expected):
    reminders.set_ladder(db, None, only("workday@17:00"), version=1, by=SYSTEM, now=now)
    reminders.arm(db, [builders.assigned(db, builders.shift(db, town, day, [town.lan]), town.lan)], now=now)

    assert due(db) == [("workday@17:00", clock.to_text(clock.instant(expected, time(17), SHANGHAI)))]


def test_what_was_sent_is_not_repeated_when_its_rule_gets_another_name(db, duty, now):
    reminders.set_ladder(db, None, only("days:1"), version=1, by=SYSTEM, now=now)
    late = at(10, 8, 30)
    reminders.queue_due(db, base_url=BASE, now=now)
    reminders.queue_due(db, base_url=BASE, now=late)
    send_due(db, lambda row: Sent(True), moment=lambda: late)
    reminders.set_ladder(db, None, only("minutes:1440"), version=2, by=SYSTEM, now=late)

    assert reminders.queue_due(db, base_url=BASE, now=late) == 0
    assert due(db) == []
