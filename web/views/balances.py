"""Opening balances: the batches that were entered, each taken back as one."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template
from werkzeug.wrappers import Response

from scheduler import approvals, ledger
from scheduler.errors import Conflict, Invalid
from web import scope
from web.errors import status_of
from web.filters import t
from web.forms import Form
from web.session import gate
from web.views.approvals import asked

bp = Blueprint("balances", __name__)

Page = str | tuple[str, int] | Response


@bp.get("/people/balances")
@gate("reader")
def ask() -> Page:
    return _page(Form())


@bp.post("/people/balances/<int:batch_id>/reverse")
@gate("coordinator", "balance_batch", "batch_id")
def reverse(batch_id: int) -> Page:
    form = Form.sent()
    try:
        if ledger.needs_second(g.db, ledger.batch(g.db, batch_id)["unit_id"]):
            given = {"reason": form["reason"], "base_url": g.settings.site.base_url, "by": g.actor, "now": g.now}
            approvals.ask(g.db, "reverse_batch", batch_id, **given)
            told = asked()
        else:
            taken = ledger.reverse_batch(g.db, batch_id, reason=form["reason"], by=g.actor, now=g.now)
            told = t("已整批冲销 {n} 人次。", "Taken back: {n} person-trips.", n=taken)
    except (Invalid, Conflict) as refusal:
        form.problems = list(refusal.problems)
        return _page(form, opened=batch_id), status_of(refusal)
    flash(told)
    return redirect("/people/balances", 303)


def _page(form: Form, **context: Any) -> str:
    found = ledger.batches(g.db, scope.tops())
    waiting = approvals.open_for(g.db, "reverse_batch", [batch["id"] for batch in found], now=g.now)
    return render_template("balances/page.html", form=form, batches=found, waiting=waiting, **context)
