"""One question to the ledger: rows, columns, measures, and the part that it is asked of; its address holds it whole."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, cast

from scheduler.errors import Invalid, Problem
from scheduler.tallies import periods
from scheduler.tallies.cuts import NONE, SOURCES, Cut
from scheduler.tallies.words import DIMENSIONS, MEASURES, TIMES

OWN = "own"  # the period that is given by two dates
ROLES = ("head", "deputy", "staff")
DAY_KINDS = ("workday", "rest")
USUAL = ("trips", "people", "sessions", "hours")
# field → its name in an address
FILTERS = {
    "within": "unit",
    "unit_id": "alone",
    "person_id": "person",
    "place_id": "place",
    "community_id": "community",
    "activity": "activity",
    "task": "task",
    "role": "role",
    "party": "party",
    "day_kind": "days",
    "weekday": "weekday",
    "source": "source",
}
TASK_MOST = 200


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: by what the lines (up to two dimensions) and the columns are told apart, which measures, of what.

    `level` gathers units to those so many levels below `within` (0: `within` itself, 1: the next below
    it …); without it each unit stands for itself alone. The other fields are those of a `Cut`.
    """

    first: date
    last: date
    rows: tuple[str, ...] = ("unit",)
    columns: str | None = None
    measures: tuple[str, ...] = USUAL
    level: int | None = None
    within: int | None = None
    unit_id: int | None = None
    person_id: int | None = None
    place_id: int | None = None
    community_id: int | None = None
    activity: str | None = None
    task: str | None = None
    role: str | None = None
    party: bool | None = None
    day_kind: str | None = None
    weekday: int | None = None
    source: str | None = None

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Rows and columns."""
        return (*self.rows, self.columns) if self.columns else self.rows

    @property
    def cut(self) -> Cut:
        """The part of the ledger that it is asked of, for `trips`, `total` and the others."""
        named = {name: held for name in FILTERS if (held := getattr(self, name)) is not None}
        return cast(Cut, {"first": self.first, "last": self.last, **named})

    @property
    def period(self) -> str:
        """`2026`, `2026Q4`, `2026-12`, or `own`."""
        return periods.period_text(self.first, self.last) or OWN

    @classmethod
    def from_args(cls, args: Mapping[str, str], *, today: date) -> Question:
        """The question that an address holds; this year where it names no period. Refused field by field."""
        reader = _Reader(args)
        first, last = reader.days(today)
        rows = reader.words("rows" if "rows" in args else "by", DIMENSIONS, most=2, usual=("unit",))
        columns = reader.word("columns", DIMENSIONS)
        measures = reader.words("measures", MEASURES, most=len(MEASURES), usual=USUAL)
        if columns in rows or len(set(rows)) < len(rows):
            reader.problems.append(Problem("dimension_twice", "columns" if columns in rows else "rows"))
        asked = cls(
            first=first,
            last=last,
            rows=rows,
            columns=columns,
            measures=measures or USUAL,
            level=reader.number("level", 0, 20),
            **reader.filters(),
        )
        if reader.problems:
            raise Invalid.of(reader.problems)
        return asked

    def to_args(self) -> dict[str, str]:
        """Its address's arguments, in a fixed order; what is as usual is left out."""
        args = self.filter_args()
        if self.rows != ("unit",):
            args["rows"] = ",".join(self.rows) or NONE
        if self.columns:
            args["columns"] = self.columns
        if self.measures != USUAL:
            args["measures"] = ",".join(self.measures)
        if self.level is not None:
            args["level"] = str(self.level)
        return args

    def filter_args(self) -> dict[str, str]:
        """The period and filters alone: the address of the trips that it is asked of."""
        args = {"period": self.period}
        if args["period"] == OWN:
            args |= {"first": self.first.isoformat(), "last": self.last.isoformat()}
        for field, name in FILTERS.items():
            held = getattr(self, field)
            if held is not None:
                args[name] = _text(field, held)
        return args

    def narrowed(self, dimension: str, key: Any, *, alone: bool = False) -> Question:
        """The same of one row or column only: of those trips that its figure is made of."""
        if dimension in TIMES:
            first, last = periods.days_of(dimension, key)
            return replace(self, first=max(first, self.first), last=min(last, self.last))
        if dimension == "unit":
            return replace(self, unit_id=key) if alone else replace(self, within=key)
        if dimension == "community":
            return replace(self, community_id=key or 0)
        if dimension == "task":
            return replace(self, task=key or NONE)
        if dimension == "party":
            return replace(self, party=bool(key))
        field = {"person": "person_id", "place": "place_id"}.get(dimension, dimension)
        return dataclasses.replace(self, **{field: key})


class _Reader:
    """Reads an address's arguments and keeps what is wrong with each."""

    def __init__(self, args: Mapping[str, str]) -> None:
        self.args = args
        self.problems: list[Problem] = []

    def text(self, name: str) -> str:
        return self.args.get(name, "").strip()

    def word(self, name: str, known: Mapping[str, Any] | tuple[str, ...]) -> str | None:
        text = self.text(name)
        if text and text not in known:
            self._wrong(name, "bad_choice", text)
            return None
        return text or None

    def words(self, name: str, known: Mapping[str, Any], *, most: int, usual: tuple[str, ...]) -> tuple[str, ...]:
        text = self.text(name)
        if text == NONE:
            return ()
        found = tuple(part.strip() for part in text.split(",") if part.strip())
        for part in found:
            if part not in known:
                self._wrong(name, "bad_choice", part)
        if len(found) > most:
            self.problems.append(Problem("out_of_range", name, facts={"low": 0, "high": most}))
        return tuple(part for part in dict.fromkeys(found) if part in known)[:most] or usual

    def number(self, name: str, low: int, high: int) -> int | None:
        text = self.text(name)
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and len(text) <= 18):
            self._wrong(name, "bad_number", text)
            return None
        if not low <= int(text) <= high:
            self.problems.append(Problem("out_of_range", name, facts={"low": low, "high": high}))
        return int(text)

    def days(self, today: date) -> tuple[date, date]:
        text = self.text("period") or (OWN if self.text("first") else f"{today.year:04}")
        if text == OWN:
            first, last = self._day("first"), self._day("last")
            if first and last and last < first:
                self.problems.append(Problem("end_before_start", "last"))
            return first or today, last or today
        try:
            return periods.period(text)
        except Invalid as refusal:
            self.problems += refusal.problems
            return today, today

    def filters(self) -> dict[str, Any]:
        """Every filter as the question holds it, under the question's own names."""
        party = self.word("party", ("yes", "no"))
        numbered = ("within", "unit_id", "person_id", "place_id")
        found: dict[str, Any] = {field: self.number(FILTERS[field], 1, 10**17) for field in numbered}
        return found | {
            "community_id": 0 if self.text("community") == NONE else self.number("community", 1, 10**17),
            "activity": self._free("activity", 40),
            "task": self._free("task", TASK_MOST),
            "role": self.word("role", ROLES),
            "party": None if party is None else party == "yes",
            "day_kind": self.word("days", DAY_KINDS),
            "weekday": self.number("weekday", 1, 7),
            "source": self.word("source", SOURCES),
        }

    def _free(self, name: str, most: int) -> str | None:
        text = self.text(name)
        if len(text) > most:
            self.problems.append(Problem("too_long", name, facts={"most": most}))
        return text or None

    def _day(self, name: str) -> date | None:
        text = self.text(name)
        if not text:
            self.problems.append(Problem("required", name))
            return None
        try:
            found = date.fromisoformat(text) if len(text) == 10 else None
        except ValueError:
            found = None
        if found is None or found.year not in periods.YEARS:
            self._wrong(name, "bad_date", text)
        return found

    def _wrong(self, name: str, code: str, text: str) -> None:
        self.problems.append(Problem(code, name, facts={"text": text[:20]}))


def _text(field: str, held: Any) -> str:
    if field == "party":
        return "yes" if held else "no"
    if field == "community_id" and held == 0:
        return NONE
    return str(held)
