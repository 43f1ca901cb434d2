"""Places: listed, added, changed; who sponsors them, and which shifts are coming."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from scheduler import duties, people, places
from scheduler.database import Row
from scheduler.errors import NotFound, Refusal
from web import scope, work
from web.filters import t, today
from web.forms import Form
from web.session import gate

bp = Blueprint("places", __name__)

PAGE = 50
MOST_PEOPLE = 500  # offered while typing; any other staff number is taken too

Page = str | tuple[str, int] | Response


@bp.get("/places")
@gate("reader")
def board() -> str:
    form = Form(MultiDict(request.args))
    asked = _asked(form)
    kind = form["kind"] if form["kind"] in places.KINDS else None
    page = form.integer_or_none("page", low=1, high=10_000) or 1
    found, total = places.found(g.db, kind=kind, limit=PAGE, offset=(page - 1) * PAGE, **asked)
    kinds, units = places.kinds(g.db, **asked), scope.options(scope.units())
    elsewhere = places.sponsored_elsewhere(g.db, scope.tops(), today())
    shown = {
        "places": found,
        "elsewhere": elsewhere,
        "total": total,
        "kinds": kinds,
        "kind": kind,
        "page": page,
        "size": PAGE,
    }
    return render_template("places/board.html", form=form, units=units, **shown)


@bp.get("/places/new")
@gate("coordinator")
def new() -> Page:
    form = Form(MultiDict({"kind": "outlet", "unit_id": str(next(iter(scope.tops()), ""))}))
    return render_template("places/edit.html", form=form, **_choices())


@bp.post("/places/new")
@gate("coordinator")
def add() -> Page:
    form = Form.sent()
    try:
        place_id = places.add(g.db, **_columns(form), by=g.actor, now=g.now)
    except Refusal as refusal:
        return form.refused(refusal, "places/edit.html", **_choices())
    flash(t("已新增地点。", "Place added."))
    return redirect(f"/places/{place_id}", 303)


@bp.get("/places/<int:place_id>")
@gate("reader", "place", "place_id")
def show(place_id: int) -> str:
    coming = duties.coming_at(g.db, place_id, now=g.now)
    return render_template(
        "places/show.html",
        place=places.place(g.db, place_id),
        sponsorships=places.sponsorships(g.db, place_id),
        coming=coming,
        unannounced=work.unannounced([shift["day"] for shift in coming]),
    )


@bp.get("/places/<int:place_id>/edit")
@gate("coordinator", "place", "place_id")
def edit(place_id: int) -> Page:
    place = places.place(g.db, place_id)
    form = Form.of(place, responsible_id=_staff_no(place["responsible_id"]))
    return render_template("places/edit.html", form=form, place=place, **_choices(place))


@bp.post("/places/<int:place_id>/edit")
@gate("coordinator", "place", "place_id")
def change(place_id: int) -> Page:
    form, place = Form.sent(), places.place(g.db, place_id)
    try:
        columns = _columns(form, place) | {"closed_on": form.day_or_none("closed_on"), "version": form.version()}
        form.checked()
        places.change(g.db, place_id, **columns, by=g.actor, now=g.now)
    except Refusal as refusal:
        if refusal.code == "stale":
            form.renew(place["version"])
        return form.refused(refusal, "places/edit.html", place=place, **_choices(place))
    flash(t("已保存。", "Saved."))
    return redirect(f"/places/{place_id}", 303)


@bp.get("/places/<int:place_id>/sponsorships/new")
@gate("coordinator", "place", "place_id")
def new_sponsorship(place_id: int) -> Page:
    place = places.place(g.db, place_id)
    form = Form(MultiDict({"starts_on": today().isoformat(), "unit_id": str(place["unit_id"])}))
    return render_template("places/sponsorship.html", form=form, place=place, **_choices(place))


@bp.post("/places/<int:place_id>/sponsorships/new")
@gate("coordinator", "place", "place_id")
def sponsor(place_id: int) -> Page:
    form, place = Form.sent(), places.place(g.db, place_id)
    try:
        places.sponsor(g.db, place_id, **_sponsorship(form), by=g.actor, now=g.now)
    except Refusal as refusal:
        return form.refused(refusal, "places/sponsorship.html", place=place, **_choices(place))
    flash(t("已登记包保。", "Sponsorship added."))
    return redirect(f"/places/{place_id}", 303)


@bp.get("/sponsorships/<int:sponsorship_id>")
@gate("coordinator", "sponsorship", "sponsorship_id")
def edit_sponsorship(sponsorship_id: int) -> Page:
    held = places.sponsorship(g.db, sponsorship_id)
    place = places.place(g.db, held["place_id"])
    form = Form.of(held, responsible_id=_staff_no(held["responsible_id"]))
    return render_template("places/sponsorship.html", form=form, held=held, place=place, **_choices(place, held))


@bp.post("/sponsorships/<int:sponsorship_id>")
@gate("coordinator", "sponsorship", "sponsorship_id")
def change_sponsorship(sponsorship_id: int) -> Page:
    form, held = Form.sent(), places.sponsorship(g.db, sponsorship_id)
    place = places.place(g.db, held["place_id"])
    try:
        columns = _sponsorship(form, held) | {"version": form.version()}
        form.checked()
        places.change_sponsorship(g.db, sponsorship_id, **columns, by=g.actor, now=g.now)
    except Refusal as refusal:
        if refusal.code == "stale":
            form.renew(held["version"])
        return form.refused(refusal, "places/sponsorship.html", held=held, place=place, **_choices(place, held))
    flash(t("已保存。", "Saved."))
    return redirect(f"/places/{held['place_id']}", 303)


@bp.get("/sponsorships/<int:sponsorship_id>/place")
@gate("reader", "sponsored", "sponsorship_id")
def sponsored(sponsorship_id: int) -> str:
    """A place that is another unit's, as its sponsor's coordinators read it: what was published of these days."""
    held = places.sponsorship(g.db, sponsorship_id)
    until = held["ends_on"] or places.WITHOUT_END
    if until < today().isoformat():
        raise NotFound("not_found")
    coming = [
        shift
        for shift in duties.coming_at(g.db, held["place_id"], now=g.now)
        if shift["roster_state"] in ("published", "closed") and held["starts_on"] <= shift["day"] <= until
    ]
    return render_template(
        "places/sponsored.html", place=places.place(g.db, held["place_id"]), held=held, coming=coming
    )


def _asked(form: Form) -> dict[str, Any]:
    """Which places a list is asked for, but for their kind; nonsense is as good as nothing."""
    unit_id = scope.asked_unit(form, "unit")
    below = [unit_id] if unit_id else scope.tops()
    return {"below": below, "text": form["q"], "on": today(), "is_open": not form.flag("closed")}


def _columns(form: Form, place: Row | None = None) -> dict[str, Any]:
    held = place or {"unit_id": None, "responsible_id": None}
    columns = {
        "name": form.text("name", most=60, required=True),
        "kind": form.choice("kind", places.KINDS),
        "unit_id": scope.chosen_unit(form, "unit_id", held=held["unit_id"]),
        "responsible_id": scope.chosen_person(form, "responsible_id", held=held["responsible_id"]),
    }
    columns |= {name: form.text(name, most=120) for name in ("district", "address", "contact", "phone")}
    if place is None:
        form.checked()
    return columns


def _sponsorship(form: Form, held: Row | None = None) -> dict[str, Any]:
    before = held or {"unit_id": None, "responsible_id": None}
    columns = {
        "unit_id": scope.chosen_unit(form, "unit_id", held=before["unit_id"]),
        "starts_on": form.day("starts_on"),
        "ends_on": form.day_or_none("ends_on"),
        "responsible_id": scope.chosen_person(form, "responsible_id", held=before["responsible_id"]),
        "procedure": form.lines("procedure", most=2000),
    }
    if held is None:
        form.checked()
    return columns


def _staff_no(person_id: int | None) -> str:
    return str(people.person(g.db, person_id)["staff_no"]) if person_id else ""


def _choices(*held: Row) -> dict[str, Any]:
    """What a form offers: the reader's units, and those that stand in it already; their people by staff number."""
    options = dict(scope.options(scope.units()))
    options |= {row["unit_id"]: row["unit"] for row in held if row["unit_id"] not in options}
    offered, _ = people.found(g.db, below=scope.tops(), present_on=today(), limit=MOST_PEOPLE)
    return {"units": list(options.items()), "people": offered}
