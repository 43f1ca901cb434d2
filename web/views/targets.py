"""What units owe in a period, how far each below has come, who is behind."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request
from werkzeug.wrappers import Response

from scheduler import duties, quotas
from scheduler.errors import NotFound, Refusal
from web import scope
from web.filters import name_of, t, today
from web.forms import Form
from web.session import gate

bp = Blueprint("targets", __name__)

Page = str | tuple[str, int] | Response


@bp.get("/quotas/units")
@gate("reader")
def listing() -> Page:
    """Each target that is set at, above or below what the reader coordinates, as it stands today."""
    found = {row["id"]: (row, top) for top in scope.tops() for row in quotas.targets(g.db, top)}
    return render_template("targets/list.html", found=[_standing(row, top) for row, top in found.values()])


@bp.get("/quotas/units/new")
@gate("coordinator")
def ask() -> Page:
    stored = {"period": "quarter", "basis": "head", "amount": 1, "starts_on": today().replace(month=1, day=1)}
    return render_template("targets/new.html", form=Form.of(stored), **_offered())


@bp.post("/quotas/units/new")
@gate("coordinator")
def add() -> Page:
    form = Form.sent()
    try:
        target_id = quotas.add_target(g.db, **_given(form), by=g.actor, now=g.now)
    except Refusal as refusal:
        return form.refused(refusal, "targets/new.html", **_offered())
    flash(t("已新建单位任务。", "Target added."))
    return redirect(f"/quotas/units/{target_id}", 303)


@bp.get("/quotas/units/<int:target_id>")
@gate("reader")
def show(target_id: int) -> Page:
    return _page(target_id, Form())


@bp.post("/quotas/units/<int:target_id>/end")
@gate("coordinator", "unit_quota", "target_id")
def end(target_id: int) -> Page:
    form = Form.sent()
    try:
        last = form.day("ends_on")
        form.checked()
        quotas.end_target(g.db, target_id, last, by=g.actor, now=g.now)
    except Refusal as refusal:
        form.problems = list(refusal.problems)
        return _page(target_id, form), 422
    flash(t("已结束。", "Ended."))
    return redirect("/quotas/units", 303)


@bp.get("/quotas/units/<int:target_id>/end")
@gate("coordinator", "unit_quota", "target_id")
def reload(target_id: int) -> Page:
    """A refusal is shown at the address that it was sent to: loading that again shows the page."""
    return redirect(f"/quotas/units/{target_id}", 303)


def _page(target_id: int, form: Form) -> str:
    held, top = quotas.target(g.db, target_id), _top(target_id)
    first = Form(request.args).day_or_none("first") or today()
    spans = list(quotas.spans(held, date(first.year - 1, 1, 1), date(first.year + 1, 12, 31)))
    here = _nearest(spans, first)
    found = quotas.progress(g.db, target_id, *here, within=top, now=g.now) if here else []
    at = spans.index(here) if here else 0
    return render_template(
        "targets/show.html", section="quotas", target=held, form=form, span=here, found=found,
        behind=quotas.behind(found[1:]), before=spans[at - 1] if here and at else None,
        after=spans[at + 1] if here and at + 1 < len(spans) else None,
        may_end=scope.is_coordinated(held["unit_id"]),
    )  # fmt: skip


def _top(target_id: int) -> int:
    """The unit whose part of a target the reader sees."""
    found = [top for top in scope.tops() if target_id in {row["id"] for row in quotas.targets(g.db, top)}]
    if not found:
        raise NotFound("not_found")
    return found[0]


def _standing(held: dict[str, Any], top: int) -> dict[str, Any]:
    """A target with its period of today (or the nearest), and how far the unit has come."""
    year = today().year
    span = _nearest(list(quotas.spans(held, date(year - 1, 1, 1), date(year + 1, 12, 31))), today())
    found = quotas.progress(g.db, held["id"], *span, within=top, now=g.now) if span else []
    return held | {"span": span, "own": found[0] if found else None, "late": len(quotas.behind(found[1:]))}


def _nearest(spans: list[tuple[date, date]], day: date) -> tuple[date, date] | None:
    """The period that holds a day, or the last before it, or the first."""
    before = [span for span in spans if span[0] <= day]
    return before[-1] if before else spans[0] if spans else None


def _given(form: Form) -> dict[str, Any]:
    given = {
        "unit_id": scope.chosen_unit(form, "unit_id"),
        "period": form.choice("period", quotas.TARGET_PERIODS),
        "basis": form.choice("basis", quotas.BASES),
        "amount": form.integer("amount", low=1, high=1_000_000),
        "activity": form.text("activity", most=40),
        "starts_on": form.day("starts_on"),
        "ends_on": form.day_or_none("ends_on"),
    }
    form.checked()
    return given


def _offered() -> dict[str, Any]:
    return {
        "section": "quotas",
        "units": scope.options(scope.units()),
        "periods": [(period, name_of(period, "target_period")) for period in quotas.TARGET_PERIODS],
        "bases": [(basis, name_of(basis, "basis")) for basis in quotas.BASES],
        "activities": [(row["code"], t(row["name_zh"], row["name_en"])) for row in duties.activities(g.db)],
    }
