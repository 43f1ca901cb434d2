"""Who did what in a roster, and back again."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from flask import Blueprint, flash, g, redirect, render_template, request
from werkzeug.wrappers import Response

from scheduler import rosters, wording
from scheduler.audit import Actor
from scheduler.config import Duty
from scheduler.database import Database, Row
from scheduler.errors import Conflict
from web.forms import Form
from web.session import gate, local_path

bp = Blueprint("history", __name__)


class Turn(Protocol):
    """Undo or redo: of a step, or of the latest."""

    def __call__(
        self, db: Database, roster_id: int, step_id: int | None, /, *, by: Actor, now: datetime, duty: Duty | None
    ) -> Row: ...


@bp.get("/rosters/<int:roster_id>/history")
@gate("reader", "roster", "roster_id")
def show(roster_id: int) -> str:
    return render_template(
        "history/list.html", roster=rosters.roster(g.db, roster_id), steps=rosters.history(g.db, roster_id)
    )


@bp.post("/rosters/<int:roster_id>/undo")
@gate("coordinator", "roster", "roster_id")
def undo(roster_id: int) -> Response:
    return _turn(roster_id, rosters.undo)


@bp.post("/rosters/<int:roster_id>/redo")
@gate("coordinator", "roster", "roster_id")
def redo(roster_id: int) -> Response:
    return _turn(roster_id, rosters.redo)


def _turn(roster_id: int, act: Turn) -> Response:
    """Turn the step that was named, or the reader's latest; a refusal is told on the page it was asked from."""
    form = Form.sent()
    step_id = form.id_or_none("step")
    form.checked()
    try:
        act(g.db, roster_id, step_id, duty=g.settings.duty, by=g.actor, now=g.now)
    except Conflict as refusal:
        if request.accept_mimetypes.best == "application/json":
            raise
        for sentence in wording.sentences(refusal, g.lang):
            flash(sentence, "no")
    return redirect(local_path(form["next"], f"/rosters/{roster_id}"), 303)
