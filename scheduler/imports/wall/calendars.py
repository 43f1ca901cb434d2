"""Calendars of weeks in whose cells the day stands before the names: taken apart so that a table is left."""

from __future__ import annotations

import itertools
import re

from scheduler.imports.wall.axes import Axis
from scheduler.imports.wall.blocks import Block, Lane
from scheduler.imports.wall.dates import DateCell, date_cell
from scheduler.imports.wall.grid import Cell, Grid
from scheduler.imports.wall.words import plain

HEAD = re.compile(
    r"((?:\d{1,2}(?:月|[./]))?\d{1,2}(?:日|号)?(?:\s*\((?:周|星期)?[一二三四五六日天]\))?)"
    r"(?:[:\s]+(?=\D)|(?<=[日号)])(?=[^\d\s]))(.+)",
    re.DOTALL,
)
FEWEST = 3  # days in a row before cells with numbers are a calendar


def taken_apart(grid: Grid) -> list[Block]:
    """The weeks of such a calendar, a table each; of their cells only what stands behind the day is left."""
    weeks = [(row, held) for row in range(grid.rows) if (held := _week(grid, row))]
    if not any(len(held) >= FEWEST for _, held in weeks) or not _goes_on([held for _, held in weeks]):
        return []
    first = weeks[0][0]
    weekdays = _weekdays(grid, first)
    found = []
    for row, held in weeks:
        columns = list(held)
        for column, (_, names) in held.items():
            grid.values[(row, column)] = names
            if not names:
                del grid.values[(row, column)]
        cells: list[DateCell | None] = [
            DateCell(said.kind, said.bits, weekdays.get(column) if said.weekday is None else said.weekday)
            for column, (said, _) in held.items()
        ]
        top = row - 1 if row == first and weekdays else row
        found.append(
            Block(Axis(True, row, columns, cells), [Lane(row, [])], {}, left=0, right=columns[-1], top=top, bottom=row)
        )
    return found


def _week(grid: Grid, row: int) -> dict[int, tuple[DateCell, str]]:
    """The days of a row, one after the other, by column, each with the text behind it; at least one has such a text."""
    held: dict[int, tuple[DateCell, str]] = {}
    for column in range(grid.columns):
        value = grid.values.get((row, column), "")
        said = date_cell(value) if value != "" else None
        match = HEAD.fullmatch(plain(value)) if isinstance(value, str) and said is None else None
        said = date_cell(match[1]) if match else said
        if said is not None and said.kind in ("number", "day", "md"):
            held[column] = (said, match[2].strip() if match else "")
        elif value != "" and held:
            return {}
    return held if any(names for _, names in held.values()) and _goes_on([held]) else {}


def _goes_on(weeks: list[dict[int, tuple[DateCell, str]]]) -> bool:
    """Whether each day follows the one before it; a month may end between them."""
    days = [said.bits[0].day for held in weeks for said, _ in held.values()]
    return all(later == day + 1 or (later == 1 and day >= 28) for day, later in itertools.pairwise(days))


def _weekdays(grid: Grid, row: int) -> dict[int, int]:
    """The weekdays that stand over the first week."""
    told: dict[Cell, DateCell] = {}
    for column in range(grid.columns) if row else ():
        if (cell := date_cell(grid.value(row - 1, column))) and cell.kind == "weekday":
            told[(row - 1, column)] = cell
    return {column: cell.weekday for (_, column), cell in told.items() if cell.weekday is not None}
