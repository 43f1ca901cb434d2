"""Duties that nobody acknowledged in time: told of once, with who could stand in; a timely answer keeps it quiet."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date, datetime, time, timedelta

import pytest

from scheduler import accounts, acknowledgements, clock, database, jobs, messages, notices, rosters
from scheduler.audit import SYSTEM, Actor
from scheduler.database import Database, one, rows, run, value, write
from scheduler.notices import silence
from scheduler.reminders import Ladder, ladder, set_ladder
from tests import builders
from tests.builders import Town
from tests.conftest import SHANGHAI

BASE = "https://duty.example"
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
WEDNESDAY, THURSDAY = date(2026, 3, 4), date(2026, 3, 5)
LU, HE = "0003@branch.example", "0001@branch.example"
STARTS = clock.instant(WEDNESDAY, time(8, 30), SHANGHAI)


def ask(db: Database, assignment_id: int, at: datetime) -> None:
    row = one(
        db,
        """
        SELECT assignment.id AS assignment_id, assignment.starts_at, assignment.ends_at, place_id
        FROM assignment JOIN shift ON shift.id = shift_id WHERE assignment.id = :id
        """,
        id=assignment_id,
    )
    with write(db):
        acknowledgements.expect(db, [row], now=at)


def duty_on(db: Database, town: Town, day: date, person_id: int, **more: object) -> int:
    shift_id = builders.shift(db, town, day, [person_id], **more)
    run(db, "UPDATE shift SET headcount = 1 WHERE id = :id", id=shift_id)
    return builders.assigned(db, shift_id, person_id)


@pytest.fixture
def lu(db: Database, town: Town, now: datetime) -> int:
    """吕莉 coordinates the branch."""
    accounts.grant(db, town.party, "coordinator", town.branch, by=SYSTEM, now=now)
    return town.party


@pytest.fixture
def duty(db: Database, town: Town, lu: int, now: datetime) -> int:
    """兰草's on Wednesday at 08:30, asked about on Saturday."""
    found = duty_on(db, town, WEDNESDAY, town.lan)
    ask(db, found, now)
    return found


def tell(db: Database, moment: datetime) -> int:
    return silence.queue_due(db, base_url=BASE, now=moment)


def told(db: Database) -> list[tuple[str, str]]:
    return [(row["kind"], row["address"]) for row in rows(db, "SELECT kind, address FROM outbox ORDER BY id")]


def body(db: Database) -> str:
    return value(db, "SELECT body FROM outbox ORDER BY id DESC LIMIT 1")


def test_silence_is_told_of_a_day_before_and_once(db, town, duty):
    assert tell(db, STARTS - 24 * HOUR - MINUTE) == 0
    assert tell(db, STARTS - 24 * HOUR) == 1
    assert tell(db, STARTS - 23 * HOUR) == 0

    assert told(db) == [("silent", LU)]
    assert value(db, "SELECT told_at FROM silence") == clock.to_text(STARTS - 24 * HOUR)


def test_it_says_whose_which_and_who_could_stand_in_with_the_link_to_the_slot(db, town, duty):
    run(db, "UPDATE person SET mobile = '13900000001' WHERE id = :lan", lan=town.lan)

    tell(db, STARTS - DAY)

    shift_id, roster_id = (value(db, f"SELECT {name} FROM shift") for name in ("id", "roster_id"))
    lines = body(db).split("\n")
    first = next(n for n, line in enumerate(lines) if "兰草" in line)
    assert lines[first] == "3月4日 周三 08:30–17:00 江北支行（厅堂服务）：兰草（电话 13900000001）"
    stand_ins = lines[first + 1]
    assert stand_ins.startswith("  可替班：1. ")
    assert stand_ins.count("近一年 0 人次，份额 ") == 3
    assert "兰草" not in stand_ins
    assert lines[first + 2] == (f"  换人：{BASE}/rosters/{roster_id}?from=2026-03-04&slot={shift_id}-1&tab=all#slot")


def test_the_names_are_the_boards_own_order(db, town, duty):
    row = silence.silent(db, now=STARTS - DAY)[0]

    offered = silence.stand_ins(db, row, None)

    able = rosters.candidates(db, row["shift_id"], row["slot"]).able
    assert [one["person_id"] for one in offered] == [one["person_id"] for one in able[:3]]
    assert town.lan not in [one["person_id"] for one in able]


def test_who_is_away_is_not_offered_and_nobody_is_said_in_words(db, town, duty, now):
    others = [row["id"] for row in rows(db, "SELECT id FROM person WHERE id <> :lan ORDER BY id", lan=town.lan)]
    with write(db):
        for person_id in others:
            run(
                db,
                """
                INSERT INTO away (person_id, starts_at, ends_at, kind)
                VALUES (:id, '2026-03-01T00:00:00Z', '2026-03-09T00:00:00Z', 'leave')
                """,
                id=person_id,
            )

    assert tell(db, STARTS - DAY) == 1
    assert "可替班：目前没有人可以替" in body(db)


def test_an_answer_in_time_keeps_it_quiet(db, town, duty, now):
    acknowledgements.by_page(db, duty, by=Actor(town.lan, "兰草"), now=now + HOUR)

    assert tell(db, STARTS - HOUR) == 0
    assert told(db) == []


def test_several_are_one_message(db, town, duty, now):
    ask(db, duty_on(db, town, WEDNESDAY, town.bo, place_id=town.community), now)

    assert tell(db, STARTS - 2 * HOUR) == 1
    assert value(db, "SELECT subject FROM outbox") == "2 次值班还没有回复“收到”"


def test_what_is_silent_later_is_told_later_and_alone(db, town, duty, now):
    ask(db, duty_on(db, town, THURSDAY, town.bo), now)

    assert tell(db, STARTS - DAY) == 1
    assert tell(db, STARTS) == 1
    assert ("兰草" in body(db), "薄荷" in body(db)) == (False, True)


def test_a_duty_at_another_time_is_another_silence(db, town, duty):
    tell(db, STARTS - DAY)
    with write(db):
        run(db, "UPDATE assignment SET starts_at = '2026-03-04T00:00:00Z' WHERE id = :id", id=duty)
    assert tell(db, STARTS - 20 * HOUR) == 0  # nobody has told them yet
    ask(db, duty, STARTS - 20 * HOUR)

    assert tell(db, STARTS - 14 * HOUR - MINUTE) == 0
    assert tell(db, STARTS - 14 * HOUR) == 1


def test_who_was_told_an_hour_ago_is_not_silent(db, town, lu):
    duty = duty_on(db, town, WEDNESDAY, town.lan)
    ask(db, duty, STARTS - 10 * HOUR)

    assert tell(db, STARTS - 5 * HOUR) == 0
    assert tell(db, STARTS - 4 * HOUR) == 1


def test_who_was_never_asked_is_not_silent(db, town, lu):
    duty_on(db, town, WEDNESDAY, town.lan)

    assert tell(db, STARTS - HOUR) == 0


@pytest.mark.parametrize(
    "spoil",
    [
        "UPDATE assignment SET state = 'released'",
        "UPDATE assignment SET state = 'released', withdrawn_at = made_at",
        "UPDATE shift SET state = 'cancelled'",
    ],
)
def test_what_is_given_up_or_cancelled_is_nobodys_silence(db, town, duty, spoil):
    run(db, spoil)

    assert tell(db, STARTS - HOUR) == 0


def test_what_has_begun_is_not_told(db, town, duty):
    assert tell(db, STARTS) == 0


def own(db: Database, town: Town, now: datetime, minutes: int | None) -> None:
    usual = ladder(db, None)
    activity_id = value(db, "SELECT id FROM activity WHERE code = 'lobby'")
    set_ladder(db, activity_id, Ladder(usual.rungs, usual.quiet, minutes), version=0, by=SYSTEM, now=now)


def test_the_activitys_own_ladder_says_when(db, town, duty, now):
    own(db, town, now, 120)

    assert tell(db, STARTS - 2 * HOUR - MINUTE) == 0
    assert tell(db, STARTS - 2 * HOUR) == 1


def test_an_activity_whose_ladder_waits_for_no_answer_tells_nobody(db, town, duty, now):
    own(db, town, now, None)

    assert tell(db, STARTS - MINUTE) == 0


def test_without_anybody_to_tell_it_waits_until_there_is_one(db, town, now):
    ask(db, duty_on(db, town, WEDNESDAY, town.lan), now)
    assert tell(db, STARTS - DAY) == 0

    accounts.grant(db, town.head, "administrator", town.branch, by=SYSTEM, now=now)

    assert tell(db, STARTS - 20 * HOUR) == 1
    assert told(db) == [("silent", HE)]


def test_two_processes_tell_once(tmp_path, now):
    path = tmp_path / "duty.db"
    with closing(database.connect(path, SHANGHAI)) as db:
        database.migrate(db)
        town = builders.town(db, now)
        accounts.grant(db, town.party, "coordinator", town.branch, by=SYSTEM, now=now)
        ask(db, duty_on(db, town, WEDNESDAY, town.lan), now)

    def turn(_n: int) -> int:
        with closing(database.connect(path, SHANGHAI)) as mine:
            return tell(mine, STARTS - DAY)

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(turn, range(6))) == 1
    with closing(database.connect(path, SHANGHAI)) as db:
        assert told(db) == [("silent", LU)]


def test_in_english_it_reads_as_english(db, town, duty):
    run(db, "UPDATE person SET lang = 'en' WHERE id = :lu", lu=town.party)

    tell(db, STARTS - DAY)

    assert "Wed 4 Mar 08:30–17:00, 江北支行 (Lobby service): 兰草\n  could stand in: 1. " in body(db)
    assert "trips in a year, share " in body(db)


def test_the_job_is_one_of_those_that_a_restore_lets_run(db, town, duty, settings):
    assert "silent" in jobs.due.QUEUEING
    assert jobs.run_once(db, settings, "silent", now=STARTS - DAY) == 1
    assert jobs.run_once(db, settings, "silent", now=STARTS - DAY) == 0


def test_the_weeks_digest_counts_who_has_not_answered(db, town, lu, duty):
    monday = clock.instant(date(2026, 3, 2), time(8, 30), SHANGHAI)

    gaps = notices.digest.gaps(db, [town.branch], date(2026, 3, 2), "zh", BASE, now=monday)

    assert gaps["unanswered"] == "1"
    assert "本周还没有回复“收到”的值班：1 班" in messages.compose(db, "digest", "zh", gaps)[1]


def test_a_digest_without_silence_does_not_speak_of_it(db, town, lu, duty, now):
    acknowledgements.by_page(db, duty, by=Actor(town.lan, "兰草"), now=now + HOUR)
    monday = clock.instant(date(2026, 3, 2), time(8, 30), SHANGHAI)

    gaps = notices.digest.gaps(db, [town.branch], date(2026, 3, 2), "zh", BASE, now=monday)

    assert gaps["unanswered"] == ""
