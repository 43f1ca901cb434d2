"""Calendars of places and units: the pages on which a coordinator makes, names, renews and revokes an address."""

from __future__ import annotations

from flask import Blueprint, Response, g
from flask.typing import ResponseReturnValue

from scheduler import people, places
from scheduler.feeds import Shown
from web import subscribing
from web.session import gate

bp = Blueprint("subscriptions", __name__)

PLACE = "/places/<int:place_id>/calendar"
UNIT = "/units/<int:unit_id>/<any(calendar, visits):kind>"  # all of its shifts, or its leaders' visits


@bp.get(PLACE)
@gate("coordinator", "place", "place_id")
def of_place(place_id: int) -> str:
    return _place_page(place_id)


@bp.post(PLACE)
@gate("coordinator", "place", "place_id")
def subscribe_place(place_id: int) -> str:
    """The one page that shows the address: it is not stored, so it is not shown again."""
    return _place_page(place_id, subscribing.subscribed(Shown("place", place_id)))


@bp.get(f"{PLACE}/duty.ics")
@gate("coordinator", "place", "place_id")
def download_place(place_id: int) -> Response:
    return subscribing.download(Shown("place", place_id))


@bp.post(f"{PLACE}/name")
@gate("coordinator", "place", "place_id")
def rename_place(place_id: int) -> ResponseReturnValue:
    return subscribing.rename(Shown("place", place_id), f"/places/{place_id}/calendar")


@bp.post(f"{PLACE}/revoke")
@gate("coordinator", "place", "place_id")
def revoke_place(place_id: int) -> ResponseReturnValue:
    return subscribing.revoke(Shown("place", place_id), f"/places/{place_id}/calendar")


@bp.get(UNIT)
@gate("coordinator", "unit", "unit_id")
def of_unit(unit_id: int, kind: str) -> str:
    return _unit_page(unit_id, kind)


@bp.post(UNIT)
@gate("coordinator", "unit", "unit_id")
def subscribe_unit(unit_id: int, kind: str) -> str:
    """The one page that shows the address, as for a place."""
    return _unit_page(unit_id, kind, subscribing.subscribed(_unit(unit_id, kind)))


@bp.get(f"{UNIT}/duty.ics")
@gate("coordinator", "unit", "unit_id")
def download_unit(unit_id: int, kind: str) -> Response:
    return subscribing.download(_unit(unit_id, kind))


@bp.post(f"{UNIT}/name")
@gate("coordinator", "unit", "unit_id")
def rename_unit(unit_id: int, kind: str) -> ResponseReturnValue:
    return subscribing.rename(_unit(unit_id, kind), f"/units/{unit_id}/{kind}")


@bp.post(f"{UNIT}/revoke")
@gate("coordinator", "unit", "unit_id")
def revoke_unit(unit_id: int, kind: str) -> ResponseReturnValue:
    return subscribing.revoke(_unit(unit_id, kind), f"/units/{unit_id}/{kind}")


def _unit(unit_id: int, kind: str) -> Shown:
    return Shown("visits" if kind == "visits" else "unit", unit_id)


def _place_page(place_id: int, token: str | None = None) -> str:
    home, place = f"/places/{place_id}/calendar", places.place(g.db, place_id)
    return subscribing.page("calendar/place.html", Shown("place", place_id), home, token, place=place)


def _unit_page(unit_id: int, kind: str, token: str | None = None) -> str:
    home, unit = f"/units/{unit_id}/{kind}", people.unit(g.db, unit_id)
    return subscribing.page("calendar/unit.html", _unit(unit_id, kind), home, token, unit=unit, kind=kind)
