"""Who is told of seats that are open: everybody who may stand them, who got one, who did not; once each."""

from __future__ import annotations

from datetime import datetime

from scheduler import clock, feeds, messages
from scheduler.database import Database, Row, one, rows
from scheduler.openings.reading import IS_HELD
from scheduler.wording import Lang, name_of
from scheduler.wording.dates import day_text
from scheduler.wording.messages import DutyFacts

SHIFT = """
SELECT shift.starts_at, shift.ends_at, place.name AS place, place.address, place.contact, place.phone,
       activity.name_zh AS activity_zh, activity.name_en AS activity_en, shift.tasks,
       COALESCE((
           SELECT procedure FROM sponsorship
           WHERE sponsorship.place_id = place.id AND sponsorship.starts_on <= shift.day
             AND (sponsorship.ends_on IS NULL OR sponsorship.ends_on >= shift.day)
           ORDER BY sponsorship.starts_on DESC, sponsorship.id DESC
           LIMIT 1
       ), '') AS procedure
FROM shift
JOIN place ON place.id = shift.place_id
JOIN activity ON activity.id = shift.activity_id
WHERE shift.id = :shift_id
"""

# Whoever may sign up and has not, and is neither away nor told to stand elsewhere at the time.
INVITED = f"""
SELECT may_sign_up.person_id
FROM may_sign_up
JOIN opening ON opening.id = may_sign_up.opening_id
JOIN shift ON shift.id = opening.shift_id
WHERE may_sign_up.opening_id = :opening_id
  AND NOT EXISTS (
    SELECT 1 FROM away
    WHERE away.person_id = may_sign_up.person_id AND away.starts_at < shift.ends_at AND away.ends_at > shift.starts_at
  )
  AND NOT EXISTS (
    SELECT 1 FROM standing
    WHERE standing.person_id = may_sign_up.person_id
      AND standing.starts_at < shift.ends_at AND standing.ends_at > shift.starts_at
  )
  AND NOT EXISTS (
    SELECT 1 FROM sign_up
    WHERE sign_up.opening_id = opening.id AND sign_up.person_id = may_sign_up.person_id
      AND (sign_up.state = 'waiting' OR {IS_HELD})
  )
ORDER BY may_sign_up.person_id
"""


def invited(db: Database, opening_id: int) -> list[int]:
    """Whom an invitation goes to."""
    return [row["person_id"] for row in rows(db, INVITED, opening_id=opening_id)]


def tell_invited(db: Database, found: Row, *, base_url: str, now: datetime) -> int:
    """Write to everybody who may and can stand it, once in a round; gives how many."""
    key = f"open_duty:{found['id']}:{found['round']}"
    closes = clock.from_text(found["closes_at"])
    return sum(
        _queue(db, "open_duty", found, person_id, f"{key}:{person_id}", closes, base_url=base_url, now=now)
        for person_id in invited(db, found["id"])
    )


def tell_seat(db: Database, found: Row, row: Row, assignment_id: int, *, base_url: str, now: datetime) -> int:
    """Tell one of the list that the seat is theirs, with their duty for a calendar."""
    begins = clock.from_text(found["starts_at"])
    key = f"open_seat:{row['sign_up_id']}"
    duty = feeds.attached(db, row["person_id"], [assignment_id], base_url=base_url, now=now)
    return _queue(db, "open_seat", found, row["person_id"], key, begins, calendar=duty, base_url=base_url, now=now)


def tell_missed(db: Database, found: Row, row: Row, answer: str, *, base_url: str, now: datetime) -> int:
    """Tell one of the list that it was not them this time: they wait on, or it is closed."""
    begins = clock.from_text(found["starts_at"])
    key = f"open_missed:{row['sign_up_id']}:{found['round']}:{answer}"
    return _queue(db, "open_missed", found, row["person_id"], key, begins, answer, base_url=base_url, now=now)


def tell_over(
    db: Database, found: Row, person_id: int, answer: str, occasion: str, *, reason: str, base_url: str, now: datetime
) -> int:
    """Tell somebody that the seat, or the whole duty, is theirs no more, and why; once for the occasion."""
    begins = clock.from_text(found["starts_at"])
    key = f"{answer}:{occasion}:{person_id}"
    return _queue(db, "open_missed", found, person_id, key, begins, answer, reason=reason, base_url=base_url, now=now)


def _queue(
    db: Database,
    kind: str,
    found: Row,
    person_id: int,
    key: str,
    expires_at: datetime,
    answer: str = "",
    *,
    reason: str = "",
    calendar: str = "",
    base_url: str,
    now: datetime,
) -> int:
    to = messages.receiver(db, person_id, now=now) if base_url and expires_at > now else None
    if to is None:
        return 0
    shift = one(db, SHIFT, shift_id=found["shift_id"]) or {}

    def gaps(lang: Lang) -> dict[str, str]:
        told = gaps_of(db, shift, found, lang, answer=answer, base_url=base_url)
        why = f"（{reason}）" if lang == "zh" else f" ({reason})"
        return told | ({"answer": told["answer"] + why} if reason else {})

    return messages.queue(
        db, kind, to, gaps, key=key, base_url=base_url, expires_at=expires_at, calendar=calendar, now=now
    )


def gaps_of(db: Database, shift: Row, found: Row, lang: Lang, *, answer: str, base_url: str) -> dict[str, str]:
    """What fills the three texts in a language."""
    closes = clock.local(found["closes_at"], db.zone)
    facts = DutyFacts(
        person="",
        activity=shift["activity_zh"] if lang == "zh" else shift["activity_en"],
        starts=clock.local(shift["starts_at"], db.zone),
        ends=clock.local(shift["ends_at"], db.zone),
        link=f"{base_url.rstrip('/')}/me/open",
        **{name: shift[name] for name in ("place", "address", "contact", "phone", "tasks", "procedure")},
    )
    return facts.gaps(lang) | {
        "seats": str(found["seats"]),
        "closes": f"{day_text(closes.date(), lang)} {closes:%H:%M}",
        "note": found["note"],
        "answer": name_of("sign_up_answer", answer, lang) if answer else "",
    }
