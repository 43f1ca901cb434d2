"""The Bazhong demonstration organisation."""

from __future__ import annotations

from datetime import datetime

from scheduler.database import Database


def load(db: Database, *, now: datetime) -> None:
    """Placeholder."""
    raise NotImplementedError
