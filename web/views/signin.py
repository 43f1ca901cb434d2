"""Signing in by a one-time link or by password, and out."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, request
from werkzeug.wrappers import Response

from scheduler import accounts, signin
from scheduler.errors import Invalid, TooMany, Unavailable
from web import oidc, origin, session
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
    return render_template("signin/ask.html", form=Form(), **_ways())


@bp.get("/signin/<any(password, forgot):_form>")
def reload(_form: str) -> Page:
    """A refusal is shown at the address that it was sent to: loading that again shows the page."""
    return redirect("/signin", 303)


@bp.post("/signin")
def send() -> Page:
    return _mailed("signin")


@bp.post("/signin/forgot")
def forgot() -> Page:
    return _mailed("password")


def _mailed(purpose: accounts.Purpose) -> Page:
    """The answer is the same whoever asked, so that nobody learns which staff numbers exist."""
    form = Form.sent()
    try:
        staff_no = form.text("staff_no", most=40, required=True)
        form.checked()
    except Invalid as refusal:
        return form.refused(refusal, "signin/ask.html", **_ways())
    if g.settings.mail.host:
        signin.mail_link(g.db, staff_no, purpose=purpose, base_url=g.settings.site.base_url, now=g.now)
    return render_template("signin/asked.html", staff_no=staff_no, purpose=purpose)


@bp.post("/signin/password")
def by_password() -> Page:
    form = Form.sent()
    try:
        staff_no = form.text("staff_no", most=40, required=True)
        if not form["password"]:
            form.wrong("password", "required")
        form.checked()
        secret = accounts.sign_in_by_password(
            g.db, staff_no, form["password"], client=origin.client(), keep=g.settings.sessions, now=g.now
        )
    except (Invalid, TooMany, Unavailable) as refusal:
        return form.refused(refusal, "signin/ask.html", **_ways())
    return entered(secret)


@bp.get("/signin/<token>")
def offer(token: str) -> Page:
    """Only shows whom the link is for: mail scanners that follow it do not use it up."""
    return render_template("signin/offer.html", token=token, owner=accounts.link_owner(g.db, token, now=g.now))


@bp.post("/signin/<token>")
def enter(token: str) -> Page:
    secret = accounts.sign_in(g.db, token, client=origin.client(), keep=g.settings.sessions, now=g.now)
    return entered(secret)


@bp.get("/signin/reset/<token>")
def reset(token: str) -> Page:
    owner = accounts.link_owner(g.db, token, purpose="password", now=g.now)
    return render_template("signin/reset.html", token=token, owner=owner, form=Form())


@bp.post("/signin/reset/<token>")
def set_anew(token: str) -> Page:
    form, owner = Form.sent(), accounts.link_owner(g.db, token, purpose="password", now=g.now)
    try:
        secret = accounts.reset_password(
            g.db, token, form.new_password(), client=origin.client(), keep=g.settings.sessions, now=g.now
        )
    except (Invalid, Unavailable) as refusal:
        return form.refused(refusal, "signin/reset.html", token=token, owner=owner)
    return entered(secret)


@bp.post("/signout")
@gate("staff")
def leave() -> Page:
    accounts.sign_out(g.db, request.cookies[session.COOKIE], now=g.now)
    response = redirect("/signin", 303)
    session.end(response)
    return response


def _ways() -> dict[str, object]:
    return {"passwords": accounts.passwords_allowed(g.db), "provider": oidc.label()}


def entered(secret: str) -> Response:
    """On to where one wanted to go; the session of before, if there was one, is over."""
    if g.person:
        accounts.sign_out(g.db, request.cookies[session.COOKIE], now=g.now)
    response = redirect(session.wished(), 303)
    session.begin(response, secret)
    return response
