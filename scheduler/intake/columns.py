"""Which column of a list is which: by its words, as somebody said, or as they said of such a head before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from scheduler import clock
from scheduler.database import Database, Row, run, value
from scheduler.errors import Invalid
from scheduler.imports import balance_wide, balances, cells, heads, leave_heads, organisation, sheets
from scheduler.imports.balance_cells import activities
from scheduler.imports.balance_titles import completed_by
from scheduler.imports.heads import Vocabulary
from scheduler.imports.sheets import MOST_ABOVE, Book, Line, Sheet

VOCABULARIES: Mapping[str, Vocabulary] = {
    "people": heads.STAFF_LIST,
    "leave": leave_heads.LEAVE_LIST,
    "balances": balances.BALANCES,
    **organisation.LISTS,
}
HEADLESS = {
    "head_not_found", "leave_head_not_found", "balances_head_not_found", "list_head_not_found", "columns_are_missing",
    "columns_are_double",
}  # fmt: skip
SHOWN_LINES, SHOWN_COLUMNS, SHOWN_TEXT = 12, 30, 60


def cell_key(sheet: str, row: int | None, column: str | None) -> str:
    """A cell, or a whole row, as answers name it."""
    return f"{sheet}\t{row or ''}\t{column or ''}"


def mended(book: Book, given: Mapping[str, Any]) -> Book:
    """The book with what people answered: cells that they corrected, rows that they left out, heads that they named."""
    said, left = given.get("cells", {}), set(given.get("left", ()))
    columns = given.get("columns") or {}
    found = []
    for sheet in book.sheets:
        if columns.get("sheet") not in (None, sheet.name):
            continue
        lines = [line for line in sheet.lines if cell_key(sheet.name, line.number, None) not in left]
        for line in lines if said else ():
            own = {n: said[key] for n in range(SHOWN_COLUMNS) if (key := _key(sheet, line, n)) in said}
            for index, text in own.items():
                line.cells.extend([""] * (index + 1 - len(line.cells)))
                line.cells[index] = text
                sheet.errors.pop((line.number, index), None)
        sheet.errors = {at: text for at, text in sheet.errors.items() if cell_key(sheet.name, at[0], None) not in left}
        sheet.lines = lines
        found.append(sheet)
    return Book(found, book.hidden)


def _key(sheet: Sheet, line: Line, column: int) -> str:
    return cell_key(sheet.name, line.number, heads.letters(column))


def named(book: Book, kind: str, columns: Mapping[str, Any]) -> Book:
    """The book whose head line says what each column is, its own words kept in brackets behind."""
    words = VOCABULARIES[kind].words
    fields = columns.get("fields", {})
    for sheet in book.sheets:
        lines = []
        for line in sheet.lines:
            if line.number == columns["row"]:
                line = Line(
                    line.number, [_head_cell(cell, fields.get(str(n)), words) for n, cell in enumerate(line.cells)]
                )
            elif line.number < columns["row"]:
                line = Line(line.number, [_unread(cell) for cell in line.cells])
            lines.append(line)
        sheet.lines = lines
    return book


def _unread(cell: Any) -> Any:
    """A title above the chosen head is no head; a date in it may still be read."""
    return cell if not isinstance(cell, str) or len(cell) > 12 else f"·{cell}"


def _head_cell(cell: Any, field: str | None, words: Mapping[str, str]) -> str:
    own = "".join(cells.text(cell).split())
    own = own.translate(str.maketrans("（）()【】[]", "        ")).strip()
    if field:
        return words[field].split()[0] + (f"（{own}）" if own else "")
    return f"·{own}" if own else ""


def head_asked(book: Book, kind: str, columns: Mapping[str, Any]) -> Row:
    """What a page shows to let somebody say which column is which: lines, and for each column a guess."""
    sheet = next((one for one in book.sheets if one.name == columns.get("sheet")), None) or max(
        book.sheets, key=lambda one: len(one.lines)
    )
    lines = sheet.lines[:MOST_ABOVE]
    row = columns.get("row") or _likely_head(lines).number
    head = next((line for line in lines if line.number == row), lines[0])
    width = min(max(len(line.cells) for line in lines), SHOWN_COLUMNS)
    fields = columns.get("fields") or {
        str(n): field for n, cell in enumerate(head.cells) if (field := VOCABULARIES[kind].field_of(cell))
    }
    shown = [
        {"row": line.number, "cells": [cells.text(cell)[:SHOWN_TEXT] for cell in _padded(line.cells, width)]}
        for line in sheet.lines[:SHOWN_LINES]
    ]
    return {"sheet": sheet.name, "sheets": [one.name for one in book.sheets], "row": head.number, "fields": fields,
            "lines": shown, "letters": [heads.letters(n) for n in range(width)]}  # fmt: skip


def _likely_head(lines: Sequence[Line]) -> Line:
    """The first line that is filled as far as any."""
    return max(lines, key=lambda line: sum(bool(cells.text(cell)) for cell in line.cells))


def _padded(held: Sequence[Any], width: int) -> list[Any]:
    return [*held[:width], *[""] * (width - len(held))]


def shape(line: Line) -> str:
    """What heads of one kind have in common: their words in order."""
    words = "\x1f".join("".join(cells.text(cell).split()).lower() for cell in line.cells).rstrip("\x1f")
    return hashlib.sha256(words.encode()).hexdigest()


def remembered(db: Database, unit_id: int, kind: str, sheets_: Sequence[Sheet]) -> Row | None:
    """What somebody of the organisation said of such a head before: sheet, row, fields; None where nobody did."""
    for sheet in sheets_:
        for line in sheet.lines[:MOST_ABOVE]:
            held = value(
                db,
                "SELECT columns FROM column_memory WHERE unit_id = :unit_id AND kind = :kind AND shape = :shape",
                unit_id=_root(db, unit_id), kind=kind, shape=shape(line),
            )  # fmt: skip
            if held:
                return {"sheet": sheet.name, "row": line.number, "fields": json.loads(held)}
    return None


def remember(db: Database, unit_id: int, kind: str, line: Line, fields: Mapping[str, str], *, now: datetime) -> None:
    """Keep what was said of a head for the next list that has it. Inside of `write`."""
    run(
        db,
        """
        INSERT INTO column_memory (unit_id, kind, shape, columns, used_at)
        VALUES (:unit_id, :kind, :shape, :columns, :now)
        ON CONFLICT (unit_id, kind, shape) DO UPDATE SET columns = excluded.columns, used_at = excluded.used_at
        """,
        unit_id=_root(db, unit_id),
        kind=kind,
        shape=shape(line),
        columns=json.dumps(dict(fields)),
        now=clock.to_text(now),
    )


def needs_columns(db: Database, kind: str, book: Book) -> bool:
    """Whether nothing in the book is a head that the kind of list knows."""
    known = VOCABULARIES[kind]
    if kind == "balances":
        known = completed_by(known, activities(db))
    with suppress(Invalid):
        for sheet in book.sheets:
            try:
                lines = sheets.only_lines(Book([sheet]))
                if kind == "balances" and balance_wide.wide(lines, balances.BALANCES):
                    return False
                heads.found(lines, known)
            except Invalid as refusal:
                if refusal.code not in HEADLESS:
                    raise
            else:
                return False
        return True
    return False


def _root(db: Database, unit_id: int) -> int:
    sql = "SELECT above_id FROM unit_above WHERE unit_id = :unit_id ORDER BY depth DESC LIMIT 1"
    return int(value(db, sql, unit_id=unit_id))
