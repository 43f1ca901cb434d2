"""My sign-in: my password, and where I am signed in."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template
from werkzeug.wrappers import Response

from scheduler import accounts
from scheduler.errors import Invalid, TooMany, Unavailable
from web import origin, session
from web.filters import t
from web.forms import Form
from web.session import gate

bp = Blueprint("own_account", __name__)

Page = str | tuple[str, int] | Response


@bp.get("/me/sessions")
@gate("staff")
def listing() -> Page:
    return render_template(
        "me/sessions.html",
        sessions=accounts.where_signed_in(g.db, g.person["person_id"], keep=g.settings.sessions, now=g.now),
        passwords=accounts.passwords_allowed(g.db),
        has_password=accounts.has_password(g.db, g.person["person_id"]),
    )


@bp.post("/me/sessions/<int:session_id>/end")
@gate("staff")
def end(session_id: int) -> Page:
    accounts.end_session(g.db, session_id, by=g.actor, now=g.now)
    flash(t("已退出那台设备。", "Signed out there."))
    return redirect("/me/sessions", 303)


@bp.post("/me/sessions/end")
@gate("staff")
def end_others() -> Page:
    ended = accounts.end_sessions(g.db, g.person["person_id"], but=g.person["session_id"], by=g.actor, now=g.now)
    flash(t("已退出其他 {n} 处登录。", "Signed out elsewhere: {n}.", n=ended))
    return redirect("/me/sessions", 303)


@bp.get("/me/password")
@gate("staff")
def password() -> Page:
    return render_template("me/password.html", form=Form(), **_context())


@bp.post("/me/password")
@gate("staff")
def set_password() -> Page:
    form = Form.sent()
    try:
        secret = accounts.choose_password(
            g.db, g.person, form["present"], form.new_password(),
            client=origin.client(), keep=g.settings.sessions, now=g.now,
        )  # fmt: skip
    except (Invalid, TooMany, Unavailable) as refusal:
        return form.refused(refusal, "me/password.html", **_context())
    response = redirect("/me/sessions", 303)
    session.begin(response, secret)
    flash(t("密码已设好，其他地方的登录都已退出。", "Your password is set; you are signed out everywhere else."))
    return response


@bp.post("/people/<int:person_id>/sessions/end")
@gate("administrator", "person", "person_id")
def end_all(person_id: int) -> Page:
    ended = accounts.end_sessions(g.db, person_id, by=g.actor, now=g.now)
    flash(t("已退出此人的 {n} 处登录，未用的链接也作废。", "Signed out: {n}; unused links are void too.", n=ended))
    return redirect(f"/people/{person_id}", 303)


@bp.post("/access/passwords")
@gate("administrator", of_all=True)
def allow() -> Page:
    allowed = Form.sent().flag("allowed")
    accounts.allow_passwords(g.db, allowed, by=g.actor, now=g.now)
    if allowed:
        flash(t("已开启密码登录。", "Signing in by password is on."))
    else:
        flash(t("已关闭密码登录，用密码登录的都已退出。", "Passwords are off; whoever came by one is signed out."))
    return redirect("/access", 303)


def _context() -> dict[str, object]:
    return {
        "needs_proof": accounts.needs_proof(g.db, g.person, now=g.now),
        "allowed": accounts.passwords_allowed(g.db),
    }
