"""What those in charge are told without asking: once each, to nobody else, in time or not at all."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date, datetime, time, timedelta

import pytest

from scheduler import accounts, attendance, clock, database, messages, notices, people, quotas, workdays
from scheduler.audit import SYSTEM
from scheduler.database import Database, one, rows, run, value
from tests import builders
from tests.builders import Town
from tests.conftest import SHANGHAI

BASE = "https://duty.example"
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
MONDAY = date(2026, 3, 2)
WEDNESDAY, SUNDAY = date(2026, 3, 4), date(2026, 3, 8)
LU, HE, LAN = "0003@branch.example", "0001@branch.example", "0004@branch.example"


def at(db: Database, day: date, hour: int, minute: int = 0) -> datetime:
    return clock.instant(day, time(hour, minute), db.zone)


def told(db: Database) -> list[tuple[str, str]]:
    return [(row["kind"], row["address"]) for row in rows(db, "SELECT kind, address FROM outbox ORDER BY id")]


def body(db: Database) -> str:
    return value(db, "SELECT body FROM outbox ORDER BY id DESC LIMIT 1")


def subject(db: Database) -> str:
    return value(db, "SELECT subject FROM outbox ORDER BY id DESC LIMIT 1")


@pytest.fixture
def lu(db: Database, town: Town, now: datetime) -> int:
    """吕莉 coordinates the branch."""
    accounts.grant(db, town.party, "coordinator", town.branch, by=SYSTEM, now=now)
    return town.party


@pytest.fixture
def administrator(db: Database, town: Town, now: datetime) -> int:
    """何远山 administers the branch."""
    accounts.grant(db, town.head, "administrator", town.branch, by=SYSTEM, now=now)
    return town.head


# short of people


@pytest.fixture
def short(db: Database, town: Town) -> int:
    """Monday's shift needs two and has 兰草."""
    shift_id = builders.shift(db, town, MONDAY, [town.lan])
    run(db, "UPDATE shift SET headcount = 2")
    return shift_id


def understaffed(db: Database, moment: datetime) -> int:
    return notices.understaffed.queue_due(db, base_url=BASE, now=moment)


def seat(db: Database, shift_id: int, person_id: int, *, published: bool = True) -> None:
    run(
        db,
        """
        INSERT INTO assignment (shift_id, slot, person_id, starts_at, ends_at, source, made_at, published_at)
        SELECT id, 2, :person_id, starts_at, ends_at, 'hand', starts_at, CASE WHEN :published THEN starts_at END
        FROM shift WHERE id = :shift_id
        """,
        shift_id=shift_id,
        person_id=person_id,
        published=published,
    )


def release(db: Database, person_id: int) -> None:
    run(db, "UPDATE assignment SET state = 'released' WHERE person_id = :person_id", person_id=person_id)


def test_a_shift_short_of_people_is_told_of_two_days_before_and_once(db, town, lu, short):
    starts = at(db, MONDAY, 8, 30)

    assert understaffed(db, starts - 48 * HOUR - MINUTE) == 0
    assert understaffed(db, starts - 48 * HOUR) == 1
    assert understaffed(db, starts - 47 * HOUR) == 0
    assert told(db) == [("understaffed", LU)]
    assert "3月2日 周一 08:30–17:00 江北支行（厅堂服务）：需要 2 人，缺 1 人\n" in body(db)
    assert value(db, "SELECT expires_at FROM outbox") == clock.to_text(starts)


def test_what_it_lacks_is_told_again_only_when_that_changes(db, town, lu, short):
    moment = at(db, MONDAY, 8, 30) - 40 * HOUR
    understaffed(db, moment)
    release(db, town.lan)

    assert understaffed(db, moment + HOUR) == 1
    assert "缺 2 人" in body(db)
    assert understaffed(db, moment + 2 * HOUR) == 0


def test_a_gap_that_was_closed_and_opens_again_is_told_again(db, town, lu, short):
    moment = at(db, MONDAY, 8, 30) - 40 * HOUR
    understaffed(db, moment)
    seat(db, short, town.min)
    assert understaffed(db, moment + HOUR) == 0

    release(db, town.min)
    assert understaffed(db, moment + 2 * HOUR) == 1
    assert understaffed(db, moment + 3 * HOUR) == 0


def test_who_is_seated_but_was_not_told_yet_is_still_missing(db, town, lu, short):
    seat(db, short, town.min, published=False)

    assert understaffed(db, at(db, MONDAY, 6)) == 1
    assert "缺 1 人，另有 1 人已排入、尚未发布" in body(db)


def test_ten_gaps_are_one_message(db, town, lu, now):
    for hour in range(8, 18):
        builders.shift(db, town, MONDAY, starts=time(hour), ends=time(hour, 50))

    assert understaffed(db, at(db, MONDAY, 6)) == 1
    assert subject(db) == "10 个班次 48 小时内缺人"


@pytest.mark.parametrize("change", [
    "UPDATE shift SET state = 'cancelled'",
    "UPDATE roster SET state = 'draft', published_at = NULL",
    "UPDATE shift SET headcount = 1",
])  # fmt: skip
def test_nothing_is_said_of_what_is_cancelled_or_a_draft_or_full(db, lu, short, change):
    run(db, change)

    assert understaffed(db, at(db, MONDAY, 6)) == 0


def test_a_shift_that_has_begun_is_told_of_no_more(db, lu, short):
    assert understaffed(db, at(db, MONDAY, 8, 30)) == 0


def test_it_goes_to_the_nearest_coordinator_and_to_nobody_else(db, town, lu, short, now, administrator):
    near = builders.unit(db, now, "巴州区支行", town.branch)
    accounts.grant(db, town.lan, "coordinator", near, by=SYSTEM, now=now)
    run(db, "UPDATE shift SET unit_id = :near", near=near)

    assert understaffed(db, at(db, MONDAY, 6)) == 1
    assert told(db) == [("understaffed", LAN)]


def test_administrators_are_told_only_where_nobody_coordinates(db, town, lu, short, now):
    accounts.grant(db, town.head, "administrator", town.office, by=SYSTEM, now=now)
    run(db, "UPDATE shift SET unit_id = :office", office=town.office)

    understaffed(db, at(db, MONDAY, 6))
    assert told(db) == [("understaffed", LU)]


@pytest.mark.parametrize("change", ["left_on = '2026-02-20'", "email = ''"])
def test_who_has_left_or_has_no_address_gives_way_to_the_next(db, town, lu, short, administrator, change):
    run(db, f"UPDATE person SET {change} WHERE id = :id", id=lu)

    assert understaffed(db, at(db, MONDAY, 6)) == 1
    assert told(db) == [("understaffed", HE)]


def test_a_kill_between_deciding_and_noting_leaves_neither(db, lu, short):
    run(db, "CREATE TRIGGER killed BEFORE INSERT ON notice BEGIN SELECT RAISE(ABORT, 'killed'); END")
    with pytest.raises(Exception, match="killed"):
        understaffed(db, at(db, MONDAY, 6))
    assert told(db) == []

    run(db, "DROP TRIGGER killed")
    assert understaffed(db, at(db, MONDAY, 6)) == 1


# attendance


def unconfirmed(db: Database, moment: datetime) -> int:
    return notices.attendance.queue_due(db, base_url=BASE, now=moment)


def test_attendance_is_asked_for_the_morning_after_and_once_a_day(db, town, lu):
    builders.shift(db, town, MONDAY, [town.lan])

    assert unconfirmed(db, at(db, MONDAY, 23)) == 0
    assert unconfirmed(db, at(db, MONDAY + DAY, 8, 59)) == 0
    assert unconfirmed(db, at(db, MONDAY + DAY, 9)) == 1
    assert unconfirmed(db, at(db, MONDAY + DAY, 20)) == 0
    assert told(db) == [("unconfirmed", LU)]
    assert "3月2日 周一 08:30–17:00 江北支行（厅堂服务）" in body(db)


def test_asking_ends_after_three_mornings(db, town, lu):
    builders.shift(db, town, MONDAY, [town.lan])

    assert [unconfirmed(db, at(db, MONDAY + DAY * number, 10)) for number in range(1, 7)] == [1, 1, 1, 0, 0, 0]


def test_what_is_confirmed_is_not_asked_for(db, town, lu):
    shift_id = builders.shift(db, town, MONDAY, [town.lan])
    attendance.confirm(db, shift_id, absent={}, by=SYSTEM, now=at(db, MONDAY, 18))

    assert unconfirmed(db, at(db, MONDAY + DAY, 9)) == 0


# quotas


@pytest.fixture
def owed(db: Database, town: Town, now: datetime) -> None:
    """The head owes one visit a week."""
    quotas.add(
        db, unit_id=town.branch, role="head", activity="visit", least=1, starts_on=date(2026, 1, 1),
        by=SYSTEM, now=now,
    )  # fmt: skip


def at_risk(db: Database, moment: datetime) -> int:
    return notices.quotas.queue_due(db, base_url=BASE, now=moment)


def test_a_visit_that_is_not_planned_by_wednesday_is_told_of_once_a_week(db, town, lu, owed):
    assert at_risk(db, at(db, WEDNESDAY, 8, 59)) == 0
    assert at_risk(db, at(db, WEDNESDAY, 9)) == 2
    assert at_risk(db, at(db, WEDNESDAY, 9, 10)) == 0
    assert at_risk(db, at(db, SUNDAY, 12)) == 0
    assert told(db) == [("quota_risks", LU), ("quota_risk", HE)]
    assert "领导走访：本周应 1 次，还差 1 次没有安排" in body(db)
    assert at_risk(db, at(db, WEDNESDAY + 7 * DAY, 9)) == 2


def test_a_wednesday_slept_over_is_caught_up_until_sunday_evening(db, lu, owed):
    assert at_risk(db, at(db, SUNDAY, 18)) == 0
    assert at_risk(db, at(db, SUNDAY, 17, 59)) == 2


def test_a_visit_that_is_planned_is_no_risk(db, town, lu, owed):
    builders.shift(db, town, SUNDAY, [town.head], activity="visit")

    assert at_risk(db, at(db, WEDNESDAY, 9)) == 0


def test_a_week_that_is_waived_is_no_risk(db, town, lu, owed, now):
    week = {"starts_at": clock.midnight(MONDAY, db.zone), "ends_at": clock.midnight(SUNDAY, db.zone)}
    people.add_away(db, town.head, kind="travel", **week, by=SYSTEM, now=now)

    assert at_risk(db, at(db, WEDNESDAY, 9)) == 0


def test_a_leader_who_coordinates_gets_one_message_not_two(db, town, owed, now):
    accounts.grant(db, town.head, "coordinator", town.branch, by=SYSTEM, now=now)

    assert at_risk(db, at(db, WEDNESDAY, 9)) == 1
    assert told(db) == [("quota_risks", HE)]


# the week


def digest(db: Database, moment: datetime) -> int:
    return notices.digest.queue_due(db, base_url=BASE, now=moment)


def test_the_week_is_told_on_monday_once(db, town, lu, short):
    run(db, "UPDATE person SET email = '' WHERE id = :id", id=town.lan)

    assert digest(db, at(db, MONDAY, 8, 29)) == 0
    assert digest(db, at(db, MONDAY, 8, 30) - MINUTE) == 0
    run(db, "UPDATE shift SET starts_at = '2026-03-03T01:00:00Z', ends_at = '2026-03-03T02:00:00Z'")
    run(db, "UPDATE assignment SET starts_at = '2026-03-03T01:00:00Z', ends_at = '2026-03-03T02:00:00Z'")
    assert digest(db, at(db, MONDAY, 8, 30)) == 1
    assert digest(db, at(db, MONDAY, 8, 40)) == 0
    assert told(db) == [("digest", LU)]
    assert "本周空缺（1 个名额）：\n3月3日 周二 09:00–10:00 江北支行（厅堂服务）：需要 2 人，缺 1 人" in body(db)
    assert "通知不到的人（没有邮箱，也没有群机器人）：兰草" in body(db)
    assert "待确认到岗" not in body(db)


def test_where_there_is_nothing_to_say_nothing_is_sent_that_week(db, town, lu):
    assert digest(db, at(db, MONDAY, 8, 30)) == 0

    builders.shift(db, town, MONDAY + DAY)
    assert digest(db, at(db, MONDAY, 9)) == 0


def test_a_monday_slept_over_is_caught_up_until_tuesday_evening(db, town, lu):
    builders.shift(db, town, WEDNESDAY)

    assert digest(db, at(db, MONDAY + DAY, 18)) == 0
    assert digest(db, at(db, MONDAY + DAY, 17)) == 1


def test_the_week_holds_only_what_the_coordinator_answers_for(db, town, lu, now):
    other = builders.unit(db, now, "另一家公司", None)
    accounts.grant(db, town.min, "coordinator", other, by=SYSTEM, now=now)
    builders.shift(db, town, WEDNESDAY)

    assert digest(db, at(db, MONDAY, 9)) == 1
    assert told(db) == [("digest", LU)]


def test_leave_that_is_asked_for_is_in_the_week(db, town, lu):
    run(
        db,
        """
        INSERT INTO leave_request (person_id, kind, starts_at, ends_at, asked_at)
        VALUES (:id, 'sick', '2026-03-04T16:00:00Z', '2026-03-06T16:00:00Z', '2026-03-01T00:00:00Z')
        """,
        id=town.min,
    )

    assert digest(db, at(db, MONDAY, 9)) == 1
    assert "待审批的请假：\n闵行：3月5日–6日（病假）" in body(db)


# the month


def monthly(db: Database, moment: datetime) -> int:
    return notices.monthly.queue_due(db, base_url=BASE, now=moment)


def test_last_month_is_told_to_heads_on_the_first_workday_with_its_three_counts(db, town, administrator):
    builders.held(db, town, date(2026, 2, 10), [town.lan, town.min])
    builders.held(db, town, date(2026, 2, 11), [town.lan])
    builders.held(db, town, date(2026, 1, 15), [town.min])

    assert monthly(db, at(db, date(2026, 3, 1), 10)) == 0  # a Sunday
    assert monthly(db, at(db, MONDAY, 8, 59)) == 0
    assert monthly(db, at(db, MONDAY, 9)) == 1
    assert monthly(db, at(db, MONDAY, 10)) == 0
    assert told(db) == [("monthly", HE)]
    assert "2026年2月，括号内为2026年1月：\n人次 3（1）、人数 2（1）、场次 2（1）\n" in body(db)
    assert "厅堂服务：人次 3（1）、人数 2（1）、场次 2（1）" in body(db)
    assert "明细：https://duty.example/tallies?period=2026-02" in body(db)


def test_a_head_who_may_not_open_the_tallies_is_given_no_link_to_them(db, town):
    builders.held(db, town, date(2026, 2, 10), [town.lan])

    assert monthly(db, at(db, MONDAY, 9)) == 1
    assert "明细" not in body(db)


def test_whoever_was_made_head_of_a_part_of_the_tree_is_told_of_it_while_that_lasts(db, town, now):
    builders.held(db, town, date(2026, 2, 10), [town.lan])
    run(db, "UPDATE person SET role = 'staff'")
    ended = {"starts_on": date(2026, 1, 1), "ends_on": date(2026, 2, 28)}
    accounts.grant(db, town.lan, "unit_head", town.office, **ended, by=SYSTEM, now=at(db, date(2026, 1, 1), 8))
    accounts.grant(db, town.min, "unit_head", town.branch, by=SYSTEM, now=now)

    assert monthly(db, at(db, MONDAY, 9)) == 1
    assert told(db) == [("monthly", "0005@branch.example")]
    assert "明细" in body(db)


def test_a_month_is_caught_up_within_a_week_and_not_after(db, town):
    builders.held(db, town, date(2026, 2, 10), [town.lan])

    assert monthly(db, at(db, MONDAY + 7 * DAY, 9)) == 0
    assert monthly(db, at(db, MONDAY + 6 * DAY, 9)) == 1


def test_two_months_without_a_trip_are_not_worth_a_message(db, town):
    assert monthly(db, at(db, MONDAY, 9)) == 0


# calendars and texts


def calendars(db: Database, moment: datetime) -> int:
    return notices.calendars.queue_due(db, base_url=BASE, now=moment)


YEAR = next(year for year in range(2026, 2100) if not workdays.is_announced(year))  # the first that is not known
MID_NOVEMBER = date(YEAR - 1, 11, 15)


def test_a_year_that_is_not_loaded_is_told_of_weekly_from_mid_november(db, administrator, lu):
    assert calendars(db, at(db, MID_NOVEMBER - DAY, 12)) == 0
    assert calendars(db, at(db, MID_NOVEMBER, 8)) == 0
    assert [calendars(db, at(db, MID_NOVEMBER + DAY * days, 9)) for days in (0, 1, 6, 7, 8, 14)] == [1, 0, 0, 1, 0, 1]
    assert set(told(db)) == {("calendar_missing", HE)}
    assert subject(db) == f"{YEAR} 年节假日安排还没有录入"


def test_once_the_year_is_entered_by_hand_nothing_more_is_said(db, administrator, now):
    workdays.override(db, date(YEAR, 1, 1), is_workday=False, name="元旦", by=SYSTEM, now=now)

    assert calendars(db, at(db, MID_NOVEMBER, 9)) == 0


def test_a_text_that_cannot_be_used_is_told_to_administrators_once(db, administrator, lu, now):
    part = {
        "subject_zh": "值班",
        "body_zh": "{day}{hours}{place}",
        "subject_en": "Duty",
        "body_en": "{day}{hours}{place}",
    }
    messages.set_text(db, "reminder", part, version=0, by=SYSTEM, now=now)
    assert calendars(db, now) == 0
    run(db, "UPDATE message_text SET body_en = '{gone}'")

    assert calendars(db, now) == 1
    assert calendars(db, now + DAY) == 0
    assert told(db) == [("text_broken", HE)]
    assert "值班提醒" in body(db)


# in general


@pytest.mark.parametrize("kind", ["understaffed", "attendance", "quotas", "digest", "monthly"])
def test_two_processes_at_once_tell_once(settings, now, kind):
    with closing(opened(settings)) as db:
        town = builders.town(db, now)
        accounts.grant(db, town.party, "coordinator", town.branch, by=SYSTEM, now=now)
        quotas.add(
            db, unit_id=town.branch, role="deputy", activity="visit", least=1, starts_on=date(2026, 1, 1),
            by=SYSTEM, now=now,
        )  # fmt: skip
        builders.held(db, town, date(2026, 2, 10), [town.lan])
        builders.shift(db, town, MONDAY + DAY, [town.lan])
        builders.shift(db, town, WEDNESDAY + DAY)
        moment = at(db, WEDNESDAY if kind in ("attendance", "quotas", "understaffed") else MONDAY, 10)

    def turn(_: int) -> int:
        with closing(opened(settings)) as db:
            return getattr(notices, kind).queue_due(db, base_url=BASE, now=moment)

    with ThreadPoolExecutor(8) as pool:
        queued = list(pool.map(turn, range(8)))

    with closing(opened(settings)) as db:
        assert sum(queued) == len(told(db)) == len(set(told(db))) >= 1


def opened(settings) -> Database:
    db = database.connect(settings.database, SHANGHAI)
    database.migrate(db, settings.folder / "migrate.lock")
    return db


def test_each_is_told_in_their_own_language(db, town, lu, short):
    run(db, "UPDATE person SET lang = 'en' WHERE id = :id", id=lu)
    understaffed(db, at(db, MONDAY, 6))

    assert subject(db) == "Short of people within 48 hours: 1"
    assert "Mon 2 Mar 08:30–17:00, 江北支行 (Lobby service): 1 of 2 missing\n" in body(db)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("kind", messages.KINDS)
def test_there_is_an_example_of_every_kind_even_where_nothing_has_happened(db, town, now, kind, lang):
    gaps = notices.example(db, kind, lang, unit_ids=[town.branch], base_url=BASE, now=now)
    headline, text = messages.compose(db, kind, lang, {"person": "吕莉", **gaps})

    assert headline
    assert "{" not in headline + text


def test_an_example_is_of_a_real_duty(db, town, short, now):
    gaps = notices.example(db, "reminder", "zh", unit_ids=[town.branch], base_url=BASE, now=now)

    assert (gaps["person"], gaps["place"], gaps["day"]) == ("兰草", "江北支行", "3月2日 周一")


def test_what_was_told_long_ago_is_forgotten(db, lu, short):
    understaffed(db, at(db, MONDAY, 6))

    assert notices.prune(db, before=at(db, MONDAY, 6)) == 0
    assert notices.prune(db, before=at(db, MONDAY, 7)) == 1
    assert one(db, "SELECT * FROM notice") is None


def test_the_week_tells_of_units_that_are_behind(db, town):
    monday = clock.instant(date(2026, 3, 30), time(9), db.zone)
    quotas.add_target(
        db, unit_id=town.branch, period="month", basis="head", amount=2, starts_on=date(2026, 3, 1), by=SYSTEM,
        now=monday,
    )  # fmt: skip
    before = notices.digest.gaps(db, [town.office], monday.date(), "zh", BASE, now=monday)

    for day in (2, 3):
        builders.held(db, town, date(2026, 3, day), [town.party, town.lan, town.min, town.bo])
    after = notices.digest.gaps(db, [town.office], monday.date(), "zh", BASE, now=monday)

    assert before["behind"] == "办公室：完成 0 人次，到今天应 7，本期应 8"
    assert after["behind"] == ""
