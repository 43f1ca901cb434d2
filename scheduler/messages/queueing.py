"""Into the outbox, once for each person and occasion: to whom, which way, in which language, until when."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from urllib.parse import urlsplit

from scheduler import channels, clock, outbox
from scheduler.database import Database, Row, insert, one, value
from scheduler.errors import Invalid, NotFound
from scheduler.messages.texts import compose
from scheduler.wording import Lang
from scheduler.wording.messages import IN_A_GROUP, DutyFacts, DutyLine

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
    """Somebody to tell: person_id, person, lang; None for who has left or whom no way reaches."""
    return one(
        db,
        """
        SELECT id AS person_id, name AS person, lang
        FROM person
        WHERE id = :person_id AND (left_on IS NULL OR left_on >= :day)
          AND EXISTS (SELECT 1 FROM way WHERE way.person_id = person.id)
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
    calendar: str = "",
    in_group: Mapping[str, str] | None = None,
    now: datetime,
) -> int:
    """Queue a message to one receiver in their language, by the first of their ways; gives 1, or 0 where the key was
    queued before, or where no way reaches them: an address that no mail header can hold is as good as none.

    `gaps` gives what fills the text in a language; `person` is filled in here. `calendar` goes along with a mail;
    `in_group` fills gaps otherwise where others read along. The next of the ways is noted for the case that the
    first one fails. Called inside of the transaction that decides upon it.
    """
    if value(db, "SELECT 1 FROM outbox WHERE key = :key", key=key):
        return 0
    given, elsewhere = {**gaps(to["lang"]), "person": to["person"]}, in_group or {}
    ways = channels.reaching(db, to["person_id"])
    for at, way in enumerate(ways, start=1):
        subject, body = text_by(db, way["channel"], kind, to["lang"], given, elsewhere)
        try:
            outbox_id = outbox.queue(
                db,
                key=key,
                kind=kind,
                person_id=to["person_id"],
                address=way["address"],
                subject=subject,
                body=body,
                domain=urlsplit(base_url).hostname or "localhost",
                due_at=now,
                expires_at=expires_at,
                now=now,
                channel_id=_channel_id(way),
                calendar=calendar if way["channel"] == "email" else "",
            )
        except Invalid:
            continue
        if ways[at:]:
            text = text_by(db, ways[at]["channel"], kind, to["lang"], given, elsewhere)
            _note_other(db, outbox_id, ways[at], text, calendar)
        return 1
    return 0


def text_by(
    db: Database, channel: int | str, kind: str, lang: Lang, gaps: Mapping[str, str], in_group: Mapping[str, str]
) -> tuple[str, str]:
    """The subject and body of a message by one way. Only a mail is read by its receiver alone: by any other, what is
    theirs alone is left out.
    """
    hidden = {name: words[lang == "en"] for name, words in IN_A_GROUP.items()}
    return compose(db, kind, lang, gaps if channel == "email" else {**gaps, **hidden, **in_group})


def _note_other(db: Database, outbox_id: int, way: Row, text: tuple[str, str], calendar: str) -> None:
    insert(
        db,
        "other_way",
        outbox_id=outbox_id,
        channel_id=_channel_id(way),
        subject=text[0],
        body=text[1],
        calendar=calendar if way["channel"] == "email" else "",
    )


def _channel_id(way: Row) -> int | None:
    return None if way["channel"] == "email" else int(way["channel"])


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
