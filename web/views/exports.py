"""Large exports: asked for, followed while the background process makes them, fetched by who asked."""

from __future__ import annotations

from flask import Blueprint, Response, flash, g, redirect, render_template
from werkzeug.wrappers import Response as AnyResponse

from scheduler import handouts, tallies, wording
from scheduler.database import Row
from scheduler.errors import Conflict, Invalid, Problem
from web import scope
from web.downloads import saved_file
from web.errors import status_of
from web.filters import t
from web.questions import Asked, asked
from web.session import gate
from web.views.tally_files import named_file

bp = Blueprint("exports", __name__)


@bp.get("/exports")
@gate("reader")
def listing() -> str:
    return _page()


@bp.post("/exports")
@gate("reader")
def ask() -> AnyResponse | tuple[str, int]:
    """The question stands in the address, as on the page of tallies."""
    found, form = asked()
    kind = form.choice("kind", handouts.KINDS)
    try:
        form.checked()
        handout_id = handouts.ask(
            g.db, found.question, kind=kind, order=found.order, lang=g.lang, by=g.actor, now=g.now
        )
    except (Invalid, Conflict) as refusal:
        return _page(list(refusal.problems)), status_of(refusal)
    return redirect(f"/exports/{handout_id}", 303)


@bp.get("/exports/<int:handout_id>")
@gate("reader")
def show(handout_id: int) -> str:
    return render_template("exports/show.html", section="tallies", **_shown(_held(handout_id)))


@bp.get("/exports/<int:handout_id>/now")
@gate("reader")
def now(handout_id: int) -> str:
    """How far it is: asked again and again while the background process is at it."""
    return render_template("exports/making.html", **_shown(_held(handout_id)))


@bp.get("/exports/<int:handout_id>/file")
@gate("reader")
def file(handout_id: int) -> Response:
    held = _held(handout_id)
    return saved_file(handouts.file(g.settings, held), *named_file(held["kind"], held["question"]))


@bp.post("/exports/<int:handout_id>/drop")
@gate("reader")
def drop(handout_id: int) -> AnyResponse:
    handouts.drop(g.db, g.settings, handout_id, by=g.actor, now=g.now)
    flash(t("已删除，文件不再保留。", "Deleted; no file is kept."))
    return redirect("/exports", 303)


def _page(problems: list[Problem] | None = None) -> str:
    """The export that the address asks for, where it names a kind, and those that were asked for before."""
    found, form = asked()
    form.problems = problems or form.problems
    return render_template(
        "exports/list.html", section="tallies", form=form, asked=found, large=handouts.LARGE,
        kind=form["kind"] if form["kind"] in handouts.KINDS else "",
        unit=next((unit["name"] for unit in scope.units() if unit["id"] == found.question.within), ""),
        exports=[_shown(held) for held in handouts.handouts(g.db, by=g.actor, now=g.now)],
    )  # fmt: skip


def _held(handout_id: int) -> Row:
    return handouts.handout(g.db, handout_id, by=g.actor, now=g.now)


def _shown(held: Row) -> Row:
    """With why it failed, its period in words, and the page that it was asked for on."""
    question = held["question"]
    came = Asked(question, order=held["listing"])
    href = came.href("/tallies") if held["kind"] == "tallies.xlsx" else came.listed("/trips")
    why = wording.sentence(Problem(held["refusal"]), g.lang) if held["refusal"] else ""
    return {"held": held, "why": why, "days": tallies.told(question.first, question.last, g.lang), "href": href}
