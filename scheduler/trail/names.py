"""What the things are called that rows of the audit name by number."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable

from scheduler.database import Database, Row, rows

Named = dict[tuple[str, int], str]

# The facts that are numbers of a row elsewhere, and of which table.
REFERS = {
    "person_id": "person",
    "responsible_id": "person",
    "unit_id": "unit",
    "parent_id": "unit",
    "place_id": "place",
    "activity_id": "activity",
    "roster_id": "roster",
    "channels": "channel",
}

_ON = "WHERE {table}.id IN (SELECT value FROM json_each(:ids))"
_STANDS = "JOIN place ON place.id = shift.place_id"
_QUERIES = {
    "person": "SELECT id, name || ' ' || staff_no AS name FROM person",
    "unit": "SELECT id, name FROM unit",
    "place": "SELECT id, name FROM place",
    "activity": "SELECT id, name_zh AS name, name_en FROM activity",
    "template": "SELECT id, name FROM template",
    "channel": "SELECT id, name FROM channel",
    "roster": "SELECT roster.id, unit.name || ' ' || starts_on || ' – ' || ends_on AS name FROM roster "
    "JOIN unit ON unit.id = roster.unit_id",
    "shift": f"SELECT shift.id, place.name || ' ' || day AS name FROM shift {_STANDS}",
    "assignment": "SELECT assignment.id, person.name || ' · ' || place.name || ' ' || day AS name FROM assignment "
    f"JOIN person ON person.id = assignment.person_id JOIN shift ON shift.id = assignment.shift_id {_STANDS}",
    "opening": f"SELECT opening.id, place.name || ' ' || day AS name FROM opening "
    f"JOIN shift ON shift.id = opening.shift_id {_STANDS}",
    "swap_request": "SELECT swap_request.id, person.name || ' · ' || place.name || ' ' || day AS name "
    "FROM swap_request JOIN person ON person.id = swap_request.person_id "
    f"JOIN shift ON shift.id = swap_request.shift_id {_STANDS}",
    "ledger": "SELECT id, person || ' · ' || place || ' ' || COALESCE(day, '') AS name FROM ledger",
    "session": "SELECT session.id, person.name FROM session JOIN person ON person.id = session.person_id",
    "access": "SELECT access.id, person.name FROM access JOIN person ON person.id = access.person_id",
    "outbox": "SELECT outbox.id, person.name FROM outbox JOIN person ON person.id = outbox.person_id",
    "sponsorship": "SELECT sponsorship.id, place.name FROM sponsorship JOIN place ON place.id = sponsorship.place_id",
    "wall": "SELECT wall.id, unit.name FROM wall JOIN unit ON unit.id = wall.unit_id",
    "scheduled_export": "SELECT id, name FROM scheduled_export",
    "balance_batch": "SELECT id, file AS name FROM balance_batch",
    "message_text": "SELECT id, kind AS name FROM message_text",
}


def names(db: Database, found: Iterable[Row], lang: str) -> Named:
    """By table and number, as they are called now: the subjects of these rows, and what their facts name."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for row in found:
        wanted[row["subject"]].add(row["subject_id"])
        _gather(row["facts"], wanted)
    named: Named = {}
    for table, ids in wanted.items():
        if table in _QUERIES:
            sql = f"{_QUERIES[table]} {_ON.format(table=table)}"
            for row in rows(db, sql, ids=json.dumps(sorted(ids))):
                named[table, row["id"]] = row["name_en"] if lang == "en" and "name_en" in row else row["name"] or ""
    return named


def _gather(facts: object, wanted: dict[str, set[int]], name: str = "") -> None:
    if isinstance(facts, dict):
        for key, held in facts.items():
            _gather(held, wanted, key)
    elif isinstance(facts, list):
        for held in facts:
            _gather(held, wanted, name)
    elif isinstance(facts, int) and name in REFERS:
        wanted[REFERS[name]].add(facts)
