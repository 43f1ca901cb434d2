"""Who did what in a roster, step by step; a step undone and done again, one at a time or a whole fill at once."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from scheduler import audit
from scheduler.assignments import putting_back
from scheduler.audit import Actor
from scheduler.config import Duty
from scheduler.database import Database, Row, one, rows, run, update, write
from scheduler.errors import Conflict, NotFound
from scheduler.rosters.staff import as_json

OWN = ("sign_up", "leave_seat", "free_seat")  # told to the person at once: no coordinator undoes that behind them
SHOWN = 200  # steps of the list; older ones stay in the audit

LATEST = """
    SELECT id FROM step
    WHERE roster_id = :roster_id AND person_id IS :person_id AND state = :state
    ORDER BY COALESCE(undone_no, id) DESC
    LIMIT 1
"""


def undo(
    db: Database, roster_id: int, step_id: int | None = None, *, by: Actor, now: datetime, duty: Duty | None = None
) -> Row:
    """Take a step back: this one, or the latest that `by` took; gives it as in `history`.

    Refused in words, and nothing is changed: when there is none, when it was published meanwhile, when somebody has
    changed the same seats since, or when who stood there cannot stand there any more: by a fact, or a rule that blocks.
    """
    with write(db):
        found = _find(db, roster_id, step_id, "done", by)
        _refuse_published(db, found)
        putting_back.put_back(db, found["after"], found["before"], now=now, duty=duty)
        return _turned(db, found, "undo", by=by, now=now)


def redo(
    db: Database, roster_id: int, step_id: int | None = None, *, by: Actor, now: datetime, duty: Duty | None = None
) -> Row:
    """Do again what was undone: this step, or the one that `by` undid last. Refused as in `undo`."""
    with write(db):
        found = _find(db, roster_id, step_id, "undone", by)
        putting_back.put_back(db, found["before"], found["after"], now=now, duty=duty)
        return _turned(db, found, "redo", by=by, now=now)


def next_steps(db: Database, roster_id: int, *, by: Actor) -> tuple[Row | None, Row | None]:
    """What `by` would undo and redo next, as in `history`; None where there is nothing."""
    ids = [_latest(db, roster_id, state, by) for state in ("done", "undone")]
    told = {row["id"]: row for row in _told(db, [_step(db, roster_id, step_id) for step_id in ids if step_id])}
    undoable = told.get(ids[0] or 0)
    if undoable is not None and undoable["is_published"]:
        undoable = None
    return undoable, told.get(ids[1] or 0)


def history(db: Database, roster_id: int) -> list[Row]:
    """The roster's steps, newest first: id, at, actor, act, state, undone_by, undone_at, is_published, and in words
    left, came (lists of person, place, day), gone and new (counts of seats), shifts (a count).
    """
    found = rows(
        db,
        f"{_STEPS} WHERE step.roster_id = :roster_id ORDER BY step.id DESC LIMIT :most",
        roster_id=roster_id,
        most=SHOWN,
    )
    return _told(db, found)


def _find(db: Database, roster_id: int, step_id: int | None, state: str, by: Actor) -> Row:
    """The step that is meant, its two sides read, while the roster may still be changed."""
    held = one(db, "SELECT state FROM roster WHERE id = :roster_id", roster_id=roster_id)
    if held is None:
        raise NotFound("not_found")
    if held["state"] == "closed":
        raise Conflict("roster_is_closed")
    wanted = step_id or _latest(db, roster_id, state, by)
    if wanted is None:
        raise Conflict("nothing_to_undo" if state == "done" else "nothing_to_redo")
    found = _step(db, roster_id, wanted)
    if found["state"] != state:
        raise Conflict("step_is_undone" if state == "done" else "step_is_not_undone", who=found["undone_by"])
    return found | {side: json.loads(found[side]) for side in ("before", "after")}


def _latest(db: Database, roster_id: int, state: str, by: Actor) -> int | None:
    found = one(db, LATEST, roster_id=roster_id, person_id=by.person_id, state=state)
    return found["id"] if found else None


def _step(db: Database, roster_id: int, step_id: int) -> Row:
    found = one(
        db, f"{_STEPS} WHERE step.id = :step_id AND step.roster_id = :roster_id", step_id=step_id, roster_id=roster_id
    )
    if found is None:
        raise NotFound("not_found")
    return found


def _whose(db: Database, found: Row) -> str:
    """Whose own choice the step was."""
    sides = (found["after"]["seats"], found["before"]["seats"])
    return next(iter(_people(db, [seat["person_id"] for side in sides for seat in side]).values()), found["actor"])


def _refuse_published(db: Database, found: Row) -> None:
    if found["act"] in OWN:
        raise Conflict("step_is_a_sign_up", person=_whose(db, found))
    if found["is_published"]:
        raise Conflict("step_is_published")


def _turned(db: Database, found: Row, act: str, *, by: Actor, now: datetime) -> Row:
    """Note it with the step, the roster's version and the audit: the step itself is never taken out of either."""
    number = audit.record(
        db, act, "roster", found["roster_id"], by=by, now=now, unit_id=found["unit_id"], step=found["id"],
        of=found["act"], who=found["actor"],
    )  # fmt: skip
    if act == "undo":
        update(db, "step", found["id"], state="undone", undone_no=number, undone_by=by.name)
    else:
        update(db, "step", found["id"], state="done", undone_no=None, undone_by="")
    run(db, "UPDATE roster SET version = version + 1 WHERE id = :id", id=found["roster_id"])
    return _told(db, [_step(db, found["roster_id"], found["id"])])[0]


def _told(db: Database, found: Sequence[Row]) -> list[Row]:
    """The steps with their sides in words."""
    sides = [{side: json.loads(row[side]) for side in ("before", "after")} for row in found]
    seats = [seat for side in sides for half in side.values() for seat in half["seats"]]
    shifts = _shifts(db, [seat["shift_id"] for seat in seats])
    people = _people(db, [seat["person_id"] for seat in seats])

    def named(half: Mapping[str, Any]) -> list[Row]:
        return [
            shifts.get(seat["shift_id"], GONE) | {"person": people[seat["person_id"]], "slot": seat["slot"]}
            for seat in half["seats"][:2]  # more than a swap is told in numbers
        ]

    return [
        {
            **{name: row[name] for name in ("id", "at", "actor", "act", "state", "undone_by", "is_published")},
            "left": named(side["before"]),
            "came": named(side["after"]),
            "gone": len(side["before"]["seats"]),
            "new": len(side["after"]["seats"]),
            "shifts": max(len(side["before"]["shifts"]), len(side["after"]["shifts"])),
        }
        for row, side in zip(found, sides, strict=True)
    ]


GONE = {"place": "", "day": None}  # a shift that was taken out of the roster since


def _shifts(db: Database, ids: Sequence[int]) -> dict[int, Row]:
    found = rows(
        db,
        """
        SELECT shift.id, place.name AS place, shift.day
        FROM shift
        JOIN place ON place.id = shift.place_id
        WHERE shift.id IN (SELECT value FROM json_each(:ids))
        ORDER BY shift.id
        """,
        ids=as_json(set(ids)),
    )
    return {row["id"]: {"place": row["place"], "day": date.fromisoformat(row["day"])} for row in found}


def _people(db: Database, ids: Sequence[int]) -> dict[int, str]:
    found = rows(
        db,
        "SELECT id, name FROM person WHERE id IN (SELECT value FROM json_each(:ids)) ORDER BY id",
        ids=as_json(set(ids)),
    )
    return {row["id"]: row["name"] for row in found}


_STEPS = """
    SELECT step.id, step.roster_id, roster.unit_id, step.act, step.at, step.actor, step.state, step.undone_by,
           step.before, step.after,
           step.version_id IS NOT NULL AS is_published
    FROM step
    JOIN roster ON roster.id = step.roster_id
"""
