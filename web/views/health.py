"""Whether the installation is alive, for monitors: no session, no secrets."""

from __future__ import annotations

from flask import Blueprint, g, jsonify
from flask.typing import ResponseReturnValue

from scheduler import jobs, outbox

bp = Blueprint("health", __name__)


@bp.get("/healthz")
def show() -> ResponseReturnValue:
    """200 while all is well; 503 and `stale` when the background process has not beaten its heart for too long.

    `oldest_due_s` and `failed` tell of messages: how long the oldest is overdue, and how many were refused for good.
    """
    age = jobs.heartbeat_age(g.db, now=g.now)
    alive = age is not None and age <= g.settings.work.stale_after_seconds
    told = jsonify(status="ok" if alive else "stale", background_age_s=age, **outbox.backlog(g.db, now=g.now))
    return told, 200 if alive else 503
