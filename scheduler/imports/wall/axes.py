"""Where the dates of a sheet stand: rows of dates across, columns of dates down, and which cells belong to each."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field

from scheduler.imports.wall import words
from scheduler.imports.wall.dates import DateCell, date_cell
from scheduler.imports.wall.grid import Grid
from scheduler.imports.wall.words import squeezed

STRONG = {"full", "md", "day", "several", "range"}
LONGEST_WORD = 14  # of a head; what is longer is a line of text


@dataclass(slots=True)
class Axis:
    """Dates one after the other in one row (`across`) or one column: at which places, and what each says."""

    across: bool
    line: int
    places: list[int]
    cells: list[DateCell | None]
    cover: set[int] = field(default_factory=set)

    @property
    def first(self) -> int:
        """The first place along the axis."""
        return self.places[0]

    @property
    def last(self) -> int:
        """The last place along the axis."""
        return self.places[-1]

    def strength(self) -> tuple[bool, int, int]:
        """Longer axes are chosen before shorter ones, those with written dates before numbers."""
        said = [cell for cell in self.cells if cell]
        return any(cell.bits for cell in said), len(said), sum(cell.kind in STRONG for cell in said)


def axes(grid: Grid) -> list[Axis]:
    """All axes of dates of a sheet, from top to bottom and left to right; none crosses another."""
    candidates = [*_runs(grid, across=True), *_runs(grid, across=False)]
    candidates.sort(key=lambda axis: axis.strength(), reverse=True)
    chosen: list[Axis] = []
    taken: set[tuple[int, int]] = set()
    for axis in candidates:
        held = {(axis.line, place) if axis.across else (place, axis.line) for place in axis.places}
        if not held & taken and not any(_disturbs(axis, other) for other in chosen):
            chosen.append(axis)
            taken |= held
    _continue(grid, chosen)
    return sorted(chosen, key=lambda axis: (axis.line, axis.first) if axis.across else (axis.first, axis.line))


def _disturbs(axis: Axis, other: Axis) -> bool:
    """Whether an axis runs through the body of one that was chosen before it, or stands directly beside it."""
    if axis.across == other.across:
        overlap = axis.first <= other.last and other.first <= axis.last
        return overlap and abs(axis.line - other.line) <= 1
    across, down = (axis, other) if axis.across else (other, axis)
    return down.first <= across.line <= down.last + 1 or (across.first <= down.line <= across.last)


def _runs(grid: Grid, *, across: bool) -> list[Axis]:
    found: list[Axis] = []
    lines, places = (grid.rows, grid.columns) if across else (grid.columns, grid.rows)
    for line in range(lines):
        at: Callable[[int], tuple[int, int]] = (
            (lambda place, line=line: (line, place)) if across else (lambda place, line=line: (place, line))  # type: ignore[misc]
        )
        run: list[tuple[int, DateCell | None]] = []
        for place in range(places):
            value = grid.value(*at(place))
            cell = date_cell(value) if value != "" else None
            if value == "日" and not across and not run and not _is_weekday(grid, line, place + 1):
                cell = None  # 日 over the numbers of days is their head, no Sunday
            ends = value != "" and cell is None and (across or _is_border(grid, *at(place)))
            if cell or (value == "" and run) or (value != "" and not ends and run):
                run.append((place, cell))
                if cell is None and value == "" and len(run) > 3 and not any(held for _, held in run[-3:]):
                    ends = True
            if ends and run:
                _close(grid, run, line, across, found)
                run = []
        _close(grid, run, line, across, found)
    return found


def _is_weekday(grid: Grid, column: int, row: int) -> bool:
    cell = date_cell(grid.value(row, column))
    return cell is not None and cell.kind == "weekday"


def _is_border(grid: Grid, row: int, column: int) -> bool:
    """Whether a cell under dates ends their column: a head, a line of text, a sum."""
    text = squeezed(grid.value(row, column))
    first, last = grid.width(row, column)
    return bool(
        last - first >= 2
        or words.DATE_HEAD.fullmatch(text)
        or len(text) > LONGEST_WORD
        or words.NOT_DUTY_HEAD.fullmatch(text)
        or text.startswith(("注", "备注", "说明", "合计", "第"))
    )


def _close(grid: Grid, run: list[tuple[int, DateCell | None]], line: int, across: bool, found: list[Axis]) -> None:
    """Keep a run that is an axis of dates, without what hangs on its ends."""
    while run and run[-1][1] is None:
        run = run[:-1]
    if not run:
        return
    axis = Axis(across, line, [place for place, _ in run], [cell for _, cell in run])
    axis.cover = _covered(grid, axis)
    if _is_axis(grid, axis):
        found.append(axis)


def _covered(grid: Grid, axis: Axis) -> set[int]:
    return {
        place
        for place in axis.places
        if grid.anchor(*_at(axis, place)) != _at(axis, place)
        and grid.anchor(*_at(axis, place))[1 if axis.across else 0] != place
    }


def _at(axis: Axis, place: int) -> tuple[int, int]:
    return (axis.line, place) if axis.across else (place, axis.line)


def _is_axis(grid: Grid, axis: Axis) -> bool:
    said = [
        (place, cell) for place, cell in zip(axis.places, axis.cells, strict=True) if cell and place not in axis.cover
    ]
    strong = [cell for _, cell in said if cell.kind in STRONG]
    head = _head(grid, axis)
    if words.NO_DATE_HEAD.fullmatch(head):
        return False
    days = [bit.day for _, cell in said for bit in cell.bits[:1]]
    if len({anchor for place, _ in said if (anchor := grid.anchor(*_at(axis, place)))}) < 2:
        return bool(strong) and not axis.across and bool(words.DATE_HEAD.fullmatch(head))
    if len(strong) >= max(2, len(said) // 2):
        if axis.across and len(said) == 2 and len(strong) == 2:
            return not _dates_above_or_below(grid, axis)
        return True
    if any(cell.kind == "numbers" for _, cell in said):
        return not axis.across and bool(words.DATE_HEAD.fullmatch(head))
    weekdays = [cell.weekday for _, cell in said if cell.weekday is not None]
    if all(cell.kind == "weekday" for _, cell in said):
        return axis.across and len(weekdays) >= 3 and not _beside(grid, axis)
    steps = [later - before for before, later in itertools.pairwise(days)]
    rising = sum(step == 1 for step in steps)
    if rising < 0.6 * len(steps) or len(said) < 3:
        return False
    if axis.across:
        enough = 7 if head else 4  # days of a calendar have nothing before them
        return len(said) >= enough or bool(weekdays) or _beside(grid, axis) or bool(words.DATE_HEAD.fullmatch(head))
    return (
        bool(words.DATE_HEAD.fullmatch(head)) or len(weekdays) >= len(said) // 2 or (not head and _beside(grid, axis))
    )


def _head(grid: Grid, axis: Axis) -> str:
    """What stands before the dates: over a column, left of a row."""
    for place in range(axis.first - 1, max(axis.first - 4, -1), -1):
        text = squeezed(grid.value(*_at(axis, place)))
        if text:
            return words.bare(text).lower() or text
    return ""


def _beside(grid: Grid, axis: Axis) -> bool:
    """Whether weekdays, or dates, run along the axis in one of the two lines beside it."""
    for line in (axis.line - 1, axis.line + 1):
        if line < 0:
            continue
        told = [date_cell(grid.value(*((line, p) if axis.across else (p, line)))) for p in axis.places]
        if sum(cell is not None and (cell.kind == "weekday" or cell.kind in STRONG) for cell in told) >= 0.6 * len(
            told
        ):
            return True
    return False


def _dates_above_or_below(grid: Grid, axis: Axis) -> bool:
    """Whether two dates in a row are two columns of dates, as in a list of from and to."""
    return any(
        (cell := date_cell(grid.value(axis.line + step, place))) is not None and cell.kind in STRONG
        for step in (-1, 1)
        for place in axis.places
        if axis.line + step >= 0
    )


def _continue(grid: Grid, chosen: list[Axis]) -> None:
    """In a calendar of weeks the last row may be short: numbers that go on where the row before ended."""
    rows = [axis for axis in chosen if axis.across and all(c is None or c.kind == "number" for c in axis.cells)]
    if len(rows) < 2:
        return
    rows.sort(key=lambda axis: axis.line)
    last = rows[-1]
    end = next(cell.bits[0].day for cell in reversed(last.cells) if cell)
    columns = range(min(axis.first for axis in rows), max(axis.last for axis in rows) + 1)
    for line in range(last.line + 1, min(last.line + 12, grid.rows)):
        told = [(place, date_cell(grid.value(line, place))) for place in columns]
        said = [(place, cell) for place, cell in told if cell and cell.kind == "number"]
        if said and [cell.bits[0].day for _, cell in said] == list(range(end + 1, end + 1 + len(said))):
            chosen.append(Axis(True, line, [place for place, _ in said], [cell for _, cell in said]))
            return
