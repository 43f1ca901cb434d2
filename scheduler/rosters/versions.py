"""What was published when: each publication is a version that can be looked at, and planned anew."""

from __future__ import annotations

from datetime import datetime

from scheduler import audit, clock
from scheduler.assignments.batch import Spoken, put_all
from scheduler.audit import Actor
from scheduler.config import Duty
from scheduler.database import Database, Row, one, rows, run, write
from scheduler.errors import Conflict, NotFound
from scheduler.steps import step


def versions(db: Database, roster_id: int) -> list[Row]:
    """The roster's versions, newest first: number, at, by, note, added, moved, removed, told, seats, people."""
    return rows(
        db,
        """
        SELECT number, at, by, note, added, moved, removed, told,
               COUNT(version_seat.person_id) AS seats, COUNT(DISTINCT version_seat.person_id) AS people
        FROM roster_version
        LEFT JOIN version_seat ON version_seat.version_id = roster_version.id
        WHERE roster_id = :roster_id
        GROUP BY roster_version.id
        ORDER BY number DESC
        """,
        roster_id=roster_id,
    )


def version(db: Database, roster_id: int, number: int) -> Row:
    """One version: number, at, by, note. NotFound."""
    found = one(
        db,
        "SELECT id, number, at, by, note FROM roster_version WHERE roster_id = :roster_id AND number = :number",
        roster_id=roster_id,
        number=number,
    )
    if found is None:
        raise NotFound("not_found")
    return found


def restore(
    db: Database, roster_id: int, number: int, *, reason: str = "", duty: Duty | None = None, by: Actor, now: datetime
) -> list[Spoken]:
    """Plan the roster again as a version had it; gives who could not be seated, each with the causes.

    It waits to be published like any change. Shifts that have begun stay as they are. `reason` is why rules that warn
    are set aside; it stays with those seats. Conflict, and nothing is changed, without one where one is needed.
    """
    with write(db):
        found = one(db, "SELECT unit_id, state FROM roster WHERE id = :roster_id", roster_id=roster_id)
        if found is None:
            raise NotFound("not_found")
        if found["state"] == "closed":
            raise Conflict("roster_is_closed")
        leaving, coming = _difference(db, roster_id, version(db, roster_id, number)["id"], now)
        changed = {row["shift_id"] for row in leaving + coming}
        with step(db, roster_id, "restore", changed, by=by, now=now):
            weighed = put_all(db, leaving, coming, reason=reason, duty=duty, now=now)
            weighed.refuse_without(reason)
        run(db, "UPDATE roster SET version = version + 1 WHERE id = :roster_id", roster_id=roster_id)
        audit.record(
            db, "restore", "roster", roster_id, by=by, now=now, unit_id=found["unit_id"], number=number,
            released=len(leaving), seated=len(coming) - len(weighed.left_out), **weighed.told(reason),
        )  # fmt: skip
        return weighed.left_out


def _difference(db: Database, roster_id: int, version_id: int, now: datetime) -> tuple[list[Row], list[Row]]:
    """Who stands now and did not then, and who did then and does not now, in shifts that are still to come."""
    given = {"roster_id": roster_id, "version_id": version_id, "now": clock.to_text(now)}
    leaving = rows(
        db,
        """
        SELECT assignment.id AS assignment_id, assignment.shift_id
        FROM shift
        JOIN assignment ON assignment.shift_id = shift.id AND assignment.state = 'planned'
        WHERE shift.roster_id = :roster_id AND shift.state = 'planned' AND shift.starts_at > :now
          AND NOT EXISTS (
            SELECT 1 FROM version_seat
            WHERE version_id = :version_id AND shift_id = shift.id AND person_id = assignment.person_id
          )
        ORDER BY shift.starts_at, shift.id, assignment.slot
        """,
        **given,
    )
    coming = rows(
        db,
        """
        SELECT version_seat.shift_id, version_seat.person_id, person.name AS person, place.name AS place, shift.day
        FROM version_seat
        JOIN shift ON shift.id = version_seat.shift_id
        JOIN place ON place.id = shift.place_id
        JOIN person ON person.id = version_seat.person_id
        WHERE version_id = :version_id AND shift.state = 'planned' AND shift.starts_at > :now
          AND NOT EXISTS (
            SELECT 1 FROM assignment
            WHERE shift_id = shift.id AND person_id = version_seat.person_id AND state <> 'released'
          )
        ORDER BY shift.starts_at, shift.id, version_seat.slot
        """,
        **given,
    )
    return leaving, coming
