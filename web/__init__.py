"""The pages: an application factory. No SQL and no rules stand here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import Flask
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map

from scheduler import clock
from scheduler.config import Settings
from web import errors, filters, limited, oidc, reading, session, views
from web.forms import LARGEST_ID

LARGEST_FORM, MOST_PARTS = 1024 * 1024, 2000  # what is no file: the longest form has some hundred fields
LARGEST_UPLOAD = 12 * 1024 * 1024  # a staff list of 100,000 rows is about 5 MB


class RowId(IntegerConverter):
    """`<int:…>` in an address: a number that no row can have is no page."""

    def __init__(self, map: Map) -> None:
        super().__init__(map, max=LARGEST_ID)


def create_app(settings: Settings, now: Callable[[], datetime] = clock.now) -> Flask:
    """The web application of one installation. Opens nothing and starts nothing."""
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY=settings.site.secret_key,
        MAX_CONTENT_LENGTH=LARGEST_UPLOAD,
        MAX_FORM_MEMORY_SIZE=LARGEST_FORM,
        MAX_FORM_PARTS=MOST_PARTS,
        SESSION_COOKIE_NAME="lunzhi_form",  # CSRF token and flashed words only; who is signed in is session.COOKIE
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=session.is_https(settings),
        WTF_CSRF_TIME_LIMIT=None,  # as long as the signed cookie: a form left open over lunch still saves
        SETTINGS=settings,
        NOW=now,
    )
    if settings.site.is_behind_proxy:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1)  # type: ignore[method-assign]  # the way of its manual
    app.url_map.converters["int"] = RowId
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    session.install(app)  # before CSRFProtect: a refused token is told in the reader's language
    protect = CSRFProtect(app)
    for signed in ("web.views.answers.acknowledge", "web.views.swap_links.answer"):
        protect.exempt(signed)  # their address is the proof, and there is no session
    limited.install(app)
    errors.install(app)
    filters.install(app)
    reading.install(app)
    oidc.install(app, settings)
    for blueprint in views.BLUEPRINTS:
        app.register_blueprint(blueprint)
    return app
