"""Calendars that leave is read from: one's own on the page of leave, others' at a coordinator's desk."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template
from werkzeug.wrappers import Response

from scheduler import absences, wording
from scheduler.database import Row
from scheduler.errors import Conflict, Invalid, NotFound, Problem
from web import scope
from web.errors import status_of
from web.filters import t
from web.forms import Form
from web.session import gate

bp = Blueprint("absences", __name__)

Page = str | tuple[str, int] | Response


@bp.get("/me/leave/calendar")
@gate("staff")
def mine() -> Page:
    return _mine(Form())


@bp.post("/me/leave/calendar")
@gate("staff")
def give() -> Page:
    form = Form.sent()
    try:
        _give(form, g.person["person_id"])
    except (Invalid, Conflict) as refusal:
        form.problems = list(refusal.problems)
        return _mine(form), status_of(refusal)
    flash(t("已保存，一分钟内读取。", "Saved: it is read within a minute."))
    return redirect("/me/leave/calendar", 303)


@bp.post("/me/leave/calendar/again")
@gate("staff")
def again() -> Page:
    absences.again(g.db, _own()["id"], by=g.actor, now=g.now)
    flash(t("一分钟内读取。", "It is read within a minute."))
    return redirect("/me/leave/calendar", 303)


@bp.post("/me/leave/calendar/forget")
@gate("staff")
def forget() -> Page:
    absences.forget(g.db, _own()["id"], by=g.actor, now=g.now)
    flash(t("地址已删除，不再读取。", "The address is forgotten and read no more."))
    return redirect("/me/leave/calendar", 303)


@bp.get("/leave/calendars")
@gate("examiner")
def others() -> Page:
    return _others(Form())


@bp.post("/leave/calendars")
@gate("coordinator")
def give_for() -> Page:
    form = Form.sent()
    try:
        person_id = scope.chosen_person(form, "staff_no")
        if not form["staff_no"]:
            form.wrong("staff_no", "required")
        form.checked()
        _give(form, person_id or 0)
    except (Invalid, Conflict) as refusal:
        form.problems = list(refusal.problems)
        return _others(form), status_of(refusal)
    flash(t("已保存，一分钟内读取。", "Saved: it is read within a minute."))
    return redirect("/leave/calendars", 303)


@bp.post("/leave/calendars/<int:calendar_id>/again")
@gate("coordinator", "leave_calendar", "calendar_id")
def again_for(calendar_id: int) -> Page:
    absences.again(g.db, calendar_id, by=g.actor, now=g.now)
    flash(t("一分钟内读取。", "It is read within a minute."))
    return redirect("/leave/calendars", 303)


@bp.post("/leave/calendars/<int:calendar_id>/forget")
@gate("coordinator", "leave_calendar", "calendar_id")
def forget_for(calendar_id: int) -> Page:
    absences.forget(g.db, calendar_id, by=g.actor, now=g.now)
    flash(t("地址已删除，不再读取。", "The address is forgotten and read no more."))
    return redirect("/leave/calendars", 303)


def _give(form: Form, person_id: int) -> None:
    given = {"url": form["url"], "takes": form["takes"], "allowed": g.settings.calendars}
    absences.give(g.db, person_id, **given, by=g.actor, now=g.now)


def _own() -> Row:
    found = absences.of_person(g.db, g.person["person_id"])
    if found is None:
        raise NotFound("not_found")
    return found


def _mine(form: Form) -> str:
    held = absences.of_person(g.db, g.person["person_id"])
    return render_template("leave/calendar.html", form=form, held=_told(held) if held else None, **_hosts())


def _others(form: Form) -> str:
    found = [_told(row, quotes=False) for row in absences.known(g.db, scope.tops())]
    return render_template("leave/calendars.html", form=form, calendars=found, **_hosts())


def _told(row: Row, *, quotes: bool = True) -> Row:
    """With the sentence of what is wrong with it; what it quotes of a calendar is for its owner alone."""
    problem = row["problem"]
    if problem and not quotes:
        problem = Problem(problem.code, facts=problem.facts | {"text": "…"})
    return row | {"wrong": wording.sentence(problem, g.lang) if problem else ""}


def _hosts() -> dict[str, Any]:
    """Which hosts may be read from; none where the installation does not use it."""
    return {"hosts": [*g.settings.calendars.hosts, *g.settings.calendars.inner]}
