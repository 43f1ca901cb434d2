"""Groups that a sheet explains: A组 in the cells, its members in a line below, beside or on another sheet."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from scheduler.imports.wall import words
from scheduler.imports.wall.blocks import Block, Label
from scheduler.imports.wall.grid import Cell, Grid
from scheduler.imports.wall.people import People
from scheduler.imports.wall.words import plain, squeezed

DIGITS = "一二三四五六七八九十"
GROUP = words.GROUP.pattern.replace("?P<nth>", "?:").replace("?P<sort>", "?:")
BORDER = r"(?:^|(?<=[、,;/&\s。和及]))"
OPENED = re.compile(
    rf"{BORDER}({GROUP})(?:成员|组员|人员|名单)?\s*(?:[:：]|\((?=[^()]*[\u4e00-\u9fff]{{2}}))", re.MULTILINE
)
IN_CELL = re.compile(rf"{BORDER}({GROUP})(?=$|[、,;/&\s。(和及])(?:\s*\(([^()]*)\))?", re.MULTILINE)
POSTS = re.compile(r"(?:组长|副组长|组员|成员|队长|副队长|队员|班长|副班长|人员)\s*[:：]\s*")
ANY = re.compile(GROUP)
TELLS = re.compile(r"[\u4e00-\u9fff]{2}")
PARTS = re.compile(r"[、,;/&。和及]")
Told = dict[str, str]  # a group's key → its members, as a cell of names would say them


def spelled_out(sheets: Iterable[tuple[Grid, list[Block]]], people: People) -> None:
    """Put the members where a table says a group, if the sheets say them once, or always the same."""
    sheets = list(sheets)
    inside = {key for grid, tables in sheets for cell in _bodies(grid, tables) for key in _keys(grid, cell)}
    used = inside | {key_of(label.text) for _, tables in sheets for label in _labels(tables)} - {""}
    if not used:
        return
    told: Told = {}
    for grid, tables in sheets:
        for key, members in _said(grid, tables, used, inside):
            if any(name in squeezed(members) for name in people.by_name):
                unclear = ":" in members or ANY.search(members) or told.get(key, members) != members
                told[key] = "" if unclear else members
    for grid, tables in sheets:
        bodies = list(_bodies(grid, tables))
        for cell in bodies:
            if isinstance(text := grid.values.get(cell), str):
                grid.values[cell] = IN_CELL.sub(lambda match: _members(match, told), plain(text))
        if not any(text in people.by_name for cell in bodies for text in PARTS.split(squeezed(grid.values[cell]))):
            _at_heads(grid, tables, told)


def _at_heads(grid: Grid, tables: list[Block], told: Told) -> None:
    """The members at the heads of lanes of marks: 甲班 with 白, 夜, 休 behind it."""
    for label in _labels(tables):
        if members := told.get(key_of(label.text)):
            label.text = squeezed(members)
            grid.values[label.cell] = members
            grid.teams.add(label.cell)


def _labels(tables: Iterable[Block]) -> Iterator[Label]:
    return (label for block in tables for lane in block.lanes for label in lane.labels)


def key_of(text: str) -> str:
    """第一组, 一组 and 1组 are one group, A组 and a组 too."""
    found = words.GROUP.fullmatch(squeezed(text))
    if not found:
        return ""
    nth = found["nth"].upper()
    if all(sign in DIGITS for sign in nth):
        before, ten, after = nth.partition("十")
        tens = (DIGITS.index(before) + 1 if before else 1) * 10 if ten else 0
        nth = str(tens + (DIGITS.index(after or before) + 1 if (after or not ten) else 0))
    return nth + found["sort"]


def _members(match: re.Match[str], told: Told) -> str:
    beside = match[2] if match[2] and TELLS.search(match[2]) else ""
    held = told.get(key_of(match[1]), "")
    if beside and not words.STANDBY.search(beside) and (not held or _plainly(held) == _plainly(beside)):
        return POSTS.sub("", beside)
    return held if held and not match[2] else match[0]


def _plainly(members: str) -> str:
    return "".join(re.findall(r"[\u4e00-\u9fff]", members))


def _bodies(grid: Grid, tables: Iterable[Block]) -> Iterator[Cell]:
    """The cells of the tables' bodies that hold anything, each once."""
    cells = {
        grid.anchor(*block.cell(lane.index, place))
        for block in tables for lane in block.lanes for place in block.axis.places
    }  # fmt: skip
    return iter(sorted(cell for cell in cells if grid.values.get(cell, "") != ""))


def _keys(grid: Grid, cell: Cell) -> set[str]:
    value = grid.values[cell]
    return {key_of(match[1]) for match in IN_CELL.finditer(plain(value))} if isinstance(value, str) else set()


def _said(grid: Grid, tables: list[Block], used: set[str], inside: set[str]) -> Iterator[tuple[str, str]]:
    """What the lines outside of the tables say of the groups that are used, and lines of a table that do."""
    bodies = set(_bodies(grid, tables))
    for row in range(grid.rows):
        line = grid.line(row)
        outside = [(column, text) for column, _, text in line if grid.anchor(row, column) not in bodies]
        texts = [text for _, text in outside]
        for text in texts:
            yield from _opened(text, used)
        key = key_of(texts[0]) if texts else ""
        in_table = any(block.top <= row <= block.bottom for block in tables)
        if key not in (inside if in_table else used):
            continue
        own = [text for column, _, text in line if (column, text) != outside[0]]
        if names := [text for text in own if TELLS.search(text) and not words.NOT_DUTY_HEAD.fullmatch(squeezed(text))]:
            yield key, "、".join(POSTS.sub("", text) for text in names)
            _clear(grid, tables, row)


def _opened(text: str, used: set[str]) -> Iterator[tuple[str, str]]:
    """A组：甲、乙；B组：丙、丁 or A组（甲、乙） in one text."""
    found = list(OPENED.finditer(text))
    for at, match in enumerate(found):
        end = found[at + 1].start() if at + 1 < len(found) else len(text)
        members = text[match.end() : end].split(")")[0] if match[0].endswith("(") else text[match.end() : end]
        members = re.split(r"[。\n]", POSTS.sub("", members).strip())[0].strip(" 、,;；，")
        if key_of(match[1]) in used and TELLS.search(members):
            yield key_of(match[1]), members


def _clear(grid: Grid, tables: list[Block], row: int) -> None:
    """A line of a table that explains a group is none of duties."""
    for block in tables:
        if block.axis.across and block.top < row <= block.bottom:
            block.lanes = [lane for lane in block.lanes if lane.index != row]
