"""The cells of a table as duties: who stands where, when and as what, for certain or as a question."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from scheduler.database import Row
from scheduler.imports.wall import words
from scheduler.imports.wall.beside import Beside, Piece
from scheduler.imports.wall.blocks import Label
from scheduler.imports.wall.dates import date_cell
from scheduler.imports.wall.found import Found
from scheduler.imports.wall.grid import Cell
from scheduler.imports.wall.lanes import Meaning, Table, meanings
from scheduler.imports.wall.legend import Mark
from scheduler.imports.wall.names import pieces
from scheduler.imports.wall.spots import Along, Context, Spot
from scheduler.imports.wall.words import Span, squeezed


class Reader:
    """Reads one table; what it finds goes into `found`."""

    def __init__(self, table: Table, context: Context, found: Found) -> None:
        self.table, self.context, self.found = table, context, found
        self.grid, self.block = table.grid, table.block
        self.lanes = meanings(table)
        self.spots = Along(table, context, found, self.lanes).spots()
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
            if isinstance(value, (int, float)) or (
                date_cell(value) is not None and not self.table.is_person(squeezed(value))
            ):
                continue  # a sum, a telephone, a date: no people
            beside = replace(spot.beside, units=(*spot.beside.units, *((lane.unit,) if lane.unit else ())))
            held = self.cache.get((cell, beside))
            if held is None:
                held = self.cache[(cell, beside)] = pieces(value, self.table.people, self.context.answers, beside)
            self._put_all(lane, spot, cell, _in_turn(held, spot, str(value)))

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
            known = not piece.sign or piece.sign in self.context.legend.marks
            if not known:
                self.found.problem(self.grid, cell, "unknown_mark", piece.sign)
            self._put(lane, spot, cell, who, piece, sure=piece.person is not None and known)
        people = [piece for piece in held if piece.kind not in ("off", "headcount_mismatch")]
        if lane.headcount is not None and people and len(people) != lane.headcount:
            self.found.problem(self.grid, cell, "headcount_mismatch")

    def _put(self, lane: Meaning, spot: Spot, cell: Cell, who: list[Row], piece: Piece, *, sure: bool) -> None:
        role = self._role(lane, spot, piece)
        span = piece.span or lane.span or spot.span
        session = piece.session or lane.session or spot.session
        hours = span or self.context.legend.sessions.get(session) or self.context.legend.of_role(role)
        as_said = not session and not spot.spans
        self._row(lane, spot, cell, who, role=role, span=hours, session=session, sure=sure, as_said=as_said)

    def _role(self, lane: Meaning, spot: Spot, piece: Piece) -> str:
        if piece.sign in self.context.legend.marks:
            return words.role_of(self.context.legend.marks[piece.sign].role)
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
        if label.cell in self.grid.teams:
            for piece in held:
                if piece.kind:
                    self.found.problem(self.grid, label.cell, piece.kind, piece.text, piece.candidates)
                self._marked(lane, [piece.person] if piece.person else piece.candidates, sure=not piece.kind)
            return
        if len(held) != 1 or held[0].kind:
            self._unsure_person(lane, label, held)
            if len(held) != 1 or not held[0].candidates:
                return
        numbered = self.table.people.by_number.get(lane.number)
        if numbered and held[0].person and numbered["id"] != held[0].person["id"]:
            both = [held[0].person, numbered]
            self.found.problem(self.grid, label.cell, "ambiguous_person", "", both)
            held = [Piece(label.text, kind="ambiguous_person", candidates=both)]
        who = [held[0].person] if held[0].person else held[0].candidates
        self._marked(lane, who, sure=held[0].person is not None)

    def _marked(self, lane: Meaning, who: list[Row], *, sure: bool) -> None:
        for spot in self.spots:
            at = self.block.cell(lane.lane.index, spot.place)
            cell = self.grid.anchor(*at)
            text = squeezed(self.grid.values.get(cell, ""))
            if text and spot.days:
                self._mark(lane, spot, cell, text, who, sure=sure)

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
                      span=None, session="", sure=sure, as_said=True)  # fmt: skip
        elif mark is None:
            self.found.problem(self.grid, cell, "unknown_mark")
        elif mark.is_standby:
            self.found.problem(self.grid, cell, "duty_or_standby")
        elif mark.is_duty:
            session = words.session(text)
            span = mark.span or self.context.legend.sessions.get(session) or lane.span or spot.span
            as_said = not session and mark.role == "值班人员"
            session = session or spot.session
            self._row(lane, spot, cell, who, role=mark.role, span=span, session=session, sure=sure, as_said=as_said)

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
        as_said: bool,
    ) -> None:
        place, unsure = self._place(lane, spot)
        if unsure is not None:
            options = self.found.unsure_place(self.grid, self.table.places, unsure)
            place, sure = (options[0] if len(options) == 1 else ""), False
        elif not place:
            self.found.no_place(self.grid, self.block, "ambiguous_place" if self.context.places else "unknown_place")
            sure = False
        elif place in self.table.places.twice and place not in self.table.places.answers:
            self._place_of_several(lane, place)
            sure = False
        if lane.is_standby and lane.role_label:
            self.found.problem(self.grid, lane.role_label.cell, "duty_or_standby")
            sure = False
        elif lane.is_odd and lane.role_label:
            self.found.problem(self.grid, lane.role_label.cell, "unknown_mark")
            sure = False
        for day in spot.days:
            hours = span or (self.context.legend.on(day, self.context.is_workday) if as_said else None)
            for person in who:
                certain = sure and not spot.doubt and len(who) == 1
                self.found.row(
                    self.grid, cell, day, self.table.places, place, person, title=self.context.title,
                    activity=self.context.activity, role=role, span=hours, session=session,
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

    def _place_of_several(self, lane: Meaning, place: str) -> None:
        """Two units have a place of this name: asked at its word, or at the title."""
        at = [label.cell for label in lane.lane.labels if self.table.places.named(label.text) == place]
        if at:
            self.found.problem(self.grid, at[0], "ambiguous_place")
        else:
            self.found.no_place(self.grid, self.block, "ambiguous_place")

    def _headcounts(self) -> None:
        """Beside a column of numbers of people, the people must be as many."""
        for spot in self.spots:
            if spot.headcount is None or not spot.days:
                continue
            cells = {
                self.grid.anchor(*self.block.cell(lane.lane.index, spot.place))
                for lane in self.lanes if lane.kind == "duty" and lane.person is None
            }  # fmt: skip
            count = sum(self._count(cell, spot) for cell in cells)
            led = sum(self._count(self.grid.anchor(*self.block.cell(lane.lane.index, spot.place)), spot)
                      for lane in self.lanes if lane.kind == "duty" and lane.role == "带班领导")  # fmt: skip
            if spot.headcount[0] not in (count, count - led):  # the leader may be counted, or not
                self.found.problem(self.grid, spot.headcount[1], "headcount_mismatch")

    def _count(self, cell: Cell, spot: Spot) -> int:
        return sum(piece.kind not in ("off", "headcount_mismatch") for piece in self.cache.get((cell, spot.beside), []))


def _in_turn(held: list[Piece], spot: Spot, text: str) -> list[Piece]:
    """Where the row says as many hours as the cell has lines, each with one name: each name's own hours."""
    if len(spot.spans) < 2 or len(held) != len(spot.spans) or len(text.strip().split("\n")) != len(held):
        return held
    return [replace(piece, span=piece.span or span) for piece, span in zip(held, spot.spans, strict=True)]
