"""What an organisation's rotation holds dear: everybody who makes rosters reads it, its administrators set it."""

from __future__ import annotations

from dataclasses import asdict

from flask import Blueprint, flash, g, redirect, render_template, request
from werkzeug.wrappers import Response

from scheduler import policies, swaps
from scheduler.database import Row
from scheduler.errors import Conflict, Invalid
from web import session
from web.errors import status_of
from web.filters import t
from web.forms import Form
from web.session import gate

bp = Blueprint("policy", __name__)

Page = str | tuple[str, int] | Response

TURNS = ("kept", "forgiven")


@bp.get("/policy")
@gate("reader")
def show() -> Page:
    held = _held(request.args.get("unit", ""))
    return _page(held, _weights(held))


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


@bp.post("/policy/swaps")
@gate("administrator")
def save_swaps() -> Page:
    form = Form.sent()
    unit_id = form.id("unit_id")
    session.allow("administrator", "unit", unit_id)
    try:
        numbers = {name: form.integer(name, low=low, high=high) for name, (low, high) in swaps.BOUNDS.items()}
        wanted = swaps.Policy(form.flag("needs_approval"), form.choice("turn", TURNS) == "kept", **numbers)
        form.checked()
        swaps.set_policy(g.db, unit_id, wanted, by=g.actor, now=g.now)
    except (Invalid, Conflict) as refusal:
        form.problems = list(refusal.problems)
        held = policies.policy(g.db, unit_id)
        return _page(held, _weights(held), form), status_of(refusal)
    flash(t("已保存，之后的答复按此办理。", "Saved: answers from now on go by it."))
    return redirect(f"/policy?unit={unit_id}#swaps", 303)


@bp.get("/policy/swaps")
@gate("administrator")
def reload() -> Page:
    """A refusal is shown at the address that it was sent to: loading that again shows the page."""
    return redirect("/policy#swaps", 303)


def _held(asked: str) -> Row:
    """The policy of the tree that the reader asks for, among those that they make rosters in; else the first."""
    found = {held["unit_id"]: held for held in _trees()}
    return next((held for held in found.values() if str(held["unit_id"]) == asked), next(iter(found.values())))


def _trees() -> list[Row]:
    return [policies.policy(g.db, top["id"]) for top in session.tops("reader")]


def _weights(held: Row) -> Form:
    texts = {name: f"{held[name]:g}" for name in policies.DEFAULTS}
    return Form.of(texts, version=str(held["version"]))


def _page(held: Row, form: Form, swap_form: Form | None = None) -> str:
    rule = swaps.policy(g.db, held["unit_id"])
    trees = {tree["unit_id"]: tree["unit"] for tree in _trees()}
    return render_template(
        "policy/show.html",
        form=form,
        swap_form=swap_form or Form.of(asdict(rule), turn="kept" if rule.keeps_turn else "forgiven"),
        rule=rule,
        turns=TURNS,
        held=held,
        trees=trees,
        may_set=session.may("administrator", held["unit_id"]),
        rates=policies.rates(held),
        defaults=policies.DEFAULTS,
        bounds=policies.BOUNDS,
    )
