"""Requests that nothing can come of any more: the duty has begun, is gone, or was given away by another of them."""

from __future__ import annotations

from datetime import datetime

from scheduler import clock
from scheduler.audit import SYSTEM, Actor
from scheduler.database import Database, rows, update, write
from scheduler.swaps.asking import end
from scheduler.swaps.following import whereabouts
from scheduler.swaps.reading import request
from scheduler.swaps.telling import still_asked, tell

# Open, and either begun, not stood by the asker, or without anybody who could answer, now or at a later step.
DEAD = """
SELECT swap_request.id, shift.starts_at <= :now AS has_begun, standing.id IS NULL AS is_left
FROM swap_request
JOIN shift ON shift.id = swap_request.shift_id
LEFT JOIN assignment AS standing ON standing.shift_id = shift.id AND standing.person_id = swap_request.person_id
    AND standing.state <> 'released' AND shift.state <> 'cancelled'
WHERE swap_request.state IN ('asked', 'accepted')
  AND (shift.starts_at <= :now OR standing.id IS NULL OR NOT EXISTS (
    SELECT 1
    FROM swap_offer
    LEFT JOIN shift AS other ON other.id = swap_offer.shift_id
    WHERE swap_offer.request_id = swap_request.id AND swap_offer.state IN ('asked', 'accepted')
      AND (other.id IS NULL OR other.starts_at > :now)
  ) AND (swap_request.goes_on = 0 OR (swap_request.next_at IS NULL AND swap_request.fallen = 0)))
ORDER BY swap_request.id
"""


def lapse_due(db: Database, *, base_url: str, now: datetime) -> int:
    """Close what lapsed or is void, and tell who asked and who need not answer any more; gives how many."""
    return sum(_close(db, row["id"], base_url=base_url, now=now) for row in rows(db, DEAD, now=clock.to_text(now)))


def _close(db: Database, request_id: int, *, base_url: str, now: datetime) -> bool:
    with write(db):
        dead = rows(db, f"SELECT * FROM ({DEAD}) WHERE id = :id", now=clock.to_text(now), id=request_id)
        found = request(db, request_id)
        place, _ = whereabouts(db, found["shift_id"], found["person_id"])
        if not dead or (dead[0]["is_left"] and not dead[0]["has_begun"] and place != "gone"):
            return False  # what is not published yet may be taken back; what was moved is followed
        state = "lapsed" if dead[0]["has_begun"] else "obsolete"
        _end(db, request_id, state, base_url=base_url, by=SYSTEM, now=now)
        return True


def close_left(db: Database, shift_id: int, person_id: int, *, base_url: str, by: Actor, now: datetime) -> None:
    """Somebody gave a duty away with consent: what else was asked about it is void. Inside of `write`."""
    for row in rows(db, ABOUT, shift_id=shift_id, person_id=person_id):
        _end(db, row["id"], "obsolete", base_url=base_url, by=by, now=now)
    for row in rows(db, FOR, shift_id=shift_id, person_id=person_id):
        update(db, "swap_offer", row["id"], state="settled")
        if row["state"] == "accepted":  # agreed upon and not approved yet: those who did not answer still may
            update(db, "swap_request", row["request_id"], state="asked")
        if row["goes_on"]:
            update(db, "swap_request", row["request_id"], fallen=row["fallen"] + 1)


ABOUT = """
SELECT id FROM swap_request
WHERE shift_id = :shift_id AND person_id = :person_id AND state IN ('asked', 'accepted')
ORDER BY id
"""
FOR = """
SELECT swap_offer.id, request_id, swap_offer.state, swap_request.goes_on, swap_request.fallen
FROM swap_offer
JOIN swap_request ON swap_request.id = request_id AND swap_request.state IN ('asked', 'accepted')
WHERE swap_offer.shift_id = :shift_id AND swap_offer.person_id = :person_id
  AND swap_offer.state IN ('asked', 'accepted')
ORDER BY swap_offer.id
"""


def _end(db: Database, request_id: int, state: str, *, base_url: str, by: Actor, now: datetime) -> None:
    found = request(db, request_id)
    people = [found["person_id"], *(still_asked(db, request_id) if state == "obsolete" else [])]
    end(db, found, state, by=by, now=now)
    tell(db, found, people, state, found["person"], base_url=base_url, now=now)
