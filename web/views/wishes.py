"""Wishes: kept by their person, or by a coordinator for them."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template
from werkzeug.wrappers import Response

from scheduler import people, wishes, wording
from scheduler.errors import Conflict, Invalid
from web.errors import status_of
from web.filters import t
from web.forms import Form
from web.session import gate

bp = Blueprint("wishes", __name__)

Page = str | tuple[str, int] | Response


@bp.get("/me/wishes")
@gate("staff")
def mine() -> Page:
    return _page(g.person["person_id"], Form.of({"strength": "1", "kind": "prefer"}), "/me/wishes")


@bp.post("/me/wishes")
@gate("staff")
def add_mine() -> Page:
    return _add(g.person["person_id"], "/me/wishes")


@bp.post("/me/wishes/<int:wish_id>/remove")
@gate("staff")
def remove_mine(wish_id: int) -> Page:
    return _remove(g.person["person_id"], wish_id, "/me/wishes")


@bp.get("/people/<int:person_id>/wishes")
@gate("examiner", "person", "person_id")
def of_person(person_id: int) -> Page:
    return _page(person_id, Form.of({"strength": "1", "kind": "prefer"}), f"/people/{person_id}/wishes")


@bp.post("/people/<int:person_id>/wishes")
@gate("coordinator", "person", "person_id")
def add_for(person_id: int) -> Page:
    return _add(person_id, f"/people/{person_id}/wishes")


@bp.post("/people/<int:person_id>/wishes/<int:wish_id>/remove")
@gate("coordinator", "person", "person_id")
def remove_for(person_id: int, wish_id: int) -> Page:
    return _remove(person_id, wish_id, f"/people/{person_id}/wishes")


def _add(person_id: int, path: str) -> Page:
    form = Form.sent()
    try:
        given: dict[str, Any] = {
            "kind": form.choice("kind", wishes.KINDS),
            "strength": form.integer("strength", low=1, high=2),
            "weekday": form.integer_or_none("weekday", low=0, high=6),
            "place_id": form.id_or_none("place_id"),
            "activity_id": form.id_or_none("activity_id"),
            "starts_on": form.day_or_none("starts_on"),
            "ends_on": form.day_or_none("ends_on"),
        }
        form.checked()
        wishes.add(g.db, person_id, **given, by=g.actor, now=g.now)
    except (Invalid, Conflict) as refusal:
        form.problems = list(refusal.problems)
        return _page(person_id, form, path), status_of(refusal)
    flash(t("已登记。", "Noted."))
    return redirect(path, 303)


def _remove(person_id: int, wish_id: int, path: str) -> Page:
    wishes.remove(g.db, person_id, wish_id, by=g.actor, now=g.now)
    flash(t("已取消。", "Taken back."))
    return redirect(path, 303)


def _page(person_id: int, form: Form, path: str) -> str:
    places, activities = wishes.choices(g.db, person_id)
    return render_template(
        "wishes/list.html",
        form=form,
        path=path,
        is_mine=path.startswith("/me/"),
        person=people.person(g.db, person_id),
        wishes=wishes.of_person(g.db, person_id),
        kinds=[(kind, wording.name_of("wish", kind, g.lang)) for kind in wishes.KINDS],
        places=[(row["id"], row["name"]) for row in places],
        activities=[(row["id"], row["name_zh"] if g.lang == "zh" else row["name_en"]) for row in activities],
    )
