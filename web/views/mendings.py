"""Standing in for those who are away on duties of a published roster: what it would change, and doing it."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template
from werkzeug.wrappers import Response

from scheduler import rosters
from scheduler.errors import Conflict, Invalid
from scheduler.rosters import mending
from web.errors import status_of
from web.filters import t
from web.forms import Form
from web.session import gate

bp = Blueprint("mendings", __name__)

Page = str | tuple[str, int] | Response


@bp.get("/rosters/<int:roster_id>/mend")
@gate("coordinator", "roster", "roster_id")
def show(roster_id: int) -> Page:
    return _page(roster_id, Form())


@bp.post("/rosters/<int:roster_id>/mend")
@gate("coordinator", "roster", "roster_id")
def mend(roster_id: int) -> Page:
    form = Form.sent()
    try:
        version = form.version()
        form.checked()
        wider, duty = form.flag("wider"), g.settings.duty
        changed = mending.mend(g.db, roster_id, version=version, wider=wider, by=g.actor, now=g.now, duty=duty)
    except (Invalid, Conflict) as refusal:
        form.problems = list(refusal.problems)
        return _page(roster_id, form), status_of(refusal)
    flash(
        t(
            "已补位：改了 {n} 处，发布改动后通知本人。",
            "Done: {n} changes. People are told when they are published.",
            n=changed,
        )
    )
    return redirect(f"/rosters/{roster_id}", 303)


def _page(roster_id: int, form: Form) -> str:
    plan = mending.mending(g.db, roster_id, now=g.now, duty=g.settings.duty)
    return render_template("rosters/mend.html", form=form, roster=rosters.roster(g.db, roster_id), plan=plan)
