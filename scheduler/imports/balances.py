"""Opening balances read against the people that are known: who brings how many trips of what, and every question."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from scheduler import ledger, places
from scheduler.audit import Actor
from scheduler.database import Database, Row, rows, update, value, write
from scheduler.errors import Invalid, Problem
from scheduler.imports import balance_wide, cells, heads, sheets
from scheduler.imports.balance_cells import Known, activity_of, count_of, known, minutes_of, person_of, place_of
from scheduler.imports.balance_days import titled
from scheduler.imports.balance_titles import completed_by
from scheduler.imports.groups import grouped
from scheduler.imports.heads import Head, Vocabulary
from scheduler.imports.progress import Progress, counted, silent
from scheduler.imports.sheets import MOST_ROWS, Line

WORDS = {
    "staff_no": heads.WORDS["staff_no"],
    "name": f"{heads.WORDS['name']} 员工 人员 值班人 值班人员 值班员 值班员姓名",
    "unit": heads.WORDS["unit"],
    "activity": "活动类型 活动 类型 值班类型 值班类别 值班项目 项目 活动类别 活动名称 活动项目 项目名称 服务类型 "
    "服务项目 服务类别 值守类型 任务类型 任务 类别 种类 activity activitytype",
    "count": "累计人次 人次 次数 累计次数 结转人次 结转次数 结转 累计 合计 合计人次 合计次数 总人次 总次数 值班次数 "
    "值班人次 累计值班次数 累计值班人次 已值次数 已值班次数 参加次数 期初人次 期初次数 期初余额 余额 "
    "count trips persontrips",
    "day": "截止日期 截至日期 截止时间 截至时间 统计截止日期 统计日期 基准日 基准日期 结转日期 截止 截至 日期 "
    "asof date",
    "place": "地点 值班地点 场所 place",
    "hours": "小时 小时数 累计小时 时长 hours",
}
BALANCES = Vocabulary(WORDS, ("name", "activity", "count"), ("unit",), "balances_head_not_found", keeps_sums=True,
                      has_groups=True)  # fmt: skip

SUMS = {"合计", "小计", "总计", "共计", "累计", "total", "sum", "subtotal"}
UNRECORDED = "未记地点"  # where a list says no place: one such place a tree, closed, so that no duty is planned there

# What a problem's code is called in a report for programs.
KINDS = {
    "balance_unknown_person": "unknown_person", "balance_unknown_number": "unknown_person",
    "balance_near_name": "near_name", "balance_same_name": "ambiguous_person", "balance_name_differs": "near_name",
    "balance_bad_count": "bad_count", "balance_row_twice": "duplicate_row", "balance_row_differs": "conflicting_row",
    "balance_counts_otherwise": "conflicting_row", "balance_sum_differs": "total_does_not_add_up",
    "balance_day_missing": "missing_month", "balance_day_to_come": "bad_date", "balance_bad_hours": "bad_count",
    "balance_unknown_place": "unknown_place", "balance_unknown_activity": "unknown_activity", "bad_date": "bad_date",
    "staff_no_is_a_number": "staff_no_is_a_number", "required": "bad_count",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Balances:
    """What a file brings: certain rows, and what is wrong with the others or with the whole file.

    A row has: row, act (added, unchanged), person_id, person, staff_no, unit, activity, activity_zh, activity_en, said
    (the activity as the list calls it),
    place_id (None where the list says none), place, day, trips, minutes (of each trip; 0 where nobody knows).
    A problem's `field` is its column as a spreadsheet shows it.
    """

    rows: list[Row]
    problems: list[Problem]
    digest: str

    @property
    def expect(self) -> str:
        """accept, accept_with_questions, or refuse."""
        if not self.rows:
            return "refuse"
        return "accept_with_questions" if self.problems else "accept"

    @property
    def added(self) -> list[Row]:
        """The rows that would be entered."""
        return [row for row in self.rows if row["act"] == "added"]

    def counts(self) -> dict[str, int]:
        """How many lines and person-trips would be added, for how many people, and what counts already."""
        return {
            "lines": len(self.added),
            "trips": sum(row["trips"] for row in self.added),
            "people": len({row["person_id"] for row in self.added}),
            "unchanged": len(self.rows) - len(self.added),
            "questions": len(self.problems),
        }


def kind_of(problem: Problem) -> str:
    """What a problem is called in a report for programs; that of a whole file is what its refusal is called."""
    return KINDS.get(problem.code, problem.code)


def read_balances(
    db: Database,
    content: bytes | sheets.Book,
    filename: str,
    *,
    today: date,
    as_of: date | None = None,
    below: Iterable[int] | None = None,
    digest: str = "",
    progress: Progress = silent,
) -> Balances:
    """The list's balances and everything that is a question; nothing is stored.

    The day is that of the line, else `as_of`, else that of a title over the head. People are looked for below the
    units (all without them); a name is one known person or a question, never a guess. `digest` is that of the bytes
    where an opened book is given.
    """
    if isinstance(content, bytes):
        digest = hashlib.sha256(content).hexdigest()
    who = known(db, below)
    try:
        lines = sheets.read_sheet(content, filename)
        wide = balance_wide.wide(lines, BALANCES)
        if wide is None:
            head, found = grouped(*heads.found(lines, completed_by(BALANCES, who.activities)))
        else:
            head, found = grouped(Head(wide.line, wide.columns), balance_wide.below(wide, lines))
    except Invalid as refusal:
        return Balances([], list(refusal.problems), digest)
    day = as_of or titled(_texts(lines, 0, head.line.number - 1),
                          [*_texts(lines, head.line.number, MOST_ROWS * 2), Path(filename).stem])  # fmt: skip
    asked = balance_wide.asked(wide, found, who) if wide else []
    entered = balance_wide.unfolded(wide, head, found, asked) if wide else [(head, line) for line in found]
    certain, problems = _read(entered, who, day, today, _counted(db), progress)
    return Balances(certain, asked + problems, digest)


def store_balances(db: Database, balances: Balances, *, file: str, unit_id: int, by: Actor, now: datetime) -> int:
    """Enter what is certain as one batch that can be taken back as one; gives the batch's id."""
    if not balances.added:
        raise Invalid("no_balances", field="file")
    with write(db):
        entered = [
            {**row, "place_id": row["place_id"] or _unrecorded(db, row, by, now), "reason": _reason(row)}
            for row in balances.added
        ]
        return ledger.store_batch(db, entered, file=file, digest=balances.digest, unit_id=unit_id, by=by, now=now)


def _texts(lines: Sequence[Line], first: int, last: int) -> list[str]:
    return [cell for line in lines if first <= line.number <= last for cell in line.cells if isinstance(cell, str)]


def _read(
    entered: Sequence[tuple[Head, Line]], who: Known, day: date | None, today: date,
    standing: dict[tuple[Any, ...], int], progress: Progress,
) -> tuple[list[Row], list[Problem]]:  # fmt: skip
    found: list[tuple[Head, Row]] = []
    problems: list[Problem] = []
    totals: dict[str, list[int]] = defaultdict(lambda: [0, 0])  # since the last subtotal, and in all; by column
    told: set[tuple[int, str]] = set()
    for head, line in counted(entered, progress):
        wrong: list[Problem] = []
        column = head.label("count")
        if _is_sum(line):
            _check_sum(head, line, totals[column], wrong)
        elif not _is_note(head, line):
            row = _row(head, line, who, day, today, wrong)
            said = count_of(head, line, [])
            totals[column] = [total + (said or 0) for total in totals[column]]
            if not wrong and row["trips"]:
                found.append((head, row))
        for problem in wrong:
            at = (line.number if problem.code != "balance_day_missing" else 0, head.label(problem.field or "name"))
            if at not in told:  # of a person once, not with each activity
                problems.append(Problem(problem.code, at[1], line.number, problem.facts))
            told.add(at)
    return _once(found, standing, problems), problems


def _row(head: Head, line: Line, who: Known, day: date | None, today: date, wrong: list[Problem]) -> Row:
    person = person_of(who, head, line, wrong)
    activity = activity_of(who, head, line, wrong)
    place = place_of(who, head, line, wrong)
    trips = count_of(head, line, wrong)
    on = _day(head, line, day, today, wrong)
    minutes = minutes_of(head, line, trips or 0, wrong)
    if wrong or person is None or activity is None:
        return {}
    return {
        "row": line.number, "act": "added", "person_id": person["id"], "person": person["name"],
        "staff_no": person["staff_no"], "unit": person["unit"], "root_id": person["root_id"],
        "activity": activity["code"], "activity_zh": activity["name_zh"], "activity_en": activity["name_en"],
        "said": "".join(cells.text(cell) for cell in head.cells(line, "activity")),
        "place_id": place["id"] if place else None, "place": place["name"] if place else "",
        "day": on, "trips": trips or 0, "minutes": minutes,
    }  # fmt: skip


def _once(found: list[tuple[Head, Row]], counted: dict[tuple[Any, ...], int], problems: list[Problem]) -> list[Row]:
    """Each person and activity once: a line said twice is asked about, two that differ are both, what counts stays."""
    by_key: dict[tuple[Any, ...], list[tuple[Head, Row]]] = defaultdict(list)
    for head, row in found:
        by_key[(row["person_id"], row["activity"], row["place_id"], row["day"].isoformat())].append((head, row))
    kept = []
    for key, same in by_key.items():
        (own, first), *others = same
        differ = any(other["trips"] != first["trips"] for _, other in others)
        for head, other in others:
            code = "balance_row_differs" if differ else "balance_row_twice"
            facts = {"person": other["person"], "row": first["row"]}
            problems.append(Problem(code, head.label("count"), other["row"], facts))
        held = counted.get(key) or (counted.get((key[0], key[1], None, key[3])) if key[2] is None else None)
        if differ:
            continue
        if held is not None and held != first["trips"]:
            facts = {"person": first["person"], "n": held}
            problems.append(Problem("balance_counts_otherwise", own.label("count"), first["row"], facts))
        else:
            kept.append(first | {"act": "added" if held is None else "unchanged"})
    return sorted(kept, key=lambda row: int(row["row"]))


def _counted(db: Database) -> dict[tuple[Any, ...], int]:
    """What is carried forward already: (person, activity, place, day) → trips; place None where it is unrecorded."""
    found = rows(
        db,
        """
        SELECT person_id, activity, CASE WHEN place = :unrecorded THEN NULL ELSE place_id END AS place_id, day,
               SUM(trips) AS trips
        FROM ledger
        WHERE shift_id IS NULL
        GROUP BY 1, 2, 3, 4
        HAVING SUM(trips) > 0
        """,
        unrecorded=UNRECORDED,
    )
    return {(row["person_id"], row["activity"], row["place_id"], row["day"]): row["trips"] for row in found}


def _day(head: Head, line: Line, day: date | None, today: date, wrong: list[Problem]) -> date:
    said = head.cells(line, "day")
    try:
        found = cells.day(said[0]) if said else day
    except Invalid as refusal:
        wrong.append(Problem(refusal.code, "day", None, refusal.problems[0].facts))
        return today
    if found is None:
        wrong.append(Problem("balance_day_missing", "count"))
    elif found > today:
        wrong.append(Problem("balance_day_to_come", "day" if said else "count", None, {"day": found}))
    return found or today


def _is_sum(line: Line) -> bool:
    """Whether the line sums up others: sums are not people."""
    said = [cells.text(cell) for cell in line.cells if isinstance(cell, str)]
    words = {re.sub(r"[\s:：（(].*", "", "".join(text.split())).lower() for text in said[:4]}
    return bool(words & SUMS) or any(word.endswith(("小计", "合计", "总计")) for word in words)


def _is_note(head: Head, line: Line) -> bool:
    """A line below the list that counts nothing and names no number: who compiled it, when."""
    return not head.cells(line, "count") and not head.cells(line, "activity")


def _check_sum(head: Head, line: Line, totals: list[int], wrong: list[Problem]) -> None:
    said = count_of(head, line, []) if head.cells(line, "count") else None
    is_part = any("小计" in cells.text(cell) or "subtotal" in cells.text(cell).lower() for cell in line.cells)
    summed = totals[0] if is_part else totals[1]
    totals[0] = 0
    if said is not None and said != summed:
        wrong.append(Problem("balance_sum_differs", "count", None, {"n": said, "sum": summed}))


def _reason(row: Row) -> str:
    return f"{row['day'].isoformat()} 结转"


def _unrecorded(db: Database, row: Row, by: Actor, now: datetime) -> int:
    """The place of the person's tree that stands for none."""
    sql = "SELECT id FROM place WHERE unit_id = :unit_id AND name = :name"
    found = value(db, sql, unit_id=row["root_id"], name=UNRECORDED)
    if found is None:
        found = places.add(db, name=UNRECORDED, kind="other", unit_id=row["root_id"], by=by, now=now)
        update(db, "place", found, closed_on="1900-01-01")
    return int(found)
