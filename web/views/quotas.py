"""What leaders owe each week, whether they met it; what is owed by whom, and from when."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template
from werkzeug.wrappers import Response

from scheduler import clock, duties, exports, quotas
from scheduler.errors import Refusal
from web import scope
from web.cuts import Asked, asked, kinds
from web.downloads import saved
from web.filters import name_of, t, today
from web.forms import Form
from web.session import allow, gate

bp = Blueprint("quotas", __name__)

Page = str | tuple[str, int] | Response

PAGE = 60  # leaders on one page
OWN = "own"  # the place of a quota at communities that one's own unit sponsors


@bp.get("/quotas")
@gate("reader")
def board() -> Page:
    cut, form = asked("quarter", own_dates=False)
    unit_id = _unit(cut)
    weekly, monthly = (
        quotas.board(read(g.db, unit_id, cut.first, cut.last, now=g.now)) for read in (quotas.weeks, quotas.months)
    )
    this = clock.monday(today())
    page = render_template(
        "quotas/board.html", section="quotas", asked=cut, form=form, lines=_paged(weekly, cut.page),
        monthly=_paged(monthly, cut.page), total=max(len(weekly), len(monthly)), size=PAGE, this=this,
        month=today().replace(day=1), week=timedelta(days=6), mondays=_firsts(weekly), months=_firsts(monthly),
        units=scope.units(), figures=quotas.figures(weekly, this), watched=_watched(weekly, monthly),
        periods=kinds(min(max(today(), cut.first), cut.last)),
    )  # fmt: skip
    return page, 422 if form.problems else 200


@bp.get("/quotas.<any(csv, xlsx):ending>")
@gate("reader")
def export(ending: str) -> Page:
    cut, form = asked("quarter", own_dates=False)
    form.checked()
    span = (_unit(cut), cut.first, cut.last)
    if ending == "csv":
        content = exports.quotas_csv(g.db, *span, lang=g.lang, now=g.now)
    else:
        content = exports.quotas_workbook(g.db, *span, lang=g.lang, by=g.actor, now=g.now)
    name = exports.file_name("quotas", ending, first=cut.first, last=cut.last)
    return saved(content, name, name.replace("quotas", t("领导指标", "quotas"), 1))


@bp.get("/quotas/rules")
@gate("reader")
def rules() -> Page:
    return _rules(Form())


@bp.post("/quotas/rules")
@gate("coordinator")
def set_rule() -> Page:
    """How few workdays waive a week, for the quotas of a unit."""
    form = Form.sent()
    try:
        unit_id, days = scope.chosen_unit(form, "unit_id"), form.integer("least_workdays", low=0, high=5)
        form.checked()
        quotas.set_least_workdays(g.db, unit_id, days, by=g.actor, now=g.now)
    except Refusal as refusal:
        form.problems = list(refusal.problems)
        return _rules(form), 422
    flash(t("已保存。", "Saved."))
    return redirect("/quotas/rules", 303)


@bp.post("/quotas/rules/own")
@gate("coordinator")
def set_own_visits() -> Page:
    """Whether leaders plan their visits by themselves, by the quotas of a unit."""
    form = Form.sent()
    try:
        unit_id, allowed = scope.chosen_unit(form, "own_unit_id"), form.choice("allowed", ("yes", "no"))
        form.checked()
        quotas.set_own_visits(g.db, unit_id, allowed == "yes", by=g.actor, now=g.now)
    except Refusal as refusal:
        form.problems = list(refusal.problems)
        return _rules(form), 422
    flash(t("已保存。", "Saved."))
    return redirect("/quotas/rules", 303)


@bp.get("/quotas/new")
@gate("coordinator")
def ask() -> Page:
    stored = {"role": "head", "activity": "visit", "least": 1, "period": "week", "starts_on": clock.monday(today())}
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


@bp.get("/quotas/<int:quota_id>")
@gate("coordinator", "quota", "quota_id")
def edit(quota_id: int) -> Page:
    held = quotas.quota(g.db, quota_id)
    following = clock.monday(today()) + quotas.WEEK if held["period"] == "week" else clock.first_of_next_month(today())
    return render_template("quotas/edit.html", quota=held, form=Form.of({"least": held["least"], "since": following}))


@bp.post("/quotas/<int:quota_id>")
@gate("coordinator", "quota", "quota_id")
def change(quota_id: int) -> Page:
    form = Form.sent()
    try:
        least, since = form.integer("least", low=1, high=31), form.day("since")
        form.checked()
        quotas.change(g.db, quota_id, least=least, since=since, by=g.actor, now=g.now)
    except Refusal as refusal:
        return form.refused(refusal, "quotas/edit.html", quota=quotas.quota(g.db, quota_id))
    flash(t("已改，此前的周不变。", "Changed; the weeks before stay as they were."))
    return redirect("/quotas/rules", 303)


@bp.post("/quotas/<int:quota_id>/end")
@gate("coordinator", "quota", "quota_id")
def end(quota_id: int) -> Page:
    form = Form.sent()
    try:
        last = form.day("ends_on")
        form.checked()
        quotas.end(g.db, quota_id, last, by=g.actor, now=g.now)
    except Refusal as refusal:
        return form.refused(refusal, "quotas/edit.html", quota=quotas.quota(g.db, quota_id))
    flash(t("已结束。", "Ended."))
    return redirect("/quotas/rules", 303)


@bp.get("/quotas/<int:quota_id>/end")
@gate("coordinator", "quota", "quota_id")
def reload(quota_id: int) -> Page:
    """A refusal is shown at the address that it was sent to: loading that again shows the form."""
    return redirect(f"/quotas/{quota_id}", 303)


def _unit(cut: Asked) -> int:
    return int(cut.unit or g.person["unit_id"])


def _paged(lines: list[quotas.Leader], page: int) -> list[quotas.Leader]:
    return lines[(page - 1) * PAGE : page * PAGE]


def _firsts(lines: Iterable[quotas.Leader]) -> list[Any]:
    return sorted({week["first"] for line in lines for week in line.weeks})


def _watched(*boards: list[quotas.Leader]) -> dict[str, list[dict[str, Any]]]:
    """The weeks and months that ask for an act: at risk, and missed, the newest first."""
    found = [week for lines in boards for line in lines for week in line.weeks]
    newest = sorted(found, key=lambda week: week["first"], reverse=True)
    return {state: [week for week in newest if week["state"] == state] for state in ("risk", "missed")}


def _rules(form: Form) -> str:
    units = scope.units()
    ids = [unit["id"] for unit in units]
    return render_template(
        "quotas/rules.html", form=form, quotas=quotas.listed(g.db, ids), units=scope.options(units),
        rules=quotas.rules_of(g.db, ids), own_visits=quotas.own_visit_rules(g.db, ids), today=today().isoformat(),
    )  # fmt: skip


def _given(form: Form) -> dict[str, Any]:
    place_id = form.id_or_none("place_id") if form["place_id"] != OWN else None
    given = {
        "unit_id": scope.chosen_unit(form, "unit_id"),
        "role": form.choice("role", quotas.ROLES),
        "activity": form.text("activity", most=40, required=True),
        "period": form.choice("period", quotas.PERIODS) if form["period"] else "week",
        "least": form.integer("least", low=1, high=quotas.MOST.get(form["period"], 7)),
        "sponsored": form["place_id"] == OWN,
        "place_id": place_id,
        "starts_on": form.day("starts_on"),
        "ends_on": form.day_or_none("ends_on"),
    }
    form.checked()
    if place_id is not None:
        allow("coordinator", "place", place_id)
    return given


def _offered() -> dict[str, Any]:
    """What the form's lists hold: what is sent, and what is shown."""
    units = scope.units()
    reach = {row["id"]: row["name"] for top in scope.tops() for row in duties.places_in_reach(g.db, top)}
    return {
        "section": "quotas",
        "units": scope.options(units),
        "roles": [(role, name_of(role, "role")) for role in quotas.ROLES],
        "periods": [(period, name_of(period, "quota_period")) for period in quotas.PERIODS],
        "places": [(OWN, t("本单位包保社区", "Own sponsored communities")), *reach.items()],
        "activities": [(row["code"], t(row["name_zh"], row["name_en"])) for row in duties.activities(g.db)],
    }
