"""What a file would do: its questions, what would be added, changed or left, and what is in the way."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from scheduler import clock, imports, wording
from scheduler.assignments.batch import Spoken
from scheduler.audit import Actor
from scheduler.config import Settings
from scheduler.database import Database, Row, one, write
from scheduler.errors import Invalid, Refusal
from scheduler.imports import Answers, Report
from scheduler.imports.progress import Progress, silent
from scheduler.imports.sheets import Book, Line, read_book
from scheduler.imports.wall.found import TOLD_ONLY
from scheduler.intake import columns as heads
from scheduler.intake.questions import open_questions

SHOWN = 200  # rows kept for the page; all of them are read again when they are stored
NO_STEP = 0


class _Tried(Exception):
    """Ends a transaction that only tried."""


@dataclass(slots=True)
class Plan:
    """What came of reading: the state it leads to, what the page shows of it, and what is to be stored."""

    state: str
    found: Row = field(default_factory=dict)
    stored: Any = None
    head: Line | None = None  # the head that somebody's columns were said of


def plan(
    db: Database, held: Row, content: bytes, settings: Settings, *, now: datetime, progress: Progress = silent
) -> Plan:
    """Read the file with the answers that there are; nothing is stored."""
    kind, given = held["kind"], held["given"]
    try:
        book = heads.mended(read_book(content, held["file"]), given)
        head, chosen = None, None
        if kind in heads.VOCABULARIES:
            chosen = given.get("columns") or None
            if chosen is None and heads.needs_columns(db, kind, book):
                chosen = heads.remembered(db, held["unit_id"], kind, book.sheets)
                if chosen is None:
                    return Plan("columns", {"head": heads.head_asked(book, kind, {})})
            if chosen:
                asked = heads.head_asked(book, kind, chosen)
                head = _line(book, chosen)
                book = heads.named(book, kind, chosen)
    except Invalid as refusal:
        return Plan("refused", {"refusals": told(refusal)})
    report = _report(db, held, book, hashlib.sha256(content).hexdigest(), now, progress)
    if chosen and report.expect == "refuse" and any(p.get("code") in heads.HEADLESS for p in report.problems):
        return Plan("columns", {"head": asked, "refusals": [_both(problem) for problem in report.problems]})
    made = _planned(db, held, report, settings, now)
    made.head = head
    made.found |= {"columns": chosen} if chosen else {}
    return made


def told(refusal: Refusal) -> list[Row]:
    """A refusal in both languages."""
    return [{lang: wording.sentence(problem, lang) for lang in ("zh", "en")} for problem in refusal.problems]


def _to_show(rows: list[Row]) -> list[Row]:
    """As many as the page shows, without what only storing needs."""
    return [{name: kept for name, kept in row.items() if name not in ("given", "version")} for row in rows[:SHOWN]]


def _sum(rows: list[Row], seats: Any) -> str:
    """What is the same as long as storing would do the same: row by row, of which there may be 100,000."""
    whole = hashlib.sha256()
    encoded = json.JSONEncoder(default=str).encode
    for row in rows:
        whole.update(encoded(row).encode())
    whole.update(encoded(seats).encode())
    return whole.hexdigest()


def _line(book: Book, chosen: Mapping[str, Any]) -> Line | None:
    return next((line for sheet in book.sheets for line in sheet.lines if line.number == chosen["row"]), None)


def _report(db: Database, held: Row, book: Book, digest: str, now: datetime, progress: Progress) -> Report:
    kind, file, unit_id, given = held["kind"], held["file"], held["unit_id"], held["given"]
    if kind == "people":
        return imports.people_report(db, book, file, within=unit_id, now=now, progress=progress)
    if kind == "leave":
        own = given.get("by", held["made_by"])
        return imports.leave_report(db, book, file, below=[unit_id], own=own, progress=progress)
    if kind == "balances":
        as_of = given.get("as_of")
        return imports.balances_report(
            db, book, file, today=clock.today(now, db.zone), as_of=date.fromisoformat(as_of) if as_of else None,
            below=[unit_id], digest=digest, progress=progress,
        )  # fmt: skip
    if kind == "roster":
        said = {name: {k: v for k, v in given.get(name, {}).items() if v} for name in ("people", "places", "marks")}
        return imports.roster_report(db, book, file, below=[unit_id], answers=Answers(given.get("month", ""), **said))
    return imports.list_report(db, kind, book, file, within=unit_id, now=now)


def _planned(db: Database, held: Row, report: Report, settings: Settings, now: datetime) -> Plan:
    asked = [problem for problem in report.problems if problem["kind"] not in TOLD_ONLY]
    if report.expect == "refuse" and all(problem["row"] is None for problem in asked):
        return Plan("refused", {"refusals": [_both(problem) for problem in asked]})
    stored, shown = _certain(held["kind"], report, asked)
    questions = open_questions(db, held, asked)
    found: Row = {
        "questions": questions, "told": [_both(p) for p in report.problems if p["kind"] in TOLD_ONLY][:SHOWN],
        "rows": _to_show(shown), "total": len(shown), "counts": _counts(held["kind"], report, stored, shown),
        "left": len(asked),
    }  # fmt: skip
    if held["kind"] == "roster" and not questions:
        found |= tried(db, held, stored, settings, now)
    found["sum"] = _sum(shown, found.get("seats"))
    if not questions and not shown:
        return Plan("refused", found | {"refusals": told(Invalid("nothing_certain"))})
    return Plan("questions" if questions or found.get("needs") else "ready", json.loads(json.dumps(found, default=str)),
                stored)  # fmt: skip


def _certain(kind: str, report: Report, asked: list[Row]) -> tuple[Any, list[Row]]:
    """What would be stored, and the rows of it: none of a list that something is wrong with."""
    bad = {problem["row"] for problem in asked}
    if kind == "roster":
        return report.rows, report.rows
    if kind == "balances":
        held = report.stored
        if held is None:
            return None, []
        held.rows[:] = [row for row in held.rows if row["row"] not in bad]
        return held, held.rows
    stored = [row for row in report.stored or [] if row["row"] not in bad]
    return stored, stored


def _counts(kind: str, report: Report, stored: Any, shown: list[Row]) -> Row:
    if kind == "roster":
        per_day, per_place = Counter(row["date"] for row in shown), Counter(row["place"] for row in shown)
        return {
            "people": len({row["staff_no"] for row in shown}), "seats": len(shown), "days": sorted(per_day.items()),
            "places": per_place.most_common(), "roles": Counter(row["role"] for row in shown).most_common(),
            "hours": sorted({f"{row['start'][11:]}–{row['end'][11:]}" for row in shown if row["start"]}),
            "sheets": sorted({row["sheet"] for row in shown}),
        }  # fmt: skip
    acts = Counter(row["act"] for row in shown)
    fields = Counter(name for row in shown for name in row.get("changed", ()))
    more = stored.counts() if kind == "balances" and stored else {}
    return {name: acts[name] for name in ("added", "changed", "asked", "unchanged")} | {
        "fields": fields.most_common(),
        **more,
    }


def tried(db: Database, held: Row, stored: list[Row], settings: Settings, now: datetime) -> Row:
    """What planning the sheet would come to, tried and taken back: the roster, shifts, who may not stand there."""
    given = held["given"]
    if not stored:
        return {}
    try:
        with suppress(_Tried), write(db):
            newest = one(db, "SELECT COALESCE(MAX(id), 0) AS id FROM roster")
            planned = imports.store_wall(
                db, stored, unit_id=held["unit_id"], file=held["file"], hours=given.get("hours", ""),
                activity=given.get("activity", ""), reason="-", without_barred=True, duty=settings.duty,
                by=Actor(held["made_by"], held["who"]), now=now,
            )  # fmt: skip
            roster = one(db, "SELECT id, starts_on, ends_on FROM roster WHERE id = :id", id=planned.roster_id)
            raise _Tried
    except Refusal as refusal:
        return {"needs": [p.field or "" for p in refusal.problems], "refusals": told(refusal)}
    is_new = bool(newest and planned.roster_id > newest["id"])
    return {
        "roster": roster, "is_new": is_new, "shifts": planned.shifts, "seats": planned.seats,
        "left_out": [spoken(one) for one in planned.left_out], "warned": [spoken(one) for one in planned.warned],
    }  # fmt: skip


def spoken(seat: Spoken) -> Row:
    """A seat that something speaks against, in both languages."""
    causes = {lang: " ".join(wording.sentence(p, lang) for p in seat.problems) for lang in ("zh", "en")}
    return {"person": seat.person, "place": seat.place, "day": seat.day.isoformat(), **causes}


def _both(problem: Row) -> Row:
    return {lang: imports.sentence(problem, lang) for lang in ("zh", "en")}
