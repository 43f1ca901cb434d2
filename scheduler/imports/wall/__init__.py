"""Duty sheets as they hang on the wall: in any layout, the rows that are certain and questions for the rest."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from scheduler import workdays
from scheduler.database import Database
from scheduler.database import rows as found_rows
from scheduler.errors import Invalid
from scheduler.imports import sheets
from scheduler.imports.sheets import Book
from scheduler.imports.wall import people as persons
from scheduler.imports.wall import places
from scheduler.imports.wall.blocks import Block, blocks, dateless, lines_around
from scheduler.imports.wall.calendars import taken_apart
from scheduler.imports.wall.found import TOLD_ONLY, Found
from scheduler.imports.wall.grid import Grid, Unseen, seen
from scheduler.imports.wall.lanes import Table
from scheduler.imports.wall.legend import legend, without_dates
from scheduler.imports.wall.people import People
from scheduler.imports.wall.periods import Period, only_day, period
from scheduler.imports.wall.places import Places
from scheduler.imports.wall.reading import Reader
from scheduler.imports.wall.spots import Context
from scheduler.imports.wall.teams import spelled_out
from scheduler.imports.wall.words import DUTY_TITLE, OTHER_TITLE, squeezed

SECTION = re.compile(r"[(（]?[一二三四五六七八九十]{1,2}[)）、.]")  # 一、厅堂服务: of the table under it alone
__all__ = ["Answers", "WallReading", "read_book", "read_wall"]


@dataclass(frozen=True, slots=True)
class Answers:
    """What somebody answered: the month, and by the sheet's text a staff number, a place, a mark's role or `off`."""

    month: str = ""  # 2026-12
    people: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)
    marks: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class WallReading:
    """What was read.

    `expect` is accept, accept_with_questions or refuse.

    Rows and maybe: date place activity role person staff_no start end sheet cell session. Problems: sheet row column
    kind text, and candidates where somebody or some place may be meant; questions are those of them to be answered.
    """

    expect: str
    rows: list[dict[str, Any]]
    maybe: list[dict[str, Any]]
    problems: list[dict[str, Any]]

    @property
    def questions(self) -> list[dict[str, Any]]:
        """The problems that somebody must answer before what they concern is taken."""
        return [problem for problem in self.problems if problem["kind"] not in TOLD_ONLY]


def read_wall(
    db: Database,
    content: bytes | Book,
    filename: str,
    *,
    below: Iterable[int] | None = None,
    answers: Answers = Answers(),
) -> WallReading:
    """A duty sheet read against the people and places of these units and below; nothing is stored. Invalid for no file
    that can be read.
    """
    book = content if isinstance(content, Book) else sheets.read_book(content, filename)
    below = None if below is None else list(below)
    known = places.known(db, below)
    activities = [str(row["name_zh"]) for row in found_rows(db, "SELECT name_zh FROM activity ORDER BY sort")]
    people = persons.known(db, below)
    return read_book(book, filename, people, known, activities, answers, lambda day: _works(db, day))


def _works(db: Database, day: date) -> bool | None:
    """Whether people work on a day; None where its year's holidays are not announced."""
    (told,) = workdays.days(db, day, day)
    return told.is_workday if told.announced else None


def read_book(
    book: Book,
    filename: str,
    people: People,
    known: Places,
    activities: list[str],
    answers: Answers = Answers(),
    is_workday: Callable[[date], bool | None] = lambda _: None,
) -> WallReading:
    """The same of an open file; no database is asked but for workdays."""
    known = known.answered(answers.places)
    found = Found(activities)
    for name in book.hidden:
        found.problems.append({"sheet": name, "row": 1, "column": None, "kind": "hidden_sheet", "text": name})
    read = [(grid, unseen, _tables(grid, filename)) for grid, unseen in map(seen, book.sheets)]
    spelled_out(((grid, tables) for grid, _, tables in read), people)
    for grid, unseen, tables in read:
        if tables:
            _tell(found, grid, unseen)
        _read(grid, tables, filename, people, known, found, answers, is_workday)
    found.settle()
    return _reading(found)


def _tables(grid: Grid, filename: str) -> list[Block]:
    weeks = taken_apart(grid)
    if weeks:
        lines_around(grid, weeks)
    tables = [table for table in weeks or blocks(grid) if not _is_other(grid, table)]
    if tables:
        return tables
    block = dateless(grid)
    if block is None:
        return []
    said = [*(line.text for line in block.above), grid.name]
    return [block] if _only_day(said, filename) and DUTY_TITLE.search("".join(said)) else []


def _only_day(said: list[str], filename: str) -> date | None:
    """The one day of a sheet without dates in it; its year may stand in the file's name."""
    if day := only_day(said):
        return day
    year = period([*said, Path(filename).stem]).year
    return (
        only_day(re.sub(r"(?<![年\d])(\d{1,2}月\d{1,2}[日号])", rf"{year}年\1", squeezed(text)) for text in said)
        if year
        else None
    )


def _is_other(grid: Grid, table: Block) -> bool:
    """Whether titles tell of birthdays, meetings, leave, and of no duty."""
    heads = [label.text for lane in table.lanes for label in lane.labels]
    said = "".join([*(line.text for line in table.above), grid.name, *heads, *table.heads.values()])
    return bool(OTHER_TITLE.search(said)) and not DUTY_TITLE.search(said)


def _tell(found: Found, grid: Grid, unseen: list[Unseen]) -> None:
    for one in unseen:
        cell = None if one.column is None else ((one.row or 1) - 1, one.column)
        if cell is None:
            found.problems.append(
                {"sheet": grid.name, "row": one.row, "column": None, "kind": one.kind, "text": one.text}
            )
        else:
            found.problem(grid, cell, one.kind, one.text)


def _read(
    grid: Grid,
    tables: list[Block],
    filename: str,
    people: People,
    known: Places,
    found: Found,
    answers: Answers,
    is_workday: Callable[[date], bool | None],
) -> None:
    for block in tables:
        table = Table(grid, block, people, known)
        context = _context(grid, block, tables, filename, known, found, answers)
        Reader(table, replace(context, is_workday=is_workday), found).read()
        found.tables += 1


def _context(
    grid: Grid, block: Block, tables: list[Block], filename: str, known: Places, found: Found, answers: Answers
) -> Context:
    """What the lines over the table say, then the sheet's title, then its name, then the file's."""
    first = tables[0]
    own, title = [line.text for line in block.above], [line.text for line in first.above]
    heads = [
        *block.heads.values(),
        *(label.text for lane in block.lanes for label in lane.labels if "年" in label.text),
    ]
    told = Period()
    for texts in (own, heads, title, [grid.name], [Path(filename).stem], [answers.month]):
        told = told.over(period(texts))
    if block.axis.line < 0:
        day = _only_day([*own, grid.name], filename)
        told = Period(None, None, day, day)
    apart = any(_named(known, [line.text for line in other.above]) for other in tables[1:])
    groups = (own, [grid.name]) if block is first or apart else (own, title, [grid.name])
    place: str = ""
    several: tuple[str, ...] = ()
    for texts in groups:
        inside = _named(known, texts)
        if len(inside) > 1:
            several = tuple(inside)
            break
        if inside:
            place = inside[0]
            break
    explained = legend(own or title, [*(line.text for line in block.below), *(title if own else [])])
    if explained.hours is None and block is not first:
        explained.hours = legend(title, []).hours
    shared = [text for text in title if block is first or not SECTION.match(text)]
    words = "".join(squeezed(text) for text in (*shared, *own, grid.name))
    activity = next((said for texts in (own, (*shared, grid.name)) if (said := _activity(texts, found))), "")
    return Context(told, place, explained, activity, words, several, _plain(answers.people), _plain(answers.marks))


def _activity(texts: Iterable[str], found: Found) -> str:
    words = "".join(squeezed(text) for text in texts)
    return max((activity for activity in found.known_activities if activity in words), key=len, default="")


def _named(known: Places, texts: Iterable[str]) -> list[str]:
    """The places whose whole names the lines hold; one inside a longer one does not count."""
    inside = sorted({name for text in texts for name in known.within(without_dates(text))})
    return [name for name in inside if not any(name != other and name in other for other in inside)]


def _plain(answers: Mapping[str, str]) -> dict[str, str]:
    return {squeezed(said): meant for said, meant in answers.items()}


def _reading(found: Found) -> WallReading:
    kept = [
        {name: held for name, held in row.items() if name not in ("certain", "at", "axis", "left_on", "grid", "again")}
        for row in found.rows
    ]
    rows = [row for row, held in zip(kept, found.rows, strict=True) if held["certain"]]
    maybe = [row for row, held in zip(kept, found.rows, strict=True) if not held["certain"] and not held.get("again")]
    asked = [problem for problem in found.problems if problem["kind"] not in TOLD_ONLY]
    if not found.tables or not (rows or maybe or asked):
        raise Invalid("wall_no_dates")
    return WallReading("accept_with_questions" if asked or maybe else "accept", rows, maybe, found.problems)
