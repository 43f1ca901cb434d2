"""The person-trip ledger: who attended what; corrections are new entries.

Each entry carries the hash of itself and of the entry before it. Entries are written inside
`write(db)` only, which begins IMMEDIATE: one writer at a time, so the chain never forks.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from scheduler import audit, clock, fields
from scheduler.audit import Actor
from scheduler.database import Database, Row, one, rows, value, write
from scheduler.errors import Conflict, Invalid, NotFound

# What an entry says, in the order in which it is hashed. `reverses` to `at` are the correction's own.
COPIED = (
    "shift_id", "assignment_id", "person_id", "staff_no", "person", "unit_id", "unit",
    "place_id", "place", "place_kind", "activity", "day", "minutes", "role", "party", "source",
)  # fmt: skip
COLUMNS = ("id", *COPIED, "trips", "reverses", "reason", "actor", "at")
REASON_LENGTH = 200
BEFORE_THE_FIRST = "0" * 64

_INSERT = f"INSERT INTO ledger ({', '.join(COLUMNS)}, hash) VALUES ({', '.join(f':{c}' for c in COLUMNS)}, :hash)"


def credit(
    db: Database,
    shift_id: int,
    assignment_ids: Sequence[int],
    *,
    source: str,
    reason: str = "",
    by: Actor,
    now: datetime,
) -> list[int]:
    """One entry for each assignment of the shift; gives their ids.

    Unit, role and party membership are the person's as they are now. Refused where a person
    already has a standing trip for the shift.
    """
    with write(db):
        found = _attended(db, shift_id, assignment_ids)
        _refuse_second(db, shift_id, found)
        own = {"source": source, "trips": 1, "reverses": None, "reason": reason.strip()}
        return _append(db, [{**entry, **own} for entry in found], by=by, now=now)


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
    by: Actor,
    now: datetime,
) -> list[int]:
    """A person's opening balance: so many trips of so many minutes each, of which no shift is known."""
    with write(db):
        entry = _balance(db, person_id, place_id, activity)
        if entry is None:
            raise NotFound("not_found")
        own = {"day": day.isoformat(), "minutes": minutes, "trips": 1, "reverses": None, "reason": reason.strip()}
        audit.record(db, "carry_forward", "person", person_id, by=by, now=now, unit_id=entry["unit_id"], trips=trips)
        return _append(db, [{**entry, **own} for _ in range(trips)], by=by, now=now)


def correct(db: Database, entry_id: int, *, reason: str, by: Actor, now: datetime) -> int:
    """Reverse an entry by a new one with a reason; gives the new entry's id. What was written stays as it is."""
    refuse_bad_reason(reason)
    with write(db):
        entry = one(db, f"SELECT {', '.join(COPIED)}, trips FROM ledger WHERE id = :id", id=entry_id)
        if entry is None:
            raise NotFound("not_found")
        if entry["trips"] != 1 or value(db, "SELECT 1 FROM ledger WHERE reverses = :id", id=entry_id):
            raise Conflict("trip_already_corrected", person=entry["person"], day=date.fromisoformat(entry["day"]))
        reversal = {**entry, "trips": -1, "reverses": entry_id, "reason": reason.strip()}
        (new_id,) = _append(db, [reversal], by=by, now=now)
        audit.record(db, "correct", "ledger", entry_id, by=by, now=now, unit_id=entry["unit_id"], reason=reason.strip())
        return new_id


def refuse_bad_reason(reason: str) -> None:
    """A correction needs a reason that can be read later."""
    problems = fields.text("reason", reason, most=REASON_LENGTH, required=True)
    if problems:
        raise Invalid.of(problems)


def standing(db: Database, shift_id: int, person_id: int) -> int | None:
    """The entry that credits the person with the shift and has not been reversed, or None."""
    found: int | None = value(
        db,
        """
        SELECT id
        FROM ledger
        WHERE shift_id = :shift_id AND person_id = :person_id AND trips = 1
          AND NOT EXISTS (SELECT 1 FROM ledger AS correction WHERE correction.reverses = ledger.id)
        """,
        shift_id=shift_id,
        person_id=person_id,
    )
    return found


def head(db: Database) -> str:
    """The newest entry's hash: whoever keeps it can prove later that nothing before it was touched."""
    return str(value(db, "SELECT hash FROM ledger ORDER BY id DESC LIMIT 1") or BEFORE_THE_FIRST)


def verify(db: Database) -> int | None:
    """The id of the first entry that does not fit, or None.

    An entry fits when its hash is that of itself and the entry before it, and when it leaves its
    person with no trip or one for its shift. Read row by row, however long the ledger is.
    """
    broken = [entry_id for entry_id in (_first_unchained(db), _first_out_of_bounds(db)) if entry_id is not None]
    return min(broken, default=None)


def dump(db: Database) -> Iterator[Row]:
    """Every entry in the order it was written, for a reader outside: names beside ids, `party` true or false."""
    cursor = db.conn.execute(
        """
        SELECT id AS entry, assignment_id AS assignment, shift_id AS shift, person, person_id, staff_no,
               unit, unit_id, place, place_id, place_kind, activity, day, minutes, trips, role, party,
               source, reverses, reason, actor, at, hash
        FROM ledger
        ORDER BY id
        """
    )
    names = [column[0] for column in cursor.description]
    for values in cursor:
        row = dict(zip(names, values, strict=True))
        yield {**row, "party": bool(row["party"])}


def _attended(db: Database, shift_id: int, assignment_ids: Iterable[int]) -> list[Row]:
    """What an entry copies of each assignment, in the order of the slots; NotFound if one is not of this shift."""
    wanted = set(assignment_ids)
    found = rows(
        db,
        """
        SELECT shift.id AS shift_id, assignment.id AS assignment_id,
               person.id AS person_id, person.staff_no, person.name AS person, unit.id AS unit_id, unit.name AS unit,
               place.id AS place_id, place.name AS place, place.kind AS place_kind, activity.code AS activity,
               shift.day, (unixepoch(shift.ends_at) - unixepoch(shift.starts_at)) / 60 AS minutes,
               person.role, person.party
        FROM assignment
        JOIN shift ON shift.id = assignment.shift_id
        JOIN person ON person.id = assignment.person_id
        JOIN unit ON unit.id = person.unit_id
        JOIN place ON place.id = shift.place_id
        JOIN activity ON activity.id = shift.activity_id
        WHERE assignment.shift_id = :shift_id
          AND assignment.id IN (SELECT value FROM json_each(:wanted))
        ORDER BY assignment.slot, assignment.id
        """,
        shift_id=shift_id,
        wanted=json.dumps(sorted(wanted)),
    )
    if len(found) != len(wanted):
        raise NotFound("not_found")
    return found


def _balance(db: Database, person_id: int, place_id: int, activity: str) -> Row | None:
    return one(
        db,
        """
        SELECT NULL AS shift_id, NULL AS assignment_id,
               person.id AS person_id, person.staff_no, person.name AS person, unit.id AS unit_id, unit.name AS unit,
               place.id AS place_id, place.name AS place, place.kind AS place_kind, activity.code AS activity,
               person.role, person.party, 'carried_forward' AS source
        FROM person
        JOIN unit ON unit.id = person.unit_id
        JOIN place ON place.id = :place_id
        JOIN activity ON activity.code = :activity
        WHERE person.id = :person_id
        """,
        person_id=person_id,
        place_id=place_id,
        activity=activity,
    )


def _refuse_second(db: Database, shift_id: int, entries: Sequence[Row]) -> None:
    credited = one(
        db,
        """
        SELECT MAX(person) AS person, MAX(day) AS day
        FROM ledger
        WHERE shift_id = :shift_id AND person_id IN (SELECT value FROM json_each(:people))
        GROUP BY person_id
        HAVING SUM(trips) > 0
        """,
        shift_id=shift_id,
        people=json.dumps([entry["person_id"] for entry in entries]),
    )
    if credited:
        raise Conflict("trip_already_credited", person=credited["person"], day=date.fromisoformat(credited["day"]))


def _append(db: Database, entries: Sequence[Row], *, by: Actor, now: datetime) -> list[int]:
    last = one(db, "SELECT id, hash FROM ledger ORDER BY id DESC LIMIT 1") or {"id": 0, "hash": BEFORE_THE_FIRST}
    previous = last["hash"]
    chained = []
    for entry_id, entry in enumerate(entries, start=last["id"] + 1):
        signed = {**entry, "id": entry_id, "actor": by.name, "at": clock.to_text(now)}
        previous = _hash(previous, signed)
        chained.append({**signed, "hash": previous})
    db.conn.executemany(_INSERT, chained)
    return [entry["id"] for entry in chained]


def _hash(previous: str, entry: Row) -> str:
    own = json.dumps({name: entry[name] for name in COLUMNS}, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(f"{previous}{own}".encode()).hexdigest()


def _first_unchained(db: Database) -> int | None:
    previous = BEFORE_THE_FIRST
    for values in db.conn.execute(f"SELECT {', '.join(COLUMNS)}, hash FROM ledger ORDER BY id"):
        entry = dict(zip(COLUMNS, values[:-1], strict=True))
        if _hash(previous, entry) != values[-1]:
            return int(entry["id"])
        previous = values[-1]
    return None


def _first_out_of_bounds(db: Database) -> int | None:
    found: int | None = value(
        db,
        """
        SELECT MIN(id)
        FROM (
            SELECT id, SUM(trips) OVER (PARTITION BY shift_id, person_id ORDER BY id) AS standing
            FROM ledger
            WHERE shift_id IS NOT NULL
        )
        WHERE standing NOT IN (0, 1)
        """,
    )
    return found
