"""Who a line of a list means: one known person, or a question."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from scheduler.database import Database, Row, rows
from scheduler.errors import Invalid, Problem
from scheduler.imports import cells
from scheduler.imports.heads import Head
from scheduler.imports.sheets import Line
from scheduler.imports.wall.words import untitled
from scheduler.people.fields import plain_staff_no

BRACKETS = re.compile(r"[(（【\[].*?[)）】\]]")


@dataclass(frozen=True, slots=True)
class Known:
    """The people that a list may name, by number and by name without its padding."""

    by_number: dict[str, Row]
    by_name: dict[str, list[Row]]


def known_people(db: Database, below: Iterable[int] | None) -> Known:
    """Everybody in these units and below; everybody without them."""
    found = rows(
        db,
        """
        SELECT person.id, person.name, staff_no, left_on, unit.name AS unit
        FROM person
        JOIN unit ON unit.id = person.unit_id
        WHERE :all OR person.unit_id IN (
            SELECT unit_id FROM unit_above WHERE above_id IN (SELECT value FROM json_each(:below))
        )
        ORDER BY staff_no
        """,
        all=int(below is None),
        below=json.dumps(sorted(below or ())),
    )
    by_name: dict[str, list[Row]] = defaultdict(list)
    for row in found:
        by_name[_plain(row["name"])].append(row)
    return Known({row["staff_no"]: row for row in found}, by_name)


def meant(known: Known, head: Head, line: Line, wrong: list[Problem]) -> Row | None:
    """By number where there is one, and then by a name that agrees; else by name, and by department among namesakes."""
    name = " ".join(cells.text(cell) for cell in head.cells(line, "name"))
    said = head.cells(line, "staff_no")
    if said:
        try:
            number = plain_staff_no(cells.staff_no(said[0]))
        except Invalid as refusal:
            wrong.append(Problem(refusal.code, "staff_no", None, refusal.problems[0].facts))
            return None
        person = known.by_number.get(number)
        if person is None:
            wrong.append(Problem("leave_unknown_number", "staff_no", None, {"staff_no": number}))
        elif name and untitled(_plain(name), (own := _plain(person["name"]),)) != own:
            facts = {"staff_no": number, "person": person["name"], "text": name}
            wrong.append(Problem("leave_name_differs", "name", None, facts))
            return None
        return person
    found = known.by_name.get(untitled(_plain(name), known.by_name), [])
    if len(found) > 1:
        units = {_plain(cells.text(cell)) for cell in head.cells(line, "unit")}
        found = [row for row in found if _plain(row["unit"]) in units] or found
    if len(found) == 1:
        return found[0]
    if not name:
        wrong.append(Problem("required", "name"))
    elif found:
        numbers = "、".join(row["staff_no"] for row in found)
        wrong.append(Problem("leave_same_name", "name", None, {"text": name, "numbers": numbers}))
    else:
        wrong.append(Problem("leave_unknown_name", "name", None, {"text": name}))
    return None


def _plain(name: str) -> str:
    """A name without padding inside and without what stands in brackets."""
    return "".join(BRACKETS.sub("", name).split())
