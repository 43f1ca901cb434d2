"""Ending what a person is signed in by: sessions, and links that wait."""

from __future__ import annotations

from datetime import datetime, timedelta

from scheduler import audit, clock
from scheduler.accounts.access import IN_FORCE
from scheduler.audit import Actor
from scheduler.config import Sessions
from scheduler.database import Database, Row, one, rows, run, value, write
from scheduler.errors import NotFound


def end_all(db: Database, person_id: int, *, now: datetime, but: int | None = None) -> int:
    """End every session of a person, but one; gives how many. Links that wait are void too. Inside of `write`.

    Called where a password or a right changes: who held either before is asked anew.
    """
    at = clock.to_text(now)
    run(
        db,
        "UPDATE signin_link SET used_at = :at WHERE person_id = :person_id AND used_at IS NULL",
        at=at,
        person_id=person_id,
    )
    return run(
        db,
        """
        UPDATE session SET ended_at = :at
        WHERE person_id = :person_id AND ended_at IS NULL AND id IS NOT :but
        """,
        at=at,
        person_id=person_id,
        but=but,
    )


def end_sessions(db: Database, person_id: int, *, but: int | None = None, by: Actor, now: datetime) -> int:
    """End a person's sessions because they, or an administrator, ask for it; gives how many."""
    with write(db):
        ended = end_all(db, person_id, now=now, but=but)
        unit_id = value(db, "SELECT unit_id FROM person WHERE id = :id", id=person_id)
        audit.record(db, "end_sessions", "person", person_id, by=by, now=now, unit_id=unit_id, ended=ended)
    return ended


def end_session(db: Database, session_id: int, *, by: Actor, now: datetime) -> None:
    """End one of one's own sessions; another's is NotFound."""
    with write(db):
        held = one(
            db,
            "SELECT person_id FROM session WHERE id = :id AND person_id = :person_id AND ended_at IS NULL",
            id=session_id,
            person_id=by.person_id,
        )
        if held is None:
            raise NotFound("not_found")
        run(db, "UPDATE session SET ended_at = :now WHERE id = :id", id=session_id, now=clock.to_text(now))
        audit.record(db, "sign_out", "session", session_id, by=by, now=now)


def where_signed_in(db: Database, person_id: int, *, keep: Sessions, now: datetime) -> list[Row]:
    """Where a person is signed in, used last first: id, way, device, address, made_at, seen_at, expires_at."""
    return rows(
        db,
        f"""
        SELECT id, way, device, address, made_at, seen_at, expires_at
        FROM session
        WHERE person_id = :person_id AND ended_at IS NULL AND expires_at > :now
          AND seen_at > IIF(
              EXISTS (SELECT 1 FROM access WHERE access.person_id = :person_id AND {IN_FORCE}), :since_in_charge, :since
          )
        ORDER BY seen_at DESC, id DESC
        """,
        person_id=person_id,
        now=clock.to_text(now),
        day=clock.today(now, db.zone).isoformat(),
        since=clock.to_text(now - timedelta(hours=keep.idle_hours)),
        since_in_charge=clock.to_text(now - timedelta(hours=keep.idle_hours_in_charge)),
    )
