"""The chain: each entry's hash is of itself and of the entry before it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import sha256
from json.encoder import encode_basestring_ascii as _quoted
from typing import Any

from scheduler import clock
from scheduler.audit import Actor
from scheduler.database import Database, Row, one, value
from scheduler.ledger.closed import covering

# What an entry says, in the order in which it is hashed. `reverses` to `at` are the correction's own.
COPIED = (
    "shift_id", "assignment_id", "person_id", "staff_no", "person", "unit_id", "unit",
    "place_id", "place", "place_kind", "activity", "day", "minutes", "role", "party", "source",
)  # fmt: skip
FIRST_FORM = ("id", *COPIED, "trips", "reverses", "reason", "actor", "at")
ADDED = ("tasks", "sponsor_id", "sponsor", "evidence", "batch_id")  # copied too, since the second form
COLUMNS = (*FIRST_FORM, "form", *ADDED, "close_id")
FORM = 2  # of what is written now; entries of the first form keep the hash that they were written with
BARE: Row = {"tasks": "[]", "sponsor_id": None, "sponsor": "", "evidence": "{}", "batch_id": None}
BEFORE_THE_FIRST = "0" * 64

_INSERT = f"INSERT INTO ledger ({', '.join(COLUMNS)}, hash) VALUES ({', '.join(f':{c}' for c in COLUMNS)}, :hash)"
_FORMS = {
    form: "%s{" + ",".join(f'"{name}":%s' for name in names) + "}" for form, names in ((1, FIRST_FORM), (2, COLUMNS))
}


def append(db: Database, entries: Sequence[Row], *, by: Actor, now: datetime) -> list[int]:
    """Chain these entries to the newest; gives their ids. One whose month is closed says so."""
    last = one(db, "SELECT id, hash FROM ledger ORDER BY id DESC LIMIT 1") or {"id": 0, "hash": BEFORE_THE_FIRST}
    previous = last["hash"]
    at, closes = clock.to_text(now), covering(db, entries)
    chained = []
    for entry_id, entry in enumerate(entries, start=last["id"] + 1):
        own = {"id": entry_id, "actor": by.name, "at": at, "form": FORM, "close_id": closes.get(entry_id - last["id"])}
        signed = {**BARE, **entry, **own}
        previous = hashed(previous, [signed[name] for name in COLUMNS])
        chained.append({**signed, "hash": previous})
    db.conn.executemany(_INSERT, chained)
    return [entry["id"] for entry in chained]


def hashed(previous: str, values: Iterable[Any], form: int = FORM) -> str:
    """The hash of an entry behind another's; `values` are those of its form's columns, in their order.

    It is that of the other hash and of the entry as JSON, as `json.dumps(..., separators=(",", ":"))` writes it;
    put together by hand because a ledger has millions.
    """
    texts = [
        held if held.__class__ is int
        else _quoted(held) if held.__class__ is str
        else "null" if held is None else json.dumps(held)
        for held in values
    ]  # fmt: skip
    return sha256((_FORMS[form] % (previous, *texts)).encode()).hexdigest()


def head(db: Database) -> str:
    """The newest entry's hash: whoever keeps it can prove later that nothing before it was touched."""
    return str(value(db, "SELECT hash FROM ledger ORDER BY id DESC LIMIT 1") or BEFORE_THE_FIRST)


def find(db: Database, printed: str) -> Row | None:
    """The entry whose hash was printed somewhere as the head: entry, at, later (entries since); None where it is none.

    The head of an empty ledger is entry 0.
    """
    wanted = printed.strip().lower()
    count = value(db, "SELECT COUNT(*) FROM ledger")
    if wanted == BEFORE_THE_FIRST:
        return {"entry": 0, "at": None, "later": count}
    return one(
        db,
        """
        SELECT id AS entry, at, (SELECT COUNT(*) FROM ledger AS newer WHERE newer.id > ledger.id) AS later
        FROM ledger
        WHERE hash = :wanted
        """,
        wanted=wanted,
    )


def verify(db: Database) -> int | None:
    """The id of the first entry that does not fit, or None.

    An entry fits when its hash is that of itself and the entry before it, and when it leaves its
    person with no trip or one for its shift. Read row by row, however long the ledger is.
    """
    broken = [entry_id for entry_id in (_first_unchained(db), _first_out_of_bounds(db)) if entry_id is not None]
    return min(broken, default=None)


def _first_unchained(db: Database) -> int | None:
    """Nothing of the first form stands behind the second, or bears what only the second's hash covers.

    A ledger of before the second form, as in a backup from then, has none of the columns that came with it.
    """
    is_older = value(db, "SELECT 1 FROM pragma_table_info('ledger') WHERE name = 'form'") is None
    added = "1 AS form" if is_older else ", ".join(COLUMNS[len(FIRST_FORM) :])
    previous, form, bare = BEFORE_THE_FIRST, 1, () if is_older else (*BARE.values(), None)
    at = len(FIRST_FORM)
    for values in db.conn.execute(f"SELECT {', '.join(FIRST_FORM)}, {added}, hash FROM ledger ORDER BY id"):
        is_first = values[at] == 1
        fits = values[at + 1 : -1] == bare and form == 1 if is_first else values[at] == FORM
        if not fits or hashed(previous, values[:at] if is_first else values[:-1], values[at]) != values[-1]:
            return int(values[0])
        previous, form = values[-1], values[at]
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
