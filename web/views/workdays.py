"""Workdays: a month as a calendar, and what the organisation has decided for itself."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Blueprint, flash, g, redirect, render_template, request
from werkzeug.wrappers import Response

from scheduler import accounts, clock, workdays
from scheduler.database import Row
from scheduler.errors import Conflict, Invalid, NotFound
from web.filters import t, today
from web.forms import Form
from web.session import gate

bp = Blueprint("workdays", __name__)

Page = str | tuple[str, int] | Response

WEEK = timedelta(days=7)
FIRST, LAST = date(2000, 1, 1), date(2099, 12, 1)


@bp.get("/workdays")
@gate("reader")
def month() -> Page:
    first = _month(request.args.get("month", ""))
    chosen = _day(request.args.get("day", ""))
    form = Form.of({"day": chosen, "is_workday": "0"} if chosen else {})
    return render_template("workdays/month.html", form=form, **_context(first))


@bp.post("/workdays")
@gate("administrator", of_all=True)
def decide() -> Page:
    form = Form.sent()
    first = _month(form["day"][:7])
    try:
        day, is_workday = form.day("day"), form.choice("is_workday", ("0", "1"))
        name = form.text("name")
        form.checked()
        workdays.override(g.db, day, is_workday=is_workday == "1", name=name, by=g.actor, now=g.now)
    except (Invalid, Conflict) as refusal:
        return form.refused(refusal, "workdays/month.html", **_context(first))
    flash(t("已保存，尚未发布的班次会按它生成。", "Saved; shifts not yet made follow it."))
    return redirect(f"/workdays?month={day:%Y-%m}", 303)


@bp.post("/workdays/<day>/remove")
@gate("administrator", of_all=True)
def take_back(day: str) -> Page:
    decided = _day(day)
    if decided is None:
        raise NotFound("not_found")
    workdays.remove_override(g.db, decided, by=g.actor, now=g.now)
    flash(t("已取消，恢复为国家规定。", "Taken back: the State's calendar counts again."))
    return redirect(f"/workdays?month={decided:%Y-%m}", 303)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _month(text: str) -> date:
    """The first of a month given as `2026-03`; of this month where it is none."""
    asked = _day(f"{text}-01") or today().replace(day=1)
    return min(max(asked, FIRST), LAST)


def _context(first: date) -> Row:
    """The month's weeks from Monday, the years in sight that are not announced, what is decided in this year."""
    following = clock.first_of_next_month(first)
    start = clock.monday(first)
    shown = workdays.days(g.db, start, clock.monday(following - timedelta(days=1)) + WEEK - timedelta(days=1))
    own = [day for day in shown if day.day.month == first.month]
    decided = workdays.overrides(g.db, first.replace(month=1, day=1), first.replace(month=12, day=31))
    return {
        "first": first,
        "may_decide": accounts.administers_all(g.db, g.actor, now=g.now),
        "weeks": [shown[number : number + 7] for number in range(0, len(shown), 7)],
        "workday_count": sum(day.is_workday for day in own),
        "off_count": sum(not day.is_workday for day in own),
        "before": first - timedelta(days=1),
        "after": following,
        "is_announced": workdays.is_announced(first.year),
        "decided": [row | {"called": workdays.called(row["name"], g.lang)} for row in decided],
        "decided_days": {row["day"] for row in decided},
    }
