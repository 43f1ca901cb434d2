"""Open duties on a phone: what one may sign up for, take a seat, wait for one, leave it."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template
from werkzeug.wrappers import Response

from scheduler import openings
from scheduler.errors import Conflict, Invalid
from web.errors import status_of
from web.filters import t
from web.forms import Form
from web.session import gate

bp = Blueprint("sign_ups", __name__)

Page = str | tuple[str, int] | Response


@bp.get("/me/open")
@gate("staff")
def listing() -> Page:
    return _page(Form())


@bp.post("/me/open/<int:opening_id>/take")
@gate("staff")
def take(opening_id: int) -> Page:
    form = Form.sent()
    try:
        reason = form.text("override")
        form.checked()
        state = openings.take(
            g.db, opening_id, reason=reason, base_url=g.settings.site.base_url, by=g.actor, now=g.now,
            duty=g.settings.duty,
        )  # fmt: skip
    except (Invalid, Conflict) as refusal:
        form.problems = list(refusal.problems)
        return _page(form, opening_id), status_of(refusal)
    flash(
        t("报名成功，已排入您的值班。", "The seat is yours; it stands in your duties.")
        if state == "seated"
        else t("已报名，结果会通知您。", "You are on the list, and will be told.")
    )
    return redirect("/me/open", 303)


@bp.post("/me/open/<int:opening_id>/leave")
@gate("staff")
def leave(opening_id: int) -> Page:
    form = Form.sent()
    try:
        openings.leave(g.db, opening_id, base_url=g.settings.site.base_url, by=g.actor, now=g.now, duty=g.settings.duty)
    except Conflict as refusal:
        form.problems = list(refusal.problems)
        return _page(form, opening_id), status_of(refusal)
    flash(t("已退出。", "You have left it."))
    return redirect("/me/open", 303)


@bp.get("/me/open/<int:_opening_id>/<_act>")
@gate("staff")
def reload(_opening_id: int, _act: str) -> Page:
    """A refusal is shown at the address that it was sent to: loading that again shows the list."""
    return redirect("/me/open", 303)


def _page(form: Form, refused: int | None = None) -> str:
    found = openings.of_person(g.db, g.person["person_id"], now=g.now, duty=g.settings.duty)
    return render_template("openings/mine.html", openings=found, form=form, refused=refused)
