"""Shifts that are over and not confirmed: from the day after, each morning, to those who confirm them."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from scheduler import clock, messages
from scheduler.database import Database, Row, rows, write
from scheduler.notices.understaffed import by_coordinator
from scheduler.wording import Lang
from scheduler.wording.messages import lines

AT = time(9, 0)
DAYS = 3  # mornings on which one shift is named: then it has been entered as it stands, or asking does not help


def queue_due(db: Database, *, base_url: str, now: datetime) -> int:
    """One message a morning to each who has attendance to confirm; gives how many.

    A morning that was slept over is caught up on the same day.
    """
    today = clock.today(now, db.zone)
    if now < clock.instant(today, AT, db.zone):
        return 0
    first, last = (clock.midnight(today - timedelta(days=days), db.zone) for days in (DAYS, 0))
    end = clock.midnight(today + timedelta(days=1), db.zone)
    with write(db):
        return sum(
            messages.queue(
                db, "unconfirmed", to, lambda lang, theirs=theirs: gaps(db, theirs, lang, base_url),  # type: ignore[misc]
                key=f"unconfirmed:{today.isoformat()}:{to['person_id']}", base_url=base_url, expires_at=end, now=now,
            )
            for to, theirs in by_coordinator(db, _waiting(db, first, last), now=now)
        )  # fmt: skip


def gaps(db: Database, shifts: list[Row], lang: Lang, base_url: str) -> dict[str, str]:
    """What fills the message about these shifts."""
    told = [messages.line_of(db, row).text(lang) for row in sorted(shifts, key=lambda row: row["starts_at"])]
    return {
        "count": str(len(shifts)),
        "shifts": lines.listed(told, lang),
        "link": f"{base_url.rstrip('/')}/attendance",
    }


def _waiting(db: Database, first: datetime, last: datetime) -> list[Row]:
    """Published shifts that ended from one moment to another and nobody has confirmed, by start."""
    return rows(
        db,
        """
        SELECT shift.id, shift.unit_id, shift.starts_at, shift.ends_at, place.name AS place,
               activity.name_zh AS activity_zh, activity.name_en AS activity_en
        FROM shift
        JOIN roster ON roster.id = shift.roster_id AND roster.state <> 'draft'
        JOIN place ON place.id = shift.place_id
        JOIN activity ON activity.id = shift.activity_id
        WHERE shift.state = 'planned' AND shift.ends_at >= :first AND shift.ends_at < :last
        ORDER BY shift.starts_at, shift.id
        """,
        first=clock.to_text(first),
        last=clock.to_text(last),
    )
