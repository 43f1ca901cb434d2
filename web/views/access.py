"""Who coordinates and administers which units; one-time links for those who cannot get in."""

from __future__ import annotations

from flask import Blueprint, g, render_template

from scheduler import accounts
from web.session import gate

bp = Blueprint("access", __name__)


@bp.get("/access")
@gate("administrator")
def listing() -> str:
    return render_template("access/list.html", grants=accounts.grants(g.db, g.actor))
