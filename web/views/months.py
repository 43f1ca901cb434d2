"""Month close: what is still unconfirmed, the one act that closes, and what came afterwards."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request
from werkzeug.wrappers import Response

from scheduler import approvals, ledger, tallies
from scheduler.database import Row
from scheduler.errors import Conflict, Invalid
from web import scope, session
from web.errors import status_of
from web.filters import t
from web.forms import Form
from web.session import gate
from web.views.approvals import asked

bp = Blueprint("months", __name__)

Page = str | tuple[str, int] | Response


@bp.get("/months")
@gate("reader")
def listing() -> str:
    return _listing(_unit(), Form())


@bp.post("/months")
@gate("coordinator")
def close() -> Page:
    form = Form.sent()
    unit_id, month = form.id("unit_id"), form.text("month", most=10, required=True)
    session.allow("coordinator", "unit", unit_id)
    try:
        seen = form.integer("unconfirmed", low=0, high=1_000_000)
        form.checked()
        close_id = ledger.close_month(g.db, unit_id, month, unconfirmed_seen=seen, by=g.actor, now=g.now)
    except (Invalid, Conflict) as refusal:
        form.problems = list(refusal.problems)
        return _listing(unit_id, form), status_of(refusal)
    flash(
        t(
            "已关账。以后这个月只能更正，更正在下一次报告中单列。",
            "Closed. From now on it is only corrected, and the next report lists what was.",
        )
    )
    return redirect(f"/months/{close_id}", 303)


@bp.get("/months/<int:close_id>")
@gate("reader", "month_close", "close_id")
def report(close_id: int) -> str:
    return _report(close_id, Form())


@bp.post("/months/<int:close_id>/reopen")
@gate("administrator", "month_close", "close_id")
def reopen(close_id: int) -> Page:
    form = Form.sent()
    try:
        if ledger.needs_second(g.db, ledger.closing(g.db, close_id)["unit_id"]):
            given = {"reason": form["reason"], "base_url": g.settings.site.base_url, "by": g.actor, "now": g.now}
            approvals.ask(g.db, "reopen_month", close_id, **given)
            told = asked()
        else:
            ledger.reopen_month(g.db, close_id, reason=form["reason"], by=g.actor, now=g.now)
            told = t("已重新打开，记入审计。", "Reopened, and noted in the audit.")
    except (Invalid, Conflict) as refusal:
        form.problems = list(refusal.problems)
        return _report(close_id, form), status_of(refusal)
    flash(told, "warn")
    return redirect(f"/months/{close_id}", 303)


def _unit() -> int:
    return scope.asked_unit(Form(request.args), "unit") or scope.tops()[0]


def _listing(unit_id: int, form: Form) -> str:
    found = ledger.months(g.db, unit_id, now=g.now)
    span = {"first": found[-1]["first"], "last": found[0]["last"], "within": unit_id}
    sums = {row["key"]: row for row in tallies.months(g.db, **span)}
    units = scope.units()
    return render_template(
        "months/list.html",
        form=form,
        months=found,
        sums=sums,
        unit_id=unit_id,
        units=units,
        waiting=_waiting(unit_id, found),
        asked=approvals.open_for(
            g.db, "reopen_month", [row["close"]["id"] for row in found if row["close"]], now=g.now
        ),
    )


def _waiting(unit_id: int, found: list[Row]) -> list[Row]:
    """What nobody confirmed yet in the oldest month that waits for it."""
    late = [row["month"] for row in found if row["unconfirmed"] and row["close"] is None]
    return ledger.unconfirmed(g.db, unit_id, late[-1]) if late else []


def _report(close_id: int, form: Form) -> str:
    held = ledger.closing(g.db, close_id)
    first, last = ledger.days_of(held["month"])
    context: dict[str, Any] = {
        "close": held,
        "now": tallies.total(g.db, first=first, last=last, within=held["unit_id"]),
        "reported": ledger.reported(g.db, close_id),
        "later": ledger.afterwards(g.db, held["unit_id"], since=held["last_entry"]),
        "asked": approvals.open_for(g.db, "reopen_month", [close_id], now=g.now).get(close_id),
        "needs_second": ledger.needs_second(g.db, held["unit_id"]),
        "may_reopen": session.may("administrator", held["unit_id"]),
    }
    return render_template("months/report.html", form=form, **context)
