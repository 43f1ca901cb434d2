"""Messages waiting to leave: queue once, claim one, send, retry or give up."""

from __future__ import annotations

from datetime import datetime

from scheduler.database import Database


def queue(
    db: Database,
    *,
    key: str,
    kind: str,
    person_id: int,
    address: str,
    subject: str,
    body: str,
    domain: str,
    due_at: datetime,
    expires_at: datetime,
    now: datetime,
) -> int:
    """Put a message into the outbox; the same key again changes nothing. Gives its id."""
    raise NotImplementedError
