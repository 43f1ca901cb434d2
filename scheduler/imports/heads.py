"""The head of a staff list: which column is which, by the words that offices use."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from scheduler.errors import Invalid
from scheduler.imports.groups import group_of
from scheduler.imports.sheets import MOST_ABOVE, MOST_ROWS, Line

WORDS = {
    "staff_no": "工号 员工编号 员工工号 员工号 人员编号 职工编号 职工号 职员编号 员工代码 人员代码 人员工号 编号 "
    "人员编码 员工编码 职工编码 员工id staffno staffnumber staffid employeeno employeenumber employeeid employeecode "
    "personnelno",
    "name": "姓名 名字 员工姓名 职工姓名 人员姓名 name fullname staffname employeename",
    "unit": "单位 部门 所属单位 所属部门 所在单位 所在部门 单位名称 部门名称 机构 所属机构 "
    "单位/部门 部门/单位 unit department",
    "role": "职务 岗位 角色 职位 role position",
    "party": "政治面貌 党员 是否党员 中共党员 party partymember",
    "mobile": "手机 手机号 手机号码 联系电话 电话 电话号码 联系方式 mobile mobilephone phone",
    "email": "邮箱 电子邮箱 电子邮件 邮件 邮箱地址 邮件地址 email mail emailaddress",
    "skills": "技能 特长 专长 skill skills",
    "joined_on": "入职日期 到岗日期 入职时间 到岗时间 joined joinedon startdate from",
    "left_on": "离职日期 离岗日期 离职时间 离岗时间 left lefton enddate to",
    "status": "状态 在职状态 人员状态 员工状态 在岗状态 是否在职 是否在岗 status",
    "remark": "备注 说明 note remark",
    "lang": "语言 language lang",
    "max_per_week": "每周最多 每周最多次数 每周上限 maxperweek",
}
MADE_BY = re.compile(r"(?:制表|填表|审核|审批|复核|签字|签名|备注|说明|注)[^:：]{0,4}[:：]")
SUM = re.compile(r"(?:合计|小计|总计|共计|总数|total)[:：]?(?:共?\d+(?:人次|人|名|次|天)?)*", re.IGNORECASE)
REQUIRED = ("staff_no", "name", "unit")
# Words that name a column only where no plainer one of its kind stands beside them.
WEAK = (
    "编号 岗位 职位 电话 电话号码 联系电话 联系方式 员工 人员 项目 类型 类别 种类 任务 累计 合计 余额 日期 时间"
)  # fmt: skip
SPOKEN_DAY = re.compile(r"(?:截[至止]到?)?(?:(?:19|20)\d\d年)?\d{1,2}月(?:\d{1,2}[日号]|[底末])?(?:底|末|止)?")


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
        held, found = line.cells, []
        for column in self.columns.get(field, ()):
            if column < len(held) and (not isinstance(cell := held[column], str) or cell.strip()):
                found.append(cell)
        return found

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
    has_groups: bool = False  # whether a department may stand in a line of its own over its people
    instead: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # field → those that it makes needless
    completed: Callable[[Sequence[Line], Line, Mapping[str, list[int]]], list[Line] | None] | None = None  # by a title

    def field_of(self, cell: Any) -> str | None:
        """The field that a cell of the head names."""
        said = word(cell)
        return next((field for field, words in self.words.items() if said in words.split()), None)


STAFF_LIST = Vocabulary(WORDS, REQUIRED, ("unit",), "head_not_found", has_groups=True)


def found(lines: Sequence[Line], known: Vocabulary = STAFF_LIST) -> tuple[Head, list[Line]]:
    """The head, and the lines below it that have a cell under it; a head repeated on each printed page is left out."""
    top = lines[:MOST_ABOVE]
    candidates = [*top, *(_as_one(over, under) for over, under in itertools.pairwise(top))]
    line = max(candidates, key=lambda line: len(_columns(line, known)))
    line = next((_as_one(line, under) for under in top if _goes_on(line, under, known)), line)
    columns = _columns(line, known)
    columns = _numbered(line, columns, lines)
    if len(columns) < 2:
        raise Invalid(known.unfound, most=MOST_ABOVE)
    if known.completed and (more := known.completed(lines, line, columns)):
        return found(more, replace(known, completed=None))
    head = Head(line, columns)
    below = [
        other
        for other in lines
        if other.number > line.number and other.cells != line.cells and not _is_aside(other, known)
    ]
    names = columns.get("name", [])
    groups = {other.number for other in below if known.has_groups and group_of(other, names)}
    _check(line, columns, known, bool(groups))
    people = [other for other in below if other.number in groups or any(head.cells(other, name) for name in columns)]
    if len(people) == len(groups):
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


def _check(line: Line, columns: dict[str, list[int]], known: Vocabulary, has_groups: bool) -> None:
    needless = {field for name in columns for field in known.instead.get(name, ())} | (
        {"unit"} if has_groups else set()
    )
    missing = [known.words[name].split()[0] for name in known.required if name not in columns and name not in needless]
    if missing:
        raise Invalid("columns_are_missing", columns="、".join(missing))
    for name, indexes in columns.items():
        if len(indexes) > 1 and name not in known.several:
            raise Invalid("columns_are_double", columns="、".join(str(line.cells[index]) for index in indexes))


def _columns(line: Line, known: Vocabulary) -> dict[str, list[int]]:
    columns: dict[str, list[int]] = {}
    for index, cell in enumerate(line.cells):
        field = known.field_of(cell)
        if field:
            columns.setdefault(field, []).append(index)
    for field, held in columns.items():
        plain = [index for index in held if word(line.cells[index]) not in WEAK.split()]
        if plain and field not in known.several:
            columns[field] = plain
    return columns


def _numbered(line: Line, columns: dict[str, list[int]], lines: Sequence[Line]) -> dict[str, list[int]]:
    """The columns without a 编号 that only counts the lines: 1, 2, 3."""
    held = columns.get("staff_no", [])
    if len(held) != 1 or word(line.cells[held[0]]) != "编号":
        return columns
    said = [str(other.cells[held[0]]).strip().removesuffix(".0") for other in lines
            if other.number > line.number and held[0] < len(other.cells)]  # fmt: skip
    counted = [text for text in said if text.isdigit()]
    if len(counted) > 1 and counted == [str(n) for n in range(1, len(counted) + 1)]:
        return {field: indexes for field, indexes in columns.items() if field != "staff_no"}
    return columns


def word(cell: Any) -> str:
    """A head without spaces, stars, notes in brackets, days and marks between English words."""
    bare = re.sub(r"[\s*＊_.\-:：]|[(（【\[].*?[)）】\]]", "", str(cell)).lower()
    return SPOKEN_DAY.sub("", bare) or bare


def letters(column: int) -> str:
    """A column as a spreadsheet shows it: A, B … AA."""
    shown = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        shown = chr(ord("A") + rest) + shown
    return shown
