"""A list as an example: its head and one row, as a workbook or as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence

from scheduler.database import Row
from scheduler.exports.cells import Column
from scheduler.exports.tallies import BOM
from scheduler.exports.workbook import Workbook
from scheduler.wording import Lang


def sample(suffix: str, head: Sequence[str], row: Sequence[str], *, lang: Lang) -> bytes:
    """The file's bytes; every cell is text, so that numbers keep their zeros."""
    if suffix == "csv":
        text = io.StringIO(BOM, newline="")
        text.seek(0, io.SEEK_END)
        csv.writer(text).writerows([head, row])
        return text.getvalue().encode()
    book = Workbook(lang)
    columns = tuple(Column(name, name, max(12, 2 * len(name) + 4), _cell(at)) for at, name in enumerate(head))
    book.table("示例" if lang == "zh" else "Example", columns, [{"cells": list(row)}])
    return book.content()


def _cell(at: int) -> Callable[[Row, Lang], str]:
    def held(row: Row, _: Lang) -> str:
        return str(row["cells"][at])

    return held
