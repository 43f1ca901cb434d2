"""Who waits gets a seat: checked as by hand, told to staff at once, kept as a step that no undo takes back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from scheduler import audit, clock, steps
from scheduler.assignments import pending
from scheduler.assignments.checks import refuse_broken_rules, refuse_ineligible, refuse_taken_time, shift_to_change
from scheduler.audit import SYSTEM, Actor
from scheduler.config import Duty
from scheduler.database import Database, Row, one, run, update, value, write
from scheduler.errors import Conflict, NotFound
from scheduler.openings.reading import free, free_slots, held, opening, refuse_begun, waiting, where
from scheduler.openings.telling import tell_seat


def fill_in_order(
    db: Database,
    found: Row,
    *,
    order: Iterable[Row] | None = None,
    quiet: int | None = None,
    base_url: str,
    now: datetime,
    by: Actor = SYSTEM,
    duty: Duty | None = None,
) -> int:
    """Seat those who wait, in their order, while there are seats; gives how many. Inside of `write`.

    Whoever cannot stand it as things are is passed over and keeps their place. All but `quiet` are told.
    """
    seated = 0
    slots = free(db, found)
    for row in waiting(db, found["id"]) if order is None else order:
        if not slots:
            break
        try:
            with write(db):
                given = give(db, found, row, slots[0], override=row["reason"], by=by, now=now, duty=duty)
        except Conflict:
            continue
        slots.pop(0)
        seated += 1
        if row["person_id"] != quiet:
            tell_seat(db, found, row, given, base_url=base_url, now=now)
    return seated


def give(
    db: Database,
    found: Row,
    row: Row,
    slot: int,
    *,
    override: str,
    by: Actor,
    now: datetime,
    duty: Duty | None = None,
) -> int:
    """Seat one of the waiting list; gives the assignment. Conflict, naming what stands against it. Inside of `write`.

    The seat is fixed: the person chose it, and the engine is not to move them. Calendar and reminders follow at once.
    """
    shift = shift_to_change(db, found["shift_id"])
    if shift["roster"] != "published":
        raise Conflict("roster_is_not_published")
    person = refuse_ineligible(db, shift, row["person_id"])
    refuse_taken_time(db, shift, person)
    override = override if refuse_broken_rules(db, shift, person, override=override, duty=duty) else ""
    before = steps.seats(db, shift["roster_id"], [shift["id"]])
    assignment_id = pending.put_in(db, shift, person["id"], slot, now=now, fixed=1, source="hand", override=override)
    pending.settle(db, [assignment_id], now=now)
    update(db, "sign_up", row["sign_up_id"], state="seated", assignment_id=assignment_id, seated_at=clock.to_text(now))
    note(db, "sign_up", found, person["name"], assignment_id, before, by=by, now=now)
    return assignment_id


def give_up(
    db: Database, found: Row, row: Row, *, state: str = "left", act: str = "leave_seat", by: Actor, now: datetime
) -> None:
    """Free the seat of one who leaves, or whom a coordinator takes out. Inside of `write`."""
    before = steps.seats(db, found["roster_id"], [found["shift_id"]])
    pending.take_out(db, row["assignment_id"], now=now)
    pending.settle(db, [row["assignment_id"]], now=now)
    update(db, "sign_up", row["sign_up_id"], state=state)
    note(db, act, found, row["person"], row["assignment_id"], before, by=by, now=now)


def note(
    db: Database, act: str, found: Row, person: str, assignment_id: int, before: list[Row], *, by: Actor, now: datetime
) -> None:
    """Keep the step, told already with the roster's last version, and the audit; whoever looks at the board is told."""
    roster_id = found["roster_id"]
    after = steps.seats(db, roster_id, [found["shift_id"]])
    step_id = steps.keep(db, roster_id, act, seats=(before, after), by=by, now=now)
    sql = "SELECT id FROM roster_version WHERE roster_id = :roster_id ORDER BY number DESC LIMIT 1"
    update(db, "step", step_id, version_id=value(db, sql, roster_id=roster_id))
    run(db, "UPDATE roster SET version = version + 1 WHERE id = :roster_id", roster_id=roster_id)
    audit.record(
        db, act, "assignment", assignment_id, by=by, now=now, unit_id=found["unit_id"], roster_id=roster_id,
        person=person, **where(found),
    )  # fmt: skip


def seat_by_hand(
    db: Database,
    sign_up_id: int,
    *,
    override: str = "",
    base_url: str,
    by: Actor,
    now: datetime,
    duty: Duty | None = None,
) -> int:
    """Let a coordinator seat somebody of the waiting list, whatever their place in it; gives the assignment.

    Where all opened seats are taken one more is opened, if the shift has a slot left. The person is told. Conflict.
    """
    with write(db):
        row = _waiting_one(db, sign_up_id)
        found = opening(db, row["opening_id"])
        refuse_begun(found, now)
        slots = free_slots(db, found["shift_id"])
        if not slots:
            raise Conflict("opening_is_full", **where(found))
        if (taken := held(db, found["id"])) >= found["seats"]:
            update(db, "opening", found["id"], seats=taken + 1, version=found["version"] + 1)
        assignment_id = give(db, found, row, slots[0], override=override or row["reason"], by=by, now=now, duty=duty)
        tell_seat(db, found, row, assignment_id, base_url=base_url, now=now)
        return assignment_id


def _waiting_one(db: Database, sign_up_id: int) -> Row:
    row = one(
        db,
        """
        SELECT sign_up.id AS sign_up_id, sign_up.opening_id, sign_up.person_id, person.name AS person, sign_up.reason,
               sign_up.state
        FROM sign_up
        JOIN person ON person.id = sign_up.person_id
        WHERE sign_up.id = :id
        """,
        id=sign_up_id,
    )
    if row is None:
        raise NotFound("not_found")
    if row["state"] != "waiting":
        raise Conflict("sign_up_does_not_wait", person=row["person"])
    return row
