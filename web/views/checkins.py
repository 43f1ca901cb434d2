"""Checking in: the code typed at the place, the screen that shows it, a note and a photo, leaving."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

from flask import Blueprint, Response, flash, g, jsonify, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as Answer

from scheduler import checkins, duties
from scheduler.database import Row
from scheduler.errors import NotFound, Refusal
from web import scope, session
from web.filters import t
from web.forms import Form
from web.session import gate
from web.views.me import kept

bp = Blueprint("checkins", __name__)

Page = str | tuple[str, int] | Answer

AGO_MOST = 2 * 24 * 3600  # seconds: what was entered earlier than that is of another day


@bp.get("/me/check-in/<int:assignment_id>")
@gate("staff")
def mine(assignment_id: int) -> Page:
    """A phone may keep it: without a network the code is typed all the same, and sent later."""
    form = Form(request.args) if "code" in request.args else Form()
    return kept("checkins/mine.html", form=form, **_mine(assignment_id))


@bp.post("/me/check-in/<int:assignment_id>")
@gate("staff")
def enter(assignment_id: int) -> Page:
    """`ago` is how many seconds ago it was typed: a phone without a network sends it later, twice where it heard no
    answer, and so under a name of its own, `entry`."""
    form = Form.sent()
    by_script = request.accept_mimetypes.best == "application/json"
    try:
        ago = form.integer_or_none("ago", low=0, high=AGO_MOST)
        code, entry = form.text("code", most=20, required=True), form.text("entry", most=64)
        form.checked()
        claimed = g.now - timedelta(seconds=ago) if ago else None
        arrival = checkins.check_in(
            g.db, assignment_id, code, keeper=_keeper(), duty=g.settings.duty, by=g.actor, now=g.now, claimed=claimed,
            entry=entry,
        )  # fmt: skip
    except Refusal as refusal:
        if by_script or isinstance(refusal, NotFound):
            raise
        return form.refused(refusal, "checkins/mine.html", **_mine(assignment_id))
    if by_script:
        return jsonify(at=arrival.at, late=arrival.is_late)
    return redirect(f"/me/check-in/{assignment_id}", 303)


@bp.post("/me/check-in/<int:assignment_id>/leave")
@gate("staff")
def leave(assignment_id: int) -> Answer:
    checkins.leave(g.db, assignment_id, by=g.actor, now=g.now)
    return redirect(f"/me/check-in/{assignment_id}", 303)


@bp.post("/me/check-in/<int:assignment_id>/note")
@gate("staff")
def note(assignment_id: int) -> Page:
    form = Form.sent()
    sent = request.files.get("photo")
    try:
        words = form.lines("note", most=checkins.NOTE_MOST)
        form.checked()
        photo = sent.read(checkins.BYTES_MOST + 1) if sent else b""
        checkins.add_note(g.db, assignment_id, note=words, photo=photo, settings=g.settings, by=g.actor, now=g.now)
    except Refusal as refusal:
        if isinstance(refusal, NotFound):
            raise
        return form.refused(refusal, "checkins/mine.html", **_mine(assignment_id))
    flash(t("已保存。", "Saved."))
    return redirect(f"/me/check-in/{assignment_id}", 303)


@bp.get("/check-in/<int:shift_id>")
@gate("staff")
def scanned(shift_id: int) -> Answer:
    """Where the QR code leads: to one's own duty in that shift, with the code typed in."""
    assignment_id = checkins.assignment_at(g.db, shift_id, g.actor)
    code = request.args.get("code", "")[:20]
    return redirect(f"/me/check-in/{assignment_id}?{urlencode({'code': code})}", 303)


@bp.get("/shifts/<int:shift_id>/code")
@gate("staff")
def code(shift_id: int) -> str:
    """For the coordinators, for who answers for the place, and for who has checked in already."""
    if not checkins.may_host(g.db, shift_id, g.actor):
        session.allow("coordinator", "shift", shift_id)
    shift = duties.shift(g.db, shift_id)
    return render_template(
        "checkins/code.html",
        shift=shift,
        is_coordinated=scope.is_coordinated(shift["unit_id"]),
        moment=checkins.moment_of(shift, g.settings.duty, g.now),
        shown=shown(shift),
        address=address(shift),
        people=duties.standing(g.db, shift_id, as_told=True),
        arrivals=checkins.of_shift(g.db, shift_id),
    )


@bp.get("/check-ins/<int:check_in_id>/photo")
@gate("staff")
def photo(check_in_id: int) -> Response:
    """For its person and the shift's coordinators."""
    if checkins.person_of(g.db, check_in_id) != g.person["person_id"]:
        session.allow("examiner", "check_in", check_in_id)
    response = make_response(checkins.photo_of(g.db, check_in_id, g.settings))
    response.content_type = "image/jpeg"
    response.headers["Content-Disposition"] = f'inline; filename="{check_in_id}.jpg"'
    return response


@bp.post("/check-ins/<int:check_in_id>/void")
@gate("coordinator", "check_in", "check_in_id")
def void(check_in_id: int) -> Answer:
    form = Form.sent()
    checkins.void(g.db, check_in_id, reason=form["reason"], by=g.actor, now=g.now)
    flash(t("已注明这次签到不算。", "Noted: this check-in does not count."))
    return redirect(session.here(), 303)


def shown(shift: Row) -> checkins.Shown | None:
    """The code of a shift to which one may check in now, else None."""
    if shift["state"] == "cancelled" or not checkins.is_open(shift, g.settings.duty, g.now):
        return None
    return checkins.shown(_keeper().of(shift["key"]), g.now)


def address(shift: Row) -> str:
    """What the QR code says."""
    now = shown(shift)
    return f"{g.settings.site.base_url}/check-in/{shift['id']}?code={now.code}" if now else ""


def _keeper() -> checkins.Keeper:
    return checkins.Keeper(g.settings.site.secret_key)


def _mine(assignment_id: int) -> dict[str, object]:
    duty = checkins.duty(g.db, assignment_id, duty=g.settings.duty, by=g.actor, now=g.now)
    is_host = checkins.may_host(g.db, duty["shift_id"], g.actor)
    is_coordinator = session.may("coordinator", duty["unit_id"])
    return {"duty": duty, "may_show": (is_host or is_coordinator) and duty["moment"] in ("open", "late")}
