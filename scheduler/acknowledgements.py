"""Who said that they have seen their duty as it is now, or that it is gone."""

from __future__ import annotations

from datetime import datetime

from scheduler import audit, clock
from scheduler.audit import Actor
from scheduler.database import Database, Row, one, run, write
from scheduler.errors import Conflict, NotAllowed, NotFound


def by_page(db: Database, assignment_id: int, *, by: Actor, now: datetime) -> None:
    """Acknowledge one's own duty when signed in; a second time changes nothing, and is no refusal.

    NotFound where nobody was told of it, NotAllowed for somebody else's, Conflict once it is over.
    """
    with write(db):
        found = _duty(db, assignment_id)
        if found is None:
            raise NotFound("not_found")
        if found["person_id"] != by.person_id:
            raise NotAllowed("not_allowed")
        if found["ends_at"] <= clock.to_text(now):
            raise Conflict("duty_is_over")
        if run(
            db,
            """
            INSERT INTO acknowledgement (assignment_id, revision, person_id, at, via)
            VALUES (:assignment_id, :revision, :person_id, :at, 'page')
            ON CONFLICT (assignment_id, revision) DO NOTHING
            """,
            assignment_id=assignment_id,
            revision=found["revision"],
            person_id=found["person_id"],
            at=clock.to_text(now),
        ):
            audit.record(
                db, "acknowledge", "assignment", assignment_id, by=by, now=now, unit_id=found["unit_id"],
                place=found["place"], day=found["day"], gone=found["revision"] == "gone",
            )  # fmt: skip


def _duty(db: Database, assignment_id: int) -> Row | None:
    """A duty that its person was told of, also one that is gone since."""
    return one(
        db,
        """
        SELECT assignment.person_id, assignment.ends_at, shift.day, shift.unit_id, place.name AS place,
               duty_revision.revision
        FROM assignment
        JOIN duty_revision ON duty_revision.assignment_id = assignment.id
        JOIN shift ON shift.id = assignment.shift_id
        JOIN place ON place.id = shift.place_id
        WHERE assignment.id = :id AND assignment.published_at IS NOT NULL
        """,
        id=assignment_id,
    )
