"""A roster's workbook read back: what it would change, what it leaves to be asked, and the change itself."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from scheduler import audit, clock
from scheduler.assignments.batch import Spoken, Weighed, put_all
from scheduler.audit import Actor
from scheduler.config import Duty
from scheduler.database import Database, Row, one, rows, run, write
from scheduler.errors import Conflict, Invalid, NotFound, Problem
from scheduler.exports.rosters import FIRST_DAY, HEADS, UNFILLED, hours_of
from scheduler.imports.cells import text
from scheduler.imports.sheets import Line, read_sheet
from scheduler.steps import step

PARTED = re.compile(r"[\n\r、，,;；/]+")
NUMBERED = re.compile(r"(\S+)\s+([0-9A-Za-z-]*\d[0-9A-Za-z-]*)")


@dataclass(slots=True)
class Difference:
    """What a workbook would change. Nothing is stored while there are `questions`.

    `added` and `removed` are person_id, person, shift_id, place, day, activity_zh, activity_en, and the file's row;
    those to be removed have their assignment_id too. Of the added ones `warned` need a reason; `left_out` may not
    stand where the file puts them, and are not among those to be added.
    """

    added: list[Row] = field(default_factory=list)
    removed: list[Row] = field(default_factory=list)
    questions: list[Problem] = field(default_factory=list)
    left_out: list[Spoken] = field(default_factory=list)
    warned: list[Spoken] = field(default_factory=list)

    def take(self, weighed: Weighed) -> None:
        """What came of trying, or of doing it."""
        self.added, self.left_out, self.warned = weighed.seated, weighed.left_out, weighed.warned


class _Undone(Exception):
    """Ends a transaction that only tried."""


def read_roster(
    db: Database, roster_id: int, content: bytes, filename: str, *, duty: Duty | None = None, now: datetime
) -> Difference:
    """What the workbook would change in the roster as it is planned now. Invalid for a file that is none of ours.

    A line or a day that the file has not is left alone. Names that nobody or several people have are questions:
    nothing is guessed. Whoever may not stand where the file puts them is left out.
    """
    found = _difference(db, roster_id, read_sheet(content, filename), now)
    if not found.questions:
        with suppress(_Undone), write(db):
            found.take(put_all(db, found.removed, found.added, duty=duty, now=now))
            raise _Undone
    return found


def store_roster(
    db: Database,
    roster_id: int,
    content: bytes,
    filename: str,
    *,
    version: int,
    reason: str = "",
    duty: Duty | None = None,
    by: Actor,
    now: datetime,
) -> Difference:
    """Plan the roster as the workbook has it, but for those who may not stand there: one step, or nothing of it.

    `reason` is why rules that warn are set aside; it stays with those seats and goes to the audit. Conflict without one
    where one is needed, and if the roster changed since it was looked at; Invalid while there are questions.
    """
    lines = read_sheet(content, filename)
    with write(db):
        roster = one(db, "SELECT unit_id, state, version FROM roster WHERE id = :id", id=roster_id)
        if roster is None:
            raise NotFound("not_found")
        if roster["state"] == "closed":
            raise Conflict("roster_is_closed")
        if roster["version"] != version:
            raise Conflict("roster_changed")
        found = _difference(db, roster_id, lines, now)
        if found.questions:
            raise Invalid.of(found.questions)
        touched = {row["shift_id"] for row in found.added + found.removed}
        with step(db, roster_id, "import", touched, by=by, now=now):
            weighed = put_all(db, found.removed, found.added, reason=reason, duty=duty, now=now)
            weighed.refuse_without(reason)
        found.take(weighed)
        run(db, "UPDATE roster SET version = version + 1 WHERE id = :id", id=roster_id)
        audit.record(
            db, "import", "roster", roster_id, by=by, now=now, unit_id=roster["unit_id"],
            added=len(found.added), removed=len(found.removed), **weighed.told(reason),
        )  # fmt: skip
        return found


def _difference(db: Database, roster_id: int, lines: Sequence[Line], now: datetime) -> Difference:
    days, below = _head(lines)
    shifts, people = _shifts(db, roster_id), _people(db, roster_id)
    found = Difference()
    for line in below:
        key = tuple(_squeezed(text(cell)) for cell in line.cells[:FIRST_DAY])
        if not any(key):
            continue
        if key not in shifts:
            found.questions.append(Problem("sheet_line_unknown", row=line.number, facts={"text": " · ".join(key)}))
            continue
        for column, day in days.items():
            cell = line.cells[column] if column < len(line.cells) else ""
            _compare(found, text(cell), shifts[key].get(day, []), people, line.number, date.fromisoformat(day), now)
    return found


def _head(lines: Sequence[Line]) -> tuple[dict[int, str], Sequence[Line]]:
    """The columns of the days, and the lines below the head: the row that names the place and dates its columns."""
    for at, line in enumerate(lines):
        days = {n: str(cell["date"]) for n, cell in enumerate(line.cells) if isinstance(cell, dict)}
        if days and text(line.cells[0]) in HEADS["place"]:
            return days, lines[at + 1 :]
    raise Invalid("sheet_has_no_head", field="file")


def _compare(
    found: Difference, cell: str, held: list[Row], people: dict[str, list[Row]], number: int, day: date, now: datetime
) -> None:
    """One cell against the shifts that it stands for (rarely more than one: two templates at the same hours)."""
    wanted, questions = _wanted(cell, people, number, day)
    standing = {row["person_id"]: row for shift in held for row in shift["standing"]}
    added = [row for row in wanted if row["id"] not in standing]
    removed = [row for person_id, row in standing.items() if person_id not in {w["id"] for w in wanted}]
    room = sum(shift["headcount"] for shift in held)
    where: dict[str, Any] = {"day": day}
    if not held and wanted:
        questions.append(Problem("sheet_no_shift", row=number, facts=where))
    elif len(wanted) > room:
        questions.append(Problem("sheet_too_many", row=number, facts=where | {"count": len(wanted), "most": room}))
    elif (added or removed) and any(shift["starts_at"] <= clock.to_text(now) for shift in held):
        questions.append(Problem("sheet_has_begun", row=number, facts=where))
    found.questions += questions
    if not questions:
        found.removed += [row | {"row": number} for row in removed]
        found.added += [row | {"row": number} for row in _dealt(added, held, removed)]


def _dealt(added: list[Row], held: list[Row], removed: list[Row]) -> list[Row]:
    """Each into the first of the shifts that has room once the others are out."""
    out = {row["assignment_id"] for row in removed}
    free = [
        shift
        for shift in held
        for _ in range(shift["headcount"] - sum(row["assignment_id"] not in out for row in shift["standing"]))
    ]
    return [
        {"person_id": person["id"], "person": person["name"], **_where(shift)}
        for person, shift in zip(added, free, strict=False)
    ]


def _wanted(cell: str, people: dict[str, list[Row]], number: int, day: date) -> tuple[list[Row], list[Problem]]:
    wanted: dict[int, Row] = {}
    questions: list[Problem] = []
    for written in filter(None, (part.strip() for part in PARTED.split(cell))):
        if written in UNFILLED:
            continue
        numbered = NUMBERED.fullmatch(written)
        name, staff_no = numbered.groups() if numbered else (_squeezed(written), None)
        meant = [row for row in people.get(name, ()) if staff_no in (None, row["staff_no"])]
        if len(meant) == 1:
            wanted[meant[0]["id"]] = meant[0]
        else:
            code = "sheet_same_name" if meant else "sheet_unknown_name"
            facts = {"text": written, "day": day} | (
                {"numbers": "、".join(row["staff_no"] for row in meant)} if meant else {}
            )
            questions.append(Problem(code, row=number, facts=facts))
    return list(wanted.values()), questions


def _squeezed(words: str) -> str:
    """Without blanks: two-character names are often spread to three."""
    return "".join(words.split())


def _where(shift: Row) -> Row:
    return {name: shift[name] for name in ("shift_id", "place", "day", "activity_zh", "activity_en")}


def _shifts(db: Database, roster_id: int) -> dict[tuple[str, ...], dict[str, list[Row]]]:
    """By place, activity (in either language) and hours, then by day: the shifts, each with who stands it."""
    found = rows(
        db,
        """
        SELECT shift.id AS shift_id, place.name AS place, activity.name_zh AS activity_zh,
               activity.name_en AS activity_en, shift.day, shift.starts_at, shift.ends_at, shift.headcount
        FROM shift
        JOIN place ON place.id = shift.place_id
        JOIN activity ON activity.id = shift.activity_id
        WHERE shift.roster_id = :roster_id AND shift.state <> 'cancelled'
        ORDER BY shift.starts_at, shift.id
        """,
        roster_id=roster_id,
    )
    standing = _standing(db, roster_id)
    made: dict[tuple[str, ...], dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for shift in found:
        begins, ends = (clock.local(shift[at], db.zone).time() for at in ("starts_at", "ends_at"))
        held = shift | {"standing": [row | _where(shift) for row in standing.get(shift["shift_id"], [])]}
        for activity in (shift["activity_zh"], shift["activity_en"]):
            key = tuple(_squeezed(words) for words in (shift["place"], activity, hours_of((begins, ends))))
            made[key][shift["day"]].append(held)
    return made


def _standing(db: Database, roster_id: int) -> dict[int, list[Row]]:
    found = rows(
        db,
        """
        SELECT assignment.id AS assignment_id, assignment.shift_id, person.id AS person_id, person.name AS person
        FROM shift
        JOIN assignment ON assignment.shift_id = shift.id AND assignment.state <> 'released'
        JOIN person ON person.id = assignment.person_id
        WHERE shift.roster_id = :roster_id
        ORDER BY assignment.shift_id, assignment.slot
        """,
        roster_id=roster_id,
    )
    return _by(found, "shift_id")


def _people(db: Database, roster_id: int) -> dict[str, list[Row]]:
    """By name: the people of the roster's unit and below who are there in its period, and whoever stands in it."""
    found = rows(
        db,
        """
        SELECT person.id, person.name, person.staff_no
        FROM roster
        JOIN unit_above ON unit_above.above_id = roster.unit_id
        JOIN person ON person.unit_id = unit_above.unit_id
        WHERE roster.id = :roster_id AND (person.left_on IS NULL OR person.left_on >= roster.starts_on)
        ORDER BY person.staff_no
        """,
        roster_id=roster_id,
    )
    return _by([row | {"squeezed": _squeezed(row["name"])} for row in found], "squeezed")


def _by(found: Iterable[Row], name: str) -> dict[Any, list[Row]]:
    grouped: dict[Any, list[Row]] = defaultdict(list)
    for row in found:
        grouped[row[name]].append(row)
    return grouped
