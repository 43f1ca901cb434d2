"""Which part of the ledger a page's address asks for, and the addresses of its neighbours."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import g, request

from scheduler import tallies
from scheduler.errors import Invalid, NotAllowed
from scheduler.tallies import Cut
from scheduler.wording.dates import month_text
from web import scope
from web.filters import t, today
from web.forms import Form
from web.session import allow

OWN = "own"  # the period that is given by two dates


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address says: the period, whose trips, by what they are summed, how they are listed."""

    period: str
    first: date
    last: date
    unit: int | None = None
    alone: int | None = None
    person: int | None = None
    place: int | None = None
    activity: str | None = None
    by: str = "unit"
    order: str = "trips"
    page: int = 1

    @property
    def cut(self) -> Cut:
        """The same for the core."""
        cut: Cut = {"first": self.first, "last": self.last}
        named = {
            "within": self.unit,
            "unit_id": self.alone,
            "person_id": self.person,
            "place_id": self.place,
            "activity": self.activity,
        }
        cut.update({name: held for name, held in named.items() if held is not None})  # type: ignore[typeddict-item]
        return cut

    def href(self, path: str, **changed: Any) -> str:
        """The address of `path` for this, or for this with something changed. Page and defaults are left out."""
        asked = replace(self, page=1) if "page" not in changed else self
        asked = replace(asked, **changed)
        named: dict[str, object] = {"period": asked.period}
        if asked.period == OWN:
            named |= {"first": asked.first.isoformat(), "last": asked.last.isoformat()}
        for name in ("unit", "alone", "person", "place", "activity"):
            named[name] = getattr(asked, name)
        named |= {
            "by": asked.by if asked.by != "unit" else None,
            "order": asked.order if asked.order != "trips" else None,
        }
        named["page"] = asked.page if asked.page and asked.page > 1 else None
        return f"{path}?{urlencode({name: held for name, held in named.items() if held is not None})}"

    @property
    def told(self) -> str:
        """The period in words."""
        return told(self)

    def in_words(self, period: str) -> str:
        """Another period in words."""
        first, last = tallies.period(period)
        return told(replace(self, period=period, first=first, last=last))

    def in_period(self, path: str, period: str) -> str:
        """The same page for another year, quarter or month."""
        first, last = tallies.period(period)
        return self.href(path, period=period, first=first, last=last)

    def between(self, path: str, first: date, last: date, **changed: Any) -> str:
        """The address of those days of the period that lie between two dates."""
        return self.href(path, period=OWN, first=max(first, self.first), last=min(last, self.last), **changed)

    def row(self, path: str, key: Any, **changed: Any) -> str:
        """The address of the trips behind one row of the tally."""
        if self.by == "month":
            return self.month(path, key, **changed)
        return self.href(path, **{"alone" if self.by == "unit" else self.by: key}, **changed)

    def month(self, path: str, key: str, **changed: Any) -> str:
        """The address of the trips of one month."""
        return self.between(path, *tallies.period(key), **changed)

    def above(self, path: str) -> str:
        """The address of the tally whose rows these trips stand behind."""
        shown = {"person": None, "alone": None, "order": "trips", "page": 1}
        return self.href(path, **shown, **({self.by: None} if self.by in ("place", "activity") else {}))

    def beside(self, path: str) -> tuple[str | None, str | None]:
        """The addresses of the year, quarter or month before and after this one; own dates have none."""
        days = (self.first - timedelta(days=1), self.last + timedelta(days=1))
        before, after = (
            self.in_period(path, kinds(day)[self.kind]) if self.kind != OWN and day.year in tallies.YEARS else None
            for day in days
        )
        return before, after

    @property
    def kind(self) -> str:
        """year, quarter, month or own."""
        texts = {text: kind for kind, text in kinds(self.first).items()}
        return texts.get(self.period, OWN)


def kinds(day: date) -> dict[str, str]:
    """The year, quarter and month that hold a day, as the address names them."""
    return {
        "year": f"{day.year}",
        "quarter": f"{day.year}Q{(day.month + 2) // 3}",
        "month": f"{day.year}-{day.month:02}",
    }


def told(asked_for: Asked) -> str:
    """The period in words: `2026年`, `2026年四季度`, `2026年11月`, or its two days."""
    day = asked_for.first
    if asked_for.kind == "year":
        return t("{y}年", "{y}", y=day.year)
    if asked_for.kind == "quarter":
        number = (day.month + 2) // 3
        return t("{y}年{zh}季度", "Q{n} {y}", y=day.year, n=number, zh="一二三四"[number - 1])
    if asked_for.kind == "month":
        return month_text(day, g.lang)
    return f"{asked_for.first.isoformat()} – {asked_for.last.isoformat()}"


def asked(usual: str = "year", *, own_dates: bool = True) -> tuple[Asked, Form]:
    """What the request asks for, and its form with what is wrong with it.

    This year (or quarter, or month: `usual`) stands in for a period that is missing or wrong.
    A unit is one of the reader's own; only their own trips are open to everybody.
    """
    form = Form(request.args)
    period, first, last = _period(form, usual, own_dates)
    person = form.id_or_none("person")
    found = Asked(
        period=period,
        first=first,
        last=last,
        unit=_unit(form, person),
        alone=form.id_or_none("alone"),
        person=person,
        place=form.id_or_none("place"),
        activity=form.text("activity", most=40) or None,
        by=form.choice("by", list(tallies.GROUPS)) if form["by"] else "unit",
        order=form.choice("order", list(tallies.ORDERS)) if form["order"] else "trips",
        page=form.integer("page", low=1, high=1_000_000) if form["page"] else 1,
    )
    return found, form


def _period(form: Form, usual: str, own_dates: bool) -> tuple[str, date, date]:
    this = kinds(today())[usual]
    text = form["period"] or this
    found: tuple[date, date] | None = None
    if text == OWN and own_dates:
        found = _own_dates(form)
    else:
        try:
            found = tallies.period(text)
        except Invalid as refusal:
            form.problems += refusal.problems
    return (text, *found) if found else (this, *tallies.period(this))


def _own_dates(form: Form) -> tuple[date, date] | None:
    first, last = form.day("first"), form.day("last")
    if form.problems:
        return None
    if last < first:
        form.wrong("last", "end_before_start")
    return None if form.problems else (first, last)


def _unit(form: Form, person: int | None) -> int | None:
    """The unit within which trips may be seen; None for one's own, wherever they were made."""
    unit = form.id_or_none("unit")
    if unit is None and person is not None and person == g.person["person_id"]:
        return None
    if unit is None:
        tops = scope.tops()
        if not tops:
            raise NotAllowed("not_allowed")
        return tops[0]
    allow("reader", "unit", unit)
    return unit
