"""Back again: checked beside the database, settled, and only then swapped in."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from scheduler import audit, clock, database
from scheduler.audit import Actor
from scheduler.backups import settling
from scheduler.backups.writing import facts, in_words, lock, manifest_of, sync
from scheduler.config import Settings
from scheduler.database import Database
from scheduler.errors import Invalid, NotFound, Unavailable


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did: where the database of before was put (None if there was none), and how many messages
    it held back, sessions and sign-in links it ended, addresses it kept revoked."""

    old: Path | None
    held: int
    sessions: int
    links: int
    revoked: int


def restore(
    settings: Settings,
    source: Path,
    *,
    by: Actor,
    now: datetime,
    queue: Callable[[Database], object] = lambda db: None,
) -> Restored:
    """Put a backup in the place of the database.

    It is copied to a new file, checked against its manifest, and only then swapped in. Refused while
    pages or background process run, and where a newer program wrote it. `queue` puts into the outbox what
    fell due since the backup was made, so that it is held back with what was due then.
    """
    if not source.is_file():
        raise NotFound("no_such_backup", path=source)
    with lock(settings, fcntl.LOCK_EX | fcntl.LOCK_NB):
        draft = settings.database.with_suffix(".restoring")
        try:
            with in_words(settings.database):
                draft.unlink(missing_ok=True)
                draft.touch(mode=0o600)
                shutil.copyfile(source, draft)
                _compare(draft, source, settings)
                settled = _prepare(draft, source, settings, queue, by=by, now=now)
                return Restored(_swap(settings, draft, now=now), **settled)
        finally:
            for path in settings.folder.glob(f"{draft.name}*"):
                path.unlink(missing_ok=True)


def _compare(draft: Path, source: Path, settings: Settings) -> None:
    found = facts(draft, settings)
    try:
        told = json.loads(manifest_of(source).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return  # the file alone is sound: that has to do
    except ValueError as error:
        raise Invalid("manifest_differs", path=source.name) from error
    if any(told.get(name) != found[name] for name in ("sha256", "rows", "ledger")):
        raise Invalid("manifest_differs", path=source.name)


def _prepare(
    draft: Path, source: Path, settings: Settings, queue: Callable[[Database], object], *, by: Actor, now: datetime
) -> dict[str, int]:
    """Refuse what is newer than we are; end what a backup may not bring back; say in its audit that it was restored."""
    with closing(database.connect(draft, settings.zone, create=False, journal="DELETE")) as db:
        database.migrate(db)
        queue(db)
        with database.write(db):
            settled = settling.settle(db, now=now) | settling.carry_over(db, _before(settings))
            audit.record(db, "restore", "organisation", 1, by=by, now=now, file=source.name, **settled)
    with draft.open("rb") as written:
        os.fsync(written.fileno())
    return settled


def _before(settings: Settings) -> settling.Before:
    """What the database that is replaced still tells, if it can be read; in a new folder there is none."""
    if not database.was_made(settings):
        return settling.Before(calendars=None)
    try:
        with closing(database.opened(settings)) as db:
            return settling.before(db)
    except (Unavailable, database.SqliteError):
        return settling.Before()


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
    sync(settings.folder)
    return old


def _merge_log(settings: Settings) -> None:
    """Bring into the old database what its write-ahead log still holds; one that is damaged keeps it beside."""
    try:
        with closing(database.opened(settings)) as db:
            db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except (Unavailable, database.SqliteError):
        return
