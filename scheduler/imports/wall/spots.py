"""The places along a table's axis: which days they are, what is doubted of them, and what stands beside the duties."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from scheduler.imports.wall import words
from scheduler.imports.wall.beside import Beside
from scheduler.imports.wall.blocks import Label
from scheduler.imports.wall.dates import DateCell, date_cell
from scheduler.imports.wall.found import Found
from scheduler.imports.wall.grid import Cell
from scheduler.imports.wall.lanes import Meaning, Table
from scheduler.imports.wall.legend import Legend
from scheduler.imports.wall.periods import Days, Period, resolved
from scheduler.imports.wall.words import Span, plain, spans, squeezed

MONTH = re.compile(r"(?:20\d{2}年)?(\d{1,2})月份?")
HALF = re.compile(r"(?<=[日号)\d])\(?(上午|下午|晚上)\)?$")  # 12月8日上午
STAND_IN_NOTE = re.compile(r".*(?:代班|替班|顶班|代值|换班|调班|改由|由.{1,4}[代替]).*")


@dataclass(frozen=True, slots=True)
class Context:
    """What holds for a whole table."""

    period: Period
    place: str  # empty where the lines around name none
    legend: Legend
    activity: str  # of the title; the place says the rest
    title: str
    places: tuple[str, ...] = ()  # where they name several
    answers: Mapping[str, str] = field(default_factory=dict)  # a name → a staff number
    marks: Mapping[str, str] = field(default_factory=dict)  # a mark → "off" or a role
    is_workday: Callable[[date], bool | None] = lambda _: None


@dataclass(slots=True)
class Spot:
    """One place along the axis: its days, whether they are doubted, and what stands beside the duties there."""

    place: int
    days: list[date]
    doubt: bool = False
    where: str = ""
    unsure_where: Label | None = None
    role: str = ""
    span: Span | None = None
    spans: list[Span] = field(default_factory=list)  # where its hours are several
    starts: str = ""
    session: str = ""
    beside: Beside = Beside()  # noqa: RUF009 a frozen value
    headcount: tuple[int, Cell] | None = None


class Along:
    """Reads the axis of one table and the lanes that hold no duties; problems go into `found`."""

    def __init__(self, table: Table, context: Context, found: Found, lanes: list[Meaning]) -> None:
        self.table, self.context, self.found, self.lanes = table, context, found, lanes
        self.grid, self.block = table.grid, table.block

    def spots(self) -> list[Spot]:
        """The places along the axis, in their order."""
        block, axis = self.block, self.block.axis
        if axis.line < 0:  # a sheet of one day, named in its title
            days = [Days([self.context.period.first]) for _ in axis.places] if self.context.period.first else []
        else:
            days = resolved(self._with_months(), self.context.period)
        spots = [Spot(place, list(told.days)) for place, told in zip(axis.places, days, strict=True)]
        for spot, told, cell in zip(spots, days, axis.cells, strict=True):
            if half := HALF.search(squeezed(self.grid.value(*block.date_at(spot.place)))) if axis.line >= 0 else None:
                spot.session = half[1]
            if told.problem:
                self._date_problem(spot, told, block.date_at(spot.place))
            elif cell is None and axis.line >= 0:
                self._no_date(spot)
        for lane in self.lanes:
            if lane.kind not in ("duty", "note"):
                for spot in spots:
                    self._beside(lane, spot)
        self._weekdays(spots)
        self._repeated(spots)
        for lane in self.lanes:
            if lane.kind == "note":
                for spot in spots:
                    self._note(lane, spot)
        return spots

    def _with_months(self) -> list[DateCell | None]:
        """The axis's cells, with the months that stand in a column of their own."""
        cells = list(self.block.axis.cells)
        for lane in self.block.lanes:
            values = self.table.values(lane)
            if not values or not all(MONTH.fullmatch(text) for text in values):
                continue
            for n, (place, cell) in enumerate(zip(self.block.axis.places, cells, strict=True)):
                said = MONTH.fullmatch(squeezed(self.grid.value(*self.block.cell(lane.index, place))))
                if said and cell and len(cell.bits) == 1 and cell.bits[0].month is None:
                    cells[n] = replace(cell, bits=(replace(cell.bits[0], month=int(said[1])),))
        return cells

    def _date_problem(self, spot: Spot, told: Days, cell: Cell) -> None:
        if told.problem == "missing_month":
            spot.days = []
            self.found.missing_month(self.grid, self.block, cell)
            return
        if not self._is_used(spot):
            return
        spot.doubt = True
        if not told.maybe:
            spot.days = []
        self.found.problem(self.grid, cell, told.problem)

    def _no_date(self, spot: Spot) -> None:
        """Duties beside a cell that says no date, or says what is none."""
        spot.days = []
        cell = self.block.date_at(spot.place)
        text = squeezed(self.grid.value(*cell))
        if self._is_used(spot, people_only=True):
            self.found.problem(self.grid, cell, "bad_date" if text else "ambiguous_date")

    def _is_used(self, spot: Spot, *, people_only: bool = False) -> bool:
        for lane in self.lanes:
            if lane.kind == "duty":
                text = squeezed(self.grid.value(*self.block.cell(lane.lane.index, spot.place)))
                if text and not words.OFF.fullmatch(text) and (not people_only or self.table.is_person(text)):
                    return True
        return False

    def _beside(self, lane: Meaning, spot: Spot) -> None:
        cell = self.block.cell(lane.lane.index, spot.place)
        text = squeezed(self.grid.value(*cell))
        if not text:
            return
        if lane.kind == "place":
            spot.where = self.table.places.named(text)
            if not spot.where:
                spot.unsure_where = Label(lane.lane.index, text, self.grid.anchor(*cell))
        elif lane.kind == "time":
            self._time(spot, text)
        elif lane.kind in ("starts", "ends"):
            self._clock(lane.kind, spot, self.grid.value(*cell))
        elif lane.kind == "role":
            spot.role = words.role_of(text)
        elif lane.kind == "unit":
            spot.beside = replace(spot.beside, units=(text,))
        elif lane.kind == "number":
            spot.beside = replace(spot.beside, numbers=(text,))
        elif lane.kind == "count" and text.rstrip("人名").isdigit():
            spot.headcount = (int(text.rstrip("人名")), cell)

    def _time(self, spot: Spot, text: str) -> None:
        said = spans(plain(text))
        if len(said) == 1:
            spot.span = said[0]
        elif said:
            spot.spans = said
        mark = self.context.legend.marks.get(words.bare(text)) or self.context.legend.marks.get(text.removesuffix("班"))
        if mark and mark.is_duty:
            spot.role, spot.span = mark.role, spot.span or mark.span
        elif words.session(text):
            spot.session = words.session(text)
        elif not said and text in {*words.DAY_MARKS.values(), *words.DAY_MARKS}:
            spot.role = words.DAY_MARKS.get(text, text)

    def _clock(self, kind: str, spot: Spot, value: object) -> None:
        """When a duty begins, then when it ends, in two columns."""
        if isinstance(value, float) and 0 < value < 1:  # a part of a day
            minutes = round(value * 24 * 60)
            value = f"{minutes // 60}:{minutes % 60:02d}"
        said = re.sub(r"(?<=\d:\d\d):\d\d$", "", squeezed(value))
        if kind == "starts" and re.fullmatch(r"\d{1,2}[:点].*", said):
            spot.starts = said
        elif kind == "ends" and spot.starts and (found := spans(f"{spot.starts}-{said}")):
            spot.span = found[0]

    def _weekdays(self, spots: list[Spot]) -> None:
        """A weekday that contradicts its date is asked, and nothing of that day is certain."""
        lanes = [lane for lane in self.lanes if lane.kind == "weekday"]
        for spot, cell in zip(spots, self.block.axis.cells, strict=True):
            told = [(cell.weekday, self.block.date_at(spot.place))] if cell and cell.weekday is not None else []
            for lane in lanes:
                at = self.block.cell(lane.lane.index, spot.place)
                beside = date_cell(self.grid.value(*at))
                if beside and beside.weekday is not None:
                    told.append((beside.weekday, at))
            for weekday, at in told:
                if len(spot.days) == 1 and spot.days[0].weekday() != weekday:
                    self.found.problem(self.grid, at, "weekday_mismatch")
                    spot.doubt = True

    def _repeated(self, spots: list[Spot]) -> None:
        """A date that stands twice where every other stands once: neither is certain."""
        if self.block.axis.line < 0:
            return

        def key(spot: Spot) -> tuple[object, ...]:
            return (
                tuple(spot.days),
                spot.where or (spot.unsure_where and spot.unsure_where.text),
                spot.session,
                spot.span,
                spot.role,
            )

        by_day: dict[tuple[object, ...], list[Spot]] = {}
        for spot in spots:
            if spot.days:
                by_day.setdefault(key(spot), []).append(spot)
        several = {
            days: held for days, held in by_day.items()
            if len({self.grid.anchor(*self.block.date_at(spot.place)) for spot in held}) > 1
        }  # fmt: skip
        if len(by_day) > 1 and 2 * len(several) >= len(by_day):
            return  # one line a person: each date stands as often as it has people
        for held in several.values():
            first = self.grid.anchor(*self.block.date_at(held[0].place))
            for spot in held:
                spot.doubt = True
                cell = self.grid.anchor(*self.block.date_at(spot.place))
                if cell != first:
                    self.found.problem(self.grid, cell, "duplicate_date")

    def _note(self, lane: Meaning, spot: Spot) -> None:
        cell = self.block.cell(lane.lane.index, spot.place)
        text = squeezed(self.grid.value(*cell))
        if spot.days and STAND_IN_NOTE.fullmatch(text) and any(name in text for name in self.table.people.by_name):
            self.found.problem(self.grid, cell, "stand_in")
            spot.doubt = True
