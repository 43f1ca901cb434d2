"""Passwords beside links, what a link is for, and where a session was opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.migrations.steps import STEPS, apply

if TYPE_CHECKING:
    from sqlite_utils import Database

SCRIPT = """
CREATE TABLE password (
    person_id INTEGER PRIMARY KEY REFERENCES person (id),
    hash TEXT NOT NULL CHECK (hash LIKE '$argon2id$%'),
    set_at TEXT NOT NULL
) STRICT

CREATE TABLE sign_in_policy (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    passwords INTEGER NOT NULL CHECK (passwords IN (0, 1))
) STRICT

ALTER TABLE signin_link ADD COLUMN
    purpose TEXT NOT NULL DEFAULT 'signin' CHECK (purpose IN ('signin', 'password'))

ALTER TABLE session ADD COLUMN
    way TEXT NOT NULL DEFAULT 'link' CHECK (way IN ('link', 'password', 'oidc'))

ALTER TABLE session ADD COLUMN
    device TEXT NOT NULL DEFAULT ''

ALTER TABLE session ADD COLUMN
    address TEXT NOT NULL DEFAULT ''

CREATE TRIGGER session_ends_once BEFORE UPDATE OF ended_at ON session
WHEN OLD.ended_at IS NOT NULL AND NEW.ended_at IS NOT OLD.ended_at
BEGIN
    SELECT RAISE (ABORT, 'session_has_ended');
END

CREATE TRIGGER signin_link_works_once BEFORE UPDATE OF used_at, purpose, person_id ON signin_link
WHEN OLD.used_at IS NOT NULL OR NEW.purpose <> OLD.purpose OR NEW.person_id <> OLD.person_id
BEGIN
    SELECT RAISE (ABORT, 'link_is_spent');
END
"""


@STEPS()
def sign_in(db: Database) -> None:
    """Nobody had a password; whoever was signed in stays so; links that wait are for signing in."""
    apply(db, SCRIPT)
