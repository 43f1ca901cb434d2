"""Calendars to subscribe to: the feed itself, and the pages that give out its secret address."""

from __future__ import annotations

from flask import Blueprint, Response, abort, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue

from scheduler import feeds, places
from scheduler.errors import Busy, NotFound
from scheduler.feeds import Served
from scheduler.wording import STATES
from web.connections import kept
from web.filters import t
from web.forms import Form
from web.session import gate

bp = Blueprint("calendar", __name__)


@bp.route("/calendar/<token>/duty.ics", methods=["GET"], provide_automatic_options=False)
def serve(token: str) -> Response:
    """The stored bytes: nothing is rendered, no session is looked up, nothing is set."""
    db = kept(g.settings)
    served = feeds.fetch(db, token, gzipped=request.accept_encodings["gzip"] > 0, now=g.now)
    if served is None:
        raise NotFound("not_found")
    if served.ended:
        abort(410)
    if served.body is None:
        raise Busy("calendar_not_ready")
    if served.is_to_note:
        feeds.note_fetch(db, served.feed_id, request.headers.get("User-Agent", ""), now=g.now)
    return _answer(served)


def _answer(served: Served) -> Response:
    response = Response(served.body, content_type="text/calendar; charset=utf-8")
    response.set_etag(served.etag)
    response.last_modified = served.modified_at
    if served.is_gzipped:
        response.content_encoding = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = "private, no-cache"  # no-store would forbid the 304
    response.headers["Content-Disposition"] = 'inline; filename="duty.ics"'
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.make_conditional(request)
    return response


@bp.get("/me/calendar")
@gate("staff")
def mine() -> str:
    return _my_page()


@bp.post("/me/calendar")
@gate("staff")
def subscribe_me() -> str:
    """The one page that shows the address: it is not stored, so it is not shown again."""
    token = feeds.subscribe(
        g.db, owner_id=g.person["person_id"], person_id=g.person["person_id"], lang=g.lang,
        base_url=g.settings.site.base_url, by=g.actor, now=g.now,
    )  # fmt: skip
    return _my_page(token)


@bp.post("/me/calendar/revoke")
@gate("staff")
def revoke_mine() -> ResponseReturnValue:
    person_id = g.person["person_id"]
    feeds.revoke(g.db, owner_id=person_id, person_id=person_id, by=g.actor, now=g.now)
    flash(t("地址已作废，从现在起打不开。", "The address is revoked; it opens no more."))
    return redirect("/me/calendar", 303)


@bp.post("/me/calendar/alarms")
@gate("staff")
def set_my_alarms() -> ResponseReturnValue:
    form = Form.sent()
    alarms = form.choice("alarms", list(STATES["alarms"]))
    form.checked()
    feeds.set_alarms(g.db, person_id=g.person["person_id"], alarms=alarms, by=g.actor, now=g.now)
    flash(t("已保存，日历下次刷新后生效。", "Saved; it takes effect when your calendar next refreshes."))
    return redirect("/me/calendar", 303)


@bp.get("/places/<int:place_id>/calendar")
@gate("coordinator", "place", "place_id")
def of_place(place_id: int) -> str:
    return _place_page(place_id)


@bp.post("/places/<int:place_id>/calendar")
@gate("coordinator", "place", "place_id")
def subscribe_place(place_id: int) -> str:
    token = feeds.subscribe(
        g.db, owner_id=g.person["person_id"], place_id=place_id, lang=g.lang,
        base_url=g.settings.site.base_url, by=g.actor, now=g.now,
    )  # fmt: skip
    return _place_page(place_id, token)


@bp.post("/places/<int:place_id>/calendar/revoke")
@gate("coordinator", "place", "place_id")
def revoke_place(place_id: int) -> ResponseReturnValue:
    feeds.revoke(g.db, owner_id=g.person["person_id"], place_id=place_id, by=g.actor, now=g.now)
    flash(t("地址已作废，从现在起打不开。", "The address is revoked; it opens no more."))
    return redirect(f"/places/{place_id}/calendar", 303)


def _my_page(token: str | None = None) -> str:
    person_id = g.person["person_id"]
    held = feeds.subscription(g.db, owner_id=person_id, person_id=person_id)
    return render_template("calendar/mine.html", held=held, form=Form.of(held or {}), **_address(token))


def _place_page(place_id: int, token: str | None = None) -> str:
    held = feeds.subscription(g.db, owner_id=g.person["person_id"], place_id=place_id)
    place = places.place(g.db, place_id)
    return render_template("calendar/place.html", held=held, place=place, **_address(token))


def _address(token: str | None) -> dict[str, str | None]:
    if token is None:
        return {"address": None, "webcal": None}
    address = feeds.address(g.settings.site.base_url, token)
    return {"address": address, "webcal": f"webcal:{address.partition(':')[2]}"}
