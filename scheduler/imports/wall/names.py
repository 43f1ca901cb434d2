"""Who a cell of a duty sheet means: known people, each by a whole name that is theirs alone, or a question."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from scheduler.database import Row
from scheduler.imports.wall import words
from scheduler.imports.wall.parting import parted, rejoined
from scheduler.imports.wall.people import People
from scheduler.imports.wall.words import Span, plain, squeezed

ATTACHED = "\ue000"  # stands in a text where a bracket or a number was taken out, with its index behind it
MARKED = re.compile(rf"{ATTACHED}(\d+){ATTACHED}")
HARD = re.compile(r"[、,，;；/&|\n+＋]+")
NUMBER = re.compile(r"[A-Za-z]{0,3}\d[\d-]{2,}")
HAN_NAME = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff·]{2,8}|[\w\u3400-\u9fff]{0,2}某{1,2}")
LABEL = re.compile(r"^\s*([^:\d]{1,8}):\s*")
HALF = re.compile(r"^\s*(上午|下午|晚上|夜间|全天)\s*(?=[\u3400-\u9fff]{2})")
SIGN = "*★☆▲△●○◆◇■□※#①②③√"
OTHERS = re.compile(r"等(\d{1,2}|[一二两三四五六七八九十])?[人名位]?$")
MOST_CANDIDATES = 5


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


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside a name in its row and may say who of two is meant."""

    numbers: tuple[str, ...] = ()
    units: tuple[str, ...] = ()


def pieces(value: object, people: People, answers: Mapping[str, str], beside: Beside = Beside()) -> list[Piece]:
    """What a cell of names says, part by part, in its order."""
    text = plain(value)
    whole = squeezed(text)
    if not whole or words.OFF.fullmatch(whole):
        return [Piece(whole, kind="off")] if whole else []
    if simple := _no_person(whole):
        return [Piece(text, kind=simple)]
    attached: list[str] = []

    def take(match: re.Match[str]) -> str:
        attached.append(match[1] if match.re is words.BRACKETED else match[0])
        return f"{ATTACHED}{len(attached) - 1}{ATTACHED}"

    lines = text.split("\n")
    if len(lines) > 1 and all(len(squeezed(line)) < 2 for line in lines):
        text = text.replace("\n", " ")  # a name written from top to bottom
    text = words.BRACKETED.sub(take, text)
    text = words.SPAN.sub(take, text)
    text = words.PHONE.sub(take, text)
    text = re.sub(rf"(?<!{ATTACHED}){NUMBER.pattern}(?!{ATTACHED})", take, text)
    found: list[Piece] = []
    label, half, unit = "", "", ""
    ahead: list[Span | None] = [None]
    for chunk in (part for line in text.split("\n") for part in [None, *HARD.split(line)]):
        if chunk is None:
            ahead = [None]  # hours before names are those of their line
            continue
        if mark := LABEL.match(chunk):
            said = squeezed(mark[1])
            if words.session(said):
                half, label = words.session(said), ""
            elif words.NOT_DUTY_HEAD.fullmatch(said):
                label = "-"
            elif said in people.units:
                unit = said
            elif said not in people.by_name:
                label = said
            chunk = chunk[mark.end() :]
        if label == "-" or not chunk.strip():
            continue
        if opened := HALF.match(chunk):
            half, chunk = words.SESSIONS[opened[1]], chunk[opened.end() :]
        near = Beside(beside.numbers, (unit,)) if unit else beside
        for piece in _chunk(chunk, attached, people, answers, near, ahead):
            piece.label, piece.session = piece.label or label, piece.session or half
            found.append(piece)
    return found


def _no_person(whole: str) -> str:
    """The kind of a squeezed text that stands where a name belongs and is none; empty for what may be one."""
    if words.DITTO.fullmatch(whole):
        return "unknown_mark"
    if words.EMPTY.fullmatch(words.bare(whole)):
        return "empty_duty"
    return "not_a_person" if words.AWAY.fullmatch(words.bare(whole) or whole) else ""


def _chunk(
    chunk: str,
    attached: list[str],
    people: People,
    answers: Mapping[str, str],
    beside: Beside,
    ahead: list[Span | None],
) -> list[Piece]:
    """The names of one chunk: what is attached belongs to the name before it."""
    parts = MARKED.split(chunk)  # text, index, text, index, text
    found: list[Piece] = []
    for at in range(0, len(parts), 2):
        taken = attached[int(parts[at + 1])] if at + 1 < len(parts) else ""
        text = parts[at].strip()
        for piece in _names(text, people, answers) if text else []:
            piece.span = ahead[0]
            found.append(piece)
        if found and taken:
            _attach(found[-1], taken, people)
        elif taken and (said := words.spans(plain(taken))):
            ahead[0] = said[0]
        elif taken and words.STANDBY.search(taken):
            found.append(Piece(taken, kind="duty_or_standby"))
    for piece in found:
        if len(piece.candidates) > 1 and piece.kind == "ambiguous_person":
            _settle_beside(piece, beside, alone=len(found) == 1)
    return [piece for piece in found if piece.kind != "nothing"]


def _attach(piece: Piece, said: str, people: People) -> None:
    """A bracket or a number behind a name: a telephone, a number, a unit, a title; or a reason to ask."""
    plainly = squeezed(said)
    digits = re.sub(r"\D", "", plainly)
    if piece.kind == "ambiguous_person":
        by_number = [row for row in piece.candidates if row["staff_no"] == plainly]
        by_mobile = [row for row in piece.candidates if digits and row in people.by_mobile.get(digits[-11:], [])]
        by_unit = [row for row in piece.candidates if _is_of(row, plainly)]
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
    elif words.STANDBY.search(plainly):
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


def _is_of(row: Row, unit: str) -> bool:
    names = (row["units"] or row["unit"] or "").split("/")
    return len(unit) > 1 and (unit in names or any(name.startswith(unit) for name in names))


def _settle_beside(piece: Piece, beside: Beside, *, alone: bool) -> None:
    """Who of several is meant by the number or the unit in the columns beside; a number only beside a single name."""
    for said, test in (
        (beside.numbers if alone else (), lambda row, said: row["staff_no"] == said or (row["mobile"] or "-") == said),
        (beside.units if alone else (), _is_of),
    ):
        for one in said:
            narrowed = [row for row in piece.candidates if test(row, one)]
            if len(narrowed) == 1:
                piece.person, piece.kind, piece.candidates = narrowed[0], "", []
                return


def _names(text: str, people: People, answers: Mapping[str, str]) -> list[Piece]:
    """A text without brackets and numbers, as names."""
    whole = squeezed(text)
    if not whole or whole in "和及与":
        return []
    if whole in people.by_name or whole in answers:
        return [_one(whole, people, answers)]
    if simple := ("off" if words.OFF.fullmatch(whole) else _no_person(whole)):
        return [Piece(text, kind=simple)]
    if whole.strip(SIGN) != whole and (signed := _names(text.strip().strip(SIGN), people, answers)):
        for piece in signed:
            piece.sign = next(sign for sign in whole if sign in SIGN)
        return signed
    if found := parted(text, people):
        return [_one(name, people, answers) for name in found]
    if left := OTHERS.search(whole):
        return [*_names(whole[: left.start()], people, answers), Piece(text, kind="headcount_mismatch")]
    if whole.rstrip("?!") in people.by_name:
        return [Piece(text, kind="near_name", candidates=list(people.named(whole.rstrip("?!"))))]
    if mark := _swap(whole, people):
        return [mark]
    if titled := _titled(whole, people, answers):
        return [titled]
    if of_unit := _of_unit(whole, people):
        return [of_unit]
    soft = [part for part in re.split(r"\s+", text) if part]
    if len(soft) > 1 and not all(len(part) == 1 for part in soft):
        return [piece for part in rejoined(soft) for piece in _names(part, people, answers)]
    for at, sign in enumerate(whole):
        if sign in "和及与" and 0 < at < len(whole) - 1:
            before, after = whole[:at], whole[at + 1 :]
            if (
                before in people.by_name
                or after in people.by_name
                or (sign != "和" and len(before) > 1 and len(after) > 1)
            ):
                return [*_names(before, people, answers), *_names(after, people, answers)]
    return [_unknown(text, whole, people)]


def _one(name: str, people: People, answers: Mapping[str, str]) -> Piece:
    if name in answers:
        person = people.by_number.get(answers[name])
        return Piece(name, person) if person else Piece(name, kind="off")
    held = people.named(name)
    return Piece(name, held[0]) if len(held) == 1 else Piece(name, kind="ambiguous_person", candidates=list(held))


def _swap(whole: str, people: People) -> Piece | None:
    """张三代李四: who stands is asked."""
    for found in words.STAND_IN.finditer(whole):
        before, after = whole[: found.start()], whole[found.end() :]
        named = [row for part in (before, after.removesuffix("班")) for row in people.named(part)]
        if named and (len(after) > 1 or len(found[0]) > 1):
            return Piece(whole, kind="stand_in", candidates=named[:MOST_CANDIDATES])
    return None


def _titled(whole: str, people: People, answers: Mapping[str, str]) -> Piece | None:
    """A known name with a title behind it or before it."""
    for title in words.TITLES:
        for name in (whole.removesuffix(title), whole.removeprefix(title)):
            if name != whole and (name in people.by_name or name in answers):
                return _one(name, people, answers)
    return None


def _of_unit(whole: str, people: People) -> Piece | None:
    """A known name behind the name of its unit; another unit's is asked."""
    for unit in people.units:
        if len(unit) > 1 and whole.startswith(unit) and (held := people.named(whole.removeprefix(unit))):
            of_it = [row for row in held if _is_of(row, unit)]
            return Piece(whole, of_it[0]) if len(of_it) == 1 else Piece(whole, kind="ambiguous_person", candidates=held)
    return None


def _unknown(text: str, whole: str, people: People) -> Piece:
    """What is no known name: a nickname, a name that is near to one, an unknown person, or no person at all."""
    if nick := words.NICK.fullmatch(whole):
        surname = nick["after"] or nick["before"]
        meant = [row for name, held in people.by_name.items() if name.startswith(surname) for row in held]
        if meant:
            return Piece(text, kind="nickname", candidates=meant[:MOST_CANDIDATES])
    given = [
        row for name, held in people.by_name.items() if len(name) > len(whole) > 1 and name[1:] == whole for row in held
    ]
    if given:
        return Piece(text, kind="nickname", candidates=given[:MOST_CANDIDATES])
    if words.CROWD.fullmatch(whole) or not HAN_NAME.fullmatch(whole) or len(whole) > 4:
        return Piece(text, kind="not_a_person")
    near = [row for name in people.near_names(whole) for row in people.by_name[name]]
    if near:
        return Piece(text, kind="near_name", candidates=near[:MOST_CANDIDATES])
    return Piece(text, kind="unknown_person")
