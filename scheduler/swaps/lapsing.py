"""Requests that nothing can come of any more: the duty has begun, or somebody else stands it by now."""

from __future__ import annotations

from datetime import datetime

from scheduler import clock
from scheduler.audit import SYSTEM
from scheduler.database import Database, rows, write
from scheduler.swaps.asking import end
from scheduler.swaps.reading import request
from scheduler.swaps.telling import tell

# Open, and either begun or no longer the asker's; a question about a duty that began is dead like its request.
DEAD = """
SELECT swap_request.id, shift.starts_at <= :now AND standing.id IS NOT NULL AS has_begun
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
  ))
ORDER BY swap_request.id
"""


def lapse_due(db: Database, *, base_url: str, now: datetime) -> int:
    """Close what lapsed or is obsolete, and tell who asked; gives how many."""
    if not rows(db, DEAD, now=clock.to_text(now)):
        return 0
    with write(db):
        dead = rows(db, DEAD, now=clock.to_text(now))
        for row in dead:
            found = request(db, row["id"])
            has_lapsed = row["has_begun"] or found["starts_at"] <= clock.to_text(now)
            state = "lapsed" if has_lapsed else "obsolete"
            end(db, found, state, by=SYSTEM, now=now)
            tell(db, found, [found["person_id"]], state, found["person"], base_url=base_url, now=now)
        return len(dead)
