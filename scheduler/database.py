"""Open SQLite the one right way; write(), one(), rows(), insert()."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import sqlite_utils
from sqlite_utils.utils import sqlite3  # type: ignore[attr-defined]  # pysqlite3 where there is one: never two SQLites

from scheduler import migrations
from scheduler.config import Settings
from scheduler.errors import Busy, Conflict

Row = dict[str, Any]
IntegrityError = sqlite3.IntegrityError

BUSY_SECONDS = 10  # longer than any write of ours; after it the reader is told that nothing was saved
WAL_SAFE_FROM = (3, 51, 3)  # 3.7.0 to 3.51.2 can corrupt a database when a WAL is reset (sqlite.org/wal.html)


class Database(sqlite_utils.Database):
    """An open database, and the zone that its local dates are in."""

    def __init__(self, connection: Any, zone: ZoneInfo) -> None:
        super().__init__(connection)
        self.zone = zone


def is_wal_safe() -> bool:
    """Whether the SQLite at hand may use a write-ahead log."""
    return tuple(sqlite3.sqlite_version_info) >= WAL_SAFE_FROM


def connect(path: Path | str, zone: ZoneInfo, *, busy_seconds: float = BUSY_SECONDS) -> Database:
    """The database at `path`, opened for one thread at a time; the schema is left as it is.

    Every commit reaches the disk (synchronous FULL). Foreign keys are on.
    """
    connection = sqlite3.connect(str(path), timeout=busy_seconds, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = FULL")
    if str(path) != ":memory:":
        connection.execute(f"PRAGMA journal_mode = {'WAL' if is_wal_safe() else 'DELETE'}")
    return Database(connection, zone)


def of(settings: Settings) -> Database:
    """The installation's database, made where it is missing and at the newest schema."""
    db = connect(settings.database, settings.zone)
    try:
        migrate(db, settings.folder / "migrate.lock")
    except BaseException:
        db.close()
        raise
    return db


def migrate(db: Database, lock: Path | None = None) -> None:
    """Bring the schema to the newest version: one process at a time, behind a file lock.

    A database that knows steps which this code does not is refused in words.
    """
    if lock is None:
        _migrate(db)
        return
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        _migrate(db)


def _migrate(db: Database) -> None:
    known = migrations.names()
    newer = [step.name for step in migrations.STEPS.applied(db) if step.name not in known]
    if newer:
        raise Conflict("schema_is_newer", step=newer[0])
    if migrations.STEPS.pending(db):
        migrations.STEPS.apply(db)


@contextmanager
def write(db: Database) -> Iterator[None]:
    """All of the block is written, or nothing of it.

    Begins IMMEDIATE, so that what the block reads is still true when it writes; a nested call
    joins as a savepoint. A lock that stays taken for ten seconds is refused as Busy.
    """
    if db.conn.in_transaction:
        with db.atomic():
            yield
        return
    try:
        db.conn.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if "locked" in str(error) or "busy" in str(error):
            raise Busy("database_is_busy") from error
        raise
    try:
        yield
        db.conn.execute("COMMIT")
    except BaseException:
        db.rollback()
        raise


def rows(db: Database, sql: str, **parameters: object) -> list[Row]:
    """Every row of a query, as dicts in the order of its columns."""
    cursor = db.conn.execute(sql, parameters)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, values, strict=True)) for values in cursor]


def one(db: Database, sql: str, **parameters: object) -> Row | None:
    """The query's first row, or None."""
    found = rows(db, sql, **parameters)
    return found[0] if found else None


def value(db: Database, sql: str, **parameters: object) -> Any:
    """The first column of the first row, or None."""
    found = db.conn.execute(sql, parameters).fetchone()
    return found[0] if found else None


def run(db: Database, sql: str, **parameters: object) -> int:
    """Carry out one statement; how many rows it changed."""
    return int(db.conn.execute(sql, parameters).rowcount)


def insert(db: Database, table: str, **columns: object) -> int:
    """Add one row and give its id. A table or column that does not exist is an error, never made."""
    names = ", ".join(columns)
    marks = ", ".join(f":{name}" for name in columns)
    return int(db.conn.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", columns).lastrowid or 0)


def update(db: Database, table: str, row_id: int, **columns: object) -> int:
    """Change the named columns of one row; how many rows there were (0 or 1)."""
    pairs = ", ".join(f"{name} = :{name}" for name in columns)
    return run(db, f"UPDATE {table} SET {pairs} WHERE id = :row_id", row_id=row_id, **columns)
