"""Shifts: one shown whole; single ones added to a draft and taken out again."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from scheduler import clock, duties, rosters
from scheduler.errors import Refusal
from web import scope, work
from web.filters import t
from web.forms import Form
from web.session import allow, gate

bp = Blueprint("shifts", __name__)

Page = str | tuple[str, int] | Response


@bp.get("/shifts/<int:shift_id>")
@gate("staff")
def show(shift_id: int) -> str:
    """For those who stand it, once it is published, and for its coordinators."""
    if not duties.is_told(g.db, shift_id, g.person["person_id"]):
        allow("reader", "shift", shift_id)
    shift = duties.shift(g.db, shift_id)
    is_coordinated = scope.is_coordinated(shift["unit_id"])
    return render_template(
        "shifts/show.html",
        shift=shift,
        people=duties.standing(g.db, shift_id, as_told=not is_coordinated),
        is_over=shift["ends_at"] <= clock.to_text(g.now),
        has_begun=shift["starts_at"] <= clock.to_text(g.now),
        is_coordinated=is_coordinated,
        unannounced=work.unannounced([shift["day"]]),
    )


@bp.get("/rosters/<int:roster_id>/shifts/new")
@gate("coordinator", "roster", "roster_id")
def new(roster_id: int) -> str:
    roster = rosters.roster(g.db, roster_id)
    form = Form(MultiDict({**work.FRESH, "activity": "publicity", "day": roster["starts_on"]}))
    return render_template("shifts/new.html", form=form, **_choices(roster))


@bp.post("/rosters/<int:roster_id>/shifts/new")
@gate("coordinator", "roster", "roster_id")
def add(roster_id: int) -> Page:
    form, roster = Form.sent(), rosters.roster(g.db, roster_id)
    try:
        given, day = work.read(form), form.day("day")
        form.checked()
        made = duties.add_shifts(g.db, roster_id, day=day, **given, by=g.actor, now=g.now)
    except Refusal as refusal:
        return form.refused(refusal, "shifts/new.html", **_choices(roster))
    flash(t("已加入 {n} 班。", "{n} shifts added." if len(made) > 1 else "{n} shift added.", n=len(made)))
    return redirect(f"/rosters/{roster_id}", 303)


@bp.post("/shifts/<int:shift_id>/remove")
@gate("coordinator", "shift", "shift_id")
def remove(shift_id: int) -> Page:
    roster_id = duties.shift(g.db, shift_id)["roster_id"]
    duties.remove_shift(g.db, shift_id, by=g.actor, now=g.now)
    flash(t("已去掉这一班。", "Shift removed."))
    return redirect(f"/rosters/{roster_id}", 303)


def _choices(roster: dict[str, Any]) -> dict[str, Any]:
    first, last = date.fromisoformat(roster["starts_on"]), date.fromisoformat(roster["ends_on"])
    years = work.unannounced([roster["starts_on"], roster["ends_on"]])
    return work.choices(roster["unit_id"]) | {"roster": roster, "first": first, "last": last, "unannounced": years}
