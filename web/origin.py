"""Where a request comes from: its browser's words for itself, and its network address."""

from __future__ import annotations

from flask import request

from scheduler import limits
from scheduler.accounts import Client


def client() -> Client:
    """Whose request this is, as far as the line tells; behind a front server, as that one names it."""
    return Client(request.user_agent.string, limits.client(request.remote_addr))
