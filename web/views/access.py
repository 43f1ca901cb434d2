"""Who may do what over which units, from when to when; one-time links for those who cannot get in."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template
from werkzeug.wrappers import Response

from scheduler import accounts, people, signin
from scheduler.accounts import GRANTED
from scheduler.database import Row
from scheduler.errors import Conflict, Invalid, NotFound
from web import session
from web.filters import t
from web.forms import Form
from web.session import gate

bp = Blueprint("access", __name__)

Page = str | tuple[str, int] | Response


@bp.get("/access")
@gate("overseer")
def listing() -> Page:
    return render_template("access/list.html", form=Form(), **_context())


@bp.post("/access")
@gate("administrator")
def grant() -> Page:
    form = Form.sent()
    try:
        role, unit_id = form.choice("role", GRANTED), form.id("unit_id")
        days = {"starts_on": form.day_or_none("starts_on"), "ends_on": form.day_or_none("ends_on")}
        person = _named(form)
        form.checked()
        session.allow("administrator", "unit", unit_id)
        accounts.grant(g.db, person["id"], role, unit_id, **days, by=g.actor, now=g.now)
    except (Invalid, Conflict) as refusal:
        return form.refused(refusal, "access/list.html", **_context())
    flash(t("已授权 {name}。", "Granted to {name}.", name=person["name"]))
    return redirect("/access", 303)


@bp.post("/access/<int:access_id>/revoke")
@gate("administrator", "access", "access_id")
def revoke(access_id: int) -> Page:
    form = Form.sent()
    try:
        last_day = form.day_or_none("ends_on")
        form.checked()
        accounts.revoke(g.db, access_id, last_day=last_day, by=g.actor, now=g.now)
    except Invalid as refusal:
        form.problems = list(refusal.problems)
        return render_template("access/list.html", form=form, **_context()), 422
    flash(t("已结束。", "Ended.") if last_day is None else t("已定下最后一天。", "The last day is set."))
    return redirect("/access", 303)


@bp.post("/people/<int:person_id>/link")
@gate("coordinator", "person", "person_id")
def link(person_id: int) -> Page:
    """Shown once, in the answer itself: only its hash is kept."""
    purpose: accounts.Purpose = "password" if Form.sent()["purpose"] == "password" else "signin"
    token = accounts.make_link(g.db, person_id, purpose=purpose, by=g.actor, now=g.now)
    return render_template(
        "access/link.html",
        person=people.person(g.db, person_id),
        address=signin.address(g.settings.site.base_url, token, purpose),
        until=g.now + accounts.LINK_LASTS,
        purpose=purpose,
    )


def _context() -> dict[str, object]:
    tops = session.tops("administrator")
    units = {unit["id"]: unit for top in tops for unit in people.units(g.db, within=top["id"])}
    options = [(unit_id, "　" * unit["depth"] + unit["name"]) for unit_id, unit in units.items()]
    return {
        "grants": accounts.grants(g.db, g.actor, now=g.now),
        "units": options,
        "roles": GRANTED,
        "passwords": accounts.passwords_allowed(g.db),
        "may_set_passwords": accounts.administers_all(g.db, g.actor, now=g.now),
    }


def _named(form: Form) -> Row:
    """The person with the staff number that was given, among those whom the reader administers."""
    staff_no = form.text("staff_no", most=40, required=True)
    person = people.by_staff_no(g.db, [staff_no]).get(staff_no)
    try:
        session.allow("administrator", "person", person["id"] if person else 0)
    except NotFound:
        if staff_no:
            form.wrong("staff_no", "unknown_staff_no", staff_no=staff_no)
    return person or {}
