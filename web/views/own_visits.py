"""A leader plans a visit that they owe, on their own page: in a seat that nobody has, or on a chosen day; or back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template
from werkzeug.wrappers import Response

from scheduler import own, quotas
from scheduler.errors import Conflict, Invalid
from web.errors import status_of
from web.filters import t, today
from web.forms import Form
from web.session import gate

bp = Blueprint("own_visits", __name__)

Page = str | tuple[str, int] | Response

HOURS = {"starts": "09:00", "ends": "11:00"}


@bp.get("/me/visits/<int:quota_id>")
@gate("staff")
def show(quota_id: int) -> Page:
    return _page(quota_id, Form.of({"day": today() + timedelta(days=1), **HOURS}))


@bp.post("/me/visits/<int:quota_id>")
@gate("staff")
def plan(quota_id: int) -> Page:
    form = Form.sent()
    try:
        quotas.plan_own(g.db, quota_id, **_given(form), duty=g.settings.duty, by=g.actor, now=g.now)
    except (Invalid, Conflict) as refusal:
        form.problems = list(refusal.problems)
        return _page(quota_id, form), status_of(refusal)
    flash(t("已安排，日历和提醒随之更新。", "Planned: your calendar and reminders follow."))
    return redirect(f"/me/visits/{quota_id}", 303)


@bp.post("/me/visits/<int:quota_id>/<int:assignment_id>/take-back")
@gate("staff")
def take_back(quota_id: int, assignment_id: int) -> Page:
    quotas.take_back_own(g.db, assignment_id, by=g.actor, now=g.now)
    flash(t("已撤回，日历和提醒随之更新。", "Taken back: your calendar and reminders follow."))
    return redirect(f"/me/visits/{quota_id}", 303)


def _given(form: Form) -> dict[str, Any]:
    given: dict[str, Any] = {"override": form.text("override", most=200)}
    if form["shift_id"]:
        given |= {"shift_id": form.id("shift_id")}
    else:
        hours = form.clock("starts"), form.clock("ends")
        given |= {"day": form.day("day"), "place_id": form.id("place_id"), "hours": hours}
    form.checked()
    return given


def _page(quota_id: int, form: Form) -> str:
    person_id, unit_id = g.person["person_id"], g.person["unit_id"]
    offers = quotas.own_offers(g.db, quota_id, person_id, now=g.now)
    owed = own.owed(g.db, person_id, unit_id, now=g.now, ahead=quotas.WEEKS_AHEAD)
    return render_template(
        "me/visits.html", form=form, may_plan=quotas.may_plan_own(g.db, quota_id),
        offers=offers | {"place_pairs": [(place["id"], place["name"]) for place in offers["places"]]},
        weeks=[row for row in owed if row["quota_id"] == quota_id],
        path=f"/me/visits/{quota_id}", planned=quotas.own_planned(g.db, person_id, now=g.now),
        planners=own.planners(g.db, person_id, unit_id, now=g.now),
    )  # fmt: skip
