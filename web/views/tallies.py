"""Tallies, the trips behind each figure, and both as files."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, g, render_template

from scheduler import attendance, exports, tallies
from web import scope
from web.charts import bars
from web.cuts import Asked, asked, kinds
from web.downloads import saved
from web.filters import t, today
from web.session import gate

bp = Blueprint("tallies", __name__)

PAGE = 100  # trips on one page
WORDS = {"tallies": ("统计", "tallies"), "trips": ("人次明细", "trips")}


@bp.get("/tallies")
@gate("coordinator")
def board() -> tuple[str, int]:
    cut, form = asked()
    page = render_template(
        "tallies/board.html", section="tallies", asked=cut, form=form, **_figures(cut), **_choices(cut)
    )
    return page, 422 if form.problems else 200


@bp.get("/trips")
@gate("staff")
def trips() -> tuple[str, int]:
    cut, form = asked()
    found = tallies.trips(g.db, order=cut.order, limit=PAGE, offset=(cut.page - 1) * PAGE, **cut.cut)
    section = "tallies" if g.person["is_coordinator"] else "me"
    total = tallies.total(g.db, **cut.cut)
    page = render_template(
        "tallies/trips.html", section=section, asked=cut, form=form, found=found, total=total, size=PAGE
    )
    return page, 422 if form.problems else 200


@bp.get("/tallies.csv")
@gate("coordinator")
def tallies_csv() -> Response:
    cut = _checked()
    return _saved("tallies", "csv", cut, exports.tallies_csv(g.db, cut.by, lang=g.lang, **cut.cut))


@bp.get("/tallies.xlsx")
@gate("coordinator")
def tallies_workbook() -> Response:
    cut = _checked()
    content = exports.tallies_workbook(g.db, cut.by, lang=g.lang, by=g.actor, now=g.now, **cut.cut)
    return _saved("tallies", "xlsx", cut, content)


@bp.get("/trips.csv")
@gate("staff")
def trips_csv() -> Response:
    cut = _checked()
    return _saved("trips", "csv", cut, exports.trips_csv(g.db, lang=g.lang, order=cut.order, **cut.cut))


@bp.get("/trips.xlsx")
@gate("staff")
def trips_workbook() -> Response:
    cut = _checked()
    content = exports.trips_workbook(g.db, lang=g.lang, order=cut.order, by=g.actor, now=g.now, **cut.cut)
    return _saved("trips", "xlsx", cut, content)


def _checked() -> Asked:
    cut, form = asked()
    form.checked()
    return cut


def _saved(what: str, ending: str, cut: Asked, content: bytes) -> Response:
    name = exports.file_name(what, ending, **cut.cut)
    return saved(content, name, name.replace(what, t(*WORDS[what]), 1))


def _figures(cut: Asked) -> dict[str, Any]:
    months = tallies.months(g.db, **cut.cut)
    return {
        "found": tallies.tally(g.db, cut.by, **cut.cut),
        "total": tallies.total(g.db, **cut.cut),
        "months": months,
        "chart": bars([max(row["trips"], 0) for row in months]),
        "waiting": _waiting(),
    }


def _choices(cut: Asked) -> dict[str, Any]:
    """What the figures may be narrowed to: nearby periods, the reader's units, places and activities met."""
    return {
        "periods": kinds(min(max(today(), cut.first), cut.last)),
        "units": scope.units(),
        "choices": tallies.choices(g.db, **replace(cut, place=None, activity=None).cut),
    }


def _waiting() -> int:
    """How many shifts are over and not in these figures yet."""
    first = attendance.waiting(g.db, scope.tops(), now=g.now, limit=1)
    return int(first[0]["waiting"]) if first else 0
