"""Who a cell of a duty sheet means: known people, each by a whole name that is theirs alone, or a question."""

from __future__ import annotations

import re
from collections.abc import Mapping

from scheduler.imports.wall import words
from scheduler.imports.wall.beside import COUNTED, HARD, Beside, Piece, attach, is_of, settle_beside
from scheduler.imports.wall.parting import parted, rejoined
from scheduler.imports.wall.people import People
from scheduler.imports.wall.words import Span, plain, squeezed

ATTACHED = "\ue000"  # stands in a text where a bracket or a number was taken out, with its index behind it
MARKED = re.compile(rf"{ATTACHED}(\d+){ATTACHED}")
NUMBER = re.compile(r"[A-Za-z]{0,3}\d[\d-]{2,}")
HAN_NAME = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff·]{2,8}|[\w\u3400-\u9fff]{0,2}某{1,2}")
LABEL = re.compile(r"^\s*([^:\d]{1,8}):\s*")
HALF = re.compile(r"^\s*(上午|下午|晚上|夜间|全天)\s*(?=[\u3400-\u9fff]{2})")
SIGN = "*★☆▲△●○◆◇■□※#①②③√"
NUMBERED = re.compile(r"(?:^|(?<=[\s;]))\d{1,2}[.、)](?=\s*[\u3400-\u9fff])")  # 1.甲 2.乙
ALONE = Beside()
FURTHER = re.compile(r"\s+(?=[\u3400-\u9fff]{1,6}:)")  # 白班:甲 夜班:乙
OTHERS = re.compile(r"(?:等|共计?)(\d{1,2}|[一二两三四五六七八九十])?[人名位]?$")
MOST_CANDIDATES = 5


def pieces(value: object, people: People, answers: Mapping[str, str], beside: Beside = ALONE) -> list[Piece]:
    """What a cell of names says, part by part, in its order."""
    text = plain(value).rstrip("。.,;、 \n")
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
    text = NUMBERED.sub("、", text)
    text = words.BRACKETED.sub(take, text)
    text = words.SPAN.sub(take, text)
    text = words.PHONE.sub(take, text)
    text = re.sub(rf"(?<!{ATTACHED}){NUMBER.pattern}(?!{ATTACHED})", take, text)
    found: list[Piece] = []
    label, half, unit = "", "", ""
    ahead: list[Span | None] = [None]
    for chunk in (part for line in text.split("\n") for part in [None, *_chunks(line)]):
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
                label = "" if words.GROUP.fullmatch(said) and said[-1] == "组" else said
            chunk = chunk[mark.end() :]
        if label == "-" or not chunk.strip():
            continue
        if opened := HALF.match(chunk):
            half, chunk = words.SESSIONS[opened[1]], chunk[opened.end() :]
        near = Beside(beside.numbers, (unit,)) if unit else beside
        for piece in _chunk(chunk, attached, people, answers, near, ahead):
            piece.label, piece.session = piece.label or label, piece.session or half
            found.append(piece)
    return _counted(found)


def _chunks(line: str) -> list[str]:
    return [chunk for part in HARD.split(line) for chunk in FURTHER.split(part)]


def _counted(found: list[Piece]) -> list[Piece]:
    """共3人, 等3人: told where it is not as many as are named; without a number it always tells of more."""
    named = [piece for piece in found if piece.kind not in ("off", "headcount_mismatch")]
    return [
        piece for piece in found
        if piece.kind != "headcount_mismatch" or piece.headcount is None or piece.headcount != len(named)
    ]  # fmt: skip


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
        if count := COUNTED.fullmatch(squeezed(taken)):
            found.append(Piece(taken, kind="headcount_mismatch", headcount=int(count[1])))
        elif found and taken and (others := _standing_by(taken, people)):
            found += others
        elif found and taken:
            attach(found[-1], taken, people)
        elif taken and (said := words.spans(plain(taken))):
            ahead[0] = said[0]
        elif taken and words.STANDBY.search(taken):
            found.append(Piece(taken, kind="duty_or_standby"))
        elif squeezed(taken) in people.by_number and not "".join(parts[at + 2 :: 2]).strip():
            found.append(Piece(taken, people.by_number[squeezed(taken)]))
    for piece in found:
        if len(piece.candidates) > 1 and piece.kind == "ambiguous_person":
            settle_beside(piece, beside, alone=len(found) == 1)
    return [piece for piece in found if piece.kind != "nothing"]


def _standing_by(said: str, people: People) -> list[Piece]:
    """(备班:乙) behind a name: whether 乙 is on duty is asked, the name before it is not."""
    before, _, after = said.partition(":")
    if not after.strip() or not (words.STANDBY.search(before) or squeezed(before) == "备"):
        return []
    named = [row for part in HARD.split(after) for row in people.named(squeezed(part))]
    return [Piece(said, kind="duty_or_standby", candidates=[row]) for row in named]


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
        count = int(left[1]) if left[1] and left[1].isdigit() else None
        return [
            *_names(whole[: left.start()], people, answers),
            Piece(text, kind="headcount_mismatch", headcount=count),
        ]
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
            of_it = [row for row in held if is_of(row, unit)]
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
    if words.CROWD.fullmatch(whole) or words.GROUP.fullmatch(whole) or not HAN_NAME.fullmatch(whole) or len(whole) > 4:
        return Piece(text, kind="not_a_person")
    near = [row for name in people.near_names(whole) for row in people.by_name[name]]
    if near:
        return Piece(text, kind="near_name", candidates=near[:MOST_CANDIDATES])
    return Piece(text, kind="unknown_person")
