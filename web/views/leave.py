"""Leave: asked for by its person, decided on by a coordinator, the rules by an administrator."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, flash, g, redirect, render_template, request
from werkzeug.wrappers import Response

from scheduler import leave, people
from scheduler.database import Row
from scheduler.errors import Conflict, Invalid
from web import scope, session, spans
from web.errors import status_of
from web.filters import t
from web.forms import Form
from web.session import gate

bp = Blueprint("leave", __name__)

Page = str | tuple[str, int] | Response

SHOWN = timedelta(days=60)  # of what is over


@bp.get("/me/leave")
@gate("staff")
def mine() -> Page:
    return _mine(Form.of({"starts": request.args.get("day", "")}))


@bp.post("/me/leave")
@gate("staff")
def ask() -> Page:
    form = Form.sent()
    try:
        asked = spans.given(form)
        state = leave.ask(
            g.db, g.person["person_id"], **asked, base_url=g.settings.site.base_url, by=g.actor, now=g.now
        )
    except (Invalid, Conflict) as refusal:
        form.problems = list(refusal.problems)
        return _mine(form), status_of(refusal)
    flash(
        t("已批准。", "Approved.")
        if state == "approved"
        else t("已提交，等排班员审批。", "Sent: a coordinator decides.")
    )
    return redirect("/me/leave", 303)


@bp.post("/me/leave/<int:request_id>/withdraw")
@gate("staff")
def withdraw(request_id: int) -> Page:
    leave.withdraw(g.db, request_id, by=g.actor, now=g.now)
    flash(t("已撤回。", "Withdrawn."))
    return redirect("/me/leave", 303)


@bp.get("/leave")
@gate("reader")
def waiting() -> Page:
    return _waiting()


@bp.post("/leave/<int:request_id>/approve")
@gate("coordinator", "leave_request", "request_id")
def approve(request_id: int) -> Page:
    leave.approve(g.db, request_id, base_url=g.settings.site.base_url, by=g.actor, now=g.now)
    flash(t("已批准。", "Approved."))
    return redirect("/leave", 303)


@bp.post("/leave/<int:request_id>/decline")
@gate("coordinator", "leave_request", "request_id")
def decline(request_id: int) -> Page:
    form = Form.sent()
    try:
        leave.decline(g.db, request_id, reason=form["reason"], base_url=g.settings.site.base_url, by=g.actor, now=g.now)
    except Invalid as refusal:
        form.problems = list(refusal.problems)
        return _waiting(form, request_id), status_of(refusal)
    flash(t("未批准，已告知本人。", "Declined, and the person is told."))
    return redirect("/leave", 303)


@bp.get("/leave/rules")
@gate("reader")
def rules() -> Page:
    held = _rules(request.args.get("unit", ""))
    return _rules_page(
        held, Form.of({kind: str(days) for kind, days in held["days"].items()}, version=str(held["version"]))
    )


@bp.post("/leave/rules")
@gate("administrator")
def set_rules() -> Page:
    form = Form.sent()
    unit_id = form.id("unit_id")
    session.allow("administrator", "unit", unit_id)
    try:
        wanted = {kind: form.integer(kind, low=0, high=leave.RULE_MOST) for kind in leave.DEFAULTS}
        version = form.integer("version", low=0, high=10**9)
        form.checked()
        leave.set_rules(g.db, unit_id, wanted, version=version, by=g.actor, now=g.now)
    except (Invalid, Conflict) as refusal:
        form.problems = list(refusal.problems)
        held = leave.rules(g.db, unit_id)
        form.renew(held["version"])
        return _rules_page(held, form), status_of(refusal)
    flash(t("已保存，之后的申请按此办理。", "Saved: what is asked from now on goes by it."))
    return redirect(f"/leave/rules?unit={unit_id}", 303)


def _mine(form: Form) -> str:
    person_id = g.person["person_id"]
    held = [spans.shown(row) for row in leave.of_person(g.db, person_id, since=g.now - SHOWN)]
    unit_id = people.person(g.db, person_id)["unit_id"]
    return render_template(
        "leave/mine.html",
        form=form,
        leaves=held,
        kinds=spans.kinds(),
        days=leave.rules(g.db, unit_id)["days"],
        reads_calendars=bool(g.settings.calendars.hosts or g.settings.calendars.inner),
    )


def _waiting(form: Form | None = None, refused: int | None = None) -> str:
    found = [spans.shown(row) for row in leave.waiting(g.db, scope.tops(), now=g.now)]
    me = g.person["person_id"]
    others = (
        leave.deciders(g.db, g.person["unit_id"], me, now=g.now) if any(row["person_id"] == me for row in found) else []
    )
    return render_template(
        "leave/waiting.html",
        leaves=found,
        form=form or Form(),
        refused=refused,
        me=me,
        others=[row["person"] for row in others],
    )


def _rules(asked: str) -> Row:
    """The rules of the tree that the reader asks for, among those that they coordinate in; else the first."""
    found = {held["unit_id"]: held for held in _trees()}
    return next((held for held in found.values() if str(held["unit_id"]) == asked), next(iter(found.values())))


def _trees() -> list[Row]:
    return [leave.rules(g.db, top) for top in scope.tops()]


def _rules_page(held: Row, form: Form) -> str:
    return render_template(
        "leave/rules.html",
        form=form,
        held=held,
        trees={tree["unit_id"]: tree["unit"] for tree in _trees()},
        may_set=session.may("administrator", held["unit_id"]),
        defaults=leave.DEFAULTS,
    )
