"""Shift reports: what was done and found, and the list of problems until they are closed."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, Response, flash, g, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as Answer

from scheduler import duties, exports, reports
from scheduler.database import Row
from scheduler.errors import NotFound, Refusal
from web import scope, session
from web.filters import t, today
from web.forms import Form
from web.session import gate

bp = Blueprint("reports", __name__)

Page = str | tuple[str, int] | Answer

SHOWN = 200
ENDINGS = ("csv", "xlsx")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/shifts/<int:shift_id>/report")
@gate("staff")
def show(shift_id: int) -> str:
    _allow(shift_id)
    return render_template("reports/shift.html", form=Form(), **_report(shift_id))


@bp.post("/shifts/<int:shift_id>/report")
@gate("staff")
def save(shift_id: int) -> Page:
    _allow(shift_id)
    form = Form.sent()
    try:
        remarks = form.lines("remarks", most=reports.REMARKS_MOST)
        version = form.integer("version", low=0, high=10**9)
        form.checked()
        reports.save(g.db, shift_id, done=form.all("done"), remarks=remarks, version=version, by=g.actor, now=g.now)
    except Refusal as refusal:
        return _refused(form, refusal, shift_id)
    flash(t("日志已保存。", "Report saved."))
    return redirect(f"/shifts/{shift_id}/report", 303)


@bp.post("/shifts/<int:shift_id>/problems")
@gate("staff")
def add(shift_id: int) -> Page:
    _allow(shift_id)
    form = Form.sent()
    try:
        text = form.lines("text", most=reports.TEXT_MOST, required=True)
        follow_up_id = form.id("follow_up_id")
        form.checked()
        reports.add_problem(
            g.db,
            shift_id,
            text=text,
            follow_up_id=follow_up_id,
            base_url=g.settings.site.base_url,
            by=g.actor,
            now=g.now,
        )
    except Refusal as refusal:
        return _refused(form, refusal, shift_id)
    flash(t("问题已记下，待跟进。", "The problem is noted and open."))
    return redirect(f"/shifts/{shift_id}/report", 303)


@bp.post("/problems/<int:problem_id>/close")
@gate("staff")
def close(problem_id: int) -> Page:
    """By who follows it up, or a coordinator of the shift."""
    found = reports.problem(g.db, problem_id)
    if found["follow_up_id"] != g.person["person_id"]:
        session.allow("coordinator", "shift_problem", problem_id)
    outcome, base_url = Form.sent()["outcome"], g.settings.site.base_url
    reports.close(g.db, problem_id, outcome=outcome, base_url=base_url, by=g.actor, now=g.now)
    flash(t("已办结。", "Closed."))
    return redirect(session.here() if request.referrer else "/problems", 303)


@bp.get("/reports")
@gate("reader")
def period() -> str:
    """The reports of a period's shifts, for the coordinators of their units."""
    asked = _period()
    found = reports.listing(g.db, limit=SHOWN, **asked)
    return render_template("reports/period.html", reports=found, asked=asked, query=urlencode(_query(asked)))


@bp.get("/reports.<ending>")
@gate("reader")
def export_period(ending: str) -> Response:
    if ending not in ENDINGS:
        raise NotFound("not_found")
    write = exports.reports_csv if ending == "csv" else exports.reports_workbook
    return _file(write(g.db, lang=g.lang, **_period()), f"reports.{ending}")


@bp.get("/problems")
@gate("staff")
def listing() -> str:
    """A coordinator's are those of their units, beside those that one follows up oneself."""
    asked = _asked()
    found = reports.problems(g.db, limit=SHOWN, **asked)
    return render_template(
        "reports/list.html",
        section="rosters" if g.person["is_reader"] else "me",
        problems=found,
        state=asked["state"],
        mine=asked["follow_up_id"] is not None,
        tops=set(scope.tops()),
    )


@bp.get("/problems.<ending>")
@gate("reader")
def export(ending: str) -> Response:
    if ending not in ENDINGS:
        raise NotFound("not_found")
    write = exports.problems_csv if ending == "csv" else exports.problems_workbook
    return _file(write(g.db, lang=g.lang, **_asked()), f"problems.{ending}")


def _file(content: bytes, name: str) -> Response:
    response = make_response(content)
    response.content_type = "text/csv; charset=utf-8" if name.endswith(".csv") else XLSX
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _period() -> reports.PeriodAsked:
    """This month until today, where nothing else is asked for."""
    form = Form(request.args)
    first, last = form.day_or_none("first") or today().replace(day=1), form.day_or_none("last") or today()
    state = request.args.get("state", "")
    return {
        "unit_ids": scope.tops(),
        "first": first,
        "last": max(first, last),
        "state": "open" if state == "open" else "closed" if state == "closed" else "none" if state == "none" else "",
    }


def _query(asked: reports.PeriodAsked) -> dict[str, str]:
    return {name: str(asked[name]) for name in ("first", "last", "state")}


def _asked() -> reports.Asked:
    state = request.args.get("state", "open")
    return {
        "unit_ids": scope.tops(),
        "person_id": g.person["person_id"],
        "state": "open" if state == "open" else "closed" if state == "closed" else "",
        "follow_up_id": g.person["person_id"] if request.args.get("mine") else None,
    }


def _allow(shift_id: int) -> None:
    """For who stands the shift as it was published, and for its coordinators; who reads its unit looks on."""
    if not duties.is_told(g.db, shift_id, g.person["person_id"]):
        session.allow("reader" if request.method == "GET" else "coordinator", "shift", shift_id)


def _report(shift_id: int) -> dict[str, object]:
    shift = duties.shift(g.db, shift_id)
    followers: list[Row] = reports.followers(g.db, shift_id, now=g.now)
    return {
        "shift": shift,
        "report": reports.report(g.db, shift_id),
        "followers": [(person["id"], person["name"]) for person in followers],
        "is_coordinated": session.may("coordinator", shift["unit_id"]),
    }


def _refused(form: Form, refusal: Refusal, shift_id: int) -> Page:
    if isinstance(refusal, NotFound):
        raise refusal
    return form.refused(refusal, "reports/shift.html", **_report(shift_id))
