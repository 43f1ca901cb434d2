"""Publish a draft, and close it when all of it is over."""

from __future__ import annotations

from datetime import date, datetime

from scheduler import audit, clock, feeds, reminders
from scheduler.audit import Actor
from scheduler.config import Duty
from scheduler.database import Database, Row, one, rows, update, value, write
from scheduler.errors import Conflict, NotFound
from scheduler.rosters.checking import breaches
from scheduler.rosters.drafting import draft_to_change


def publish(
    db: Database, roster_id: int, *, version: int | None = None, by: Actor, now: datetime, duty: Duty | None = None
) -> None:
    """Publish a draft: feeds and reminders follow in the same transaction.

    `version` is the one that the reader has looked at. Conflict if the roster is another one by now, if it has no
    shifts, or with the whole list of those who are away, not eligible or in two places. Unfilled slots block nothing.
    """
    with write(db):
        found = draft_to_change(db, roster_id)
        if version is not None and version != found["version"]:
            raise Conflict("roster_changed")
        if value(db, "SELECT COUNT(*) FROM shift WHERE roster_id = :roster_id", roster_id=roster_id) == 0:
            raise Conflict("roster_is_empty")
        standing = _standing(db, roster_id)
        _refuse_breaches(db, roster_id, duty)
        update(
            db,
            "roster",
            roster_id,
            state="published",
            version=found["version"] + 1,
            published_at=clock.to_text(now),
            published_by=by.name,
            fill_state="none" if found["fill_state"] in ("asked", "running") else found["fill_state"],
        )
        reminders.arm(db, [row["assignment_id"] for row in standing], now=now)
        feeds.touch(
            db,
            people={row["person_id"] for row in standing},
            places={row["place_id"] for row in standing},
        )
        audit.record(db, "publish", "roster", roster_id, by=by, now=now, unit_id=found["unit_id"], seats=len(standing))


def close(db: Database, roster_id: int, *, by: Actor, now: datetime) -> None:
    """Archive a published roster whose shifts have all been confirmed or cancelled."""
    with write(db):
        found = one(db, "SELECT unit_id, state, version FROM roster WHERE id = :roster_id", roster_id=roster_id)
        if found is None:
            raise NotFound("not_found")
        if found["state"] == "closed":
            raise Conflict("roster_is_closed")
        if found["state"] == "draft":
            raise Conflict("roster_is_not_published")
        _refuse_unconfirmed(db, roster_id)
        update(db, "roster", roster_id, state="closed", version=found["version"] + 1, closed_at=clock.to_text(now))
        audit.record(db, "close", "roster", roster_id, by=by, now=now, unit_id=found["unit_id"])


def consequences(db: Database, roster_id: int) -> Row:
    """What publishing would do, in numbers: seats (person-trips), people, places, with_address (can be reminded)."""
    found = one(
        db,
        """
        SELECT COUNT(*) AS seats, COUNT(DISTINCT person.id) AS people, COUNT(DISTINCT shift.place_id) AS places,
               COUNT(DISTINCT CASE WHEN person.email <> '' THEN person.id END) AS with_address
        FROM shift
        JOIN assignment ON assignment.shift_id = shift.id AND assignment.state <> 'released'
        JOIN person ON person.id = assignment.person_id
        WHERE shift.roster_id = :roster_id AND shift.state <> 'cancelled'
        """,
        roster_id=roster_id,
    )
    return found or {}


def _standing(db: Database, roster_id: int) -> list[Row]:
    return rows(
        db,
        """
        SELECT assignment.id AS assignment_id, assignment.person_id, shift.place_id
        FROM shift
        JOIN assignment ON assignment.shift_id = shift.id AND assignment.state <> 'released'
        WHERE shift.roster_id = :roster_id AND shift.state <> 'cancelled'
        ORDER BY assignment.id
        """,
        roster_id=roster_id,
    )


def _refuse_breaches(db: Database, roster_id: int, duty: Duty | None) -> None:
    blocking = [found.problem for found in breaches(db, roster_id, duty=duty) if found.blocks]
    if blocking:
        raise Conflict.of(blocking)


def _refuse_unconfirmed(db: Database, roster_id: int) -> None:
    found = one(
        db,
        "SELECT COUNT(*) AS count, MIN(day) AS day FROM shift WHERE roster_id = :roster_id AND state = 'planned'",
        roster_id=roster_id,
    )
    if found is not None and found["count"]:
        raise Conflict("shifts_not_confirmed", count=found["count"], day=date.fromisoformat(found["day"]))
