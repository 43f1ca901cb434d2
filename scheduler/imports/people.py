"""A staff list read against the people that are known: who is added, who changes, and every cell that is wrong."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from scheduler import clock, people
from scheduler.audit import Actor
from scheduler.database import Database, Row, write
from scheduler.database import rows as found_rows
from scheduler.errors import Conflict, Invalid, Problem
from scheduler.imports import cells, heads, sheets
from scheduler.imports.groups import grouped
from scheduler.imports.heads import Head
from scheduler.imports.progress import Progress, counted, silent
from scheduler.imports.sheets import Book, Line
from scheduler.people.fields import Checked, person_fields, plain_staff_no
from scheduler.people.persons import DEFAULTS, as_given

READERS: Mapping[str, Callable[[Any], Any]] = {
    "staff_no": cells.staff_no,
    "name": cells.name,
    "role": cells.role,
    "party": cells.party,
    "skills": cells.skills,
    "email": cells.text,
    "mobile": cells.mobile,
    "lang": cells.language,
    "joined_on": cells.day,
    "left_on": cells.day,
    "max_per_week": cells.week,
}
GONE = re.compile(r"(?<![未不])(?:已?(?:离职|离岗|退休|辞职|辞退|调离|调出)|解除合同)")


@dataclass(frozen=True, slots=True)
class Reading:
    """What every row is read against."""

    head: Head
    units: Mapping[str, list[int]]
    paths: Mapping[int, str]
    known: Mapping[str, Row]
    today: date


def read_people(
    db: Database, content: bytes | Book, filename: str, *, within: int | None, now: datetime
) -> tuple[list[Row], list[Problem]]:
    """The list's people and everything that is wrong with it; nothing is stored.

    A row has: row (its number in the file), act (added, changed, unchanged), person_id and version (None where added),
    staff_no, name, unit (its path), given (the fields to store), changed (field → [old, new]). An empty cell changes
    nothing; who is new joins today unless a date is given. A problem's `field` is the column as a spreadsheet shows it,
    `B 工号`. Units are looked for in `within` and below, and so must the people be who are changed.
    """
    try:
        head, lines = grouped(*heads.found(sheets.read_sheet(content, filename)))
    except Invalid as refusal:
        return [], list(refusal.problems)
    return read_lines(db, head, lines, within=within, now=now)


def read_lines(
    db: Database, head: Head, lines: Sequence[Line], *, within: int | None, now: datetime, progress: Progress = silent
) -> tuple[list[Row], list[Problem]]:
    """As `read_people`, of a list whose head is found."""
    units, paths = unit_names(db, within)
    numbers = [_staff_no(head, line) for line in lines]
    reading = Reading(head, units, paths, people.by_staff_no(db, numbers), clock.today(now, db.zone))
    read = [_row(reading, line) for line in counted(lines, progress)]
    problems = [problem for _, wrong in read for problem in wrong] + _twice(head, lines, numbers)
    return [row for row, wrong in read if not wrong], sorted(
        problems, key=lambda problem: (problem.row or 0, problem.field or "")
    )


def unsure(problems: list[Problem], by_number: Mapping[int, Line]) -> set[int]:
    """The lines of a number that stands twice: the second, and the first too where they contradict each other."""
    twice = [
        (problem.row or 0, int(str(problem.facts["row"]))) for problem in problems if problem.code == "staff_no_twice"
    ]
    return {row for row, _ in twice} | {
        first for row, first in twice if by_number[row].cells != by_number[first].cells
    }  # fmt: skip


def prepared(rows: Iterable[Row]) -> list[Checked]:
    """What of storing needs no database: so that the lock is held for a moment only."""
    return people.fields_of(row["given"] for row in rows if row["act"] == "added")


def store_people(
    db: Database, rows: Iterable[Row], *, checked: list[Checked] | None = None, by: Actor, now: datetime
) -> dict[str, int]:
    """Store what `read_people` found, all of it as one act; gives the counts. Refused if one of them changed since."""
    rows = list(rows)
    added = [row["given"] for row in rows if row["act"] == "added"]
    changed = {row["person_id"]: row["given"] for row in rows if row["act"] == "changed"}
    with write(db):
        known = _versions(db, [row["staff_no"] for row in rows])
        if any(known.get(row["staff_no"]) != row["version"] for row in rows):
            raise Conflict("list_was_overtaken")
        if added or changed:
            people.store_many(db, added, changed, by=by, now=now, checked=checked)
    return counts(rows)


def _versions(db: Database, numbers: list[str]) -> dict[str, int]:
    sql = "SELECT staff_no, version FROM person WHERE staff_no IN (SELECT value FROM json_each(:numbers))"
    return {row["staff_no"]: row["version"] for row in found_rows(db, sql, numbers=json.dumps(numbers))}


def counts(rows: Iterable[Row]) -> dict[str, int]:
    """How many rows would be added, changed and left unchanged."""
    return {"added": 0, "changed": 0, "unchanged": 0} | Counter(row["act"] for row in rows)


def unit_names(db: Database, within: int | None) -> tuple[dict[str, list[int]], dict[int, str]]:
    """What a unit may be called in a list → the units it may mean; and each unit's whole path.

    A unit is called by its whole path from the top (市分行/办公室), or by as much of the path's end as is unique.
    """
    paths = people.paths(db, within)
    called: dict[str, list[int]] = {}
    for unit_id, path in paths.items():
        for start in range(len(path)):
            called.setdefault("/".join(path[start:]), []).append(unit_id)
    whole = {"/".join(path): [unit_id] for unit_id, path in paths.items()}
    return called | whole, {unit_id: "/".join(path) for unit_id, path in paths.items()}


def _row(reading: Reading, line: Line) -> tuple[Row, list[Problem]]:
    """One line as a row, and what is wrong with it."""
    problems: list[Problem] = []
    given = _given(reading, line, problems)
    known = reading.known.get(given.get("staff_no", ""))
    unit_id = _unit(reading, line, problems)
    if "left_on" not in given and (left := _has_left(reading.head, line, known)):
        problems.append(_problem(reading.head, line, left[0], "left_without_a_day", text=left[1]))
    if reading.head.is_overrun(line):
        problems.append(Problem("row_is_too_long", None, line.number))
    if known and known["unit_id"] not in reading.paths:
        problems.append(_problem(reading.head, line, "staff_no", "staff_no_is_elsewhere", staff_no=known["staff_no"]))
    if problems:
        return {}, problems
    given["unit_id"] = unit_id
    checked = person_fields((as_given(known) if known else DEFAULTS | {"joined_on": reading.today}) | given)
    problems = [
        _problem(reading.head, line, found.field or "", found.code, **found.facts) for found in checked.problems
    ]
    new = checked.columns | {"unit_id": unit_id}
    changed = {name: [known[name], new[name]] for name in new if known[name] != new[name]} if known else {}
    return {
        "row": line.number,
        "act": "added" if known is None else "changed" if changed else "unchanged",
        "person_id": known["id"] if known else None,
        "version": known["version"] if known else None,
        "staff_no": new["staff_no"],
        "name": new["name"],
        "unit": reading.paths[unit_id],
        "given": given if known else {"joined_on": reading.today} | given,
        "changed": changed,
    }, problems


def _given(reading: Reading, line: Line, problems: list[Problem]) -> Row:
    """The cells that say something, each as its field; what is wrong is added to the problems."""
    given: Row = {}
    for field, read in READERS.items():
        said = reading.head.cells(line, field) if field in reading.head.columns else []
        try:
            if said:
                given[field] = read(said[0])
            elif field in heads.REQUIRED:
                problems.append(_problem(reading.head, line, field, "required"))
        except Invalid as refusal:
            problems.append(_problem(reading.head, line, field, refusal.code, **refusal.problems[0].facts))
    if "staff_no" in given:
        given["staff_no"] = plain_staff_no(given["staff_no"])
    return given


def _has_left(head: Head, line: Line, known: Row | None) -> tuple[str, str] | None:
    """The column and the words that say that somebody has left, where neither the list nor anybody knows since when."""
    if known and known["left_on"]:
        return None
    for field in ("status", "remark"):
        said = " ".join(cells.text(cell) for cell in head.cells(line, field))
        if GONE.search(said) or (said in ("否", "不在职", "不在岗") and field == "status"):
            return field, said
    return None


def _unit(reading: Reading, line: Line, problems: list[Problem]) -> int:
    """The unit that the line names; 0 where that is a problem."""
    said = [cells.text(cell) for cell in reading.head.cells(line, "unit")]
    called = "/".join(part.strip() for text in said for part in text.replace("／", "/").split("/"))
    meant = reading.units.get(called, [])
    if len(meant) == 1:
        return meant[0]
    if not called:
        problems.append(_problem(reading.head, line, "unit", "required"))
    elif meant:
        several = "、".join(reading.paths[unit_id] for unit_id in meant)
        problems.append(_problem(reading.head, line, "unit", "unit_is_ambiguous", text=called, units=several))
    else:
        problems.append(_problem(reading.head, line, "unit", "unit_is_not_known", text=called))
    return 0


def _staff_no(head: Head, line: Line) -> str:
    """The line's staff number as far as it can be read: what people are looked up by before the rows are judged."""
    return plain_staff_no("".join(cells.text(cell) for cell in head.cells(line, "staff_no")))


def _twice(head: Head, lines: Iterable[Line], numbers: Iterable[str]) -> list[Problem]:
    first: dict[str, int] = {}
    return [
        _problem(head, line, "staff_no", "staff_no_twice", staff_no=staff_no, row=first[staff_no])
        for line, staff_no in zip(lines, numbers, strict=True)
        if staff_no and first.setdefault(staff_no, line.number) != line.number
    ]


def _problem(head: Head, line: Line, field: str, code: str, **facts: object) -> Problem:
    return Problem(code, head.label(field), line.number, facts)
