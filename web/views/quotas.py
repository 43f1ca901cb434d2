"""What leaders owe each week, and whether they met it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template
from werkzeug.wrappers import Response

from scheduler import clock, duties, quotas
from scheduler.errors import Refusal
from web import scope
from web.cuts import asked, kinds
from web.filters import name_of, t, today
from web.forms import Form
from web.session import gate

bp = Blueprint("quotas", __name__)

Page = str | tuple[str, int] | Response


@bp.get("/quotas")
@gate("coordinator")
def board() -> Page:
    cut, form = asked("quarter", own_dates=False)
    unit_id = cut.unit or g.person["unit_id"]
    lines = quotas.board(quotas.weeks(g.db, unit_id, cut.first, cut.last, now=g.now))
    this = clock.monday(today())
    page = render_template(
        "quotas/board.html", section="quotas", asked=cut, form=form, lines=lines, this=this, week=timedelta(days=6),
        mondays=sorted({week["first"] for line in lines for week in line.weeks}), units=scope.units(),
        figures=quotas.figures(lines, this), periods=kinds(min(max(today(), cut.first), cut.last)),
    )  # fmt: skip
    return page, 422 if form.problems else 200


@bp.get("/quotas/new")
@gate("coordinator")
def ask() -> Page:
    stored = {"role": "head", "activity": "visit", "least": 1, "starts_on": clock.monday(today())}
    return render_template("quotas/new.html", form=Form.of(stored), **_offered())


@bp.post("/quotas/new")
@gate("coordinator")
def add() -> Page:
    form = Form.sent()
    try:
        given = _given(form)
        quotas.add(g.db, **given, by=g.actor, now=g.now)
    except Refusal as refusal:
        return form.refused(refusal, "quotas/new.html", **_offered())
    flash(t("已新建指标。", "Quota added."))
    return redirect(f"/quotas?unit={given['unit_id']}", 303)


def _given(form: Form) -> dict[str, Any]:
    given = {
        "unit_id": scope.chosen_unit(form, "unit_id"),
        "role": form.choice("role", quotas.ROLES),
        "activity": form.text("activity", most=40, required=True),
        "least": form.integer("least", low=1, high=7),
        "starts_on": form.day("starts_on"),
        "ends_on": form.day_or_none("ends_on"),
    }
    form.checked()
    return given


def _offered() -> dict[str, Any]:
    """What the form's lists hold: what is sent, and what is shown."""
    return {
        "section": "quotas",
        "units": scope.options(scope.units()),
        "roles": [(role, name_of(role, "role")) for role in quotas.ROLES],
        "activities": [(row["code"], t(row["name_zh"], row["name_en"])) for row in duties.activities(g.db)],
    }
