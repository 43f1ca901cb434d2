"""Getting in without the password: a link to set a new one, one's own session, the organisation's provider."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from scheduler import clock
from scheduler.accounts.devices import Client
from scheduler.accounts.passwords import check_new, has_password, hash_new, prove, store
from scheduler.accounts.sessions import begin, is_current, link_owner, use_link
from scheduler.audit import Actor
from scheduler.config import Sessions
from scheduler.database import Database, Row, rows, write
from scheduler.errors import NotFound

FRESH = timedelta(minutes=15)  # so long after a link or the provider nobody is asked for the password of before


def reset_password(db: Database, token: str, text: str, *, client: Client, keep: Sessions, now: datetime) -> str:
    """Set a new password by a link that was made for it, and sign in; gives the session's secret.

    A password that is refused leaves the link good. Whoever comes second finds it spent.
    """
    owner = link_owner(db, token, purpose="password", now=now)
    hashed, by = hash_new(db, owner["person_id"], text), Actor(owner["person_id"], owner["name"])
    with write(db):
        use_link(db, token, purpose="password", now=now)
        store(db, owner["person_id"], hashed, by=by, now=now)
        return begin(db, owner, way="password", client=client, keep=keep, now=now)


def is_fresh(session: Row, *, now: datetime) -> bool:
    """Whether a session was opened a moment ago by a link or by the provider: that proves who it is."""
    return session["way"] != "password" and clock.from_text(session["made_at"]) > now - FRESH


def needs_proof(db: Database, session: Row, *, now: datetime) -> bool:
    """Whether the present password has to be given before a new one is set."""
    return has_password(db, session["person_id"]) and not is_fresh(session, now=now)


def choose_password(
    db: Database, session: Row, present: str, text: str, *, client: Client, keep: Sessions, now: datetime
) -> str:
    """Set one's own password, or another one; every session ends, and the secret of a new one is given."""
    check_new(db, session["person_id"], text)
    if needs_proof(db, session, now=now):
        prove(db, session["person_id"], present, client=client, now=now)
    hashed, by = hash_new(db, session["person_id"], text), Actor(session["person_id"], session["name"])
    with write(db):
        store(db, session["person_id"], hashed, by=by, now=now)
        return begin(db, session, way="password", client=client, keep=keep, now=now)


def sign_in_claimed(
    db: Database,
    what: Literal["staff_no", "email"],
    claimed: str,
    *,
    client: Client,
    keep: Sessions,
    now: datetime,
) -> str:
    """Open a session for the one person whom the provider vouches for. NotFound where there is none, or more than one.

    Nobody is made: who works here is for the staff list to say.
    """
    column = {"staff_no": "staff_no = :claimed", "email": "email <> '' AND LOWER(email) = LOWER(:claimed)"}[what]
    found = rows(db, f"SELECT id AS person_id, name FROM person WHERE {column} ORDER BY id LIMIT 9", claimed=claimed)
    current = [person for person in found if is_current(db, person["person_id"], now=now)]
    if len(current) != 1:
        raise NotFound("claim_is_nobodys")
    with write(db):
        return begin(db, current[0], way="oidc", client=client, keep=keep, now=now)
