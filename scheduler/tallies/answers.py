"""The answer to a question: lines, columns, cells and totals, each with the question of its own trips."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from scheduler.database import Database
from scheduler.errors import Invalid
from scheduler.tallies import figures, rates
from scheduler.tallies.labels import Key, every, labelled, ordered
from scheduler.tallies.questions import Question
from scheduler.tallies.words import DIMENSIONS, MEASURES, TIMES

Cell = dict[str, float | int | None]
COLUMNS_MOST = 400
COUNTS = ("trips", "people", "sessions", "minutes", "carried")


@dataclass(frozen=True, slots=True)
class Line:
    """One line: a key for each row dimension, a cell for each column, and the line's own total."""

    keys: tuple[Key, ...]
    cells: tuple[Cell, ...]
    total: Cell


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found. A cell holds each measure of the question, and `carried` (trips of no known session).

    A count of nothing is 0, a rate of nothing None. `additive` says of each measure whether its cells add
    up to its totals here: distinct counts and rates never do, and nothing does by task.
    """

    question: Question
    columns: tuple[Key, ...]
    lines: tuple[Line, ...]
    column_totals: tuple[Cell, ...]
    total: Cell
    additive: dict[str, bool]

    def behind(self, line: Line | None = None, column: Key | None = None) -> Question:
        """The question of the trips behind a cell, a line's total, a column's total, or the whole (no arguments)."""
        found = self.question
        for name, key in zip(found.rows, line.keys if line else (), strict=False):
            found = found.narrowed(name, key.key, alone=key.alone)
        if column is not None and found.columns:
            found = found.narrowed(found.columns, column.key, alone=column.alone)
        return found


def answer(db: Database, question: Question, now: datetime) -> Answer:
    """Every figure of a question, net of corrections: each total is counted anew, so that distinct counts are right."""
    rates.refuse_what_does_not_fit(question.measures, question.dimensions, question.cut)
    with db.atomic():  # one moment for cells and totals
        cells = _cells(db, question, question.dimensions, now)
        of_lines = _cells(db, question, question.rows, now) if question.columns else cells
        of_columns = _cells(db, question, (question.columns,), now) if question.columns else {}
        total = _cells(db, question, (), now).get((), _nothing(question))
        columns = _keys(db, question, question.columns, {key[0] for key in of_columns}) if question.columns else []
        if len(columns) > COLUMNS_MOST:
            raise Invalid("too_many_columns", field="columns", most=COLUMNS_MOST)
        lines = _lines(db, question, of_lines)
    nothing = _nothing(question)
    return Answer(
        question=question,
        columns=tuple(columns),
        lines=tuple(
            Line(
                keys=keys,
                cells=tuple(cells.get((*(key.key for key in keys), column.key), nothing) for column in columns),
                total=of_lines.get(tuple(key.key for key in keys), nothing),
            )
            for keys in lines
        ),
        column_totals=tuple(of_columns.get((column.key,), nothing) for column in columns),
        total=total,
        additive={name: MEASURES[name].additive and "task" not in question.dimensions for name in question.measures},
    )


def _cells(db: Database, question: Question, by: Sequence[str], now: datetime) -> dict[tuple[Any, ...], Cell]:
    cut, level = question.cut, question.level
    counted = {
        tuple(row[f"k{number}"] for number in range(len(by))): row
        for row in figures.counted(db, cut, by, level=level)
    }  # fmt: skip
    wanted = set(question.measures)
    employed = rates.employed(db, cut, by, level) if wanted & {"per_head", "coverage"} else {}
    found: dict[str, rates.Rates] = {
        name: rates.seats(db, name, cut, by, level) for name in ("fill", "no_show") if name in wanted
    }
    if "attainment" in wanted:
        found["attainment"] = rates.attainment(db, cut, by, level, now)
    people = [name in (*rates.OF_PEOPLE, *TIMES) for name in by]
    keys = set(counted).union(*found.values())
    if all(people):
        keys |= set(employed)
    cells = {}
    for key in keys:
        heads = employed.get(tuple(part if own else None for part, own in zip(key, people, strict=True)), 0)
        own = {name: rate.get(key) for name, rate in found.items()}
        cells[key] = _cell(question, counted.get(key), heads, own)
    return cells


def _cell(question: Question, row: dict[str, Any] | None, heads: int, own: dict[str, float | None]) -> Cell:
    counts = {name: (row[name] or 0) if row else 0 for name in COUNTS}
    every: Cell = {
        **counts,
        "hours": counts["minutes"] / 60,
        "per_head": counts["trips"] / heads if heads else None,
        "coverage": counts["people"] / heads if heads else None,
        **own,
    }
    return {name: every[name] for name in (*question.measures, "carried")}


def _nothing(question: Question) -> Cell:
    return _cell(question, None, 0, {"attainment": None, "fill": None, "no_show": None})


def _keys(db: Database, question: Question, name: str, met: set[Any]) -> list[Key]:
    """The keys of one dimension in its order, labelled; of days, weeks, months also those of which there is nothing."""
    shown = met | set(every(name, question.first, question.last)) if DIMENSIONS[name].ordered else met
    return ordered(name, labelled(db, name, shown, question).values())


def _lines(db: Database, question: Question, of_lines: dict[tuple[Any, ...], Cell]) -> list[tuple[Key, ...]]:
    if not question.rows:
        return []
    if len(question.rows) == 1:
        return [(key,) for key in _by_size(db, question, question.rows[0], of_lines, 0)]
    first, second = (_by_size(db, question, name, of_lines, at) for at, name in enumerate(question.rows))
    return [(one, other) for one in first for other in second if (one.key, other.key) in of_lines]


def _by_size(db: Database, question: Question, name: str, of_lines: dict[tuple[Any, ...], Cell], at: int) -> list[Key]:
    """The keys of a row dimension: in their own order, or the largest first."""
    met: dict[Any, float] = {}
    for key, cell in of_lines.items():
        met[key[at]] = met.get(key[at], 0) + (cell[question.measures[0]] or 0)
    keys = _keys(db, question, name, set(met))
    return keys if DIMENSIONS[name].ordered or name == "activity" else sorted(keys, key=lambda key: -met[key.key])
