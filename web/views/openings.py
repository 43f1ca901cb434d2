"""Seats opened for sign-up, at a coordinator's desk: open, close, see who signed up, seat by hand, call people up."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template
from werkzeug.wrappers import Response

from scheduler import clock, duties, openings, people, rosters, wording
from scheduler.database import Row
from scheduler.errors import Conflict, Invalid, Refusal
from web import scope, work
from web.errors import status_of
from web.filters import t, today
from web.forms import Form
from web.session import gate

bp = Blueprint("openings", __name__)

Page = str | tuple[str, int] | Response

EVENING = time(18)  # the day before, a deadline that people can still act on


@bp.get("/openings")
@gate("reader")
def listing() -> Page:
    return render_template("openings/list.html", openings=openings.listing(g.db, scope.tops(), now=g.now))


@bp.get("/shifts/<int:shift_id>/opening")
@gate("reader", "shift", "shift_id")
def show(shift_id: int) -> Page:
    return _page(shift_id, _form(shift_id))


@bp.post("/shifts/<int:shift_id>/opening")
@gate("coordinator", "shift", "shift_id")
def open_seats(shift_id: int) -> Page:
    form = Form.sent()
    try:
        asked = _asked(form) | {"seats": form.integer("seats", low=1, high=openings.SEATS_MOST)}
        closes_at, version = _deadline(form), form.id_or_none("version")
        rule, tell = form.choice("rule", openings.RULES), form.flag("tell")
        form.checked()
        told = openings.open_seats(
            g.db, shift_id, **asked, rule=rule, closes_at=closes_at or g.now, tell=tell, version=version,
            base_url=g.settings.site.base_url, by=g.actor, now=g.now, duty=g.settings.duty,
        )  # fmt: skip
    except (Invalid, Conflict) as refusal:
        return _refused(shift_id, form, refusal)
    flash(_told(told, tell))
    return redirect(f"/shifts/{shift_id}/opening", 303)


@bp.post("/openings/<int:opening_id>/close")
@gate("coordinator", "opening", "opening_id")
def close(opening_id: int) -> Page:
    shift_id = openings.shift_of(g.db, opening_id)
    try:
        told = openings.close(g.db, opening_id, base_url=g.settings.site.base_url, by=g.actor, now=g.now)
    except Conflict as refusal:
        return _refused(shift_id, _form(shift_id), refusal)
    flash(t("已关闭报名，通知 {n} 人。", "Closed; {n} told.", n=told))
    return redirect(f"/shifts/{shift_id}/opening", 303)


@bp.post("/openings/<int:opening_id>/call-off")
@gate("coordinator", "opening", "opening_id")
def call_off(opening_id: int) -> Page:
    shift_id, reason = openings.shift_of(g.db, opening_id), Form.sent()["reason"]
    try:
        told = openings.call_off(
            g.db, opening_id, reason=reason, base_url=g.settings.site.base_url, by=g.actor, now=g.now
        )
    except (Invalid, Conflict) as refusal:
        return _refused(shift_id, _form(shift_id), refusal)
    flash(t("班次已取消，通知 {n} 人。", "The duty is cancelled; {n} told.", n=told))
    return redirect(f"/shifts/{shift_id}", 303)


@bp.post("/sign-ups/<int:sign_up_id>/free")
@gate("coordinator", "sign_up", "sign_up_id")
def free_seat(sign_up_id: int) -> Page:
    shift_id, reason = openings.shift_of_sign_up(g.db, sign_up_id), Form.sent()["reason"]
    try:
        moved = openings.free_seat(
            g.db, sign_up_id, reason=reason, base_url=g.settings.site.base_url, by=g.actor, now=g.now,
            duty=g.settings.duty,
        )  # fmt: skip
    except (Invalid, Conflict) as refusal:
        return _refused(shift_id, _form(shift_id), refusal)
    flash(t("已撤下并通知本人；候补递补 {n} 人。", "Taken out and told; {n} moved up from the waiting list.", n=moved))
    return redirect(f"/shifts/{shift_id}/opening", 303)


@bp.post("/sign-ups/<int:sign_up_id>/seat")
@gate("coordinator", "sign_up", "sign_up_id")
def seat(sign_up_id: int) -> Page:
    form, shift_id = Form.sent(), openings.shift_of_sign_up(g.db, sign_up_id)
    try:
        override = form.text("override")
        form.checked()
        openings.seat_by_hand(
            g.db, sign_up_id, override=override, base_url=g.settings.site.base_url, by=g.actor, now=g.now,
            duty=g.settings.duty,
        )  # fmt: skip
    except (Invalid, Conflict) as refusal:
        return _refused(shift_id, _form(shift_id), refusal, retry=sign_up_id)
    flash(t("已排入，本人已收到通知。", "Seated, and they are told."))
    return redirect(f"/shifts/{shift_id}/opening", 303)


@bp.get("/rosters/<int:roster_id>/call-up")
@gate("coordinator", "roster", "roster_id")
def called(roster_id: int) -> Page:
    roster = rosters.roster(g.db, roster_id)
    day = min(max(today().isoformat(), roster["starts_on"]), roster["ends_on"])
    form = Form.of({"day": day, "seats": 6, "activity": "epidemic", "starts": "", "ends": ""})
    return render_template("openings/call_up.html", form=form, **_call_up_choices(roster))


@bp.post("/rosters/<int:roster_id>/call-up")
@gate("coordinator", "roster", "roster_id")
def call_up(roster_id: int) -> Page:
    form, roster = Form.sent(), rosters.roster(g.db, roster_id)
    try:
        given = _asked(form) | {
            "place_id": form.id("place_id"), "activity": form.text("activity", required=True), "day": form.day("day"),
            "starts": form.clock("starts"), "ends": form.clock("ends"), "tasks": form.lines("tasks", most=1000),
            "seats": form.integer("seats", low=1, high=openings.SEATS_MOST),
            "closes_at": _deadline(form, required=False),
        }  # fmt: skip
        form.checked()
        shift_id, told = openings.call_up(
            g.db, roster_id, **given, base_url=g.settings.site.base_url, by=g.actor, now=g.now, duty=g.settings.duty
        )
    except Refusal as refusal:
        return form.refused(refusal, "openings/call_up.html", **_call_up_choices(roster))
    flash(_told(told, tell=True))
    return redirect(f"/shifts/{shift_id}/opening", 303)


def _asked(form: Form) -> dict[str, Any]:
    """Whom it is for, and the note."""
    return {
        "party": form.flag("party"),
        "skills": re.split(r"[,，、;；]", form.text("skills")),
        "units": form.ids("units"),
        "note": form.lines("note", most=openings.NOTE_MOST),
    }


def _deadline(form: Form, *, required: bool = True) -> datetime | None:
    """The day and the time until which one may sign up."""
    day, at = form.day_or_none("closes", required=required), form.clock_or_none("closes_time")
    return clock.instant(day, at or EVENING, g.settings.zone) if day else None


def _form(shift_id: int) -> Form:
    """What is open now; else the free seats, until the evening before."""
    shift, held = duties.shift(g.db, shift_id), openings.of_shift(g.db, shift_id, now=g.now)
    if held is None:
        free = openings.free_slots(g.db, shift_id)
        return Form.of({"seats": max(1, len(free)), "rule": "first_come", "tell": True, **_evening_before(shift)})
    closes = clock.local(held["closes_at"], g.settings.zone)
    until = {"closes": closes.date(), "closes_time": closes.time()}
    if held["is_over"]:
        until = _evening_before(shift)
    asked = held["asked"]
    skills, units, party = "、".join(asked.get("skills", ())), asked.get("units", ()), asked.get("party", False)
    fields = {name: held[name] for name in ("seats", "rule", "note", "version")}
    return Form.of(fields | until, skills=skills, units=units, party=party)


def _evening_before(shift: Row) -> dict[str, Any]:
    """The evening before, or the start where that is over."""
    evening = clock.instant(date.fromisoformat(shift["day"]) - timedelta(days=1), EVENING, g.settings.zone)
    at = evening if evening > g.now else clock.from_text(shift["starts_at"])
    closes = at.astimezone(g.settings.zone)
    return {"closes": closes.date(), "closes_time": closes.time()}


def _refused(shift_id: int, form: Form, refusal: Invalid | Conflict, retry: int | None = None) -> tuple[str, int]:
    form.problems = list(refusal.problems)
    held = openings.of_shift(g.db, shift_id, now=g.now)
    if refusal.code == "opening_was_changed" and held:
        form.renew(held["version"])
    return _page(shift_id, form, retry if refusal.code == "needs_a_reason" else None), status_of(refusal)


def _page(shift_id: int, form: Form, retry: int | None = None) -> str:
    shift, held = duties.shift(g.db, shift_id), openings.of_shift(g.db, shift_id, now=g.now)
    return render_template(
        "openings/show.html",
        shift=shift,
        opening=held,
        signed=openings.signed_up(g.db, held["id"]) if held else [],
        form=form,
        retry=retry,
        free=len(openings.free_slots(g.db, shift_id)),
        has_begun=shift["starts_at"] <= clock.to_text(g.now),
        rules=[(rule, wording.name_of("opening_rule", rule, g.lang)) for rule in openings.RULES],
        **_whom(shift["unit_id"]),
    )


def _whom(unit_id: int) -> dict[str, Any]:
    """The units and teams that may be named."""
    return {"line": duties.units_in_line(g.db, unit_id), "teams": people.skills(g.db, [unit_id])}


def _call_up_choices(roster: Row) -> dict[str, Any]:
    return work.choices(roster["unit_id"]) | {"roster": roster, "teams": people.skills(g.db, [roster["unit_id"]])}


def _told(told: int, tell: bool) -> str:
    if not tell:
        return t("已保存。", "Saved.")
    return t("已开放报名，通知 {n} 人。", "Open for sign-up; {n} person is told." if told == 1 else
             "Open for sign-up; {n} people are told.", n=told)  # fmt: skip
