"""Calendars to subscribe to: the feed itself, and everybody's page for their own."""

from __future__ import annotations

from flask import Blueprint, Response, abort, flash, g, redirect, request
from flask.typing import ResponseReturnValue

from scheduler import feeds
from scheduler.errors import Busy, NotFound
from scheduler.feeds import Served, Shown
from scheduler.wording import STATES
from web import subscribing
from web.connections import kept
from web.filters import t
from web.forms import Form
from web.session import gate

bp = Blueprint("calendar", __name__)

MINE = "/me/calendar"


@bp.route("/calendar/<token>/duty.ics", methods=["GET"], provide_automatic_options=False)
def serve(token: str) -> Response:
    """The stored bytes, or 304 without reading them: nothing is rendered, no session is looked up, nothing is set."""
    db, known = kept(g.settings), request.if_none_match.as_set(include_weak=True)
    served = feeds.fetch(db, token, gzipped=request.accept_encodings["gzip"] > 0, known=known, now=g.now)
    if served is None:
        raise NotFound("not_found")
    if served.ended:
        abort(410)
    if served.body is None and not served.is_known:
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
    return _page()


@bp.post("/me/calendar")
@gate("staff")
def subscribe_me() -> str:
    """The one page that shows the address: it is not stored, so it is not shown again."""
    return _page(subscribing.subscribed(_me()))


@bp.get("/me/calendar/duty.ics")
@gate("staff")
def download_mine() -> Response:
    return subscribing.download(_me())


@bp.post("/me/calendar/name")
@gate("staff")
def rename_mine() -> ResponseReturnValue:
    return subscribing.rename(_me(), MINE)


@bp.post("/me/calendar/revoke")
@gate("staff")
def revoke_mine() -> ResponseReturnValue:
    return subscribing.revoke(_me(), MINE)


@bp.post("/me/calendar/alarms")
@gate("staff")
def set_my_alarms() -> ResponseReturnValue:
    form = Form.sent()
    alarms = form.choice("alarms", list(STATES["alarms"]))
    form.checked()
    feeds.set_alarms(g.db, person_id=g.person["person_id"], alarms=alarms, by=g.actor, now=g.now)
    flash(t("已保存，日历下次刷新后生效。", "Saved; it takes effect when your calendar next refreshes."))
    return redirect(MINE, 303)


def _me() -> Shown:
    return Shown("person", g.person["person_id"])


def _page(token: str | None = None) -> str:
    others = feeds.subscriptions(g.db, g.person["person_id"], now=g.now)
    return subscribing.page("calendar/mine.html", _me(), MINE, token, others=others)
