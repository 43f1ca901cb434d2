"""Whether an installation lets people sign in by password."""

from __future__ import annotations

from datetime import datetime

from scheduler import audit, clock
from scheduler.accounts.access import require_all
from scheduler.audit import Actor
from scheduler.database import Database, run, value, write


def passwords_allowed(db: Database) -> bool:
    """Whether this installation lets people sign in by password; it does until an administrator says no."""
    held = value(db, "SELECT passwords FROM sign_in_policy WHERE id = 1")
    return held is None or bool(held)


def allow_passwords(db: Database, allowed: bool, *, by: Actor, now: datetime) -> None:
    """Let people sign in by password, or not. Switched off, sessions that were opened by one end; hashes are kept."""
    with write(db):
        require_all(db, by, now=now)
        changed = audit.differences({"passwords": passwords_allowed(db)}, {"passwords": allowed})
        run(
            db,
            """
            INSERT INTO sign_in_policy (id, passwords) VALUES (1, :allowed)
            ON CONFLICT (id) DO UPDATE SET passwords = excluded.passwords
            """,
            allowed=int(allowed),
        )
        if not allowed:
            at = clock.to_text(now)
            run(db, "UPDATE session SET ended_at = :at WHERE way = 'password' AND ended_at IS NULL", at=at)
        audit.record(db, "allow_passwords", "sign_in_policy", 1, by=by, now=now, changed=changed)
