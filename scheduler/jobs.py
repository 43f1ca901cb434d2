"""What the background process does, and how often."""

from __future__ import annotations

from scheduler.database import Database


def run(db: Database, name: str) -> None:
    """Placeholder."""
    raise NotImplementedError
