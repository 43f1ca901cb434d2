"""What one who only reads is not shown: forms that change something, and ways to pages that are not theirs."""

from __future__ import annotations

import json
import re
from urllib.parse import urlsplit

from flask import Flask, current_app, g
from jinja2.ext import Extension
from werkzeug.exceptions import HTTPException

from scheduler import accounts

FORM = re.compile(r'<form\b(?=[^>]*\bmethod="post").*?</form>', re.DOTALL)
# The frame: signing out, the language, what one's own phone sends; and the exports that one asks for oneself.
OF_EVERYBODY = ("base.html", "checkins/queue.html", "exports/list.html", "exports/show.html")


class ReadersSeeNoForms(Extension):
    """Every form that posts is drawn only for who may write: in one place, for all templates."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """The template's words with `{% if may_write() %}` around each such form."""
        if name in OF_EVERYBODY:
            return source
        return FORM.sub(lambda form: f"{{% if may_write() %}}{form[0]}{{% endif %}}", source)


def install(app: Flask) -> None:
    """Give templates `may_write()` and `may_open(href)`, and guard their forms."""
    app.jinja_env.add_extension(ReadersSeeNoForms)
    app.jinja_env.globals.update(may_write=may_write, may_open=may_open, my_role=my_role)


def may_write() -> bool:
    """Whether what this page shows is the reader's to change."""
    return not g.get("reads_only")


def may_open(href: str) -> bool:
    """Whether a link leads where the reader may go: asked only of those who read this page and may not change it."""
    if may_write():
        return True
    try:
        endpoint, _ = current_app.url_map.bind("").match(urlsplit(href).path)
    except HTTPException:
        return True
    role = getattr(current_app.view_functions[endpoint], "gate", ("staff",))[0]
    return bool(role == "staff" or (role in accounts.READING and g.person[f"is_{role}"]))


def my_role() -> str:
    """The widest of what the reader was granted, as a word of `access`."""
    held = json.loads(g.person["roles"])
    return next((role for role in ("administrator", "coordinator", "auditor", "unit_head") if role in held), "staff")
