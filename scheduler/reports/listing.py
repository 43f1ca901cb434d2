"""The reports of a period's shifts: tasks done, problems found, and what still waits for somebody."""

from __future__ import annotations

import json
from datetime import date
from typing import Literal, TypedDict, Unpack

from scheduler.database import Database, Row, rows

STATE = {"open": "open_problems > 0", "closed": "problems > 0 AND open_problems = 0", "none": "problems = 0", "": "1"}


class PeriodAsked(TypedDict, total=False):
    """Which shifts: of units and below, of a period, by what became of their problems."""

    unit_ids: list[int]
    first: date
    last: date
    state: Literal["open", "closed", "none", ""]


def listing(db: Database, *, limit: int = -1, **asked: Unpack[PeriodAsked]) -> list[Row]:
    """The shifts of a period that have a report or a problem; the newest first.

    Rows: shift_id, day, starts_at, ends_at, place, activity_zh, activity_en, unit, people (names), tasks (how many),
    done (the tasks that were ticked, as lines), done_count, remarks, by, at, problems, open_problems, found (each
    problem, as lines), follow_up (names), state (open, closed, none), and all (how many shifts there are).
    """
    found = rows(
        db,
        f"""
        SELECT *, COUNT(*) OVER () AS "all"
        FROM (
            SELECT shift.id AS shift_id, shift.day, shift.starts_at, shift.ends_at, shift.tasks AS listed,
                   place.name AS place, activity.name_zh AS activity_zh, activity.name_en AS activity_en,
                   unit.name AS unit, shift_report.done AS ticked, COALESCE(shift_report.remarks, '') AS remarks,
                   COALESCE(shift_report.by, '') AS by, shift_report.at,
                   (SELECT COUNT(*) FROM shift_problem WHERE shift_id = shift.id) AS problems,
                   (SELECT COUNT(*) FROM shift_problem WHERE shift_id = shift.id AND state = 'open') AS open_problems,
                   (
                       SELECT json_group_array(json_object('text', text, 'name', name, 'state', state)) FROM (
                           SELECT shift_problem.text, person.name, shift_problem.state
                           FROM shift_problem
                           JOIN person ON person.id = shift_problem.follow_up_id
                           WHERE shift_problem.shift_id = shift.id
                           ORDER BY shift_problem.id
                       )
                   ) AS of_problems,
                   (
                       SELECT json_group_array(name) FROM (
                           SELECT person.name
                           FROM standing
                           JOIN person ON person.id = standing.person_id
                           WHERE standing.shift_id = shift.id
                           ORDER BY standing.slot
                       )
                   ) AS stood
            FROM shift
            JOIN place ON place.id = shift.place_id
            JOIN activity ON activity.id = shift.activity_id
            JOIN unit ON unit.id = shift.unit_id
            LEFT JOIN shift_report ON shift_report.shift_id = shift.id
            WHERE shift.day BETWEEN :first AND :last
              AND shift.unit_id IN (
                  SELECT unit_id FROM unit_above WHERE above_id IN (SELECT value FROM json_each(:unit_ids))
              )
              AND (shift_report.shift_id IS NOT NULL OR EXISTS (
                  SELECT 1 FROM shift_problem WHERE shift_problem.shift_id = shift.id
              ))
        )
        WHERE {STATE[asked.get("state", "")]}
        ORDER BY starts_at DESC, shift_id DESC
        LIMIT :limit
        """,
        unit_ids=json.dumps(sorted(asked.get("unit_ids", []))),
        first=asked["first"].isoformat(),
        last=asked["last"].isoformat(),
        limit=limit,
    )
    return [_whole(row) for row in found]


def _whole(row: Row) -> Row:
    done = json.loads(row["ticked"] or "[]")
    listed = {line.strip() for line in row["listed"].splitlines()} - {""}
    of_problems = json.loads(row["of_problems"])
    return row | {
        "people": "、".join(json.loads(row["stood"])),
        "tasks": len(listed | set(done)),
        "done_count": len(done),
        "done": "\n".join(done),
        "found": "\n".join(one["text"] for one in of_problems),
        "follow_up": "、".join(dict.fromkeys(one["name"] for one in of_problems)),
        "state": "open" if row["open_problems"] else "closed" if row["problems"] else "none",
    }
