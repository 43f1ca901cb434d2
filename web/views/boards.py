"""A roster's board, and what is done on it: seat, release, fix."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, flash, g, redirect, render_template, request
from werkzeug.wrappers import Response

from scheduler import assignments, people, rosters, wording
from scheduler.database import Row
from scheduler.errors import Conflict, Invalid, NotFound
from web import session
from web.addresses import Address
from web.errors import status_of
from web.filters import t, today
from web.forms import Form
from web.session import gate

bp = Blueprint("boards", __name__)

Page = str | tuple[str, int] | Response

SHOWN = 6  # candidates and lines of a list before the rest is folded away


@bp.get("/rosters/<int:roster_id>")
@gate("coordinator", "roster", "roster_id")
def show(roster_id: int) -> Page:
    return _board(roster_id)


@bp.post("/rosters/<int:roster_id>/seat")
@gate("coordinator", "roster", "roster_id")
def seat(roster_id: int) -> Page:
    """Put somebody into the selected slot's shift; what speaks against it in a soft way is told afterwards."""
    form = Form.sent()
    try:
        shift_id, person_id = form.id("shift_id"), form.id("person_id")
        override = form.text("override", most=200)
        form.checked()
        session.allow("coordinator", "shift", shift_id)
        session.allow("coordinator", "person", person_id)
        assignments.seat(g.db, shift_id, person_id, override=override, duty=g.settings.duty, by=g.actor, now=g.now)
    except (Invalid, Conflict) as refusal:
        return _board(roster_id, refusal)
    for problem in assignments.warnings(g.db, shift_id, person_id, duty=g.settings.duty):
        flash(wording.sentence(problem, g.lang), "warn")
    return _back(roster_id)


@bp.post("/rosters/<int:roster_id>/assignments/<int:assignment_id>/<act>")
@gate("coordinator", "assignment", "assignment_id")
def change(roster_id: int, assignment_id: int, act: str) -> Page:
    """Release, fix or unfix."""
    acts = {"release": assignments.release, "fix": assignments.fix, "unfix": assignments.unfix}
    if act not in acts:
        raise NotFound("not_found")
    session.allow("coordinator", "roster", roster_id)
    try:
        acts[act](g.db, assignment_id, by=g.actor, now=g.now)
    except Conflict as refusal:
        return _board(roster_id, refusal)
    return _back(roster_id)


@bp.get("/rosters/<int:roster_id>/seat")
@bp.get("/rosters/<int:roster_id>/assignments/<int:_assignment_id>/<_act>")
@gate("coordinator", "roster", "roster_id")
def reload(roster_id: int, _assignment_id: int = 0, _act: str = "") -> Page:
    """A refusal is shown at the address that it was sent to: loading that again shows the board."""
    return _back(roster_id)


def _back(roster_id: int) -> Response:
    """To the board as it was, the same slot selected."""
    return redirect(_address(roster_id).to() + "#slot", 303)


def _address(roster_id: int) -> Address:
    held = rosters.roster(g.db, roster_id)
    opens, closes = date.fromisoformat(held["starts_on"]), date.fromisoformat(held["ends_on"])
    return Address.read(roster_id, opens, closes, today(), request.args)


def _board(roster_id: int, refusal: Invalid | Conflict | None = None) -> Page:
    """The page; with a refusal, its sentences over the selected slot."""
    address = _address(roster_id)
    try:
        board = rosters.board(
            g.db,
            roster_id,
            first=address.first,
            last=address.last,
            selected=address.slot,
            filters=address.filters,
            by_person=address.is_by_person,
            duty=g.settings.duty,
        )
    except NotFound:  # the selected slot is gone: a shift was taken out, or needs fewer people now
        flash(t("所选的名额已经没有了。", "The slot that was selected is not there any more."), "warn")
        return redirect(address.to(slot=None), 303)
    told = wording.sentences(refusal, g.lang) if refusal else []
    asked = _asked(board.panel, address.q) if board.panel else {}
    page = render_template(
        "boards/board.html",
        board=board,
        address=address,
        units=people.units(g.db, board.roster["unit_id"]),
        refused=told,
        retry=_retry(refusal),
        shown=SHOWN,
        sizes={"lines": rosters.LINES_A_PAGE, "people": rosters.PEOPLE_A_PAGE},
        **asked,
    )
    return (page, status_of(refusal)) if refusal else page


def _retry(refusal: Invalid | Conflict | None) -> dict[str, object] | None:
    """What was asked, to be asked again with a reason, where only that was missing."""
    if refusal is None or refusal.code != "needs_a_reason":
        return None
    left_out = ("csrf_token", "override")
    fields = [(name, held) for name, held in request.form.items(multi=True) if name not in left_out]
    return {"action": request.full_path.rstrip("?"), "fields": fields}


def _asked(panel: rosters.Panel, q: str) -> dict[str, list[Row]]:
    """The panel's people, or those whose name or staff number holds what is searched for."""
    return {
        name: [row for row in found if q in row["person"] or q in row["staff_no"]]
        for name, found in (("able", panel.able), ("unable", panel.unable))
    }
