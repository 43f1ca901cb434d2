"""What was found in a sheet: rows, certain or not, and the problems, each once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from scheduler.database import Row
from scheduler.imports.wall.blocks import Block, Label
from scheduler.imports.wall.grid import Cell, Grid
from scheduler.imports.wall.legend import activity_of
from scheduler.imports.wall.places import Places
from scheduler.imports.wall.words import Span, plain

TOLD_ONLY = {"hidden_sheet", "hidden_row", "hidden_column", "crossed_out"}  # nothing to answer
MOST_TEXT = 200


def letters(column: int) -> str:
    """A column as a spreadsheet shows it."""
    shown = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        shown = chr(ord("A") + rest) + shown
    return shown


def raw(value: Any) -> str:
    """A cell as it was written."""
    return value.strip() if isinstance(value, str) else plain(value)


@dataclass(slots=True)
class Found:
    """Rows and problems, in the order in which they were met."""

    known_activities: list[str]
    rows: list[dict[str, Any]] = field(default_factory=list)
    problems: list[dict[str, Any]] = field(default_factory=list)
    told: set[tuple[Any, ...]] = field(default_factory=set)
    tables: int = 0

    def problem(
        self, grid: Grid, cell: Cell | None, kind: str, text: str = "", candidates: Iterable[Row] = (), **more: Any
    ) -> None:
        """Something to be told about a cell; the same of the same cell once."""
        shown = text or (raw(grid.values.get(grid.anchor(*cell), "")) if cell else "")
        key = (grid.name, cell and grid.anchor(*cell), kind, text)
        if key in self.told:
            return
        self.told.add(key)
        where = grid.anchor(*cell) if cell else None
        told = {
            "sheet": grid.name,
            "row": where[0] + 1 if where else None,
            "column": letters(where[1]) if where else None,
            "kind": kind,
            "text": shown[:MOST_TEXT],
        } | more
        people = [{"staff_no": row["staff_no"], "person": row["name"], "unit": row["unit"]} for row in candidates]
        if people:
            told |= {"candidates": list(dict.fromkeys(row["person"] for row in people)), "people": people}
        self.problems.append(told)

    def missing_month(self, grid: Grid, block: Block, cell: Cell) -> None:
        """No year or no month: asked once a table, at its title."""
        at = block.above[0].cell if block.above else cell
        self.problem(grid, at, "missing_month")

    def no_place(self, grid: Grid, block: Block, kind: str) -> None:
        """No place: asked once a table, at its title."""
        at = block.above[0].cell if block.above else (block.top, block.left)
        self.problem(grid, at, kind)

    def unsure_place(self, grid: Grid, places: Places, label: Label) -> list[str]:
        """A place that is no whole name: asked once for a sheet; gives those it may be."""
        options = places.short(label.text)
        kind = "place_abbreviated" if len(options) == 1 else "ambiguous_place" if options else "unknown_place"
        key = (grid.name, "place", label.text)
        if key not in self.told:
            self.told.add(key)
            self.problem(grid, label.cell, kind)
            if options:
                self.problems[-1]["candidates"] = [places.name(option) for option in options]
        return options

    def row(
        self, grid: Grid, cell: Cell, day: date, places: Places, place: str, person: Row, *, title: str, activity: str,
        role: str, span: Span | None, session: str, axis: Cell | None, certain: bool,
    ) -> None:  # fmt: skip
        """One person on one shift."""
        start, end = span.on(day) if span else (None, None)
        self.rows.append({
            "date": day.isoformat(), "place": places.name(place) or None,
            "activity": activity or activity_of(title, place, places, self.known_activities), "role": role,
            "person": person["name"], "staff_no": person["staff_no"], "start": start, "end": end,
            "sheet": grid.name, "cell": f"{letters(cell[1])}{cell[0] + 1}",
            "session": session, "certain": certain, "at": cell, "axis": axis,
            "left_on": person["left_on"], "grid": grid,
        })  # fmt: skip

    def settle(self) -> None:
        """What only shows when all rows are known: who left, who stands twice, dates that stand in two tables."""
        self._left()
        self._repeated()
        self._twice()

    def _left(self) -> None:
        for row in self.rows:
            if row["left_on"] and row["left_on"] < row["date"]:
                self.problem(row["grid"], row["at"], "left_person", row["person"])
                row["certain"] = False

    def _repeated(self) -> None:
        """The same shift under two dates' cells: in two tables, or in two columns."""
        axes: dict[tuple[Any, ...], list[dict[str, Any]]] = defaultdict(list)
        for row in self.rows:
            if row["axis"]:
                axes[(row["date"], row["place"], row["role"], row["start"], row["session"])].append(row)
        for held in axes.values():
            cells = list(dict.fromkeys((row["sheet"], row["axis"]) for row in held))
            if len(cells) < 2 or (
                len({sheet for sheet, _ in cells}) == 1
                and len({axis[0] for _, axis in cells}) > 1
                and len({axis[1] for _, axis in cells}) == 1
            ):
                continue  # one below the other in one column: judged where the column was read
            first = held[0]
            for row in held[1:]:
                if (row["sheet"], row["axis"]) != (first["sheet"], first["axis"]):
                    same = {(other["staff_no"]) for other in held if (other["sheet"], other["axis"]) == cells[0]}
                    if row["staff_no"] in same and row["sheet"] != first["sheet"]:
                        self.problem(row["grid"], row["at"], "duplicate_row")
                        row["certain"], row["again"] = False, True
                        continue
                    self.problem(row["grid"], row["axis"], "duplicate_date")
                    for other in held:
                        other["certain"] = False

    def _twice(self) -> None:
        """Nobody stands at two places at once, nor twice at one."""
        by_person: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in self.rows:
            if row["certain"]:
                by_person[row["staff_no"]].append(row)
        for held in by_person.values():
            held.sort(key=lambda row: (row["date"], row["start"] or ""))
            for at, row in enumerate(held):
                for later in held[at + 1 : at + 12]:
                    if later["date"] > row["date"] and not (row["end"] and later["start"]):
                        break
                    if _meet(row, later):
                        self._clash(row, later)

    def _clash(self, row: dict[str, Any], later: dict[str, Any]) -> None:
        same_shift = (row["place"], row["date"], row["start"]) == (later["place"], later["date"], later["start"])
        kind = "duplicate_person" if same_shift else "double_booked"
        other = row["cell"] if row["sheet"] == later["sheet"] else f"{row['sheet']}!{row['cell']}"
        self.problem(later["grid"], later["at"], kind, "", (), person=later["person"], other=other)
        later["certain"] = False
        if not same_shift or row["role"] != later["role"]:
            row["certain"] = False


def _meet(row: dict[str, Any], later: dict[str, Any]) -> bool:
    if row["start"] and later["start"]:
        return bool(row["start"] < later["end"] and later["start"] < row["end"])
    if row["date"] != later["date"]:
        return False
    return not (row["session"] and later["session"] and row["session"] != later["session"]) and (
        row["role"] == later["role"] or row["place"] == later["place"] or not _is_shift(row["role"], later["role"])
    )


def _is_shift(one: str, other: str) -> bool:
    """Whether two roles are two shifts of a day: 白班 and 夜班 may be one person's."""
    return one.endswith("班") and other.endswith("班") and one != other
