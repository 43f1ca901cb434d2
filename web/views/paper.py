"""A roster on paper: the sheet that hangs on the wall."""

from __future__ import annotations

from flask import Blueprint, g, render_template, request

from scheduler import rosters
from web.session import gate

bp = Blueprint("paper", __name__)


@bp.get("/rosters/<int:roster_id>/print")
@gate("coordinator", "roster", "roster_id")
def sheet(roster_id: int) -> str:
    by_person = request.args.get("view") == "people"
    found = (rosters.by_person if by_person else rosters.by_place)(g.db, roster_id)
    paper = request.args.get("paper") or ("a3" if found.is_large else "a4")
    return render_template(
        "paper/sheet.html",
        sheet=found,
        roster=found.roster,
        by_person=by_person,
        paper="a3" if paper == "a3" else "a4",
    )
