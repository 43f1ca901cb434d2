"""Shifts of published rosters that begin within two days and are short of people: to their coordinators."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from scheduler import clock, messages
from scheduler.database import Database, Row, rows, write
from scheduler.notices.receivers import coordinators
from scheduler.notices.telling import Item, put_right, tell
from scheduler.wording import Lang
from scheduler.wording.messages import lines

AHEAD = timedelta(hours=48)


def queue_due(db: Database, *, base_url: str, now: datetime) -> int:
    """Tell the coordinators of each such shift, once, and again when how many it lacks has changed.

    One message a person, whatever the number of shifts. Gives how many messages.
    """
    with write(db):
        found = short(db, now, now + AHEAD)
        put_right(db, "understaffed", [_subject(row) for row in found], now=now)
        return sum(_tell(db, to, shifts, base_url, now) for to, shifts in by_coordinator(db, found, now=now))


def short(db: Database, after: datetime, until: datetime, *, within: Iterable[int] | None = None) -> list[Row]:
    """Shifts that begin after one moment and by another with fewer people than they need, by start.

    id, unit_id, roster_id, starts_at, ends_at, place, activity_zh, activity_en, headcount, seated, unpublished.
    Only who stands both on the board and in what people were told is counted as seated. `within`: units and all
    below them.
    """
    return rows(
        db,
        """
        SELECT shift.id, shift.unit_id, shift.roster_id, shift.starts_at, shift.ends_at, place.name AS place,
               activity.name_zh AS activity_zh, activity.name_en AS activity_en, shift.headcount,
               COUNT(assignment.published_at) AS seated,
               COUNT(assignment.id) - COUNT(assignment.published_at) AS unpublished
        FROM shift
        JOIN roster ON roster.id = shift.roster_id AND roster.state = 'published'
        JOIN place ON place.id = shift.place_id
        JOIN activity ON activity.id = shift.activity_id
        LEFT JOIN assignment ON assignment.shift_id = shift.id AND assignment.state = 'planned'
        WHERE shift.state = 'planned' AND shift.ends_at > :after  -- which has an index
          AND shift.starts_at > :after AND shift.starts_at <= :until
          AND (:within IS NULL OR shift.unit_id IN (
            SELECT unit_id FROM unit_above WHERE above_id IN (SELECT value FROM json_each(:within))
          ))
        GROUP BY shift.id
        HAVING seated < shift.headcount
        ORDER BY shift.starts_at, shift.id
        """,
        after=clock.to_text(after),
        until=clock.to_text(until),
        within=None if within is None else json.dumps(sorted(within)),
    )


def by_coordinator(db: Database, found: Iterable[Row], *, now: datetime) -> list[tuple[Row, list[Row]]]:
    """Each coordinator with the rows of those units that they answer for; a row has a unit_id."""
    by_unit: dict[int, list[Row]] = defaultdict(list)
    for row in found:
        by_unit[row["unit_id"]].append(row)
    receivers: dict[int, tuple[Row, list[Row]]] = {}
    for unit_id, theirs in by_unit.items():
        for to in coordinators(db, unit_id, now=now):
            receivers.setdefault(to["person_id"], (to, []))[1].extend(theirs)
    return list(receivers.values())


def line(db: Database, row: Row, lang: Lang) -> str:
    """A shift and what it lacks."""
    missing = row["headcount"] - row["seated"]
    return lines.short_shift(messages.line_of(db, row), row["headcount"], missing, row["unpublished"], lang)


def _subject(row: Row) -> str:
    return f"shift:{row['id']}"


def _tell(db: Database, to: Row, shifts: Sequence[Row], base_url: str, now: datetime) -> int:
    ordered = sorted(shifts, key=lambda row: (row["starts_at"], row["id"]))
    items = [
        Item(_subject(row), f"{row['seated']}/{row['headcount']}", line(db, row, "zh"), line(db, row, "en"))
        for row in ordered
    ]

    def gaps(new: Sequence[Item], lang: Lang) -> dict[str, str]:
        told = lines.listed([item.line(lang) for item in new], lang)
        return {"count": str(len(new)), "shifts": told, "link": link_to(base_url, ordered)}

    last = clock.from_text(ordered[-1]["starts_at"])
    return tell(db, "understaffed", to, items, gaps, base_url=base_url, expires_at=last, now=now)


def link_to(base_url: str, shifts: Iterable[Row]) -> str:
    """The roster that all of these shifts are in, else the list of rosters."""
    found = {row["roster_id"] for row in shifts}
    return f"{base_url.rstrip('/')}/rosters" + (f"/{found.pop()}" if len(found) == 1 else "")
