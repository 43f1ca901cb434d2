"""Rosters: the list, a new one, filling, publishing, closing. The board itself is in boards.py."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Blueprint, flash, g, redirect, render_template
from werkzeug.wrappers import Response

from scheduler import acknowledgements, clock, rosters
from scheduler.database import Row
from scheduler.errors import Conflict, Invalid
from web import scope
from web.filters import t, today
from web.forms import Form
from web.session import gate

bp = Blueprint("rosters", __name__)

Page = str | tuple[str, int] | Response


@bp.get("/rosters")
@gate("reader")
def listing() -> Page:
    found = rosters.within(g.db, scope.tops())
    if found:
        answers = acknowledgements.counts(g.db, [row["id"] for row in found], now=g.now)
        return render_template("rosters/list.html", rosters=found, answers=answers)
    there = rosters.groundwork(g.db, scope.tops())
    return render_template("rosters/empty.html", there=there, month=_suggested([])[0])


@bp.get("/rosters/new")
@gate("coordinator")
def new() -> Page:
    tops = scope.tops()
    first, last = _suggested([row for row in rosters.within(g.db, tops) if row["unit_id"] in tops[:1]])
    form = Form.of({"unit_id": tops[0] if tops else "", "starts_on": first, "ends_on": last})
    return render_template("rosters/new.html", form=form, units=scope.options(scope.units()))


@bp.post("/rosters")
@gate("coordinator")
def draft() -> Page:
    form = Form.sent()
    try:
        unit_id = scope.chosen_unit(form, "unit_id")
        starts_on, ends_on = form.day("starts_on"), form.day("ends_on")
        form.checked()
        roster_id = rosters.draft(g.db, unit_id=unit_id, starts_on=starts_on, ends_on=ends_on, by=g.actor, now=g.now)
    except (Invalid, Conflict) as refusal:
        return form.refused(refusal, "rosters/new.html", units=scope.options(scope.units()))
    return redirect(f"/rosters/{roster_id}", 303)


@bp.post("/rosters/<int:roster_id>/shifts")
@gate("coordinator", "roster", "roster_id")
def take_shifts(roster_id: int) -> Page:
    taken = rosters.take_shifts(g.db, roster_id, by=g.actor, now=g.now)
    flash(t("按值班模板更新：多了 {n} 个班次。", "Brought up to the templates: {n} more shifts.", n=taken))
    return redirect(f"/rosters/{roster_id}", 303)


@bp.post("/rosters/<int:roster_id>/close")
@gate("coordinator", "roster", "roster_id")
def close(roster_id: int) -> Page:
    rosters.close(g.db, roster_id, by=g.actor, now=g.now)
    flash(t("已归档。", "Closed."))
    return redirect(f"/rosters/{roster_id}", 303)


def _suggested(found: list[Row]) -> tuple[date, date]:
    """The period most likely wanted next: the month after the latest roster, else the next one."""
    latest = max((date.fromisoformat(row["ends_on"]) for row in found), default=None)
    first = latest + timedelta(days=1) if latest else clock.first_of_next_month(today())
    return first, clock.first_of_next_month(first) - timedelta(days=1)
