"""Lists whose departments stand in lines of their own, over their people: each person's line gets the department."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Container, Iterable
from typing import TYPE_CHECKING, Any

from scheduler.imports import cells
from scheduler.imports.sheets import Line

if TYPE_CHECKING:
    from scheduler.imports.heads import Head

NUMBERED = re.compile(r"^(?:[(（]?[一二三四五六七八九十\d]+[)）]?[、.．)）]|[(（][一二三四五六七八九十\d]+[)）])")
TRAILING = re.compile(r"(?:[(（【\[][^)）】\]]*[)）】\]]|共?\d+人|[:：])+$")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
UNIT = re.compile(r"(?:部|室|行|厅|处|科|组|队|班|站|所|中心|公司|领导|社区|局)$")
MOST = 40


def group_of(line: Line, names: Container[int]) -> str:
    """The department that the line is the title of: one text, merged across or in the first column; else nothing."""
    filled: list[tuple[int, str]] = []
    for column, cell in enumerate(line.cells):
        if text := cells.text(cell):
            filled.append((column, text))
            if text != filled[0][1]:  # the usual line of a person, of which a list may have 100,000
                return ""
    if not filled:
        return ""
    column, text = filled[0]
    called = TRAILING.sub("", NUMBERED.sub("", "".join(text.split())))
    if len(filled) == 1 and (column > 0 or (column in names and not UNIT.search(called))):
        return ""
    return called if CHINESE.search(called) and len(called) <= MOST else ""


def grouped(head: Head, lines: Iterable[Line]) -> tuple[Head, list[Line]]:
    """The lines of people, each with the department that stands over it where it says none itself."""
    names, width = head.columns.get("name", []), len(head.line.cells)
    found: list[tuple[str, Line]] = []
    over = ""
    for line in lines:
        group = group_of(line, names)
        over = group or over
        if not group:
            found.append(("" if head.cells(line, "unit") else over, line))
    if not over:
        return head, [line for _, line in found]
    columns = head.columns | {"unit": [*head.columns.get("unit", []), width]}
    wider = dataclasses.replace(head, line=Line(head.line.number, [*head.line.cells, "部门"]), columns=columns)
    return wider, [_with(line, group, width) for group, line in found]


def _with(line: Line, group: Any, width: int) -> Line:
    if len(line.cells) > width:
        return line
    return Line(line.number, [*line.cells, *[""] * (width - len(line.cells)), group])
