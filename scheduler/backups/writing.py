"""A backup as it is written: copied at one moment, checked, described, named last."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import IO

from scheduler import audit, clock, database, ledger, migrations
from scheduler.config import Settings
from scheduler.database import Database, Row, rows, value
from scheduler.errors import Conflict, Full, Invalid, Unavailable

FORMAT = "lunzhi-backup/1"


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
    return lock(settings, fcntl.LOCK_SH)


def lock(settings: Settings, kind: int) -> IO[str]:
    """The lock between those who use the database and whoever swaps it, shared or alone (`fcntl.LOCK_…`)."""
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
    with in_words(home):
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
        with in_words(target):
            _copy(db, draft)
            found = {"format": FORMAT, "file": target.name, "made_at": clock.to_text(now), **facts(draft, settings)}
            _store(manifest, json.dumps(found, ensure_ascii=False, indent=1))
            draft.replace(target)
            sync(target.parent)
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


def facts(path: Path, settings: Settings) -> Row:
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
            "audit": audit.head(copy),
        }
    return {"bytes": path.stat().st_size, "sha256": _sha256(path), **known}


def check(db: Database) -> None:
    """Refuse a file that is damaged, or a ledger or an audit that is not as it was written."""
    with database.in_words():
        damage = value(db, "PRAGMA integrity_check")
        if damage != "ok" or value(db, "PRAGMA foreign_key_check") is not None:
            raise Unavailable("database_is_damaged", reason=damage)
        if (entry := ledger.verify(db)) is not None:
            raise Invalid("ledger_is_altered", entry=entry)
        if (entry := audit.verify(db)) is not None:
            raise Invalid("audit_is_altered", entry=entry)


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


def sync(home: Path) -> None:
    """Make a renaming outlast a power cut."""
    handle = os.open(home, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def in_words(path: Path) -> Iterator[None]:
    """Raise as a refusal whatever the disk or SQLite would not do."""
    try:
        with database.in_words():
            yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise Full("disk_is_full") from error
        raise Invalid("file_not_written", path=path, reason=error.strerror) from error
