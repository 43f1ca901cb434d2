"""What coordinators see of the outbox, and what they can do about a message that failed."""

from __future__ import annotations

from datetime import datetime

from scheduler import audit, clock
from scheduler.audit import Actor
from scheduler.database import Database, Row, one, rows, update, value, write
from scheduler.errors import Conflict, NotFound


def retry(db: Database, message_id: int, *, by: Actor, now: datetime) -> None:
    """Put a failed message back among the due. Refused where it did not fail, where what it tells of
    is over, and for a sign-in link: that is asked for anew."""
    with write(db):
        message = _failed(db, message_id)
        if message["kind"] == "signin":  # its secret was forgotten
            raise Conflict("link_is_asked_anew")
        if message["expires_at"] <= clock.to_text(now):
            raise Conflict("message_is_over")
        update(db, "outbox", message_id, state="due", due_at=clock.to_text(now))
        audit.record(db, "retry", "outbox", message_id, by=by, now=now, unit_id=message["unit_id"])


def give_up(db: Database, message_id: int, *, by: Actor, now: datetime) -> None:
    """Take a failed message off the list of what asks for an act: the person was told otherwise, or need not be."""
    with write(db):
        message = _failed(db, message_id)
        update(db, "outbox", message_id, state="obsolete")
        audit.record(db, "give_up", "outbox", message_id, by=by, now=now, unit_id=message["unit_id"])


def _failed(db: Database, message_id: int) -> Row:
    message = one(
        db,
        """
        SELECT outbox.state, outbox.kind, outbox.expires_at, person.unit_id
        FROM outbox LEFT JOIN person ON person.id = outbox.person_id
        WHERE outbox.id = :id
        """,
        id=message_id,
    )
    if message is None:
        raise NotFound("not_found")
    if message["state"] != "failed":
        raise Conflict("message_not_failed", message=message["state"])
    return message


def messages(db: Database, state: str, *, within: list[int], limit: int = 50) -> list[Row]:
    """The messages in one state to people of these units and below: failed and sent newest first, due by their time.

    id, kind, channel, person, address, subject, state, due_at, sent_at, attempts, last_error.
    """
    return rows(
        db,
        """
        SELECT outbox.id, outbox.kind, outbox.channel, person.name AS person, outbox.address, outbox.subject,
               outbox.state, outbox.due_at, outbox.expires_at, outbox.sent_at, outbox.attempts, outbox.last_error
        FROM outbox
        JOIN person ON person.id = outbox.person_id
        WHERE outbox.state = :state
          AND person.unit_id IN (
            SELECT unit_id FROM unit_above WHERE above_id IN (SELECT value FROM json_each(:within))
          )
        ORDER BY CASE WHEN :state IN ('due', 'sending') THEN outbox.due_at END, outbox.id DESC
        LIMIT :limit
        """,
        state=state,
        within=str(within),
        limit=limit,
    )


def failures(db: Database, *, within: list[int]) -> int:
    """How many messages to people of these units and below have failed: what stands beside Operations."""
    return int(
        value(
            db,
            """
            SELECT COUNT(*)
            FROM outbox
            JOIN person ON person.id = outbox.person_id
            WHERE outbox.state = 'failed' AND person.unit_id IN (
                SELECT unit_id FROM unit_above WHERE above_id IN (SELECT value FROM json_each(:within))
            )
            """,
            within=str(within),
        )
    )


def counts(db: Database, *, within: list[int]) -> dict[str, int]:
    """How many messages there are in each state, to people of these units and below."""
    found = rows(
        db,
        """
        SELECT outbox.state, COUNT(*) AS messages
        FROM outbox
        JOIN person ON person.id = outbox.person_id
        WHERE person.unit_id IN (
            SELECT unit_id FROM unit_above WHERE above_id IN (SELECT value FROM json_each(:within))
        )
        GROUP BY outbox.state
        """,
        within=str(within),
    )
    none = dict.fromkeys(("due", "sending", "sent", "failed", "obsolete"), 0)
    return none | {row["state"]: row["messages"] for row in found}


def backlog(db: Database, *, now: datetime) -> Row:
    """For monitors, over all units: `oldest_due_s`, how long the longest waiting message is overdue, and `failed`."""
    oldest = value(
        db,
        "SELECT MIN(due_at) FROM outbox WHERE state IN ('due', 'sending') AND due_at <= :now",
        now=clock.to_text(now),
    )
    age = None if oldest is None else int((now - clock.from_text(oldest)).total_seconds())
    return {"oldest_due_s": age, "failed": value(db, "SELECT COUNT(*) FROM outbox WHERE state = 'failed'")}
