"""A swap or cover answered from a message: a signed link, without sign-in, that shows its case and takes one answer."""

from __future__ import annotations

from flask import Blueprint, g, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from scheduler import accounts, swaps
from scheduler.errors import Conflict, NotFound
from web.errors import status_of
from web.forms import Form
from web.views.swaps import said

bp = Blueprint("swap_links", __name__)


@bp.get("/swap/<token>")
def show(token: str) -> Response:
    """Changes nothing: mail scanners follow links."""
    return _page(token, Form())


@bp.post("/swap/<token>")
def answer(token: str) -> Response:
    try:
        found = swaps.offer(g.db, swaps.offer_of(token, secret_key=g.settings.site.secret_key))
        g.actor = accounts.actor(g.db, found["asked_id"])
        said(found["offer_id"])
    except NotFound:
        return _page(token, Form())
    except Conflict as refusal:
        form = Form()
        form.problems = list(refusal.problems)
        return _page(token, form, status_of(refusal))
    return _guarded(redirect(f"/swap/{token}?lang={_lang(found['lang'])}", 303))


def _page(token: str, form: Form, status: int = 200) -> Response:
    try:
        found = swaps.offer(g.db, swaps.offer_of(token, secret_key=g.settings.site.secret_key))
        g.lang = _lang(found["lang"])
    except NotFound:
        found, status, g.lang = None, 404, _lang(g.lang)
    html = render_template("swaps/link.html", ask=found, token=token, form=form)
    return _guarded(make_response(html, status))


def _lang(own: str) -> str:
    asked = request.args.get("lang", "")
    return asked if asked in ("zh", "en") else own


def _guarded(response: Response) -> Response:
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
