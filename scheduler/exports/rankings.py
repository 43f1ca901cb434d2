"""A ranking of units as a workbook and as CSV."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from scheduler import tallies
from scheduler.audit import Actor
from scheduler.database import Database
from scheduler.exports.cells import Column, Held, Kind
from scheduler.exports.tallies import about, as_csv_file
from scheduler.exports.workbook import Workbook
from scheduler.tallies import Question, Standing
from scheduler.wording import STATES, Lang

FIGURES: tuple[tuple[str, Kind], ...] = (
    ("trips", "count"),
    ("people", "count"),
    ("per_head", "ratio"),
    ("coverage", "share"),
    ("attainment", "share"),
    ("attendance", "share"),
    ("before", "count"),
    ("change", "share"),
)


def ranking_csv(db: Database, question: Question, *, by: str, lang: Lang, now: datetime) -> bytes:
    """The units in their order as CSV with a BOM."""
    return as_csv_file(_columns(), tallies.ranking(db, question, now, by=by).standings, lang)


def ranking_workbook(db: Database, question: Question, *, rank: str, lang: Lang, by: Actor, now: datetime) -> bytes:
    """Two sheets: the units in their order, and what this file is."""
    book = Workbook(lang)
    with db.atomic():
        found = tallies.ranking(db, question, now, by=rank)
        book.table("排名" if lang == "zh" else "Ranking", _columns(), found.standings)
        ranked = ("排名依据", "Ranked by"), STATES["ranked_by"][rank]
        words, name = (pair[0 if lang == "zh" else 1] for pair in ranked)
        told = about(db, lang, by, now, found.answer.question.cut)
        book.facts("说明" if lang == "zh" else "About", [(words, name), *told])
    return book.content()


def _columns() -> Sequence[Column]:
    return (
        Column("名次", "Rank", 8, lambda row, _lang: row.rank, "count"),
        Column("单位", "Unit", 26, lambda row, lang: row.line.keys[0].zh if lang == "zh" else row.line.keys[0].en),
        Column("上级单位", "Unit above", 20, lambda row, _lang: row.line.keys[0].note),
        *(Column(*STATES["ranked_by"][name], 16, _figure(name), kind) for name, kind in FIGURES),
    )


def _figure(name: str) -> Callable[[Standing, Lang], Held]:
    return lambda row, _lang: row.figures[name]
