"""Read one .xlsx from standard input, as a process of its own: its sheets as JSON on standard output.

Only the parts that say something are read, as a stream and with bounds on rows, cells, text and time, by a parser that
knows no entities: a hostile file ends this process, and only this one. What no fast reader tells is read here: hidden
sheets, rows and columns, crossed-out text, formulas. Run by its folder's path, with MOST_ROWS; it imports
only what lies beside it.
"""

from __future__ import annotations

import json
import posixpath
import re
import resource
import sys
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any
from xml.parsers import expat

from parts import (  # type: ignore[import-not-found]
    BROKEN,
    MOST_CELLS,
    MOST_TEXT,
    TOO_MANY_ROWS,
    TOO_MUCH,
    Shared,
    Stop,
    Styles,
    parse,
)

MEMORY = 1 << 30
SECONDS = 40  # of work; 100,000 rows of a staff list take about 4
MOST_COLUMNS = 1_000
MOST_MERGED = 20_000
MOST_SHEETS = 100

CELL = re.compile(r"([A-Z]{1,3})(\d{1,7})")
FIRST_DAY, FIRST_DAY_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001 a spreadsheet knows no zone
LATEST_SERIAL = 2_958_465  # 9999-12-31


class Sheet:
    """One sheet as it is read: rows of cells, and what is known beside them."""

    def __init__(self, shared: Shared, styles: Styles, base: datetime, most_rows: int) -> None:
        self.shared, self.styles, self.base, self.most = shared, styles, base, most_rows
        self.inline = Shared()
        self.rows: list[list[Any]] = []
        self.number, self.column, self.cells, self.total = 0, -1, [], 0  # type: ignore[var-annotated]
        self.kind, self.style, self.value, self.is_formula = "n", 0, "", False
        self.is_text = False
        self.marks: dict[str, list[Any]] = {name: [] for name in ("hidden_rows", "hidden_columns", "merged")}
        self.marks |= {"struck": [], "errors": [], "formulas": []}

    def start(self, tag: str, given: dict[str, str], text: list[str]) -> None:
        """Rows, cells, and what stands in them."""
        if tag == "c":
            self._cell(given)
        elif tag == "v":
            text.clear()
        elif tag == "f":
            self.is_formula = True
        elif tag == "row":
            self._row(given)
        elif tag in ("is", "r", "strike", "rPh", "t"):
            self.inline.start(tag, given, text)
            self.is_text = True
        elif tag == "mergeCell":
            self._merged(given["ref"])
        elif tag == "col" and given.get("hidden") in ("1", "true"):
            first, last = int(given["min"]), min(int(given["max"]), MOST_COLUMNS)
            self.marks["hidden_columns"] += range(first - 1, last)

    def end(self, tag: str, text: list[str]) -> None:
        """A cell or a row is whole."""
        if tag == "v":
            self.value = "".join(text)
        elif tag == "c":
            self._put()
        elif tag == "row":
            if any(cell != "" for cell in self.cells):
                self.rows.append([self.number, self.cells])
                if len(self.rows) > self.most:
                    raise Stop(TOO_MANY_ROWS)
        elif tag in ("is", "r", "rPh", "t"):
            self.inline.end(tag, text)

    def _row(self, given: dict[str, str]) -> None:
        self.number = int(given.get("r", self.number + 1))
        self.column, self.cells = -1, []
        if given.get("hidden") in ("1", "true") and len(self.marks["hidden_rows"]) < MOST_CELLS:
            self.marks["hidden_rows"].append(self.number)

    def _cell(self, given: dict[str, str]) -> None:
        place = CELL.fullmatch(given.get("r", ""))
        self.column = _column(place[1]) if place else self.column + 1
        self.kind, self.style = given.get("t", "n"), int(given.get("s", 0))
        self.value, self.is_formula, self.is_text = "", False, False

    def _put(self) -> None:
        self.total += 1
        shown, struck = self._shown()
        here = [self.number, self.column]
        if struck.strip():
            self.marks["struck"].append([*here, struck])
        if self.kind == "e" and self.value:
            self.marks["errors"].append([*here, self.value])
        if self.is_formula:
            self.marks["formulas"].append(here)
        if shown == "" or shown is None:
            if self.total > MOST_CELLS:
                raise Stop(TOO_MUCH)
            return
        gap = self.column - len(self.cells)
        self.total += max(gap, 0)
        if self.column >= MOST_COLUMNS or self.total > MOST_CELLS:
            raise Stop(TOO_MUCH)
        if isinstance(shown, str) and len(shown) > MOST_TEXT:
            raise Stop(TOO_MUCH)
        self.cells += [""] * gap
        if gap >= 0:
            self.cells.append(shown)

    def _shown(self) -> tuple[Any, str]:
        """What the cell holds, and what is crossed out of it."""
        struck = ""
        if self.kind == "s" and self.value:
            at = int(self.value)
            if not 0 <= at < len(self.shared.texts):
                raise Stop(BROKEN)
            shown, struck = self.shared.texts[at]
        elif self.kind == "inlineStr" or (self.is_text and not self.value):
            shown, struck = self.inline.whole()
        elif self.kind in ("str", "e", "d"):
            shown = self.value
        elif self.kind == "b":
            return (self.value in ("1", "true"), "") if self.value else ("", "")
        else:
            return self._number()
        if self.style < len(self.styles.struck) and self.styles.struck[self.style]:
            return "", shown + struck
        return shown, struck

    def _number(self) -> tuple[Any, str]:
        if not self.value:
            return "", ""
        number: Any = float(self.value)
        if self.style < len(self.styles.dated) and self.styles.dated[self.style] and 1 <= number < LATEST_SERIAL:
            at = self.base + timedelta(seconds=round(number * 86_400))
            number = {"date": at.date().isoformat()} if not (at.hour or at.minute or at.second) else str(at)
        if self.style < len(self.styles.struck) and self.styles.struck[self.style]:
            return "", self.value
        return number, ""

    def _merged(self, ref: str) -> None:
        corners = [CELL.fullmatch(corner) for corner in ref.split(":")]
        if len(corners) == 2 and corners[0] and corners[1] and len(self.marks["merged"]) < MOST_MERGED:
            first, last = corners[0], corners[1]
            self.marks["merged"].append([int(first[2]), _column(first[1]), int(last[2]), _column(last[1])])


def _column(letters: str) -> int:
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return column - 1


def sheets_of(packed: zipfile.ZipFile) -> tuple[list[tuple[str, bool, str]], datetime]:
    """Name, whether hidden, and part of each sheet; and the day that serial numbers count from."""
    parts: dict[str, str] = {}
    named: list[tuple[str, bool, str]] = []
    base = [FIRST_DAY]

    def relation(tag: str, given: dict[str, str], _: list[str]) -> None:
        if tag == "Relationship" and given.get("Type", "").endswith("/worksheet"):
            target = given["Target"]
            parts[given["Id"]] = posixpath.normpath(target[1:] if target.startswith("/") else f"xl/{target}")

    def sheet(tag: str, given: dict[str, str], _: list[str]) -> None:
        if tag == "workbookPr" and given.get("date1904") in ("1", "true"):
            base[0] = FIRST_DAY_1904
        elif tag == "sheet":
            found = next((held for name, held in given.items() if name.endswith(" id")), "")
            if found in parts and len(named) < MOST_SHEETS:
                named.append((given.get("name", ""), given.get("state", "visible") != "visible", parts[found]))

    parse(packed, "xl/_rels/workbook.xml.rels", relation, lambda *_: None)
    parse(packed, "xl/workbook.xml", sheet, lambda *_: None)
    return named, base[0]


def document(content: bytes, most_rows: int) -> Iterator[dict[str, Any]]:
    """Each sheet with its rows, [[number, cells], ...] without the empty ones; a hidden one by its name alone.

    Cells are text, numbers, true and false; a date stands as {"date": "2026-03-02"}. Rows are counted from 1, columns
    from 0. Crossed-out text is taken out of the cells and told beside them.
    """
    with zipfile.ZipFile(BytesIO(content)) as packed:
        names = set(packed.namelist())
        named, base = sheets_of(packed)
        shared, styles = Shared(), Styles()
        for part, reader in (("xl/sharedStrings.xml", shared), ("xl/styles.xml", styles)):
            if part in names:
                parse(packed, part, reader.start, reader.end)
        for name, is_hidden, part in named:
            sheet = Sheet(shared, styles, base, 0 if is_hidden else most_rows)
            try:
                parse(packed, part, sheet.start, sheet.end)
            except Stop as stop:
                if not (is_hidden and stop.args[0] == TOO_MANY_ROWS):
                    raise
            yield {"name": name, "hidden": is_hidden, "filled": bool(sheet.rows), "rows": sheet.rows, **sheet.marks}


def main() -> None:
    """Bound this process, then read; exit status 3 for a file that is broken, 4 and 5 for one that is too much."""
    for kind, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS)):
        held = resource.getrlimit(kind)[1]  # whoever asks may be bound tighter, and nobody may widen that
        least = most if held == resource.RLIM_INFINITY else min(most, held)
        resource.setrlimit(kind, (least, least))
    try:
        for sheet in document(sys.stdin.buffer.read(), int(sys.argv[1])):
            sys.stdout.write(json.dumps(sheet, ensure_ascii=False, separators=(",", ":")) + "\n")
    except Stop as stop:
        sys.exit(int(stop.args[0]))
    except (
        expat.ExpatError,
        zipfile.BadZipFile,
        KeyError,
        ValueError,
        OverflowError,
        OSError,
        NotImplementedError,
        RuntimeError,
        EOFError,
    ) as error:
        sys.stderr.write(type(error).__name__)
        sys.exit(BROKEN)


if __name__ == "__main__":
    main()
