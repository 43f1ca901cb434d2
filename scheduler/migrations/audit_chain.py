"""The audit chained by hash like the ledger, and from where each act came."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from scheduler.migrations.steps import STEPS, apply

if TYPE_CHECKING:
    from sqlite_utils import Database

# What was written before is chained as form 1, whose hash knows no `origin`; from now on form 2 is written.
FIRST_FORM = ("id", "at", "person_id", "actor", "act", "subject", "subject_id", "unit_id", "facts")

SCRIPT = """
ALTER TABLE audit ADD COLUMN origin TEXT NOT NULL DEFAULT ''

ALTER TABLE audit ADD COLUMN form INTEGER NOT NULL DEFAULT 1 CHECK (form IN (1, 2))

ALTER TABLE audit ADD COLUMN hash TEXT NOT NULL DEFAULT ''

DROP TRIGGER audit_is_never_altered
"""

AFTER = """
CREATE TRIGGER audit_is_never_altered BEFORE UPDATE ON audit BEGIN
    SELECT RAISE(ABORT, 'audit_is_append_only');
END

CREATE TRIGGER audit_is_chained BEFORE INSERT ON audit
WHEN (NEW.form <> 2 OR length(NEW.hash) <> 64) AND NOT EXISTS (SELECT 1 FROM audit WHERE id = NEW.id) BEGIN
    SELECT RAISE(ABORT, 'audit_is_chained');
END

CREATE UNIQUE INDEX audit_by_hash ON audit (hash)

CREATE INDEX audit_by_person ON audit (person_id, id)

CREATE INDEX audit_by_act ON audit (act, id)

CREATE INDEX audit_by_time ON audit (at)
"""


@STEPS()
def audit_chain(db: Database) -> None:
    """Chain what is there as it stands: nothing of it is changed."""
    apply(db, SCRIPT)
    encoded = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode
    previous, hashes = "0" * 64, []
    for values in db.conn.execute(f"SELECT {', '.join(FIRST_FORM)} FROM audit ORDER BY id"):
        entry = encoded(dict(zip(FIRST_FORM, values, strict=True)))
        previous = hashlib.sha256(f"{previous}{entry}".encode()).hexdigest()
        hashes.append((previous, values[0]))
    db.conn.executemany("UPDATE audit SET hash = ? WHERE id = ?", hashes)
    apply(db, AFTER)
