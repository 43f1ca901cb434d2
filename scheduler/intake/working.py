"""The work on files that were handed in, one at a time: in a process of its own, within bounds."""

from __future__ import annotations

import json
from datetime import datetime

from scheduler import accounts, clock, imports
from scheduler.config import Settings
from scheduler.database import Database, Row, one, run, write
from scheduler.errors import Conflict, Invalid, Refusal
from scheduler.intake import columns, desk, storing
from scheduler.intake.plans import Plan, plan, told

TO_DO = "SELECT id FROM intake WHERE task <> '' AND started_at IS NULL ORDER BY id LIMIT 1"
MEMORY_MOST = 768 * 1024 * 1024  # of addresses: 240 MiB are there before the first row, 100,000 take 280 more
CPU_SECONDS = 240  # 100,000 rows take half a minute; a machine that is busy takes longer
WALL_SECONDS = 600


def is_due(db: Database) -> bool:
    """Whether a file waits for something."""
    return one(db, TO_DO) is not None


def work_one(db: Database, settings: Settings, *, now: datetime) -> bool:
    """Do what the oldest file waits for; False where none waits. What it raises ends in the file's own state."""
    with write(db):
        due = one(db, TO_DO)
        if due is None:
            return False
        run(db, "UPDATE intake SET started_at = :now WHERE id = :id", id=due["id"], now=clock.to_text(now))
    held = desk.intake(db, due["id"])
    try:
        {"read": _read, "store": _store, "undo": _undo}[held["task"]](db, held, settings, now)
    except Refusal as refusal:
        _refused(db, held, refusal, now)
    except MemoryError:
        _refused(db, held, Invalid("file_takes_too_much"), now)
    except BaseException:
        _refused(db, held, Conflict("intake_failed"), now)
        raise
    return True


def give_back(db: Database) -> None:
    """Let what was begun begin again: for a process that knows itself to be the only one."""
    with write(db):
        run(db, "UPDATE intake SET started_at = NULL, progress = '' WHERE started_at IS NOT NULL")


def failed(db: Database, *, now: datetime) -> None:
    """What was begun ended with its process, by its bounds: nothing of it is stored, and it says so."""
    found = one(db, "SELECT id FROM intake WHERE started_at IS NOT NULL ORDER BY id LIMIT 1")
    if found:
        _refused(db, desk.intake(db, found["id"]), Invalid("file_takes_too_much"), now)


def _at(db: Database, held: Row, progress: str) -> None:
    with write(db):
        run(db, "UPDATE intake SET progress = :progress WHERE id = :id", id=held["id"], progress=progress)


def _rows(db: Database, held: Row, done: int, of: int) -> None:
    """How many rows of all were looked at: what the page shows until there is more to show."""
    with write(db):
        run(
            db, "UPDATE intake SET found = json_set(found, '$.rows_done', :done, '$.rows_all', :of) WHERE id = :id",
            id=held["id"], done=done, of=of,
        )  # fmt: skip


def _planned(db: Database, held: Row, settings: Settings, now: datetime) -> Plan:
    _at(db, held, "open")
    content = desk.content(settings, held["key"])
    _at(db, held, "check")
    return plan(db, held, content, settings, now=now, progress=lambda done, of: _rows(db, held, done, of))


def _read(db: Database, held: Row, settings: Settings, now: datetime) -> None:
    made = _planned(db, held, settings, now)
    with write(db):
        if made.head is not None and made.state in ("questions", "ready"):
            columns.remember(db, held["unit_id"], held["kind"], made.head, made.found["columns"]["fields"], now=now)
        _end(db, held, now, state=made.state, found=json.dumps(made.found, ensure_ascii=False, default=str))


def _store(db: Database, held: Row, settings: Settings, now: datetime) -> None:
    made = _planned(db, held, settings, now)
    if made.state != "ready" or made.found["sum"] != held["found"].get("sum"):
        over = made.found | {"refusals": [*made.found.get("refusals", []), *told(Conflict("intake_overtaken"))]}
        with write(db):
            _end(db, held, now, state=made.state, found=json.dumps(over, ensure_ascii=False, default=str))
        return
    _at(db, held, "write")
    by = accounts.actor(db, held["given"].get("by", held["made_by"]))
    checked = imports.prepared(made.stored) if held["kind"] == "people" else None
    with write(db):
        accounts.require(db, by, "coordinator", held["unit_id"], now=now)
        outcome = storing.store(db, held, made.stored, settings, checked=checked, by=by, now=now)
        _end(db, held, now, state="done", outcome=json.dumps(outcome, ensure_ascii=False, default=str))
    desk.forget(settings, held["key"])


def _undo(db: Database, held: Row, settings: Settings, now: datetime) -> None:
    _at(db, held, "write")
    by = accounts.actor(db, held["given"].get("by", held["made_by"]))
    with write(db):
        accounts.require(db, by, "coordinator", held["unit_id"], now=now)
        storing.undo(db, held, settings, by=by, now=now)
        _end(db, held, now, state="undone")


def _refused(db: Database, held: Row, refusal: Refusal, now: datetime) -> None:
    """A file that was only read is refused; one to be stored or undone stays as it was, and says why."""
    said = {} if held["task"] == "read" else held["found"]
    found = said | {"refusals": told(refusal)}
    state = "refused" if held["task"] == "read" else held["state"]
    with write(db):
        _end(db, held, now, state=state, found=json.dumps(found, ensure_ascii=False, default=str))


def _end(db: Database, held: Row, now: datetime, **columns_: object) -> None:
    names = "".join(f"{name} = :{name}, " for name in columns_)
    run(
        db,
        f"UPDATE intake SET {names}task = '', started_at = NULL, progress = '', version = version + 1, "
        "changed_at = :now WHERE id = :id",
        id=held["id"], now=clock.to_text(now), **columns_,
    )  # fmt: skip
