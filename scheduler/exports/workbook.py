"""A workbook written row by row: however many rows, the memory stays the same."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import chain, islice
from typing import Any

import xlsxwriter

from scheduler.exports.cells import Column, Held, shown
from scheduler.exports.sheets import Sheet
from scheduler.exports.targets import Target
from scheduler.wording import Lang

FORMATS: dict[str, dict[str, object]] = {
    "head": {"bold": True, "bg_color": "#F7F8FA", "bottom": 1, "bottom_color": "#C8CED7", "valign": "vcenter"},
    "text": {},
    "count": {"num_format": "#,##0"},
    "hours": {"num_format": "#,##0.0"},
    "ratio": {"num_format": "#,##0.0"},
    "share": {"num_format": "0.0%"},
    "day": {"num_format": "yyyy-mm-dd", "align": "left"},
    "moment": {"num_format": "yyyy-mm-dd hh:mm", "align": "left"},
    "total": {"bold": True, "top": 1, "top_color": "#C8CED7"},
}
ROWS_MOST = 1_048_574  # of a sheet, between its head and a total
ROWS_TO_PRINT = (0, 0)  # the head, on every printed page


class Workbook:
    """Sheets, one after the other, each from its first row to its last."""

    def __init__(self, lang: Lang, target: Target | None = None) -> None:
        self.lang = lang
        self._bytes = io.BytesIO()
        self._book = xlsxwriter.Workbook(
            target.file if target else self._bytes,
            {
                "constant_memory": True,
                "tmpdir": target.folder if target else None,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
            },
        )
        self._formats = {name: self._book.add_format(look) for name, look in FORMATS.items()}
        self._totals = {name: self._book.add_format(FORMATS[name] | FORMATS["total"]) for name in FORMATS}

    def table(self, name: str, columns: Sequence[Column], found: Iterable[Any], total: Any = None) -> None:
        """A sheet with a head that stays in sight, a filter, and the total where there is one.

        What no longer fits on it goes on on the next, `name 2`.
        """
        rest, number, is_done = iter(found), 1, False
        while not is_done:
            sheet = self._headed(name if number == 1 else f"{name} {number}", columns)
            line = sheet.put_rows(columns, islice(rest, ROWS_MOST), self.lang, self._formats)
            after = next(rest, None) if line == ROWS_MOST else None
            rest, number, is_done = chain([after], rest), number + 1, after is None
            sheet.autofilter(0, 0, max(line, 1), len(columns) - 1)
        if total is not None:
            self._row(sheet, line + 1, columns, total, self._totals)

    def _headed(self, name: str, columns: Sequence[Column]) -> Sheet:
        """An empty sheet with its head."""
        sheet: Sheet = self._book.add_worksheet(name, worksheet_class=Sheet)
        sheet.freeze_panes(1, 0)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(*ROWS_TO_PRINT)
        for number, column in enumerate(columns):
            sheet.set_column(number, number, column.width)
            sheet.write_string(0, number, column.head(self.lang), self._formats["head"])
        return sheet

    def facts(self, name: str, pairs: Iterable[tuple[str, Held]]) -> None:
        """A sheet of two columns: what, and its value."""
        sheet = self._book.add_worksheet(name)
        sheet.set_column(0, 0, 24)
        sheet.set_column(1, 1, 90)
        for line, (what, held) in enumerate(pairs):
            sheet.write_string(line, 0, shown(what), self._formats["head"])
            _put(sheet, line, 1, held, self._formats["moment" if isinstance(held, datetime) else "text"])

    def end(self) -> None:
        """Write what is still to be written: the file is whole."""
        self._book.close()

    def content(self) -> bytes:
        """The finished file, of a book in memory."""
        self.end()
        return self._bytes.getvalue()

    def _row(self, sheet: Any, line: int, columns: Sequence[Column], row: Any, looks: dict[str, Any]) -> None:
        for number, column in enumerate(columns):
            _put(sheet, line, number, column.held(row, self.lang), looks[column.kind])


def _put(sheet: Any, line: int, number: int, held: Held, look: Any) -> None:
    if held is None:
        sheet.write_blank(line, number, None, look)
    elif isinstance(held, (datetime, date)):
        sheet.write_datetime(line, number, held, look)
    elif isinstance(held, (int, float)):
        sheet.write_number(line, number, held, look)
    else:
        sheet.write_string(line, number, shown(held), look)
