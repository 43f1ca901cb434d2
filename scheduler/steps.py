"""The steps by which a roster came to be as it is: who stood where before each, and after it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime

from scheduler import clock
from scheduler.audit import Actor
from scheduler.database import Database, Row, insert, rows, run

SEAT = ("shift_id", "slot", "person_id", "fixed", "source", "override")


@contextmanager
def step(
    db: Database, roster_id: int, act: str, shift_ids: Iterable[int] | None = None, *, by: Actor, now: datetime
) -> Iterator[None]:
    """Keep what the block changes in who stands these shifts (or any of the roster) as one step. Inside of `write`."""
    before = seats(db, roster_id, shift_ids)
    yield
    after = seats(db, roster_id, shift_ids)
    if before != after:
        keep(db, roster_id, act, seats=(before, after), by=by, now=now)


def keep(
    db: Database,
    roster_id: int,
    act: str,
    *,
    seats: tuple[list[Row], list[Row]] = ([], []),
    shifts: tuple[list[Row], list[Row]] = ([], []),
    opened: bool = False,
    by: Actor,
    now: datetime,
) -> int:
    """Note a step: of seats and of shifts, each before and after it; what is the same on both sides is left out.

    `opened`: before it there was no roster.

    Whoever takes a new step can no longer redo what they have undone in this roster.
    """
    run(
        db,
        "UPDATE step SET state = 'lost' WHERE roster_id = :roster_id AND person_id IS :person_id AND state = 'undone'",
        roster_id=roster_id,
        person_id=by.person_id,
    )
    sides: list[Row] = [
        {"seats": _without(seats[at], seats[1 - at]), "shifts": _without(shifts[at], shifts[1 - at])} for at in (0, 1)
    ]
    sides[0] |= {"opened": True} if opened else {}
    return insert(
        db,
        "step",
        roster_id=roster_id,
        act=act,
        at=clock.to_text(now),
        person_id=by.person_id,
        actor=by.name,
        before=json.dumps(sides[0], ensure_ascii=False),
        after=json.dumps(sides[1], ensure_ascii=False),
    )


def publish(db: Database, roster_id: int, version_id: int, seats: Iterable[Row] | None = None) -> None:
    """Note that the steps up to now went with a version: all of them, or those that moved one of these seats' people.

    Told by the order of the steps, not by the clock: two in one second are not confused. What is undone went with none.
    """
    run(
        db,
        """
        UPDATE step
        SET version_id = :version_id
        WHERE roster_id = :roster_id AND state = 'done' AND version_id IS NULL
          AND (:seats IS NULL OR EXISTS (
              SELECT 1
              FROM json_each(:seats) AS told
              JOIN (
                  SELECT value FROM json_each(step.before, '$.seats')
                  UNION ALL
                  SELECT value FROM json_each(step.after, '$.seats')
              ) AS seat
                ON seat.value ->> 'shift_id' = told.value ->> 0
                AND seat.value ->> 'person_id' = told.value ->> 1
          ))
        """,
        roster_id=roster_id,
        version_id=version_id,
        seats=None if seats is None else json.dumps([(row["shift_id"], row["person_id"]) for row in seats]),
    )


def seats(db: Database, roster_id: int, shift_ids: Iterable[int] | None = None) -> list[Row]:
    """Who stands these shifts of the roster, or any: the columns that an undo puts back, by shift and slot."""
    return rows(
        db,
        """
        SELECT assignment.shift_id, assignment.slot, assignment.person_id, assignment.fixed, assignment.source,
               assignment.override
        FROM shift
        JOIN assignment ON assignment.shift_id = shift.id AND assignment.state <> 'released'
        WHERE shift.roster_id = :roster_id
          AND (:ids IS NULL OR shift.id IN (SELECT value FROM json_each(:ids)))
        ORDER BY assignment.shift_id, assignment.slot
        """,
        roster_id=roster_id,
        ids=None if shift_ids is None else json.dumps(sorted(set(shift_ids))),
    )


def _without(side: list[Row], other: list[Row]) -> list[Row]:
    seen = {tuple(row.values()) for row in other}
    return [row for row in side if tuple(row.values()) not in seen]
