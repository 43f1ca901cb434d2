"""The tables of a sheet: an axis of dates, the lanes along it with what stands at their heads, and the lines around."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from scheduler.imports.wall import words
from scheduler.imports.wall.axes import LONGEST_WORD, Axis, axes
from scheduler.imports.wall.dates import DateCell, date_cell
from scheduler.imports.wall.grid import Cell, Grid
from scheduler.imports.wall.words import squeezed

NOTES = re.compile(r"(?:注|备注|说明|图例|班次说明|符号说明)[:：]?")  # before a line that explains
MOST_HEADS = 4  # rows over the first date, or columns before it


@dataclass(slots=True)
class Label:
    """One word at the head of a lane, with its level: the column it stands in, or the row."""

    level: int
    text: str
    cell: Cell


@dataclass(slots=True)
class Lane:
    """A row along dates across, or a column along dates down."""

    index: int
    labels: list[Label]


@dataclass(slots=True)
class Said:
    """A line of text outside the tables, and where it stands."""

    text: str
    cell: Cell


@dataclass(slots=True)
class Block:
    """One table."""

    axis: Axis
    lanes: list[Lane]
    heads: dict[int, str]  # over the columns of labels: 网点, 姓名, 时段
    above: list[Said] = field(default_factory=list)
    below: list[Said] = field(default_factory=list)
    left: int = 0
    right: int = 0
    top: int = 0
    bottom: int = 0

    def cell(self, lane: int, place: int) -> Cell:
        """The cell of a lane at a place along the axis."""
        return (lane, place) if self.axis.across else (place, lane)

    def date_at(self, place: int) -> Cell:
        """The cell of the axis itself."""
        return self.cell(self.axis.line, place)


def blocks(grid: Grid) -> list[Block]:
    """The tables of a sheet, from top to bottom and left to right, each with the lines over and under it."""
    found = axes(grid)
    tables = [_across(grid, axis, found) if axis.across else _down(grid, axis, found) for axis in found]
    tables = [table for table in tables if table.lanes]
    _inherit(tables)
    lines_around(grid, tables)
    return tables


def is_line(grid: Grid, row: int, left: int, right: int) -> bool:
    """Whether a row is a line of text across the columns, not one of a table."""
    here = [(first, last, text) for first, last, text in grid.line(row) if last >= left and first <= right]
    if len(here) != 1:
        return False
    first, last, text = here[0]
    if last - first >= max(2, (right - left) // 2):
        return True
    return len(squeezed(text)) > LONGEST_WORD and first <= left


def _across(grid: Grid, axis: Axis, all_axes: list[Axis]) -> Block:
    beside = [other for other in all_axes if other.across and other.line == axis.line and other.last < axis.first]
    left = max((other.last for other in beside), default=-1) + 1
    under = [
        other.line
        for other in all_axes
        if other.across and other.line > axis.line and other.first <= axis.last and left <= other.last
    ]
    under += [
        other.first
        for other in all_axes
        if not other.across and other.first > axis.line and left <= other.line <= axis.last
    ]
    end = min(under, default=grid.rows)
    block = Block(axis, [], {}, left=left, right=axis.last, top=axis.line, bottom=end - 1)
    levels = list(range(left, axis.first))
    for level in levels:
        for row in (axis.line, axis.line - 1, axis.line + 1):
            text = squeezed(grid.value(row, level)) if row >= 0 else ""
            head_row, _ = grid.height(axis.line, level)
            if text and (
                row == axis.line or (head_row <= row and grid.anchor(row, level) == grid.anchor(axis.line, level))
            ):
                block.heads[level] = text
                break
    lowest = max((grid.height(axis.line, level)[1] for level in levels), default=axis.line)
    for row in range(axis.line + 1, end):
        if is_line(grid, row, left, axis.last) or _is_wide(grid, row, axis):
            continue
        labels = [] if row <= lowest else list(_labels(grid, row, levels))
        if labels and NOTES.fullmatch(labels[0].text):
            continue
        if labels or any(grid.value(row, place) != "" for place in axis.places):
            block.lanes.append(Lane(row, labels))
    if block.lanes:
        block.bottom = block.lanes[-1].index
    while block.top > 0 and _heads_over(grid, block.top - 1, axis):
        block.top -= 1
        block.lanes.insert(0, Lane(block.top, []))
    return block


def _is_wide(grid: Grid, row: int, axis: Axis) -> bool:
    """Whether one cell begins before the dates and goes on below all of them."""
    first, last = grid.width(row, axis.first)
    return first < axis.first and last >= min(axis.last, axis.first + 1)


def _heads_over(grid: Grid, row: int, axis: Axis) -> bool:
    """Whether weekdays stand in the row over the dates."""
    told = [date_cell(grid.value(row, place)) for place in axis.places]
    return sum(cell is not None and cell.kind == "weekday" for cell in told) >= 0.6 * len(told)


def _labels(grid: Grid, row: int, levels: list[int]) -> Iterator[Label]:
    seen: set[Cell] = set()
    for level in levels:
        text, cell = squeezed(grid.value(row, level)), grid.anchor(row, level)
        if text and cell not in seen:
            seen.add(cell)
            yield Label(level, text, cell)


def _down(grid: Grid, axis: Axis, all_axes: list[Axis]) -> Block:
    same = [other for other in all_axes if not other.across and other.first <= axis.last and axis.first <= other.last]
    left = max((other.line for other in same if other.line < axis.line), default=-1) + 1
    right = min((other.line for other in same if other.line > axis.line), default=grid.columns) - 1
    if left > 0:  # columns between two columns of dates belong to the first, but for a number before the second
        left = axis.line
    first_head = _first_head(grid, axis, left, right)
    for row in range(axis.last + 1, min(axis.last + 3, grid.rows)):
        said = squeezed(grid.value(row, axis.line))
        if (said and not _may_be_date(said)) or not grid.line(row) or is_line(grid, row, left, right):
            break
        axis.places.append(row)  # a line without its date, of the day above it or of none
        axis.cells.append(None)
    block = Block(axis, [], {}, left=left, right=right, top=first_head, bottom=axis.last)
    heads = list(range(first_head, axis.first))
    for column in range(left, right + 1):
        if column == axis.line:
            continue
        seen: set[Cell] = set()
        labels = []
        for row in heads:
            text, cell = squeezed(grid.value(row, column)), grid.anchor(row, column)
            if text and cell not in seen:
                seen.add(cell)
                labels.append(Label(row, text, cell))
        if labels or any(grid.value(place, column) != "" for place in axis.places):
            block.lanes.append(Lane(column, labels))
    return block


def _may_be_date(text: str) -> bool:
    """Whether a text under dates may be one that cannot be read: 12.11-12.12、12.15, and no line of sums or remarks."""
    return (
        bool(re.search(r"\d", text))
        and ":" not in text
        and len(text) <= 2 * LONGEST_WORD
        and not (words.NOT_DUTY_HEAD.fullmatch(text) or date_cell(text) or text.startswith(("注", "说明", "第")))
    )


def _first_head(grid: Grid, axis: Axis, left: int, right: int) -> int:
    """The first row of the head over a column of dates; the first date's row where there is no head."""
    for row in range(axis.first - 1, max(axis.first - 1 - MOST_HEADS, -1), -1):
        text = words.bare(squeezed(grid.value(row, axis.line))).lower()
        if words.DATE_HEAD.fullmatch(text) or (
            text and len(text) <= 8 and ("日期" in text or "时间" in text) and "：" not in text
        ):
            return grid.height(row, axis.line)[0]
        if is_line(grid, row, left, right):
            return row + 1 if row + 1 < axis.first else axis.first
    over = axis.first - 1
    if over < 0:
        return axis.first
    told = [text for first, last, text in grid.line(over) if last >= left and first <= right]
    is_head = len(told) >= 2 and all(len(squeezed(text)) <= LONGEST_WORD and ":" not in text for text in told)
    return over if is_head else axis.first


def _inherit(tables: list[Block]) -> None:
    """A column of dates that goes on under a line of text has the head of the part before it."""
    for at, table in enumerate(tables):
        if table.axis.across:
            if not any(lane.labels for lane in table.lanes):
                continue
            continue
        if any(lane.labels for lane in table.lanes):
            continue
        for before in reversed(tables[:at]):
            if (
                not before.axis.across
                and before.axis.line == table.axis.line
                and any(lane.labels for lane in before.lanes)
            ):
                labels = {lane.index: lane.labels for lane in before.lanes}
                for lane in table.lanes:
                    lane.labels = labels.get(lane.index, [])
                break


def lines_around(grid: Grid, tables: list[Block]) -> None:
    """The lines over each table down to it from the one before, and those under the last."""
    for table in tables:
        over = [
            other
            for other in tables
            if other.bottom < table.top and other.left <= table.right and table.left <= other.right
        ]
        start = max((other.bottom + 1 for other in over), default=0)
        for row in range(start, table.top):
            line = grid.line(row)
            mine = (
                [said for said in line if said[1] >= table.left and said[0] <= table.right] if len(line) > 1 else line
            )
            table.above += [Said(text, grid.anchor(row, first)) for first, _, text in mine]
    for row in range(grid.rows):
        if any(table.top <= row <= table.bottom for table in tables) or not tables or row < tables[0].top:
            continue
        for first, _, text in grid.line(row):
            for table in tables:
                table.below.append(Said(text, grid.anchor(row, first)))
    for table in tables:
        rows = range(table.top, table.bottom + 1)
        if table.axis.across:
            table.below += [
                Said(text, grid.anchor(row, first))
                for row in rows
                if is_line(grid, row, table.left, table.right)
                for first, _, text in grid.line(row)
            ]


def dateless(grid: Grid) -> Block | None:
    """A sheet of one day that only its title names: a head of places or roles, and rows below it."""
    best: tuple[int, int] | None = None
    for row in range(min(grid.rows, 12)):
        told = [squeezed(text) for _, _, text in grid.line(row)]
        score = sum(
            bool(words.PLACE_HEAD.fullmatch(text) or words.ORDINARY.fullmatch(text) or words.ROLE_LIKE.fullmatch(text)
                 or words.TIME_HEAD.fullmatch(text)) for text in told if len(text) <= LONGEST_WORD
        )  # fmt: skip
        if len(told) >= 2 and score >= 2 and (best is None or score > best[1]):
            best = (row, score)
    if best is None:
        return None
    head = best[0]
    rows = [row for row in range(head + 1, grid.rows) if grid.line(row) and not is_line(grid, row, 0, grid.columns - 1)]
    if not rows:
        return None
    cells: list[DateCell | None] = [None] * len(rows)
    block = Block(Axis(False, -1, rows, cells), [], {}, right=grid.columns - 1, top=head, bottom=rows[-1])
    for column in range(grid.columns):
        text = squeezed(grid.value(head, column))
        if text or any(grid.value(row, column) != "" for row in rows):
            block.lanes.append(Lane(column, [Label(head, text, grid.anchor(head, column))] if text else []))
    lines_around(grid, [block])
    return block
