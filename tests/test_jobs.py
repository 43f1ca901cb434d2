"""Background work: one process at a time, every turn noted, stopped and taken over without loss."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from scheduler import audit, clock, config, database, jobs, outbox, reminders, rosters
from scheduler.audit import SYSTEM
from scheduler.config import Mail, Settings
from scheduler.database import Database, one, rows, run, value, write
from scheduler.errors import Conflict, Invalid
from scheduler.jobs import lease
from scheduler.jobs.worker import Worker
from scheduler.outbox import Sent
from tests import builders
from tests.conftest import SHANGHAI
from tests.test_outbox import queued

ROOT = Path(__file__).parent.parent
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def turn(db: Database, name: str) -> tuple[int, str, str]:
    return tuple(one(db, "SELECT milliseconds >= 0, result, error FROM job_run WHERE job = :job", job=name).values())


def test_the_first_to_ask_has_the_lease_alone(db, now):
    held = lease.take(db, "first", now=now)

    assert lease.take(db, "second", now=now + lease.LASTS - SECOND) is None
    assert lease.is_held(db, held, now=now + lease.LASTS - SECOND)


def test_a_beaten_heart_keeps_the_lease(db, now):
    held = lease.take(db, "first", now=now)

    assert lease.keep(db, held, now=now + 20 * SECOND) is True
    assert lease.take(db, "second", now=now + 40 * SECOND) is None
    assert jobs.heartbeat_age(db, now=now + 40 * SECOND) == 20


def test_who_was_paused_past_the_lease_is_replaced_within_a_minute_and_knows_it(db, now):
    paused = lease.take(db, "first", now=now)
    fresh = lease.take(db, "second", now=now + lease.LASTS)

    assert timedelta(0) < lease.LASTS < MINUTE
    assert (fresh.fence, lease.is_held(db, fresh, now=now + lease.LASTS)) == (2, True)
    assert lease.keep(db, paused, now=now + lease.LASTS) is False
    assert lease.is_held(db, paused, now=now) is False


def test_who_was_paused_until_another_took_over_can_write_nothing(db, now):
    paused = lease.take(db, "first", now=now)
    lease.take(db, "second", now=now + lease.LASTS)
    db.guard = lambda: lease.require(db, paused)

    with pytest.raises(Conflict) as refused, write(db):
        run(db, "INSERT INTO workday_override (day, is_workday) VALUES ('2026-03-02', 0)")

    assert refused.value.code == "lease_is_lost"
    assert value(db, "SELECT COUNT(*) FROM workday_override") == 0


def test_a_lease_given_up_is_free_at_once(db, now):
    lease.give_up(db, lease.take(db, "first", now=now), now=now)

    assert lease.take(db, "second", now=now) is not None


def test_nobody_waits_for_a_process_that_is_known_to_be_gone(db, now):
    lease.take(db, "first", now=now)

    assert lease.take(db, "second", now=now + SECOND, is_last_one_gone=True).fence == 2


def test_a_heartbeat_from_the_future_does_not_lock_us_out_for_a_day(db, now):
    lease.take(db, "first", now=now + timedelta(days=1))

    assert jobs.heartbeat_age(db, now=now) is None
    assert lease.take(db, "second", now=now) is not None
    assert jobs.heartbeat_age(db, now=now) == 0


def test_before_the_first_heartbeat_there_is_no_age(db, now):
    assert jobs.heartbeat_age(db, now=now) is None


def test_every_job_is_run_by_its_name_and_noted(db, settings, town, now):
    for name in jobs.NAMES:
        done = 1 if name == "backup" else 0  # there is none of this night yet
        assert jobs.run_once(db, settings, name, now=now) == done
        assert turn(db, name) == (1, str(done), "")

    assert [row["job"] for row in jobs.last_turns(db, settings)] == list(jobs.NAMES)


def test_a_job_that_there_is_not_is_refused(db, settings, now):
    with pytest.raises(Invalid) as refused:
        jobs.run_once(db, settings, "vacuum", now=now)

    assert refused.value.code == "unknown_job"


def test_a_job_that_fails_is_noted_by_the_class_of_its_error(db, settings, town, now):
    run(db, "INSERT INTO roster (unit_id, starts_on, ends_on, fill_state, made_at) VALUES (1, 'x', 'y', 'asked', 'z')")
    with pytest.raises(ValueError):
        jobs.run_once(db, settings, "fill", now=now)

    assert turn(db, "fill") == (1, "", "ValueError")


def test_one_turn_each_takes_a_reminder_from_due_to_delivered(db, settings, town, now, mailbox, mail_server):
    settings = settings.model_copy(update={"mail": mail_server})
    builders.published(db, town, now)
    before = now + timedelta(days=1, minutes=30)

    assert jobs.run_once(db, settings, "remind", now=before) == 1
    assert jobs.run_once(db, settings, "send", now=before) == 1
    assert [row["state"] for row in reminders.dump(db)][:2] == ["sent", "due"]
    assert len(mailbox.letters) == 1


def test_without_a_mail_server_messages_wait_until_they_expire(db, settings, town, now):
    settings = settings.model_copy(update={"mail": Mail()})
    builders.published(db, town, now)
    before = now + timedelta(days=1, minutes=30)
    jobs.run_once(db, settings, "remind", now=before)

    assert jobs.run_once(db, settings, "send", now=before) == 0
    assert reminders.dump(db)[0]["state"] == "due"
    jobs.run_once(db, settings, "send", now=before + timedelta(days=3))
    assert reminders.dump(db)[0]["state"] == "obsolete"


def test_whoever_asks_for_a_job_is_recorded_and_the_next_turn_answers(db, settings, town, now):
    jobs.ask(db, "prune", by=SYSTEM, now=now)
    assert jobs.last_turns(db, settings)[-1]["asked_at"] == clock.to_text(now)
    assert [entry["facts"] for entry in audit.history(db, "job", len(jobs.NAMES))] == [{"job": "prune"}]

    jobs.run_once(db, settings, "prune", now=now)

    assert jobs.last_turns(db, settings)[-1]["asked_at"] is None
    with pytest.raises(Invalid):
        jobs.ask(db, "vacuum", by=SYSTEM, now=now)


def test_fills_of_a_process_that_is_gone_are_asked_for_again(db, town, now):
    roster_id = builders.drafted(db, town, now)
    rosters.ask_fill(db, roster_id, by=SYSTEM, now=now)
    run(db, "UPDATE roster SET fill_state = 'running', fill_started_at = :now", now=clock.to_text(now))
    assert rosters.is_fill_due(db, now=now) is False

    assert rosters.give_back(db) == 1
    assert rosters.is_fill_due(db, now=now) is True


# the process itself


def until(happened: Callable[[], object], seconds: float = 20) -> bool:
    """Whether it happened in time."""
    deadline = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    """An installation with a tick of one second, in the time of the machine."""
    config.prepare(tmp_path)
    path = tmp_path / "settings.toml"
    path.write_text(path.read_text().replace("tick_seconds = 5", "tick_seconds = 1"))
    return config.load(tmp_path)


@pytest.fixture
def disk(home: Settings) -> Iterator[Database]:
    opened = database.of(home)
    yield opened
    opened.close()


@pytest.fixture
def worker(home: Settings) -> Iterator[Callable[[], subprocess.Popen[str]]]:
    """Starts `python -m scheduler work`; whatever was started is gone after the test."""
    started: list[subprocess.Popen[str]] = []

    def start() -> subprocess.Popen[str]:
        env = {**os.environ, "DUTY_INSTANCE": str(home.folder)}
        command = [sys.executable, "-m", "scheduler", "work"]
        started.append(subprocess.Popen(command, cwd=ROOT, env=env, stderr=subprocess.PIPE, text=True))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stderr.close()


def fence(disk: Database) -> int:
    return value(disk, "SELECT fence FROM lease") or 0


def is_working(disk: Database) -> bool:
    return len(rows(disk, "SELECT job FROM job_run WHERE started_at IS NOT NULL")) >= 4


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_told_to_end_it_ends_well_and_lets_the_lease_go(disk, worker, ending):
    process = worker()
    assert until(lambda: is_working(disk))

    process.send_signal(ending)

    assert process.wait(10) == 0
    assert lease.take(disk, "next", now=clock.now() + SECOND) is not None


def test_a_draft_is_filled_in_the_background(disk, worker):
    now = clock.now()
    town = builders.town(disk, now)
    first = clock.first_of_next_month(clock.today(now, SHANGHAI))
    roster_id = rosters.draft(
        disk, unit_id=town.branch, starts_on=first, ends_on=first + timedelta(days=6), by=SYSTEM, now=now
    )
    rosters.ask_fill(disk, roster_id, by=SYSTEM, now=now)
    worker()

    assert until(lambda: value(disk, "SELECT fill_state FROM roster") == "done", 60)
    assert value(disk, "SELECT COUNT(*) FROM assignment") > 0


def test_what_somebody_asks_for_runs_without_waiting_for_its_hour(disk, worker):
    worker()
    assert until(lambda: is_working(disk))
    jobs.ask(disk, "prune", by=SYSTEM, now=clock.now())

    assert until(lambda: value(disk, "SELECT asked_at FROM job_run WHERE job = 'prune'") is None)


def test_a_killed_process_is_replaced_at_once(disk, worker):
    first = worker()
    assert until(lambda: fence(disk) == 1)
    first.kill()
    first.wait()
    worker()

    assert until(lambda: fence(disk) == 2, 25)  # the lease itself would run for thirty


def test_a_second_process_stands_by_while_the_first_one_lives(disk, worker):
    worker()
    assert until(lambda: fence(disk) == 1)
    second = worker()
    time.sleep(3)

    assert (fence(disk), second.poll()) == (1, None)


def test_one_that_stood_by_and_took_over_is_not_taken_for_dead(disk, worker):
    first = worker()
    assert until(lambda: fence(disk) == 1)
    worker()
    time.sleep(2)
    first.kill()
    first.wait()
    assert until(lambda: fence(disk) == 2, 25)
    worker()
    time.sleep(3)

    assert fence(disk) == 2


def test_a_locked_database_ends_nothing(disk, worker):
    process = worker()
    assert until(lambda: is_working(disk))
    with write(disk):
        time.sleep(2)
    before = value(disk, "SELECT MAX(started_at) FROM job_run")

    assert until(lambda: value(disk, "SELECT MAX(started_at) FROM job_run") > before)
    assert process.poll() is None


def test_who_has_lost_the_lease_does_nothing_more(disk, worker):
    process = worker()
    assert until(lambda: is_working(disk))
    lease.take(disk, "another", now=clock.now(), is_last_one_gone=True)
    time.sleep(2)
    before = rows(disk, "SELECT job, started_at FROM job_run ORDER BY job")
    time.sleep(2)

    assert rows(disk, "SELECT job, started_at FROM job_run ORDER BY job") == before
    assert (value(disk, "SELECT holder FROM lease"), process.poll()) == ("another", None)


@pytest.mark.slow
def test_a_mail_server_that_hangs_does_not_keep_the_process_from_ending(home, disk, worker):
    with socket.create_server(("127.0.0.1", 0)) as hanging:
        path = home.folder / "settings.toml"
        text = path.read_text().replace('\nhost = ""', '\nhost = "127.0.0.1"')
        path.write_text(text.replace("\nport = 25", f"\nport = {hanging.getsockname()[1]}"))
        queued(disk, builders.town(disk, clock.now()), clock.now())
        process = worker()
        assert until(lambda: value(disk, "SELECT state FROM outbox") == "sending")

        process.send_signal(signal.SIGTERM)

        assert process.wait(10) == 0


@pytest.mark.slow
def test_a_locked_database_does_not_keep_the_process_from_ending(disk, worker):
    process = worker()
    assert until(lambda: is_working(disk))
    with write(disk):
        time.sleep(2)
        process.send_signal(signal.SIGTERM)

        assert process.wait(10) == 0


def test_a_clock_that_is_set_back_holds_up_no_message(home, disk, watch):
    watch.now = clock.now() + timedelta(days=1)
    queued(disk, builders.town(disk, clock.now()), watch.now)
    outbox.send_due(disk, lambda row: Sent(False, temporary=True), moment=lambda: watch.now)
    worker = Worker(home, lambda: watch.now)
    worker.start()
    watch.now -= timedelta(days=1)
    worker.pulse()
    worker.end()

    sent = outbox.send_due(disk, lambda row: Sent(True), moment=lambda: watch.now + SECOND)
    assert (sent, value(disk, "SELECT state FROM outbox")) == (1, "sent")


def test_who_takes_over_after_the_clock_was_set_back_finds_messages_that_left_its_time_behind(home, disk):
    now = clock.now()
    queued(disk, builders.town(disk, now), now + timedelta(days=1))
    lease.take(disk, "dead", now=now + timedelta(days=1))
    worker = Worker(home)
    worker.start()
    worker.end()

    assert value(disk, "SELECT due_at FROM outbox") <= clock.to_text(clock.now())


def test_a_take_over_that_meets_a_lock_leaves_no_lease_without_work(home, disk):
    worker = Worker(home)
    with write(disk):
        worker.start()
    assert (worker.lease, fence(disk)) == (None, 0)

    worker.pulse()
    assert until(lambda: is_working(disk))
    worker.end()


@pytest.mark.parametrize("told", ["README.md", "docs/README.zh-CN.md"])
def test_the_jobs_that_the_documentation_names_are_those_that_there_are(told):
    (line,) = [line for line in (ROOT / told).read_text(encoding="utf-8").splitlines() if line.startswith("| `run [")]

    assert tuple(re.findall(r"`([a-z_]+)`", line)) == jobs.NAMES


STOPPED = """
from scheduler.jobs import worker
with worker._told_to_end() as is_told:
    print("waiting", flush=True)
    print(is_told(1.0), flush=True)
    print(is_told(30.0))
"""


def test_who_is_stopped_past_a_beat_and_woken_was_not_told_to_end_and_still_can_be():
    command = [sys.executable, "-c", STOPPED]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "waiting\n"
        process.send_signal(signal.SIGSTOP)
        time.sleep(1.2)
        process.send_signal(signal.SIGCONT)
        assert process.stdout.readline() == "False\n"
        process.send_signal(signal.SIGTERM)
        assert process.communicate(timeout=10)[0] == "True\n"
