"""The clock was set back: what waits until a time of before would wait as long again as the clock was ahead."""

from __future__ import annotations

from datetime import datetime

from scheduler import clock
from scheduler.database import Database, run, write
from scheduler.outbox.draining import LONGEST_REST
from scheduler.outbox.sending import LEASE


def follow_setback(db: Database, *, now: datetime) -> None:
    """Let nothing wait longer than it could from now on: messages, those in a dead sender's hand, channels at rest.

    Every message is due at once when it is queued, so one that is due later waits for another try, or was queued
    ahead of the time. Moments that belong to a duty stay what they are.
    """
    with write(db):
        run(db, "UPDATE outbox SET due_at = :now WHERE state = 'due' AND due_at > :now", now=clock.to_text(now))
        run(
            db,
            "UPDATE outbox SET lease_until = :until WHERE state = 'sending' AND lease_until > :until",
            until=clock.to_text(now + LEASE),
        )
        run(
            db,
            "UPDATE channel_state SET next_at = :until WHERE next_at > :until",
            until=clock.to_text(now + LONGEST_REST),
        )
