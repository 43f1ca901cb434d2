"""Per request: a connection, a moment, who is there; and the one gate that every view stands behind."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, redirect, request, url_for
from flask import session as form_session
from werkzeug.sansio.utils import host_is_trusted
from werkzeug.wrappers import Response as AnyResponse

from scheduler import accounts, database
from scheduler.accounts import Role
from scheduler.audit import Actor
from scheduler.config import Settings
from scheduler.database import Row
from scheduler.errors import NotAllowed, Unavailable

COOKIE = "lunzhi"  # holds the secret of a row of the `session` table and nothing else
LANGUAGE_COOKIE = "lunzhi_lang"
# Nobody is recognised there, and no connection is opened for them.
WITHOUT_SESSION = ("static", "calendar.serve", "phone.manifest", "phone.worker")
YEAR_SECONDS = 365 * 24 * 3600

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "manifest-src 'self'; worker-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)

View = Callable[..., Any]


def install(app: Flask) -> None:
    """Let every request begin with `open_request` and end with the connection closed and the headers set."""
    app.before_request(open_request)
    app.after_request(guard_response)
    app.teardown_request(close_request)


def is_https(settings: Settings) -> bool:
    """Whether people reach this installation over TLS."""
    return settings.site.base_url.startswith("https:")


def open_request() -> Response | None:
    """Set g.settings, g.now, g.db, g.person (or None), g.actor (or None) and g.lang; a foreign host is refused."""
    g.settings, g.now = current_app.config["SETTINGS"], current_app.config["NOW"]()
    g.lang, g.person, g.actor, g.db = g.settings.site.language, None, None, None
    g.role, g.reads_only = None, False
    if not host_is_trusted(request.environ.get("HTTP_HOST", "").lower(), g.settings.site.trusted_hosts):
        return Response("400\n", 400, content_type="text/plain")
    if request.endpoint in WITHOUT_SESSION:
        return None
    g.lang = _asked_language(g.lang)
    g.db = database.opened(g.settings)
    g.db.origin = request.remote_addr or ""
    if secret := request.cookies.get(COOKIE):
        _recognise(secret)
    return None


def _asked_language(default: str) -> str:
    asked = request.cookies.get(LANGUAGE_COOKIE)
    return asked if asked in ("zh", "en") else default


def _recognise(secret: str) -> None:
    person = accounts.signed_in(g.db, secret, keep=g.settings.sessions, now=g.now)
    if person is None:
        return
    g.person, g.lang = person, person["lang"]
    g.actor = Actor(person["person_id"], person["name"])
    if accounts.is_to_note(person, now=g.now):
        try:
            accounts.note_use(g.db, person["session_id"], now=g.now)
        except Unavailable as error:
            current_app.logger.info("use of a session not noted: %s", error.code)  # the next request tries again


def close_request(_error: BaseException | None) -> None:
    if (db := g.pop("db", None)) is not None:
        db.close()


def guard_response(response: Response) -> Response:
    """Headers of every answer. Pages are never stored by caches; `?v=` files for a year."""
    response.headers.setdefault("Content-Security-Policy", CSP)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")  # over TLS the CSRF check reads it
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if is_https(current_app.config["SETTINGS"]):
        response.headers.setdefault("Strict-Transport-Security", f"max-age={YEAR_SECONDS}")
    if request.endpoint == "static":
        lasting = "public, max-age=31536000, immutable" if "v" in request.args else "no-cache"
        response.headers["Cache-Control"] = lasting
    else:
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def gate(
    role: Role, subject: str | None = None, arg: str | None = None, *, of_all: bool = False
) -> Callable[[View], View]:
    """Let only those pass who are signed in and hold the role.

    With a subject (a table, see `accounts.unit_of`) and the name of the view's argument that is its id,
    the role must be held over that object's unit; without, anywhere. What is the same for
    all units (`of_all`) is only for who administers all of them. Put it under the route.
    """

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(**args: Any) -> Any:
            if g.person is None:
                return ask_to_sign_in()
            g.role = role
            allow(role, subject, args[arg] if arg else None)
            if of_all:
                accounts.require_all(g.db, g.actor, now=g.now)
            return view(**args)

        cast(Any, guarded).gate = (role, subject, arg)
        return guarded

    return guard


def allow(role: Role, subject: str | None = None, subject_id: int | None = None) -> None:
    """Refuse unless the reader holds the role, over the object's unit where one is named: the one place of scope."""
    if subject is not None and subject_id is not None:
        unit_id = accounts.unit_of(g.db, subject, subject_id)
        accounts.require(g.db, g.actor, role, unit_id, now=g.now)
        if role in accounts.READING:
            g.reads_only = g.reads_only or not may("coordinator", unit_id)
    elif role != "staff" and not g.person[f"is_{role}"]:
        raise NotAllowed("reads_only" if g.person["is_reader"] and not g.person["is_coordinator"] else "not_allowed")
    elif role in accounts.READING:
        changes = "administrator" if role == "overseer" else "coordinator"
        g.reads_only = g.reads_only or not g.person[f"is_{changes}"]


def may(role: Role, unit_id: int) -> bool:
    """Whether the reader holds what is asked for over a unit."""
    return accounts.may(g.db, g.actor, role, unit_id, now=g.now)


def tops(role: Role) -> list[Row]:
    """The units over which the reader was granted what gives this directly: id, name; widest first."""
    return accounts.tops(g.db, g.actor, role, now=g.now)


def ask_to_sign_in() -> AnyResponse:
    """To the sign-in page, and back here afterwards; a script is refused in words."""
    if request.accept_mimetypes.best == "application/json":
        raise NotAllowed("signed_out")
    return redirect(url_for("signin.ask", next=here()), 303)


def here() -> str:
    """The page that the reader sees: this one, or the one whose form was answered without moving on."""
    if request.method == "GET":
        return request.full_path.rstrip("?")
    came_from = urlsplit(request.referrer or "")
    query = f"?{came_from.query}" if came_from.query else ""
    return local_path(came_from.path + query, "/") if came_from.netloc == request.host else "/"


def wish(path: str) -> None:
    """Keep where the reader wanted to go until they are signed in."""
    form_session["wish"] = path


def wished() -> str:
    """Where to go after signing in."""
    return local_path(form_session.get("wish"), "/")


def local_path(wanted: str | None, otherwise: str) -> str:
    """`wanted` where it is a path on this site, else `otherwise`: no redirect ever leaves."""
    if not wanted or not wanted.startswith("/") or wanted.startswith("//") or "\\" in wanted:
        return otherwise
    parts = urlsplit(wanted)
    if parts.scheme or parts.netloc or any(ord(letter) < 32 for letter in wanted):
        return otherwise
    return wanted


def begin(response: AnyResponse, secret: str) -> None:
    """Give the browser its session; the CSRF token of the time before is thrown away."""
    form_session.clear()
    _set_cookie(response, COOKIE, secret, g.settings.sessions.days * 24 * 3600)


def end(response: AnyResponse) -> None:
    """Take the session from the browser."""
    form_session.clear()
    response.delete_cookie(COOKIE, path="/", secure=is_https(g.settings), httponly=True, samesite="Lax")


def remember_language(response: AnyResponse, lang: str) -> None:
    """Keep the choice of one who is not signed in."""
    _set_cookie(response, LANGUAGE_COOKIE, lang, YEAR_SECONDS)


def _set_cookie(response: AnyResponse, name: str, content: str, seconds: int) -> None:
    response.set_cookie(
        name, content, max_age=seconds, path="/", secure=is_https(g.settings), httponly=True, samesite="Lax"
    )
