"""My duties: what a person stands next, made for a thumb."""

from __future__ import annotations

from flask import Blueprint, g, render_template

from web.session import gate

bp = Blueprint("me", __name__)


@bp.get("/me")
@gate("staff")
def duties() -> str:
    return render_template("me/duties.html", person=g.person)
