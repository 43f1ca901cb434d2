"""Units: the tree, and one unit's name, kind and place in it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request
from werkzeug.wrappers import Response

from scheduler import people, wording
from scheduler.errors import Conflict, Invalid
from web import scope
from web.filters import t
from web.forms import Form
from web.session import gate

bp = Blueprint("units", __name__)

Page = str | tuple[str, int] | Response


@bp.get("/units")
@gate("reader")
def listing() -> Page:
    return render_template("units/list.html", units=scope.units())


@bp.get("/units/new")
@gate("coordinator")
def new() -> Page:
    form = Form.of({"parent_id": request.args.get("parent", ""), "kind": "department"})
    return render_template("units/new.html", form=form, **_choices())


@bp.post("/units")
@gate("coordinator")
def add() -> Page:
    form = Form.sent()
    try:
        given, parent_id = _given(form), scope.chosen_unit(form, "parent_id")
        form.checked()
        people.add_unit(g.db, parent_id=parent_id, **given, by=g.actor, now=g.now)
    except (Invalid, Conflict) as refusal:
        return form.refused(refusal, "units/new.html", **_choices())
    flash(t("已新增 {name}。", "{name} was added.", name=given["name"]))
    return redirect("/units", 303)


@bp.get("/units/<int:unit_id>")
@gate("coordinator", "unit", "unit_id")
def edit(unit_id: int) -> Page:
    unit = people.unit(g.db, unit_id)
    return render_template("units/unit.html", unit=unit, form=Form.of(unit), **_choices(unit_id))


@bp.post("/units/<int:unit_id>")
@gate("coordinator", "unit", "unit_id")
def change(unit_id: int) -> Page:
    form = Form.sent()
    unit = people.unit(g.db, unit_id)
    try:
        version, given = form.version(), _given(form)
        above = unit["parent_id"]
        parent_id = scope.chosen_unit(form, "parent_id", held=above) if "parent_id" in form.values else above
        form.checked()
        people.change_unit(g.db, unit_id, version=version, parent_id=parent_id, **given, by=g.actor, now=g.now)
    except (Invalid, Conflict) as refusal:
        if refusal.code == "stale":
            form.renew(unit["version"])
        return form.refused(refusal, "units/unit.html", unit=unit, **_choices(unit_id))
    flash(t("已保存。", "Saved."))
    return redirect("/units", 303)


def _given(form: Form) -> dict[str, str]:
    return {
        "name": form.text("name", required=True),
        "kind": form.choice("kind", people.UNIT_KINDS),
        "district": form.text("district"),
    }


def _choices(unit_id: int | None = None) -> dict[str, Any]:
    """What a unit may be and where it may hang: below a unit of the reader's, but not below itself.

    The unit that a reader's right begins at keeps its place: what is above it is not theirs.
    """
    kinds = [(kind, wording.name_of("unit_kind", kind, g.lang)) for kind in people.UNIT_KINDS]
    units = scope.units()
    own = {unit["id"] for unit in people.units(g.db, unit_id)} if unit_id else set()
    parents = [unit for unit in units if unit["id"] not in own]
    return {"kinds": kinds, "parents": scope.options(parents), "ids": {unit["id"] for unit in units}}
