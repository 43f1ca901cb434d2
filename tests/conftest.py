"""What every test is handed: a fresh migrated database, a moment, a small town."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from scheduler import database
from scheduler.database import Database
from tests import builders

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def now() -> datetime:
    """Saturday 28 February 2026, 09:00 in Bazhong."""
    return datetime(2026, 2, 28, 1, 0, tzinfo=UTC)


@pytest.fixture
def db() -> Database:
    opened = database.connect(":memory:", SHANGHAI)
    database.migrate(opened)
    return opened


@pytest.fixture
def town(db: Database, now: datetime) -> builders.Town:
    return builders.town(db, now)
