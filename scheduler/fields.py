"""What a field may hold: lengths, characters, choices, dates in order."""

from __future__ import annotations

import unicodedata
from collections.abc import Container
from datetime import date

from scheduler.errors import Problem

INVISIBLE = {"Cc", "Cf", "Cs"}  # controls, bidirectional overrides and zero-width marks, broken surrogates
LINE_BREAKS = "\r\n\t"


def text(field: str, given: str, *, most: int, required: bool = False, lines: bool = False) -> list[Problem]:
    """What is wrong with a text: missing, too long, or holding what cannot be seen. `lines` allows line breaks."""
    if required and not given.strip():
        return [Problem("required", field)]
    if len(given) > most:
        return [Problem("too_long", field, facts={"most": most})]
    allowed = LINE_BREAKS if lines else ""
    if not given.isprintable() and any(unicodedata.category(m) in INVISIBLE and m not in allowed for m in given):
        return [Problem("bad_characters", field)]
    return []


def choice(field: str, given: object, choices: Container[object]) -> list[Problem]:
    """What is wrong with a word that has to be one of a few."""
    return [] if given in choices else [Problem("bad_choice", field, facts={"text": given})]


def number(field: str, given: int, low: int, high: int) -> list[Problem]:
    """What is wrong with a number that has to lie from low to high."""
    return [] if low <= given <= high else [Problem("out_of_range", field, facts={"low": low, "high": high})]


def dates(field: str, first: date, last: date | None) -> list[Problem]:
    """What is wrong with a last day: it may be open, but not before the first."""
    return [Problem("end_before_start", field)] if last is not None and last < first else []
