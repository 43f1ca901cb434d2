"""What the cells of a balance mean: one known person, an activity, a place, a count; or a question."""

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
COUNT = re.compile(r"(\d{1,6})(?:\.0+)?(?:人次|次)?")
MOST = 10_000  # person-trips of one person and activity: beyond it somebody has typed two cells into one
MOST_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class Known:
    """Whom and what a list may name."""

    by_number: dict[str, Row]
    by_name: dict[str, list[Row]]
    activities: dict[str, Row]
    places: dict[str, list[Row]]


def known(db: Database, below: Iterable[int] | None) -> Known:
    """Everybody in these units and below, everybody without them; who has left counts too."""
    asked = {"all": int(below is None), "below": json.dumps(sorted(below or ()))}
    people = rows(
        db,
        """
        SELECT person.id, person.name, person.staff_no, unit.name AS unit,
               (SELECT above_id FROM unit_above WHERE unit_id = unit.id ORDER BY depth DESC LIMIT 1) AS root_id
        FROM person
        JOIN unit ON unit.id = person.unit_id
        WHERE :all OR person.unit_id IN (
            SELECT unit_id FROM unit_above WHERE above_id IN (SELECT value FROM json_each(:below))
        )
        ORDER BY person.staff_no
        """,
        **asked,
    )
    places = rows(
        db,
        """
        SELECT id, name
        FROM place
        WHERE :all OR unit_id IN (
            SELECT above_id FROM unit_above WHERE unit_id IN (SELECT value FROM json_each(:below))
            UNION SELECT unit_id FROM unit_above WHERE above_id IN (SELECT value FROM json_each(:below))
        )
        """,
        **asked,
    )
    by_name: dict[str, list[Row]] = defaultdict(list)
    for row in people:
        by_name[plain(row["name"])].append(row)
    by_place: dict[str, list[Row]] = defaultdict(list)
    for row in places:
        by_place[plain(row["name"])].append(row)
    return Known({row["staff_no"]: row for row in people}, by_name, activities(db), by_place)


def person_of(who: Known, head: Head, line: Line, wrong: list[Problem]) -> Row | None:
    """By number where there is one, and then by a name that agrees; else by name, and by department among namesakes."""
    name = plain(" ".join(cells.text(cell) for cell in head.cells(line, "name")))
    said = head.cells(line, "staff_no")
    if said:
        return _numbered(who, name, said[0], wrong)
    found = who.by_name.get(untitled(name, who.by_name), [])
    if len(found) > 1:
        units = {plain(cells.text(cell)) for cell in head.cells(line, "unit")}
        found = [row for row in found if plain(row["unit"]) in units] or found
    if len(found) == 1:
        return found[0]
    if not name:
        wrong.append(Problem("required", "name"))
    elif found:
        numbers = "、".join(row["staff_no"] for row in found)
        wrong.append(Problem("balance_same_name", "name", None, {"text": name, "numbers": numbers}))
    else:
        wrong.append(_stranger(who, name))
    return None


def activity_of(who: Known, head: Head, line: Line, wrong: list[Problem]) -> Row | None:
    """The activity of that name; 值守 is said for 值班."""
    said = "".join(cells.text(cell) for cell in head.cells(line, "activity"))
    found = activity_named(who, said)
    if not said:
        wrong.append(Problem("required", "activity"))
    elif found is None:
        names = "、".join(dict.fromkeys(row["name_zh"] for row in who.activities.values()))
        wrong.append(Problem("balance_unknown_activity", "activity", None, {"text": said, "names": names}))
    return found


def activity_named(who: Known, said: str) -> Row | None:
    """The activity that is called so; 值守 is said for 值班."""
    name = plain(said).lower()
    return who.activities.get(name) or who.activities.get(name.replace("值守", "值班"))


def place_of(who: Known, head: Head, line: Line, wrong: list[Problem]) -> Row | None:
    """The place of that name in full; None where the list names none."""
    said = "".join(cells.text(cell) for cell in head.cells(line, "place"))
    if not said:
        return None
    found = who.places.get(plain(said), [])
    if len(found) != 1:
        wrong.append(Problem("balance_unknown_place", "place", None, {"text": said}))
        return None
    return found[0]


def count_of(head: Head, line: Line, wrong: list[Problem]) -> int | None:
    """A whole number of person-trips; 12次 is 12."""
    said = "".join(cells.text(cell) for cell in head.cells(line, "count")).replace(",", "")
    found = COUNT.fullmatch("".join(said.split()))
    if found is None or int(found[1]) > MOST:
        wrong.append(Problem("balance_bad_count", "count", None, {"text": said[:20]}))
        return None
    return int(found[1])


def minutes_of(head: Head, line: Line, trips: int, wrong: list[Problem]) -> int:
    """How long each trip took, where the list says hours; 0 where nobody knows."""
    said = "".join(cells.text(cell) for cell in head.cells(line, "hours"))
    if not said or not trips:
        return 0
    try:
        minutes = round(float(said) * 60 / trips)
    except ValueError:
        minutes = -1
    if not 0 < minutes <= MOST_MINUTES:
        wrong.append(Problem("balance_bad_hours", "hours", None, {"text": said[:20]}))
    return max(minutes, 0)


def plain(name: str) -> str:
    """A name without padding inside and without what stands in brackets."""
    return "".join(BRACKETS.sub("", name).split())


def _numbered(who: Known, name: str, cell: object, wrong: list[Problem]) -> Row | None:
    try:
        number = plain_staff_no(cells.staff_no(cell))
    except Invalid as refusal:
        wrong.append(Problem(refusal.code, "staff_no", None, refusal.problems[0].facts))
        return None
    person = who.by_number.get(number)
    if person is None:
        wrong.append(Problem("balance_unknown_number", "staff_no", None, {"staff_no": number}))
    elif name and untitled(name, (own := plain(person["name"]),)) != own:
        facts = {"staff_no": number, "person": person["name"], "text": name}
        wrong.append(Problem("balance_name_differs", "name", None, facts))
        return None
    return person


def _stranger(who: Known, name: str) -> Problem:
    """A name that nobody has; those who differ from it by one character are proposed."""
    near = [row for known_name, held in who.by_name.items() if _is_near(name, known_name) for row in held]
    if not near:
        return Problem("balance_unknown_person", "name", None, {"text": name})
    names = "、".join(f"{row['name']} {row['staff_no']}" for row in near[:3])
    return Problem("balance_near_name", "name", None, {"text": name, "names": names})


def _is_near(one: str, other: str) -> bool:
    """Whether two names differ by one character put in another's place, added or left out."""
    short, long = sorted((one, other), key=len)
    if len(short) < 2 or len(long) - len(short) > 1:
        return False
    if len(short) == len(long):
        return sum(a != b for a, b in zip(short, long, strict=True)) == 1
    return any(long[:index] + long[index + 1 :] == short for index in range(len(long)))


def activities(db: Database) -> dict[str, Row]:
    """Every activity by each of its names and its code."""
    found: dict[str, Row] = {}
    for row in rows(db, "SELECT code, name_zh, name_en FROM activity ORDER BY sort"):
        for name in (row["name_zh"], row["name_en"], row["code"]):
            found.setdefault(plain(name).lower(), row)
    return found
