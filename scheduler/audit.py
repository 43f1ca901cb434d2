"""Who changed what, when and from where: rows are added, never altered, each chained to the one before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from scheduler import clock
from scheduler.database import Database, Row, one, rows, value


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does it: a person who is signed in, or the system itself (no person)."""

    person_id: int | None
    name: str


SYSTEM = Actor(None, "system")

# What a row says, in the order in which it is hashed. Rows of before the chain are of form 1 and know no origin.
FIRST_FORM = ("id", "at", "person_id", "actor", "act", "subject", "subject_id", "unit_id", "facts")
COLUMNS = (*FIRST_FORM, "origin", "form")
FORM = 2
BEFORE_THE_FIRST = "0" * 64

_INSERT = f"INSERT INTO audit ({', '.join(COLUMNS)}, hash) VALUES ({', '.join(f':{name}' for name in COLUMNS)}, :hash)"
_encoded = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode


def record(
    db: Database,
    act: str,
    subject: str,
    subject_id: int,
    /,
    *,
    by: Actor,
    now: datetime,
    unit_id: int | None = None,
    **facts: object,
) -> int:
    """Note one act, inside of the transaction that does it. `act` is a verb, `subject` a table: `publish`, `roster`.

    From where it came is told by the connection (`Database.origin`): the client's address, or nothing.
    """
    noted = {"act": act, "subject": subject, "subject_id": subject_id, "unit_id": unit_id, "facts": facts}
    return record_all(db, [noted], by=by, now=now)


def record_all(db: Database, acts: Sequence[Row], *, by: Actor, now: datetime) -> int:
    """Note acts of one moment in their order; gives the last one's id.

    Each has act, subject, subject_id, unit_id and facts (a dict), as `record` is given them.
    """
    last = one(db, "SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1") or {"id": 0, "hash": BEFORE_THE_FIRST}
    at, previous = clock.to_text(now), last["hash"]
    chained = []
    for number, act in enumerate(acts, start=last["id"] + 1):
        entry: Row = {
            "id": number,
            "at": at,
            "person_id": by.person_id,
            "actor": by.name,
            "act": act["act"],
            "subject": act["subject"],
            "subject_id": act["subject_id"],
            "unit_id": act["unit_id"],
            "facts": json.dumps(act["facts"], ensure_ascii=False, default=str, sort_keys=True),
            "origin": db.origin,
            "form": FORM,
        }
        previous = _hashed(previous, entry)
        chained.append(entry | {"hash": previous})
    db.conn.executemany(_INSERT, chained)
    return int(last["id"]) + len(chained)


def differences(before: Mapping[str, object], after: Mapping[str, object]) -> dict[str, list[object]]:
    """What of the one is otherwise in the other, as the fact `changed` holds it: name → before, after."""
    return {name: [before.get(name), held] for name, held in after.items() if before.get(name) != held}


def _hashed(previous: str, entry: Row) -> str:
    return hashlib.sha256(f"{previous}{_encoded(entry)}".encode()).hexdigest()


def head(db: Database) -> str:
    """The newest row's hash: whoever keeps it can prove later that nothing before it was touched or taken away."""
    newest = value(db, "SELECT hash FROM audit ORDER BY id DESC LIMIT 1") if _is_chained(db) else None
    return str(newest or BEFORE_THE_FIRST)


def _is_chained(db: Database) -> bool:
    """Whether this database is not from before the chain, as an old backup is."""
    return value(db, "SELECT 1 FROM pragma_table_info('audit') WHERE name = 'hash'") is not None


def find(db: Database, printed: str) -> Row | None:
    """The row whose hash was printed somewhere as the head: entry, at, later (rows since); None where it is none."""
    return one(
        db,
        """
        SELECT id AS entry, at, (SELECT COUNT(*) FROM audit AS newer WHERE newer.id > audit.id) AS later
        FROM audit
        WHERE hash = :wanted
        """,
        wanted=printed.strip().lower(),
    )


def verify(db: Database) -> int | None:
    """The id of the first row that does not fit the one before it, or None. Read row by row, however many there are.

    Nothing of the first form stands behind the second, or bears an origin. A database of before the chain has
    nothing to verify.
    """
    if not _is_chained(db):
        return None
    previous, form = BEFORE_THE_FIRST, 1
    for values in db.conn.execute(f"SELECT {', '.join(COLUMNS)}, hash FROM audit ORDER BY id"):
        entry = dict(zip(COLUMNS, values, strict=False))
        is_first = entry["form"] == 1
        fits = form == 1 and entry["origin"] == "" if is_first else entry["form"] == FORM
        own = {name: entry[name] for name in FIRST_FORM} if is_first else entry
        if not fits or _hashed(previous, own) != values[-1]:
            return int(values[0])
        previous, form = values[-1], entry["form"]
    return None


def history(db: Database, subject: str, subject_id: int, *, limit: int = 50) -> list[Row]:
    """What was done to one thing, newest first: at, actor, act, facts (a dict)."""
    found = rows(
        db,
        """
        SELECT id, at, actor, act, facts
        FROM audit
        WHERE subject = :subject AND subject_id = :subject_id
        ORDER BY id DESC
        LIMIT :limit
        """,
        subject=subject,
        subject_id=subject_id,
        limit=limit,
    )
    return [{**row, "facts": json.loads(row["facts"])} for row in found]
