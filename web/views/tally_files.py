"""Tallies and trips as files: what a page shows, whole."""

from __future__ import annotations

from flask import Blueprint, Response, g, redirect
from werkzeug.wrappers import Response as AnyResponse

from scheduler import exports, handouts
from scheduler.tallies import Question
from web.downloads import saved
from web.filters import t
from web.questions import Asked, asked
from web.session import gate

bp = Blueprint("tally_files", __name__)

WORDS = {"tallies": ("统计", "tallies"), "trips": ("人次明细", "trips")}

File = Response | AnyResponse


@bp.get("/tallies.csv")
@gate("reader")
def tallies_csv() -> Response:
    found = _checked()
    content = exports.tallies_csv(g.db, found.question, lang=g.lang, now=g.now)
    return saved(content, *named_file("tallies.csv", found.question))


@bp.get("/tallies.xlsx")
@gate("reader")
def tallies_workbook() -> File:
    found = _checked()
    if handouts.is_large(g.db, found.question):
        return redirect(found.exported("tallies.xlsx"), 303)
    content = exports.tallies_workbook(g.db, found.question, lang=g.lang, by=g.actor, now=g.now)
    return saved(content, *named_file("tallies.xlsx", found.question))


@bp.get("/trips.<any(csv, xlsx):ending>")
@gate("staff")
def trips(ending: str) -> File:
    found, kind = _checked(), f"trips.{ending}"
    if handouts.is_large(g.db, found.question):
        return redirect(found.exported(kind), 303)
    cut, order = found.question.cut, found.order
    if ending == "csv":
        content = exports.trips_csv(g.db, lang=g.lang, order=order, **cut)
    else:
        content = exports.trips_workbook(g.db, lang=g.lang, order=order, by=g.actor, now=g.now, **cut)
    return saved(content, *named_file(kind, found.question))


def named_file(kind: str, question: Question) -> tuple[str, str]:
    """What the file is called: for every system, and in the reader's language."""
    what, _, ending = kind.partition(".")
    name = exports.file_name(what, ending, first=question.first, last=question.last)
    return name, name.replace(what, t(*WORDS[what]), 1)


def _checked() -> Asked:
    found, form = asked()
    form.checked()
    return found
