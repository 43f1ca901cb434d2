"""A question goes on to others: after a while, at once for whoever says no, sooner as the start nears."""

from __future__ import annotations

from datetime import datetime

from scheduler import audit, clock
from scheduler.audit import SYSTEM
from scheduler.config import Duty
from scheduler.database import Database, Row, rows, update, write
from scheduler.errors import Conflict, NotFound
from scheduler.swaps.able import Question, able, whom_of
from scheduler.swaps.asking import end, offer_to
from scheduler.swaps.policy import policy
from scheduler.swaps.reading import request, seat, where
from scheduler.swaps.telling import still_asked, tell, tell_asked

DUE = """
SELECT swap_request.id
FROM swap_request
JOIN shift ON shift.id = swap_request.shift_id AND shift.starts_at > :now
WHERE swap_request.state = 'asked' AND goes_on = 1 AND (next_at <= :now OR fallen > 0)
ORDER BY shift.starts_at, swap_request.id
"""


def go_on_due(db: Database, *, base_url: str, secret_key: str, now: datetime, duty: Duty | None = None) -> int:
    """Ask the next ones where that is due; gives at how many requests. Whoever was asked before may still say yes."""
    return sum(
        _go_on(db, request(db, row["id"]), base_url=base_url, secret_key=secret_key, now=now, duty=duty)
        for row in rows(db, DUE, now=clock.to_text(now))
    )


def _go_on(
    db: Database, found: Row, *, base_url: str, secret_key: str, now: datetime, duty: Duty | None
) -> bool:  # fmt: skip
    """One step, with the next ones looked for before the database is held; not where something came in between."""
    rule = policy(db, found["unit_id"])
    by_time = found["next_at"] is not None and found["next_at"] <= clock.to_text(now)
    most = max(rule.people if by_time else 0, found["fallen"]) if rule.people else 0
    try:
        own = seat(db, found["shift_id"], found["person_id"], now=now)
        chosen = _next_ones(db, found, own["assignment_id"], most, now=now, duty=duty)
    except (Conflict, NotFound):  # it is being changed: what becomes of it is seen when that is published
        return False
    with write(db):
        if request(db, found["id"]) != found:
            return False
        offers = offer_to(db, found["id"], chosen, step=found["step"] + 1, now=now)
        waiting = still_asked(db, found["id"])
        if not waiting:
            end(db, found, "declined", by=SYSTEM, now=now)
            tell(db, found, [found["person_id"]], "declined", found["person"], base_url=base_url, now=now)
            return True
        next_at = found["next_at"] if rule.people else None
        if rule.people and (by_time or len(waiting) == len(offers)):  # else those asked before keep their time
            next_at = rule.next_step(own["starts_at"], db=db, now=now)
        update(db, "swap_request", found["id"], fallen=0, step=found["step"] + bool(offers), next_at=next_at)
        tell_asked(db, own, offers, found["note"], base_url=base_url, secret_key=secret_key, now=now)
        audit.record(
            db, "ask_more", "swap_request", found["id"], by=SYSTEM, now=now, unit_id=found["unit_id"],
            roster_id=found["roster_id"], person=found["person"], asked=len(offers), **where(found),
        )  # fmt: skip
        return True


def _next_ones(
    db: Database, found: Row, assignment_id: int, most: int, *, now: datetime, duty: Duty | None
) -> list[Question]:  # fmt: skip
    """The next of those who may stand it, each person once, whoever was asked before left out."""
    if not most:
        return []
    sql = "SELECT person_id FROM swap_offer WHERE request_id = :id"
    asked = {row["person_id"] for row in rows(db, sql, id=found["id"])}
    chosen: dict[int, Question] = {}
    for person_id, shift_id in whom_of(able(db, assignment_id, now=now, duty=duty), found["kind"]):
        if person_id not in asked and len(chosen) < most:
            chosen.setdefault(person_id, (person_id, shift_id))
    return list(chosen.values())
