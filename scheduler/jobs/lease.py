"""The right to do background work: one process holds it at a time, by a row with a fence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from scheduler import clock
from scheduler.database import Database, Row, one, rows, run, value, write
from scheduler.errors import Conflict

NAME = "work"
KEPT = timedelta(hours=2)  # of the beats minute by minute; the page shows one hour
LASTS = timedelta(seconds=30)  # beaten every few seconds; a process that is gone is replaced within a minute


@dataclass(frozen=True, slots=True)
class Lease:
    """One process's hold. The fence grows with every new holder: an old one is told apart for ever."""

    holder: str
    fence: int


def take(db: Database, holder: str, *, now: datetime, is_last_one_gone: bool = False) -> Lease | None:
    """The lease, if nobody has it, or who had it has been silent too long; else None.

    A heartbeat from the future was made before the clock was set back: it counts as silence.
    """
    with write(db):
        held = one(db, "SELECT fence, expires_at FROM lease WHERE name = :name", name=NAME)
        is_beating = held is not None and now < clock.from_text(held["expires_at"]) and not is_ahead(db, now=now)
        if is_beating and not is_last_one_gone:
            return None
        fence = (held["fence"] if held else 0) + 1
        run(
            db,
            """
            INSERT INTO lease (name, holder, fence, beat_at, expires_at)
            VALUES (:name, :holder, :fence, :now, :expires_at)
            ON CONFLICT (name) DO UPDATE
            SET holder = excluded.holder, fence = excluded.fence, beat_at = excluded.beat_at,
                expires_at = excluded.expires_at
            """,
            name=NAME,
            holder=holder,
            fence=fence,
            now=clock.to_text(now),
            expires_at=clock.to_text(now + LASTS),
        )
        return Lease(holder, fence)


def keep(db: Database, lease: Lease, *, now: datetime) -> bool:
    """Beat the heart: False if somebody else has taken over."""
    with write(db):
        kept = run(
            db,
            """
            UPDATE lease SET beat_at = :now, expires_at = :expires_at
            WHERE name = :name AND holder = :holder AND fence = :fence
            """,
            name=NAME,
            holder=lease.holder,
            fence=lease.fence,
            now=clock.to_text(now),
            expires_at=clock.to_text(now + LASTS),
        )
        if kept:
            _count_beat(db, lease, now=now)
    return kept == 1


def _count_beat(db: Database, lease: Lease, *, now: datetime) -> None:
    """Note it under its minute; what is no longer shown goes, also what a clock that was ahead left behind."""
    run(
        db,
        """
        INSERT INTO beat (minute, beats, holder) VALUES (:minute, 1, :holder)
        ON CONFLICT (minute) DO UPDATE SET beats = beats + 1, holder = excluded.holder
        """,
        minute=_minute(now),
        holder=lease.holder,
    )
    run(db, "DELETE FROM beat WHERE minute < :first OR minute > :last", first=_minute(now - KEPT), last=_minute(now))


def _minute(now: datetime) -> str:
    return clock.to_text(now)[:16]


def give_up(db: Database, lease: Lease, *, now: datetime) -> None:
    """Let another process begin at once."""
    with write(db):
        run(
            db,
            "UPDATE lease SET expires_at = :now WHERE name = :name AND holder = :holder AND fence = :fence",
            name=NAME,
            holder=lease.holder,
            fence=lease.fence,
            now=clock.to_text(now),
        )


def is_held(db: Database, lease: Lease, *, now: datetime) -> bool:
    """Whether the lease is still this one's, and has not run out: asked before anything leaves the house."""
    return bool(
        value(
            db,
            "SELECT 1 FROM lease WHERE name = :name AND holder = :holder AND fence = :fence AND expires_at > :now",
            name=NAME,
            holder=lease.holder,
            fence=lease.fence,
            now=clock.to_text(now),
        )
    )


def require(db: Database, lease: Lease) -> None:
    """Refuse whoever was paused until another took over: asked inside of each transaction of a job."""
    fence = value(db, "SELECT fence FROM lease WHERE name = :name", name=NAME)
    if fence != lease.fence:
        raise Conflict("lease_is_lost")


def heartbeat_age(db: Database, *, now: datetime) -> int | None:
    """Seconds since the background process last beat its heart; None if it never did.

    Nor does one from the future count, of before the clock was set back: whoever lives beats again within seconds.
    """
    beat_at = value(db, "SELECT beat_at FROM lease WHERE name = :name", name=NAME)
    if beat_at is None or is_ahead(db, now=now):
        return None
    return max(0, int((now - clock.from_text(beat_at)).total_seconds()))


def is_ahead(db: Database, *, now: datetime) -> bool:
    """Whether the last beat was made before the clock was set back."""
    beat_at = value(db, "SELECT beat_at FROM lease WHERE name = :name", name=NAME)
    return beat_at is not None and clock.from_text(beat_at) > now + LASTS


def pulse(db: Database, *, now: datetime, minutes: int = 60) -> list[Row]:
    """The last minutes, oldest first, this one last: at, and how often the heart beat in each."""
    noted = {row["minute"]: row["beats"] for row in rows(db, "SELECT minute, beats FROM beat")}
    instants = (now - timedelta(minutes=ago) for ago in reversed(range(minutes)))
    return [{"at": at, "beats": noted.get(_minute(at), 0)} for at in instants]


def holder(db: Database) -> Row | None:
    """Who has the lease, or had it last: holder (machine:process), fence, beat_at, expires_at."""
    return one(db, "SELECT holder, fence, beat_at, expires_at FROM lease WHERE name = :name", name=NAME)
