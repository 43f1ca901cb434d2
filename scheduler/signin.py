"""A sign-in link asked for by staff number, and its way out by e-mail."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from scheduler import accounts, clock, outbox
from scheduler.audit import SYSTEM
from scheduler.database import Database, Row, one, value, write
from scheduler.wording import messages

LINK_LASTS = timedelta(hours=1)  # shorter than a printed one: it waits in a mailbox
LINKS_AN_HOUR = 3  # for one person: nobody can fill another's mailbox by asking


def address(base_url: str, token: str, purpose: accounts.Purpose) -> str:
    """Where a link leads: to signing in, or to setting a password."""
    return f"{base_url.rstrip('/')}/signin/{'reset/' if purpose == 'password' else ''}{token}"


def mail_link(
    db: Database, staff_no: str, *, purpose: accounts.Purpose = "signin", base_url: str, now: datetime
) -> None:
    """E-mail a one-time link to the person with this staff number, to sign in or to set a password.

    Nothing happens, and the caller is not told, where there is no such person, no address, the person
    has left, or asked three times within the hour: who works here is not for strangers to find out.
    """
    with write(db):
        person = _addressee(db, staff_no, now=now)
        if person is None or _asked_lately(db, person["id"], now=now) >= LINKS_AN_HOUR:
            return
        if purpose == "password" and not accounts.passwords_allowed(db):
            return
        token = accounts.make_link(db, person["id"], purpose=purpose, lasts=LINK_LASTS, by=SYSTEM, now=now)
        text = messages.password_link if purpose == "password" else messages.signin_link
        subject, body = text(person["name"], address(base_url, token, purpose), person["lang"])
        outbox.queue(
            db,
            key=f"signin/{token[:8]}",
            kind="signin",
            person_id=person["id"],
            address=person["email"],
            subject=subject,
            body=body,
            domain=urlsplit(base_url).hostname or "localhost",
            due_at=now,
            expires_at=now + LINK_LASTS,
            now=now,
        )


def _addressee(db: Database, staff_no: str, *, now: datetime) -> Row | None:
    return one(
        db,
        """
        SELECT id, name, email, lang
        FROM person
        WHERE staff_no = :staff_no AND email <> '' AND (left_on IS NULL OR left_on >= :day)
        """,
        staff_no=staff_no,
        day=clock.today(now, db.zone).isoformat(),
    )


def _asked_lately(db: Database, person_id: int, *, now: datetime) -> int:
    return int(
        value(
            db,
            "SELECT COUNT(*) FROM outbox WHERE kind = 'signin' AND person_id = :person_id AND made_at > :since",
            person_id=person_id,
            since=clock.to_text(now - timedelta(hours=1)),
        )
    )
