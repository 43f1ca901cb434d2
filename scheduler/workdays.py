"""Which dates are workdays: weekends, holidays, make-up workdays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from scheduler.audit import Actor
from scheduler.database import Database


@dataclass(frozen=True, slots=True)
class Day:
    """One date: a make-up workday is a workday whatever its weekday. `announced` is False in a year not yet gazetted."""

    day: date
    kind: Literal["workday", "weekend", "holiday", "makeup"]
    name: str
    announced: bool

    @property
    def is_workday(self) -> bool:
        """Whether people work on it."""
        return self.kind in ("workday", "makeup")


def days(db: Database, first: date, last: date) -> list[Day]:
    """Every date from first to last."""
    raise NotImplementedError


def override(db: Database, day: date, *, is_workday: bool, name: str = "", by: Actor, now: datetime) -> None:
    """Say that a date is a workday or an off day, whatever the calendar knows."""
    raise NotImplementedError
