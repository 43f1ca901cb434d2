"""People who were there without being assigned: supplemented with a reason, and who it was that they stood in for."""

from __future__ import annotations

from datetime import date, datetime

from scheduler import audit, clock, ledger
from scheduler.attendance.confirming import mark_present
from scheduler.audit import Actor
from scheduler.database import Database, Row, one, update, write
from scheduler.errors import Conflict, Invalid, NotFound


def supplement(
    db: Database,
    shift_id: int,
    person_id: int,
    *,
    instead_of: int | None = None,
    reason: str,
    by: Actor,
    now: datetime,
) -> int:
    """Credit a person who attended a confirmed shift without standing in its list; gives the entry's id.

    `instead_of` is the assignment of one who was absent, where the person came in their place unannounced. One who
    is in the list as absent is marked present. A shift that was set down as not held was held after all. Refused for
    who did not belong to the organisation that day, or is credited with another shift at that time.
    """
    ledger.refuse_bad_reason(reason)
    with write(db):
        shift = _confirmed(db, shift_id)
        if (assigned := _absent_in_list(db, shift_id, person_id)) is not None:
            return mark_present(db, assigned, reason=reason, by=by, now=now)
        _refuse_elsewhere(db, shift, person_id)
        evidence = _replaced(db, shift_id, instead_of) if instead_of is not None else {}
        if shift["state"] == "cancelled":
            update(db, "shift", shift_id, state="held", confirmed_at=clock.to_text(now), confirmed_by=by.name)
        entry_id = ledger.supplement(db, shift_id, person_id, reason=reason, evidence=evidence, by=by, now=now)
        facts = {"entry": entry_id, "person": person_id, "reason": reason.strip(), **evidence}
        audit.record(db, "supplement", "shift", shift_id, by=by, now=now, unit_id=shift["unit_id"], **facts)
        return entry_id


def take_back(db: Database, shift_id: int, entry_id: int, *, reason: str, by: Actor, now: datetime) -> int:
    """A supplemented person was not there after all: their entry is reversed; gives the correction's id."""
    with write(db):
        if entry_id not in {row["id"] for row in others(db, shift_id)}:
            raise NotFound("not_found")
        return ledger.correct(db, entry_id, reason=reason, by=by, now=now)


def others(db: Database, shift_id: int) -> list[Row]:
    """Those who are in no slot of the list: their entries, reversed ones too, as `ledger.entries`."""
    return [row for row in ledger.entries(db, shift_id) if row["assignment_id"] is None and row["trips"] == 1]


def _confirmed(db: Database, shift_id: int) -> Row:
    shift = one(db, "SELECT id, state, day, starts_at, ends_at, unit_id FROM shift WHERE id = :id", id=shift_id)
    if shift is None:
        raise NotFound("not_found")
    if shift["state"] == "planned":
        raise Conflict("not_confirmed_yet")
    return shift


def _absent_in_list(db: Database, shift_id: int, person_id: int) -> int | None:
    found = one(
        db,
        "SELECT id FROM standing WHERE shift_id = :shift_id AND person_id = :person_id AND state = 'absent'",
        shift_id=shift_id,
        person_id=person_id,
    )
    return int(found["id"]) if found else None


def _refuse_elsewhere(db: Database, shift: Row, person_id: int) -> None:
    """Nobody attends before they joined, after they left, or at two places at once."""
    person = one(db, "SELECT name, joined_on, left_on FROM person WHERE id = :id", id=person_id)
    if person is None:
        raise NotFound("not_found")
    day = date.fromisoformat(shift["day"])
    if not person["joined_on"] <= shift["day"] <= (person["left_on"] or "9999-12-31"):
        raise Conflict("not_here_that_day", person=person["name"], day=day)
    elsewhere = one(
        db,
        """
        SELECT ledger.place
        FROM ledger
        JOIN shift ON shift.id = ledger.shift_id
        WHERE ledger.person_id = :person_id AND ledger.day BETWEEN date(:day, '-1 day') AND date(:day, '+1 day')
          AND shift.starts_at < :ends_at AND shift.ends_at > :starts_at AND shift.id <> :shift_id
        GROUP BY ledger.shift_id
        HAVING SUM(ledger.trips) > 0
        """,
        person_id=person_id,
        shift_id=shift["id"],
        **{name: shift[name] for name in ("day", "starts_at", "ends_at")},
    )
    if elsewhere:
        raise Conflict("trip_elsewhere", person=person["name"], place=elsewhere["place"], day=day)


def _replaced(db: Database, shift_id: int, assignment_id: int) -> dict[str, object]:
    """Who was absent, and had somebody come in their place."""
    found = one(
        db,
        """
        SELECT person.name, person.staff_no
        FROM standing
        JOIN person ON person.id = standing.person_id
        WHERE standing.id = :assignment_id AND standing.shift_id = :shift_id AND standing.state = 'absent'
        """,
        assignment_id=assignment_id,
        shift_id=shift_id,
    )
    if found is None:
        raise Invalid("unknown_assignment", field="instead_of")
    return {"instead_of": found["name"], "staff_no": found["staff_no"]}
