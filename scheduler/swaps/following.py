"""A request follows its duty: the same person's duty moved elsewhere stays the one that is asked about."""

from __future__ import annotations

from datetime import datetime
from itertools import zip_longest
from typing import Literal

from scheduler import audit, clock
from scheduler.audit import SYSTEM
from scheduler.config import Duty
from scheduler.database import Database, Row, one, rows, update, value, write
from scheduler.errors import Conflict
from scheduler.swaps.able import able, whom_of
from scheduler.swaps.asking import end
from scheduler.swaps.policy import policy
from scheduler.swaps.reading import OPEN, request, seat, where
from scheduler.swaps.telling import still_asked, tell, tell_asked

Where = Literal["stands", "waits", "moved", "gone"]

HELD = """
SELECT assignment.id, assignment.state, assignment.published_at, assignment.withdrawn_at, shift.roster_id,
       shift.state AS shift
FROM assignment
JOIN shift ON shift.id = assignment.shift_id
WHERE assignment.shift_id = :shift_id AND assignment.person_id = :person_id
ORDER BY assignment.state = 'released', assignment.id DESC
LIMIT 1
"""

# What one publication took from a person and gave them, in the order in which it told them.
TAKEN = """
SELECT assignment.id, assignment.shift_id
FROM assignment
JOIN shift ON shift.id = assignment.shift_id AND shift.roster_id = :roster_id
WHERE assignment.person_id = :person_id AND assignment.withdrawn_at = :at AND assignment.published_at < :at
ORDER BY shift.starts_at, shift.id, assignment.slot
"""
GIVEN = """
SELECT assignment.id, assignment.shift_id
FROM assignment
JOIN shift ON shift.id = assignment.shift_id AND shift.roster_id = :roster_id
WHERE assignment.person_id = :person_id AND assignment.published_at = :at
  AND (assignment.withdrawn_at IS NULL OR assignment.withdrawn_at > :at)
ORDER BY shift.starts_at, shift.id, assignment.slot
"""

# Open requests where either duty is not stood as it is asked about.
ELSEWHERE = """
SELECT swap_request.id
FROM swap_request
WHERE swap_request.state IN ('asked', 'accepted') AND (
    NOT EXISTS (
        SELECT 1 FROM assignment
        WHERE assignment.shift_id = swap_request.shift_id AND assignment.person_id = swap_request.person_id
          AND assignment.state <> 'released'
    ) OR EXISTS (
        SELECT 1 FROM swap_offer
        WHERE swap_offer.request_id = swap_request.id AND swap_offer.state IN ('asked', 'accepted')
          AND swap_offer.shift_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM assignment
            WHERE assignment.shift_id = swap_offer.shift_id AND assignment.person_id = swap_offer.person_id
              AND assignment.state <> 'released'
        )
    )
)
ORDER BY swap_request.id
"""


def whereabouts(db: Database, shift_id: int, person_id: int) -> tuple[Where, int | None]:
    """What became of a published duty: it stands, waits for a publication, was moved (to which shift), or is gone."""
    held = one(db, HELD, shift_id=shift_id, person_id=person_id)
    if held is None or held["shift"] == "cancelled":
        return "gone", None
    if held["state"] != "released":
        return ("stands" if held["published_at"] else "waits"), None
    if held["withdrawn_at"] is None:
        return "waits", None
    told = {"roster_id": held["roster_id"], "person_id": person_id, "at": held["withdrawn_at"]}
    for taken, given in zip_longest(rows(db, TAKEN, **told), rows(db, GIVEN, **told)):
        if taken and given and taken["id"] == held["id"]:
            return "moved", int(given["shift_id"])
    return "gone", None


def refuse_elsewhere(db: Database, found: Row) -> None:
    """Refuse what is about to be changed, and what was moved and is asked anew in a moment."""
    place, _ = whereabouts(db, found["shift_id"], found["person_id"])
    if place == "waits":
        raise Conflict("seat_is_being_changed", **where(found))
    if place == "moved":
        raise Conflict("swap_has_moved")
    if place == "gone":
        raise Conflict("swap_is_obsolete")


def follow_due(db: Database, *, base_url: str, secret_key: str, now: datetime, duty: Duty | None = None) -> int:
    """Let requests follow duties that were moved; gives how many. What is gone, `lapse_due` ends."""
    return sum(
        _follow(db, row["id"], base_url=base_url, secret_key=secret_key, now=now, duty=duty)
        for row in rows(db, ELSEWHERE)
    )


def _follow(
    db: Database, request_id: int, *, base_url: str, secret_key: str, now: datetime, duty: Duty | None
) -> bool:  # fmt: skip
    with write(db):
        found = request(db, request_id)
        place, shift_id = whereabouts(db, found["shift_id"], found["person_id"])
        if found["state"] not in OPEN or place in ("gone", "waits") or found["starts_at"] <= clock.to_text(now):
            return False
        has_moved = place == "moved" and shift_id is not None
        offers = _moved_offers(db, request_id, all_of_them=has_moved)
        if has_moved and value(db, TWICE, shift_id=shift_id, person_id=found["person_id"]):
            end(db, found, "obsolete", by=SYSTEM, now=now)  # that one is asked for by itself
            return True
        if has_moved:
            at = {"shift_id": shift_id, "moved_at": clock.to_text(now)}
            update(db, "swap_request", request_id, **at)
            audit.record(
                db, "swap_follows", "swap_request", request_id, by=SYSTEM, now=now, unit_id=found["unit_id"],
                roster_id=found["roster_id"], person=found["person"], **where(found),
            )  # fmt: skip
        if offers:
            _ask_again(db, request(db, request_id), offers, base_url, secret_key, now, duty)
        return bool(has_moved or offers)


TWICE = """
SELECT 1 FROM swap_request
WHERE shift_id = :shift_id AND person_id = :person_id AND state IN ('asked', 'accepted')
"""


def _moved_offers(db: Database, request_id: int, *, all_of_them: bool) -> list[Row]:
    """Questions that ask for something else now: id, person_id, person, shift_id (theirs as it is now), is_gone."""
    offers = rows(
        db,
        """
        SELECT swap_offer.id, swap_offer.person_id, person.name AS person, shift_id, 0 AS is_gone
        FROM swap_offer
        JOIN person ON person.id = swap_offer.person_id
        WHERE request_id = :id AND state IN ('asked', 'accepted')
        ORDER BY swap_offer.id
        """,
        id=request_id,
    )
    found = []
    for offer in offers:
        place, at = whereabouts(db, offer["shift_id"], offer["person_id"]) if offer["shift_id"] else ("stands", None)
        if place == "moved":
            found.append(offer | {"shift_id": at})
        elif place == "gone" or all_of_them:
            found.append(offer | {"is_gone": place == "gone"})
    return found


def _ask_again(
    db: Database, found: Row, offers: list[Row], base_url: str, secret_key: str, now: datetime, duty: Duty | None
) -> None:
    """Put the question as it is now to whoever may still stand it; whoever said yes said it to something else."""
    try:
        own = seat(db, found["shift_id"], found["person_id"], now=now)
    except Conflict:  # it has begun: lapses with the rest
        return
    allowed = set(whom_of(able(db, own["assignment_id"], now=now, duty=duty), found["kind"]))
    kept = []
    for offer in offers:
        if offer["is_gone"] or (offer["person_id"], offer["shift_id"]) not in allowed:
            update(db, "swap_offer", offer["id"], state="settled")
            tell(db, found, [offer["person_id"]], "unsuited", offer["person"], base_url=base_url, now=now)
            continue
        update(
            db, "swap_offer", offer["id"], state="asked", shift_id=offer["shift_id"], answered_at=None, answered_by="",
            asked_at=clock.to_text(now),
        )  # fmt: skip
        kept.append(offer["id"])
    if found["state"] == "accepted" and not value(db, YES, id=found["id"]):
        update(db, "swap_request", found["id"], state="asked")
    again = clock.to_text(now)
    tell_asked(db, own, kept, found["note"], again=again, base_url=base_url, secret_key=secret_key, now=now)
    rule = policy(db, found["unit_id"])
    if found["goes_on"]:
        fallen = found["fallen"] + len(offers) - len(kept)
        next_at = rule.next_step(own["starts_at"], db=db, now=now)
        update(db, "swap_request", found["id"], fallen=fallen, next_at=next_at)
    elif not still_asked(db, found["id"]) and not value(db, YES, id=found["id"]):
        end(db, found, "obsolete", by=SYSTEM, now=now)
        tell(db, found, [found["person_id"]], "obsolete", found["person"], base_url=base_url, now=now)


YES = "SELECT 1 FROM swap_offer WHERE request_id = :id AND state = 'accepted'"
