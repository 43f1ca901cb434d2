"""People, places and opening balances from workbooks and CSV."""

from __future__ import annotations

from scheduler.database import Row


def read_people(content: bytes, name: str) -> list[Row]:
    """Placeholder."""
    raise NotImplementedError
