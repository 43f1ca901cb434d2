"""Read one .xlsx from standard input, as a process of its own: its rows as JSON on standard output.

A sheet is laid out whole in memory before a row of it can be seen: two cells in far corners of a file of 3 KB ask for
400 GB, and the reader then aborts its process. So it is not ours: memory and time are bounded, and only it dies.
Run by its path (it imports nothing of ours): MOST_ROWS.
"""

from __future__ import annotations

import json
import resource
import sys
from datetime import date, datetime, time
from io import BytesIO
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

MEMORY = 1 << 30  # 20,000 rows of a staff list take about 100 MB
SECONDS = 20  # and half a second


def document(content: bytes, most_rows: int) -> dict[str, Any]:
    """The names of the visible sheets that hold anything, and the rows of the only one: [[number, cells], ...].

    Cells are text, numbers, true and false; a date stands as {"date": "2026-03-02"}. Empty rows are left out;
    reading stops behind `most_rows`.
    """
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    visible = [sheet.name for sheet in book.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible]
    filled = [sheet for sheet in map(book.get_sheet_by_name, visible) if sheet.end]
    names = [sheet.name for sheet in filled]
    return {"sheets": names, "rows": _rows(filled[0], most_rows) if len(filled) == 1 else []}


def _rows(sheet: CalamineSheet, most_rows: int) -> list[list[Any]]:
    found: list[list[Any]] = []
    merged = _merged(sheet)
    values: dict[tuple[int, int], Any] = {}
    for index, cells in enumerate(sheet.to_python(skip_empty_area=False)):
        plain = [_plain(cell) for cell in cells]
        for column, start in merged.get(index, {}).items():
            if (index, column) == start:
                values[start] = plain[column]
            elif column < len(plain):
                plain[column] = values.get(start, "")
        if any(cell != "" for cell in plain):
            found.append([index + 1, plain])
        if len(found) > most_rows:
            break
    return found


def _merged(sheet: CalamineSheet) -> dict[int, dict[int, tuple[int, int]]]:
    """Row → column → the cell whose value is meant there: a department is often written once beside its people."""
    meant: dict[int, dict[int, tuple[int, int]]] = {}
    lowest, rightmost = sheet.end or (0, 0)  # a merged range may go on to the sheet's last row
    for first, last in sheet.merged_cell_ranges or ():
        for row in range(first[0], min(last[0], lowest) + 1):
            for column in range(first[1], min(last[1], rightmost) + 1):
                meant.setdefault(row, {})[column] = first
    return meant


def _plain(cell: Any) -> Any:
    if isinstance(cell, datetime) and cell.time() == time(0):
        return {"date": cell.date().isoformat()}
    if isinstance(cell, date) and not isinstance(cell, datetime):
        return {"date": cell.isoformat()}
    return cell if isinstance(cell, (str, float, int)) else str(cell)


def main() -> None:
    """Bound this process, then read; exit status 3 for a file that is broken."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    try:
        read = document(sys.stdin.buffer.read(), int(sys.argv[1]))
    except CalamineError as error:
        sys.stderr.write(str(error))
        sys.exit(3)
    json.dump(read, sys.stdout, ensure_ascii=False)


if __name__ == "__main__":
    main()
