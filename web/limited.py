"""How often one may ask for what is costly or can be guessed: told by the address of the page, counted in the database.

Who is signed in is counted as themselves, others by their network address. The right secret always goes through:
only wrong ones are counted, so that nobody is shut out by a guesser behind the same address.
"""

from __future__ import annotations

import re

from flask import Flask, Response, g, request

from scheduler import limits
from scheduler.errors import TooMany
from web import errors
from web.connections import kept

EXPORT = re.compile(r"\.(csv|xlsx|<ending>|<any\(csv, xlsx\):ending>)$|^/exports/.*/file$")
SECRETS = re.compile(r"^/(calendar|wall|answer|swap|signin|signin/reset)/<")
WRONG = (404, 409, 410, 422)


def install(app: Flask) -> None:
    """Count before a request that costs much, and after one that named a wrong secret."""
    app.before_request(count)
    app.after_request(count_wrong)


def kind() -> str | None:
    """What this request counts as, or None for most; a file that is handed in counts where it is kept."""
    rule = str(request.url_rule or "")
    if request.method == "GET":
        return "export" if EXPORT.search(rule) else None
    if request.endpoint in ("signin.send", "signin.forgot"):
        return "link"
    return "test_message" if rule.endswith("/test") else None


def count() -> None:
    """Refuse what is asked for too often."""
    if (asked := kind()) is not None:
        who = g.person["person_id"] if g.person else limits.client(request.remote_addr)
        limits.count(g.db, asked, who, now=g.now)


def count_wrong(response: Response) -> Response:
    """A wrong secret counts against the client; beyond the limit the answer says to wait."""
    rule = str(request.url_rule or "")
    if response.status_code not in WRONG or not SECRETS.match(rule) or g.get("settings") is None:
        return response
    try:
        db = g.get("db") or kept(g.settings)
        what = "signin" if rule.startswith("/signin") else "token"
        limits.count(db, what, limits.client(request.remote_addr), now=g.now)
    except TooMany as refusal:
        return errors.refused(refusal)
    return response
