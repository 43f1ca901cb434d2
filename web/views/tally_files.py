"""Tallies and trips as files: what a page shows, whole."""

from __future__ import annotations

from flask import Blueprint, Response, g

from scheduler import exports
from web.downloads import saved
from web.filters import t
from web.questions import Asked, asked
from web.session import gate

bp = Blueprint("tally_files", __name__)

WORDS = {"tallies": ("统计", "tallies"), "trips": ("人次明细", "trips")}


@bp.get("/tallies.csv")
@gate("reader")
def tallies_csv() -> Response:
    found = _checked()
    return _saved("tallies", "csv", found, exports.tallies_csv(g.db, found.question, lang=g.lang, now=g.now))


@bp.get("/tallies.xlsx")
@gate("reader")
def tallies_workbook() -> Response:
    found = _checked()
    content = exports.tallies_workbook(g.db, found.question, lang=g.lang, by=g.actor, now=g.now)
    return _saved("tallies", "xlsx", found, content)


@bp.get("/trips.csv")
@gate("staff")
def trips_csv() -> Response:
    found = _checked()
    content = exports.trips_csv(g.db, lang=g.lang, order=found.order, **found.question.cut)
    return _saved("trips", "csv", found, content)


@bp.get("/trips.xlsx")
@gate("staff")
def trips_workbook() -> Response:
    found = _checked()
    cut = found.question.cut
    content = exports.trips_workbook(g.db, lang=g.lang, order=found.order, by=g.actor, now=g.now, **cut)
    return _saved("trips", "xlsx", found, content)


def _checked() -> Asked:
    found, form = asked()
    form.checked()
    return found


def _saved(what: str, ending: str, found: Asked, content: bytes) -> Response:
    name = exports.file_name(what, ending, first=found.question.first, last=found.question.last)
    return saved(content, name, name.replace(what, t(*WORDS[what]), 1))
