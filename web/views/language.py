"""Chinese or English: kept with the person who is signed in, else in a cookie."""

from __future__ import annotations

from flask import Blueprint, g, redirect, request
from werkzeug.wrappers import Response

from scheduler import accounts
from scheduler.wording import Lang
from web.forms import Form
from web.session import local_path, remember_language

LANGUAGES: tuple[Lang, ...] = ("zh", "en")

bp = Blueprint("language", __name__)


@bp.post("/language")
def choose() -> Response:
    form = Form.sent()
    lang = form.choice("lang", LANGUAGES)
    form.checked()
    if g.person is not None:
        accounts.speak(g.db, g.person["person_id"], lang, by=g.actor, now=g.now)
    response = redirect(local_path(request.form.get("next"), "/"), 303)
    remember_language(response, lang)
    return response
