"""What a list says outside of its columns: the kind of all its leave, the activity of all its counts."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from scheduler.imports import cells
from scheduler.imports.sheets import MOST_ABOVE, Line

SEEN = 300  # lines that tell what a column holds


class Titled(str):
    """A cell that nobody wrote: what a title says of every line."""

    __slots__ = ()


def filled(lines: Sequence[Line], head: Line, word: str, said: str, must: Collection[int]) -> list[Line]:
    """The lines with one more column: its word at the head, and what a title says where the columns hold something."""
    width = max(len(line.cells) for line in lines)
    return [
        _longer(line, width, word if line.number == head.number else Titled(said))
        if line.number == head.number or (line.number > head.number and any(_cell(line, n) for n in must))
        else line
        for line in lines
    ]


def column_of(lines: Sequence[Line], head: Line, taken: Collection[int], words: Collection[str]) -> int | None:
    """The one column beside those that are known that holds nothing but such words; None where there is none."""
    below = [line for line in lines if line.number > head.number][:SEEN]
    found = []
    for column in range(len(head.cells)):
        said = [text for line in below if (text := _cell(line, column))]
        if column not in taken and said and sum(text in words for text in said) >= 0.6 * len(said):
            found.append(column)
    return found[0] if len(found) == 1 else None


def renamed(lines: Sequence[Line], head: Line, column: int, word: str) -> list[Line]:
    """The lines with another word at the head of a column."""
    cells_ = [word if n == column else cell for n, cell in enumerate(head.cells)]
    return [Line(line.number, cells_) if line.number == head.number else line for line in lines]


def head_of(
    lines: Sequence[Line], fields: Mapping[str, Collection[str]], plain: Any
) -> tuple[Line, dict[str, int]] | None:
    """The line whose words name each of the fields, and in which columns; None where none does."""
    for line in lines[:MOST_ABOVE]:
        found = {
            field: column
            for column, cell in reversed(list(enumerate(line.cells)))
            for field, words in fields.items()
            if plain(cell) in words
        }
        if found.keys() == fields.keys():
            return line, found
    return None


def over(lines: Sequence[Line], head: Line) -> str:
    """What the lines over a head say."""
    return " ".join(
        dict.fromkeys(cells.text(cell) for line in lines if line.number < head.number for cell in line.cells)
    )


def _cell(line: Line, column: int) -> str:
    return "".join(cells.text(line.cells[column]).split()) if column < len(line.cells) else ""


def _longer(line: Line, width: int, cell: str) -> Line:
    return Line(line.number, [*line.cells, *[""] * (width - len(line.cells)), cell])
