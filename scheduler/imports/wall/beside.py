"""What stands beside a name in its cell or its row: a telephone, a number, a unit, a title, or a reason to ask."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from scheduler.database import Row
from scheduler.imports.wall import words
from scheduler.imports.wall.people import People
from scheduler.imports.wall.words import Span, plain, squeezed

HARD = re.compile(r"[、,，;；/&|\n+＋]+")
COUNTED = re.compile(r"(?:共计?|合计|总计|计)?(\d{1,2})[人名位]")


@dataclass(slots=True)
class Piece:
    """A part of a cell: the person it means, or what it is instead, with those who may be meant."""

    text: str
    person: Row | None = None
    kind: str = ""  # the kind of problem; empty for a person, "off" for no duty
    candidates: list[Row] = field(default_factory=list)
    label: str = ""
    span: Span | None = None
    session: str = ""
    sign: str = ""  # a star or the like beside the name
    headcount: int | None = None  # how many a cell says that it names


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside a name in its row and may say who of two is meant."""

    numbers: tuple[str, ...] = ()
    units: tuple[str, ...] = ()


def attach(piece: Piece, said: str, people: People) -> None:
    """A bracket or a number behind a name: a telephone, a number, a unit, a title; or a reason to ask."""
    plainly = squeezed(said)
    digits = re.sub(r"\D", "", plainly)
    if piece.kind == "ambiguous_person":
        by_number = [row for row in piece.candidates if row["staff_no"] == plainly]
        by_mobile = [row for row in piece.candidates if digits and row in people.by_mobile.get(digits[-11:], [])]
        by_unit = [row for row in piece.candidates if is_of(row, plainly)]
        for narrowed in (by_number, by_mobile, by_unit):
            if len(narrowed) == 1:
                piece.person, piece.kind, piece.candidates = narrowed[0], "", []
                return
    if piece.person is None:
        return
    other = people.by_number.get(plainly)
    if other is not None and other["id"] != piece.person["id"]:
        piece.kind, piece.candidates, piece.person = "ambiguous_person", [piece.person, other], None
    elif found := words.spans(plain(said)):
        piece.span = found[0]
    elif words.session(plainly):
        piece.session = words.session(plainly)
    elif words.STANDBY.search(plainly) or plainly == "备":
        _doubt(piece, "duty_or_standby")
    elif _stands_in(plainly, people):
        _doubt(piece, "stand_in")
    elif words.AWAY.fullmatch(plainly) or (words.OFF.fullmatch(plainly) and len(plainly) > 1):
        _doubt(piece, "not_a_person")
    elif words.EMPTY.fullmatch(plainly) or "?" in plainly or plainly in ("暂定", "拟"):
        _doubt(piece, "empty_duty")
    elif any(squeezed(part) in people.by_name for part in HARD.split(said)):
        _doubt(piece, "duty_or_standby")


def _stands_in(text: str, people: People) -> bool:
    """代李四, 替班, 李四代: not a title that has such a character, as 代理主任."""
    return bool(words.STAND_IN.search(text)) and not re.match(r"代理|代表|替代", text) and not text.endswith("代表")


def _doubt(piece: Piece, kind: str) -> None:
    piece.kind, piece.candidates, piece.person = kind, [piece.person] if piece.person else [], None


def is_of(row: Row, unit: str) -> bool:
    """Whether somebody is of the unit or of one below it; a name's beginning is enough."""
    names = (row["units"] or row["unit"] or "").split("/")
    return len(unit) > 1 and (unit in names or any(name.startswith(unit) for name in names))


def settle_beside(piece: Piece, beside: Beside, *, alone: bool) -> None:
    """Who of several is meant by the number or the unit in the columns beside; a number only beside a single name."""
    for said, test in (
        (beside.numbers if alone else (), lambda row, said: row["staff_no"] == said or (row["mobile"] or "-") == said),
        (beside.units if alone else (), is_of),
    ):
        for one in said:
            narrowed = [row for row in piece.candidates if test(row, one)]
            if len(narrowed) == 1:
                piece.person, piece.kind, piece.candidates = narrowed[0], "", []
                return
