"""Units beside each other: who stands where by a rate or count, and against the same days a year before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from scheduler import clock
from scheduler.database import Database
from scheduler.tallies import periods
from scheduler.tallies.answers import Answer, Cell, Line, answer
from scheduler.tallies.cuts import given
from scheduler.tallies.questions import Question
from scheduler.tallies.words import FITS, NARROWED_BY

RANKED_BY = ("per_head", "trips", "people", "coverage", "attainment", "attendance", "change")
MEASURES: tuple[str, ...] = ("trips", "people", "per_head", "coverage", "attainment", "no_show")


@dataclass(frozen=True, slots=True)
class Standing:
    """One unit: its rank (None where there is nothing to rank it by, or it stands for itself alone), its figures.

    `figures`: per_head, trips, people, coverage, attainment, attendance, before (trips a year before) and change
    (of trips since then, as a share; None where there were none).
    """

    rank: int | None
    line: Line
    figures: Cell
    line_before: Line | None


@dataclass(frozen=True, slots=True)
class Ranking:
    """The units in their order, the answers that their figures stand in, and the whole."""

    by: str
    answer: Answer
    before: Answer
    standings: tuple[Standing, ...]
    total: Cell


def ranking(db: Database, question: Question, now: datetime, *, by: str = "per_head") -> Ranking:
    """The units at the question's level (one below its unit where it names none), the first by `by` first.

    What cannot be asked with the question's filters is None.
    """
    narrowed = {NARROWED_BY.get(name, name) for name in given(question.cut)} - {"first", "last"}
    fit = tuple(name for name in MEASURES if narrowed <= FITS.get(name, narrowed))
    asked = replace(question, rows=("unit",), columns=None, level=question.level or 1, measures=fit)
    with db.atomic():
        found = answer(db, asked, now)
        earlier = replace(year_before(asked, clock.today(now, db.zone)), measures=("trips",))
        before = answer(db, earlier, now)
    lines = {line.keys[0].key: line for line in before.lines}
    rows = [(line, lines.get(line.keys[0].key)) for line in found.lines]
    figures = [(line, was, _figures(line.total, was.total if was else None)) for line, was in rows]
    return Ranking(by, found, before, _ranked(figures, by), _figures(found.total, before.total))


def year_before(question: Question, today: date) -> Question:
    """The same days a year before; of a period that is still running those so far."""
    last = min(question.last, max(today, question.first))
    if last == question.last:
        ends = periods.shifted(last + timedelta(days=1), -12) - timedelta(days=1)
    else:
        ends = periods.shifted(last, -12)
    return replace(question, first=periods.shifted(question.first, -12), last=ends)


def _figures(cell: Cell, was: Cell | None) -> Cell:
    before, no_show = (was or {}).get("trips") or 0, cell.get("no_show")
    return {
        **{name: cell.get(name) for name in MEASURES if name != "no_show"},
        "attendance": None if no_show is None else 1 - no_show,
        "before": before,
        "change": ((cell["trips"] or 0) - before) / before if before else None,
    }


def _ranked(found: list[tuple[Line, Line | None, Cell]], by: str) -> tuple[Standing, ...]:
    """The largest first, equals on one rank; then what has no such figure; units that stand for themselves last."""
    standings: list[Standing] = []
    for place, (line, was, figures) in enumerate(sorted(found, key=_order(by)), start=1):
        rank: int | None = place
        if line.keys[0].alone or figures[by] is None:
            rank = None
        elif standings and standings[-1].figures[by] == figures[by]:
            rank = standings[-1].rank
        standings.append(Standing(rank, line, figures, was))
    return tuple(standings)


def _order(by: str) -> Callable[[tuple[Line, Line | None, Cell]], tuple[bool, bool, float]]:
    return lambda row: (row[0].keys[0].alone, row[2][by] is None, -(row[2][by] or 0))
