"""Where a message failed for good, the same once more by the next of its receiver's ways."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from scheduler import clock, outbox
from scheduler.database import Database, Row, rows, run, write
from scheduler.errors import Invalid

BATCH = 200  # in one transaction


Taken = Callable[[int], None]


def stand_in(db: Database, *, taken: Taken = lambda _: None, now: datetime) -> int:
    """Queue what failed and is still of use by its other way, once; forget that way of all that needs it no more.

    Gives how many were queued. `taken` is told of each message whose other way is taken, in the same transaction.
    Reminders have ladders of their own, which see to the same.
    """
    queued = 0
    while found := _some(db, taken, now):
        queued += found[1]
        if found[0] < BATCH:
            break
    return queued


def _some(db: Database, taken: Taken, now: datetime) -> tuple[int, int]:
    with write(db):
        run(
            db,
            """
            DELETE FROM other_way
            WHERE outbox_id IN (SELECT id FROM outbox WHERE state IN ('sent', 'obsolete') OR expires_at <= :now)
               OR channel_id IN (SELECT id FROM channel WHERE is_on = 0)
            """,
            now=clock.to_text(now),
        )
        failed = _failed(db)
        return len(failed), sum(_queue(db, row, taken, now) for row in failed)


def _failed(db: Database) -> list[Row]:
    return rows(
        db,
        """
        SELECT outbox.id, outbox.key, outbox.message_id, outbox.kind, outbox.person_id, outbox.expires_at,
               other_way.channel_id, other_way.subject, other_way.body, other_way.calendar, person.email, person.mobile
        FROM other_way
        JOIN outbox ON outbox.id = other_way.outbox_id AND outbox.state = 'failed'
        JOIN person ON person.id = outbox.person_id
        ORDER BY outbox.id
        LIMIT :batch
        """,
        batch=BATCH,
    )


def _queue(db: Database, row: Row, taken: Taken, now: datetime) -> int:
    way = "email" if row["channel_id"] is None else str(row["channel_id"])
    queued = 0
    with suppress(Invalid):  # an address that no mail header can hold is as good as none
        outbox.queue(
            db,
            key=f"{row['key']}:{way}",
            kind=row["kind"],
            person_id=row["person_id"],
            address=row["email"] if way == "email" else row["mobile"],
            subject=row["subject"],
            body=row["body"],
            domain=row["message_id"].rpartition("@")[2].removesuffix(">"),
            due_at=now,
            expires_at=clock.from_text(row["expires_at"]),
            now=now,
            channel_id=row["channel_id"],
            calendar=row["calendar"],
        )
        queued = 1
        taken(row["id"])
    run(db, "DELETE FROM other_way WHERE outbox_id = :id", id=row["id"])
    return queued
