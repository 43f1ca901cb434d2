"""Passwords: what one may be, how one is kept, who gets in by one."""

from __future__ import annotations

import logging
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import BoundedSemaphore

from argon2 import PasswordHasher, Type
from argon2.exceptions import Argon2Error, InvalidHashError
from zxcvbn import zxcvbn

from scheduler import audit, clock, limits
from scheduler.accounts.access import unit_of
from scheduler.accounts.devices import Client
from scheduler.accounts.ending import end_all
from scheduler.accounts.policy import passwords_allowed
from scheduler.accounts.sessions import begin, is_current
from scheduler.audit import SYSTEM, Actor
from scheduler.config import Sessions
from scheduler.database import Database, Row, one, rows, run, value, write
from scheduler.errors import Busy, Conflict, Invalid, NotAllowed, TooMany

log = logging.getLogger(__name__)

# RFC 9106, section 4, second recommendation. A change of these is taken over by each password as it is used.
RFC_9106 = HASHER = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=4, type=Type.ID)

SHORTEST, LONGEST = 12, 128
LOOKED_AT = 64  # zxcvbn's time grows with the square; what is this long before it looks is long enough after
GUESSES = 9.0  # powers of ten: below, lists and patterns find it in days
HOUSE_WORDS = ("lunzhi", "轮值", "zhiban", "值班", "paiban", "排班", "duty", "roster", "volunteer", "zhiyuan", "admin")

AT_ONCE = 2  # hashes at a time in this process: 64 MiB each
WAITING = 96  # who may wait for a turn; more are told to come again, so that threads are left for everything else
PATIENCE = 20.0  # seconds

_turns, _waiting = BoundedSemaphore(AT_ONCE), BoundedSemaphore(WAITING)


@contextmanager
def turn() -> Iterator[None]:
    """One's turn at hashing: so many at a time and no more, whoever asks."""
    if not _waiting.acquire(blocking=False):
        raise Busy("signin_is_busy")
    try:
        if not _turns.acquire(timeout=PATIENCE):
            raise Busy("signin_is_busy")
        try:
            yield
        finally:
            _turns.release()
    finally:
        _waiting.release()


def normal(text: str) -> str:
    """A password as it is hashed: NFKC, so that every keyboard gives the same; cut where it is absurdly long."""
    return unicodedata.normalize("NFKC", text[: 4 * LONGEST])


# what one may be


def check_new(db: Database, person_id: int, text: str) -> str:
    """The password in its normal form. Invalid where it is too short, too long, easily guessed or holds one's own name.

    No letters of any kind are asked for: length and rarity count.
    """
    password = normal(text)
    if len(password) < SHORTEST:
        raise Invalid("password_too_short", field="password", least=SHORTEST)
    if len(password) > LONGEST:
        raise Invalid("password_too_long", field="password", most=LONGEST)
    own = _own_words(db, person_id)
    if any(word in password.casefold() for word in own):
        raise Invalid("password_holds_name", field="password")
    if float(zxcvbn(password[:LOOKED_AT], user_inputs=[*own, *HOUSE_WORDS])["guesses_log10"]) < GUESSES:
        raise Invalid("password_is_common", field="password")
    return password


def _own_words(db: Database, person_id: int) -> list[str]:
    """What others know of a person: name, staff number, address, mobile, the units they belong to."""
    held = one(db, "SELECT name, staff_no, email, mobile FROM person WHERE id = :id", id=person_id) or {}
    units = rows(
        db,
        """
        SELECT unit.name
        FROM unit_above
        JOIN unit ON unit.id = unit_above.above_id
        WHERE unit_above.unit_id = (SELECT unit_id FROM person WHERE id = :id)
        """,
        id=person_id,
    )
    email = str(held.get("email", "")).partition("@")[0]
    given = (held.get("name", ""), held.get("staff_no", ""), email, held.get("mobile", ""), *(u["name"] for u in units))
    words = {normal(str(word)).casefold().strip() for word in given}
    return sorted(word for word in words if len(word) >= (2 if not word.isascii() else 4))


def has_password(db: Database, person_id: int) -> bool:
    """Whether the person has set one."""
    return bool(value(db, "SELECT EXISTS (SELECT 1 FROM password WHERE person_id = :id)", id=person_id))


# setting one


def set_password(db: Database, person_id: int, text: str, *, by: Actor, now: datetime) -> None:
    """Give a person this password. Every session of theirs ends, and every link that waits is void."""
    hashed = hash_new(db, person_id, text)
    with write(db):
        store(db, person_id, hashed, by=by, now=now)


def hash_new(db: Database, person_id: int, text: str) -> str:
    """The hash of a password that the person may have; taken in one's turn, and with nothing locked."""
    if not passwords_allowed(db):
        raise NotAllowed("passwords_are_off")
    password = check_new(db, person_id, text)
    with turn():
        return HASHER.hash(password)


def store(db: Database, person_id: int, hashed: str, *, by: Actor, now: datetime) -> None:
    """Keep the hash, and end what the person was signed in by. Inside of `write`."""
    if not is_current(db, person_id, now=now):
        raise Conflict("person_has_left")
    _keep(db, person_id, hashed, now)
    end_all(db, person_id, now=now)
    audit.record(db, "set_password", "person", person_id, by=by, now=now, unit_id=unit_of(db, "person", person_id))


def _keep(db: Database, person_id: int, hashed: str, now: datetime) -> None:
    run(
        db,
        """
        INSERT INTO password (person_id, hash, set_at) VALUES (:person_id, :hash, :at)
        ON CONFLICT (person_id) DO UPDATE SET hash = excluded.hash, set_at = excluded.set_at
        """,
        person_id=person_id,
        hash=hashed,
        at=clock.to_text(now),
    )


# getting in by one


def sign_in_by_password(
    db: Database, staff_no: str, text: str, *, client: Client, keep: Sessions, now: datetime
) -> str:
    """Open a session; gives its secret. Invalid where number or password is wrong: the same for both, in the same time.

    Wrong tries make the next one wait: from one address for one account after a few, for one account
    from anywhere, or from one address for any account, after very many. Nobody is kept out for ever: not at
    all by what others try, where one was signed in before.
    """
    if not passwords_allowed(db):
        raise NotAllowed("passwords_are_off")
    with turn():
        person = _checked(db, _found(db, staff_no, now), staff_no, text, client, now)
    with write(db):
        secret = begin(db, person, way="password", client=client, keep=keep, now=now)
        limits.forget(db, "password", (staff_no, client.address))
    return secret


def prove(db: Database, person_id: int, text: str, *, client: Client, now: datetime) -> None:
    """Refuse (Invalid) where this is not the person's present password; counted as at the door."""
    person = one(db, f"{HELD} WHERE person.id = :id", id=person_id)
    staff_no = person["staff_no"] if person else ""
    with turn():
        _checked(db, person, staff_no, text, client, now)


HELD = """
SELECT person.id AS person_id, person.staff_no, person.name, person.unit_id, password.hash
FROM person
LEFT JOIN password ON password.person_id = person.id
"""


def _found(db: Database, staff_no: str, now: datetime) -> Row | None:
    return one(
        db,
        f"{HELD} WHERE person.staff_no = :staff_no AND (person.left_on IS NULL OR person.left_on >= :day)",
        staff_no=staff_no,
        day=clock.today(now, db.zone).isoformat(),
    )


def _checked(db: Database, person: Row | None, staff_no: str, text: str, client: Client, now: datetime) -> Row:
    """The person, whose password this is. In one's turn, so that those who try at once are counted one by one."""
    counted: dict[str, object] = {"password": (staff_no, client.address), "account": staff_no, "signin": client.address}
    for kind, who in counted.items():
        if kind == "password" or not _is_known(db, person, client):
            limits.require(db, kind, who, now=now)
    held = person["hash"] if person and person["hash"] else _nobodys()
    password = normal(text)
    if not _matches(held, password) or person is None or not person["hash"]:
        _note_failure(db, person, client, now)
        _count_all(db, counted, now)
        raise Invalid("password_is_wrong", field="password")
    if HASHER.check_needs_rehash(held):
        with write(db):
            run(
                db,
                "UPDATE password SET hash = :anew WHERE person_id = :id AND hash = :held",
                anew=HASHER.hash(password),
                id=person["person_id"],
                held=held,
            )
    return person


def _is_known(db: Database, person: Row | None, client: Client) -> bool:
    """Whether the person was signed in from this address before: what others do there keeps them out of nothing."""
    return bool(
        value(
            db,
            "SELECT EXISTS (SELECT 1 FROM session WHERE person_id = :person_id AND address = :address)",
            person_id=person["person_id"] if person else None,
            address=client.address,
        )
    )


def _matches(held: str, password: str) -> bool:
    try:
        return HASHER.verify(held, password)
    except (Argon2Error, InvalidHashError):
        return False


def _nobodys() -> str:
    """The hash of a password that nobody knows: whoever has none is refused in the same time."""
    global _DUMMY
    if _DUMMY is None or HASHER.check_needs_rehash(_DUMMY):
        _DUMMY = HASHER.hash("nobody's")
    return _DUMMY


_DUMMY: str | None = None


def _note_failure(db: Database, person: Row | None, client: Client, now: datetime) -> None:
    """In the audit where the number is somebody's. What was typed is kept nowhere: it may be a password."""
    log.info("a sign-in by password was refused")
    if person is None:
        return
    with write(db):
        audit.record(
            db, "sign_in_refused", "person", person["person_id"], by=SYSTEM, now=now,
            unit_id=person["unit_id"], address=client.address,
        )  # fmt: skip


def _count_all(db: Database, counted: dict[str, object], now: datetime) -> None:
    """Count the wrong try under every head; refused where one of them is full."""
    refusals = []
    for kind, who in counted.items():
        try:
            limits.count(db, kind, who, now=now)
        except TooMany as refusal:
            refusals.append(refusal)
    if refusals:
        raise refusals[0]
