"""Codes by which a second administrator lets a backup be restored: fifteen minutes, once, kept as a hash."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from scheduler import accounts, audit, clock
from scheduler.audit import SYSTEM, Actor
from scheduler.database import Database, insert, one, rows, run, value, write
from scheduler.errors import Conflict, Invalid, NotAllowed

LASTS = timedelta(minutes=15)
LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # nothing that is read as something else
LENGTH = 16  # 80 bits


def policy_units(db: Database) -> list[int]:
    """The organisations that ask for a second person. None in a database of before there was such a thing."""
    if not value(db, "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'second_person'"):
        return []
    return [row["unit_id"] for row in rows(db, "SELECT unit_id FROM second_person WHERE is_on = 1 ORDER BY unit_id")]


def may_make_code(db: Database, actor: Actor, *, now: datetime) -> bool:
    """Whether the actor administers every organisation that asks for a second person, and there is one."""
    found = policy_units(db)
    return bool(found) and all(accounts.may(db, actor, "administrator", unit_id, now=now) for unit_id in found)


def make_code(db: Database, *, by: Actor, now: datetime) -> str:
    """A fresh code, shown once; those of before end. Conflict: nobody asks for one. NotAllowed: not theirs to give."""
    with write(db):
        if not policy_units(db):
            raise Conflict("second_person_is_off")
        if by.person_id is None or not may_make_code(db, by, now=now):
            raise NotAllowed("not_allowed")
        at, code = clock.to_text(now), "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
        sql = "UPDATE restore_code SET used_at = :at WHERE person_id = :id AND used_at IS NULL"
        run(db, sql, at=at, id=by.person_id)
        until = clock.to_text(now + LASTS)
        code_id = insert(
            db, "restore_code", person_id=by.person_id, code_hash=_hash(code), made_at=at, expires_at=until
        )
        audit.record(db, "make_restore_code", "restore_code", code_id, by=by, now=now)
    return "-".join(code[start : start + 4] for start in range(0, LENGTH, 4))


def restore_approver(db: Database, staff_no: str, code: str, *, now: datetime) -> Actor:
    """Whose code this is, still good and theirs to give. Invalid where it is not. A restore that is done ends it."""
    found = one(
        db,
        """
        SELECT person.id, person.name
        FROM restore_code
        JOIN person ON person.id = restore_code.person_id
        WHERE code_hash = :code_hash AND used_at IS NULL AND expires_at > :now AND person.staff_no = :staff_no
          AND (person.left_on IS NULL OR person.left_on >= :day)
        """,
        code_hash=_hash(code),
        now=clock.to_text(now),
        staff_no=staff_no,
        day=clock.today(now, db.zone).isoformat(),
    )
    if found is None or not may_make_code(db, Actor(found["id"], found["name"]), now=now):
        raise Invalid("restore_code_is_wrong")
    return Actor(found["id"], found["name"])


def carry_over(db: Database, units: Iterable[int], approver: Actor | None, *, now: datetime) -> None:
    """In what was restored: every code ended, who agreed noted, and the policy on where it was on before."""
    at = clock.to_text(now)
    with write(db):
        run(db, "UPDATE restore_code SET used_at = :at WHERE used_at IS NULL", at=at)
        for unit_id in units:
            run(
                db,
                """
                INSERT INTO second_person (unit_id, is_on, changed_at, changed_by)
                SELECT id, 1, :at, 'system' FROM unit WHERE id = :unit_id
                ON CONFLICT (unit_id) DO UPDATE
                SET is_on = 1, changed_at = excluded.changed_at, changed_by = excluded.changed_by WHERE is_on = 0
                """,
                at=at,
                unit_id=unit_id,
            )
        if approver is not None:
            audit.record(db, "approve_restore", "organisation", 1, by=SYSTEM, now=now, approved_by=approver.name)


def _hash(code: str) -> str:
    plain = "".join(letter for letter in code.upper() if letter in LETTERS)
    return hashlib.sha256(plain.encode()).hexdigest()
