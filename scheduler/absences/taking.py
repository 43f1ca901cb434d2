"""What a calendar holds, made leave: asked for under the rules, changed and taken back as the calendar changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from scheduler import clock, leave
from scheduler.audit import SYSTEM
from scheduler.database import Database, Row, insert, rows, run
from scheduler.errors import Conflict, Invalid


def take(db: Database, calendar: Row, found: Sequence[Row], *, base_url: str, now: datetime) -> int:
    """Make the person's leave what the calendar (id, person_id) holds; gives how many of its events are passed over.

    An event that was taken before and is the same changes nothing, whatever was decided on it. What it no longer holds
    is taken back first, then what is new or changed is asked for. Leave that has begun stays as it is, and what meets
    other leave of the person is passed over, to be looked at again. Called inside of the transaction that notes it.
    """
    taken = {row["key"]: row for row in _taken(db, calendar["id"])}
    wanted = {row["key"]: row for row in found}
    for key, before in taken.items():
        is_over, is_same = before["ends_at"] <= clock.to_text(now), _is_same(before, wanted.get(key))
        if is_over or (not is_same and leave.drop(db, before["request_id"], by=SYSTEM, now=now)):
            _unlink(db, calendar, key)
    kept = {row["key"]: row for row in _taken(db, calendar["id"])}
    passed_over = 0
    for key, event in wanted.items():
        if key in kept:
            passed_over += not _is_same(kept[key], event)
        else:
            passed_over += not _is_asked(db, calendar, event, base_url=base_url, now=now)
    return passed_over


def _is_asked(db: Database, calendar: Row, event: Row, *, base_url: str, now: datetime) -> bool:
    """Ask for it; whether it was: not where it meets other leave, is over, or longer than leave may be."""
    span = {name: clock.from_text(event[name]) for name in ("starts_at", "ends_at")}
    try:
        asked: dict[str, Any] = {"kind": event["kind"], "base_url": base_url, "by": SYSTEM, "now": now, **span}
        leave.ask(db, calendar["person_id"], **asked)
    except (Conflict, Invalid):
        return False
    request_id = rows(
        db, "SELECT MAX(id) AS id FROM leave_request WHERE person_id = :person_id", person_id=calendar["person_id"]
    )[0]["id"]
    insert(
        db, "leave_calendar_event", calendar_id=calendar["id"], key=event["key"], kind=event["kind"],
        starts_at=event["starts_at"], ends_at=event["ends_at"], request_id=request_id,
    )  # fmt: skip
    return True


def _taken(db: Database, calendar_id: int) -> list[Row]:
    return rows(
        db,
        """
        SELECT key, kind, starts_at, ends_at, request_id
        FROM leave_calendar_event
        WHERE calendar_id = :id
        ORDER BY key
        """,
        id=calendar_id,
    )


def _unlink(db: Database, calendar: Row, key: str) -> None:
    run(db, "DELETE FROM leave_calendar_event WHERE calendar_id = :id AND key = :key", id=calendar["id"], key=key)


def _is_same(before: Row, event: Row | None) -> bool:
    return event is not None and all(before[name] == event[name] for name in ("kind", "starts_at", "ends_at"))
