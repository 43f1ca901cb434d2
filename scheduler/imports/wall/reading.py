"""The cells of a table as duties: who stands where, when and as what, for certain or as a question."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from scheduler.database import Row
from scheduler.imports.wall import words
from scheduler.imports.wall.blocks import Label
from scheduler.imports.wall.dates import DateCell, Days, Period, date_cell, resolved
from scheduler.imports.wall.found import Found
from scheduler.imports.wall.grid import Cell
from scheduler.imports.wall.lanes import Meaning, Table, meanings
from scheduler.imports.wall.legend import Legend, Mark
from scheduler.imports.wall.names import Beside, Piece, pieces
from scheduler.imports.wall.words import Span, plain, spans, squeezed

STAND_IN_NOTE = words.re.compile(r".*(?:代班|替班|顶班|代值|换班|调班|改由|由.{1,4}[代替]).*")


@dataclass(frozen=True, slots=True)
class Context:
    """What holds for a whole table."""

    period: Period
    place: str  # empty where the lines around name none
    legend: Legend
    activity: str  # of the title; the place says the rest
    title: str
    answers: Mapping[str, str] = field(default_factory=dict)  # a name → a staff number
    marks: Mapping[str, str] = field(default_factory=dict)  # a mark → "off" or a role


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
    session: str = ""
    beside: Beside = Beside()  # noqa: RUF009 a frozen value
    headcount: tuple[int, Cell] | None = None


class Reader:
    """Reads one table; what it finds goes into `found`."""

    def __init__(self, table: Table, context: Context, found: Found) -> None:
        self.table, self.context, self.found = table, context, found
        self.grid, self.block = table.grid, table.block
        self.lanes = meanings(table)
        self.spots = self._spots()
        self.many_places = any(lane.place or lane.unsure_place for lane in self.lanes if lane.kind == "duty")
        self.cache: dict[tuple[Cell, Beside], list[Piece]] = {}

    def read(self) -> None:
        """All duties of the table."""
        for lane in self.lanes:
            if lane.kind == "duty":
                if lane.person is not None:
                    self._marks(lane)
                else:
                    self._names(lane)
        self._headcounts()

    # along the axis

    def _spots(self) -> list[Spot]:
        block, axis = self.block, self.block.axis
        if axis.line < 0:  # a sheet of one day, named in its title
            days = [Days([self.context.period.first]) for _ in axis.places] if self.context.period.first else []
        else:
            days = resolved(axis.cells, self.context.period)
        spots = [Spot(place, list(told.days)) for place, told in zip(axis.places, days, strict=True)]
        for spot, told, cell in zip(spots, days, axis.cells, strict=True):
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
        elif lane.kind == "role":
            spot.role = words.role_of(text)
        elif lane.kind == "unit":
            spot.beside = replace(spot.beside, units=(text,))
        elif lane.kind == "number":
            spot.beside = replace(spot.beside, numbers=(text,))
        elif lane.kind == "count" and text.rstrip("人名").isdigit():
            spot.headcount = (int(text.rstrip("人名")), cell)

    def _time(self, spot: Spot, text: str) -> None:
        if said := spans(plain(text)):
            spot.span = said[0]
        mark = self.context.legend.marks.get(words.bare(text)) or self.context.legend.marks.get(text.removesuffix("班"))
        if mark and mark.is_duty:
            spot.role, spot.span = mark.role, spot.span or mark.span
        elif words.session(text):
            spot.session = words.session(text)
        elif not said and text in {*words.DAY_MARKS.values(), *words.DAY_MARKS}:
            spot.role = words.DAY_MARKS.get(text, text)

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

    # names in the cells

    def _names(self, lane: Meaning) -> None:
        for spot in self.spots:
            at = self.block.cell(lane.lane.index, spot.place)
            cell = self.grid.anchor(*at)
            value = self.grid.values.get(cell, "")
            if value == "" or not spot.days:
                continue
            if cell in self.grid.errors:
                self.found.problem(self.grid, cell, "formula_error")
                continue
            if (
                isinstance(value, (int, float))
                or date_cell(value) is not None
                and not self.table.is_person(squeezed(value))
            ):
                continue  # a sum, a telephone, a date: no people
            beside = replace(spot.beside, units=(*spot.beside.units, *((lane.unit,) if lane.unit else ())))
            held = self.cache.get((cell, beside))
            if held is None:
                held = self.cache[(cell, beside)] = pieces(value, self.table.people, self.context.answers, beside)
            self._put_all(lane, spot, cell, held)

    def _put_all(self, lane: Meaning, spot: Spot, cell: Cell, held: list[Piece]) -> None:
        seen: Counter[int] = Counter()
        for piece in held:
            if piece.kind == "off":
                continue
            if piece.person is not None:
                seen[piece.person["id"]] += 1
                if seen[piece.person["id"]] > 1:
                    self.found.problem(self.grid, cell, "duplicate_person")
                    continue
            elif piece.kind:
                whole = len(held) == 1
                self.found.problem(self.grid, cell, piece.kind, "" if whole else piece.text, piece.candidates)
                if piece.kind == "headcount_mismatch":
                    continue
            who = [piece.person] if piece.person else piece.candidates
            self._put(lane, spot, cell, who, piece, sure=piece.person is not None)
        people = [piece for piece in held if piece.kind not in ("off", "headcount_mismatch")]
        if lane.headcount is not None and people and len(people) != lane.headcount:
            self.found.problem(self.grid, cell, "headcount_mismatch")

    def _put(self, lane: Meaning, spot: Spot, cell: Cell, who: list[Row], piece: Piece, *, sure: bool) -> None:
        role = self._role(lane, spot, piece)
        span = piece.span or lane.span or spot.span
        session = piece.session or lane.session or spot.session
        hours = span or self.context.legend.sessions.get(session) or (None if session else self.context.legend.hours)
        self._row(lane, spot, cell, who, role=role, span=hours, session=session, sure=sure)

    def _role(self, lane: Meaning, spot: Spot, piece: Piece) -> str:
        if piece.label:
            return words.role_of(piece.label)
        if spot.role and lane.role in ("", "值班人员"):
            return spot.role
        return lane.role or spot.role or "值班人员"

    # marks beside names

    def _marks(self, lane: Meaning) -> None:
        label = lane.person
        if label is None:
            return
        beside = Beside((lane.number,) if lane.number else (), (lane.unit,) if lane.unit else ())
        held = pieces(self.grid.values.get(label.cell, ""), self.table.people, self.context.answers, beside)
        held = [piece for piece in held if piece.kind != "off"]
        if len(held) != 1 or held[0].kind:
            self._unsure_person(lane, label, held)
            if len(held) != 1 or not held[0].candidates:
                return
        if lane.number and held[0].person and lane.number in self.table.people.by_number:
            if self.table.people.by_number[lane.number]["id"] != held[0].person["id"]:
                both = [held[0].person, self.table.people.by_number[lane.number]]
                self.found.problem(self.grid, label.cell, "ambiguous_person", "", both)
                held = [Piece(label.text, kind="ambiguous_person", candidates=both)]
        who = [held[0].person] if held[0].person else held[0].candidates
        for spot in self.spots:
            at = self.block.cell(lane.lane.index, spot.place)
            cell = self.grid.anchor(*at)
            text = squeezed(self.grid.values.get(cell, ""))
            if text and spot.days:
                self._mark(lane, spot, cell, text, who, sure=held[0].person is not None)

    def _unsure_person(self, lane: Meaning, label: Label, held: list[Piece]) -> None:
        used = any(squeezed(self.grid.value(*self.block.cell(lane.lane.index, spot.place))) for spot in self.spots)
        for piece in held:
            if piece.kind and (used or piece.kind != "not_a_person"):
                self.found.problem(self.grid, label.cell, piece.kind, "", piece.candidates)
        if len(held) > 1 and not any(piece.kind for piece in held):
            self.found.problem(self.grid, label.cell, "ambiguous_person", "", [p.person for p in held if p.person])

    def _mark(self, lane: Meaning, spot: Spot, cell: Cell, text: str, who: list[Row], *, sure: bool) -> None:
        if cell in self.grid.errors:
            self.found.problem(self.grid, cell, "formula_error")
            return
        if cell in self.grid.formulas and text.replace(".", "").isdigit():
            return
        place = self.table.places.named(text)
        short = [] if place else self.table.places.short(text)
        mark = self._meant(text)
        if mark is None and (place or short):
            unsure = None if place else Label(0, text, cell)
            self._row(replace(lane, place=place, unsure_place=unsure), spot, cell, who, role="值班人员",
                      span=self.context.legend.hours, session="", sure=sure)  # fmt: skip
        elif mark is None:
            self.found.problem(self.grid, cell, "unknown_mark")
        elif mark.is_standby:
            self.found.problem(self.grid, cell, "duty_or_standby")
        elif mark.is_duty:
            session = words.session(text)
            span = mark.span or self.context.legend.sessions.get(session) or lane.span or spot.span
            if span is None and not session and mark.role == "值班人员":
                span = self.context.legend.hours
            self._row(lane, spot, cell, who, role=mark.role, span=span, session=session or spot.session, sure=sure)

    def _meant(self, text: str) -> Mark | None:
        if text in self.context.marks:
            said = self.context.marks[text]
            return Mark(said, is_duty=said != "off")
        marks = self.context.legend.marks
        if found := marks.get(text) or marks.get(text.removesuffix("班")):
            return found
        if words.OFF.fullmatch(text) and text not in ("x", "X", "×", "_", "."):
            return Mark("", is_duty=False)
        if words.AWAY.fullmatch(text):
            return Mark("", is_duty=False)
        if text in words.DAY_MARKS or text in words.DAY_MARKS.values():
            return Mark(words.DAY_MARKS.get(text, text))
        if words.session(text):
            return Mark("值班人员")
        alone = not any(mark.is_duty for mark in marks.values())
        return Mark("值班人员") if text in words.DUTY_MARKS and alone else None

    # what comes of it

    def _row(
        self,
        lane: Meaning,
        spot: Spot,
        cell: Cell,
        who: list[Row],
        *,
        role: str,
        span: Span | None,
        session: str,
        sure: bool,
    ) -> None:
        place, unsure = self._place(lane, spot)
        if unsure is not None:
            options = self.found.unsure_place(self.grid, self.table.places, unsure)
            place, sure = (options[0] if len(options) == 1 else ""), False
        elif not place:
            self.found.no_place(self.grid, self.block)
            sure = False
        if lane.is_standby and lane.role_label:
            self.found.problem(self.grid, lane.role_label.cell, "duty_or_standby")
            sure = False
        if lane.is_odd and lane.role_label:
            self.found.problem(self.grid, lane.role_label.cell, "unknown_mark")
            sure = False
        for day in spot.days:
            for person in who:
                certain = sure and not spot.doubt and len(who) == 1
                self.found.row(
                    self.grid, cell, day, self.table.places, place, person, title=self.context.title,
                    activity=self.context.activity, role=role, span=span, session=session,
                    axis=self.grid.anchor(*self.block.date_at(spot.place)) if self.block.axis.line >= 0 else None,
                    certain=certain,
                )  # fmt: skip

    def _place(self, lane: Meaning, spot: Spot) -> tuple[str, Label | None]:
        if lane.unsure_place is not None:
            return "", lane.unsure_place
        if lane.place:
            return lane.place, None
        if spot.where:
            return spot.where, None
        if spot.unsure_where is not None:
            return "", spot.unsure_where
        has_where = any(other.kind == "place" for other in self.lanes)
        return ("", None) if self.many_places or has_where else (self.context.place, None)

    def _headcounts(self) -> None:
        """Beside a column of numbers of people, the people must be as many."""
        for spot in self.spots:
            if spot.headcount is None or not spot.days:
                continue
            cells = {
                self.grid.anchor(*self.block.cell(lane.lane.index, spot.place))
                for lane in self.lanes if lane.kind == "duty" and lane.person is None
            }  # fmt: skip
            count = sum(
                piece.kind != "off" for cell in cells
                for piece in self.cache.get((cell, spot.beside), [])
            )  # fmt: skip
            if count != spot.headcount[0]:
                self.found.problem(self.grid, spot.headcount[1], "headcount_mismatch")


def said_by(cell: DateCell | None) -> str:
    """The kind of what a cell says of a date, for whoever looks at a reading."""
    return cell.kind if cell else ""
