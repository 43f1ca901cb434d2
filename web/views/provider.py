"""Signing in by the organisation's own provider: there, and back."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, g
from werkzeug.wrappers import Response

from scheduler import accounts
from web import origin
from web.views.signin import entered

bp = Blueprint("provider", __name__)


@bp.get("/signin/oidc")
def start() -> Response:
    if "oidc" not in current_app.extensions:
        abort(404)
    found: Response = current_app.extensions["oidc"].start()
    return found


@bp.get("/signin/oidc/back")
def back() -> Response:
    """Whoever the provider vouches for is signed in where they are one known person; nobody is made."""
    if "oidc" not in current_app.extensions:
        abort(404)
    claimed = current_app.extensions["oidc"].claimed()
    secret = accounts.sign_in_claimed(
        g.db, g.settings.oidc.person, claimed, client=origin.client(), keep=g.settings.sessions, now=g.now
    )
    return entered(secret)
