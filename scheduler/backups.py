"""Backups: written, checked, told apart, rotated, and restored by a swap.

A backup is one file, `lunzhi-20260302T180000Z-nightly.sqlite3`, with a manifest of the same name beside
it. It gets its name last, after it was checked: what has the name is whole.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

from scheduler import audit, clock, database, ledger, migrations
from scheduler.audit import Actor
from scheduler.config import Settings
from scheduler.database import Database, Row, rows, value
from scheduler.errors import Conflict, Full, Invalid, NotFound, Unavailable

FORMAT = "lunzhi-backup/1"
NIGHT_BEGINS = timedelta(hours=2)  # local time: lobby and community duties are over, mails of the evening are out
NIGHTS_KEPT = 14
WEEKS_KEPT = 8  # of what is older, the newest of each week
MIGRATIONS_KEPT = 5
LEFT_BEHIND_SECONDS = 3600.0  # no backup takes an hour: what is unfinished then was killed

_NAME = re.compile(r"lunzhi-(\d{8}T\d{6}Z)-(nightly|migration|hand)\.sqlite3")


def folder(settings: Settings) -> Path:
    """Where backups are kept unless somebody names another place."""
    return settings.folder / "backups"


def opened(settings: Settings, *, now: datetime) -> Database:
    """The installation's database at the newest schema, backed up first where that changes one that is in use."""
    return database.of(settings, lambda db: make(db, settings, "migration", now=now))


def in_use(settings: Settings) -> IO[str]:
    """A lock that says that this process uses the database: nothing is swapped under it while it is open.

    It ends with the process however that ends. Waits while a restore is at work.
    """
    return _lock(settings, fcntl.LOCK_SH)


def _lock(settings: Settings, kind: int) -> IO[str]:
    held = (settings.folder / "use.lock").open("w")
    try:
        fcntl.flock(held, kind)
    except OSError as error:
        held.close()
        raise Conflict("installation_is_in_use") from error
    return held


def make(db: Database, settings: Settings, kind: str, *, now: datetime) -> Path:
    """A checked backup among the others; gives its path. `kind` is nightly, migration or hand."""
    home = folder(settings)
    with _in_words(home):
        home.mkdir(exist_ok=True, mode=0o700)
    stamp = clock.to_text(now).replace("-", "").replace(":", "")
    return write(db, home / f"lunzhi-{stamp}-{kind}.sqlite3", settings, now=now)


def write(db: Database, target: Path, settings: Settings, *, now: datetime) -> Path:
    """Copy the database as it is at this moment to `target`, whoever writes meanwhile; gives `target`.

    Checked after it is written: the file, its foreign keys, the ledger's chain. The manifest holds what was
    found. A file that is there already is not overwritten.
    """
    if target.exists():
        raise Conflict("file_is_there", path=target)
    draft, manifest = target.with_name(f".{target.name}.{os.getpid()}.new"), manifest_of(target)
    try:
        with _in_words(target):
            _copy(db, draft)
            found = {"format": FORMAT, "file": target.name, "made_at": clock.to_text(now), **_facts(draft, settings)}
            _store(manifest, json.dumps(found, ensure_ascii=False, indent=1))
            draft.replace(target)
            _sync(target.parent)
    finally:
        for path in (draft, draft.with_name(f"{draft.name}-journal")):
            with suppress(OSError):
                path.unlink()
    return target


def manifest_of(backup: Path) -> Path:
    """Where a backup's manifest stands."""
    return backup.with_suffix(".json")


def _copy(db: Database, draft: Path) -> None:
    draft.touch(mode=0o600)
    with closing(database.connect(draft, db.zone)) as copy:
        db.conn.backup(copy.conn)  # in one go: what others commit meanwhile does not make it begin anew
        copy.conn.execute("PRAGMA journal_mode = DELETE")  # one file, nothing beside it
    with draft.open("rb") as written:
        os.fsync(written.fileno())


def _facts(path: Path, settings: Settings) -> Row:
    """What a sound copy holds: bytes, sha256, schema, rows by table, the ledger's entries and head; else refused."""
    with closing(database.connect(path, settings.zone, create=False, journal="DELETE")) as copy:
        check(copy)
        tables = rows(copy, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        steps = [step.name for step in migrations.STEPS.applied(copy)]
        if not steps:
            raise Invalid("not_a_backup", path=path.name)
        known = {
            "schema": steps[-1],
            "rows": {row["name"]: value(copy, f'SELECT COUNT(*) FROM "{row["name"]}"') for row in tables},
            "ledger": {"entries": value(copy, "SELECT COUNT(*) FROM ledger"), "head": ledger.head(copy)},
        }
    return {"bytes": path.stat().st_size, "sha256": _sha256(path), **known}


def check(db: Database) -> None:
    """Refuse a file that is damaged, or a ledger that is not as it was written."""
    with database.in_words():
        damage = value(db, "PRAGMA integrity_check")
        if damage != "ok" or value(db, "PRAGMA foreign_key_check") is not None:
            raise Unavailable("database_is_damaged", reason=damage)
        if (entry := ledger.verify(db)) is not None:
            raise Invalid("ledger_is_altered", entry=entry)


def _sha256(path: Path) -> str:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _store(path: Path, text: str) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}.new")
    draft.touch(mode=0o600)
    with draft.open("w", encoding="utf-8") as opened:
        opened.write(text + "\n")
        opened.flush()
        os.fsync(opened.fileno())
    draft.replace(path)


def _sync(home: Path) -> None:
    """Make a renaming outlast a power cut."""
    handle = os.open(home, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _in_words(path: Path) -> Iterator[None]:
    try:
        with database.in_words():
            yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise Full("disk_is_full") from error
        raise Invalid("file_not_written", path=path, reason=error.strerror) from error


# which there are


def kept(settings: Settings) -> list[Row]:
    """The backups in the backup folder, newest first: path, made_at (an instant), kind, bytes."""
    found = []
    for path in folder(settings).glob("lunzhi-*.sqlite3"):
        if match := _NAME.fullmatch(path.name):
            at = clock.from_text(match[1])
            found.append({"path": path, "made_at": at, "kind": match[2], "bytes": path.stat().st_size})
    return sorted(found, key=lambda backup: backup["made_at"], reverse=True)


def latest(settings: Settings, *, now: datetime) -> Row | None:
    """The newest backup, or None. One from the future was made before the clock was set back: it is not counted."""
    return next((backup for backup in kept(settings) if backup["made_at"] <= now), None)


def is_night_due(settings: Settings, *, now: datetime) -> bool:
    """Whether no nightly backup was made since the last 02:00, local time."""
    today = clock.midnight(clock.today(now - NIGHT_BEGINS, settings.zone), settings.zone)
    nights = [backup["made_at"] for backup in kept(settings) if backup["kind"] == "nightly"]
    return not any(today + NIGHT_BEGINS <= made_at <= now for made_at in nights)


def rotate(settings: Settings, *, now: datetime) -> int:
    """Remove what is no longer kept, and what a killed process left unfinished; gives how many backups were removed."""
    home, backups = folder(settings), kept(settings)
    nights = [backup for backup in backups if backup["kind"] == "nightly"]
    weekly = {backup["made_at"].isocalendar()[:2]: backup for backup in reversed(nights[NIGHTS_KEPT:])}
    staying = {id(backup) for backup in nights[:NIGHTS_KEPT] + list(weekly.values())[-WEEKS_KEPT:]}
    going = [backup for backup in nights if id(backup) not in staying]
    going += [backup for backup in backups if backup["kind"] == "migration"][MIGRATIONS_KEPT:]
    for backup in going:
        backup["path"].unlink(missing_ok=True)
        manifest_of(backup["path"]).unlink(missing_ok=True)
    for path in home.glob(".lunzhi-*.new*"):
        if now.timestamp() - path.stat().st_mtime > LEFT_BEHIND_SECONDS:
            path.unlink(missing_ok=True)
    return len(going)


# back again


def restore(settings: Settings, source: Path, *, by: Actor, now: datetime) -> Path | None:
    """Put a backup in the place of the database; gives where the old one was put, or None if there was none.

    It is copied to a new file, checked against its manifest, and only then swapped in. Refused while
    pages or background process run, and where a newer program wrote it.
    """
    if not source.is_file():
        raise NotFound("no_such_backup", path=source)
    with _lock(settings, fcntl.LOCK_EX | fcntl.LOCK_NB):
        draft = settings.database.with_suffix(".restoring")
        try:
            with _in_words(settings.database):
                draft.unlink(missing_ok=True)
                draft.touch(mode=0o600)
                shutil.copyfile(source, draft)
                _compare(draft, source, settings)
                _prepare(draft, source, settings, by=by, now=now)
                return _swap(settings, draft, now=now)
        finally:
            for path in settings.folder.glob(f"{draft.name}*"):
                path.unlink(missing_ok=True)


def _compare(draft: Path, source: Path, settings: Settings) -> None:
    found = _facts(draft, settings)
    try:
        told = json.loads(manifest_of(source).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return  # the file alone is sound: that has to do
    except ValueError as error:
        raise Invalid("manifest_differs", path=source.name) from error
    if any(told.get(name) != found[name] for name in ("sha256", "rows", "ledger")):
        raise Invalid("manifest_differs", path=source.name)


def _prepare(draft: Path, source: Path, settings: Settings, *, by: Actor, now: datetime) -> None:
    """Refuse what is newer than we are; say in its audit that it was restored."""
    with closing(database.connect(draft, settings.zone, create=False, journal="DELETE")) as db:
        database.migrate(db)
        with database.write(db):
            audit.record(db, "restore", "organisation", 1, by=by, now=now, file=source.name)
    with draft.open("rb") as written:
        os.fsync(written.fileno())


def _swap(settings: Settings, draft: Path, *, now: datetime) -> Path | None:
    """There is a whole database at every moment: the old one gets a second name, then the new one its place."""
    current, old = settings.database, None
    if current.exists():
        stamp = clock.to_text(now).replace("-", "").replace(":", "")
        old = current.with_name(f"{current.name}.before-{stamp}")
        _merge_log(settings)
        old.unlink(missing_ok=True)
        old.hardlink_to(current)
        for ending in ("-wal", "-shm", "-journal"):  # of a damaged one: SQLite would play them into the new one
            beside = current.with_name(current.name + ending)
            if beside.exists():
                beside.replace(old.with_name(old.name + ending))
    draft.replace(current)
    (settings.folder / database.MARK).touch(mode=0o600)
    _sync(settings.folder)
    return old


def _merge_log(settings: Settings) -> None:
    """Bring into the old database what its write-ahead log still holds; one that is damaged keeps it beside."""
    try:
        with closing(database.opened(settings)) as db:
            db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except (Unavailable, database.SqliteError):
        return
