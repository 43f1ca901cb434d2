"""How strictly each rule is kept: read by all who look at rosters, set by administrators."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request
from werkzeug.wrappers import Response

from scheduler import rules
from scheduler.errors import Conflict, Invalid
from web import session
from web.filters import t
from web.forms import Form
from web.session import gate

bp = Blueprint("rules", __name__)

Page = str | tuple[str, int] | Response


@bp.get("/rules")
@gate("reader")
def show() -> Page:
    tops = session.tops("reader")
    asked = request.args.get("unit", "")
    unit = next((top for top in tops if str(top["id"]) == asked), tops[0])
    return _page(unit["id"], Form.of(rules.levels(g.db, unit["id"])))


@bp.post("/rules")
@gate("administrator")
def save() -> Page:
    form = Form.sent()
    unit_id = form.id("unit_id")
    session.allow("administrator", "unit", unit_id)
    try:
        wanted = {rule: form.choice(rule, rules.choices(rule)) for rule in rules.DEFAULTS}
        form.checked()
        changed = rules.set_levels(g.db, unit_id, wanted, by=g.actor, now=g.now)
    except (Invalid, Conflict) as refusal:
        form.problems = list(refusal.problems)
        return _page(unit_id, form), 422
    flash(t("已保存：改了 {n} 条规则。", "Saved: {n} rules changed.", n=len(changed)))
    return redirect(f"/rules?unit={unit_id}", 303)


def _page(unit_id: int, form: Form) -> str:
    tops = session.tops("reader")
    return render_template(
        "rules/show.html",
        form=form,
        unit_id=unit_id,
        tops=tops,
        levels=rules.LEVELS,
        choices=rules.choices,
        may_set=session.may("administrator", unit_id),
    )
