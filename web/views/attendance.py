"""Attendance: shifts that are over, confirmed by their coordinator; what was wrong is put right."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template
from werkzeug.wrappers import Response

from scheduler import attendance, checkins, clock, duties, ledger
from scheduler.errors import Conflict, Invalid, Refusal
from web import scope
from web.filters import t
from web.forms import Form
from web.session import gate

bp = Blueprint("attendance", __name__)

Page = str | tuple[str, int] | Response


@bp.get("/attendance")
@gate("reader")
def waiting() -> str:
    found = attendance.waiting(g.db, scope.tops(), now=g.now)
    doubted = checkins.contradictions(g.db, scope.tops())
    return render_template("attendance/waiting.html", section="rosters", shifts=found, doubted=doubted)


@bp.get("/shifts/<int:shift_id>/attendance")
@gate("reader", "shift", "shift_id")
def sheet(shift_id: int) -> Page:
    return render_template("attendance/sheet.html", form=Form(), **_sheet(shift_id))


@bp.post("/shifts/<int:shift_id>/attendance")
@gate("coordinator", "shift", "shift_id")
def confirm(shift_id: int) -> Page:
    form = Form.sent()
    try:
        absent = _absent(form, shift_id)
        present = attendance.confirm(g.db, shift_id, absent=absent, by=g.actor, now=g.now)
    except Refusal as refusal:
        return form.refused(refusal, "attendance/sheet.html", **_sheet(shift_id))
    flash(t("已确认到岗，记入台账 {n} 人次。", "Attendance confirmed; person-trips entered: {n}.", n=present))
    return redirect(f"/shifts/{shift_id}/attendance", 303)


@bp.post("/shifts/<int:shift_id>/attendance/<int:assignment_id>")
@gate("coordinator", "assignment", "assignment_id")
def put_right(shift_id: int, assignment_id: int) -> Page:
    form = Form.sent()
    try:
        was_there = form.choice("was", ("present", "absent")) == "present"
        form.checked()
        mark = attendance.mark_present if was_there else attendance.mark_absent
        mark(g.db, assignment_id, reason=form["reason"], by=g.actor, now=g.now)
    except Refusal as refusal:
        return form.refused(refusal, "attendance/sheet.html", **_sheet(shift_id), opened=assignment_id)
    flash(t("已更正，台账新增一条。", "Put right by a new ledger entry."))
    return redirect(f"/shifts/{shift_id}/attendance", 303)


@bp.post("/shifts/<int:shift_id>/attendance/others")
@gate("coordinator", "shift", "shift_id")
def supplement(shift_id: int) -> Page:
    form = Form.sent()
    try:
        form.text("staff_no", most=40, required=True)
        person_id = scope.chosen_person(form, "staff_no")
        instead_of = form.id_or_none("instead_of")
        form.checked()
        attendance.supplement(
            g.db, shift_id, person_id or 0, instead_of=instead_of, reason=form["reason"], by=g.actor, now=g.now
        )
    except Refusal as refusal:
        return form.refused(refusal, "attendance/sheet.html", **_sheet(shift_id), adding=True)
    flash(t("已补录 1 人次。", "1 person-trip supplemented."))
    return redirect(f"/shifts/{shift_id}/attendance", 303)


@bp.post("/shifts/<int:shift_id>/attendance/others/<int:entry_id>")
@gate("coordinator", "shift", "shift_id")
def take_back(shift_id: int, entry_id: int) -> Page:
    form = Form.sent()
    try:
        attendance.take_back(g.db, shift_id, entry_id, reason=form["reason"], by=g.actor, now=g.now)
    except (Invalid, Conflict) as refusal:
        return form.refused(refusal, "attendance/sheet.html", **_sheet(shift_id), opened=f"entry-{entry_id}")
    flash(t("已冲销 1 人次。", "1 person-trip taken back."))
    return redirect(f"/shifts/{shift_id}/attendance", 303)


def _sheet(shift_id: int) -> dict[str, object]:
    shift = duties.shift(g.db, shift_id)
    return {
        "section": "rosters",
        "shift": shift,
        "people": attendance.sheet(g.db, shift_id),
        "arrivals": checkins.of_shift(g.db, shift_id),
        "entries": ledger.entries(g.db, shift_id),
        "others": attendance.others(g.db, shift_id),
        "is_over": shift["ends_at"] <= clock.to_text(g.now),
        "shows_code": checkins.is_open(shift, g.settings.duty, g.now),
    }


def _absent(form: Form, shift_id: int) -> dict[int, str]:
    """Who is ticked, with the reason given; a reason beside an empty box is asked about, not thrown away."""
    absent = {assignment_id: form.text(f"reason-{assignment_id}") for assignment_id in form.ids("absent")}
    for row in attendance.sheet(g.db, shift_id):
        if row["assignment_id"] not in absent and form[f"reason-{row['assignment_id']}"].strip():
            form.wrong(f"reason-{row['assignment_id']}", "reason_but_present", person=row["name"])
    form.checked()
    return absent
