"""What a briefing is made of: sentences of texts and figures."""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass

from scheduler.tallies import Question
from scheduler.wording import Lang


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as it stands in the sentence, and what it opens into.

    `opens`: trips, people or sessions (the trips of `question`, listed by that), absent (its no-show rates), quotas
    (the board), targets (the units' progress) or waiting (the shifts to confirm).
    """

    text: str
    opens: str
    question: Question


Piece = str | Figure
Sentence = tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Briefing:
    """A paragraph about a period and a unit."""

    question: Question
    lang: Lang
    unit: str
    period: str
    sentences: tuple[Sentence, ...]

    @property
    def text(self) -> str:
        """The paragraph as plain text, as it is pasted elsewhere."""
        joined = ("".join(piece if isinstance(piece, str) else piece.text for piece in line) for line in self.sentences)
        return ("" if self.lang == "zh" else " ").join(joined)

    @property
    def figures(self) -> list[Figure]:
        """Every number of it, in the order of the text."""
        return [piece for line in self.sentences for piece in line if isinstance(piece, Figure)]


def filled(template: str, gaps: Mapping[str, Piece | Sentence]) -> Sentence:
    """A template's pieces, its gaps filled; texts that touch are joined."""
    pieces: list[Piece] = []
    for text, gap, _, _ in string.Formatter().parse(template):
        held: Piece | Sentence = gaps[gap] if gap else ""
        for piece in (text, *(held if isinstance(held, tuple) else (held,))):
            if isinstance(piece, str) and pieces and isinstance(last := pieces[-1], str):
                pieces[-1] = last + piece
            elif piece:
                pieces.append(piece)
    return tuple(pieces)
