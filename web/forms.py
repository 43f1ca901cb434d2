"""Forms: read what was sent, keep it, and say at each field what is wrong with it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any, TypeVar, cast

from flask import g, render_template, request
from werkzeug.datastructures import MultiDict

from scheduler import wording
from scheduler.errors import Invalid, Problem, Refusal
from web.errors import status_of

YEARS = range(1900, 2101)
LARGEST_ID = 2**63 - 1
DECIMAL = re.compile(r"[0-9]{1,9}(\.[0-9]{1,2})?")

Word = TypeVar("Word", bound=str)


class Form:
    """One form's values, as sent or as stored, and the problems found in them.

    Reading methods note a problem and give a stand-in, so that one pass finds all of them:
    call `checked()` before the values are used.
    """

    def __init__(self, values: MultiDict[str, str] | None = None) -> None:
        self.values: MultiDict[str, str] = MultiDict() if values is None else values
        self.problems: list[Problem] = []

    @classmethod
    def sent(cls) -> Form:
        """What the browser sent in the body."""
        return cls(request.form)

    @classmethod
    def of(cls, stored: Mapping[str, Any], **more: Any) -> Form:
        """A stored row to begin with. Dates, times, flags and lists are written as fields hold them."""
        pairs = [(name, text) for name, held in {**stored, **more}.items() for text in _field_texts(held)]
        return cls(MultiDict(pairs))

    # what the macros of parts.html show

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")

    def all(self, name: str) -> list[str]:
        """Every value of a field that can be chosen more than once."""
        return self.values.getlist(name)

    def errors(self, name: str) -> list[str]:
        """What is wrong with one field, in the reader's language."""
        return [wording.sentence(problem, g.lang) for problem in self.problems if problem.field == name]

    def summary(self) -> list[tuple[str | None, str]]:
        """Every problem as (field, sentence), those of no field first."""
        told = [(problem.field, wording.sentence(problem, g.lang)) for problem in self.problems]
        return sorted(told, key=lambda pair: pair[0] is not None)

    # reading

    def text(self, name: str, *, most: int = 200, required: bool = False) -> str:
        """One line without leading or trailing blanks, in Unicode's composed form."""
        return self._text(name, self[name], most, required, allowed="")

    def new_password(self) -> str:
        """A password that was typed twice, as it was typed: blanks at its ends belong to it."""
        if self["password"] != self["again"]:
            self.wrong("again", "passwords_differ")
        self.checked()
        return self["password"]

    def lines(self, name: str, *, most: int = 4000, required: bool = False) -> str:
        """Several lines; line ends become \\n."""
        given = self[name].replace("\r\n", "\n").replace("\r", "\n")
        return self._text(name, given, most, required, allowed="\n\t")

    def _text(self, name: str, given: str, most: int, required: bool, allowed: str) -> str:
        text = unicodedata.normalize("NFC", given.strip())
        if any(unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") and letter not in allowed for letter in text):
            self.wrong(name, "bad_characters")
        elif len(text) > most:
            self.wrong(name, "too_long", most=most)
        elif required and not text:
            self.wrong(name, "required")
        return text

    def day(self, name: str) -> date:
        """A required day."""
        return self.day_or_none(name, required=True) or date.min

    def day_or_none(self, name: str, *, required: bool = False) -> date | None:
        """A day, or None where the field is empty. A year that nobody means is refused: a slip of the keys."""
        text = self.text(name, required=required)
        try:
            day = date.fromisoformat(text) if text else None
        except ValueError:
            day = date.min
        if day and day.year not in YEARS:
            self.wrong(name, "bad_date", text=text)
            return None
        return day

    def clock(self, name: str) -> time:
        """A required clock time, `08:30`."""
        text = self.text(name, required=True)
        try:
            return datetime.strptime(text, "%H:%M").time() if text else time.min  # noqa: DTZ007 - a wall clock's
        except ValueError:
            self.wrong(name, "bad_time", text=text)
            return time.min

    def clock_or_none(self, name: str) -> time | None:
        """A clock time, or None where the field is empty."""
        return self.clock(name) if self[name].strip() else None

    def integer(self, name: str, *, low: int, high: int) -> int:
        """A required whole number."""
        found = self.integer_or_none(name, low=low, high=high, required=True)
        return low if found is None else found

    def integer_or_none(self, name: str, *, low: int, high: int, required: bool = False) -> int | None:
        """A whole number, or None where the field is empty."""
        text = self.text(name, required=required)
        if not text:
            return None
        if not (text.isascii() and text.removeprefix("-").isdigit() and len(text) <= 20):
            self.wrong(name, "bad_number", text=text)
            return None
        if not low <= int(text) <= high:
            self.wrong(name, "out_of_range", low=low, high=high)
            return None
        return int(text)

    def decimal(self, name: str) -> float:
        """A required number, `0.1`: what is sound is for the core."""
        text = self.text(name, required=True)
        if text and not DECIMAL.fullmatch(text):
            self.wrong(name, "bad_number", text=text[:60])
            return 0.0
        return float(text or 0)

    def id(self, name: str) -> int:
        """The required id of a row: whether it exists and is the reader's is for the core."""
        return self.integer(name, low=1, high=LARGEST_ID)

    def id_or_none(self, name: str) -> int | None:
        """The id of a row, or None."""
        return self.integer_or_none(name, low=1, high=LARGEST_ID)

    def ids(self, name: str) -> list[int]:
        """The ids of every ticked or chosen row."""
        given = self.all(name)
        if any(not (text.isascii() and text.isdigit() and len(text) <= 18) for text in given):
            self.wrong(name, "bad_choice", text="、".join(given)[:60])
            return []
        return [int(text) for text in given]

    def version(self) -> int:
        """The version of the row that the form was made from."""
        return self.id("version")

    def renew(self, version: int) -> None:
        """Let the next save go over what somebody else saved meanwhile: the reader is being told of it."""
        self.values = MultiDict(self.values)
        self.values["version"] = str(version)

    def choice(self, name: str, among: Sequence[Word]) -> Word:
        """One of the words that are offered."""
        text = self.text(name, required=True)
        if text in among:
            return among[among.index(cast(Word, text))]
        if text:
            self.wrong(name, "bad_choice", text=text[:60])
        return among[0]

    def choices(self, name: str, among: Collection[str]) -> list[str]:
        """Any of the words that are offered."""
        given = self.all(name)
        for text in given:
            if text not in among:
                self.wrong(name, "bad_choice", text=text[:60])
        return given

    def flag(self, name: str) -> bool:
        """Whether a box is ticked."""
        return bool(self[name])

    def wrong(self, name: str | None, code: str, **facts: object) -> None:
        """Note a problem of a field."""
        self.problems.append(Problem(code, name, None, facts))

    def checked(self) -> None:
        """Refuse with every problem found so far."""
        if self.problems:
            raise Invalid.of(self.problems)

    def refused(self, refusal: Refusal, template: str, /, **context: Any) -> tuple[str, int]:
        """The form's page again, with what was typed and what is wrong."""
        self.problems = list(refusal.problems)
        return render_template(template, form=self, **context), status_of(refusal)


def _field_texts(held: Any) -> Iterable[str]:
    if held is None or held is False or held == "":
        return []
    if isinstance(held, (list, tuple, set, frozenset)):
        return [str(part) for part in held]
    if held is True:
        return ["1"]
    if isinstance(held, time):
        return [f"{held:%H:%M}"]
    return [held.isoformat() if isinstance(held, date) else str(held)]
