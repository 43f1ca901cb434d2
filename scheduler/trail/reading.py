"""Rows of the audit by who, what, whom, where and when; a page at a time, however many there are."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from scheduler import clock
from scheduler.database import Database, Row, rows, value

SIZE = 50
READ_AT_ONCE = 1000

# A row belongs to the unit that it names, else to that of whoever did it; what neither names is the whole tree's.
BASE = """
    SELECT audit.id, audit.at, audit.person_id, audit.actor, audit.act, audit.subject, audit.subject_id,
           audit.unit_id, unit.name AS unit, audit.facts, audit.origin, audit.hash
    FROM audit
    LEFT JOIN unit ON unit.id = audit.unit_id
    LEFT JOIN person ON person.id = audit.person_id
    WHERE (
        COALESCE(audit.unit_id, person.unit_id) IN (
            SELECT unit_id FROM unit_above WHERE above_id IN (SELECT value FROM json_each(:within))
        )
        OR (:is_whole AND COALESCE(audit.unit_id, person.unit_id) IS NULL)
    )
"""

CLAUSES = {
    "person": """(
        audit.person_id IN (SELECT id FROM person WHERE staff_no = :person OR name = :person) OR audit.actor = :person
    )""",
    "act": "audit.act = :act",
    "subject": "audit.subject = :subject",
    "subject_id": "audit.subject_id = :subject_id",
    "first": "audit.at >= :first",
    "after_last": "audit.at < :after_last",
    "text": "(audit.facts || ' ' || audit.actor || ' ' || audit.origin) LIKE :text ESCAPE '!'",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of the audit. `within`: units, each with all below it; nothing else narrows unless given."""

    within: tuple[int, ...]
    person: str = ""
    act: str = ""
    subject: str = ""
    subject_id: int | None = None
    first: date | None = None
    last: date | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """Rows, newest first; `older` and `newer` are what to ask next, None at the ends."""

    rows: list[Row]
    older: int | None
    newer: int | None


def page(db: Database, asked: Asked, *, before: int | None = None, after: int | None = None, size: int = SIZE) -> Page:
    """The newest rows, or those older than `before`, or those next newer than `after`."""
    if after is not None:
        read = _read(db, asked, "audit.id > :edge", after, "ASC", size + 1)
        shown = read[:size][::-1]
        return Page(shown, shown[-1]["id"] if shown else None, shown[0]["id"] if len(read) > size else None)
    read = _read(db, asked, "audit.id < :edge", before, "DESC", size + 1) if before else _newest(db, asked, size + 1)
    shown = read[:size]
    return Page(shown, shown[-1]["id"] if len(read) > size else None, shown[0]["id"] if shown and before else None)


def found(db: Database, asked: Asked, most: int) -> Iterator[Row]:
    """Every row that is asked for, newest first, `most` at most."""
    edge, left = None, most
    while left > 0:
        size = min(READ_AT_ONCE, left)
        read = _read(db, asked, "audit.id < :edge", edge, "DESC", size) if edge else _newest(db, asked, size)
        yield from read
        if len(read) < size:
            return
        edge, left = read[-1]["id"], left - len(read)


def subjects(db: Database) -> tuple[list[str], list[str]]:
    """The acts and the subjects that there are."""
    acts = [row["act"] for row in rows(db, "SELECT DISTINCT act FROM audit ORDER BY act")]
    return acts, [row["subject"] for row in rows(db, "SELECT DISTINCT subject FROM audit ORDER BY subject")]


def _newest(db: Database, asked: Asked, size: int) -> list[Row]:
    return _read(db, asked, "1", 0, "DESC", size)


def _read(db: Database, asked: Asked, edge: str, at: int | None, order: str, size: int) -> list[Row]:
    given = {
        "person": asked.person,
        "act": asked.act,
        "subject": asked.subject,
        "subject_id": asked.subject_id,
        "first": clock.to_text(clock.midnight(asked.first, db.zone)) if asked.first else None,
        "after_last": _after(db, asked.last),
        "text": f"%{_literal(asked.text)}%" if asked.text else "",
    }
    narrowing = [CLAUSES[name] for name, held in given.items() if held not in (None, "")]
    read = rows(
        db,
        f"{BASE} AND {' AND '.join([edge, *narrowing])} ORDER BY audit.id {order} LIMIT :size",
        within=json.dumps(asked.within),
        is_whole=_is_whole(db, asked.within),
        edge=at,
        size=size,
        **given,
    )
    return [{**row, "facts": json.loads(row["facts"])} for row in read]


def _after(db: Database, last: date | None) -> str | None:
    return clock.to_text(clock.midnight(last + timedelta(days=1), db.zone)) if last and last < date.max else None


def _literal(text: str) -> str:
    return "".join(f"!{letter}" if letter in "!%_" else letter for letter in text)


def _is_whole(db: Database, within: tuple[int, ...]) -> bool:
    """Whether these are all there is: every tree from its top."""
    return not value(
        db,
        """
        SELECT EXISTS (
            SELECT 1 FROM unit WHERE parent_id IS NULL AND id NOT IN (SELECT value FROM json_each(:within))
        )
        """,
        within=json.dumps(within),
    )
