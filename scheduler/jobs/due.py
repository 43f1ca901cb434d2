"""What fell due while nobody looked: put into the outbox, so that a restore can hold it back."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from scheduler.config import Settings
from scheduler.database import Database
from scheduler.jobs.catalogue import Turn, job
from scheduler.jobs.guard import guarded

QUEUEING = (
    "remind",
    "swaps",
    "sign_ups",
    "understaffed",
    "silent",
    "unconfirmed",
    "quotas",
    "digest",
    "monthly",
    "reports_by_mail",
    "calendars",
)  # the jobs that write messages


def queue_due(db: Database, settings: Settings, *, now: datetime) -> None:
    """One turn of each job that writes messages, unnoted; what one of them cannot do keeps nobody from a restore."""
    turn = Turn(db, settings, now, lambda: now)
    for name in QUEUEING:
        guarded(name, partial(job(name).act, turn))
