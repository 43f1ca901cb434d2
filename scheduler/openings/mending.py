"""What went wrong is put right: somebody is taken out of a seat, a call-up is cancelled; with a reason, and told."""

from __future__ import annotations

from datetime import datetime

from scheduler import audit, fields
from scheduler.assignments import pending
from scheduler.assignments.checks import shift_to_change
from scheduler.audit import Actor
from scheduler.config import Duty
from scheduler.database import Database, Row, one, rows, run, update, write
from scheduler.errors import Conflict, Invalid, NotFound
from scheduler.openings.reading import opening, refuse_begun, where
from scheduler.openings.seating import fill_in_order, give_up
from scheduler.openings.telling import tell_over

REASON_MOST = 200


def free_seat(
    db: Database,
    sign_up_id: int,
    *,
    reason: str,
    base_url: str,
    by: Actor,
    now: datetime,
    duty: Duty | None = None,
) -> int:
    """Take somebody out of the seat they signed up for, at once, and tell them why; gives how many moved up for it.

    The next who waits gets the seat, unless the opening is closed or its draw is still to come. Conflict: not seated
    any more, or the duty has begun.
    """
    _check(reason)
    with write(db):
        row = _seated(db, sign_up_id)
        found = opening(db, row["opening_id"])
        refuse_begun(found, now)
        shift_to_change(db, found["shift_id"])
        give_up(db, found, row, state="released", act="free_seat", by=by, now=now)
        tell_over(
            db, found, row["person_id"], "freed", str(sign_up_id), reason=reason.strip(), base_url=base_url, now=now
        )
        is_drawn_later = found["rule"] == "by_rotation" and found["state"] == "open"
        if found["state"] == "closed" or is_drawn_later:
            return 0
        return fill_in_order(db, found, base_url=base_url, now=now, by=by, duty=duty)


def call_off(db: Database, opening_id: int, *, reason: str, base_url: str, by: Actor, now: datetime) -> int:
    """Cancel the shift of a call-up before it begins; whoever stands it or waits for it is told why. Gives how many.

    The shift stays to be seen as cancelled. Conflict: no call-up, begun, cancelled already.
    """
    _check(reason)
    with write(db):
        found = opening(db, opening_id)
        shift_to_change(db, found["shift_id"])
        refuse_begun(found, now)
        if not found["is_urgent"]:
            raise Conflict("opening_is_no_call_up", **where(found))
        concerned = _concerned(db, found)
        for row in _seats(db, found["shift_id"]):
            pending.take_out(db, row["id"], now=now)
        pending.settle(db, [row["id"] for row in _told_seats(db, found["shift_id"])], now=now)
        run(db, "UPDATE sign_up SET state = 'left' WHERE opening_id = :id AND state = 'waiting'", id=opening_id)
        update(db, "opening", opening_id, state="closed", version=found["version"] + 1)
        update(db, "shift", found["shift_id"], state="cancelled")
        run(db, "UPDATE roster SET version = version + 1 WHERE id = :id", id=found["roster_id"])
        audit.record(
            db, "call_off", "opening", opening_id, by=by, now=now, unit_id=found["unit_id"],
            roster_id=found["roster_id"], reason=reason.strip(), **where(found),
        )  # fmt: skip
        return sum(
            tell_over(
                db, found, person_id, "called_off", str(opening_id), reason=reason.strip(), base_url=base_url, now=now
            )
            for person_id in concerned
        )


def _check(reason: str) -> None:
    if problems := fields.text("reason", reason, most=REASON_MOST, required=True):
        raise Invalid.of(problems)


def _seated(db: Database, sign_up_id: int) -> Row:
    row = one(
        db,
        """
        SELECT sign_up.id AS sign_up_id, sign_up.opening_id, sign_up.person_id, person.name AS person,
               sign_up.assignment_id, sign_up.state
        FROM sign_up
        JOIN person ON person.id = sign_up.person_id
        WHERE sign_up.id = :id
        """,
        id=sign_up_id,
    )
    if row is None:
        raise NotFound("not_found")
    if row["state"] != "seated":
        raise Conflict("sign_up_is_not_seated", person=row["person"])
    return row


def _concerned(db: Database, found: Row) -> list[int]:
    """Who stands the shift as they were told, and who waits for a seat in it."""
    held = rows(
        db,
        """
        SELECT person_id FROM standing WHERE shift_id = :shift_id
        UNION
        SELECT person_id FROM sign_up WHERE opening_id = :id AND state = 'waiting'
        ORDER BY person_id
        """,
        shift_id=found["shift_id"],
        id=found["id"],
    )
    return [int(row["person_id"]) for row in held]


def _seats(db: Database, shift_id: int) -> list[Row]:
    return rows(db, "SELECT id FROM assignment WHERE shift_id = :id AND state <> 'released' ORDER BY id", id=shift_id)


def _told_seats(db: Database, shift_id: int) -> list[Row]:
    return rows(db, "SELECT id FROM standing WHERE shift_id = :id ORDER BY id", id=shift_id)
