"""How often one may try: counted in the database, so that it holds across processes; a growing wait, never for ever."""

from __future__ import annotations

import hashlib
import ipaddress
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from scheduler import clock
from scheduler.database import Database, Row, one, run, write
from scheduler.errors import TooMany, Unavailable

log = logging.getLogger(__name__)

PATIENCE_MS = 1000  # counting waits no longer for another writer: what is counted goes on without


@dataclass(frozen=True, slots=True)
class Limit:
    """So many tries within a window; whoever goes beyond waits, twice as long each time, up to the longest wait.

    The waits are forgotten after a quiet time of twice the longest one.
    """

    most: int
    within: timedelta
    first_wait: timedelta = timedelta(minutes=1)
    longest_wait: timedelta = timedelta(minutes=15)


MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)

LIMITS = {
    "signin": Limit(100, 10 * MINUTE),  # wrong tries from one address: a whole branch may stand behind it
    "password": Limit(6, 10 * MINUTE, first_wait=MINUTE / 2),  # wrong ones from one address for one account
    "account": Limit(200, HOUR, longest_wait=5 * MINUTE),  # wrong ones for one account, from anywhere
    "link": Limit(60, 10 * MINUTE),  # asking for a link by e-mail, from one address
    "token": Limit(60, 10 * MINUTE),  # addresses that do not exist: calendars, walls, signed links
    "export": Limit(60, 10 * MINUTE),
    "import": Limit(30, 10 * MINUTE),
    "test_message": Limit(10, 10 * MINUTE),
}


def client(address: str | None) -> str:
    """What a network address counts as: of version 6 its /64, since one household has as many as it likes."""
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return "unknown"
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, 64), strict=False))


def require(db: Database, kind: str, who: object, *, now: datetime) -> None:
    """Refuse where this one has to wait; counts nothing."""
    if (held := _held(db, kind, who)) is not None and held["until"] > clock.to_text(now):
        raise _too_many(held["until"], now)


def count(db: Database, kind: str, who: object, *, now: datetime) -> None:
    """Note one try in a transaction of its own; refuses it where it is one too many, or where one has to wait.

    Where the database cannot be written the try goes on uncounted: nobody is kept out for that.
    """
    until = None
    try:
        with _impatient(db), write(db):
            until = _count(db, LIMITS[kind], kind, _hashed(who), now)
    except Unavailable as error:
        log.warning("a try was not counted: %s", error.code)
    if until is not None:
        raise _too_many(until, now)


def forget(db: Database, kind: str, who: object) -> None:
    """What was counted is void, as after a sign-in that went well."""
    with write(db):
        run(db, "DELETE FROM attempt WHERE kind = :kind AND who = :who", kind=kind, who=_hashed(who))


def prune(db: Database, *, now: datetime) -> int:
    """Forget windows and waits that are over by a day."""
    before = clock.to_text(now - timedelta(days=1))
    with write(db):
        return run(db, "DELETE FROM attempt WHERE begins_at < :before AND until < :before", before=before)


def _count(db: Database, limit: Limit, kind: str, who: str, now: datetime) -> str | None:
    """Until when to wait, or None; the row is brought up to date."""
    held = _row(db, kind, who) or {"begins_at": "", "tries": 0, "waits": 0, "until": ""}
    at = clock.to_text(now)
    if held["until"] > at:
        return str(held["until"])
    begins_at, tries, waits = held["begins_at"], held["tries"], held["waits"]
    if held["until"] and held["until"] < clock.to_text(now - 2 * limit.longest_wait):
        waits = 0
    if begins_at <= clock.to_text(now - limit.within):
        begins_at, tries = at, 0
    until = ""
    if tries >= limit.most:
        wait = min(limit.first_wait * 2 ** min(waits, 16), limit.longest_wait)
        begins_at, tries, waits, until = at, 0, waits + 1, clock.to_text(now + wait)
    else:
        tries, until = tries + 1, held["until"]
    run(
        db,
        """
        INSERT INTO attempt (kind, who, begins_at, tries, waits, until)
        VALUES (:kind, :who, :begins_at, :tries, :waits, :until)
        ON CONFLICT (kind, who) DO UPDATE
        SET begins_at = excluded.begins_at, tries = excluded.tries, waits = excluded.waits, until = excluded.until
        """,
        kind=kind,
        who=who,
        begins_at=begins_at,
        tries=tries,
        waits=waits,
        until=until,
    )
    return until if until > at else None


def _held(db: Database, kind: str, who: object) -> Row | None:
    return _row(db, kind, _hashed(who))


def _row(db: Database, kind: str, who: str) -> Row | None:
    return one(
        db,
        "SELECT begins_at, tries, waits, until FROM attempt WHERE kind = :kind AND who = :who",
        kind=kind,
        who=who,
    )


def _hashed(who: object) -> str:
    """Neither addresses nor staff numbers are kept: only what tells one from another."""
    return hashlib.sha256(str(who).encode()).hexdigest()[:32]


def _too_many(until: str, now: datetime) -> TooMany:
    seconds = max(1, int((clock.from_text(until) - now).total_seconds()))
    return TooMany("too_many_tries", seconds=seconds, minutes=-(-seconds // 60))


@contextmanager
def _impatient(db: Database) -> Iterator[None]:
    before = db.conn.execute("PRAGMA busy_timeout").fetchone()[0]
    db.conn.execute(f"PRAGMA busy_timeout = {min(before, PATIENCE_MS)}")
    try:
        yield
    finally:
        db.conn.execute(f"PRAGMA busy_timeout = {before}")
