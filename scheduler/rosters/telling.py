"""One message to each person whom a publication concerns: what changed for them, in their language."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime

from scheduler import acknowledgements, clock, feeds, messages
from scheduler.database import Database, Row, rows
from scheduler.rosters.revision import Change
from scheduler.wording.messages import Changed, DutyLine, PlaceFacts


def tell(
    db: Database,
    roster: Row,
    number: int,
    changes: Iterable[Change],
    *,
    note: str,
    base_url: str,
    secret_key: str,
    now: datetime,
) -> int:
    """Queue the messages; gives how many. Not told: what is over, who has left, whom no way reaches.

    With the installation's key each carries the link by which its duties are acknowledged.
    """
    return sum(
        _queue(db, roster, number, mine, note=note, base_url=base_url, secret_key=secret_key, now=now)
        for mine in _to_tell(db, changes, now).values()
    )


def people_to_tell(db: Database, changes: Iterable[Change], *, now: datetime) -> list[Row]:
    """Who would get a message, in the order of their first change: rows as the seats of a change have them."""
    return [mine[0].person for mine in _to_tell(db, changes, now).values()]


def people_not_reached(db: Database, changes: Iterable[Change], *, now: datetime) -> list[Row]:
    """Whom the changes concern and no way reaches, neither e-mail nor a channel: rows as seats have them."""
    told = _concerned(db, changes, now)
    reached = _reached(db, told)
    return [mine[0].person for person_id, mine in told.items() if person_id not in reached]


def message(
    db: Database, roster: Row, number: int, mine: Sequence[Change], *, note: str, base_url: str
) -> tuple[str, str]:
    """The subject and text that one person gets for their changes."""
    lang = mine[0].person["lang"]
    facts = _facts(db, roster, number, mine, note=note, base_url=base_url)
    facts = replace(facts, acknowledge=acknowledgements.address(base_url, "…"))
    return messages.compose(db, facts.kind, lang, facts.gaps(lang))


def _facts(db: Database, roster: Row, number: int, mine: Sequence[Change], *, note: str, base_url: str) -> Changed:
    return Changed(
        person=mine[0].person["person"],
        first=date.fromisoformat(roster["starts_on"]),
        last=date.fromisoformat(roster["ends_on"]),
        number=number,
        lines=[(_line(db, change.old), _line(db, change.new)) for change in mine],
        note=note,
        link=f"{base_url.rstrip('/')}/me",
        places=_places(db, mine),
    )


def _places(db: Database, mine: Sequence[Change]) -> list[PlaceFacts]:
    """Every place that somebody is to go to by these changes, once, with the procedure of its first day."""
    first = {change.new["place_id"]: change.new["assignment_id"] for change in reversed(mine) if change.new}
    found = (messages.duty_facts(db, assignment_id) for assignment_id in reversed(first.values()))
    return [PlaceFacts(row["place"], row["address"], row["contact"], row["phone"], row["procedure"]) for row in found]


def _to_tell(db: Database, changes: Iterable[Change], now: datetime) -> dict[int, list[Change]]:
    told = _concerned(db, changes, now)
    reached = _reached(db, told)
    return {person_id: mine for person_id, mine in told.items() if person_id in reached}


def _reached(db: Database, people: Iterable[int]) -> set[int]:
    sql = "SELECT DISTINCT person_id FROM way WHERE person_id IN (SELECT value FROM json_each(:people))"
    return {row["person_id"] for row in rows(db, sql, people=json.dumps(list(people)))}


def _concerned(db: Database, changes: Iterable[Change], now: datetime) -> dict[int, list[Change]]:
    """By person, what is not over; nobody who has left."""
    mine: dict[int, list[Change]] = defaultdict(list)
    today = clock.today(now, db.zone).isoformat()
    for change in changes:
        if change.ends_at > clock.to_text(now) and (change.person["left_on"] or "9999") >= today:
            mine[change.person["person_id"]].append(change)
    return mine


def _queue(
    db: Database,
    roster: Row,
    number: int,
    mine: Sequence[Change],
    *,
    note: str,
    base_url: str,
    secret_key: str,
    now: datetime,
) -> int:
    person = mine[0].person
    duties = [change.new for change in mine if change.new]
    link = acknowledgements.link(person["person_id"], duties, base_url, secret_key)
    facts = replace(_facts(db, roster, number, mine, note=note, base_url=base_url), acknowledge=link)
    key = f"published:{roster['id']}:{number}:{person['person_id']}"
    told = [seat["assignment_id"] for change in mine for seat in (change.old, change.new) if seat]
    queued = messages.queue(
        db,
        facts.kind,
        person,
        facts.gaps,
        key=key,
        base_url=base_url,
        expires_at=clock.from_text(max(change.ends_at for change in mine)),
        calendar=feeds.attached(db, person["person_id"], told, base_url=base_url, now=now),
        now=now,
    )
    acknowledgements.expect_where_told(db, key, link, duties, now=now)
    return queued


def _line(db: Database, seat: Row | None) -> DutyLine | None:
    if seat is None:
        return None
    starts, ends = clock.local(seat["starts_at"], db.zone), clock.local(seat["ends_at"], db.zone)
    return DutyLine(starts, ends, seat["place"], seat["activity_zh"], seat["activity_en"])
