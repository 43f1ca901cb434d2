"""A file that somebody brought, as numbered lines of cells, or a refusal of the whole file in words."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scheduler.errors import Invalid

MOST_ROWS = 100_000
MOST_ABOVE = 20  # lines that may stand over the head: titles, dates, who compiled it
MOST_CELLS = 16_384  # of a line: as many as a spreadsheet has columns
MOST_UNPACKED = 150 * 1024 * 1024
MOST_RATIO, RATIO_MATTERS = 200, 8 * 1024 * 1024  # a real sheet packs to a tenth or so; a bomb to a thousandth
READER = Path(__file__).with_name("workbook")
READER_SECONDS = 60  # the reader bounds its own time at 20 s of work; this is for a machine that is busy

OLE = bytes.fromhex("D0CF11E0A1B11AE1")  # .xls, .et and what Office encrypts
BYTE_ORDER_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
UTF8_CHINESE = re.compile(rb"(?:[\xe4-\xe9][\x80-\xbf]{2}){2}")
TEXT_SUFFIXES = {".csv", ".txt", ".tsv"}
DELIMITERS = (",", "\t", ";")


@dataclass(frozen=True, slots=True)
class Line:
    """One line that is not empty, with its number as a spreadsheet counts it."""

    number: int
    cells: list[Any]


@dataclass(slots=True)
class Sheet:
    """One visible sheet: its lines, and what is known beside their cells. Rows count from 1, columns from 0.

    `merged` are (row, column, last row, last column); a merged cell's text stands in its first cell alone. Text that is
    crossed out stands in no cell, only in `struck`; hidden lines and columns do stand in the lines.
    """

    name: str
    lines: list[Line]
    merged: list[list[int]] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    struck: dict[tuple[int, int], str] = field(default_factory=dict)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    formulas: set[tuple[int, int]] = field(default_factory=set)


@dataclass(slots=True)
class Book:
    """A file's visible sheets, and the names of the hidden ones that hold anything."""

    sheets: list[Sheet]
    hidden: list[str] = field(default_factory=list)


def read_book(content: bytes, filename: str) -> Book:
    """The file's visible sheets that hold anything: at least one. Text is one sheet without a name."""
    if not content.strip():
        raise Invalid("file_is_empty")
    suffix = Path(filename).suffix.lower()
    kind = _kind(content)
    if kind == ".xlsx" and suffix == ".xlsx":
        book = _xlsx_book(content)
    elif kind == "text" and suffix in TEXT_SUFFIXES:
        lines = _csv_lines(_decoded(content))
        book = Book([Sheet("", lines)] if lines else [])
    else:
        raise _wrong_kind(kind, suffix)
    if not book.sheets:
        raise Invalid("file_is_empty")
    return book


def read_sheet(content: bytes | Book, filename: str) -> list[Line]:
    """The lines of the file's only visible sheet, at least one; a merged cell fills its range."""
    return only_lines(content if isinstance(content, Book) else read_book(content, filename))


def only_lines(book: Book) -> list[Line]:
    """The lines of a book's only sheet, hidden ones left out, merged cells filled."""
    if len(book.sheets) > 1:
        raise Invalid("several_sheets", sheets="、".join(sheet.name for sheet in book.sheets))
    sheet = book.sheets[0]
    _fill_merged(sheet)
    lines = [line for line in sheet.lines if line.number not in sheet.hidden_rows] if sheet.hidden_rows else sheet.lines
    if not lines:
        raise Invalid("file_is_empty")
    return lines


def _fill_merged(sheet: Sheet) -> None:
    """A merged cell's text in each cell of its range: a department is often written once beside its people."""
    by_number = {line.number: line.cells for line in sheet.lines} if sheet.merged else {}
    widest = max((len(cells) for cells in by_number.values()), default=0)
    for row, column, last_row, last_column in sheet.merged:
        held = by_number.get(row, [])
        value = held[column] if column < len(held) else ""
        if value == "":
            continue
        for number in range(row, min(last_row, sheet.lines[-1].number) + 1):
            cells = by_number.get(number)
            if cells is None:
                continue
            end = min(last_column + 1, widest)
            cells += [""] * (end - len(cells))
            cells[column:end] = [value] * (end - column)


def _wrong_kind(kind: str, suffix: str) -> Invalid:
    if kind == "encrypted":
        return Invalid("file_has_password")
    if suffix in {".xlsx", *TEXT_SUFFIXES}:
        return Invalid("file_is_not_what_its_name_says", suffix=suffix)
    return Invalid("file_kind_is_not_read", kind=suffix if kind in ("text", "other") else kind)


def _kind(content: bytes) -> str:
    if content.startswith(OLE):
        return "encrypted" if "EncryptedPackage".encode("utf-16-le") in content else ".xls"
    if content.startswith(b"PK\x03\x04"):
        return _zip_kind(content)
    if content.startswith(b"%PDF-"):
        return ".pdf"
    is_text = b"\0" not in content or content.startswith((b"\xff\xfe", b"\xfe\xff"))
    return "text" if is_text else "other"


def _zip_kind(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            entries = packed.infolist()
            unpacked = sum(entry.file_size for entry in entries)
            names = {entry.filename for entry in entries}
    except (zipfile.BadZipFile, ValueError) as error:
        raise Invalid("file_is_broken") from error
    if unpacked > MOST_UNPACKED:
        raise Invalid("file_unpacks_too_large", megabytes=unpacked >> 20, most=MOST_UNPACKED >> 20)
    if any(name.startswith("/") or ".." in name.split("/") for name in names):
        raise Invalid("file_is_broken")
    if any(entry.file_size > max(RATIO_MATTERS, MOST_RATIO * entry.compress_size) for entry in entries):
        raise Invalid("file_takes_too_much")
    marks = {
        "xl/workbook.xml": ".xlsx",
        "xl/workbook.bin": ".xlsb",
        "content.xml": ".ods",
        "word/document.xml": ".docx",
    }
    return next((kind for name, kind in marks.items() if name in names), ".zip")


def _xlsx_book(content: bytes) -> Book:
    # Our own interpreter and a file of ours; the bytes go in by standard input.
    try:
        reader = subprocess.run(  # noqa: S603
            [sys.executable, "-I", str(READER), str(MOST_ROWS + MOST_ABOVE)], input=content, capture_output=True,
            timeout=READER_SECONDS, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise Invalid("file_takes_too_much") from error
    if reader.returncode == 3:
        raise Invalid("file_is_broken")
    if reader.returncode == 5:
        raise Invalid("too_many_rows", most=MOST_ROWS)
    if reader.returncode != 0:
        raise Invalid("file_takes_too_much")
    book = Book([])
    for told in io.BytesIO(reader.stdout):
        read = json.loads(told)
        if read["hidden"] and read["filled"]:
            book.hidden.append(read["name"])
        elif read["filled"] or (read["struck"] and not read["hidden"]):
            book.sheets.append(_sheet(read))
    return book


def _sheet(read: dict[str, Any]) -> Sheet:
    return Sheet(
        read["name"],
        _bounded(Line(number, cells) for number, cells in read["rows"]),
        read["merged"],
        set(read["hidden_rows"]),
        set(read["hidden_columns"]),
        {(row, column): text for row, column, text in read["struck"]},
        {(row, column): text for row, column, text in read["errors"]},
        {(row, column) for row, column in read["formulas"]},
    )


def _decoded(content: bytes) -> str:
    for mark, encoding in BYTE_ORDER_MARKS.items():
        if content.startswith(mark):
            return _decode(content, encoding)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        _refuse_mixed(content)
        return _decode(content, "gb18030")


def _decode(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        row = content.count(b"\n", 0, error.start) + 1
        raise Invalid("encoding_unknown", row=row) from error


def _refuse_mixed(content: bytes) -> None:
    """Refuse a line of UTF-8 in a file that is not: read as GBK it would be plausible nonsense."""
    for number, line in enumerate(content.split(b"\n"), start=1):
        if UTF8_CHINESE.search(line) and _is_utf8(line):
            raise Invalid("encoding_is_mixed", row=number)


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _csv_lines(text: str) -> list[Line]:
    first = "\n".join(text.splitlines()[:20])
    delimiter = max(DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        return _bounded(Line(number, cells) for number, cells in enumerate(reader, start=1))
    except csv.Error as error:
        raise Invalid("csv_is_broken", row=reader.line_num) from error


def _bounded(lines: Iterable[Line]) -> list[Line]:
    filled: list[Line] = []
    for line in lines:
        if len(line.cells) > MOST_CELLS:
            raise Invalid("file_takes_too_much")
        if any(str(cell).strip() for cell in line.cells):
            filled.append(line)
        if len(filled) > MOST_ROWS + MOST_ABOVE:
            raise Invalid("too_many_rows", most=MOST_ROWS)
    return filled
