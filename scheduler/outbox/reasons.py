"""Failed messages by why they failed, and another try for all that failed for one reason."""

from __future__ import annotations

import re
from datetime import datetime

from scheduler import audit, clock
from scheduler.audit import Actor
from scheduler.database import Database, Row, rows, run, write
from scheduler.errors import Conflict

ADDRESS = re.compile(r"<[^<>\s]*>|[^\s<>@]+@[^\s<>@]+")  # what differs between two answers that say the same


def reasons(db: Database, *, within: list[int], now: datetime) -> list[Row]:
    """Why messages to people of these units and below failed, the most frequent first.

    reason (the first one's own words), messages, to_retry (ids of those that another try would help: not
    those that are over, nor sign-in links, which are asked for anew).
    """
    grouped: dict[str, Row] = {}
    for row in _failed(db, within):
        found = grouped.setdefault(
            ADDRESS.sub("", row["last_error"]), {"reason": row["last_error"], "messages": 0, "to_retry": []}
        )
        found["messages"] += 1
        if row["kind"] != "signin" and row["expires_at"] > clock.to_text(now):
            found["to_retry"].append(row["id"])
    return sorted(grouped.values(), key=lambda found: -found["messages"])


def retry_all(db: Database, reason: str | None, *, within: list[int], by: Actor, now: datetime) -> int:
    """Put everything that failed for this reason among the due again, or whatever failed; gives how many."""
    with write(db):
        wanted = None if reason is None else ADDRESS.sub("", reason)
        ids = [
            message_id
            for found in reasons(db, within=within, now=now)
            if wanted is None or ADDRESS.sub("", found["reason"]) == wanted
            for message_id in found["to_retry"]
        ]
        if not ids:
            raise Conflict("nothing_to_retry")
        run(
            db,
            "UPDATE outbox SET state = 'due', due_at = :now WHERE id IN (SELECT value FROM json_each(:ids))",
            now=clock.to_text(now),
            ids=str(ids),
        )
        audit.record(db, "retry_all", "outbox", min(ids), by=by, now=now, messages=len(ids), ids=ids)
    return len(ids)


def _failed(db: Database, within: list[int]) -> list[Row]:
    return rows(
        db,
        """
        SELECT outbox.id, outbox.kind, outbox.last_error, outbox.expires_at
        FROM outbox
        JOIN person ON person.id = outbox.person_id
        WHERE outbox.state = 'failed' AND person.unit_id IN (
            SELECT unit_id FROM unit_above WHERE above_id IN (SELECT value FROM json_each(:within))
        )
        ORDER BY outbox.id DESC
        """,
        within=str(within),
    )
