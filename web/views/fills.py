"""Filling a draft: what of it, how far it is, what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, g, jsonify, redirect, render_template, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from scheduler import clock, rosters
from scheduler.errors import Conflict, Invalid
from web import charts
from web.errors import status_of
from web.forms import Form
from web.session import gate

bp = Blueprint("fills", __name__)

Page = str | tuple[str, int] | Response

SHOWN = 12  # unfilled shifts before the rest is folded away
WHAT = ("all", "empty")


@bp.get("/rosters/<int:roster_id>/fill")
@gate("reader", "roster", "roster_id")
def show(roster_id: int) -> Page:
    return _page(roster_id, Form(MultiDict(request.args)))


@bp.post("/rosters/<int:roster_id>/fill")
@gate("coordinator", "roster", "roster_id")
def fill(roster_id: int) -> Page:
    form = Form.sent()
    try:
        scope = _scope(form, roster_id)
        form.checked()
        rosters.ask_fill(g.db, roster_id, scope=scope, by=g.actor, now=g.now)
    except (Invalid, Conflict) as refusal:
        return _page(roster_id, form, refusal)
    return redirect(f"/rosters/{roster_id}/fill", 303)


@bp.post("/rosters/<int:roster_id>/fill/cancel")
@gate("coordinator", "roster", "roster_id")
def cancel(roster_id: int) -> Page:
    """End the fill: with `keep` what it has found is written, else nothing."""
    form = Form.sent()
    try:
        rosters.cancel_fill(g.db, roster_id, keep=form.flag("keep"), by=g.actor, now=g.now)
    except Conflict as refusal:
        return _page(roster_id, form, refusal)
    return redirect(f"/rosters/{roster_id}/fill", 303)


@bp.get("/rosters/<int:roster_id>/fill/now")
@gate("reader", "roster", "roster_id")
def now(roster_id: int) -> Page:
    """How far it is: the part of the page that is asked for again and again while a fill runs."""
    return render_template("rosters/filling.html", **_progress(roster_id))


@bp.get("/rosters/<int:roster_id>/progress")
@gate("reader", "roster", "roster_id")
def progress(roster_id: int) -> Response:
    """What the board asks while a draft is being filled."""
    return jsonify(state=rosters.roster(g.db, roster_id)["fill_state"])


def _page(roster_id: int, form: Form, refusal: Invalid | Conflict | None = None) -> Page:
    scope = _scope(form, roster_id)
    form.problems = list(refusal.problems) if refusal else form.problems
    page = render_template(
        "rosters/fill.html",
        form=form,
        is_empty_only=scope.only_empty,
        reckoned=rosters.reckoned(g.db, roster_id, scope, now=g.now),
        places=rosters.places_of(g.db, roster_id),
        gaps=rosters.gaps(g.db, roster_id),
        shown=SHOWN,
        unplanned=rosters.unplanned(g.db, roster_id),
        **_progress(roster_id),
    )
    return (page, status_of(refusal)) if refusal else page


def _progress(roster_id: int) -> Mapping[str, Any]:
    held = rosters.roster(g.db, roster_id)
    told = rosters.progress(held)
    since = held["fill_started_at"] or held["fill_asked_at"]
    spent = int((g.now - clock.from_text(since)).total_seconds()) if since else 0
    return {
        "roster": held,
        "is_filling": rosters.is_filling(held),
        "told": told,
        "spent": max(spent, 0),
        "chart": charts.stairs(told["points"]),
    }


def _scope(form: Form, roster_id: int) -> rosters.Scope:
    """What the form asks for; what it asks for wrongly is noted with the form.

    Where people have been told already, only what is empty is filled unless more is asked for.
    """
    unsaid = "all" if rosters.roster(g.db, roster_id)["state"] == "draft" else "empty"
    first, last = form.day_or_none("first"), form.day_or_none("last")
    if first and last and last < first:
        form.wrong("last", "end_before_start")
    wanted = form.ids("place")
    if wanted and not {place["id"] for place in rosters.places_of(g.db, roster_id)}.issuperset(wanted):
        form.wrong("place", "unknown_place")
    return rosters.Scope(
        only_empty=(form.choice("what", WHAT) if form["what"] else unsaid) == "empty",
        places=frozenset(wanted),
        first=first,
        last=last,
        locked=form.flag("locked"),
        published=form.flag("published"),
    )
