"""Some duties of a person as a calendar of their own, to go along with a mail."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime

from scheduler.database import Database, Row, insert, one, rows, run
from scheduler.feeds import render
from scheduler.feeds.calendars import CALENDAR, UID_DOMAIN, head_of, keep, restamped
from scheduler.feeds.events import chosen


def attached(db: Database, person_id: int, assignment_ids: Iterable[int], *, base_url: str, now: datetime) -> str:
    """These duties under the UIDs, sequences and stamps that the person's own calendar has them under, and has from
    now on where it did not know them yet: whoever has both is shown each duty once. Those that stand no more are
    cancelled. Empty where none of them is this person's. Called inside of the transaction that queues the mail.
    """
    calendar = _calendar(db, person_id)
    entries = chosen(db, calendar, assignment_ids, base_url) if calendar else []
    if calendar is None or not entries:
        return ""
    known = _known(db, calendar, [entry.uid for entry in entries])
    changed = [row for entry in entries if (row := restamped(db, entry, known.get(entry.uid), now))]
    if changed:
        keep(db, calendar["id"], changed)
        # who renders the calendar just now did not see these: theirs is thrown away
        run(db, "UPDATE calendar SET version = version + 1, stale = stale + 1 WHERE id = :id", id=calendar["id"])
    bodies = {uid: row["body"] for uid, row in known.items()} | {row["uid"]: row["body"] for row in changed}
    return b"".join((head_of(db, calendar), *(bodies[entry.uid] for entry in entries), render.TAIL)).decode()


def _calendar(db: Database, person_id: int) -> Row | None:
    """The person's calendar, made where nobody has subscribed to it yet: it keeps the stamps."""
    held = one(db, "SELECT id FROM calendar WHERE person_id = :id", id=person_id)
    if held is None:
        person = one(db, "SELECT lang FROM person WHERE id = :id", id=person_id)
        if person is None:
            return None
        held = {"id": insert(db, "calendar", scope="person", person_id=person_id, lang=person["lang"])}
    return one(db, CALENDAR, id=held["id"], domain=UID_DOMAIN)


def _known(db: Database, calendar: Row, uids: list[str]) -> dict[str, Row]:
    found = rows(
        db,
        """
        SELECT uid, content_hash, visible_hash, sequence, created_at, modified_at, cancelled_at, body
        FROM feed_event
        WHERE calendar_id = :id AND uid IN (SELECT value FROM json_each(:uids))
        """,
        id=calendar["id"],
        uids=json.dumps(uids),
    )
    return {row["uid"]: row for row in found}
