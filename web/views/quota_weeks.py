"""One leader's week or month: what was done and is planned, waived with a reason, planned from here."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template
from werkzeug.wrappers import Response

from scheduler import quotas, tallies
from scheduler.errors import Conflict, Invalid, NotFound
from web.filters import t
from web.forms import Form
from web.session import allow, gate

bp = Blueprint("quota_weeks", __name__)

Page = str | tuple[str, int] | Response

HOURS = {"starts": "09:00", "ends": "11:00"}


@bp.get("/quotas/<int:quota_id>/<int:person_id>/<first>")
@gate("reader", "person", "person_id")
def show(quota_id: int, person_id: int, first: str) -> Page:
    return _page(quota_id, person_id, _day(first), Form.of(HOURS))


@bp.post("/quotas/<int:quota_id>/<int:person_id>/<first>/waive")
@gate("coordinator", "person", "person_id")
def waive(quota_id: int, person_id: int, first: str) -> Page:
    form, day = Form.sent(), _day(first)
    try:
        note = form.text("note", most=200, required=True)
        form.checked()
        quotas.waive(g.db, quota_id, person_id, day, note=note, by=g.actor, now=g.now)
    except (Invalid, Conflict) as refusal:
        return _refused(form, refusal, quota_id, person_id, day)
    flash(t("已免除。", "Waived."))
    return _back(quota_id, person_id, day)


@bp.post("/quotas/<int:quota_id>/<int:person_id>/<first>/take-back")
@gate("coordinator", "person", "person_id")
def take_back(quota_id: int, person_id: int, first: str) -> Page:
    form, day = Form.sent(), _day(first)
    try:
        quotas.take_back(g.db, quota_id, person_id, day, by=g.actor, now=g.now)
    except Conflict as refusal:
        return _refused(form, refusal, quota_id, person_id, day)
    flash(t("已撤回免除。", "The waiver was taken back."))
    return _back(quota_id, person_id, day)


@bp.post("/quotas/<int:quota_id>/<int:person_id>/<first>/plan")
@gate("coordinator", "person", "person_id")
def plan(quota_id: int, person_id: int, first: str) -> Page:
    """In a shift with a free seat, or in a new one; by whoever coordinates the roster that it stands in."""
    form, day = Form.sent(), _day(first)
    try:
        given = _given(form, person_id)
        made = quotas.plan(g.db, quota_id, person_id, day, **given, duty=g.settings.duty, by=g.actor, now=g.now)
    except (Invalid, Conflict) as refusal:
        return _refused(form, refusal, quota_id, person_id, day)
    if made["state"] == "published":
        flash(
            t("已安排，发布改动后本人会收到通知。", "Planned; they are told when the roster's changes are published.")
        )
    else:
        flash(t("已安排在草稿里。", "Planned, in the draft."))
    return _back(quota_id, person_id, day)


@bp.get("/quotas/<int:quota_id>/<int:person_id>/<first>/<_act>")
@gate("coordinator", "person", "person_id")
def reload(quota_id: int, person_id: int, first: str, _act: str) -> Page:
    """A refusal is shown at the address that it was sent to: loading that again shows the page."""
    return _back(quota_id, person_id, _day(first))


def _given(form: Form, person_id: int) -> dict[str, Any]:
    override = form.text("override", most=200)
    if form["shift_id"]:
        shift_id = form.id("shift_id")
        form.checked()
        allow("coordinator", "shift", shift_id)
        return {"shift_id": shift_id, "override": override}
    day, place_id = form.day("day"), form.id("place_id")
    hours = form.clock("starts"), form.clock("ends")
    form.checked()
    allow("coordinator", "roster", quotas.roster_on(g.db, person_id, day))
    return {"day": day, "place_id": place_id, "hours": hours, "override": override}


def _refused(form: Form, refusal: Invalid | Conflict, quota_id: int, person_id: int, day: date) -> Page:
    form.problems = list(refusal.problems)
    return _page(quota_id, person_id, day, form), 422 if isinstance(refusal, Invalid) else 409


def _page(quota_id: int, person_id: int, first: date, form: Form) -> str:
    row = quotas.cell(g.db, quota_id, person_id, first, now=g.now)
    offers = quotas.offers(g.db, quota_id, person_id, first, now=g.now)
    offers["place_pairs"] = [(place["id"], place["name"]) for place in offers["places"]]
    given: tallies.Cut = {
        "first": row["first"], "last": row["last"], "person_id": person_id, "activity": row["activity"],
    }  # fmt: skip
    if row["place_id"]:
        given["place_id"] = row["place_id"]
    return render_template(
        "quotas/week.html", row=row, form=form, section="quotas", trips=tallies.trips(g.db, **given),
        planned=quotas.planned_of(g.db, row), offers=offers, waivers=quotas.waivers(g.db, quota_id, person_id, first),
        path=f"/quotas/{quota_id}/{person_id}/{first.isoformat()}",
    )  # fmt: skip


def _back(quota_id: int, person_id: int, first: date) -> Response:
    return redirect(f"/quotas/{quota_id}/{person_id}/{first.isoformat()}", 303)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotFound("not_found") from None
