"""People: the list, one person with days away and history."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from scheduler import accounts, leave, ledger, people, wording
from scheduler.database import Row
from scheduler.errors import Conflict, Invalid, Refusal
from web import scope, session, spans
from web.errors import status_of
from web.filters import t, today
from web.forms import Form
from web.session import gate

bp = Blueprint("people", __name__)

Page = str | tuple[str, int] | Response

PAGE = 50
LAST_PAGE = 100_000
AWAY_SHOWN = timedelta(days=60)
LANGUAGES = ("zh", "en")


@bp.get("/people")
@gate("reader")
def listing() -> Page:
    asked, units = _asked(), scope.units()
    shown, total = _found(asked)
    return render_template(
        "people/list.html", people=shown, total=total, asked=asked, size=PAGE, href=_href(asked),
        units=scope.options(units), has_units=bool(units),
    )  # fmt: skip


@bp.get("/people/new")
@gate("coordinator")
def new() -> Page:
    form = Form.of({"unit_id": request.args.get("unit", ""), "role": "staff", "lang": "zh", "joined_on": today()})
    return render_template("people/new.html", form=form, **_choices())


@bp.post("/people")
@gate("coordinator")
def add() -> Page:
    form = Form.sent()
    try:
        given = _given(form)
        person_id = people.add(g.db, **given, by=g.actor, now=g.now)
    except (Invalid, Conflict) as refusal:
        return form.refused(refusal, "people/new.html", **_choices())
    flash(t("已新增 {name}。", "{name} was added.", name=given["name"]))
    return redirect(f"/people/{person_id}", 303)


@bp.get("/people/<int:person_id>")
@gate("reader", "person", "person_id")
def person(person_id: int) -> Page:
    return _page(person_id)


@bp.post("/people/<int:person_id>")
@gate("coordinator", "person", "person_id")
def change(person_id: int) -> Page:
    form = Form.sent()
    try:
        version, since = form.version(), form.day_or_none("since")
        people.change(g.db, person_id, version=version, since=since, **_given(form), by=g.actor, now=g.now)
    except (Invalid, Conflict) as refusal:
        if refusal.code == "stale":
            form.renew(people.person(g.db, person_id)["version"])
        return _refused(refusal, person_id, form=form)
    flash(t("已保存。", "Saved."))
    if behind := ledger.otherwise(g.db, person_id):
        flash(t("台账里有 {n} 人次还记在改动前的单位或身份下，需要时逐条更正。",
                "Person-trips that still stand under what they were before: {n}. Correct them where needed.", n=behind),
              "warn")  # fmt: skip
    return redirect(f"/people/{person_id}", 303)


@bp.post("/people/<int:person_id>/away")
@gate("coordinator", "person", "person_id")
def add_away(person_id: int) -> Page:
    form = Form.sent()
    try:
        leave.note(g.db, person_id, **spans.given(form), base_url=g.settings.site.base_url, by=g.actor, now=g.now)
    except (Invalid, Conflict) as refusal:
        return _refused(refusal, person_id, away=form)
    flash(t("已登记。", "Noted."))
    return redirect(f"/people/{person_id}", 303)


@bp.post("/away/<int:away_id>/remove")
@gate("coordinator", "away", "away_id")
def remove_away(away_id: int) -> Page:
    person_id = people.remove_away(g.db, away_id, by=g.actor, now=g.now)
    flash(t("已取消登记。", "Taken back."))
    return redirect(f"/people/{person_id}", 303)


def _asked() -> Row:
    """The list's filters as the address has them; what is none of the choices counts as not chosen."""
    args = request.args
    role, party = args.get("role", ""), args.get("party", "")
    return {
        "q": args.get("q", "").strip()[:60],
        "unit": scope.asked_unit(Form(request.args), "unit"),
        "role": role if role in people.ROLES else "",
        "party": party if party in ("0", "1") else "",
        "gone": "1" if args.get("gone") else "",
        "page": min(max(args.get("page", 1, type=int), 1), LAST_PAGE),
    }


def _found(asked: Row) -> tuple[list[Row], int]:
    """One page of the people that were asked for, and how many there are in all."""
    return people.found(
        g.db,
        below=[asked["unit"]] if asked["unit"] else scope.tops(),
        text=asked["q"],
        role=asked["role"] or None,
        party={"1": True, "0": False}.get(asked["party"]),
        present_on=None if asked["gone"] else today(),
        limit=PAGE,
        offset=(asked["page"] - 1) * PAGE,
    )


def _href(asked: Row) -> str:
    """The list's address up to the number of its page."""
    chosen = {name: held for name, held in asked.items() if held and name != "page"}
    return url_for("people.listing", **chosen, page="")


def _given(form: Form) -> dict[str, Any]:
    """A person's fields as the form has them."""
    given = {
        "staff_no": form.text("staff_no", required=True),
        "name": form.text("name", required=True),
        "unit_id": scope.chosen_unit(form, "unit_id"),
        "role": form.choice("role", people.ROLES),
        "party": form.flag("party"),
        "skills": _parted(form.text("skills", most=1000)),
        "email": form.text("email", most=300),
        "mobile": form.text("mobile"),
        "lang": form.choice("lang", LANGUAGES),
        "joined_on": form.day("joined_on"),
        "left_on": form.day_or_none("left_on"),
        "max_per_week": form.integer_or_none("max_per_week", low=0, high=14),
    }
    form.checked()
    return given


def _parted(text: str) -> list[str]:
    for mark in "，,；;":
        text = text.replace(mark, "、")
    return text.split("、")


def _choices() -> dict[str, Any]:
    roles = [(role, wording.name_of("role", role, g.lang)) for role in people.ROLES]
    return {"units": scope.options(scope.units()), "roles": roles}


def _refused(refusal: Refusal, person_id: int, **forms: Form) -> Page:
    for form in forms.values():
        form.problems = list(refusal.problems)
    return _page(person_id, **forms), status_of(refusal)


def _page(person_id: int, *, form: Form | None = None, away: Form | None = None) -> str:
    row = people.person(g.db, person_id)
    return render_template(
        "people/person.html",
        person=row,
        form=form or Form.of(row | {"skills": "、".join(row["skills"]), "party": bool(row["party"])}),
        away=away or Form(),
        aways=[spans.shown(found) for found in people.aways(g.db, person_id, since=g.now - AWAY_SHOWN)],
        passwords=accounts.passwords_allowed(g.db),
        may_end=session.may("administrator", row["unit_id"]),
        met=people.duties_met(g.db, person_id),
        history=[_told(act) for act in people.history(g.db, person_id, limit=30)],
        kinds=spans.kinds(),
        **_choices(),
    )


def _told(act: Row) -> Row:
    """One act of a person's history: its label, and the fields that it changed as (field, [old, new])."""
    known = act["act"] in wording.STATES["person_act"]
    changed = dict(act["facts"].get("changed") or {})
    if "unit_id" in changed:
        changed["unit_id"] = [people.unit(g.db, unit_id)["name"] for unit_id in changed["unit_id"]]
    label = wording.name_of("person_act", act["act"], g.lang) if known else act["act"]
    actor = wording.who(act["actor"], g.lang)
    return act | {"label": label, "actor": actor, "changed": list(changed.items())}
