"""What an organisation's rotation holds dear: everybody who makes rosters reads it, its administrators set it."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request
from werkzeug.wrappers import Response

from scheduler import accounts, policies
from scheduler.database import Row
from scheduler.errors import Conflict, Invalid
from web import session
from web.errors import status_of
from web.filters import t
from web.forms import Form
from web.session import gate

bp = Blueprint("policy", __name__)

Page = str | tuple[str, int] | Response


@bp.get("/policy")
@gate("coordinator")
def show() -> Page:
    held = _held(request.args.get("unit", ""))
    texts = {name: f"{held[name]:g}" for name in policies.DEFAULTS}
    return _page(held, Form.of(texts, version=str(held["version"])))


@bp.post("/policy")
@gate("administrator")
def save() -> Page:
    form = Form.sent()
    unit_id = form.id("unit_id")
    session.allow("administrator", "unit", unit_id)
    try:
        wanted = {name: form.decimal(name) for name in policies.DEFAULTS}
        version = form.integer("version", low=0, high=10**9)
        form.checked()
        changed = policies.set_policy(g.db, unit_id, wanted, version=version, by=g.actor, now=g.now)
    except (Invalid, Conflict) as refusal:
        form.problems = list(refusal.problems)
        held = policies.policy(g.db, unit_id)
        form.renew(held["version"])
        return _page(held, form), status_of(refusal)
    flash(t("已保存：改了 {n} 项，下次自动排班起生效。", "Saved: {n} changed, for the fills to come.", n=len(changed)))
    return redirect(f"/policy?unit={unit_id}", 303)


def _held(asked: str) -> Row:
    """The policy of the tree that the reader asks for, among those that they make rosters in; else the first."""
    found = {held["unit_id"]: held for held in _trees()}
    return next((held for held in found.values() if str(held["unit_id"]) == asked), next(iter(found.values())))


def _trees() -> list[Row]:
    return [policies.policy(g.db, top["id"]) for top in accounts.tops(g.db, g.actor, "coordinator")]


def _page(held: Row, form: Form) -> str:
    trees = {tree["unit_id"]: tree["unit"] for tree in _trees()}
    return render_template(
        "policy/show.html",
        form=form,
        held=held,
        trees=trees,
        may_set=accounts.may(g.db, g.actor, "administrator", held["unit_id"]),
        rates=policies.rates(held),
        defaults=policies.DEFAULTS,
        bounds=policies.BOUNDS,
    )
