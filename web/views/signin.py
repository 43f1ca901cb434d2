"""Signing in by a one-time link, and out."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, request
from werkzeug.wrappers import Response

from scheduler import accounts, signin
from scheduler.errors import Invalid
from web import session
from web.forms import Form
from web.session import gate, local_path

bp = Blueprint("signin", __name__)

Page = str | tuple[str, int] | Response


@bp.get("/signin")
def ask() -> Page:
    wanted = local_path(request.args.get("next"), "/")
    if g.person:
        return redirect(wanted, 303)
    session.wish(wanted)
    return render_template("signin/ask.html", form=Form())


@bp.post("/signin")
def send() -> Page:
    """The answer is the same whoever asked, so that nobody learns which staff numbers exist."""
    form = Form.sent()
    try:
        staff_no = form.text("staff_no", most=40, required=True)
        form.checked()
    except Invalid as refusal:
        return form.refused(refusal, "signin/ask.html")
    if g.settings.mail.host:
        signin.mail_link(g.db, staff_no, base_url=g.settings.site.base_url, now=g.now)
    return render_template("signin/asked.html", staff_no=staff_no)


@bp.get("/signin/<token>")
def offer(token: str) -> Page:
    """Only shows whom the link is for: mail scanners that follow it do not use it up."""
    return render_template("signin/offer.html", token=token, owner=accounts.link_owner(g.db, token, now=g.now))


@bp.post("/signin/<token>")
def enter(token: str) -> Page:
    secret = accounts.sign_in(g.db, token, now=g.now)
    response = redirect(session.wished(), 303)
    session.begin(response, secret)
    return response


@bp.post("/signout")
@gate("staff")
def leave() -> Page:
    accounts.sign_out(g.db, request.cookies[session.COOKIE], now=g.now)
    response = redirect("/signin", 303)
    session.end(response)
    return response
