"""An import carried out as one act, and taken back as one: what was changed since stays, and is named."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from scheduler import audit, imports, leave, ledger, people
from scheduler.audit import Actor
from scheduler.config import Settings
from scheduler.database import Database, IntegrityError, Row, one, rows, run, value, write
from scheduler.errors import Conflict, Problem
from scheduler.people.persons import as_given

TABLES = {"units": "unit", "places": "place", "templates": "template", "leave": "away", "people": "person"}
# What a row leaves in other tables when it is made, and goes with it.
TRACES = {
    "person": ("person_was WHERE person_id", "person_skill WHERE person_id"),
    "unit": ("unit_above WHERE unit_id",),
    "template": ("template_place WHERE template_id",),
    "place": (),
    "away": (),
}


def store(
    db: Database, held: Row, stored: Any, settings: Settings, *, checked: Any = None, by: Actor, now: datetime
) -> Row:
    """Store what was planned; gives what was done and how to undo it. Inside of `write`."""
    kind, given = held["kind"], held["given"]
    if kind == "roster":
        planned = imports.store_wall(
            db, stored, unit_id=held["unit_id"], file=held["file"], hours=given.get("hours", ""),
            activity=given.get("activity", ""), reason=given.get("reason", ""), without_barred=True,
            duty=settings.duty, by=by, now=now,
        )  # fmt: skip
        return {"roster_id": planned.roster_id, "step_id": planned.step_id, "shifts": planned.shifts,
                "seats": planned.seats}  # fmt: skip
    if kind == "balances":
        batch = imports.store_balances(db, stored, file=held["file"], unit_id=held["unit_id"], by=by, now=now)
        return {"batch_id": batch, **stored.counts()}
    table = TABLES[kind]
    newest = value(db, f"SELECT COALESCE(MAX(id), 0) FROM {table}")
    before: dict[int, Row] = _before(db, stored) if kind == "people" else {}
    asked: list[int] = []
    last = value(db, "SELECT COALESCE(MAX(id), 0) FROM leave_request")
    done = listed(db, kind, stored, settings, checked=checked, by=by, now=now)
    if kind == "leave":
        own = rows(
            db, "SELECT id FROM leave_request WHERE id > :last AND person_id = :own", last=last, own=by.person_id
        )
        asked = [row["id"] for row in own]
    _note(db, held["id"], table, newest, before)
    return dict(done) | ({"requests": asked} if asked else {})


def listed(
    db: Database, kind: str, stored: Any, settings: Settings, *, checked: Any = None, by: Actor, now: datetime
) -> dict[str, int]:
    """Store the rows of a list of this kind; gives the counts."""
    if kind == "people":
        return imports.store_people(db, stored, checked=checked, by=by, now=now)
    if kind == "leave":
        return imports.store_leave(db, stored, base_url=settings.site.base_url, by=by, now=now)
    return imports.store_list(db, kind, stored, by=by, now=now)


def undo(db: Database, held: Row, settings: Settings, *, by: Actor, now: datetime) -> None:
    """Take an import back. Inside of `write`. Conflict naming what was changed or used since; then nothing goes."""
    outcome = held["outcome"]
    if held["kind"] == "roster":
        if outcome.get("step_id"):
            imports.undo_wall(db, outcome["step_id"], by=by, now=now, duty=settings.duty)
    elif held["kind"] == "balances":
        ledger.reverse_batch(db, outcome["batch_id"], reason=f"撤销导入 {held['file']}", by=by, now=now)
    else:
        for request_id in outcome.get("requests", ()):
            leave.withdraw(db, request_id, by=by, now=now)
        _take_back(db, held, by, now)
    audit.record(db, "undo", "intake", held["id"], by=by, now=now, unit_id=held["unit_id"], file=held["file"])


def _before(db: Database, stored: Iterable[Row]) -> dict[int, Row]:
    """The people who would change, as they are: only the fields that would."""
    kept = {}
    for row in stored:
        if row["act"] == "changed":
            whole = as_given(people.person(db, row["person_id"]))
            kept[row["person_id"]] = {name: whole[name] for name in row["changed"]}
    return kept


def _note(db: Database, intake_id: int, table: str, newest: int, before: dict[int, Row]) -> None:
    """What the import added, and what it changed, with the version that each then had."""
    version = "0" if table == "away" else "version"
    run(
        db,
        f"""
        INSERT INTO intake_change (intake_id, subject, subject_id, act, before, version)
        SELECT :intake_id, :subject, id, 'added', '{{}}', {version} FROM {table} WHERE id > :newest
        """,
        intake_id=intake_id,
        subject=table,
        newest=newest,
    )
    for person_id, whole in before.items():
        run(
            db,
            """
            INSERT INTO intake_change (intake_id, subject, subject_id, act, before, version)
            SELECT :intake_id, 'person', id, 'changed', :before, version FROM person WHERE id = :person_id
            """,
            intake_id=intake_id,
            person_id=person_id,
            before=json.dumps(whole, ensure_ascii=False, default=str),
        )


def _take_back(db: Database, held: Row, by: Actor, now: datetime) -> None:
    table = TABLES[held["kind"]]
    changes = rows(
        db,
        "SELECT subject_id, act, before, version FROM intake_change WHERE intake_id = :id ORDER BY subject_id DESC",
        id=held["id"],
    )
    touched = _touched(db, held["id"], table)
    if touched:
        raise Conflict.of([Problem("intake_changed_since", None, None, {"names": "、".join(touched[:10]),
                                                                        "count": len(touched)})])  # fmt: skip
    added = [change["subject_id"] for change in changes if change["act"] == "added"]
    in_the_way: list[str] = []
    if not _removed(db, table, added):
        in_the_way = [_called(db, table, row_id) for row_id in added if not _removed(db, table, [row_id])]
    if in_the_way:
        raise Conflict.of([Problem("intake_used_since", None, None, {"names": "、".join(in_the_way[:10]),
                                                                     "count": len(in_the_way)})])  # fmt: skip
    back = {change["subject_id"]: _given(change["before"]) for change in changes if change["act"] == "changed"}
    if back:
        people.store_many(db, [], back, by=by, now=now)


def _touched(db: Database, intake_id: int, table: str) -> list[str]:
    """Who or what was changed, or is gone, since the import."""
    version = "1" if table == "away" else f"{table}.version = intake_change.version"
    found = rows(
        db,
        f"""
        SELECT intake_change.subject_id AS id, {table}.id AS there
        FROM intake_change LEFT JOIN {table} ON {table}.id = subject_id
        WHERE intake_id = :intake_id AND ({table}.id IS NULL OR NOT ({version}))
        ORDER BY subject_id
        """,
        intake_id=intake_id,
    )
    return [_called(db, table, row["id"]) if row["there"] else f"#{row['id']}" for row in found]


def _removed(db: Database, table: str, ids: list[int]) -> bool:
    """Whether the rows are gone; False where something holds on to one: a duty, a grant, a ledger entry."""
    these = "IN (SELECT value FROM json_each(:ids))"
    try:
        with write(db):
            for trace in TRACES[table]:
                run(db, f"DELETE FROM {trace} {these}", ids=json.dumps(ids))
            run(db, f"DELETE FROM {table} WHERE id {these}", ids=json.dumps(ids))
    except (IntegrityError, Conflict):
        return False
    return True


def _called(db: Database, table: str, row_id: int) -> str:
    if table == "away":
        sql = "SELECT person.name AS name FROM away JOIN person ON person.id = person_id WHERE away.id = :id"
    else:
        sql = f"SELECT name FROM {table} WHERE id = :id"
    held = one(db, sql, id=row_id)
    return str(held["name"]) if held else f"#{row_id}"


def _given(before: str) -> Row:
    held = json.loads(before)
    return {
        name: date.fromisoformat(kept) if name in ("joined_on", "left_on") and kept else kept
        for name, kept in held.items()
    }
