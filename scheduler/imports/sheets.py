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
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scheduler.errors import Invalid

MOST_ROWS = 20_000
MOST_ABOVE = 20  # lines that may stand over the head: titles, dates, who compiled it
MOST_UNPACKED = 50 * 1024 * 1024
READER = Path(__file__).with_name("workbook.py")
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


def read_sheet(content: bytes, filename: str) -> list[Line]:
    """The file's lines, those that are not empty: at least one."""
    if not content.strip():
        raise Invalid("file_is_empty")
    suffix = Path(filename).suffix.lower()
    kind = _kind(content)
    if kind == ".xlsx" and suffix == ".xlsx":
        lines = _xlsx_lines(content)
    elif kind == "text" and suffix in TEXT_SUFFIXES:
        lines = _csv_lines(_decoded(content))
    else:
        raise _wrong_kind(kind, suffix)
    if not lines:
        raise Invalid("file_is_empty")
    return lines


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
            unpacked = sum(entry.file_size for entry in packed.infolist())
            names = set(packed.namelist())
    except (zipfile.BadZipFile, ValueError) as error:
        raise Invalid("file_is_broken") from error
    if unpacked > MOST_UNPACKED:
        raise Invalid("file_unpacks_too_large", megabytes=unpacked >> 20, most=MOST_UNPACKED >> 20)
    marks = {
        "xl/workbook.xml": ".xlsx",
        "xl/workbook.bin": ".xlsb",
        "content.xml": ".ods",
        "word/document.xml": ".docx",
    }
    return next((kind for name, kind in marks.items() if name in names), ".zip")


def _xlsx_lines(content: bytes) -> list[Line]:
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
    if reader.returncode != 0:
        raise Invalid("file_takes_too_much")
    read = json.loads(reader.stdout)
    if len(read["sheets"]) > 1:
        raise Invalid("several_sheets", sheets="、".join(read["sheets"]))
    return _bounded(Line(number, cells) for number, cells in read["rows"])


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
        if any(str(cell).strip() for cell in line.cells):
            filled.append(line)
        if len(filled) > MOST_ROWS + MOST_ABOVE:
            raise Invalid("too_many_rows", most=MOST_ROWS)
    return filled
