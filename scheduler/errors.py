"""The ways the core says no."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: a code that `wording` has a sentence for, and where it stands.

    `field` names the form field or column, `row` the line of a file as a spreadsheet counts it
    (the head is row 1). `facts` fill the gaps of the sentence.
    """

    code: str
    field: str | None = None
    row: int | None = None
    facts: Mapping[str, object] = dataclasses.field(default_factory=dict)


class Refusal(Exception):
    """A no that the reader is told in a sentence. Anything else that is raised is our own bug."""

    def __init__(self, code: str, /, *, field: str | None = None, **facts: object) -> None:
        super().__init__(code)
        self.problems: tuple[Problem, ...] = (Problem(code, field, None, facts),)

    @classmethod
    def of(cls, problems: Sequence[Problem]) -> Self:
        """A refusal that lists every problem, not only the first."""
        refusal = cls(problems[0].code)
        refusal.problems = tuple(problems)
        return refusal

    @property
    def code(self) -> str:
        """The first problem's code."""
        return self.problems[0].code


class NotFound(Refusal):
    """There is no such thing, or the reader may not know that there is (404)."""


class NotAllowed(Refusal):
    """The reader may not do this (403)."""


class Invalid(Refusal):
    """What was given is wrong: one problem, or all that were found (422)."""


class Conflict(Refusal):
    """It was right when it was asked, but something else stands in its way (409)."""


class TooMany(Refusal):
    """It was tried too often: `seconds` to wait are among the facts (429)."""


class Unavailable(Refusal):
    """The database is missing, damaged or cannot be written: nothing was saved (503)."""


class Busy(Unavailable):
    """Another writer held the database for too long: nothing was saved (503)."""


class Full(Unavailable):
    """There is no room left on the disk: nothing was saved (507)."""
