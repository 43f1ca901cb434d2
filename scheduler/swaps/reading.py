"""A duty that may change hands, a request and its questions, as the verbs of this package need them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from scheduler import clock
from scheduler.database import Database, Row, one
from scheduler.errors import Conflict, NotFound

OPEN = ("asked", "accepted")

SEAT = """
SELECT assignment.id AS assignment_id, assignment.shift_id, assignment.slot, assignment.person_id,
       person.name AS person, shift.unit_id, shift.roster_id, shift.day, shift.starts_at, shift.ends_at,
       place.name AS place, activity.name_zh AS activity_zh, activity.name_en AS activity_en
FROM assignment
JOIN shift ON shift.id = assignment.shift_id AND shift.state = 'planned'
JOIN roster ON roster.id = shift.roster_id AND roster.state = 'published'
JOIN person ON person.id = assignment.person_id
JOIN place ON place.id = shift.place_id
JOIN activity ON activity.id = shift.activity_id
WHERE assignment.state = 'planned' AND assignment.published_at IS NOT NULL
"""


def seat(db: Database, shift_id: int, person_id: int, *, now: datetime) -> Row:
    """The published seat of a person in a shift to come. Conflict: it is none any more, or it has begun."""
    found = one(db, f"{SEAT} AND shift.id = :shift_id AND person.id = :person_id", shift_id=shift_id,
                person_id=person_id)  # fmt: skip
    if found is None:
        raise Conflict("swap_is_obsolete")
    if found["starts_at"] <= clock.to_text(now):
        raise Conflict("swap_duty_has_begun", **where(found))
    return found


def seat_of(db: Database, assignment_id: int) -> Row:
    """The same by its assignment. NotFound: nobody was told of it, or it is no duty any more."""
    found = one(db, f"{SEAT} AND assignment.id = :id", id=assignment_id)
    if found is None:
        raise NotFound("not_found")
    return found


def request(db: Database, request_id: int) -> Row:
    """A request with its asker, unit and day. NotFound."""
    found = one(
        db,
        """
        SELECT swap_request.id, swap_request.shift_id, swap_request.person_id, person.name AS person,
               swap_request.kind, swap_request.note, swap_request.state, swap_request.ended_by,
               swap_request.goes_on, swap_request.step, swap_request.fallen, swap_request.next_at,
               swap_request.moved_at,
               shift.unit_id, shift.roster_id, shift.day, shift.starts_at, place.name AS place
        FROM swap_request
        JOIN person ON person.id = swap_request.person_id
        JOIN shift ON shift.id = swap_request.shift_id
        JOIN place ON place.id = shift.place_id
        WHERE swap_request.id = :id
        """,
        id=request_id,
    )
    if found is None:
        raise NotFound("not_found")
    return found


def offer_row(db: Database, offer_id: int) -> Row:
    """One question: id, request_id, person_id, person, shift_id (of theirs, in a swap), state. NotFound."""
    found = one(
        db,
        """
        SELECT swap_offer.id, request_id, swap_offer.person_id, person.name AS person, shift_id, state
        FROM swap_offer
        JOIN person ON person.id = swap_offer.person_id
        WHERE swap_offer.id = :id
        """,
        id=offer_id,
    )
    if found is None:
        raise NotFound("not_found")
    return found


def accepted(db: Database, request_id: int) -> Row | None:
    """Who said yes, if anybody did."""
    sql = "SELECT id FROM swap_offer WHERE request_id = :id AND state = 'accepted'"
    found = one(db, sql, id=request_id)
    return offer_row(db, found["id"]) if found else None


def refuse_ended(db: Database, found: Row) -> None:
    """Refuse what is settled, and say by whom it was."""
    if found["state"] == "asked":
        return
    winner = accepted(db, found["id"])
    if winner is not None:
        raise Conflict("swap_is_settled", person=winner["person"], **where(found))
    if found["state"] in ("lapsed", "obsolete"):
        raise Conflict("swap_is_obsolete")
    raise Conflict("swap_is_over", person=found["ended_by"] or found["person"], **where(found))


def where(found: Row) -> dict[str, Any]:
    """The place and day that a refusal names."""
    return {"place": found["place"], "day": date.fromisoformat(found["day"])}
