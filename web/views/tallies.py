"""Tallies: one pivot over the ledger, its charts, and the trips behind each figure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from flask import Blueprint, g, render_template

from scheduler import attendance, briefings, tallies
from scheduler.errors import Invalid
from scheduler.tallies import Question
from scheduler.wording import STATES
from web import scope
from web.charts import bars, heat, spread, strips
from web.filters import name_of, t, today
from web.forms import Form
from web.questions import Asked, asked, kinds
from web.session import gate

bp = Blueprint("tallies", __name__)

PAGE = 100  # trips on one page
LINES = 200  # of a pivot on one page; its exports have all
PLACES = 10  # that have a bar
SOURCES = {
    "verified": ("已核实", "Verified"),
    "supplemented": ("补录", "Supplemented"),
    "carried": ("期初结转", "Carried forward"),
}
CROWD = 3000  # from so many people on, how they are spread is not drawn: choose a unit below


@bp.get("/tallies")
@gate("reader")
def board() -> tuple[str, int]:
    found, form = asked()
    found, answer = _answered(found, form)
    question = found.question
    page = render_template(
        "tallies/board.html", section="tallies", asked=found, form=form, answer=answer, size=LINES,
        head=_head(question), waiting=_waiting(), charts=_charts(question), kept=_kept(question),
        taken_away=_taken_away(found), more=_more(question), **_choices(question),
        briefing=briefings.briefing(g.db, question, lang=g.lang, now=g.now),
    )  # fmt: skip
    return page, 422 if form.problems else 200


@bp.get("/trips")
@gate("staff")
def trips() -> tuple[str, int]:
    found, form = asked()
    cut = found.question.cut
    listed = tallies.trips(g.db, order=found.order, limit=PAGE, offset=(found.page - 1) * PAGE, **cut)
    page = render_template(
        "tallies/trips.html", section="tallies" if g.person["is_reader"] else "me", asked=found, form=form,
        found=listed, total=tallies.listed(g.db, **cut), size=PAGE, most=tallies.COUNTED_MOST,
    )  # fmt: skip
    return page, 422 if form.problems else 200


def _answered(found: Asked, form: Form) -> tuple[Asked, tallies.Answer]:
    """The answer; a question that cannot be asked so is told, and asked with what can be."""
    try:
        return found, tallies.answer(g.db, found.question, g.now)
    except Invalid as refusal:
        form.problems += refusal.problems
        usual = replace(found.question, columns=None, measures=("trips", "people", "sessions", "hours"))
        found = replace(found, question=usual)
        return found, tallies.answer(g.db, usual, g.now)


def _head(question: Question) -> dict[str, Any]:
    """The whole of it: each count, and the trips of the same days a year before."""
    measures: tuple[str, ...] = ("trips", "people", "sessions", "hours", "coverage")
    if question.source is None:  # who was absent has no source
        measures = (*measures, "no_show")
    whole = replace(question, rows=(), columns=None, level=None, measures=measures)
    total = tallies.total(g.db, **question.cut)
    earlier = tallies.year_before(question, today())
    before = tallies.total(g.db, **earlier.cut)
    supplemented = replace(question, source="supplemented")
    apart = 0 if question.source else tallies.total(g.db, **supplemented.cut)["trips"]
    found = {"no_show": None, **tallies.answer(g.db, whole, g.now).total}
    return {**found, **total, "before": before["trips"], "earlier": Asked(earlier), "supplemented": apart}


def _charts(question: Question) -> dict[str, Any]:
    """Trips by month, by place and by day of the year, and how they are spread over people: each with its figures."""
    plain = replace(question, columns=None, level=None, measures=("trips", "people", "sessions"))
    months = tallies.answer(g.db, replace(plain, rows=("month",)), g.now)
    places = tallies.answer(g.db, replace(plain, rows=("place",)), g.now)
    year = question.last.year
    whole = replace(plain, first=date(year, 1, 1), last=date(year, 12, 31), rows=("day",), measures=("trips",))
    days = tallies.answer(g.db, whole, g.now)
    kinds_of_days = tallies.answer(g.db, replace(whole, rows=("day_kind",)), g.now)
    counts = {date.fromisoformat(line.keys[0].key): int(line.total["trips"] or 0) for line in days.lines}
    return {
        "months": months,
        "bars": bars([max(int(line.total["trips"] or 0), 0) for line in months.lines]),
        "places": places,
        "strips": strips([max(line.total["trips"] or 0, 0) for line in places.lines[:PLACES]]),
        "days": days,
        "year": year,
        "heat": heat(year, counts),
        "most": max(counts.items(), key=lambda held: held[1], default=None),
        "rest": next((line for line in kinds_of_days.lines if line.keys[0].key == "rest"), None),
        "day_kinds": kinds_of_days,
        **_spread(plain),
    }


def _spread(plain: Question) -> dict[str, Any]:
    """How many people made how many trips, also those who made none; nothing of one person, or of a crowd."""
    whole = tallies.answer(g.db, replace(plain, rows=(), measures=("people", "coverage")), g.now).total
    employed = round((whole["people"] or 0) / whole["coverage"]) if whole["coverage"] else 0
    if plain.person_id is not None or employed > CROWD:
        return {"spread": [], "spread_bars": None, "employed": employed}
    found = tallies.answer(g.db, replace(plain, rows=("person",), measures=("trips", "coverage")), g.now)
    spans = spread([max(int(line.total["trips"] or 0), 0) for line in found.lines])
    return {"spread": spans, "spread_bars": bars([held for _, _, held in spans]), "employed": employed}


def _choices(question: Question) -> dict[str, Any]:
    """What may be asked: nearby periods, the reader's units, places and activities met."""
    sources = [(name, name_of(name, "source")) for name in STATES["source"] if name not in SOURCES]
    return {
        "periods": kinds(min(max(today(), question.first), question.last)),
        "units": scope.units(),
        "choices": tallies.choices(g.db, **replace(question, place_id=None, activity=None).cut),
        "all_dimensions": tallies.DIMENSIONS,
        "all_measures": tallies.MEASURES,
        "roles": [(role, name_of(role, "role")) for role in STATES["role"]],
        "sources": [*((name, t(*words)) for name, words in SOURCES.items()), *sources],
    }


def _kept(question: Question) -> list[tuple[str, str]]:
    """What the form does not ask and passes on: whom, which unit alone, which community, which task, which weekday."""
    fields = ("person_id", "unit_id", "community_id", "task", "weekday")
    args = question.filter_args()
    return [(name, args[name]) for field in fields if (name := tallies.FILTERS[field]) in args]


def _taken_away(found: Asked) -> list[tuple[str, str, str]]:
    """What the question is narrowed to beside the form's lists, by name, and the address without it."""
    question = found.question
    fields = {
        "person_id": "person",
        "unit_id": "unit",
        "community_id": "community",
        "task": "task",
        "weekday": "weekday",
    }
    narrowed = {field: name for field, name in fields.items() if getattr(question, field) is not None}
    return [
        (field, t(*tallies.named(g.db, name, getattr(question, field))), found.href("/tallies", **{field: None}))
        for field, name in narrowed.items()
    ]


def _more(question: Question) -> int:
    """How many of the filters behind the menu are set."""
    return sum(held is not None for held in (question.role, question.party, question.day_kind, question.source))


def _waiting() -> int:
    """How many shifts are over and not in these figures yet."""
    first = attendance.waiting(g.db, scope.tops(), now=g.now, limit=1)
    return int(first[0]["waiting"]) if first else 0
