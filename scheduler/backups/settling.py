"""What a backup may not bring back: sessions, links, messages that may have left, an older lease, older stamps.

Between the backup and its restoring the world went on: people signed out, messages left, calendars were
fetched. None of it can be known any more, so whatever could do harm twice waits for somebody's word.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from scheduler import clock
from scheduler.database import Database, SqliteError, rows, run, value

REASON = "restored"  # shown by its name in the group `failure`
SKIPPED = 1000  # more often than any calendar entry changes between a backup and its restoring
LONG_AGO = "2000-01-01T00:00:00Z"
SECRETS = ("feed", "wall")  # addresses that can be revoked


@dataclass(frozen=True, slots=True)
class Before:
    """What the replaced database told: its lease's fence, which secret addresses were revoked and when, and the
    calendars as their subscribers know them: None where there was no database, so that nobody was served from it.
    """

    fence: int = 0
    revoked: tuple[tuple[str, str, str], ...] = ()
    calendars: frozenset[tuple[int, str]] | None = frozenset()


def before(db: Database) -> Before:
    """The same, read from it; nothing where it is of another schema or damaged."""
    try:
        revoked = [
            (table, row["token_hash"], row["revoked_at"])
            for table in SECRETS
            for row in rows(db, f"SELECT token_hash, revoked_at FROM {table} WHERE revoked_at IS NOT NULL")
        ]
        return Before(value(db, "SELECT MAX(fence) FROM lease") or 0, tuple(revoked), frozenset(_calendars(db)))
    except SqliteError:
        return Before()


def settle(db: Database, *, now: datetime) -> dict[str, int]:
    """End and hold back; gives held, sessions, links. Inside of `write`."""
    at = clock.to_text(now)
    run(
        db,
        """
        UPDATE outbox SET state = 'obsolete', lease_until = NULL, body = CASE WHEN kind = 'signin' THEN '' ELSE body END
        WHERE state IN ('due', 'sending') AND (kind = 'signin' OR expires_at <= :now)
        """,
        now=at,
    )
    held = run(
        db,
        """
        UPDATE outbox SET state = 'failed', lease_until = NULL, fence = fence + 1, last_error = :reason
        WHERE state = 'sending' OR state = 'due' AND due_at <= :now
        """,
        reason=REASON,
        now=at,
    )
    run(db, "DELETE FROM other_way")  # held back is not failed: nothing is told by another way without a word
    run(db, "UPDATE job_run SET asked_at = NULL")
    return {
        "held": held,
        "sessions": run(db, "UPDATE session SET ended_at = :now WHERE ended_at IS NULL AND expires_at > :now", now=at),
        "links": run(db, "UPDATE signin_link SET used_at = :now WHERE used_at IS NULL AND expires_at > :now", now=at),
    }


def carry_over(db: Database, known: Before) -> dict[str, int]:
    """Free the lease under a fence that nobody had yet, keep revoked what was, let no calendar fall behind what phones
    have seen: gives revoked. Inside of `write`.
    """
    fence = max(known.fence, value(db, "SELECT MAX(fence) FROM lease") or 0) + 1
    run(
        db,
        """
        INSERT INTO lease (name, holder, fence, beat_at, expires_at) VALUES ('work', '', :fence, :never, :never)
        ON CONFLICT (name) DO UPDATE
        SET holder = '', fence = excluded.fence, beat_at = excluded.beat_at, expires_at = excluded.expires_at
        """,
        fence=fence,
        never=LONG_AGO,
    )
    run(db, "DELETE FROM beat")
    _restamp(db, known)
    return {
        "revoked": sum(
            run(
                db,
                f"UPDATE {table} SET revoked_at = :at WHERE token_hash = :token_hash AND revoked_at IS NULL",
                at=at,
                token_hash=token_hash,
            )
            for table, token_hash, at in known.revoked
        )
    }


def _restamp(db: Database, known: Before) -> None:
    """Skip stamps in every calendar but those that are just as they were fetched until now: these keep their bytes.

    In a new folder all of them do, and only what changes from now on skips: more may have been seen elsewhere.
    """
    is_new = known.calendars is None
    moved = [calendar for calendar, stamps in _calendars(db) if (calendar, stamps) not in (known.calendars or ())]
    run(
        db,
        """
        UPDATE feed_event
        SET sequence = sequence + :skipped, content_hash = CASE WHEN :is_new THEN content_hash ELSE '' END
        WHERE calendar_id IN (SELECT value FROM json_each(:moved))
        """,
        skipped=SKIPPED,
        is_new=is_new,
        moved=json.dumps(moved),
    )
    run(db, "UPDATE calendar SET stale = stale + 1")


def _calendars(db: Database) -> list[tuple[int, str]]:
    """Each calendar with all that its subscribers may have seen of it: its own stamps, and every event's."""
    found = rows(
        db,
        """
        SELECT calendar.id, json_array(etag, calendar.modified_at, (
            SELECT json_group_array(json_array(uid, sequence, modified_at, content_hash)) FROM (
                SELECT * FROM feed_event WHERE calendar_id = calendar.id ORDER BY uid
            )
        )) AS stamps
        FROM calendar
        ORDER BY calendar.id
        """,
    )
    return [(row["id"], row["stamps"]) for row in found]
