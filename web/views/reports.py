"""Shift reports: what was done and found, and the list of problems until they are closed."""

from __future__ import annotations

from flask import Blueprint, Response, flash, g, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as Answer

from scheduler import accounts, duties, exports, reports
from scheduler.database import Row
from scheduler.errors import NotFound, Refusal
from web import scope, session
from web.filters import t
from web.forms import Form
from web.session import gate

bp = Blueprint("reports", __name__)

Page = str | tuple[str, int] | Answer

SHOWN = 200
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
        reports.add_problem(g.db, shift_id, text=text, follow_up_id=follow_up_id, by=g.actor, now=g.now)
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
    reports.close(g.db, problem_id, outcome=Form.sent()["outcome"], by=g.actor, now=g.now)
    flash(t("已办结。", "Closed."))
    return redirect(session.here() if request.referrer else "/problems", 303)


@bp.get("/problems")
@gate("staff")
def listing() -> str:
    """A coordinator's are those of their units, beside those that one follows up oneself."""
    asked = _asked()
    found = reports.problems(g.db, limit=SHOWN, **asked)
    return render_template(
        "reports/list.html",
        section="rosters" if g.person["is_coordinator"] else "me",
        problems=found,
        state=asked["state"],
        mine=asked["follow_up_id"] is not None,
        tops=set(scope.tops()),
    )


@bp.get("/problems.<ending>")
@gate("coordinator")
def export(ending: str) -> Response:
    if ending not in ("csv", "xlsx"):
        raise NotFound("not_found")
    write = exports.problems_csv if ending == "csv" else exports.problems_workbook
    response = make_response(write(g.db, lang=g.lang, **_asked()))
    response.content_type = "text/csv; charset=utf-8" if ending == "csv" else XLSX
    response.headers["Content-Disposition"] = f'attachment; filename="problems.{ending}"'
    return response


def _asked() -> reports.Asked:
    state = request.args.get("state", "open")
    return {
        "unit_ids": scope.tops(),
        "person_id": g.person["person_id"],
        "state": "open" if state == "open" else "closed" if state == "closed" else "",
        "follow_up_id": g.person["person_id"] if request.args.get("mine") else None,
    }


def _allow(shift_id: int) -> None:
    """For who stands the shift as it was published, and for its coordinators."""
    if not duties.is_told(g.db, shift_id, g.person["person_id"]):
        session.allow("coordinator", "shift", shift_id)


def _report(shift_id: int) -> dict[str, object]:
    shift = duties.shift(g.db, shift_id)
    followers: list[Row] = reports.followers(g.db, shift_id)
    return {
        "shift": shift,
        "report": reports.report(g.db, shift_id),
        "followers": [(person["id"], person["name"]) for person in followers],
        "is_coordinated": accounts.may(g.db, g.actor, "coordinator", shift["unit_id"]),
    }


def _refused(form: Form, refusal: Refusal, shift_id: int) -> Page:
    if isinstance(refusal, NotFound):
        raise refusal
    return form.refused(refusal, "reports/shift.html", **_report(shift_id))
