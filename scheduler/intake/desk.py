"""Handing in a file, answering what it asks, having it stored or taken back; the background process does the work."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from scheduler import audit, clock, limits
from scheduler.audit import Actor
from scheduler.config import Settings
from scheduler.database import Database, Row, insert, one, rows, run, write
from scheduler.errors import Conflict, Invalid, NotFound

KINDS = ("people", "units", "places", "templates", "leave", "balances", "roster")
KEPT = timedelta(days=7)
NAME_MOST = 120
WAITING_MOST = 5  # files of one person that are still to be read: nobody fills the desk
OPEN = ("waiting", "columns", "questions", "ready", "refused")


def hand_in(
    db: Database, settings: Settings, *, kind: str, unit_id: int, file: str, content: bytes, by: Actor, now: datetime
) -> int:
    """Keep a file to be read in the background; gives its id. Refused: an empty one, too many that wait."""
    if kind not in KINDS:
        raise Invalid("required", field="kind")
    if not content.strip():
        raise Invalid("file_is_empty", field="file")
    limits.count(db, "import", by.person_id, now=now)
    key, name = secrets.token_hex(16), named(file)
    _keep(settings, key, content)
    with write(db):
        sql = "SELECT COUNT(*) AS n FROM intake WHERE made_by = :person_id AND task = 'read'"
        waiting = one(db, sql, person_id=by.person_id)
        if waiting and waiting["n"] >= WAITING_MOST:
            forget(settings, key)
            raise Conflict("intakes_wait", field="file", count=WAITING_MOST)
        intake_id = insert(
            db, "intake", key=key, kind=kind, unit_id=unit_id, file=name, bytes=len(content),
            made_at=clock.to_text(now), made_by=by.person_id, changed_at=clock.to_text(now),
        )  # fmt: skip
        audit.record(db, "hand_in", "intake", intake_id, by=by, now=now, unit_id=unit_id, kind=kind, file=name)
    return intake_id


def intake(db: Database, intake_id: int) -> Row:
    """One file: what is known of it, `given`, `found` and `outcome` as they were said. NotFound."""
    held = one(
        db,
        """
        SELECT intake.*, person.name AS who, unit.name AS unit
        FROM intake
        JOIN person ON person.id = intake.made_by
        JOIN unit ON unit.id = intake.unit_id
        WHERE intake.id = :intake_id
        """,
        intake_id=intake_id,
    )
    if held is None:
        raise NotFound("not_found")
    return held | {name: json.loads(held[name]) for name in ("given", "found", "outcome")}


def intakes(db: Database, below: Iterable[int], *, most: int = 50) -> list[Row]:
    """The files handed in for these units and those below, the newest first, without what was found in them."""
    return rows(
        db,
        """
        SELECT intake.id, intake.kind, intake.file, intake.state, intake.task, intake.made_at, intake.changed_at,
               person.name AS who, unit.name AS unit
        FROM intake
        JOIN person ON person.id = intake.made_by
        JOIN unit ON unit.id = intake.unit_id
        WHERE intake.unit_id IN (
            SELECT unit_id FROM unit_above WHERE above_id IN (SELECT value FROM json_each(:below))
        ) AND intake.state <> 'dropped'
        ORDER BY intake.id DESC
        LIMIT :most
        """,
        below=json.dumps(sorted(below)),
        most=most,
    )


def answer(db: Database, intake_id: int, given: Mapping[str, Any], *, version: int, by: Actor, now: datetime) -> None:
    """Keep what somebody said, beside what was said before, and have the file read again with it."""
    with write(db):
        held = _open(db, intake_id, version)
        merged = merge(held["given"], given)
        _set(db, held, state="waiting", task="read", given=json.dumps(merged, ensure_ascii=False), now=now)
        audit.record(db, "answer", "intake", intake_id, by=by, now=now, unit_id=held["unit_id"], answers=len(given))


def ask_store(db: Database, intake_id: int, *, version: int, reason: str, by: Actor, now: datetime) -> None:
    """Have what was looked at stored, as it was looked at. Refused while something is asked."""
    with write(db):
        held = _open(db, intake_id, version)
        if held["state"] != "ready":
            raise Conflict("intake_not_ready")
        if held["found"].get("warned") and not reason.strip():
            raise Invalid("required", field="reason")
        given = held["given"] | {"reason": reason.strip()[:200], "by": by.person_id}
        _set(db, held, task="store", given=json.dumps(given, ensure_ascii=False), now=now)


def ask_undo(db: Database, intake_id: int, *, version: int, by: Actor, now: datetime) -> None:
    """Have an import taken back as one."""
    with write(db):
        held = intake(db, intake_id)
        if held["version"] != version or held["task"]:
            raise Conflict("intake_moved_on")
        if held["state"] != "done":
            raise Conflict("nothing_to_undo")
        given = held["given"] | {"by": by.person_id}
        _set(db, held, task="undo", given=json.dumps(given, ensure_ascii=False), now=now)


def drop(db: Database, settings: Settings, intake_id: int, *, version: int, by: Actor, now: datetime) -> None:
    """Throw a file away that was not stored."""
    with write(db):
        held = _open(db, intake_id, version)
        _set(db, held, state="dropped", found="{}", given="{}", now=now)
        audit.record(db, "drop", "intake", intake_id, by=by, now=now, unit_id=held["unit_id"], file=held["file"])
    forget(settings, held["key"])


def merge(before: Mapping[str, Any], given: Mapping[str, Any]) -> Row:
    """Answers beside those that were there; a later one of the same question counts."""
    merged = dict(before)
    for name, said in given.items():
        if isinstance(said, dict) and name != "columns":
            merged[name] = {**merged.get(name, {}), **said}
        elif isinstance(said, list):
            merged[name] = list(dict.fromkeys([*merged.get(name, []), *said]))
        else:
            merged[name] = said
    return merged


def prune(db: Database, settings: Settings, *, now: datetime) -> int:
    """Forget files that are stored, thrown away or a week old, and what was read from them; gives how many."""
    before = clock.to_text(now - KEPT)
    with write(db):
        run(db, "UPDATE intake SET state = 'dropped' WHERE changed_at < :before AND task = '' AND state IN "
                "('columns', 'questions', 'ready', 'refused')", before=before)  # fmt: skip
        run(db, "UPDATE intake SET found = '{}', given = '{}' WHERE changed_at < :before AND task = '' "
                "AND (found <> '{}' OR given <> '{}')", before=before)  # fmt: skip
    held = {row["key"] for row in rows(db, "SELECT key FROM intake WHERE state NOT IN ('done', 'undone', 'dropped')")}
    gone = 0
    if folder(settings).is_dir():
        for path in folder(settings).iterdir():
            is_old = path.stat().st_mtime < (now - timedelta(days=1)).timestamp()
            if path.name not in held and is_old:
                path.unlink(missing_ok=True)
                gone += 1
    return gone


def folder(settings: Settings) -> Path:
    """Where files stand until they are stored."""
    return settings.folder / "imports"


def content(settings: Settings, key: str) -> bytes:
    """The file's bytes; Conflict where it is gone: a backup holds none, and a week is its time."""
    try:
        return (folder(settings) / key).read_bytes()
    except FileNotFoundError as error:
        raise Conflict("intake_file_gone") from error


def forget(settings: Settings, key: str) -> None:
    """Delete the file."""
    (folder(settings) / key).unlink(missing_ok=True)


def _keep(settings: Settings, key: str, content: bytes) -> None:
    folder(settings).mkdir(mode=0o700, exist_ok=True)
    opened = os.open(folder(settings) / key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(opened, "wb") as file:
        file.write(content)


def named(file: str) -> str:
    """A file's bare name, as it is kept."""
    bare = "".join(sign for sign in file.replace("\\", "/").rsplit("/", 1)[-1] if sign.isprintable())
    return bare[-NAME_MOST:] or "—"


def _open(db: Database, intake_id: int, version: int) -> Row:
    held = intake(db, intake_id)
    if held["state"] not in OPEN:
        raise Conflict("intake_is_over")
    if held["version"] != version or held["task"]:
        raise Conflict("intake_moved_on")
    return held


def _set(db: Database, held: Row, *, now: datetime, **columns: object) -> None:
    names = ", ".join(f"{name} = :{name}" for name in columns)
    run(
        db,
        f"UPDATE intake SET {names}, version = version + 1, changed_at = :now, started_at = NULL, progress = '' "
        "WHERE id = :id",
        id=held["id"], now=clock.to_text(now), **columns,
    )  # fmt: skip
