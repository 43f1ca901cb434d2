"""The head of a staff list: which column is which, by the words that offices use."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scheduler.errors import Invalid
from scheduler.imports.sheets import MOST_ABOVE, MOST_ROWS, Line

WORDS = {
    "staff_no": "工号 员工编号 员工工号 员工号 人员编号 职工编号 职工号 staffno staffnumber staffid employeeno "
    "employeenumber employeeid",
    "name": "姓名 名字 员工姓名 职工姓名 name fullname",
    "unit": "单位 部门 所属单位 所属部门 所在单位 所在部门 单位名称 部门名称 机构 所属机构 "
    "单位/部门 部门/单位 unit department",
    "role": "职务 岗位 角色 职位 role position",
    "party": "政治面貌 党员 是否党员 中共党员 party partymember",
    "mobile": "手机 手机号 手机号码 联系电话 电话 电话号码 联系方式 mobile mobilephone phone",
    "email": "邮箱 电子邮箱 电子邮件 邮件 邮箱地址 邮件地址 email mail emailaddress",
    "skills": "技能 特长 专长 skill skills",
    "joined_on": "入职日期 到岗日期 入职时间 到岗时间 joined joinedon startdate from",
    "left_on": "离职日期 离岗日期 离职时间 离岗时间 left lefton enddate to",
    "lang": "语言 language lang",
    "max_per_week": "每周最多 每周最多次数 每周上限 maxperweek",
}
MADE_BY = re.compile(r"(?:制表|填表|审核|审批|复核|签字|签名|备注|说明|注)[^:：]{0,4}[:：]")
SUM = re.compile(r"(?:合计|小计|总计|共计|总数|total)[:：]?", re.IGNORECASE)
REQUIRED = ("staff_no", "name", "unit")


@dataclass(frozen=True, slots=True)
class Head:
    """The head line, and for each field the columns that hold it. Only a unit may take several: company, department."""

    line: Line
    columns: dict[str, list[int]]

    def has(self, field: str) -> bool:
        """Whether the list has a column for the field."""
        return field in self.columns

    def cells(self, line: Line, field: str) -> list[Any]:
        """What stands in the field's columns of a line, without what is empty."""
        held = line.cells
        return [
            cell
            for column in self.columns.get(field, ())
            if column < len(held) and (not isinstance(cell := held[column], str) or cell.strip())
        ]

    def is_overrun(self, line: Line) -> bool:
        """Whether the line goes on past the head, as one of a CSV does that has a comma too many."""
        return any(str(cell).strip() for cell in line.cells[len(self.line.cells) :])

    def label(self, field: str) -> str:
        """The column as a spreadsheet shows it: letter and head, `B 工号`; the field where there is no column."""
        if field not in self.columns:
            return field
        column = self.columns[field][-1]
        return f"{letters(column)} {' '.join(str(self.line.cells[column]).split())}"


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of a list's head by field, the fields that it must have, and those that may take several columns."""

    words: Mapping[str, str]
    required: tuple[str, ...]
    several: tuple[str, ...]
    unfound: str  # the refusal of a list without such a head
    keeps_sums: bool = False  # whether its reader checks the lines of sums; others leave them out

    def field_of(self, cell: Any) -> str | None:
        """The field that a cell of the head names."""
        word = _word(cell)
        return next((field for field, words in self.words.items() if word in words.split()), None)


STAFF_LIST = Vocabulary(WORDS, REQUIRED, ("unit",), "head_not_found")


def found(lines: Sequence[Line], known: Vocabulary = STAFF_LIST) -> tuple[Head, list[Line]]:
    """The head, and the lines below it that have a cell under it; a head repeated on each printed page is left out."""
    top = lines[:MOST_ABOVE]
    candidates = [*top, *(_as_one(over, under) for over, under in itertools.pairwise(top))]
    line = max(candidates, key=lambda line: len(_columns(line, known)))
    line = next((_as_one(line, under) for under in top if _goes_on(line, under, known)), line)
    columns = _columns(line, known)
    if len(columns) < 2:
        raise Invalid(known.unfound, most=MOST_ABOVE)
    _check(line, columns, known)
    head = Head(line, columns)
    below = [
        other
        for other in lines
        if other.number > line.number and other.cells != line.cells and not _is_aside(other, known)
    ]
    people = [other for other in below if any(head.cells(other, field) for field in columns)]
    if not people:
        raise Invalid("no_people_in_list")
    if len(people) > MOST_ROWS:
        raise Invalid("too_many_rows", most=MOST_ROWS)
    return head, people


def _as_one(over: Line, under: Line) -> Line:
    """A head of two lines: what stands below, and what stands above where nothing does."""
    cells = [
        low if str(low).strip() else high for high, low in itertools.zip_longest(over.cells, under.cells, fillvalue="")
    ]
    return Line(under.number, cells)


def _goes_on(line: Line, under: Line, known: Vocabulary) -> bool:
    """Whether the next line is more of the head: words of heads, and nobody in the columns that must be filled."""
    columns = _columns(line, known)
    must = {column for field in known.required for column in columns.get(field, ())}
    filled = {column for column, cell in enumerate(under.cells) if str(cell).strip()}
    return bool(under.number == line.number + 1 and must and not must & filled and _columns(under, known))


def _is_aside(line: Line, known: Vocabulary) -> bool:
    """Whether a line is a sum, or is who made the list: no people."""
    first = next((text for cell in line.cells if (text := str(cell).strip())), "")
    return bool(MADE_BY.match(first)) or (not known.keeps_sums and bool(SUM.fullmatch("".join(first.split()))))


def _check(line: Line, columns: dict[str, list[int]], known: Vocabulary) -> None:
    missing = [known.words[field].split()[0] for field in known.required if field not in columns]
    if missing:
        raise Invalid("columns_are_missing", columns="、".join(missing))
    for field, indexes in columns.items():
        if len(indexes) > 1 and field not in known.several:
            raise Invalid("columns_are_double", columns="、".join(str(line.cells[index]) for index in indexes))


def _columns(line: Line, known: Vocabulary) -> dict[str, list[int]]:
    columns: dict[str, list[int]] = {}
    for index, cell in enumerate(line.cells):
        field = known.field_of(cell)
        if field:
            columns.setdefault(field, []).append(index)
    return columns


def _word(cell: Any) -> str:
    """A head without spaces, stars, notes in brackets and marks between English words."""
    return re.sub(r"[\s*＊_.\-:：]|[(（【\[].*?[)）】\]]", "", str(cell)).lower()


def letters(column: int) -> str:
    """A column as a spreadsheet shows it: A, B … AA."""
    shown = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        shown = chr(ord("A") + rest) + shown
    return shown
