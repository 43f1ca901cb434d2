"""My duties: what a person stands next, one duty whole, and what they have stood; made for a thumb."""

from __future__ import annotations

import hashlib
import hmac
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, flash, g, make_response, redirect, render_template
from werkzeug.wrappers import Response

from scheduler import acknowledgements, own, reports, shares, tallies, workdays
from scheduler.database import Row
from web import session
from web.acts import acts, on_map
from web.filters import t, today
from web.forms import Form
from web.session import gate, local_path

bp = Blueprint("me", __name__)

KEPT_AHEAD = 3  # check-in pages of so many next duties come to the phone with /me
KEPT = "Lunzhi-Keep"  # a page with this header may be kept on the phone, for the person that its value stands for


@bp.get("/me")
@gate("staff")
def duties() -> Response:
    person_id = g.person["person_id"]
    coming = own.coming(g.db, person_id, now=g.now, early=_early())
    owed = own.owed(g.db, person_id, g.person["unit_id"], now=g.now)
    return kept(
        "me/duties.html",
        next_duty=coming[0] if coming else None,
        later=coming[1:],
        gone=own.gone(g.db, person_id, now=g.now),
        marks=_marks(coming),
        owed=owed,
        may_plan=session.may("coordinator", g.person["unit_id"]),
        planners=own.planners(g.db, person_id, g.person["unit_id"], now=g.now) if owed else [],
        following=reports.following(g.db, person_id),
        is_first_use=not own.is_subscribed(g.db, person_id),
        total=tallies.total(g.db, first=_new_year(), last=today(), person_id=person_id),
        acts=acts,
        on_map=on_map,
        ahead=[f"/me/check-in/{duty['assignment_id']}" for duty in coming if _is_to_come(duty)][:KEPT_AHEAD],
    )


@bp.get("/me/duties/<int:duty_id>")
@gate("staff")
def duty(duty_id: int) -> Response:
    held = own.duty(g.db, g.person["person_id"], duty_id, now=g.now, early=_early())
    return kept("me/duty.html", duty=held, marks=_marks([held]), acts=acts, on_map=on_map)


@bp.post("/me/duties/<int:duty_id>/acknowledge")
@gate("staff")
def acknowledge(duty_id: int) -> Response:
    acknowledgements.by_page(g.db, duty_id, by=g.actor, now=g.now)
    flash(t("已告诉排班员：您收到了。", "Noted: you have seen it."))
    return redirect(local_path(Form.sent()["next"], "/me"), 303)


@bp.get("/me/history")
@gate("staff")
def history() -> str:
    cut = {"first": _new_year(), "last": today(), "person_id": g.person["person_id"]}
    months = tallies.months(g.db, **cut)
    return render_template(
        "me/history.html",
        total=tallies.total(g.db, **cut),
        months=months[::-1],
        most=max((row["trips"] for row in months), default=0),
        by_activity=tallies.tally(g.db, "activity", **cut),
        share=shares.share(g.db, g.person["person_id"], cut["first"], cut["last"]),
        first=cut["first"],
    )


def kept(template: str, **context: Any) -> Response:
    """A page that the person's phone may keep to be read without a connection."""
    response = make_response(render_template(template, **context))
    whose = f"kept for {g.person['person_id']}".encode()
    response.headers[KEPT] = hmac.new(g.settings.site.secret_key.encode(), whose, hashlib.sha256).hexdigest()[:32]
    return response


def _marks(coming: list[Row]) -> dict[str, workdays.Day]:
    """The make-up workdays and holidays among the days of these duties."""
    if not coming:
        return {}
    days = workdays.days(g.db, coming[0]["date"], coming[-1]["date"])
    return {day.day.isoformat(): day for day in days if day.kind in ("makeup", "holiday")}


def _is_to_come(duty: Row) -> bool:
    return duty["state"] == duty["shift_state"] == "planned" and duty["checked_in_at"] is None


def _early() -> timedelta:
    """How long before a duty begins one may check in."""
    return timedelta(minutes=g.settings.duty.check_in_before_minutes)


def _new_year() -> date:
    return today().replace(month=1, day=1)
