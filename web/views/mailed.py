"""Tallies by e-mail on a schedule: what is mailed of the reader's units, and a question to be mailed from now on."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

from flask import Blueprint, flash, g, redirect, render_template
from werkzeug.wrappers import Response

from scheduler import scheduled, tallies
from scheduler.database import Row
from scheduler.errors import Conflict, Invalid
from web import scope
from web.filters import name_of, t, today
from web.forms import Form
from web.questions import Asked, asked
from web.session import allow, gate, may

bp = Blueprint("mailed", __name__)


@bp.get("/tallies/mailed")
@gate("reader")
def listing() -> str:
    return render_template("tallies/mailed.html", form=Form.of({"every": "month"}), **_page(asked()[0]))


@bp.post("/tallies/mailed")
@gate("coordinator")
def add() -> Response | tuple[str, int]:
    """The question stands in the address, as on the page of tallies."""
    found, given = asked()
    form = Form.sent()
    try:
        given.checked()
        allow("coordinator", "unit", found.question.within or 0)
        name, every = form.text("name", most=60, required=True), form.choice("every", scheduled.EVERY)
        receivers = form.ids("receivers")
        form.checked()
        scheduled.add(
            g.db, found.question, name=name, every=every, receivers=receivers, lang=g.lang, by=g.actor, now=g.now
        )
    except (Invalid, Conflict) as refusal:
        return form.refused(refusal, "tallies/mailed.html", **_page(found))
    flash(t("已保存，下次发送时间见列表。", "Saved. The list says when it is mailed next."))
    return redirect(found.href("/tallies/mailed"), 303)


@bp.post("/tallies/mailed/<int:export_id>/end")
@gate("coordinator", "scheduled_export", "export_id")
def end(export_id: int) -> Response:
    scheduled.end(g.db, export_id, by=g.actor, now=g.now)
    flash(t("已停止。", "Ended."))
    return redirect("/tallies/mailed", 303)


def _page(found: Asked) -> dict[str, object]:
    unit_id = found.question.within
    may_add = unit_id is not None and may("coordinator", unit_id)
    people = scheduled.candidates(g.db, unit_id, by=g.actor, now=g.now) if unit_id is not None and may_add else []
    units = scope.units()
    return {
        "section": "tallies",
        "asked": found,
        "unit": next((unit["name"] for unit in units if unit["id"] == unit_id), ""),
        "by": [_named(name) for name in found.question.dimensions],
        "measures": [_named(name) for name in found.question.measures],
        "may_add": may_add,
        "every": [(name, name_of(name, "every")) for name in scheduled.EVERY],
        "people": [(row["person_id"], f"{row['person']} · {row['staff_no']}") for row in people],
        "mailed": [_shown(row) for row in scheduled.listed(g.db, [unit["id"] for unit in units], now=g.now)],
    }


def _shown(row: Row) -> Row:
    """With the address of the question, asked of the last period that has ended."""
    first, last = scheduled.period_before(row["every"], today())
    question = replace(tallies.Question.from_args(row["args"], today=last), first=first, last=last)
    return row | {"href": f"/tallies?{urlencode(question.to_args())}"}


def _named(name: str) -> str:
    held = tallies.DIMENSIONS.get(name) or tallies.MEASURES[name]
    return t(held.zh, held.en)
