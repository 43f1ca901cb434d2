"""A pivot's answer as the columns of a sheet: what its lines are called, then its figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, cast

from scheduler import tallies
from scheduler.exports.cells import Column, Held, Kind
from scheduler.tallies import Answer, Cell, Key, Line
from scheduler.wording import Lang

WIDTHS = {"person": 14, "unit": 26, "place": 26, "community": 26, "activity": 20, "task": 30}
# What tells namesakes apart stands in columns of its own: the parts of a key's note.
NOTES = {
    "person": (("工号", "Staff no."), ("单位", "Unit")),
    "unit": (("上级单位", "Unit above"),),
    "place": (("区县", "District"),),
}


class Named(Protocol):
    """Whatever has a name in both languages."""

    @property
    def zh(self) -> str:
        """In Chinese."""
        ...

    @property
    def en(self) -> str:
        """In English."""
        ...


@dataclass(frozen=True, slots=True)
class Total:
    """The last row of a sheet: an answer's totals, in the shape of a line."""

    answer: Answer

    @property
    def keys(self) -> tuple[Key, ...]:
        """合计 where the first name stands."""
        return (Key(None, "合计", "Total"),)

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The columns' own totals."""
        return self.answer.column_totals

    @property
    def total(self) -> Cell:
        """The total of all."""
        return self.answer.total


def pivot_sheets(answer: Answer, lang: Lang) -> list[tuple[str, Sequence[Column]]]:
    """Name and columns of each sheet: one for each measure where the answer has columns, else one for all."""
    measures, heads = answer.question.measures, _heads(answer)
    if not answer.columns:
        figures = [_figure(name) for name in measures]
        carried = [Column("其中结转人次", "Of which carried forward", 22, _held("carried"), "count")]
        return [
            ("统计" if lang == "zh" else "Tally", [*heads, *figures, *(carried if answer.total["carried"] else [])])
        ]
    return [
        (_named(tallies.MEASURES[name], lang), [*heads, *_across(answer, name), _figure(name)]) for name in measures
    ]


def _heads(answer: Answer) -> list[Column]:
    """A column for each row dimension, and one for what tells namesakes apart."""
    heads = []
    for at, name in enumerate(answer.question.rows):
        dimension = tallies.DIMENSIONS[name]
        heads.append(Column(dimension.zh, dimension.en, WIDTHS.get(name, 14), _key(at)))
        heads += [Column(*words, 20, _note(at, part)) for part, words in enumerate(NOTES.get(name, ()))]
    return heads or [Column("", "", 12, lambda _row, lang: "合计" if lang == "zh" else "Total")]


def _across(answer: Answer, measure: str) -> list[Column]:
    kind = tallies.MEASURES[measure].kind
    return [Column(key.zh, key.en, 12, _cell(at, measure), _kind(kind)) for at, key in enumerate(answer.columns)]


def _figure(name: str) -> Column:
    measure = tallies.MEASURES[name]
    return Column(measure.zh, measure.en, 14, _held(name), _kind(measure.kind))


def _kind(kind: str) -> Kind:
    return cast(Kind, kind)


def _key(at: int) -> Callable[[Line | Total, Lang], Held]:
    return lambda line, lang: _named(line.keys[at], lang) if at < len(line.keys) else ""


def _note(at: int, part: int) -> Callable[[Line | Total, Lang], Held]:
    def held(line: Line | Total, _lang: Lang) -> Held:
        parts = line.keys[at].note.split(" · ", 1) if at < len(line.keys) else []
        return parts[part] if part < len(parts) else ""

    return held


def _cell(at: int, measure: str) -> Callable[[Line | Total, Lang], Held]:
    return lambda line, _lang: line.cells[at][measure]


def _held(measure: str) -> Callable[[Line | Total, Lang], Held]:
    return lambda line, _lang: line.total[measure]


def _named(held: Named, lang: Lang) -> str:
    return held.zh if lang == "zh" else held.en
