"""A list of leave read against the people that are known: who is away when, and every cell that is a question."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from scheduler import clock, leave, people
from scheduler.audit import Actor
from scheduler.database import Database, Row
from scheduler.errors import Invalid, Problem
from scheduler.imports import cells, heads, leave_dates, leave_heads, sheets, unsaid
from scheduler.imports.groups import grouped
from scheduler.imports.heads import Head
from scheduler.imports.leave_people import Known, known_people, meant
from scheduler.imports.leave_spans import HALVES, Moment, span
from scheduler.imports.progress import Progress, counted, silent
from scheduler.imports.sheets import Book, Line
from scheduler.imports.wall.periods import Period
from scheduler.people.fields import NOTE_MOST, Checked

NOON = time(12)
SPOKEN = {"半": 0.5, "1天半": 1.5, "一天半": 1.5, "一": 1.0, "两": 2.0, "二": 2.0, "三": 3.0, "四": 4.0, "五": 5.0,
          "六": 6.0, "七": 7.0, "八": 8.0, "九": 9.0, "十": 10.0}  # fmt: skip
RECURS = re.compile(r"每(?:个?(?:周|星期|礼拜|月)|天|日|逢)")
OPEN = re.compile(r"至今|长期|未定|待定|不详|另行通知|[-—–]+")
WHEN = re.compile(r"(?P<day>.+?)[\sT]*(?P<half>上午|下午|am|pm)?[\sT]*(?P<clock>\d{1,2}:\d{2})?(?::00)?", re.IGNORECASE)


def read_leave(
    db: Database,
    content: bytes | Book,
    filename: str,
    *,
    below: Iterable[int] | None = None,
    own: int | None = None,
    progress: Progress = silent,
) -> tuple[list[Row], list[Problem]]:
    """The list's leave and everything that is wrong with it; nothing is stored.

    A row has: row (its number in the file), act (added, unchanged; asked where it is of `own`, who brings the list),
    person_id, person, staff_no, kind, starts_at, ends_at, note. Halves of a day are 上午 or 下午 in a date's cell, or
    in the note beside 0.5 days. People are looked for below the units (all without them), by number or by a name that
    one of them has; nothing is guessed.
    """
    try:
        sheet = sheets.read_sheet(content, filename)
        head, lines = grouped(*heads.found(sheet, leave_heads.LEAVE_LIST))
    except Invalid as refusal:
        return [], list(refusal.problems)
    known = known_people(db, below)
    wrong: dict[int, list[Problem]] = {line.number: [] for line in lines}
    tab = content.sheets[0].name if isinstance(content, Book) else ""
    said = leave_dates.period_of(sheet, head, tab, filename)
    read = [_row(db, head, line, known, said, wrong[line.number]) for line in counted(lines, progress)]
    whole = [row for row in read if row and not wrong[row["row"]]]
    noted = people.aways_of(db, (row["person_id"] for row in whole))
    if own is not None:
        noted[own] = [*noted.get(own, []), *leave.asked_of(db, own)]
    found: list[Row] = []
    of_person: dict[int, list[Row]] = defaultdict(list)
    for row in whole:
        row["act"] = "asked" if row["person_id"] == own else "added"
        wrong[row["row"]] += _overlaps(db, head, row, of_person[row["person_id"]], noted.get(row["person_id"], []))
        if not wrong[row["row"]]:
            found.append(row)
            of_person[row["person_id"]].append(row)
    return found, [
        Problem(p.code, head.label(p.field or "name"), number, p.facts) for number in wrong for p in wrong[number]
    ]


def store_leave(db: Database, rows: Iterable[Row], *, base_url: str, by: Actor, now: datetime) -> dict[str, int]:
    """Store what `read_leave` found, all of it as one act; gives the counts. Conflict where something came between."""
    rows = list(rows)
    leave.store(db, [row for row in rows if row["act"] != "unchanged"], base_url=base_url, by=by, now=now)
    return leave_counts(rows)


def leave_counts(rows: Iterable[Row]) -> dict[str, int]:
    """How many rows would be added, how many asked for, and how many are noted or asked for already."""
    return {"added": 0, "asked": 0, "unchanged": 0} | Counter(row["act"] for row in rows)


def _row(db: Database, head: Head, line: Line, known: Known, said: Period, wrong: list[Problem]) -> Row:
    """One line as a row; what is wrong with it is added to the problems."""
    person = meant(known, head, line, wrong)
    kind = _kind(head, line, wrong)
    note = " ".join(cells.text(cell) for cell in head.cells(line, "note"))
    checked = Checked()
    checked.text("note", note, NOTE_MOST)
    wrong += checked.problems
    if RECURS.search(note):
        wrong.append(Problem("leave_recurs", "note", None, {"text": note}))
    span = _span(db, head, line, note, said, wrong)
    if wrong or person is None or span is None:
        return {}
    if person["left_on"] and span[0] >= clock.midnight(date.fromisoformat(person["left_on"]), db.zone) + timedelta(1):
        wrong.append(Problem("leave_after_last_day", _starts(head), None, {"person": person["name"]}))
    return {
        "row": line.number,
        "act": "added",
        "person_id": person["id"],
        "person": person["name"],
        "staff_no": person["staff_no"],
        "kind": kind,
        "starts_at": span[0],
        "ends_at": span[1],
        "note": checked.columns["note"],
    }


def _kind(head: Head, line: Line, wrong: list[Problem]) -> str:
    said = "".join(cells.text(cell) for cell in head.cells(line, "kind"))
    if any(isinstance(cell, unsaid.Titled) for cell in head.cells(line, "kind")):
        own = leave_heads.kinds_in(" ".join(cells.text(cell) for cell in head.cells(line, "note")))
        titled = leave_heads.kinds_in(said)
        if len(own) > 1 and not own & titled:
            wrong.append(Problem("unknown_leave_kind", "note", None, {"text": "、".join(sorted(own))}))
        return (own if len(own) == 1 else titled).copy().pop()
    for kind, words in leave_heads.KIND_WORDS.items():
        if re.sub(r"[\s_-]", "", said).lower() in words.split():
            return kind
    wrong.append(Problem("unknown_leave_kind", "kind", None, {"text": said}) if said else Problem("required", "kind"))
    return ""


def _span(
    db: Database, head: Head, line: Line, note: str, said: Period, wrong: list[Problem]
) -> tuple[datetime, datetime] | None:
    """From when to when, checked against the number of days where the list says it."""
    if head.has("span") and not head.has("starts"):
        first, last = _both(head, line, said, wrong)
    else:
        first = _moment(head, line, "starts", said, wrong)
        last = _moment(head, line, "ends", said, wrong, first)
    days = _days(head, line, wrong)
    if first is None or wrong:
        return None
    if last is None:
        if days not in (0.5, 1.0):
            wrong.append(Problem("leave_end_missing", "ends"))
            return None
        last = Moment(first.day)
    column = " ".join(cells.text(cell) for cell in head.cells(line, "half"))
    is_half = days == 0.5 or (days is None and column in HALVES)
    if is_half and first.day == last.day and not (first.half or first.at or last.half or last.at):
        halves = {half for word, half in HALVES.items() if word in f"{note} {column}".lower()}
        if len(halves) != 1:
            wrong.append(Problem("leave_half_unsaid", "days"))
            return None
        first = Moment(first.day, halves.pop())
        last = first
    starts, ends = _begin(db, first), _end(db, last)
    if ends <= starts:
        wrong.append(Problem("end_before_start", "ends" if head.has("ends") else "span"))
    elif days is not None and not _fits(first, last, days):
        wrong.append(Problem("leave_days_do_not_match", "days", None, {"text": f"{days:g}"}))
    return starts, ends


def _both(head: Head, line: Line, known: Period, wrong: list[Problem]) -> tuple[Moment | None, Moment | None]:
    """The first and the last moment of the one cell that says both."""
    said = " ".join(str(cells.text(cell)) for cell in head.cells(line, "span")).strip()
    if not said:
        wrong.append(Problem("required", "span"))
    elif "每" in said:
        wrong.append(Problem("leave_recurs", "span", None, {"text": said}))
    else:
        try:
            is_number = any(isinstance(cell, float) for cell in head.cells(line, "span"))
            return span(said, known, is_number=is_number)
        except Invalid as refusal:
            wrong.append(Problem(refusal.problems[0].code, "span", None, {"text": said}))
    return None, None


def _starts(head: Head) -> str:
    return "starts" if head.has("starts") else "span"


def _moment(
    head: Head, line: Line, field: str, known: Period, wrong: list[Problem], first: Moment | None = None
) -> Moment | None:
    said = " ".join(cells.text(cell) for cell in head.cells(line, field)).strip()
    if not said:
        if field == "starts":
            wrong.append(Problem("required", field))
        return None
    if "每" in said:
        wrong.append(Problem("leave_recurs", field, None, {"text": said}))
        return None
    if field == "ends" and OPEN.fullmatch(said):
        wrong.append(Problem("leave_end_missing", field, None, {"text": said}))
        return None
    found = WHEN.fullmatch(said)
    try:
        is_number = any(isinstance(cell, float) for cell in head.cells(line, field))
        after = first.day if first else None
        day = leave_dates.day(found["day"].strip() if found else said, known, is_number=is_number, after=after)
        at = time.fromisoformat(found["clock"].zfill(5)) if found and found["clock"] else None
    except Invalid as refusal:
        code = refusal.problems[0].code
        if code != "leave_month_missing" or not any(problem.code == code for problem in wrong):  # once a line
            wrong.append(Problem(code, field, None, {"text": said}))
        return None
    except ValueError:
        wrong.append(Problem("bad_date", field, None, {"text": said}))
        return None
    half = HALVES.get((found["half"] or "").lower(), "") if found else ""
    return Moment(day, "" if at else half, at)


def _days(head: Head, line: Line, wrong: list[Problem]) -> float | None:
    said = "".join(cells.text(cell) for cell in head.cells(line, "days"))
    said = "".join(said.split()).removesuffix("天")
    if not said:
        return None
    if said in SPOKEN:
        return SPOKEN[said]
    if not re.fullmatch(r"\d{1,3}(\.[05])?", said):
        wrong.append(Problem("leave_bad_days", "days", None, {"text": said}))
        return None
    return float(said)


def _fits(first: Moment, last: Moment, days: float) -> bool:
    """Whether the dates are so many days, all of them counted; by the clock any part of a day is one."""
    if first.at or last.at:
        return days <= (last.day - first.day).days + 1
    return days == (last.day - first.day).days + 1 - 0.5 * (first.half == "pm") - 0.5 * (last.half == "am")


def _begin(db: Database, moment: Moment) -> datetime:
    at = moment.at or (NOON if moment.half == "pm" else time())
    return datetime.combine(moment.day, at, db.zone)


def _end(db: Database, moment: Moment) -> datetime:
    if moment.at or moment.half == "am":
        return datetime.combine(moment.day, moment.at or NOON, db.zone)
    return clock.midnight(moment.day + timedelta(days=1), db.zone)


def _overlaps(db: Database, head: Head, row: Row, before: Iterable[Row], noted: Iterable[Row]) -> list[Problem]:
    """What the row overlaps with: a row above it, or what is noted; the very same as is noted changes nothing."""
    for other in before:
        if _meet(row, other):
            return [Problem("leave_row_overlaps", _starts(head), None, {"row": other["row"]})]
    for away in noted:
        held = {name: clock.from_text(away[name]) for name in ("starts_at", "ends_at")}
        if _meet(row, held):
            if held == {name: row[name] for name in held} and away["kind"] == row["kind"]:
                row["act"] = "unchanged"
                return []
            day = clock.local(away["starts_at"], db.zone).date()
            return [Problem("already_away", _starts(head), None, {"away_kind": away["kind"], "day": day})]
    return []


def _meet(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return bool(one["starts_at"] < other["ends_at"] and other["starts_at"] < one["ends_at"])


def told(db: Database, head: Head, line: Line, row: Row) -> Row:
    """A row for a program: first and last day, each with the half it begins or ends in, and what the line calls it.

    Where only a title says the kind, that is what the line says for a reason.
    """
    said = {name: "/".join(cells.text(cell) for cell in head.cells(line, name)) for name in ("kind", "note")}
    titled = any(isinstance(cell, unsaid.Titled) for cell in head.cells(line, "kind"))
    start, end = (clock.local(clock.to_text(row[name]), db.zone) for name in ("starts_at", "ends_at"))
    last = end.date() - timedelta(days=1) if end.time() == time() else end.date()
    return {
        "staff_no": row["staff_no"], "name": row["person"], "reason": (titled and said["note"]) or said["kind"],
        "start": str(start.date()), "start_half": "am" if start.time() < NOON else "pm", "end": str(last),
        "end_half": "am" if time() < end.time() <= NOON else "pm", "row": row["row"],
    }  # fmt: skip
