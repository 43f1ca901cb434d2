"""Lists of units, places and duty templates: what is new, what is there already, and every cell that is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import date, datetime, time
from typing import Any

from scheduler import clock, duties, people, places
from scheduler.audit import Actor
from scheduler.database import Database, Row, one, write
from scheduler.database import rows as found_rows
from scheduler.errors import Conflict, Invalid, Problem, Refusal
from scheduler.imports import cells, heads, sheets
from scheduler.imports.heads import Head, Vocabulary
from scheduler.imports.people import unit_names
from scheduler.imports.reports import Report, report_of
from scheduler.imports.sheets import Book, Line
from scheduler.wording import STATES

OWNERS = "所属单位 上级单位 上级 单位 部门 所属部门 上级部门 unit parent department"
UNITS = Vocabulary(
    {
        "name": "单位名称 名称 单位 部门 部门名称 机构 机构名称 unit name unitname",
        "unit": "上级单位 上级 所属单位 上级部门 上级机构 parent above",
        "kind": "类别 类型 kind type",
        "district": "县区 区县 district",
    },
    ("name", "kind"),
    (),
    "list_head_not_found",
)
PLACES = Vocabulary(
    {
        "name": "地点名称 名称 地点 网点 网点名称 社区 place name placename",
        "unit": OWNERS,
        "kind": "类别 类型 kind type",
        "district": "县区 区县 district",
        "address": "地址 address",
        "contact": "联系人 contact",
        "phone": "电话 联系电话 phone",
    },
    ("name", "kind"),
    (),
    "list_head_not_found",
)
TEMPLATES = Vocabulary(
    {
        "name": "模板名称 模板 名称 name template templatename",
        "unit": OWNERS,
        "activity": "活动类型 活动 值班类型 activity",
        "places": "地点 值班地点 places place",
        "days": "日子 适用日期 日期 days",
        "starts": "开始 开始时间 starts start from",
        "ends": "结束 结束时间 ends end to",
        "headcount": "人数 每班人数 headcount people",
        "party": "仅党员 党员 party partyonly",
        "tasks": "任务 工作内容 tasks",
        "valid_from": "生效日期 启用日期 validfrom",
    },
    ("name", "activity", "places", "days", "starts", "ends"),
    (),
    "list_head_not_found",
)
LISTS = {"units": UNITS, "places": PLACES, "templates": TEMPLATES}
TEXT = ("name", "district", "address", "contact", "phone", "tasks")
WEEKDAYS = "一二三四五六日"


class _Tried(Exception):
    """Ends a transaction that only tried."""


def list_report(db: Database, kind: str, content: bytes | Book, filename: str, *, within: int, now: datetime) -> Report:
    """Units, places or templates below a unit. Rows: the list's own words, `act` (added, unchanged) and row."""
    known = LISTS[kind]

    def read(book: Book) -> tuple[list[Row], list[Problem], Callable[[Problem], str], Any]:
        head, lines = heads.found(sheets.only_lines(book), known)
        reader = _Reader(db, kind, head, within, now)
        reader.coming = {"、".join(cells.text(cell) for cell in head.cells(line, "name")).strip() for line in lines}
        rows = [reader.row(line) for line in lines]
        problems = reader.problems + _tried(db, kind, head, [row for row in rows if row], now)
        bad = {problem.row for problem in problems}
        certain = [row for row in rows if row and row["row"] not in bad]
        shown = [{name: held for name, held in row.items() if name != "given"} for row in certain]
        return shown, sorted(problems, key=lambda problem: problem.row or 0), lambda problem: problem.code, certain

    return report_of(content, filename, known, read)


def store_list(db: Database, kind: str, rows: Iterable[Row], *, by: Actor, now: datetime) -> dict[str, int]:
    """Add what the list has that is not there, all or nothing; gives the counts."""
    rows = list(rows)
    with write(db):
        made: dict[str, int] = {}
        for row in _parents_first(rows):
            if row["act"] == "added":
                _add(db, kind, row, made, by, now)
    return {act: sum(row["act"] == act for row in rows) for act in ("added", "unchanged")}


class _Reader:
    """Reads lines one by one; what is wrong goes into `problems`."""

    def __init__(self, db: Database, kind: str, head: Head, within: int, now: datetime) -> None:
        self.db, self.kind, self.head, self.within = db, kind, head, within
        self.today = clock.today(now, db.zone)
        self.called, self.paths = unit_names(db, within)
        self.coming: set[str] = set()
        self.problems: list[Problem] = []
        self.seen: dict[tuple[object, str], int] = {}

    def row(self, line: Line) -> Row:
        """One line as a row; empty where something is wrong with it."""
        before = len(self.problems)
        given: Row = {name: self._text(line, name) for name in TEXT if name in LISTS[self.kind].words}
        if not given["name"]:
            self._wrong(line, "name", "required")
        above = self._text(line, "unit")
        unit_id = self._unit(line, above)
        if self.kind != "templates":
            given["kind"] = self._word(line, "kind", "unit_kind" if self.kind == "units" else "place_kind")
        else:
            given |= self._template(line, unit_id)
        key = (unit_id or above, given["name"])
        if self.seen.setdefault(key, line.number) != line.number:
            self._wrong(line, "name", "list_row_twice", row=self.seen[key])
        if len(self.problems) > before:
            return {}
        held = unit_id and self._held(unit_id, given["name"])
        return {"row": line.number, "act": "unchanged" if held else "added", "name": given["name"],
                "unit": self.paths.get(unit_id, above), "unit_id": unit_id, "above": above, "given": given}  # fmt: skip

    def _held(self, unit_id: int, name: str) -> bool:
        table, column = {"units": ("unit", "parent_id"), "places": ("place", "unit_id")}.get(
            self.kind, ("template", "unit_id")
        )
        sql = f"SELECT 1 FROM {table} WHERE {column} = :unit_id AND name = :name"
        return one(self.db, sql, unit_id=unit_id, name=name) is not None

    def _unit(self, line: Line, said: str) -> int:
        """The unit that the line names; the list's own where it names none; 0 for one that the list itself brings."""
        if not said:
            return self.within
        meant = self.called.get(said.replace("／", "/"), [])
        if len(meant) == 1:
            return meant[0]
        if not (self.kind == "units" and said in self.coming):
            self._wrong(line, "unit", "list_unit_not_one", text=said, count=len(meant))
        return 0

    def _word(self, line: Line, field: str, group: str) -> str:
        said = self._text(line, field).lower()
        for name, words in STATES[group].items():
            if said and said in {name, *(part.strip().lower() for word in words for part in word.split("/"))}:
                return name
        self._wrong(
            line, field, "list_word_unknown", text=said, words="、".join(zh for zh, _ in STATES[group].values())
        )
        return ""

    def _template(self, line: Line, unit_id: int) -> Row:
        activity = self._text(line, "activity")
        sql = "SELECT code FROM activity WHERE code = :said OR name_zh = :said OR name_en = :said"
        code = one(self.db, sql, said=activity)
        if code is None:
            names = "、".join(row["name_zh"] for row in duties.activities(self.db))
            self._wrong(line, "activity", "balance_unknown_activity", text=activity, names=names)
        return {
            "activity": code["code"] if code else "", "places": self._places(line, unit_id), **self._days(line),
            "starts": self._clock(line, "starts"), "ends": self._clock(line, "ends"),
            "headcount": self._number(line), "party": self._text(line, "party").lower() in ("是", "yes", "y", "1", "√"),
            "valid_from": self._day(line),
        }  # fmt: skip

    def _places(self, line: Line, unit_id: int) -> list[int]:
        sql = """
            SELECT place.id FROM place
            WHERE place.name = :name
              AND place.unit_id IN (SELECT unit_id FROM unit_above WHERE above_id = :unit_id)
        """
        found = []
        for name in filter(None, re.split(r"[、,，;；\n]", self._text(line, "places"))):
            meant = found_rows(self.db, sql, name=name.strip(), unit_id=unit_id)
            if len(meant) == 1:
                found.append(int(meant[0]["id"]))
            else:
                self._wrong(line, "places", "wall_place_not_one", place=name.strip(), count=len(meant))
        return found

    def _days(self, line: Line) -> Row:
        said = self._text(line, "days")
        for name, words in STATES["days"].items():
            if said in (name, *words):
                return {"days": name, "weekdays": []}
        days = [WEEKDAYS.index(sign) for sign in said.replace("天", "日") if sign in WEEKDAYS[:6]]
        days += [6] if re.search(r"(周|星期|、)[日天]", said) else []
        if not days:
            self._wrong(line, "days", "list_word_unknown", text=said,
                        words="、".join([zh for zh, _ in STATES["days"].values()] + ["周一、周三"]))  # fmt: skip
        return {"days": "weekdays", "weekdays": days}

    def _clock(self, line: Line, field: str) -> time:
        said = self._text(line, field).replace("：", ":")
        found = re.fullmatch(r"(\d{1,2}):(\d{2})(?::00)?", said)
        if found and int(found[1]) < 24 and int(found[2]) < 60:
            return time(int(found[1]), int(found[2]))
        self._wrong(line, field, "list_bad_time", text=said)
        return time()

    def _number(self, line: Line) -> int:
        said = self._text(line, "headcount") or "1"
        if said.isdecimal() and 1 <= int(said) <= 99:
            return int(said)
        self._wrong(line, "headcount", "balance_bad_count", text=said)
        return 1

    def _day(self, line: Line) -> date:
        said = self.head.cells(line, "valid_from")
        try:
            return cells.day(said[0]) if said else self.today
        except Invalid as refusal:
            self._wrong(line, "valid_from", refusal.code, **refusal.problems[0].facts)
            return self.today

    def _text(self, line: Line, field: str) -> str:
        return "、".join(cells.text(cell) for cell in self.head.cells(line, field)).strip()

    def _wrong(self, line: Line, field: str, code: str, **facts: object) -> None:
        self.problems.append(Problem(code, self.head.label(field), line.number, facts))


def _parents_first(rows: list[Row]) -> list[Row]:
    names = {row["name"]: row for row in rows}

    def depth(row: Row, steps: int = 0) -> int:
        above = names.get(row["above"]) if not row["unit_id"] else None
        return 0 if above is None or steps > len(rows) else 1 + depth(above, steps + 1)

    return sorted(rows, key=depth)


def _add(db: Database, kind: str, row: Row, made: dict[str, int], by: Actor, now: datetime) -> None:
    unit_id = row["unit_id"] or made.get(row["above"], 0)
    if not unit_id:
        raise Invalid("list_unit_not_one", field="unit", text=row["above"], count=0)
    if kind == "units":
        made[row["name"]] = people.add_unit(db, parent_id=unit_id, by=by, now=now, **row["given"])
    elif kind == "places":
        places.add(db, unit_id=unit_id, by=by, now=now, **row["given"])
    else:
        duties.add_template(db, unit_id=unit_id, by=by, now=now, **row["given"])


def _tried(db: Database, kind: str, head: Head, rows: list[Row], now: datetime) -> list[Problem]:
    """What the core says against each row, tried in order and taken back."""
    problems: list[Problem] = []
    nobody = Actor(None, "")
    with suppress(_Tried), write(db):
        made: dict[str, int] = {}
        for row in _parents_first(rows):
            if row["act"] == "added":
                try:
                    with write(db):
                        _add(db, kind, row, made, nobody, now)
                except (Invalid, Conflict) as refusal:
                    problems += _where(head, row, refusal)
        raise _Tried
    return problems


def _where(head: Head, row: Row, refusal: Refusal) -> list[Problem]:
    return [Problem(p.code, head.label(p.field or "name"), row["row"], p.facts) for p in refusal.problems]
