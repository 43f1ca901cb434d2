"""The one-page report: the paragraph, its tables by unit, activity and month, and a footnote to each number."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from scheduler import ledger, tallies
from scheduler.audit import Actor
from scheduler.briefings.paragraph import briefing
from scheduler.briefings.pieces import Briefing, Figure
from scheduler.database import Database, one
from scheduler.tallies import Answer, Question
from scheduler.tallies.cuts import where
from scheduler.wording import Lang, who

BY_UNIT: tuple[str, ...] = ("trips", "people", "sessions", "per_head", "coverage")


@dataclass(frozen=True, slots=True)
class Note:
    """A footnote: of which numbers of the text, and which of the ledger's entries they count.

    `count` entries from `first` to `last`; none where they are not counted from the ledger alone.
    """

    number: int
    figure: Figure
    count: int = 0
    first: int = 0
    last: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """All that stands on the page; `head` is the ledger's newest hash at that moment, `entries` its length."""

    briefing: Briefing
    notes: tuple[Note, ...]
    by_unit: Answer
    by_activity: Answer
    by_month: Answer
    head: str
    entries: int

    def number(self, figure: Figure) -> int:
        """The footnote of a number of the text."""
        return next(note.number for note in self.notes if _alike(note.figure, figure))


def report(db: Database, question: Question, *, lang: Lang, now: datetime) -> Report:
    """The report of one moment."""
    plain = replace(question, columns=None, level=None, measures=("trips", "people", "sessions"))
    with db.atomic():
        told = briefing(db, question, lang=lang, now=now)
        newest = one(db, "SELECT COALESCE(MAX(id), 0) AS id FROM ledger")
        return Report(
            briefing=told,
            notes=tuple(_notes(db, told)),
            by_unit=tallies.answer(db, replace(plain, rows=("unit",), level=1, measures=BY_UNIT), now),
            by_activity=tallies.answer(db, replace(plain, rows=("activity",)), now),
            by_month=tallies.answer(db, replace(plain, rows=("month",)), now),
            head=ledger.head(db),
            entries=newest["id"] if newest else 0,
        )


def _notes(db: Database, told: Briefing) -> list[Note]:
    """One for each question that a number asks: numbers of the same trips share it."""
    notes: list[Note] = []
    for figure in told.figures:
        if any(_alike(note.figure, figure) for note in notes):
            continue
        number = len(notes) + 1
        if figure.opens not in tallies.ORDERS:
            notes.append(Note(number, figure))
            continue
        condition, values = where(db, figure.question.cut)
        sql = f"SELECT COUNT(*) AS count, MIN(id) AS first, MAX(id) AS last FROM ledger AS fact WHERE {condition}"
        found = one(db, sql, **values) or {"count": 0}
        notes.append(Note(number, figure, *((found["count"], found["first"], found["last"]) if found["count"] else ())))
    return notes


def _alike(one: Figure, other: Figure) -> bool:
    """Whether two numbers are made of the same: trips, people and sessions of one question are."""
    kinds = ["trips" if figure.opens in tallies.ORDERS else figure.opens for figure in (one, other)]
    return one.question == other.question and kinds[0] == kinds[1]


def note_text(note: Note, lang: Lang) -> str:
    """By which trips a number is made: the ledger's entries, their days."""
    asked = note.figure.question
    days = f"{asked.first.isoformat()} – {asked.last.isoformat()}"
    kind = "ledger" if note.figure.opens in tallies.ORDERS else note.figure.opens
    chinese, english = {
        "ledger": (
            "台账 {days} 的 {count} 条（第 {first}–{last} 条之间）",
            "{count} ledger entries of {days} (among nos. {first}–{last})",
        ),
        "absent": ("{days} 已确认班次的到岗记录", "attendance of the confirmed shifts of {days}"),
        "quotas": (
            "{days} 已见分晓的周和月，取自台账与排班",
            "weeks and months of {days} that are decided, from ledger and rosters",
        ),
        "targets": ("{days} 已到期的单位任务，取自台账", "unit targets that fell due in {days}, from the ledger"),
        "waiting": ("{days} 已结束、待确认的班次", "shifts of {days} that are over and await confirmation"),
    }[kind]
    count = f"{note.count:,}"
    return (chinese if lang == "zh" else english).format(
        days=days, count=count, first=f"{note.first:,}", last=f"{note.last:,}"
    )


def report_text(db: Database, question: Question, *, lang: Lang, by: Actor, now: datetime) -> str:
    """The paragraph and its footnotes as plain text, with the chain's head."""
    found = report(db, question, lang=lang, now=now)
    at = now.astimezone(db.zone)
    made = ("{unit} {period} · {by} · {at:%Y-%m-%d %H:%M}", "{unit}, {period} · {by} · {at:%Y-%m-%d %H:%M}")
    head = ("台账 {n} 条，最后一条的哈希 {head}", "Ledger: {n} entries; hash of the newest: {head}")
    which = 0 if lang == "zh" else 1
    told = found.briefing
    lines = [
        made[which].format(unit=told.unit, period=told.period, by=who(by.name, lang), at=at),
        "",
        told.text,
        "",
        *(f"[{note.number}] {note.figure.text}: {note_text(note, lang)}" for note in found.notes),
        "",
        head[which].format(n=f"{found.entries:,}", head=found.head),
    ]
    return "\n".join(lines) + "\n"
