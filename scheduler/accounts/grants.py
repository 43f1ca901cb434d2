"""Grants: given from a day to a day, ended, never deleted; the sessions of before end with each change."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from scheduler import audit, clock
from scheduler.accounts.access import IN_FORCE, Granted, unit_of
from scheduler.accounts.ending import end_all
from scheduler.audit import Actor
from scheduler.database import Database, Row, insert, one, rows, run, value, write
from scheduler.errors import Conflict, Invalid, NotFound


def grant(
    db: Database,
    person_id: int,
    role: Granted,
    unit_id: int,
    *,
    starts_on: date | None = None,
    ends_on: date | None = None,
    by: Actor,
    now: datetime,
) -> int:
    """Grant a role over a unit and all below it, from today on unless a day is named; the same twice changes nothing.

    Whoever is granted a role signs in anew. Invalid: days that are over or the wrong way round. Conflict: the role is
    held on some of these days already.
    """
    first = starts_on or clock.today(now, db.zone)
    _refuse_days(first, ends_on, clock.today(now, db.zone))
    given = {"person_id": person_id, "role": role, "unit_id": unit_id}
    days = {"starts_on": first.isoformat(), "ends_on": ends_on and ends_on.isoformat()}
    with write(db):
        if (held := _held(db, given, days)) is not None:
            return held
        unit_of(db, "person", person_id)
        unit_of(db, "unit", unit_id)
        _refuse_overlap(db, given, days)
        at = clock.to_text(now)
        access_id = insert(db, "access", **given, **days, granted_at=at, granted_by=by.name)
        told = {"person_id": person_id, "access": role, **days}
        audit.record(db, "grant", "access", access_id, by=by, now=now, unit_id=unit_id, **told)
        if person_id != by.person_id:
            end_all(db, person_id, now=now)
    return access_id


def _refuse_days(first: date, last: date | None, today: date) -> None:
    if last is not None and last < first:
        raise Invalid("end_before_start", field="ends_on")
    if last is not None and last < today:
        raise Invalid("day_is_over", field="ends_on")


def _held(db: Database, given: Row, days: Row) -> int | None:
    """The grant that covers all of these days already."""
    found = value(
        db,
        """
        SELECT id FROM access
        WHERE person_id = :person_id AND role = :role AND unit_id = :unit_id AND ended_at IS NULL
          AND starts_on <= :starts_on AND (ends_on IS NULL OR ends_on >= :ends_on)
        """,
        **given,
        **days,
    )
    return None if found is None else int(found)


def _refuse_overlap(db: Database, given: Row, days: Row) -> None:
    found = one(
        db,
        """
        SELECT starts_on, ends_on FROM access
        WHERE person_id = :person_id AND role = :role AND unit_id = :unit_id AND ended_at IS NULL
          AND starts_on <= COALESCE(:ends_on, '9999-12-31') AND COALESCE(ends_on, '9999-12-31') >= :starts_on
        """,
        **given,
        **days,
    )
    if found is not None:
        raise Conflict("grant_overlaps", day=date.fromisoformat(found["starts_on"]))


def revoke(db: Database, access_id: int, *, last_day: date | None = None, by: Actor, now: datetime) -> None:
    """End a grant, at once or after a day; whoever held it signs in anew. It stays in the list of what was.

    Conflict: nobody would administer the unit any more, or it is over already. Invalid: a day that is over.
    """
    with write(db):
        sql = "SELECT person_id, role, unit_id, starts_on, ends_on, ended_at FROM access WHERE id = :id"
        held = one(db, sql, id=access_id)
        if held is None:
            raise NotFound("not_found")
        today = clock.today(now, db.zone).isoformat()
        if held["ended_at"] is not None or (held["ends_on"] or today) < today:
            raise Conflict("grant_has_ended")
        _end(db, access_id, held, last_day, by, now)
        if held["role"] == "administrator" and not _is_administered(db, held["unit_id"], now):
            raise Conflict("last_administrator")
        told = {"person_id": held["person_id"], "access": held["role"], "last_day": last_day and last_day.isoformat()}
        audit.record(db, "revoke", "access", access_id, by=by, now=now, unit_id=held["unit_id"], **told)
        end_all(db, held["person_id"], now=now)


def _end(db: Database, access_id: int, held: Row, last_day: date | None, by: Actor, now: datetime) -> None:
    if last_day is None:
        sql = "UPDATE access SET ended_at = :at, ended_by = :by WHERE id = :id"
        run(db, sql, id=access_id, at=clock.to_text(now), by=by.name)
        return
    first, today = date.fromisoformat(held["starts_on"]), clock.today(now, db.zone)
    _refuse_days(first, last_day, today)
    run(db, "UPDATE access SET ends_on = :last WHERE id = :id", id=access_id, last=last_day.isoformat())


def keep_administered(db: Database, person_id: int, *, now: datetime) -> None:
    """Refuse (Conflict) where a person who goes would leave a unit of theirs without any administrator.

    Inside of the transaction that lets them go, once they are gone in it.
    """
    found = rows(
        db,
        f"SELECT unit_id FROM access WHERE person_id = :id AND role = 'administrator' AND {IN_FORCE} ORDER BY id",
        id=person_id,
        day=clock.today(now, db.zone).isoformat(),
    )
    if any(not _is_administered(db, row["unit_id"], now) for row in found):
        raise Conflict("last_administrator")


def _is_administered(db: Database, unit_id: int, now: datetime) -> bool:
    """Whether somebody who stays administers the unit today, and with no day on which that ends."""
    return bool(
        value(
            db,
            f"""
            SELECT EXISTS (
                SELECT 1 FROM access
                JOIN unit_above ON unit_above.above_id = access.unit_id
                JOIN person ON person.id = access.person_id
                WHERE access.role = 'administrator' AND unit_above.unit_id = :unit_id AND {IN_FORCE}
                  AND access.ends_on IS NULL AND person.left_on IS NULL
            )
            """,
            unit_id=unit_id,
            day=clock.today(now, db.zone).isoformat(),
        )
    )


def grants(db: Database, actor: Actor, *, now: datetime, over: timedelta = timedelta(days=366)) -> list[Row]:
    """Every grant below the units that the actor administers or audits, those that were over a year ago left out.

    id, person_id, person, staff_no, role, unit_id, unit, starts_on, ends_on, granted_by, ended_at, ended_by, state
    (held, later, over); those in force come first.
    """
    today = clock.today(now, db.zone)
    return rows(
        db,
        f"""
        SELECT access.id, access.person_id, person.name AS person, person.staff_no,
               access.role, access.unit_id, unit.name AS unit, access.starts_on, access.ends_on,
               access.granted_by, access.ended_at, access.ended_by,
               CASE WHEN {IN_FORCE} THEN 'held'
                    WHEN access.ended_at IS NULL AND access.starts_on > :day THEN 'later' ELSE 'over' END AS state
        FROM access
        JOIN person ON person.id = access.person_id
        JOIN unit ON unit.id = access.unit_id
        WHERE access.unit_id IN (
            SELECT unit_above.unit_id FROM access
            JOIN unit_above ON unit_above.above_id = access.unit_id
            WHERE access.person_id = :actor_id AND access.role IN ('administrator', 'auditor') AND {IN_FORCE}
        ) AND COALESCE(access.ended_at, access.ends_on, :day) >= :since
        ORDER BY state = 'over', state = 'later', access.role, unit.sort, unit.id, person.staff_no, access.id DESC
        """,
        actor_id=actor.person_id,
        day=today.isoformat(),
        since=(today - over).isoformat(),
    )
