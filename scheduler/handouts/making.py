"""Making the exports that were asked for, one at a time: a file gets its name only once it is whole."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import datetime
from typing import Any

from scheduler import accounts, clock, database, exports, tallies
from scheduler.config import Settings
from scheduler.database import Database, Row, one, run, write
from scheduler.errors import Refusal
from scheduler.exports import Target
from scheduler.handouts import desk

TELL_EVERY = 2000  # trips: a few times a second
MEMORY_MOST = 1024 * 1024 * 1024
CPU_SECONDS = 1800  # a million trips take two minutes; a machine that is busy takes longer
WALL_SECONDS = 3600

TO_MAKE = "SELECT * FROM handout WHERE state = 'waiting' ORDER BY id LIMIT 1"
MINE = "key = :key AND attempt = :attempt AND state = 'making'"


class Stopped(Exception):
    """Whoever asked for it wants it no more, or somebody else makes it by now."""


def is_due(db: Database) -> bool:
    """Whether an export waits to be made."""
    return one(db, TO_MAKE) is not None


def make_one(db: Database, settings: Settings, *, now: datetime) -> bool:
    """Make the export that waits longest; False where none waits. What it raises ends in the export's own state."""
    with write(db):
        held = one(db, TO_MAKE)
        if held is None:
            return False
        held["attempt"] += 1
        run(db, "UPDATE handout SET state = 'making', attempt = :attempt, made = 0 WHERE id = :id",
            id=held["id"], attempt=held["attempt"])  # fmt: skip
    try:
        _make(db, settings, held, now)
    except Stopped:
        pass  # it has ended elsewhere
    except Refusal as refusal:
        code = "export_failed" if refusal.problems[0].facts else refusal.code  # facts are not kept
        _end(db, held, "failed", refusal=code, now=now)
    except BaseException:
        _end(db, held, "failed", refusal="export_failed", now=now)
        raise
    finally:
        shutil.rmtree(desk.begun(settings, held), ignore_errors=True)
    return True


def give_back(db: Database) -> None:
    """Let what was begun begin again: for a process that knows itself to be the only one."""
    with write(db):
        run(db, "UPDATE handout SET state = 'waiting', made = 0 WHERE state = 'making'")


def failed(db: Database, *, now: datetime) -> None:
    """What was begun ended with its process, by its bounds: it says so."""
    if held := one(db, "SELECT key, attempt FROM handout WHERE state = 'making' ORDER BY id LIMIT 1"):
        _end(db, held, "failed", refusal="export_failed", now=now)


def _make(db: Database, settings: Settings, held: Row, now: datetime) -> None:
    by = accounts.actor(db, held["made_by"])
    accounts.require(db, by, "reader", held["unit_id"], now=now)
    question = desk.question_of(db, held, now)
    desk.folder(settings).mkdir(mode=0o700, exist_ok=True)
    desk.forget_begun(settings, held["key"])
    begun = desk.begun(settings, held)
    begun.mkdir(mode=0o700)
    opened = os.open(begun / "file", os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    # the trips are read as of one moment: how far they are is told by a connection of its own
    with os.fdopen(opened, "w+b") as file, closing(database.opened(settings)) as telling:
        _tell(telling, held, entries=tallies.entries(db, **question.cut))
        target = Target(file, str(begun), lambda found: _watched(telling, held, found))
        given = {"lang": held["lang"], "by": by, "now": now}
        if held["kind"] == "tallies.xlsx":
            exports.put_tallies_workbook(db, target, question, **given)
        elif held["kind"] == "trips.xlsx":
            exports.put_trips_workbook(db, target, order=held["listing"], **given, **question.cut)
        else:
            exports.put_trips_csv(db, target, lang=held["lang"], order=held["listing"], **question.cut)
        file.flush()
        os.fsync(file.fileno())
    with write(db):
        size = (begun / "file").stat().st_size
        _end(db, held, "done", size=size, now=now)
        (begun / "file").replace(desk.folder(settings) / held["key"])  # before it is noted: noted, it is there


def _watched(db: Database, held: Row, found: Iterable[Any]) -> Iterator[Any]:
    number = 0
    for number, row in enumerate(found, start=1):
        if number % TELL_EVERY == 0:
            _tell(db, held, made=number)
        yield row
    _tell(db, held, made=number, entries=number)  # as of the moment of the file


def _tell(db: Database, held: Row, **counts: int) -> None:
    """Note how far it is; Stopped where it is this attempt's no longer."""
    columns = ", ".join(f"{name} = :{name}" for name in counts)
    with write(db):
        if not run(db, f"UPDATE handout SET {columns} WHERE {MINE}", **_mine(held), **counts):
            raise Stopped


def _end(db: Database, held: Row, state: str, *, now: datetime, size: int | None = None, refusal: str = "") -> None:
    with write(db):
        sql = f"UPDATE handout SET state = :state, bytes = :size, refusal = :refusal, ended_at = :now WHERE {MINE}"
        ended = {"state": state, "size": size, "refusal": refusal, "now": clock.to_text(now)}
        if not run(db, sql, **_mine(held), **ended) and state == "done":
            raise Stopped


def _mine(held: Row) -> Row:
    return {"key": held["key"], "attempt": held["attempt"]}
