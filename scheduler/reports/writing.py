"""Write the report of a shift, note a problem, close it; who may follow it up, and who does."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Literal, TypedDict, Unpack

from scheduler import accounts, audit, clock, fields
from scheduler.audit import Actor
from scheduler.database import Database, Row, insert, one, rows, run, update, value, write
from scheduler.errors import Conflict, Invalid, NotFound, Problem
from scheduler.reports import telling

REMARKS_MOST = 2000
TEXT_MOST = 500
PROBLEMS_MOST = 30  # of one shift: a report, not a ledger
STATES = ("open", "closed")

State = Literal["open", "closed", ""]


class Asked(TypedDict, total=False):
    """Whose problems, and which: of units and below, beside those that a person follows up."""

    unit_ids: list[int]
    person_id: int | None
    state: State
    follow_up_id: int | None


def report(db: Database, shift_id: int) -> Row:
    """A shift's report: tasks (task, is_done), remarks, version (0 while nobody wrote one), at, by, problems.

    A task that was ticked and is on the list no more stays in the report.
    """
    shift = one(db, "SELECT tasks FROM shift WHERE id = :id", id=shift_id)
    if shift is None:
        raise NotFound("not_found")
    held = _held(db, shift_id) or {"version": 0, "done": "[]", "remarks": "", "at": None, "by": ""}
    done = json.loads(held.pop("done"))
    listed = _tasks(shift["tasks"])
    tasks = [{"task": task, "is_done": task in done} for task in [*listed, *(one for one in done if one not in listed)]]
    return held | {"tasks": tasks, "problems": _problems_of(db, shift_id)}


def save(
    db: Database, shift_id: int, *, done: Iterable[str], remarks: str, version: int, by: Actor, now: datetime
) -> None:
    """Write down what was done. Conflict before the shift begins, or where somebody else wrote in between."""
    ticked = list(dict.fromkeys(done))
    with write(db):
        shift = _begun(db, shift_id, now)
        held = _held(db, shift_id)
        if (held["version"] if held else 0) != version:
            at = clock.local(held["at"], db.zone) if held else now
            raise Conflict("stale", who=held["by"] if held else by.name, when=f"{at:%Y-%m-%d %H:%M}")
        known = [*_tasks(shift["tasks"]), *(json.loads(held["done"]) if held else [])]
        problems = fields.text("remarks", remarks, most=REMARKS_MOST, lines=True)
        problems += [Problem("bad_choice", "done", facts={"text": task[:60]}) for task in ticked if task not in known]
        if problems:
            raise Invalid.of(problems)
        run(
            db,
            """
            INSERT INTO shift_report (shift_id, version, done, remarks, at, by)
            VALUES (:shift_id, 1, :done, :remarks, :at, :by)
            ON CONFLICT (shift_id) DO UPDATE
            SET version = version + 1, done = excluded.done, remarks = excluded.remarks, at = excluded.at,
                by = excluded.by
            """,
            shift_id=shift_id,
            done=json.dumps(ticked, ensure_ascii=False),
            remarks=remarks.strip(),
            at=clock.to_text(now),
            by=by.name,
        )
        audit.record(db, "report", "shift", shift_id, by=by, now=now, unit_id=shift["unit_id"], done=len(ticked))


def add_problem(
    db: Database, shift_id: int, *, text: str, follow_up_id: int, base_url: str, by: Actor, now: datetime
) -> int:
    """Note something that was found, and who follows it up and is told; gives its id. Open until somebody closes it."""
    with write(db):
        shift = _begun(db, shift_id, now)
        problems = fields.text("text", text, most=TEXT_MOST, required=True, lines=True)
        if follow_up_id not in {row["id"] for row in followers(db, shift_id, now=now)}:
            problems.append(Problem("unknown_person", "follow_up_id"))
        if problems:
            raise Invalid.of(problems)
        if len(_problems_of(db, shift_id)) >= PROBLEMS_MOST:
            raise Conflict("too_many_problems", most=PROBLEMS_MOST)
        problem_id = insert(
            db, "shift_problem", shift_id=shift_id, text=text.strip(), follow_up_id=follow_up_id,
            found_at=clock.to_text(now), found_by=by.name,
        )  # fmt: skip
        audit.record(db, "find", "shift_problem", problem_id, by=by, now=now, unit_id=shift["unit_id"])
        telling.tell_found(db, problem_id, base_url=base_url, by=by, now=now)
        return problem_id


def close(db: Database, problem_id: int, *, outcome: str, base_url: str, by: Actor, now: datetime) -> None:
    """Close a problem, saying what became of it; who found it and who follows it up are told.

    Conflict where it is closed already, naming who closed it.
    """
    if problems := fields.text("outcome", outcome, most=TEXT_MOST, required=True, lines=True):
        raise Invalid.of(problems)
    with write(db):
        found = problem(db, problem_id)
        if found["state"] == "closed":
            when = f"{clock.local(found['closed_at'], db.zone):%Y-%m-%d %H:%M}"
            raise Conflict("problem_is_closed", who=found["closed_by"], when=when)
        update(
            db, "shift_problem", problem_id, state="closed", closed_at=clock.to_text(now), closed_by=by.name,
            outcome=outcome.strip(),
        )  # fmt: skip
        audit.record(db, "close", "shift_problem", problem_id, by=by, now=now, unit_id=found["unit_id"])
        telling.tell_closed(db, problem_id, base_url=base_url, by=by, now=now)


def problem(db: Database, problem_id: int) -> Row:
    """One problem: id, shift_id, unit_id, text, follow_up_id, state, closed_at, closed_by. NotFound."""
    found = one(
        db,
        """
        SELECT shift_problem.id, shift_problem.shift_id, shift.unit_id, shift_problem.text,
               shift_problem.follow_up_id, shift_problem.state, shift_problem.closed_at, shift_problem.closed_by
        FROM shift_problem
        JOIN shift ON shift.id = shift_problem.shift_id
        WHERE shift_problem.id = :id
        """,
        id=problem_id,
    )
    if found is None:
        raise NotFound("not_found")
    return found


def problems(db: Database, *, limit: int = -1, **asked: Unpack[Asked]) -> list[Row]:
    """Problems of these units' shifts and below, and those that the person follows up; the oldest first.

    Open ones before closed ones. id, shift_id, day, place, activity_zh, activity_en, unit, text, follow_up_id,
    follow_up, state, found_at, found_by, closed_at, closed_by, outcome, and found (how many there are in all).
    """
    return rows(
        db,
        """
        SELECT shift_problem.id, shift.id AS shift_id, shift.day, place.name AS place,
               activity.name_zh AS activity_zh, activity.name_en AS activity_en, unit.name AS unit,
               shift_problem.text, shift_problem.follow_up_id, person.name AS follow_up, shift_problem.state,
               shift_problem.found_at, shift_problem.found_by, shift_problem.closed_at, shift_problem.closed_by,
               shift_problem.outcome, COUNT(*) OVER () AS found
        FROM shift_problem
        JOIN shift ON shift.id = shift_problem.shift_id
        JOIN place ON place.id = shift.place_id
        JOIN activity ON activity.id = shift.activity_id
        JOIN unit ON unit.id = shift.unit_id
        JOIN person ON person.id = shift_problem.follow_up_id
        WHERE (shift_problem.follow_up_id IS :person_id OR shift.unit_id IN (
                SELECT unit_id FROM unit_above WHERE above_id IN (SELECT value FROM json_each(:unit_ids))
              ))
          AND (:state = '' OR shift_problem.state = :state)
          AND (:follow_up_id IS NULL OR shift_problem.follow_up_id = :follow_up_id)
        ORDER BY shift_problem.state DESC, shift_problem.found_at, shift_problem.id
        LIMIT :limit
        """,
        unit_ids=json.dumps(sorted(asked.get("unit_ids", []))),
        person_id=asked.get("person_id"),
        state=asked.get("state", ""),
        follow_up_id=asked.get("follow_up_id"),
        limit=limit,
    )


def followers(db: Database, shift_id: int, *, now: datetime) -> list[Row]:
    """Who may be asked to follow it up: id, name. Who stands the shift, answers for its place, coordinates it."""
    return rows(
        db,
        f"""
        SELECT person.id, person.name
        FROM person
        JOIN shift ON shift.id = :shift_id
        WHERE person.left_on IS NULL AND (
            EXISTS (SELECT 1 FROM standing WHERE shift_id = shift.id AND person_id = person.id)
            OR EXISTS (
                SELECT 1 FROM sponsorship
                WHERE place_id = shift.place_id AND responsible_id = person.id AND starts_on <= shift.day
                  AND COALESCE(ends_on, shift.day) >= shift.day
            )
            OR EXISTS (
                SELECT 1 FROM access
                JOIN unit_above ON unit_above.above_id = access.unit_id
                WHERE access.person_id = person.id AND access.role = 'coordinator'
                  AND unit_above.unit_id = shift.unit_id AND {accounts.IN_FORCE}
            )
        )
        ORDER BY person.name, person.id
        """,
        shift_id=shift_id,
        day=clock.today(now, db.zone).isoformat(),
    )


def following(db: Database, person_id: int) -> int:
    """How many open problems the person follows up."""
    sql = "SELECT COUNT(*) FROM shift_problem WHERE state = 'open' AND follow_up_id = :person_id"
    return int(value(db, sql, person_id=person_id))


def _held(db: Database, shift_id: int) -> Row | None:
    return one(db, "SELECT version, done, remarks, at, by FROM shift_report WHERE shift_id = :id", id=shift_id)


def _problems_of(db: Database, shift_id: int) -> list[Row]:
    return rows(
        db,
        """
        SELECT shift_problem.id, shift_problem.text, shift_problem.follow_up_id, person.name AS follow_up,
               shift_problem.state, shift_problem.found_at, shift_problem.found_by, shift_problem.closed_at,
               shift_problem.closed_by, shift_problem.outcome
        FROM shift_problem
        JOIN person ON person.id = shift_problem.follow_up_id
        WHERE shift_problem.shift_id = :shift_id
        ORDER BY shift_problem.id
        """,
        shift_id=shift_id,
    )


def _begun(db: Database, shift_id: int, now: datetime) -> Row:
    """A shift that was published and has begun: before that there is nothing to report."""
    shift = one(
        db,
        """
        SELECT shift.tasks, shift.unit_id, shift.starts_at, shift.state
        FROM shift
        JOIN roster ON roster.id = shift.roster_id AND roster.state <> 'draft'
        WHERE shift.id = :id
        """,
        id=shift_id,
    )
    if shift is None:
        raise NotFound("not_found")
    if shift["state"] == "cancelled":
        raise Conflict("shift_not_held")
    if shift["starts_at"] > clock.to_text(now):
        raise Conflict("nothing_to_report", starts=f"{clock.local(shift['starts_at'], db.zone):%Y-%m-%d %H:%M}")
    return shift


def _tasks(text: str) -> list[str]:
    """The lines of a task list, each once."""
    return list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))
