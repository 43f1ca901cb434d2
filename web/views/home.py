"""The front door: each reader's own first page."""

from __future__ import annotations

from flask import Blueprint, g, redirect
from werkzeug.wrappers import Response

from web.session import gate

bp = Blueprint("home", __name__)


@bp.get("/")
@gate("staff")
def start() -> Response:
    return redirect("/rosters" if g.person["is_reader"] else "/me", 303)
