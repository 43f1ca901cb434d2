"""Cells that a spreadsheet shows and never runs."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from scheduler.wording import Lang
from scheduler.wording.plain import one_line

Held = str | int | float | date | datetime | None
Kind = Literal["text", "count", "hours", "ratio", "share", "day", "moment"]

# What Excel, WPS and LibreOffice take for the beginning of a formula, also in full width (OWASP, "CSV Injection").
FORMULA_BEGINS = tuple("=+-@\t\r\n＝＋－＠")
NOT_IN_XML = re.compile("[\ufffe\uffff]")  # XML 1.0, 2.2: one of them makes the whole workbook unreadable


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a sheet: its head in both languages, its width in characters, what it shows of a row."""

    chinese: str
    english: str
    width: int
    held: Callable[[Any, Lang], Held]
    kind: Kind = "text"

    def head(self, lang: Lang) -> str:
        """The column's name."""
        return self.chinese if lang == "zh" else self.english


def shown(text: object) -> str:
    """A text on one line, without what cannot be seen."""
    return NOT_IN_XML.sub("", one_line(str(text)))


def harmless(text: object) -> str:
    """The same for CSV: an apostrophe goes before what a spreadsheet would take for a formula."""
    line = shown(text)
    return f"'{line}" if line.startswith(FORMULA_BEGINS) else line


def as_csv(held: Held) -> str | int | float:
    """What stands in a CSV cell: texts harmless, numbers as they are, dates as 2026-03-02."""
    if held is None:
        return ""
    if isinstance(held, (int, float)):
        return held
    if isinstance(held, datetime):
        return f"{held:%Y-%m-%d %H:%M}"
    return held.isoformat() if isinstance(held, date) else harmless(held)
