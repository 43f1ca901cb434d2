"""The built-in text of every kind of message that an administrator may put in other words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from scheduler.wording.messages import (
    between_people,
    leave,
    mailed,
    open_duties,
    problems,
    second_person,
    to_people,
    to_those_in_charge,
)


@dataclass(frozen=True, slots=True)
class Text:
    """One kind of message: the gaps that it may have, those that its body must have, and both languages."""

    gaps: tuple[str, ...]
    needs: tuple[str, ...]
    zh: tuple[str, str]
    en: tuple[str, str]

    def of(self, lang: Literal["zh", "en"]) -> tuple[str, str]:
        """The subject and the body in a language."""
        return self.zh if lang == "zh" else self.en


def _text(gaps: str, needs: str, zh: tuple[str, str], en: tuple[str, str]) -> Text:
    return Text(tuple(gaps.split()), tuple(needs.split()), zh, en)


PARTS = (
    to_people.TEXTS,
    between_people.TEXTS,
    open_duties.TEXTS,
    leave.TEXTS,
    problems.TEXTS,
    second_person.TEXTS,
    to_those_in_charge.TEXTS,
    mailed.TEXTS,
)
TEXTS: dict[str, Text] = {kind: _text(*parts) for part in PARTS for kind, parts in part.items()}
