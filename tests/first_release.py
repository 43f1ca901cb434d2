"""An installation of the first release, as it was left: its schema, and rows of every kind."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from scheduler import database, migrations
from scheduler.config import Settings
from scheduler.database import rows

ROWS = Path(__file__).parent / "schema" / "rows" / "first_month.sql"


def lay(settings: Settings) -> None:
    """Put its database in the place of ours."""
    with closing(database.connect(settings.database, settings.zone)) as db:
        steps = [step.name for step in migrations.STEPS._migrations]
        migrations.STEPS.apply(db, stop_before=steps[1:])
        triggers = rows(db, "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        for trigger in triggers:  # the rows are as they became, so nothing need follow them
            db.conn.execute(f"DROP TRIGGER {trigger['name']}")
        db.conn.executescript("PRAGMA foreign_keys = OFF; DELETE FROM activity; DELETE FROM _sqlite_migrations;")
        db.conn.executescript(ROWS.read_text(encoding="utf-8"))
        for trigger in triggers:
            db.conn.execute(trigger["sql"])
    (settings.folder / database.MARK).touch(mode=0o600)
