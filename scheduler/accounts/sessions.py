"""One-time links, and the sessions that they open."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

from scheduler import audit, clock
from scheduler.accounts.access import GIVEN_BY, IN_FORCE, may_speak_for, unit_of
from scheduler.accounts.devices import Client
from scheduler.audit import Actor
from scheduler.config import Sessions
from scheduler.database import Database, Row, insert, one, run, value, write
from scheduler.errors import Conflict, NotAllowed, NotFound

Purpose = Literal["signin", "password"]
Way = Literal["link", "password", "oidc"]

LINK_LASTS = timedelta(hours=24)
NOTE_AFTER = timedelta(minutes=30)  # one write in so long a time is enough to know that a session is in use
PATIENCE_MS = 50  # that write waits for nobody: the next request tries again


NOWHERE, USUAL = Client(), Sessions()


def _hash(secret: str) -> str:
    """What is stored of a secret. It has 256 random bits, so one round without salt is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


def make_link(
    db: Database,
    person_id: int,
    *,
    purpose: Purpose = "signin",
    lasts: timedelta = LINK_LASTS,
    by: Actor,
    now: datetime,
) -> str:
    """A fresh one-time token to sign in with, or to set a password with, good for 24 hours; only its hash is kept.

    Whoever makes a link could sign in by it: refused (NotAllowed) for a person who may more than
    the actor does, and for one who has left.
    """
    token = secrets.token_urlsafe(32)
    with write(db):
        unit_id = unit_of(db, "person", person_id)
        if not may_speak_for(db, by, person_id, now=now):
            raise NotAllowed("link_above_own_rights")
        if not is_current(db, person_id, now=now):
            raise Conflict("person_has_left")
        insert(
            db,
            "signin_link",
            token_hash=_hash(token),
            person_id=person_id,
            purpose=purpose,
            made_at=clock.to_text(now),
            expires_at=clock.to_text(now + lasts),
        )
        audit.record(db, "make_link", "person", person_id, by=by, now=now, unit_id=unit_id, purpose=purpose)
    return token


def is_current(db: Database, person_id: int, *, now: datetime) -> bool:
    """Whether the person belongs to the organisation on this day."""
    day = clock.today(now, db.zone).isoformat()
    return bool(
        value(
            db,
            "SELECT left_on IS NULL OR left_on >= :day FROM person WHERE id = :id",
            id=person_id,
            day=day,
        )
    )


def link_owner(db: Database, token: str, *, purpose: Purpose = "signin", now: datetime) -> Row:
    """Whose link this is: person_id, name, unit, lang. NotFound if unknown, used, expired or for another purpose."""
    found = one(
        db,
        """
        SELECT person.id AS person_id, person.name, person.lang, unit.name AS unit
        FROM signin_link
        JOIN person ON person.id = signin_link.person_id
        JOIN unit ON unit.id = person.unit_id
        WHERE signin_link.token_hash = :token_hash AND signin_link.used_at IS NULL AND signin_link.expires_at > :now
          AND signin_link.purpose = :purpose
        """,
        token_hash=_hash(token),
        purpose=purpose,
        now=clock.to_text(now),
    )
    if found is None or not is_current(db, found["person_id"], now=now):
        raise NotFound("link_is_spent")
    return found


def use_link(db: Database, token: str, *, purpose: Purpose, now: datetime) -> Row:
    """Use a link up; gives its owner. Inside of `write`. NotFound as `link_owner` says."""
    owner = link_owner(db, token, purpose=purpose, now=now)
    run(
        db,
        "UPDATE signin_link SET used_at = :now WHERE token_hash = :token_hash",
        now=clock.to_text(now),
        token_hash=_hash(token),
    )
    return owner


def sign_in(db: Database, token: str, *, client: Client = NOWHERE, keep: Sessions = USUAL, now: datetime) -> str:
    """Use up a one-time token; gives the new session's secret. NotFound for one that is unknown, used or expired.

    A session ends on signing out, when it was not used for some hours, and some days after it began: `keep` says.
    """
    with write(db):
        owner = use_link(db, token, purpose="signin", now=now)
        return begin(db, owner, way="link", client=client, keep=keep, now=now)


def begin(db: Database, person: Row, *, way: Way, client: Client, keep: Sessions, now: datetime) -> str:
    """Open a session of somebody who has proved who they are (person_id, name); its secret. Inside of `write`."""
    secret = secrets.token_urlsafe(32)
    session_id = insert(
        db,
        "session",
        token_hash=_hash(secret),
        person_id=person["person_id"],
        made_at=clock.to_text(now),
        seen_at=clock.to_text(now),
        expires_at=clock.to_text(now + timedelta(days=keep.days)),
        way=way,
        device=client.device,
        address=client.address,
    )
    by = Actor(person["person_id"], person["name"])
    audit.record(db, "sign_in", "session", session_id, by=by, now=now, way=way, device=client.device)
    return secret


def signed_in(db: Database, secret: str, *, keep: Sessions = USUAL, now: datetime) -> Row | None:
    """The session's person, or None: also where it was not used for too long.

    session_id, made_at, seen_at, way, person_id, name, staff_no, lang, unit_id, unit; is_reader, is_examiner,
    is_overseer, is_coordinator and is_administrator: whether today they hold what a gate asks for over any unit, and
    `roles` (JSON), all that they were granted. A person who has left is not signed in; nor where it was not used.
    """
    found = one(
        db,
        f"""
        SELECT session.id AS session_id, session.made_at, session.seen_at, session.way,
               person.id AS person_id, person.name, person.staff_no, person.lang, person.unit_id, unit.name AS unit,
               (
                   SELECT json_group_array(DISTINCT access.role) FROM access
                   WHERE access.person_id = person.id AND {IN_FORCE}
               ) AS roles
        FROM session
        JOIN person ON person.id = session.person_id
        JOIN unit ON unit.id = person.unit_id
        WHERE session.token_hash = :token_hash AND session.ended_at IS NULL AND session.expires_at > :now
          AND session.seen_at > IIF(
              EXISTS (SELECT 1 FROM access WHERE access.person_id = person.id AND {IN_FORCE}), :since_in_charge, :since
          )
          AND (person.left_on IS NULL OR person.left_on >= :day)
        """,
        token_hash=_hash(secret),
        now=clock.to_text(now),
        since=clock.to_text(now - timedelta(hours=keep.idle_hours)),
        since_in_charge=clock.to_text(now - timedelta(hours=keep.idle_hours_in_charge)),
        day=clock.today(now, db.zone).isoformat(),
    )
    return found and {**found, **_may_anywhere(json.loads(found["roles"]))}


def _may_anywhere(held: Sequence[str]) -> Row:
    """What a gate may ask for → whether something that was granted gives it."""
    return {f"is_{role}": int(any(name in given_by for name in held)) for role, given_by in GIVEN_BY.items()}


def is_to_note(session: Row, *, now: datetime) -> bool:
    """Whether a session's last noted use is half an hour or more ago."""
    return clock.from_text(session["seen_at"]) <= now - NOTE_AFTER


def note_use(db: Database, session_id: int, *, now: datetime) -> None:
    """Note that the session is in use. Not an act, so not in the audit; where the database is busy, refused at once."""
    patience = value(db, "PRAGMA busy_timeout")
    db.conn.execute(f"PRAGMA busy_timeout = {PATIENCE_MS}")
    try:
        with write(db):
            run(
                db,
                "UPDATE session SET seen_at = :now WHERE id = :id AND ended_at IS NULL",
                id=session_id,
                now=clock.to_text(now),
            )
    finally:
        db.conn.execute(f"PRAGMA busy_timeout = {patience}")


def sign_out(db: Database, secret: str, *, now: datetime) -> None:
    """End the session at once."""
    with write(db):
        held = one(
            db,
            """
            SELECT session.id, session.person_id, person.name
            FROM session
            JOIN person ON person.id = session.person_id
            WHERE session.token_hash = :token_hash AND session.ended_at IS NULL
            """,
            token_hash=_hash(secret),
        )
        if held is None:
            return
        run(db, "UPDATE session SET ended_at = :now WHERE id = :id", id=held["id"], now=clock.to_text(now))
        by = Actor(held["person_id"], held["name"])
        audit.record(db, "sign_out", "session", held["id"], by=by, now=now)


def prune(db: Database, *, before: datetime) -> int:
    """Forget sessions and one-time links that were over by then; gives how many."""
    long_ago = clock.to_text(before)
    with write(db):
        sessions = run(
            db, "DELETE FROM session WHERE MIN(expires_at, COALESCE(ended_at, expires_at)) < :before", before=long_ago
        )
        return sessions + run(db, "DELETE FROM signin_link WHERE expires_at < :before", before=long_ago)


def speak(db: Database, person_id: int, lang: Literal["zh", "en"], *, by: Actor, now: datetime) -> None:
    """Choose the language of a person's pages, mails and calendar."""
    with write(db):
        run(
            db,
            "UPDATE person SET lang = :lang, version = version + 1 WHERE id = :id AND lang <> :lang",
            id=person_id,
            lang=lang,
        )
        audit.record(
            db, "speak", "person", person_id, by=by, now=now, unit_id=unit_of(db, "person", person_id), lang=lang
        )


def is_demo(db: Database) -> bool:
    """Whether this is the demonstration organisation, with invented people."""
    return bool(value(db, "SELECT is_demo FROM organisation WHERE id = 1"))
