"""Swaps at the desk: what is open, what waits for approval, an answer or a question for somebody else."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template
from werkzeug.wrappers import Response

from scheduler import swaps
from scheduler.errors import Conflict
from web import scope
from web.errors import status_of
from web.filters import t
from web.forms import Form
from web.session import gate
from web.views.swaps import ask_page, asked_page, said

bp = Blueprint("swap_desk", __name__)

Page = str | tuple[str, int] | Response


@bp.get("/swaps")
@gate("reader")
def listing() -> Page:
    return _page()


@bp.post("/swaps/<int:request_id>/<any(approve, refuse, withdraw):act>")
@gate("coordinator", "swap_request", "request_id")
def decide(request_id: int, act: str) -> Page:
    given = {"base_url": g.settings.site.base_url, "by": g.actor, "now": g.now}
    try:
        if act == "approve":
            override = Form.sent()["override"][:200]
            swaps.approve(g.db, request_id, override=override, duty=g.settings.duty, **given)
        else:
            {"refuse": swaps.refuse, "withdraw": swaps.withdraw}[act](g.db, request_id, **given)
    except Conflict as refusal:
        return _page(refusal, request_id), status_of(refusal)
    flash({
        "approve": t("已批准并生效。", "Approved, and done."),
        "refuse": t("未批准，双方会收到通知。", "Not approved; both are told."),
        "withdraw": t("已撤回。", "Withdrawn."),
    }[act])  # fmt: skip
    return redirect("/swaps", 303)


@bp.post("/swaps/offers/<int:offer_id>")
@gate("coordinator", "swap_offer", "offer_id")
def answer(offer_id: int) -> Page:
    try:
        flash(said(offer_id))
    except Conflict as refusal:
        return _page(refusal, swaps.offer(g.db, offer_id)["request_id"]), status_of(refusal)
    return redirect("/swaps", 303)


@bp.get("/assignments/<int:assignment_id>/swap")
@gate("coordinator", "assignment", "assignment_id")
def choose(assignment_id: int) -> Page:
    return ask_page(swaps.seat_of(g.db, assignment_id), Form())


@bp.post("/assignments/<int:assignment_id>/swap")
@gate("coordinator", "assignment", "assignment_id")
def ask(assignment_id: int) -> Page:
    return asked_page(swaps.seat_of(g.db, assignment_id), "/swaps")


def _page(refusal: Conflict | None = None, refused: int | None = None) -> str:
    form = Form()
    form.problems = list(refusal.problems) if refusal else []
    return render_template(
        "swaps/list.html",
        requests=swaps.with_effects(g.db, swaps.listing(g.db, scope.tops(), now=g.now), duty=g.settings.duty),
        form=form,
        refused=refused,
    )
