"""Two people with the same form open: the second is told, and nothing is overwritten."""

from __future__ import annotations

from scheduler import clock
from scheduler.database import Database, Row
from scheduler.errors import Conflict


def stale(db: Database, history: list[Row]) -> Conflict:
    """The refusal of a change made from an old version: who changed the thing last, and when by the local clock."""
    last = history[0] if history else {"actor": "?", "at": None}
    when = f"{clock.local(last['at'], db.zone):%Y-%m-%d %H:%M}" if last["at"] else "?"
    return Conflict("stale", who=last["actor"], when=when)
