"""Opening balances: a list looked at first, entered as one batch, taken back as one."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request
from werkzeug.wrappers import Response

from scheduler import imports, ledger, wording
from scheduler.errors import Conflict, Invalid
from web import scope
from web.errors import status_of
from web.filters import t, today
from web.forms import Form
from web.session import gate

bp = Blueprint("balances", __name__)

Page = str | tuple[str, int] | Response


@bp.get("/people/balances")
@gate("examiner")
def ask() -> Page:
    return _page(Form())


@bp.post("/people/balances")
@gate("coordinator")
def check_or_store() -> Page:
    """The file comes with both buttons: nothing is kept between a look and an import."""
    form, file = Form.sent(), request.files.get("file")
    unit_id = scope.tops()[0] if not form["unit_id"] else scope.chosen_unit(form, "unit_id")
    as_of = form.day_or_none("as_of")
    if file is None or not file.filename:
        form.wrong("file", "required")
    if form.problems or file is None:
        return _page(form), 422
    name = (file.filename or "")[-120:]
    found = imports.read_balances(g.db, file.read(), name, today=today(), as_of=as_of, below=[unit_id])
    told = [{"row": p.row, "column": p.field, "sentence": wording.sentence(p, g.lang)} for p in found.problems]
    shown = {"name": name, "found": found, "counts": found.counts(), "problems": told}
    if form["act"] != "store" or (told and not form.flag("partly")):
        return _page(form, **shown), 422 if told else 200
    try:
        imports.store_balances(g.db, found, file=name, unit_id=unit_id, by=g.actor, now=g.now)
    except (Invalid, Conflict) as refusal:
        form.problems = list(refusal.problems)
        return _page(form, **shown), status_of(refusal)
    flash(
        t(
            "已结转 {trips} 人次，{people} 人。",
            "Carried forward: {trips} person-trips of {people} people.",
            **found.counts(),
        )
    )
    return redirect("/people/balances", 303)


@bp.post("/people/balances/<int:batch_id>/reverse")
@gate("coordinator", "balance_batch", "batch_id")
def reverse(batch_id: int) -> Page:
    form = Form.sent()
    try:
        taken = ledger.reverse_batch(g.db, batch_id, reason=form["reason"], by=g.actor, now=g.now)
    except (Invalid, Conflict) as refusal:
        form.problems = list(refusal.problems)
        return _page(form, opened=batch_id), status_of(refusal)
    flash(t("已整批冲销 {n} 人次。", "Taken back: {n} person-trips.", n=taken))
    return redirect("/people/balances", 303)


def _page(form: Form, **context: Any) -> str:
    batches = ledger.batches(g.db, scope.tops())
    return render_template(
        "balances/page.html", form=form, batches=batches, units=scope.options(scope.units()), **context
    )
