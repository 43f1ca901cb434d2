"""What is entered: an attended shift, one that is supplemented, an opening balance, a correction."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from scheduler import audit, fields
from scheduler.audit import Actor
from scheduler.database import Database, Row, one, rows, value, write
from scheduler.errors import Conflict, Invalid, NotFound
from scheduler.ledger.chain import ADDED, COPIED, append

REASON_LENGTH = 200
Seat = tuple[int, int, int | None]  # shift, person, assignment: none where somebody came who was not assigned


def credit(db: Database, sources: Mapping[int, str], *, reason: str = "", by: Actor, now: datetime) -> list[int]:
    """One entry for each assignment, of whatever shifts, with its source; gives their ids, in the order given.

    Inside of `write`, and not in a savepoint of its own: SQLite goes through all that it keeps for one after each
    entry. Unit, role, name and party membership are those that held for the person on the shift's day. Refused
    where a person already has a standing trip for the shift.
    """
    found = _attended(db, _seats(db, sources))
    _refuse_second(db, found)
    own = {"trips": 1, "reverses": None, "reason": reason.strip()}
    entries = [_proved({**entry, "source": sources[entry["assignment_id"]], **own}) for entry in found]
    return append(db, entries, by=by, now=now)


def supplement(
    db: Database,
    shift_id: int,
    person_id: int,
    *,
    reason: str,
    evidence: Mapping[str, object] | None = None,
    by: Actor,
    now: datetime,
) -> int:
    """Enter a person who attended a shift without being assigned to it; gives the entry's id."""
    refuse_bad_reason(reason)
    with write(db):
        found = _attended(db, [(shift_id, person_id, None)])
        _refuse_second(db, found)
        own = {"source": "supplemented", "trips": 1, "reverses": None, "reason": reason.strip()}
        entry = {**found[0], **own, "evidence": _written(evidence or {})}
        (entry_id,) = append(db, [entry], by=by, now=now)
        return entry_id


def carry_forward(
    db: Database,
    person_id: int,
    *,
    place_id: int,
    activity: str,
    day: date,
    minutes: int,
    trips: int,
    reason: str,
    evidence: Mapping[str, object] | None = None,
    batch_id: int | None = None,
    by: Actor,
    now: datetime,
) -> list[int]:
    """A person's opening balance: so many trips of so many minutes each, of which no shift is known.

    No minutes where nobody knows how long they took. Refused where the day's month is closed.
    """
    with write(db):
        entry = _balance(db, person_id, place_id, activity, day.isoformat())
        if entry is None:
            raise NotFound("not_found")
        own = {"day": day.isoformat(), "minutes": minutes, "trips": 1, "reverses": None, "reason": reason.strip()}
        own |= {"evidence": _written(evidence or {}), "batch_id": batch_id}
        if batch_id is None:  # a batch is one act, noted once
            audit.record(
                db, "carry_forward", "person", person_id, by=by, now=now, unit_id=entry["unit_id"], trips=trips
            )
        return append(db, [{**entry, **own} for _ in range(trips)], by=by, now=now)


def correct(db: Database, entry_id: int, *, reason: str, by: Actor, now: datetime) -> int:
    """Reverse an entry by a new one with a reason; gives the new entry's id. What was written stays as it is."""
    refuse_bad_reason(reason)
    with write(db):
        entry = one(db, f"SELECT {', '.join((*COPIED, *ADDED))}, trips FROM ledger WHERE id = :id", id=entry_id)
        if entry is None:
            raise NotFound("not_found")
        if entry["trips"] != 1 or value(db, "SELECT 1 FROM ledger WHERE reverses = :id", id=entry_id):
            raise Conflict("trip_already_corrected", person=entry["person"], day=date.fromisoformat(entry["day"]))
        (new_id,) = append(db, [reversal(entry, entry_id, reason)], by=by, now=now)
        audit.record(db, "correct", "ledger", entry_id, by=by, now=now, unit_id=entry["unit_id"], reason=reason.strip())
        return new_id


def reversal(entry: Row, entry_id: int, reason: str) -> Row:
    """What takes an entry back: all that it says, once less."""
    return {**entry, "trips": -1, "reverses": entry_id, "reason": reason.strip()}


def refuse_bad_reason(reason: str) -> None:
    """A correction needs a reason that can be read later."""
    problems = fields.text("reason", reason, most=REASON_LENGTH, required=True)
    if problems:
        raise Invalid.of(problems)


def _seats(db: Database, assignment_ids: Iterable[int]) -> list[Seat]:
    """The assignments' seats in their order; NotFound if there is no such assignment."""
    wanted = list(assignment_ids)
    found = rows(
        db,
        """
        SELECT assignment.shift_id, assignment.person_id, assignment.id
        FROM json_each(:wanted) AS wanted
        JOIN assignment ON assignment.id = wanted.value
        ORDER BY wanted.key
        """,
        wanted=json.dumps(wanted),
    )
    if len(found) != len(wanted):
        raise NotFound("not_found")
    return [(row["shift_id"], row["person_id"], row["id"]) for row in found]


def _attended(db: Database, seats: Sequence[Seat]) -> list[Row]:
    """What an entry copies for each seat, as all of it was on the shift's day."""
    found = rows(
        db,
        """
        WITH seat AS MATERIALIZED (
            SELECT key, value ->> 0 AS shift_id, value ->> 1 AS person_id, value ->> 2 AS assignment_id
            FROM json_each(:seats)
        )
        SELECT shift.id AS shift_id, seat.assignment_id,
               person.person_id, person.staff_no, person.name AS person, unit.id AS unit_id, unit.name AS unit,
               place.id AS place_id, place.name AS place, place.kind AS place_kind, activity.code AS activity,
               shift.day, (unixepoch(shift.ends_at) - unixepoch(shift.starts_at)) / 60 AS minutes,
               person.role, person.party, shift.tasks, sponsor.id AS sponsor_id, COALESCE(sponsor.name, '') AS sponsor,
               check_in.at AS arrived_at, check_in.way
        FROM seat
        JOIN shift ON shift.id = seat.shift_id
        JOIN person_was AS person ON person.person_id = seat.person_id AND person.since = (
            SELECT MAX(since) FROM person_was WHERE person_id = seat.person_id AND since <= shift.day
        )
        JOIN unit ON unit.id = person.unit_id
        JOIN place ON place.id = shift.place_id
        JOIN activity ON activity.id = shift.activity_id
        LEFT JOIN check_in ON check_in.assignment_id = seat.assignment_id AND check_in.voided_at IS NULL
        LEFT JOIN unit AS sponsor ON sponsor.id = (
            SELECT unit_id
            FROM sponsorship
            WHERE place_id = shift.place_id AND starts_on <= shift.day
              AND COALESCE(ends_on, '9999-12-31') >= shift.day
            ORDER BY starts_on, id
            LIMIT 1
        )
        ORDER BY seat.key
        """,
        seats=json.dumps(seats),
    )
    if len(found) != len(seats):
        raise NotFound("not_found")
    return [{**row, "tasks": _listed(row["tasks"])} for row in found]


def _listed(tasks: str) -> str:
    """A shift's tasks, a line each, as a list without doubles."""
    return _written(list(dict.fromkeys(line.strip() for line in tasks.splitlines() if line.strip())))


def _proved(entry: Row) -> Row:
    """The entry with its evidence: the check-in, where that is the source."""
    if entry["source"] != "check_in" or entry["arrived_at"] is None:
        return entry
    return {**entry, "evidence": _written({"at": entry["arrived_at"], "way": entry["way"]})}


def _written(given: object) -> str:
    return json.dumps(given, ensure_ascii=False, separators=(",", ":"))


def _balance(db: Database, person_id: int, place_id: int, activity: str, day: str) -> Row | None:
    return one(
        db,
        """
        SELECT NULL AS shift_id, NULL AS assignment_id,
               person.person_id, person.staff_no, person.name AS person, unit.id AS unit_id, unit.name AS unit,
               place.id AS place_id, place.name AS place, place.kind AS place_kind, activity.code AS activity,
               person.role, person.party, 'carried_forward' AS source
        FROM person_was AS person
        JOIN unit ON unit.id = person.unit_id
        JOIN place ON place.id = :place_id
        JOIN activity ON activity.code = :activity
        WHERE person.person_id = :person_id AND person.since <= :day
        ORDER BY person.since DESC
        LIMIT 1
        """,
        person_id=person_id,
        place_id=place_id,
        activity=activity,
        day=day,
    )


def _refuse_second(db: Database, entries: Sequence[Row]) -> None:
    credited = one(
        db,
        """
        SELECT MAX(person) AS person, MAX(day) AS day
        FROM json_each(:seats) AS seat
        CROSS JOIN ledger ON shift_id = seat.value ->> 0 AND person_id = seat.value ->> 1
        GROUP BY shift_id, person_id
        HAVING SUM(trips) > 0
        LIMIT 1
        """,
        seats=json.dumps([(entry["shift_id"], entry["person_id"]) for entry in entries]),
    )
    if credited:
        raise Conflict("trip_already_credited", person=credited["person"], day=date.fromisoformat(credited["day"]))
