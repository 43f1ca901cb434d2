"""“Seen”: a signed link from a message, without sign-in. It shows its duties, notes that they were seen, no more."""

from __future__ import annotations

from flask import Blueprint, g, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from scheduler import acknowledgements, wording
from scheduler.errors import Conflict, NotFound, Refusal
from web.filters import t

bp = Blueprint("answers", __name__)

GONE, UNKNOWN = 410, 404


@bp.get("/answer/<token>")
def show(token: str) -> Response:
    """Changes nothing: mail scanners follow links."""
    return _page(token)


@bp.post("/answer/<token>")
def acknowledge(token: str) -> Response:
    try:
        acknowledgements.by_link(g.db, token, secret_key=g.settings.site.secret_key, now=g.now)
    except (Conflict, NotFound):
        return _page(token)
    lang = request.args.get("lang", "")
    return _guarded(redirect(f"/answer/{token}" + (f"?lang={lang}" if lang in ("zh", "en") else ""), 303))


def _page(token: str) -> Response:
    """The duties of a link as they are now; 410 where none is as it was told, 404 where the link is none of ours."""
    try:
        answer = acknowledgements.answer(g.db, token, secret_key=g.settings.site.secret_key, now=g.now)
    except (Conflict, NotFound) as refusal:
        g.lang = _lang(g.lang)
        status = UNKNOWN if isinstance(refusal, NotFound) else GONE
        return _guarded(make_response(_html(None, token, refusal), status))
    g.lang = _lang(answer.person["lang"])
    return _guarded(make_response(_html(answer, token), 200 if answer.is_as_told else GONE))


def _html(answer: acknowledgements.Answer | None, token: str, refusal: Refusal | None = None) -> str:
    words = wording.sentences(refusal, g.lang) if refusal else []
    other = f"/answer/{token}?lang={t('en', 'zh')}"
    return render_template("answers/show.html", answer=answer, sentences=words, other=other)


def _lang(own: str) -> str:
    asked = request.args.get("lang", "")
    return asked if asked in ("zh", "en") else own


def _guarded(response: Response) -> Response:
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
