"""A roster's board, and what is done on it: seat, move, swap, release, fix."""

from __future__ import annotations

from flask import Blueprint, flash, g, jsonify, request
from werkzeug.wrappers import Response

from scheduler import assignments, rosters, wording
from scheduler.database import Row
from scheduler.errors import Conflict, Invalid, NotFound
from web import board_page, session
from web.board_page import Page, named_slot, seen_in
from web.filters import clock_time, day, name_of, t
from web.forms import Form
from web.session import gate

bp = Blueprint("boards", __name__)


@bp.get("/rosters/<int:roster_id>")
@gate("reader", "roster", "roster_id")
def show(roster_id: int) -> Page:
    return board_page.page(roster_id)


@bp.get("/rosters/<int:roster_id>/parts")
@gate("reader", "roster", "roster_id")
def parts(roster_id: int) -> Page:
    """The grid and its sums anew, for a page that has heard of somebody else's change; and who did what."""
    flash(_told(rosters.news(g.db, roster_id)), "note")
    return board_page.page(roster_id, parts="grid")


@bp.get("/rosters/<int:roster_id>/version")
@gate("reader", "roster", "roster_id")
def version(roster_id: int) -> Response:
    """What a page asks every few seconds: whether it still shows what there is."""
    return jsonify(version=rosters.version_of(g.db, roster_id))


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
        return board_page.page(roster_id, refusal, parts="all")
    for problem in assignments.warnings(g.db, shift_id, person_id, duty=g.settings.duty):
        flash(wording.sentence(problem, g.lang), "warn")
    return board_page.done(roster_id)


@bp.post("/rosters/<int:roster_id>/drop")
@gate("coordinator", "roster", "roster_id")
def drop(roster_id: int) -> Page:
    """A person or a slot's person to another slot, or out; the form says whom the reader saw where."""
    form = Form.sent()
    try:
        source, target, person_id = named_slot(form, "source"), named_slot(form, "target"), form.id_or_none("person_id")
        override, seen = form.text("override", most=200), seen_in(form, "source", "target")
        form.checked()
        if person_id:
            session.allow("coordinator", "person", person_id)
        assignments.drop(
            g.db, roster_id, source=source, target=target, person_id=person_id, seen=seen, override=override,
            duty=g.settings.duty, by=g.actor, now=g.now,
        )  # fmt: skip
    except (Invalid, Conflict) as refusal:
        return board_page.page(roster_id, refusal, parts="all")
    return board_page.done(roster_id)


@bp.post("/rosters/<int:roster_id>/lock")
@gate("coordinator", "roster", "roster_id")
def lock(roster_id: int) -> Page:
    """Fix whoever stands a slot, or unfix them."""
    form = Form.sent()
    try:
        source, seen = named_slot(form, "source"), seen_in(form, "source")
        form.checked()
        if source is None:
            raise Invalid("bad_drop")
        assignments.lock(g.db, roster_id, source, seen=seen, by=g.actor, now=g.now)
    except (Invalid, Conflict) as refusal:
        return board_page.page(roster_id, refusal, parts="all")
    return board_page.done(roster_id)


@bp.post("/rosters/<int:roster_id>/at-once")
@gate("coordinator", "roster", "roster_id")
def at_once(roster_id: int) -> Page:
    """Publish what is changed at one slot now, with what hangs together with it; all else waits on."""
    form = Form.sent()
    try:
        slot, version = named_slot(form, "slot"), form.version()
        form.checked()
        if slot is None:
            raise Invalid("bad_drop")
        told = rosters.publish(
            g.db, roster_id, version=version, only=(slot.shift_id, slot.number), duty=g.settings.duty,
            base_url=g.settings.site.base_url, secret_key=g.settings.site.secret_key, by=g.actor, now=g.now,
        )  # fmt: skip
    except (Invalid, Conflict) as refusal:
        return board_page.page(roster_id, refusal, parts="all")
    one, many = "In effect; {n} person is told.", "In effect; {n} people are told."
    flash(t("已生效，通知 {n} 人。", one if told == 1 else many, n=told))
    return board_page.done(roster_id)


@bp.get("/rosters/<int:roster_id>/refusals")
@gate("coordinator", "roster", "roster_id")
def refusals(roster_id: int) -> Response:
    """Where a person cannot go and who may not take over, in words, before they are let go."""
    source = board_page.slot_or_none(request.args.get("source", ""))
    person_id = request.args.get("person_id", type=int)
    if person_id:
        session.allow("coordinator", "person", person_id)
    found = rosters.carried(
        g.db, roster_id, person_id=None if source else person_id, source=source, duty=g.settings.duty
    )
    return jsonify(board_page.carried(roster_id, found))


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
        return board_page.page(roster_id, refusal, parts="all")
    return board_page.done(roster_id)


@bp.get("/rosters/<int:roster_id>/seat")
@bp.get("/rosters/<int:roster_id>/drop")
@bp.get("/rosters/<int:roster_id>/lock")
@bp.get("/rosters/<int:roster_id>/at-once")
@bp.get("/rosters/<int:roster_id>/assignments/<int:_assignment_id>/<_act>")
@gate("coordinator", "roster", "roster_id")
def reload(roster_id: int, _assignment_id: int = 0, _act: str = "") -> Page:
    """A refusal is shown at the address that it was sent to: loading that again shows the board."""
    return board_page.done(roster_id)


def _told(news: Row) -> str:
    """Who changed what last, in a sentence."""
    if news["actor"] is None:
        return t("这张排班表有改动。", "This roster was changed.")
    who, when = wording.who(news["actor"], g.lang), clock_time(news["at"])
    if news["person"] and news["place"]:
        what = f"{name_of(news['act'], 'step')} {news['person']} {news['place']} {day(news['day'])}"
        return t("{who} {when}：{what}。", "{who}, {when}: {what}.", who=who, when=when, what=what)
    return t("{who} {when} 改动了这张排班表。", "{who} changed this roster at {when}.", who=who, when=when)
