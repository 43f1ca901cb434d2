"""Away: days or hours in which a person may not be assigned."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from scheduler import audit, clock
from scheduler.audit import Actor
from scheduler.database import Database, Row, insert, one, rows, run, write
from scheduler.errors import Conflict, Invalid, NotFound
from scheduler.people.fields import AWAY_KINDS, NOTE_MOST, Checked
from scheduler.people.finding import person


def add_away(
    db: Database,
    person_id: int,
    *,
    kind: str,
    starts_at: datetime,
    ends_at: datetime,
    note: str = "",
    by: Actor,
    now: datetime,
) -> int:
    """Note days or hours in which a person may not be assigned.

    Duties that are already theirs stay (`duties_met` names them): somebody else has to be found first. Two times away
    of one person do not overlap.
    """
    checked = Checked()
    checked.choice("kind", kind, AWAY_KINDS)
    checked.text("note", note, NOTE_MOST)
    if ends_at <= starts_at:
        checked.refuse("end_before_start", "ends")
    if checked.problems:
        raise Invalid.of(checked.problems)
    with write(db):
        unit_id = person(db, person_id)["unit_id"]
        span = {"starts_at": clock.to_text(starts_at), "ends_at": clock.to_text(ends_at)}
        refuse_overlap(db, person_id, **span)
        away_id = insert(db, "away", person_id=person_id, **span, **checked.columns)
        audit.record(db, "add_away", "person", person_id, by=by, now=now, unit_id=unit_id, kind=kind, **span)
    return away_id


def remove_away(db: Database, away_id: int, *, by: Actor, now: datetime) -> int:
    """Take a time away back; gives whose it was."""
    with write(db):
        away = one(
            db,
            """
            SELECT away.person_id, person.unit_id, away.kind, away.starts_at, away.ends_at
            FROM away
            JOIN person ON person.id = away.person_id
            WHERE away.id = :away_id
            """,
            away_id=away_id,
        )
        if away is None:
            raise NotFound("not_found")
        run(db, "DELETE FROM away WHERE id = :away_id", away_id=away_id)
        person_id = int(away.pop("person_id"))
        audit.record(db, "remove_away", "person", person_id, by=by, now=now, **away)
    return person_id


def aways(db: Database, person_id: int, *, since: datetime | None = None) -> list[Row]:
    """A person's times away that end after `since` (all without it), by start: id, kind, starts_at, ends_at, note."""
    return rows(
        db,
        """
        SELECT id, kind, starts_at, ends_at, note
        FROM away
        WHERE person_id = :person_id AND (:since IS NULL OR ends_at > :since)
        ORDER BY starts_at
        """,
        person_id=person_id,
        since=clock.to_text(since) if since else None,
    )


def duties_met(db: Database, person_id: int) -> list[Row]:
    """The person's planned duties of published rosters that fall into a time away or outside of their dates.

    By start: assignment_id, shift_id, roster_id, day, starts_at, ends_at, place, activity_zh, activity_en,
    kind (the away's, None where the person has not joined yet or has left).
    """
    left_on = person(db, person_id)["left_on"]
    gone = clock.midnight(date.fromisoformat(left_on) + timedelta(days=1), db.zone) if left_on else None
    return rows(
        db,
        """
        SELECT assignment.id AS assignment_id, shift.id AS shift_id, shift.roster_id, shift.day,
               assignment.starts_at, assignment.ends_at, place.name AS place,
               activity.name_zh AS activity_zh, activity.name_en AS activity_en, MIN(away.kind) AS kind
        FROM assignment
        JOIN shift ON shift.id = assignment.shift_id
        JOIN roster ON roster.id = shift.roster_id
        JOIN place ON place.id = shift.place_id
        JOIN activity ON activity.id = shift.activity_id
        JOIN person ON person.id = assignment.person_id
        LEFT JOIN away
          ON away.person_id = person.id
         AND away.starts_at < assignment.ends_at AND away.ends_at > assignment.starts_at
        WHERE assignment.person_id = :person_id
          AND assignment.state = 'planned'
          AND roster.state = 'published'
          AND (away.id IS NOT NULL OR shift.day < person.joined_on OR assignment.ends_at > :gone)
        GROUP BY assignment.id
        ORDER BY assignment.starts_at
        """,
        person_id=person_id,
        gone=clock.to_text(gone) if gone else None,
    )


def aways_of(db: Database, person_ids: Iterable[int]) -> dict[int, list[Row]]:
    """The times away of several people at once, by person and start: kind, starts_at, ends_at."""
    found: dict[int, list[Row]] = {}
    for row in rows(
        db,
        """
        SELECT person_id, kind, starts_at, ends_at
        FROM away
        WHERE person_id IN (SELECT value FROM json_each(:ids))
        ORDER BY person_id, starts_at
        """,
        ids=json.dumps(sorted(set(person_ids))),
    ):
        found.setdefault(row["person_id"], []).append(row)
    return found


def away_facts(db: Database, away: Row) -> dict[str, Any]:
    """What a refusal says of a time away: its kind, first and last; days where it is whole days, else with hours."""
    starts, ends = (clock.local(away[name], db.zone) for name in ("starts_at", "ends_at"))
    if starts.time() == ends.time() == time(0):
        return {"away_kind": away["kind"], "first": starts.date(), "last": ends.date() - timedelta(days=1)}
    return {"away_kind": away["kind"], "first": starts, "last": ends}


def refuse_overlap(db: Database, person_id: int, *, starts_at: str, ends_at: str) -> None:
    """Refuse a time that overlaps with one that is noted for the person. Conflict, naming it."""
    other = one(
        db,
        """
        SELECT kind, starts_at
        FROM away
        WHERE person_id = :person_id AND starts_at < :ends_at AND ends_at > :starts_at
        ORDER BY starts_at
        LIMIT 1
        """,
        person_id=person_id,
        starts_at=starts_at,
        ends_at=ends_at,
    )
    if other:
        day = clock.local(other["starts_at"], db.zone).date()
        raise Conflict("already_away", field="starts", away_kind=other["kind"], day=day)
