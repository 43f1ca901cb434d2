"""A time away as forms have it: whole days, or from one clock time to another."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from flask import g

from scheduler import clock, people, wording
from scheduler.database import Row
from web.forms import Form


def given(form: Form) -> dict[str, Any]:
    """kind, note, starts_at, ends_at: from the first day (or a time on it) to the end of the last (or a time on it)."""
    kind, note = form.choice("kind", people.AWAY_KINDS), form.text("note")
    first, last = form.day("starts"), form.day_or_none("ends")
    begins, ends = form.clock_or_none("starts_time"), form.clock_or_none("ends_time")
    form.checked()
    last = last or first
    return {
        "kind": kind,
        "note": note,
        "starts_at": _at(first, begins or time()),
        "ends_at": _at(last, ends) if ends else clock.midnight(last + timedelta(days=1), g.db.zone),
    }


def shown(away: Row) -> Row:
    """A time away with its first and last local day, and whether it is made of whole days."""
    starts, ends = (clock.local(away[name], g.db.zone) for name in ("starts_at", "ends_at"))
    whole = starts.time() == ends.time() == time(0)
    last = (ends - timedelta(seconds=1)).date()
    return away | {"first": starts.date(), "last": last, "whole": whole, "over": ends <= g.now}


def kinds() -> list[tuple[str, str]]:
    """The kinds of time away, as a select offers them."""
    return [(kind, wording.name_of("away_kind", kind, g.lang)) for kind in people.AWAY_KINDS]


def _at(day: date, at: time) -> datetime:
    return datetime.combine(day, at, g.db.zone)
