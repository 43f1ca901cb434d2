"""Which dates are workdays: weekends, holidays, make-up workdays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

import chinese_calendar

from scheduler import accounts, audit, fields
from scheduler.audit import Actor
from scheduler.database import Database, Row, one, rows, run, write
from scheduler.errors import Invalid, NotFound
from scheduler.wording import STATES, Lang, name_of

Kind = Literal["workday", "weekend", "holiday", "makeup"]

SATURDAY = 5
NAME_MOST = 30
HOLIDAYS = {chinese: code for code, (chinese, _) in STATES["holiday"].items()}


@dataclass(frozen=True, slots=True)
class Day:
    """One date. A make-up workday is a workday whatever its weekday; a year not yet gazetted is not `announced`."""

    day: date
    kind: Kind
    name: str
    announced: bool

    @property
    def is_workday(self) -> bool:
        """Whether people work on it."""
        return self.kind in ("workday", "makeup")

    def called(self, lang: Lang) -> str:
        """The day's name in a language; `name` is the Chinese."""
        return called(self.name, lang)


def called(name: str, lang: Lang) -> str:
    """A day's name in a language: a holiday's is known in both, one of the organisation's own stays as it is."""
    return name_of("holiday", HOLIDAYS[name], lang) if name in HOLIDAYS else name


def days(db: Database, first: date, last: date) -> list[Day]:
    """Every date from first to last: what somebody decided for it, else the State's calendar, else its weekday."""
    decided = {row["day"]: row for row in overrides(db, first, last)}
    every = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return [_decided(day, decided[day.isoformat()]) if day.isoformat() in decided else _official(day) for day in every]


def is_announced(year: int) -> bool:
    """Whether the State's calendar of a year is known: its holidays are gazetted each November for the year after."""
    return _official(date(year, 1, 1)).announced


def overrides(db: Database, first: date, last: date) -> list[Row]:
    """What was decided by hand from first to last, by date: day, is_workday, name."""
    return rows(
        db,
        """
        SELECT day, is_workday, name
        FROM workday_override
        WHERE day BETWEEN :first AND :last
        ORDER BY day
        """,
        first=first.isoformat(),
        last=last.isoformat(),
    )


def override(db: Database, day: date, *, is_workday: bool, name: str = "", by: Actor, now: datetime) -> None:
    """Say that a date is a workday or an off day, whatever the calendar knows. The last word counts."""
    problems = fields.text("name", name.strip(), most=NAME_MOST)
    if problems:
        raise Invalid.of(problems)
    with write(db):
        accounts.require_all(db, by, now=now)
        before = _decision(db, day)
        run(
            db,
            """
            INSERT INTO workday_override (day, is_workday, name)
            VALUES (:day, :is_workday, :name)
            ON CONFLICT (day) DO UPDATE SET is_workday = excluded.is_workday, name = excluded.name
            """,
            day=day.isoformat(),
            is_workday=int(is_workday),
            name=name.strip(),
        )
        changed = audit.differences(before, {"is_workday": is_workday, "name": name.strip()})
        audit.record(db, "override", "workday", day.toordinal(), by=by, now=now, day=day, changed=changed)


def remove_override(db: Database, day: date, *, by: Actor, now: datetime) -> None:
    """Take a decision back: the date is again what the calendar says."""
    with write(db):
        accounts.require_all(db, by, now=now)
        before = _decision(db, day)
        if not run(db, "DELETE FROM workday_override WHERE day = :day", day=day.isoformat()):
            raise NotFound("not_found")
        audit.record(db, "remove_override", "workday", day.toordinal(), by=by, now=now, day=day, **before)


def _decision(db: Database, day: date) -> Row:
    """What is decided of the day by hand, as the audit keeps it; nothing where the calendar counts."""
    held = one(db, "SELECT is_workday, name FROM workday_override WHERE day = :day", day=day.isoformat())
    return held | {"is_workday": bool(held["is_workday"])} if held else {}


def _decided(day: date, decision: Row) -> Day:
    weekend = day.weekday() >= SATURDAY
    if decision["is_workday"]:
        return Day(day, "makeup" if weekend else "workday", decision["name"], True)
    return Day(day, "weekend" if weekend and not decision["name"] else "holiday", decision["name"], True)


def _official(day: date) -> Day:
    weekend = day.weekday() >= SATURDAY
    try:
        off, holiday = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:  # the year's notice is not out, or not in the library that is installed
        return Day(day, "weekend" if weekend else "workday", "", False)
    name = _chinese(holiday)
    if off:
        return Day(day, "holiday" if holiday else "weekend", name, True)
    return Day(day, "makeup" if weekend else "workday", name, True)


def _chinese(holiday: str | None) -> str:
    return chinese_calendar.Holiday(holiday).chinese if holiday else ""
