"""The parts of a workbook beside its sheets, as a stream: texts, crossed out or not, and styles, dates or not."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from xml.parsers import expat

MOST_CELLS = 6_000_000
MOST_TEXT = 32_767  # what Excel itself puts into a cell
MOST_FORMATS = 20_000
BROKEN, TOO_MUCH, TOO_MANY_ROWS = 3, 4, 5

DATE_FORMATS = {14, 15, 16, 17, 22, *range(27, 37), *range(50, 59)}
NOT_A_FORMAT = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')


class Stop(Exception):
    """Ends the reading with this exit status."""


def parse(packed: zipfile.ZipFile, name: str, start: Callable[..., None], end: Callable[..., None]) -> list[str]:
    """Stream one part through expat; gives the list that gathers the text between two events."""
    text: list[str] = []
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = lambda tag, given: start(tag.rpartition(" ")[2], given, text)
    parser.EndElementHandler = lambda tag: end(tag.rpartition(" ")[2], text)
    parser.CharacterDataHandler = text.append

    def refuse(*_: object) -> None:
        raise Stop(BROKEN)

    parser.StartDoctypeDeclHandler = refuse  # no entity is ever declared, inner or outer
    with packed.open(name) as part:
        while piece := part.read(1 << 18):
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    return text


class Shared:
    """The shared texts: each what is not crossed out, and what is."""

    def __init__(self) -> None:
        self.texts: list[tuple[str, str]] = []
        self.kept: list[str] = []
        self.struck: list[str] = []
        self.is_struck = self.is_phonetic = self.in_run = False

    def start(self, tag: str, given: dict[str, str], text: list[str]) -> None:
        """A text, a run, or how a run looks."""
        if tag in ("si", "is"):
            self.kept, self.struck, self.is_struck = [], [], False
        elif tag == "r":
            self.is_struck = False
        elif tag == "strike":
            self.is_struck = given.get("val", "1") not in ("0", "false")
        elif tag == "rPh":
            self.is_phonetic = True
        elif tag == "t":
            text.clear()

    def end(self, tag: str, text: list[str]) -> None:
        """A run's text, or the whole of one."""
        if tag == "t" and not self.is_phonetic:
            (self.struck if self.is_struck else self.kept).append("".join(text))
        elif tag == "rPh":
            self.is_phonetic = False
        elif tag == "r":
            self.is_struck = False
        elif tag == "si":
            if len(self.texts) >= MOST_CELLS:
                raise Stop(TOO_MUCH)
            self.texts.append(self.whole())

    def whole(self) -> tuple[str, str]:
        """What stands there, and what is crossed out of it."""
        return "".join(self.kept)[: MOST_TEXT + 1], "".join(self.struck)[:MOST_TEXT]


class Styles:
    """For each style of a cell: whether a number is a date, and whether it is crossed out."""

    def __init__(self) -> None:
        self.formats: dict[int, str] = {}
        self.fonts: list[bool] = []
        self.dated: list[bool] = []
        self.struck: list[bool] = []
        self.inside: list[str] = []

    def start(self, tag: str, given: dict[str, str], text: list[str]) -> None:
        """A number format, a font, a style."""
        self.inside.append(tag)
        if tag == "numFmt" and len(self.formats) < MOST_FORMATS:
            self.formats[int(given["numFmtId"])] = given.get("formatCode", "")
        elif tag == "font" and self.inside[-2:-1] == ["fonts"]:
            self.fonts.append(False)
        elif tag == "strike" and "fonts" in self.inside and self.fonts:
            self.fonts[-1] = given.get("val", "1") not in ("0", "false")
        elif tag == "xf" and self.inside[-2:-1] == ["cellXfs"]:
            font, number = int(given.get("fontId", 0)), int(given.get("numFmtId", 0))
            self.struck.append(font < len(self.fonts) and self.fonts[font])
            self.dated.append(number in DATE_FORMATS or self._is_date(self.formats.get(number, "")))

    def end(self, tag: str, text: list[str]) -> None:
        """Out of an element."""
        self.inside.pop()

    @staticmethod
    def _is_date(code: str) -> bool:
        plain = NOT_A_FORMAT.sub("", code.split(";")[0]).lower()
        return any(letter in plain for letter in "yd") or ("m" in plain and "h" not in plain and "s" not in plain)
