"""The audit as a workbook and CSV: a line for each act, in words, with its hash and the head of the chain."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice

from scheduler import audit, clock, trail
from scheduler.audit import Actor
from scheduler.database import Database, Row
from scheduler.exports.cells import Column, as_csv
from scheduler.exports.columns import written_at
from scheduler.exports.workbook import Workbook
from scheduler.trail import Asked
from scheduler.wording import Lang, who

BOM = "\ufeff"  # Excel reads a CSV as UTF-8 only with it
MOST = 100_000
TOGETHER = 500  # rows whose names are looked up at once

COLUMNS: Sequence[Column] = (
    Column("序号", "No.", 8, lambda row, _: row["id"], "count"),
    Column("时间", "When", 18, lambda row, _: row["moment"], "moment"),
    Column("谁", "Who", 14, lambda row, lang: who(row["actor"], lang)),
    Column("来自", "From where", 16, lambda row, _: row["origin"]),
    Column("操作", "Act", 18, lambda row, lang: trail.act_words(row["act"], lang)),
    Column("对象", "Subject", 16, lambda row, lang: trail.subject_words(row["subject"], lang)),
    Column("名称", "Name", 28, lambda row, _: row["name"]),
    Column("单位", "Unit", 20, lambda row, _: row["unit"] or ""),
    Column("内容", "Facts", 60, lambda row, _: row["told"]),
    Column("哈希", "Hash", 66, lambda row, _: row["hash"]),
)


def audit_csv(db: Database, asked: Asked, *, lang: Lang) -> bytes:
    """The rows as CSV with a BOM; the last line is the head of the whole chain."""
    text = io.StringIO(BOM, newline="")
    text.seek(0, io.SEEK_END)
    lines = csv.writer(text)
    lines.writerow([column.head(lang) for column in COLUMNS])
    with db.atomic():
        lines.writerows([as_csv(column.held(row, lang)) for column in COLUMNS] for row in _rows(db, asked, lang))
        last = "全部审计最后一条的哈希" if lang == "zh" else "Head of the whole audit"
        lines.writerow([*[""] * (len(COLUMNS) - 2), last, audit.head(db)])
    return text.getvalue().encode()


def audit_workbook(db: Database, asked: Asked, *, lang: Lang, by: Actor, now: datetime) -> bytes:
    """Two sheets: the rows, and what this file is."""
    book, zh = Workbook(lang), lang == "zh"
    with db.atomic():
        book.table("审计" if zh else "Audit", COLUMNS, _rows(db, asked, lang))
        book.facts(
            "说明" if zh else "About",
            [
                ("生成时间" if zh else "Made at", written_at(now, db.zone)),
                ("生成人" if zh else "Made by", by.name),
                ("最多行数" if zh else "Rows at most", MOST),
                ("全部审计最后一条的哈希" if zh else "Head of the whole audit", audit.head(db)),
            ],
        )
    return book.content()


def _rows(db: Database, asked: Asked, lang: Lang) -> Iterator[Row]:
    found = trail.found(db, asked, MOST)
    while together := list(islice(found, TOGETHER)):
        named = trail.names(db, together, lang)
        for row in together:
            yield {
                **row,
                "moment": clock.local(row["at"], db.zone).replace(tzinfo=None),
                "name": named.get((row["subject"], row["subject_id"]), f"#{row['subject_id']}"),
                "told": "；".join(_told(fact) for fact in trail.fact_words(row, named, lang, db.zone)),
            }


def _told(fact: trail.Fact) -> str:
    return f"{fact.name}: {fact.now}" if fact.before is None else f"{fact.name}: {fact.before} → {fact.now}"
