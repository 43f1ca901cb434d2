"""Who may sign in, as what, over which part of the tree."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from scheduler.audit import Actor
from scheduler.database import Database, Row

Role = Literal["staff", "coordinator", "administrator"]


def grant(db: Database, person_id: int, role: Role, unit_id: int, *, by: Actor, now: datetime) -> int:
    """Let a person coordinate or administer a unit and all below it; granting twice changes nothing."""
    raise NotImplementedError


def revoke(db: Database, access_id: int, *, by: Actor, now: datetime) -> None:
    """Take a grant back."""
    raise NotImplementedError


def may(db: Database, actor: Actor, role: Role, unit_id: int) -> bool:
    """Whether the actor holds the role over the unit. An administrator may what a coordinator may; the system may all."""
    raise NotImplementedError


def require(db: Database, actor: Actor, role: Role, unit_id: int) -> None:
    """Refuse where `may` says no: NotFound, so that ids of other units tell nothing."""
    raise NotImplementedError


def unit_of(db: Database, subject: str, subject_id: int) -> int:
    """The unit that one thing belongs to: the single place that scope checks resolve an object. NotFound if there is none.

    `subject` is a table: unit, person, away, place, sponsorship, template, roster, shift, assignment, ledger, access, outbox.
    """
    raise NotImplementedError


def tops(db: Database, actor: Actor, role: Role) -> list[Row]:
    """The units over which the actor holds the role directly: id, name; widest first."""
    raise NotImplementedError


def actor(db: Database, person_id: int) -> Actor:
    """The person as one who acts."""
    raise NotImplementedError


def make_link(db: Database, person_id: int, *, by: Actor, now: datetime) -> str:
    """A fresh one-time token to sign in with, good for 24 hours; only its hash is kept."""
    raise NotImplementedError


def sign_in(db: Database, token: str, *, now: datetime) -> str:
    """Use up a one-time token; gives the new session's secret. NotFound for one that is unknown, used or expired."""
    raise NotImplementedError


def signed_in(db: Database, secret: str, *, now: datetime) -> Row | None:
    """The session's person, or None: session_id, person_id, name, staff_no, lang, unit_id, unit, is_coordinator, is_administrator."""
    raise NotImplementedError


def sign_out(db: Database, secret: str, *, now: datetime) -> None:
    """End the session at once."""
    raise NotImplementedError
