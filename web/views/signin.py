"""Signing in by a one-time link, and out."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, request
from werkzeug.wrappers import Response

from scheduler import accounts
from web import session
from web.forms import Form
from web.session import gate, local_path

bp = Blueprint("signin", __name__)

Page = str | tuple[str, int] | Response


@bp.get("/signin")
def ask() -> Page:
    wanted = local_path(request.args.get("next"), "/")
    return redirect(wanted, 303) if g.person else render_template("signin/ask.html", form=Form())


@bp.get("/signin/<token>")
def offer(token: str) -> Page:
    """Only shows whom the link is for: mail scanners that follow it do not use it up."""
    return render_template("signin/offer.html", token=token, owner=accounts.link_owner(g.db, token, now=g.now))


@bp.post("/signin/<token>")
def enter(token: str) -> Page:
    secret = accounts.sign_in(g.db, token, now=g.now)
    response = redirect("/", 303)
    session.begin(response, secret)
    return response


@bp.post("/signout")
@gate("staff")
def leave() -> Page:
    accounts.sign_out(g.db, request.cookies[session.COOKIE], now=g.now)
    response = redirect("/signin", 303)
    session.end(response)
    return response
