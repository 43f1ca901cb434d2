"""Whatever is done in whatever order: exactly the reminders that should be are there, and none is said twice."""

from __future__ import annotations

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from threading import Barrier
from zoneinfo import ZoneInfo

import pytest

from scheduler import assignments, backups, clock, database, outbox, reminders, rosters, workdays
from scheduler.audit import SYSTEM
from scheduler.database import Database, rows, value
from scheduler.errors import Conflict
from scheduler.outbox import Sent
from scheduler.reminders import Ladder, Quiet, Rung
from tests import builders, first_release
from tests.conftest import SHANGHAI
from tests.test_rosters import shift_on

BASE = "https://duty.example"
HOUR = timedelta(hours=1)
BEGIN = datetime(2026, 2, 28, 1, 0, tzinfo=UTC)
DAYS = [date(2026, 3, day) for day in (2, 3, 4, 5, 6, 9, 10)]
LADDERS = {
    "usual": ("days:3", "days:1@17:00", "minutes:120"),
    "short": ("minutes:60",),
    "long": ("days:5", "days:2@12:00", "minutes:30"),
    "workday": ("workday@17:00", "minutes:90"),
}


class Story:
    """A roster, a clock, the ladder that holds, and what was sent: every step is one that a page or a job makes."""

    def __init__(self, db: Database, town: builders.Town, seed: int) -> None:
        self.db, self.town, self.now, self.dice = db, town, BEGIN, random.Random(seed)
        self.roster = builders.drafted(db, town, BEGIN)
        self.shifts = [shift_on(db, town.outlet, day) for day in DAYS]
        self.ladder, self.version, self.off = "usual", 1, set()
        self.sent: list[str] = []
        self.last = clock.to_text(BEGIN)  # when the background process had its last turn

    def step(self) -> None:
        """One step of chance; one that is refused changes nothing."""
        act = self.dice.choice([self.seat, self.seat, self.move, self.release, self.publish, self.publish, self.wait,
                                self.wait, self.change_ladder, self.declare_off])  # fmt: skip
        with suppress(Conflict):
            act()

    def seat(self) -> None:
        person = self.dice.choice([self.town.lan, self.town.party])
        assignments.seat(self.db, self.dice.choice(self.shifts), person, by=SYSTEM, now=self.now)

    def _one(self) -> int | None:
        found = rows(self.db, "SELECT id FROM assignment WHERE state = 'planned' ORDER BY id")
        return self.dice.choice(found)["id"] if found else None

    def move(self) -> None:
        if one := self._one():
            assignments.move(self.db, one, self.dice.choice(self.shifts), by=SYSTEM, now=self.now)

    def release(self) -> None:
        if one := self._one():
            assignments.release(self.db, one, by=SYSTEM, now=self.now)

    def publish(self) -> None:
        rosters.publish(self.db, self.roster, by=SYSTEM, now=self.now)

    def wait(self) -> None:
        self.now += self.dice.choice([HOUR, 5 * HOUR, 13 * HOUR, 26 * HOUR])

    def change_ladder(self) -> None:
        self.ladder = self.dice.choice(sorted(LADDERS))
        rungs = tuple(Rung(rule) for rule in LADDERS[self.ladder])
        wanted = Ladder(rungs, None, None)
        reminders.set_ladder(self.db, None, wanted, version=self.version, by=SYSTEM, now=self.now)
        self.version += 1

    def declare_off(self) -> None:
        day = self.dice.choice(DAYS)
        workdays.override(self.db, day, is_workday=False, by=SYSTEM, now=self.now)
        self.off.add(day)

    def turn(self) -> None:
        """What the background process does: remind, then send; only of what staff see as theirs."""
        reminders.queue_due(self.db, base_url=BASE, now=self.now)
        outbox.send_due(self.db, self.post, moment=lambda: self.now)
        self.last = clock.to_text(self.now)

    def post(self, row: database.Row) -> Sent:
        if row["kind"] == "reminder":
            sql = """
                SELECT COUNT(*) FROM reminder JOIN standing ON standing.id = reminder.assignment_id
                WHERE outbox_id = :id AND standing.state = 'planned' AND standing.starts_at > :now
                  AND reminder.due_at > :last  -- what was past when it came to be wanted is not said
            """
            assert value(self.db, sql, id=row["id"], now=clock.to_text(self.now), last=self.last) == 1
            self.sent.append(row["message_id"])
        return Sent(True)

    def expected(self) -> Counter[tuple[int, str]]:
        """By duty that staff see: the moments that are still to come, worked out by hand."""
        sql = "SELECT id, starts_at FROM standing WHERE state = 'planned' AND starts_at > :now"
        duties = rows(self.db, sql, now=clock.to_text(self.now))
        return Counter(
            (duty["id"], clock.to_text(at))
            for duty in duties
            for at in {self.moment(rule, clock.from_text(duty["starts_at"])) for rule in LADDERS[self.ladder]}
            if at > self.now
        )

    def moment(self, rule: str, starts: datetime) -> datetime:
        kind, _, rest = rule.partition(":")
        day = starts.astimezone(SHANGHAI).date()
        if kind == "minutes":
            return starts - timedelta(minutes=int(rest))
        if kind == "days":
            count, _, at = rest.partition("@")
            wanted = day - timedelta(days=int(count))
            return clock.instant(wanted, time.fromisoformat(at) if at else time(8, 30), SHANGHAI)
        day -= timedelta(days=1)
        while day.weekday() >= 5 or day in self.off:
            day -= timedelta(days=1)
        return clock.instant(day, time(17), SHANGHAI)

    def waiting(self) -> Counter[tuple[int, str]]:
        """What really waits."""
        found = [row for row in reminders.dump(self.db) if row["state"] == "due"]
        return Counter((row["assignment"], row["due_at"]) for row in found)


@pytest.mark.parametrize("seed", range(8))
def test_after_any_steps_exactly_the_reminders_that_should_be_wait(db, town, seed):
    story = Story(db, town, seed)
    seen = 0
    for _ in range(60):
        story.step()
        story.turn()
        assert story.waiting() == story.expected()
        seen += sum(story.waiting().values())

    assert seen > 0
    assert max(Counter(story.sent).values(), default=0) <= 1
    twice = "SELECT COUNT(*) FROM reminder WHERE state = 'queued' GROUP BY assignment_id, due_at HAVING COUNT(*) > 1"
    assert rows(db, twice) == []


@pytest.fixture
def path(tmp_path: Path, now: datetime) -> Path:
    """A draft for March with 兰草 in every workday at the outlet, in a file that several may open."""
    path = tmp_path / "race.sqlite3"
    with closing(database.connect(path, SHANGHAI)) as db:
        database.migrate(db)
        town = builders.town(db, now)
        builders.drafted(db, town, now)
        for day in DAYS:
            assignments.seat(db, shift_on(db, town.outlet, day), town.lan, override="演练", by=SYSTEM, now=now)
    return path


def test_publishing_while_another_drains_notes_each_once(path):
    eve = clock.instant(date(2026, 3, 1), time(17, 0), SHANGHAI)
    start, sent = Barrier(3), []

    def publish() -> None:
        with closing(database.connect(path, SHANGHAI)) as db:
            start.wait()
            rosters.publish(db, value(db, "SELECT id FROM roster"), by=SYSTEM, now=eve - HOUR)

    def drain() -> None:
        with closing(database.connect(path, SHANGHAI)) as db:
            start.wait()
            for _ in range(30):
                reminders.queue_due(db, base_url=BASE, now=eve)
                outbox.send_due(db, lambda row: sent.append(row["message_id"]) or Sent(True), moment=lambda: eve)

    with ThreadPoolExecutor(3) as pool:
        for run in [pool.submit(publish), pool.submit(drain), pool.submit(drain)]:
            run.result()
    with closing(database.connect(path, SHANGHAI)) as db:
        reminders.queue_due(db, base_url=BASE, now=eve)
        outbox.send_due(db, lambda row: sent.append(row["message_id"]) or Sent(True), moment=lambda: eve)
        reminded = [row for row in reminders.dump(db) if row["state"] == "sent"]
        assert [(row["rule"], row["due_at"]) for row in reminded] == [("days:1@17:00", clock.to_text(eve))]
        assert len([row for row in reminders.dump(db) if row["state"] == "due"]) == 3 * 7 - 2 - 2
    assert max(Counter(sent).values()) == 1


@pytest.mark.parametrize(
    ("answer", "first"), [(Sent(True), "sent"), (Sent(False, temporary=True, reason="450 later"), "obsolete")]
)
def test_a_duty_that_is_moved_while_its_reminder_is_leaving(path, now, answer, first):
    eve = clock.instant(date(2026, 3, 1), time(17, 0), SHANGHAI)
    posted: list[str] = []
    with closing(database.connect(path, SHANGHAI)) as db, closing(database.connect(path, SHANGHAI)) as other:
        roster = value(db, "SELECT id FROM roster")
        rosters.publish(db, roster, by=SYSTEM, now=now)
        old = value(db, "SELECT id FROM assignment ORDER BY starts_at")
        outlet = value(db, "SELECT id FROM place WHERE kind = 'outlet'")

        def move_meanwhile(row: database.Row) -> Sent:
            if value(other, "SELECT assignment_id FROM reminder WHERE outbox_id = :id", id=row["id"]) != old:
                return Sent(True)
            if not posted:
                assignments.move(other, old, shift_on(other, outlet, date(2026, 3, 11)), by=SYSTEM, now=eve)
                rosters.publish(other, roster, by=SYSTEM, now=eve)
            posted.append(row["message_id"])
            return answer

        for minutes in range(0, 120, 10):
            later = eve + timedelta(minutes=minutes)
            reminders.queue_due(db, base_url=BASE, now=later)
            outbox.send_due(db, move_meanwhile, moment=lambda later=later: later)

        by_duty = {row["due_at"]: row["state"] for row in reminders.dump(db) if row["assignment"] == old}
        new = value(db, "SELECT id FROM assignment WHERE id > :old ORDER BY id DESC", old=old)
        assert len(posted) == 1
        assert by_duty[clock.to_text(eve)] == first
        assert by_duty["2026-03-01T22:30:00Z"] == "obsolete"
        assert [row["due_at"] for row in reminders.dump(db) if (row["assignment"], row["state"]) == (new, "due")] == [
            "2026-03-08T00:30:00Z", "2026-03-10T09:00:00Z", "2026-03-10T22:30:00Z",
        ]  # fmt: skip


def test_reminders_of_the_release_before_go_on_under_the_default_ladder(settings, now):
    first_release.lay(settings)
    with closing(database.connect(settings.database, SHANGHAI)) as old:
        before = {row["id"]: row for row in rows(old, "SELECT id, rule, due_at, outbox_id FROM reminder ORDER BY id")}
        sent = value(old, "SELECT COUNT(*) FROM outbox WHERE state = 'sent'")
    later = datetime(2026, 3, 3, 1, 0, tzinfo=UTC)
    with closing(backups.opened(settings, now=later)) as db:
        after = {row["id"]: row for row in rows(db, "SELECT id, rule, due_at, outbox_id FROM reminder ORDER BY id")}
        assert {name: row["due_at"] for name, row in after.items()} == {n: row["due_at"] for n, row in before.items()}
        assert {(before[n]["rule"], after[n]["rule"]) for n in before} == {
            ("one_day", "minutes:1440"), ("two_hours", "minutes:120"),
        }  # fmt: skip
        assert {n: row["outbox_id"] for n, row in after.items()} == {n: row["outbox_id"] for n, row in before.items()}

        reminders.queue_due(db, base_url=BASE, now=later)
        waiting = [(row["assignment"], row["rule"], row["due_at"]) for row in reminders.dump(db)
                   if row["state"] == "due" and row["due_at"] > clock.to_text(later)]  # fmt: skip
        assert waiting == [
            (3, "days:1@17:00", "2026-03-03T09:00:00Z"),
            (3, "minutes:120", "2026-03-03T22:30:00Z"),
            (6, "days:3", "2026-03-04T01:00:00Z"),
            (7, "days:3", "2026-03-04T01:00:00Z"),
            (4, "days:1@17:00", "2026-03-04T09:00:00Z"),
            (4, "minutes:120", "2026-03-04T22:30:00Z"),
            (5, "days:1@17:00", "2026-03-05T09:00:00Z"),
            (5, "minutes:120", "2026-03-05T22:30:00Z"),
            (6, "days:1@17:00", "2026-03-06T09:00:00Z"),
            (7, "days:1@17:00", "2026-03-06T09:00:00Z"),
            (6, "minutes:120", "2026-03-06T23:00:00Z"),
            (7, "minutes:120", "2026-03-06T23:00:00Z"),
        ]
        assert value(db, "SELECT COUNT(*) FROM outbox WHERE state = 'sent'") == sent
        assert value(db, "SELECT COUNT(*) FROM rearm") == 0


@pytest.mark.parametrize("monday", [date(2026, 3, 30), date(2026, 10, 26)])
def test_around_the_odd_nights_of_a_zone_each_reminder_goes_out_once_and_never_while_it_is_quiet(monday):
    berlin = ZoneInfo("Europe/Berlin")
    with closing(database.connect(":memory:", berlin)) as db:
        database.migrate(db)
        start = clock.instant(monday - timedelta(days=4), time(0), berlin)
        town = builders.town(db, start)
        rungs = tuple(Rung(rule) for rule in ("days:2", "days:1@02:30", "minutes:1800", "minutes:120"))
        reminders.set_ladder(db, None, Ladder(rungs, Quiet(time(1), time(3)), None), version=1, by=SYSTEM, now=start)
        duty = builders.assigned(db, builders.shift(db, town, monday, [town.lan]), town.lan)
        reminders.arm(db, [duty], now=start)
        expected = [row["due_at"] for row in reminders.dump(db)]

        for minute in range(0, 5 * 1440, 15):
            now = start + timedelta(minutes=minute)
            reminders.queue_due(db, base_url=BASE, now=now)
            outbox.send_due(db, lambda row: Sent(True), moment=lambda now=now: now)
        told = rows(db, "SELECT sent_at FROM outbox WHERE state = 'sent' ORDER BY sent_at")
        sent = [row["sent_at"] for row in told]
    assert sent == expected
    assert len(set(sent)) == len(sent) >= 3
    assert all(clock.local(at, berlin).hour not in (1, 2) for at in sent)
