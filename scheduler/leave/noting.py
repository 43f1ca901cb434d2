"""Leave that a coordinator enters, one by one or from a list: approved as it stands, but for their own."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from scheduler import audit, clock, people
from scheduler.audit import Actor
from scheduler.database import Database, Row, insert, one, write
from scheduler.errors import NotFound
from scheduler.leave.asking import ask_beside, refuse_own
from scheduler.leave.telling import tell_coordinators
from scheduler.people.away import refuse_overlap


def note(
    db: Database,
    person_id: int,
    *,
    kind: str,
    starts_at: datetime,
    ends_at: datetime,
    note: str = "",
    base_url: str,
    by: Actor,
    now: datetime,
) -> int:
    """As `people.add_away`; the other coordinators are told where it meets a published duty. Conflict: it is one's own,
    which is asked for like anybody's."""
    with write(db):
        refuse_own(db, person_id, by=by, now=now)
        away_id = people.add_away(
            db, person_id, kind=kind, starts_at=starts_at, ends_at=ends_at, note=note, by=by, now=now
        )
        _tell(db, away_id, base_url=base_url, by=by, now=now)
    return away_id


def store(db: Database, given: Iterable[Row], *, base_url: str, by: Actor, now: datetime) -> int:
    """Store many times away (person_id, kind, starts_at, ends_at, note) as one act, all or none; gives how many.

    Nobody approves their own: what the list says of who brings it is asked for. Conflict: one of them overlaps with
    what is noted, or of one's own asked for, by now.
    """
    rows = list(given)
    with write(db):
        stored = [_stored(db, row) for row in rows if row["person_id"] != by.person_id]
        for away_id in stored:
            _tell(db, away_id, base_url=base_url, by=by, now=now)
        for row in rows:
            if row["person_id"] == by.person_id:
                ask_beside(db, row, base_url=base_url, by=by, now=now)
        if stored:
            audit.record(db, "import_leave", "leave", stored[0], by=by, now=now, count=len(stored))
    return len(stored)


def _stored(db: Database, row: Row) -> int:
    span = {name: clock.to_text(row[name]) for name in ("starts_at", "ends_at")}
    refuse_overlap(db, row["person_id"], **span)
    return insert(db, "away", person_id=row["person_id"], kind=row["kind"], note=row["note"], **span)


def _tell(db: Database, away_id: int, *, base_url: str, by: Actor, now: datetime) -> None:
    found = one(
        db,
        """
        SELECT away.id, away.person_id, person.name AS person, person.unit_id, away.kind, away.starts_at,
               away.ends_at, 'approved' AS state
        FROM away
        JOIN person ON person.id = away.person_id
        WHERE away.id = :away_id
        """,
        away_id=away_id,
    )
    if found is None:
        raise NotFound("not_found")
    key = f"away:{away_id}:{found['starts_at']}"
    tell_coordinators(db, found, base_url=base_url, by=by, now=now, key=key)
