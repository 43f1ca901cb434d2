"""A sheet as one sees it: what is hidden left out, what is merged standing in each of its cells."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from scheduler.errors import Invalid
from scheduler.imports.sheets import Sheet
from scheduler.imports.wall.words import plain

MOST_LINES, MOST_COLUMNS = 3_000, 400
MOST_MERGED = 200_000  # cells that merged ranges may cover

Cell = tuple[int, int]  # row and column, both counted from 0


@dataclass(slots=True)
class Grid:
    """The cells that can be seen: values by place, and where a covered cell's text stands."""

    name: str
    values: dict[Cell, Any]
    anchors: dict[Cell, Cell]
    ends: dict[Cell, Cell]  # the last cell of each merged range, by its first
    rows: int
    columns: int
    formulas: set[Cell] = field(default_factory=set)
    errors: dict[Cell, str] = field(default_factory=dict)
    teams: set[Cell] = field(default_factory=set)  # cells that said a group, and now its members

    def anchor(self, row: int, column: int) -> Cell:
        """Where the text of this cell stands."""
        return self.anchors.get((row, column), (row, column))

    def value(self, row: int, column: int) -> Any:
        """What is meant here; nothing is an empty text."""
        return self.values.get(self.anchor(row, column), "")

    def text(self, row: int, column: int) -> str:
        """The same as it reads."""
        return plain(self.value(row, column))

    def width(self, row: int, column: int) -> tuple[int, int]:
        """The first and the last column of what stands here."""
        first = self.anchor(row, column)
        return first[1], self.ends.get(first, first)[1]

    def height(self, row: int, column: int) -> tuple[int, int]:
        """The first and the last row of what stands here."""
        first = self.anchor(row, column)
        return first[0], self.ends.get(first, first)[0]

    def line(self, row: int) -> list[tuple[int, int, str]]:
        """What stands in a row: first column, last column, text; a merged one once."""
        found: list[tuple[int, int, str]] = []
        column = 0
        while column < self.columns:
            text = self.text(row, column)
            last = max(self.width(row, column)[1], column)
            if text:
                found.append((column, last, text))
            column = last + 1
        return found


@dataclass(frozen=True, slots=True)
class Unseen:
    """What is hidden or crossed out: told, and not read."""

    kind: str
    row: int | None  # as a spreadsheet counts
    column: int | None
    text: str


def seen(sheet: Sheet) -> tuple[Grid, list[Unseen]]:
    """The sheet as one sees it, and what one does not see."""
    height = sheet.lines[-1].number if sheet.lines else 0
    width = max((len(line.cells) for line in sheet.lines), default=0)
    if len(sheet.lines) > MOST_LINES or width > MOST_COLUMNS or height > 20 * MOST_LINES:
        raise Invalid("wall_sheet_too_large", sheet=sheet.name, rows=MOST_LINES, columns=MOST_COLUMNS)
    values: dict[Cell, Any] = {}
    unseen = [Unseen("crossed_out", row, column, text) for (row, column), text in sorted(sheet.struck.items())]
    hidden_columns: dict[int, str] = {}
    for line in sheet.lines:
        said = [plain(cell) for cell in line.cells]
        if line.number in sheet.hidden_rows:
            unseen.append(Unseen("hidden_row", line.number, None, " ".join(text for text in said if text)[:200]))
            continue
        for column, text in enumerate(said):
            if text and column in sheet.hidden_columns:
                hidden_columns.setdefault(column, text)
            elif text:
                values[(line.number - 1, column)] = line.cells[column]
    unseen += [Unseen("hidden_column", 1, column, text) for column, text in sorted(hidden_columns.items())]
    struck = {(row - 1, column) for row, column in sheet.struck if row in sheet.hidden_rows}
    unseen = [one for one in unseen if one.kind != "crossed_out" or ((one.row or 0) - 1, one.column) not in struck]
    anchors, ends = _merged(sheet, height, width)
    grid = Grid(sheet.name, values, anchors, ends, height, width)
    grid.formulas = {(row - 1, column) for row, column in sheet.formulas}
    grid.errors = {(row - 1, column): text for (row, column), text in sheet.errors.items()}
    return grid, unseen


def _merged(sheet: Sheet, height: int, width: int) -> tuple[dict[Cell, Cell], dict[Cell, Cell]]:
    anchors: dict[Cell, Cell] = {}
    ends: dict[Cell, Cell] = {}
    for row, column, last_row, last_column in sheet.merged:
        first, last = (row - 1, column), (min(last_row, height) - 1, min(last_column, max(width - 1, column)))
        if len(anchors) + (last[0] - first[0] + 1) * (last[1] - first[1] + 1) > MOST_MERGED:
            raise Invalid("file_takes_too_much")
        ends[first] = last
        for at in range(first[0], last[0] + 1):
            for over in range(first[1], last[1] + 1):
                anchors[(at, over)] = first
    return anchors, ends
