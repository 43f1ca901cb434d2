"""Acts that wait for a second administrator: agreed to, refused, taken back; and whether two are needed at all."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template
from werkzeug.wrappers import Response

from scheduler import approvals
from scheduler.errors import Conflict, Invalid
from scheduler.wording.approvals import what
from web import session
from web.errors import status_of
from web.filters import t
from web.forms import Form
from web.session import gate

bp = Blueprint("approvals", __name__)

Page = str | tuple[str, int] | Response


@bp.get("/approvals")
@gate("overseer")
def listing() -> Page:
    return _page(Form())


@bp.post("/approvals/<int:approval_id>/approve")
@gate("administrator", "approval", "approval_id")
def approve(approval_id: int) -> Page:
    form = Form.sent()
    try:
        note = form.text("note", most=200)
        form.checked()
        held = approvals.approve(g.db, approval_id, note=note, base_url=_base(), by=g.actor, now=g.now)
    except (Invalid, Conflict) as refusal:
        return _refused(form, refusal)
    flash(t("已同意并执行：{what}", "Approved and done: {what}", what=what(held["act"], held["facts"], g.lang)))
    return redirect("/approvals", 303)


@bp.post("/approvals/<int:approval_id>/refuse")
@gate("administrator", "approval", "approval_id")
def refuse(approval_id: int) -> Page:
    form = Form.sent()
    try:
        approvals.refuse(g.db, approval_id, note=form["note"], base_url=_base(), by=g.actor, now=g.now)
    except (Invalid, Conflict) as refusal:
        return _refused(form, refusal)
    flash(t("已答复：不同意，什么也没有做。", "Refused: nothing was done."), "warn")
    return redirect("/approvals", 303)


@bp.post("/approvals/<int:approval_id>/withdraw")
@gate("coordinator", "approval", "approval_id")
def withdraw(approval_id: int) -> Page:
    form = Form.sent()
    try:
        approvals.withdraw(g.db, approval_id, by=g.actor, now=g.now)
    except Conflict as refusal:
        return _refused(form, refusal)
    flash(t("已撤回申请。", "Taken back."))
    return redirect("/approvals" if g.person["is_administrator"] else "/people/balances", 303)


@bp.post("/approvals/policy")
@gate("administrator")
def switch() -> Page:
    """Turning it on is done at once; turning it off is asked for."""
    form = Form.sent()
    unit_id = form.id("unit_id")
    session.allow("administrator", "unit", unit_id)
    try:
        if form.flag("off"):
            given = {"reason": form["reason"], "base_url": _base(), "by": g.actor, "now": g.now}
            approvals.ask(g.db, "second_person_off", unit_id, **given)
            flash(asked())
        else:
            approvals.turn_on(g.db, unit_id, by=g.actor, now=g.now)
            flash(t("已开启双人复核。", "From now on two are needed."))
    except (Invalid, Conflict) as refusal:
        return _refused(form, refusal)
    return redirect("/approvals", 303)


@bp.post("/approvals/restore-code")
@gate("administrator")
def make_code() -> Page:
    try:
        code = approvals.make_code(g.db, by=g.actor, now=g.now)
    except Conflict as refusal:
        return _refused(Form.sent(), refusal)
    return _page(Form(), code)


def asked() -> str:
    """What is told to who asked."""
    return t(
        "已提出申请：须另一位管理员在 72 小时内同意，同意后立即执行。",
        "Asked for: it is done once another administrator agrees, within 72 hours.",
    )


def _base() -> str:
    return str(g.settings.site.base_url)


def _refused(form: Form, refusal: Invalid | Conflict) -> tuple[str, int]:
    form.problems = list(refusal.problems)
    return _page(form), status_of(refusal)


def _page(form: Form, code: str = "") -> str:
    found = approvals.listed(g.db, g.actor, now=g.now)
    words = {row["id"]: what(row["act"], row["facts"], g.lang) for row in found}
    return render_template(
        "approvals/list.html",
        form=form,
        waiting=[row for row in found if row["state"] == "asked"],
        over=[row for row in found if row["state"] != "asked"],
        words=words,
        organisations=approvals.organisations(g.db, g.actor, now=g.now),
        may_make_code=approvals.may_make_code(g.db, g.actor, now=g.now),
        code=code,
    )
