"""Open the roster of a unit and a period, and find it again."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime

from scheduler import audit, clock, duties, steps
from scheduler.audit import Actor
from scheduler.database import Database, Row, insert, one, rows, run, value, write
from scheduler.errors import Conflict, Invalid, NotFound

MAX_DAYS = 92  # a quarter; the engine and the board are made for about a month


def draft(db: Database, *, unit_id: int, starts_on: date, ends_on: date, by: Actor, now: datetime) -> int:
    """Open the roster of a unit and period: its shifts are generated and taken into it.

    Refused: an end before the start, more than a quarter (Invalid); a period that touches another roster of the
    unit (Conflict).
    """
    _check_period(starts_on, ends_on)
    with write(db):
        _refuse_overlap(db, unit_id, starts_on, ends_on)
        roster_id = insert(
            db,
            "roster",
            unit_id=unit_id,
            starts_on=starts_on.isoformat(),
            ends_on=ends_on.isoformat(),
            made_at=clock.to_text(now),
        )
        taken = _take(db, roster_id, unit_id, starts_on, ends_on, by=by, now=now)
        audit.record(db, "draft", "roster", roster_id, by=by, now=now, unit_id=unit_id, shifts=taken)
        return roster_id


def take_shifts(db: Database, roster_id: int, *, by: Actor, now: datetime) -> int:
    """Take into a draft the shifts that new or changed templates ask for since; gives how many."""
    with write(db):
        found = draft_to_change(db, roster_id)
        first, last = date.fromisoformat(found["starts_on"]), date.fromisoformat(found["ends_on"])
        before = _shifts_in_reach(db, found)
        taken = _take(db, roster_id, found["unit_id"], first, last, by=by, now=now)
        after = _shifts_in_reach(db, found)
        if before != after:
            steps.keep(db, roster_id, "take_shifts", shifts=(before, after), by=by, now=now)
        run(db, "UPDATE roster SET version = version + 1 WHERE id = :roster_id", roster_id=roster_id)
        audit.record(db, "take_shifts", "roster", roster_id, by=by, now=now, unit_id=found["unit_id"], shifts=taken)
        return taken


def roster(db: Database, roster_id: int) -> Row:
    """One roster with unit (name), shifts, slots, filled, waiting (seats to be published) and unconfirmed (shifts).

    fill_facts is a dict. NotFound.
    """
    found = one(db, f"{_ROSTERS} WHERE roster.id = :roster_id", roster_id=roster_id)
    if found is None:
        raise NotFound("not_found")
    return found | {"fill_facts": json.loads(found["fill_facts"])}


def within(db: Database, unit_ids: Iterable[int]) -> list[Row]:
    """The rosters of these units and all below them, newest period first; columns as in `roster`."""
    return rows(
        db,
        f"""
        {_ROSTERS}
        WHERE roster.unit_id IN (
            SELECT unit_id FROM unit_above WHERE above_id IN (SELECT value FROM json_each(:unit_ids))
        )
        ORDER BY roster.starts_on DESC, unit.name, roster.id
        """,
        unit_ids=json.dumps(sorted(unit_ids)),
    )


def groundwork(db: Database, unit_ids: Iterable[int]) -> Row:
    """What there is to make a roster of, in these units and below: people, places, templates (counts)."""
    found = one(
        db,
        """
        WITH below AS (
            SELECT DISTINCT unit_id FROM unit_above WHERE above_id IN (SELECT value FROM json_each(:unit_ids))
        )
        SELECT (SELECT COUNT(*) FROM person WHERE unit_id IN below) AS people,
               (SELECT COUNT(*) FROM place WHERE unit_id IN below) AS places,
               (SELECT COUNT(*) FROM template WHERE unit_id IN below) AS templates
        """,
        unit_ids=json.dumps(sorted(unit_ids)),
    )
    return found or {}


def draft_to_change(db: Database, roster_id: int) -> Row:
    """The roster, if it is still a draft. NotFound, Conflict."""
    found = one(db, "SELECT * FROM roster WHERE id = :roster_id", roster_id=roster_id)
    if found is None:
        raise NotFound("not_found")
    if found["state"] != "draft":
        raise Conflict("roster_is_not_a_draft", roster=found["state"])
    return found


def open_to_change(db: Database, roster_id: int) -> Row:
    """The roster, while it is not closed: what changes in a published one waits for the next publication."""
    found = one(db, "SELECT * FROM roster WHERE id = :roster_id", roster_id=roster_id)
    if found is None:
        raise NotFound("not_found")
    if found["state"] == "closed":
        raise Conflict("roster_is_closed")
    return found


def _check_period(starts_on: date, ends_on: date) -> None:
    if ends_on < starts_on:
        raise Invalid("end_before_start", field="ends_on")
    if (ends_on - starts_on).days >= MAX_DAYS:
        raise Invalid("period_too_long", field="ends_on", most=MAX_DAYS)


def _refuse_overlap(db: Database, unit_id: int, starts_on: date, ends_on: date) -> None:
    unit = one(db, "SELECT name FROM unit WHERE id = :unit_id", unit_id=unit_id)
    if unit is None:
        raise Invalid("unknown_unit", field="unit_id")
    other = one(
        db,
        """
        SELECT starts_on, ends_on, state
        FROM roster
        WHERE unit_id = :unit_id AND starts_on <= :ends_on AND ends_on >= :starts_on
        ORDER BY starts_on
        """,
        unit_id=unit_id,
        starts_on=starts_on.isoformat(),
        ends_on=ends_on.isoformat(),
    )
    if other is not None:
        first, last = date.fromisoformat(other["starts_on"]), date.fromisoformat(other["ends_on"])
        raise Conflict(
            "roster_overlaps", field="starts_on", unit=unit["name"], first=first, last=last, roster=other["state"]
        )


def _take(db: Database, roster_id: int, unit_id: int, first: date, last: date, *, by: Actor, now: datetime) -> int:
    """Generate the period's shifts and take those that no roster has; gives how many the roster gained."""
    had = _shifts(db, roster_id)
    duties.generate(db, unit_id, first, last, by=by, now=now)
    run(
        db,
        """
        UPDATE shift SET roster_id = :roster_id
        WHERE unit_id = :unit_id AND roster_id IS NULL AND day BETWEEN :first AND :last
        """,
        roster_id=roster_id,
        unit_id=unit_id,
        first=first.isoformat(),
        last=last.isoformat(),
    )
    return _shifts(db, roster_id) - had


def _shifts_in_reach(db: Database, held: Row) -> list[Row]:
    """The shifts that taking may touch, whole: what an undo puts back."""
    return rows(
        db,
        """
        SELECT *
        FROM shift
        WHERE unit_id = :unit_id AND day BETWEEN :starts_on AND :ends_on
          AND (roster_id IS NULL OR roster_id = :id)
        ORDER BY id
        """,
        id=held["id"],
        unit_id=held["unit_id"],
        starts_on=held["starts_on"],
        ends_on=held["ends_on"],
    )


def _shifts(db: Database, roster_id: int) -> int:
    return int(value(db, "SELECT COUNT(*) FROM shift WHERE roster_id = :roster_id", roster_id=roster_id))


_ROSTERS = """
    SELECT roster.id, roster.unit_id, unit.name AS unit, roster.starts_on, roster.ends_on, roster.state, roster.version,
           roster.fill_state, roster.fill_asked_at, roster.fill_started_at, roster.fill_version, roster.fill_facts,
           roster.fill_scope, roster.fill_cancel, roster.fill_progress, roster.made_at,
           roster.published_at, roster.published_by, roster.closed_at,
           (SELECT COUNT(*) FROM shift WHERE roster_id = roster.id AND state <> 'cancelled') AS shifts,
           (SELECT IFNULL(SUM(headcount), 0) FROM shift WHERE roster_id = roster.id AND state <> 'cancelled') AS slots,
           (SELECT COUNT(*) FROM shift WHERE roster_id = roster.id AND state = 'planned') AS unconfirmed,
           (
               SELECT COUNT(*)
               FROM shift
               JOIN assignment ON assignment.shift_id = shift.id AND assignment.state <> 'released'
               WHERE shift.roster_id = roster.id AND shift.state <> 'cancelled'
           ) AS filled,
           (
               SELECT COUNT(*)
               FROM shift
               JOIN assignment ON assignment.shift_id = shift.id
               WHERE shift.roster_id = roster.id AND shift.state <> 'cancelled' AND (
                   assignment.published_at IS NULL
                   OR (assignment.state = 'released' AND assignment.withdrawn_at IS NULL)
               )
           ) AS waiting
    FROM roster
    JOIN unit ON unit.id = roster.unit_id
"""
