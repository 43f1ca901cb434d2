"""Open SQLite the one right way; write(), one(), rows(), insert()."""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import sqlite_utils
from sqlite_utils.utils import sqlite3  # type: ignore[attr-defined]  # pysqlite3 where there is one: never two SQLites

from scheduler import migrations
from scheduler.config import Settings
from scheduler.errors import Busy, Conflict, Full, Refusal, Unavailable

Row = dict[str, Any]
IntegrityError = sqlite3.IntegrityError
SqliteError: type[Exception] = sqlite3.DatabaseError
VERSION: str = sqlite3.sqlite_version

BUSY_SECONDS = 10  # longer than any write of ours; after it the reader is told that nothing was saved
MARK = "database.made"  # stands beside the database from the day it was made: where it stands, none is made again
WAL_SAFE_FROM = (3, 51, 3)  # 3.7.0 to 3.51.2 can corrupt a database when a WAL is reset (sqlite.org/wal.html)


class Database(sqlite_utils.Database):
    """An open database, and the zone that its local dates are in.

    `guard` is called at the start of every transaction, inside of it, and may refuse it. `origin` is where those
    sit who write by it: a client's network address, or nothing for this machine itself. The audit keeps it.
    """

    def __init__(self, connection: Any, zone: ZoneInfo) -> None:
        super().__init__(connection)
        self.zone = zone
        self.guard: Callable[[], None] | None = None
        self.origin = ""


def is_wal_safe() -> bool:
    """Whether the SQLite at hand may use a write-ahead log."""
    return tuple(sqlite3.sqlite_version_info) >= WAL_SAFE_FROM


def refusal_of(error: BaseException) -> Refusal | None:
    """What to tell of an error of SQLite's that is no bug of ours: locked, full, not writable, damaged; else None."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the primary code: the rest says which step failed
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return Busy("database_is_busy")
    if code == sqlite3.SQLITE_FULL:
        return Full("disk_is_full")
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN):
        return Unavailable("database_not_writable")
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return Unavailable("database_is_damaged", reason=str(error))
    return None


@contextmanager
def in_words() -> Iterator[None]:
    """Raise as a refusal whatever SQLite could not do for want of room, a lock or a sound file."""
    try:
        yield
    except sqlite3.Error as error:
        if (refusal := refusal_of(error)) is not None:
            raise refusal from error
        raise


def connect(
    path: Path | str,
    zone: ZoneInfo,
    *,
    busy_seconds: float = BUSY_SECONDS,
    create: bool = True,
    journal: str = "WAL" if is_wal_safe() else "DELETE",
) -> Database:
    """The database at `path`, opened for one thread at a time; the schema is left as it is.

    Every commit reaches the disk (synchronous FULL). Foreign keys are on.
    """
    name = str(path) if create else f"{Path(path).absolute().as_uri()}?mode=rw"
    connection = sqlite3.connect(
        name, timeout=busy_seconds, isolation_level=None, check_same_thread=False, uri=not create
    )
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")
        if str(path) != ":memory:":
            connection.execute(f"PRAGMA journal_mode = {journal}")
    except BaseException:
        connection.close()
        raise
    return Database(connection, zone)


def journal_mode(db: Database) -> str:
    """`wal`, or `delete` where this SQLite is too old for a write-ahead log."""
    return str(value(db, "PRAGMA journal_mode"))


def opened(settings: Settings, *, busy_seconds: float = BUSY_SECONDS) -> Database:
    """The installation's database as it is. One that is missing or damaged is refused, never made anew."""
    if not settings.database.exists():
        raise Unavailable("database_is_missing", path=settings.database.name)
    if settings.database.stat().st_size == 0:  # SQLite would take it for a new one
        raise Unavailable("database_is_damaged", reason=f"{settings.database.name}: 0 B")
    with in_words():
        return connect(settings.database, settings.zone, busy_seconds=busy_seconds, create=False)


def was_made(settings: Settings) -> bool:
    """Whether the folder has a database, or had one."""
    return settings.database.exists() or (settings.folder / MARK).exists()


def of(settings: Settings, before_migrating: Callable[[Database], object] | None = None) -> Database:
    """The installation's database at the newest schema: made where there never was one.

    `before_migrating` is called where a database that is in use is about to be changed. An empty file
    in the place of a database that was made is refused: something happened to it.
    """
    mark = settings.folder / MARK
    with _migrating(settings.folder / "migrate.lock"), in_words():
        was_made = mark.exists()
        db = opened(settings) if was_made else connect(settings.database, settings.zone)
        try:
            if was_made and not migrations.STEPS.applied(db):
                raise Unavailable("database_is_damaged", reason=f"{settings.database.name}: no tables")
            _migrate(db, before_migrating)
        except BaseException:
            db.close()
            raise
        mark.touch(mode=0o600)
    return db


def migrate(db: Database, lock: Path | None = None) -> None:
    """Bring the schema to the newest version: one process at a time, behind a file lock.

    A database that knows steps which this code does not is refused in words.
    """
    if lock is None:
        _migrate(db)
        return
    with _migrating(lock):
        _migrate(db)


@contextmanager
def _migrating(lock: Path) -> Iterator[None]:
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _migrate(db: Database, before: Callable[[Database], object] | None = None) -> None:
    known = migrations.names()
    applied = [step.name for step in migrations.STEPS.applied(db)]
    newer = [name for name in applied if name not in known]
    if newer:
        raise Conflict("schema_is_newer", step=newer[0])
    if migrations.STEPS.pending(db):
        if applied and before is not None:
            before(db)
        _apply(db)


def _apply(db: Database) -> None:
    """Apply every step that waits. A table may be rebuilt on the way, so who refers to whom is checked at the end."""
    db.conn.execute("PRAGMA foreign_keys = OFF")
    db.conn.execute("PRAGMA legacy_alter_table = ON")  # a trigger elsewhere may name the table that is being rebuilt
    try:
        with db.atomic():
            migrations.STEPS.apply(db)
            if broken := one(db, 'SELECT "table", parent FROM pragma_foreign_key_check LIMIT 1'):
                raise Unavailable("database_is_damaged", reason=f"{broken['table']} -> {broken['parent']}")
    finally:
        db.conn.execute("PRAGMA legacy_alter_table = OFF")
        db.conn.execute("PRAGMA foreign_keys = ON")


@contextmanager
def write(db: Database) -> Iterator[None]:
    """All of the block is written, or nothing of it.

    Begins IMMEDIATE, so that what the block reads is still true when it writes; a nested call
    joins as a savepoint. A lock that stays taken for ten seconds is refused as Busy, a full disk as
    Full, a file that cannot be written as Unavailable.
    """
    if db.conn.in_transaction:
        with db.atomic():
            yield
        return
    with in_words():
        db.conn.execute("BEGIN IMMEDIATE")
        try:
            if db.guard is not None:
                db.guard()
            yield
            db.conn.execute("COMMIT")
        except BaseException:
            db.rollback()
            raise


@contextmanager
def at_hand(db: Database, mib: int) -> Iterator[None]:
    """Keep so much of the database in memory meanwhile: what a long transaction touches then is written once.

    SQLite's own 2 MiB are enough for a page; whatever does not fit is written and read again before it is committed.
    """
    before = value(db, "PRAGMA cache_size")
    db.conn.execute(f"PRAGMA cache_size = {-1024 * mib}")
    try:
        yield
    finally:
        db.conn.execute(f"PRAGMA cache_size = {before}")


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
