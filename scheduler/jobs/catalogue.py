"""The jobs: what each does in one turn, how often, and how its last turn went."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from time import monotonic

from scheduler import (
    absences,
    accounts,
    acknowledgements,
    attendance,
    audit,
    backups,
    channels,
    checkins,
    clock,
    database,
    feeds,
    handouts,
    intake,
    limits,
    messages,
    notices,
    openings,
    outbox,
    reminders,
    rosters,
    swaps,
    tallies,
)
from scheduler.audit import Actor
from scheduler.config import Settings
from scheduler.database import Database, Row, rows, run, write
from scheduler.errors import Invalid
from scheduler.jobs import notices as tell
from scheduler.mail import Smtp
from scheduler.outbox import Outcome, Sent

MINUTE = 60
DAY = 24 * 60 * MINUTE
KEPT = timedelta(days=90)  # ended sessions, used links and the text of messages: long enough to answer a question


HELD_BACK = Sent(False, temporary=True, down=True, is_ours=True)


@dataclass(frozen=True, slots=True)
class Turn:
    """What a job is given: its own connection, the moment, and whether it is still to go on, asked by a connection.

    `unwritten` keeps, by channel, what became of messages while the database was busy. `is_by_hand`: somebody runs
    the job and waits for it.
    """

    db: Database
    settings: Settings
    now: datetime
    moment: Callable[[], datetime]
    is_to_go_on: Callable[[Database], bool] = lambda db: True
    unwritten: dict[int, list[Outcome]] = field(default_factory=lambda: defaultdict(list))
    is_by_hand: bool = False


@dataclass(frozen=True, slots=True)
class Job:
    """A named function that the background process calls; `seconds` None means at every tick."""

    name: str
    seconds: int | None
    act: Callable[[Turn], int]

    def every(self, settings: Settings) -> int:
        """Seconds from one turn to the next."""
        return self.seconds or settings.work.tick_seconds


def fill(turn: Turn) -> int:
    """Fill the drafts that were asked for, and what was asked to be tried beside them."""
    filled = rosters.fill_asked(turn.db, now=turn.now, duty=turn.settings.duty)
    return filled + rosters.try_asked(turn.db, now=turn.now, duty=turn.settings.duty)


def read_intakes(turn: Turn) -> int:
    """Read, store and take back what was handed in, one file after the other."""
    done = 0
    while turn.is_to_go_on(turn.db) and intake.work_one(turn.db, turn.settings, now=turn.moment()):
        done += 1
    return done


def make_exports(turn: Turn) -> int:
    """Make the large exports that were asked for, one after the other."""
    done = 0
    while turn.is_to_go_on(turn.db) and handouts.make_one(turn.db, turn.settings, now=turn.moment()):
        done += 1
    return done


def refresh_feeds(turn: Turn) -> int:
    """Render the calendars that changed."""
    return feeds.refresh(turn.db, base_url=turn.settings.site.base_url, now=turn.now)


def remind(turn: Turn) -> int:
    """Put reminders that fall due into the outbox, and what failed once more by another way."""
    site = turn.settings.site
    expect = partial(acknowledgements.expect_instead, turn.db, now=turn.now)
    again = messages.stand_in(turn.db, taken=expect, now=turn.now)
    return again + reminders.queue_due(turn.db, base_url=site.base_url, secret_key=site.secret_key, now=turn.now)


def settle_sign_ups(turn: Turn) -> int:
    """Seat by rotation where the deadline has come, and whoever waits where a seat came free."""
    base_url = turn.settings.site.base_url
    return openings.settle_due(turn.db, base_url=base_url, now=turn.now, duty=turn.settings.duty)


def settle_swaps(turn: Turn) -> int:
    """Let requests for swaps and cover follow their duties, ask the next ones, close what is dead."""
    site, duty = turn.settings.site, turn.settings.duty
    return swaps.settle_due(turn.db, base_url=site.base_url, secret_key=site.secret_key, now=turn.now, duty=duty)


def send(turn: Turn) -> int:
    """Send the mails that wait in the outbox, one at a time; without a mail server it waits until it expires."""
    if not turn.settings.mail.host:
        outbox.expire(turn.db, now=turn.now)
        return 0
    with Smtp(turn.settings.mail) as server:

        def post(message: Row) -> Sent:
            # asked with the message in hand: whoever lost the lease, or was told to stop, may not send it
            return server.post(outbox.with_file(turn.db, message)) if turn.is_to_go_on(turn.db) else HELD_BACK

        return outbox.send_due(turn.db, post, moment=turn.moment, unwritten=turn.unwritten[outbox.EMAIL])


def send_by_channels(turn: Turn) -> int:
    """Send what waits for group bots and webhooks, all of them at once."""
    if not channels.due(turn.db, now=turn.now):
        return 0
    return channels.send_due(
        lambda: database.opened(turn.settings),
        turn.settings.channels,
        moment=turn.moment,
        is_to_go_on=turn.is_to_go_on,
        unwritten=turn.unwritten,
    )


def close_overdue(turn: Turn) -> int:
    """Enter into the ledger what nobody confirmed in time."""
    after = timedelta(hours=turn.settings.duty.close_after_hours)
    return attendance.close_overdue(turn.db, after=after, now=turn.now)


def back_up(turn: Turn) -> int:
    """Make the night's backup where there is none yet, or one now if somebody asked; then forget old ones."""
    is_asked = turn.is_by_hand or "backup" in asked(turn.db)
    return backups.make_due(turn.db, turn.settings, is_asked=is_asked, now=turn.now)


def renew_totals(turn: Turn) -> int:
    """Count anew the totals of the units that a moved unit left or joined; until then they are read from the ledger."""
    return tallies.renew(turn.db)


def prune(turn: Turn) -> int:
    """Forget ended sessions, used links, the text of old messages, what was told of long ago, old photos and files."""
    before = turn.now - KEPT
    forgotten = accounts.prune(turn.db, before=before) + outbox.prune(turn.db, before=before)
    forgotten += checkins.prune(turn.db, turn.settings, now=turn.now) + limits.prune(turn.db, now=turn.now)
    forgotten += intake.prune(turn.db, turn.settings, now=turn.now)
    forgotten += handouts.prune(turn.db, turn.settings, now=turn.now)
    return forgotten + notices.prune(turn.db, before=before)


def read_absences(turn: Turn) -> int:
    """Read people's own calendars of leave that are due."""
    base_url = turn.settings.site.base_url
    return absences.read_due(
        turn.db, turn.settings.calendars, base_url=base_url, now=turn.now, is_to_go_on=turn.is_to_go_on
    )


JOBS = (
    Job("fill", None, fill),
    Job("imports", None, read_intakes),
    Job("exports", None, make_exports),
    Job("feeds", None, refresh_feeds),
    Job("remind", MINUTE // 2, remind),
    Job("sign_ups", MINUTE // 2, settle_sign_ups),
    Job("swaps", MINUTE // 2, settle_swaps),
    Job("send", None, send),
    Job("channels", None, send_by_channels),
    Job("close", 10 * MINUTE, close_overdue),
    Job("understaffed", 10 * MINUTE, tell.understaffed),
    Job("silent", 10 * MINUTE, tell.silent),
    Job("unconfirmed", 10 * MINUTE, tell.unconfirmed),
    Job("quotas", 10 * MINUTE, tell.quotas),
    Job("digest", 10 * MINUTE, tell.digest),
    Job("monthly", 10 * MINUTE, tell.monthly),
    Job("reports_by_mail", 10 * MINUTE, tell.reports_by_mail),
    Job("calendars", 60 * MINUTE, tell.calendars),
    Job("absences", MINUTE, read_absences),
    Job("totals", MINUTE, renew_totals),
    Job("backup", 10 * MINUTE, back_up),
    Job("prune", DAY, prune),
)
NAMES = tuple(known.name for known in JOBS)


def job(name: str) -> Job:
    """The job of that name; refused if there is none."""
    if name not in NAMES:
        raise Invalid("unknown_job", job=name, known=", ".join(NAMES))
    return JOBS[NAMES.index(name)]


def run_once(db: Database, settings: Settings, name: str, *, now: datetime, is_by_hand: bool = False) -> int:
    """Carry out one turn of a job here and now; gives how many things it did. What it raises is noted and raised."""
    return take_turn(job(name), Turn(db, settings, now, lambda: now, is_by_hand=is_by_hand))


def take_turn(known: Job, turn: Turn) -> int:
    """The job's turn, noted in `job_run` with how long it took and how it ended."""
    began = monotonic()
    try:
        done = known.act(turn)
    except Exception as error:
        _note(turn, known.name, monotonic() - began, "", type(error).__name__)
        raise
    _note(turn, known.name, monotonic() - began, str(done), "")
    return done


def _note(turn: Turn, name: str, seconds: float, result: str, error: str) -> None:
    with write(turn.db):
        run(
            turn.db,
            """
            INSERT INTO job_run (job, started_at, ended_at, milliseconds, result, error)
            VALUES (:job, :started_at, :ended_at, :milliseconds, :result, :error)
            ON CONFLICT (job) DO UPDATE
            SET started_at = excluded.started_at, ended_at = excluded.ended_at, asked_at = NULL,
                milliseconds = excluded.milliseconds, result = excluded.result, error = excluded.error
            """,
            job=name, started_at=clock.to_text(turn.now), ended_at=clock.to_text(turn.now + timedelta(seconds=seconds)),
            milliseconds=round(seconds * 1000), result=result, error=error,
        )  # fmt: skip


LAST_TURNS = "SELECT job, started_at, milliseconds, result, error, asked_at FROM job_run"


def ask(db: Database, name: str, *, by: Actor, now: datetime) -> None:
    """Ask the background process to run a job as soon as it can; only who administers all units may."""
    job(name)
    with write(db):
        accounts.require_all(db, by, now=now)
        run(
            db,
            """
            INSERT INTO job_run (job, asked_at) VALUES (:job, :now)
            ON CONFLICT (job) DO UPDATE SET asked_at = excluded.asked_at
            """,
            job=name, now=clock.to_text(now),
        )  # fmt: skip
        audit.record(db, "run_now", "job", NAMES.index(name) + 1, by=by, now=now, job=name)


def asked(db: Database) -> list[str]:
    """The jobs that somebody asked to run now."""
    return [row["job"] for row in rows(db, "SELECT job FROM job_run WHERE asked_at IS NOT NULL ORDER BY asked_at, job")]


def last_turns(db: Database, settings: Settings) -> list[Row]:
    """Every job with its last turn.

    job, seconds (from one turn to the next), started_at, next_at (None where it never ran), milliseconds,
    result (a count), error (a class), asked_at.
    """
    noted = {row["job"]: row for row in rows(db, LAST_TURNS)}
    never = {"started_at": None, "milliseconds": 0, "result": "", "error": "", "asked_at": None}
    return [
        {**never, **(turn := noted.get(known.name, never)), "job": known.name, "seconds": known.every(settings),
         "next_at": _next(turn["started_at"], known.every(settings))}
        for known in JOBS
    ]  # fmt: skip


def _next(started_at: str | None, seconds: int) -> datetime | None:
    return clock.from_text(started_at) + timedelta(seconds=seconds) if started_at else None
