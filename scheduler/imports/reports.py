"""What any file brings, in one shape: accept, ask or refuse; its rows, and the problems at their cells."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from scheduler import wording
from scheduler.database import Database, Row
from scheduler.errors import Invalid, Problem, Refusal
from scheduler.imports import balance_wide, balances, cells, heads, leave, leave_heads, people, sheets
from scheduler.imports.groups import grouped
from scheduler.imports.heads import Head, Vocabulary
from scheduler.imports.progress import Progress, silent
from scheduler.imports.sheets import Book, Line
from scheduler.imports.wall import Answers, read_wall
from scheduler.imports.wall import people as known_people
from scheduler.imports.wall.found import TOLD_ONLY
from scheduler.wording.refusals import REFUSALS

MIXED = {"encoding_is_mixed", "encoding_unknown"}
NO_SHEETS = {"wall_no_dates", "head_not_found", "leave_head_not_found", "balances_head_not_found", "no_people_in_list"}
PEOPLE_KINDS = {"unit_is_not_known": "unknown_unit", "left_without_a_day": "left_person",
                "left_before_joined": "left_person"}  # fmt: skip
LEAVE_KINDS = {
    "leave_unknown_name": "unknown_person", "leave_unknown_number": "unknown_person", "leave_name_differs": "near_name",
    "leave_same_name": "ambiguous_person", "leave_recurs": "recurring_leave", "leave_end_missing": "open_end",
    "leave_days_do_not_match": "days_do_not_match", "leave_half_unsaid": "days_do_not_match",
    "leave_bad_days": "days_do_not_match", "leave_row_overlaps": "overlap", "already_away": "overlap",
    "leave_after_last_day": "left_person",
    "leave_month_missing": "missing_month", "leave_date_unsure": "ambiguous_date",
    "leave_several_spans": "ambiguous_date", "leave_weekday_differs": "weekday_mismatch",
}  # fmt: skip


@dataclass(slots=True)
class Report:
    """What a file brings; `stored` is what to hand to the function that stores it."""

    expect: str  # accept, accept_with_questions, refuse
    rows: list[Row] = field(default_factory=list)
    maybe: list[Row] = field(default_factory=list)
    problems: list[Row] = field(default_factory=list)
    stored: Any = None

    @property
    def questions(self) -> list[Row]:
        """The problems that need an answer."""
        return [problem for problem in self.problems if problem["kind"] not in TOLD_ONLY]

    def told(self) -> Row:
        """The whole for a program."""
        return {"expect": self.expect, "rows": self.rows, "maybe": self.maybe, "questions": self.questions,
                "problems": self.problems}  # fmt: skip


def people_report(
    db: Database,
    content: bytes | Book,
    filename: str,
    *,
    within: int | None,
    now: datetime,
    progress: Progress = silent,
) -> Report:
    """A staff list. Rows: staff_no name unit role party mobile as the list says them, and row."""

    def read(book: Book) -> tuple[list[Row], list[Problem], Callable[[Problem], str], Any]:
        head, lines = grouped(*heads.found(sheets.only_lines(book)))
        found, problems = people.read_lines(db, head, lines, within=within, now=now, progress=progress)
        by_number = {line.number: line for line in lines}
        names = ("staff_no", "name", "unit", "role", "party", "mobile")
        unsure = people.unsure(problems, by_number)
        found = [row for row in found if row["row"] not in unsure]
        rows = [
            _said(head, by_number[row["row"]], names) | _kept(row, ("staff_no", "name", "mobile")) | {"row": row["row"]}
            for row in found
        ]

        def kind(problem: Problem) -> str:
            if problem.code != "staff_no_twice":
                return PEOPLE_KINDS.get(problem.code, problem.code)
            same = by_number[problem.row or 0].cells == by_number[int(str(problem.facts["row"]))].cells
            return "duplicate_row" if same else "conflicting_row"

        return rows, problems, kind, found

    return report_of(content, filename, heads.STAFF_LIST, read)


def leave_report(
    db: Database,
    content: bytes | Book,
    filename: str,
    *,
    below: Iterable[int] | None = None,
    own: int | None = None,
    progress: Progress = silent,
) -> Report:
    """A list of leave. Rows: staff_no name reason start start_half end end_half, and row."""

    def read(book: Book) -> tuple[list[Row], list[Problem], Callable[[Problem], str], Any]:
        found, problems = leave.read_leave(db, book, filename, below=below, own=own, progress=progress)
        head, lines = grouped(*heads.found(sheets.only_lines(book), leave_heads.LEAVE_LIST))
        by_number = {line.number: line for line in lines}
        rows = [leave.told(db, head, by_number[row["row"]], row) for row in found]
        known = known_people.known(db, below)

        def kind(problem: Problem) -> str:
            if problem.code == "leave_unknown_name":
                near = known.near_names("".join(str(problem.facts["text"]).split()))
                return "near_name" if near else "unknown_person"
            if problem.code == "leave_row_overlaps":
                same = by_number[problem.row or 0].cells == by_number[int(str(problem.facts["row"]))].cells
                return "duplicate_row" if same else "overlap"
            return LEAVE_KINDS.get(problem.code, problem.code)

        return rows, problems, kind, found

    return report_of(content, filename, leave_heads.LEAVE_LIST, read)


def balances_report(
    db: Database,
    content: bytes | Book,
    filename: str,
    *,
    today: date,
    as_of: date | None = None,
    below: Iterable[int] | None = None,
    digest: str = "",
    progress: Progress = silent,
) -> Report:
    """Opening balances. Rows: staff_no name unit activity as_of count, and row."""

    def read(book: Book) -> tuple[list[Row], list[Problem], Callable[[Problem], str], Any]:
        known = digest or (hashlib.sha256(content).hexdigest() if isinstance(content, bytes) else "")
        found = balances.read_balances(
            db, book, filename, today=today, as_of=as_of, below=below, digest=known, progress=progress
        )
        rows = [
            {"staff_no": row["staff_no"], "name": row["person"], "unit": row["unit"],
             "activity": row["said"], "as_of": str(row["day"]), "count": row["trips"], "row": row["row"]}
            for row in found.rows
        ]  # fmt: skip
        return rows, found.problems, balances.kind_of, found

    return report_of(content, filename, balances.BALANCES, read)


def roster_report(
    db: Database,
    content: bytes | Book,
    filename: str,
    *,
    below: Iterable[int] | None = None,
    answers: Answers | None = None,
) -> Report:
    """A duty sheet as it hangs on the wall. Rows: date place activity role person staff_no start end sheet cell."""
    try:
        found = read_wall(db, content, filename, below=below, answers=answers or Answers())
    except Invalid as refusal:
        return refused(refusal)
    return Report(found.expect, found.rows, found.maybe, found.problems, found.rows)


def refused(refusal: Refusal) -> Report:
    """The report of a file of which nothing is taken."""
    return Report("refuse", problems=[
        {
            "sheet": None, "row": problem.row or problem.facts.get("row"), "column": None,
            "kind": _file_kind(problem.code),
            "text": wording.sentence(problem, "zh"), "code": problem.code, "problem": problem,
        }
        for problem in refusal.problems
    ])  # fmt: skip


def sentence(problem: Row, lang: wording.Lang) -> str:
    """A problem of a report in words, behind its sheet, row and column."""
    held = problem.get("problem")
    if held is None:
        code = f"asked_{problem['kind']}"
        facts = {"text": problem["text"], "candidates": "、".join(_named(problem)), "other": problem.get("other", "")}
        held = Problem(code if code in REFUSALS else "asked_bad_date", None, None, facts)
    words = wording.sentence(held, lang)
    if problem["row"] is None:
        return words
    sheet = f"{problem['sheet']} " if problem["sheet"] else ""
    column = problem.get("label") or problem["column"] or ""
    where = f"{sheet}第 {problem['row']} 行 {column}" if lang == "zh" else f"{sheet}row {problem['row']} {column}"
    return f"{where.strip()}：{words}" if lang == "zh" else f"{where.strip()}: {words}"


def _named(problem: Row) -> list[str]:
    people = [f"{one['person']}（{one['staff_no']} {one['unit']}）" for one in problem.get("people", ())]
    return people or list(problem.get("candidates", ()))


def report_of(
    content: bytes | Book,
    filename: str,
    known: Vocabulary,
    read: Callable[[Book], tuple[list[Row], list[Problem], Callable[[Problem], str], Any]],
) -> Report:
    """A list in this shape: `read` gives rows, problems, the name of a problem's kind, and what is to be stored."""
    try:
        book = content if isinstance(content, Book) else sheets.read_book(content, filename)
        sheet = _the_list(book, known)
        narrowed = Book([sheet], book.hidden)
        unseen = _unseen(narrowed)
        rows, problems, kind, stored = read(narrowed)
    except Invalid as refusal:
        return refused(refusal)
    if problems and all(problem.row is None for problem in problems):
        return refused(Invalid.of(problems))
    failing = {row: text for (row, _), text in sheet.errors.items()}
    told = [_told(sheet.name, problem, kind(problem)) for problem in problems if problem.row not in failing]
    told += [
        {"sheet": sheet.name, "row": row, "column": heads.letters(column), "kind": "formula_error", "text": text}
        for (row, column), text in sorted(sheet.errors.items())
    ]
    rows = [row for row in rows if row["row"] not in failing]
    if failing and isinstance(stored, list):
        stored = [row for row in stored if row["row"] not in failing]
    expect = "accept" if not told else "accept_with_questions" if rows else "refuse"
    return Report(expect, rows, [], unseen + told, stored)


def _the_list(book: Book, known: Vocabulary) -> sheets.Sheet:
    """The sheet that is the list: the only one, or the only one with its head."""
    if len(book.sheets) == 1:
        return book.sheets[0]
    fit = []
    for sheet in book.sheets:
        try:
            lines = sheets.only_lines(Book([sheet]))
            if not (known is balances.BALANCES and balance_wide.wide(lines, known)):
                heads.found(lines, known)
        except Invalid:
            continue
        fit.append(sheet)
    if len(fit) != 1:
        raise Invalid("several_sheets", sheets="、".join(sheet.name for sheet in book.sheets))
    return fit[0]


def _unseen(book: Book) -> list[Row]:
    told: list[Row] = [
        {"sheet": name, "row": 1, "column": None, "kind": "hidden_sheet", "text": name} for name in book.hidden
    ]
    for sheet in book.sheets:
        for line in sheet.lines:
            if line.number in sheet.hidden_rows:
                text = " ".join(cells.text(cell) for cell in line.cells if cell != "")
                told.append(_at(sheet.name, line.number, None, "hidden_row", text[:200]))
        told += [
            _at(sheet.name, row, heads.letters(column), "crossed_out", text)
            for (row, column), text in sorted(sheet.struck.items())
        ]
    return told


def _at(sheet: str, row: int, column: str | None, kind: str, text: str) -> Row:
    return {"sheet": sheet, "row": row, "column": column, "kind": kind, "text": text}


def _told(sheet: str, problem: Problem, kind: str) -> Row:
    letters = re.match(r"([A-Z]{1,3}) ", f"{problem.field or ''} ")
    text = str(problem.facts.get("text", problem.facts.get("staff_no", "")))
    return {
        "sheet": sheet, "row": problem.row, "column": letters[1] if letters else None, "kind": kind, "text": text,
        "code": problem.code, "label": problem.field, "problem": problem,
    }  # fmt: skip


def _kept(row: Row, fields: Iterable[str]) -> Row:
    """Fields as they would be stored, those that the line says: without padding, in ordinary digits."""
    return {name: row["given"][name] for name in fields if name in row["given"]}


def _said(head: Head, line: Line, fields: Iterable[str]) -> Row:
    return {name: "/".join(cells.text(cell) for cell in head.cells(line, name)) for name in fields}


def _file_kind(code: str) -> str:
    if code in MIXED:
        return "mixed_encoding"
    return code if code in NO_SHEETS else "not_a_workbook"
