"""Into the outbox, once for each person and occasion: to whom, in which language, until when it is of use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from urllib.parse import urlsplit

from scheduler import clock, outbox
from scheduler.database import Database, Row, one, value
from scheduler.errors import Invalid, NotFound
from scheduler.messages.texts import compose
from scheduler.wording import Lang
from scheduler.wording.messages import DutyFacts, DutyLine

Gaps = Callable[[Lang], Mapping[str, str]]

FACTS = """
SELECT assignment.id AS assignment_id, assignment.person_id, assignment.starts_at, assignment.ends_at,
       person.name AS person, place.name AS place, place.address, place.contact, place.phone,
       activity.name_zh AS activity_zh, activity.name_en AS activity_en, shift.tasks, shift.unit_id,
       COALESCE((
           SELECT procedure FROM sponsorship
           WHERE sponsorship.place_id = place.id AND sponsorship.starts_on <= shift.day
             AND (sponsorship.ends_on IS NULL OR sponsorship.ends_on >= shift.day)
           ORDER BY sponsorship.starts_on DESC, sponsorship.id DESC
           LIMIT 1
       ), '') AS procedure
FROM assignment
JOIN person ON person.id = assignment.person_id
JOIN shift ON shift.id = assignment.shift_id
JOIN place ON place.id = shift.place_id
JOIN activity ON activity.id = shift.activity_id
WHERE assignment.id = :assignment_id
"""


def receiver(db: Database, person_id: int, *, now: datetime) -> Row | None:
    """Somebody to write to: person_id, person, email, lang; None for who has left or has no address."""
    return one(
        db,
        """
        SELECT id AS person_id, name AS person, email, lang
        FROM person
        WHERE id = :person_id AND email <> '' AND (left_on IS NULL OR left_on >= :day)
        """,
        person_id=person_id,
        day=clock.today(now, db.zone).isoformat(),
    )


def queue(
    db: Database,
    kind: str,
    to: Row,
    gaps: Gaps,
    *,
    key: str,
    base_url: str,
    expires_at: datetime,
    now: datetime,
) -> int:
    """Queue a message to one receiver in their language; gives 1, or 0 where the key was queued before, or where
    the address is one that no mail can hold.

    `gaps` gives what fills the text in a language; `person` is filled in here. Called inside of the transaction
    that decides upon it.
    """
    if not to["email"] or value(db, "SELECT 1 FROM outbox WHERE key = :key", key=key):
        return 0
    subject, body = compose(db, kind, to["lang"], {**gaps(to["lang"]), "person": to["person"]})
    try:
        outbox.queue(
            db,
            key=key,
            kind=kind,
            person_id=to["person_id"],
            address=to["email"],
            subject=subject,
            body=body,
            domain=urlsplit(base_url).hostname or "localhost",
            due_at=now,
            expires_at=expires_at,
            now=now,
        )
    except Invalid:  # an address that no mail header can hold is as good as none
        return 0
    return 1


def duty_facts(db: Database, assignment_id: int) -> Row:
    """What messages say of one assignment: activity, place, its contact, tasks, procedure, person. NotFound."""
    found = one(db, FACTS, assignment_id=assignment_id)
    if found is None:
        raise NotFound("not_found")
    return found


def line_of(db: Database, row: Row) -> DutyLine:
    """One duty or shift as a line of a list."""
    starts, ends = clock.local(row["starts_at"], db.zone), clock.local(row["ends_at"], db.zone)
    return DutyLine(starts, ends, row["place"], row["activity_zh"], row["activity_en"])


def gaps_of(db: Database, facts: Row, lang: Lang, *, link: str) -> dict[str, str]:
    """What fills a text about one duty."""
    return DutyFacts(
        person=facts["person"],
        activity=facts["activity_zh"] if lang == "zh" else facts["activity_en"],
        place=facts["place"],
        starts=clock.local(facts["starts_at"], db.zone),
        ends=clock.local(facts["ends_at"], db.zone),
        address=facts["address"],
        contact=facts["contact"],
        phone=facts["phone"],
        tasks=facts["tasks"],
        procedure=facts["procedure"],
        link=link,
    ).gaps(lang)
