"""Which channels there are, what of them may be shown, and how each is doing."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from scheduler import audit, clock
from scheduler.database import Database, Row, one, rows
from scheduler.errors import Conflict, NotFound

SHOWN = 4  # characters of a secret that are shown once it is stored


def held(db: Database, channel_id: int, version: int | None = None) -> Row:
    """A channel with its settings (a dict): for sending and changing only, since its secrets are in it."""
    found = one(
        db,
        """
        SELECT id, unit_id, kind, name, settings, pace, is_on, tested_at, version
        FROM channel
        WHERE id = :id AND removed_at IS NULL
        """,
        id=channel_id,
    )
    if found is None:
        raise NotFound("not_found")
    if version not in (None, found["version"]):
        raise _stale(db, channel_id)
    return found | {"settings": json.loads(found["settings"])}


def _stale(db: Database, channel_id: int) -> Conflict:
    last = audit.history(db, "channel", channel_id, limit=1)[0]
    return Conflict("stale", who=last["actor"], when=f"{clock.local(last['at'], db.zone):%Y-%m-%d %H:%M}")


def due(db: Database, *, now: datetime) -> list[Row]:
    """Channels by which something may leave now, those that last worked first: id, kind, settings (a dict), pace."""
    found = rows(
        db,
        """
        SELECT channel.id, channel.kind, channel.settings, channel.pace
        FROM channel
        LEFT JOIN channel_state ON channel_state.channel_id = channel.id
        WHERE channel.is_on = 1 AND COALESCE(channel_state.next_at, '') <= :now
          AND EXISTS (
            SELECT 1 FROM outbox
            WHERE COALESCE(outbox.channel_id, 0) = channel.id AND outbox.state IN ('due', 'sending')
              AND outbox.due_at <= :now AND outbox.expires_at > :now
              AND (outbox.state = 'due' OR outbox.lease_until <= :now)
          )
        ORDER BY COALESCE(channel_state.failures, 0), channel.id
        """,
        now=clock.to_text(now),
    )
    return [row | {"settings": json.loads(row["settings"])} for row in found]


def reaching(db: Database, person_id: int) -> list[Row]:
    """By which ways a person can be told something, in the order to be tried; none means that nothing reaches them.

    What they chose and may choose comes first, then e-mail, then the channels of the nearest units. channel ("email"
    or an id), kind, name, and address: where to, or the mobile number that a group is to mention.
    """
    return rows(
        db,
        """
        SELECT COALESCE(way.channel_id, 'email') AS channel, way.kind, way.name, way.address
        FROM way
        LEFT JOIN reminder_choice ON reminder_choice.person_id = way.person_id
        LEFT JOIN json_each(reminder_choice.channels) AS chosen
            ON chosen.value = COALESCE(CAST(way.channel_id AS TEXT), 'email')
            AND chosen.value IN (SELECT value FROM reminder_freedom, json_each(reminder_freedom.channels))
        WHERE way.person_id = :person_id
        ORDER BY chosen.key IS NULL, chosen.key, way.depth, way.name, way.channel_id
        """,
        person_id=person_id,
    )


def channel(db: Database, channel_id: int) -> Row:
    """One channel as it may be shown: no address and no secret, only the host and what they end in."""
    return _shown(held(db, channel_id))


def channels(db: Database, *, within: list[int]) -> list[Row]:
    """The channels of these units and below: what `channel` gives, and unit, waiting, failed, and how each is doing."""
    found = rows(
        db,
        """
        SELECT channel.id, channel.unit_id, unit.name AS unit, channel.kind, channel.name, channel.settings,
               channel.pace, channel.is_on, channel.tested_at, channel.version,
               channel_state.next_at, COALESCE(channel_state.failures, 0) AS failures, channel_state.sent_at,
               channel_state.failed_at, COALESCE(channel_state.last_error, '') AS last_error,
               (SELECT COUNT(*) FROM outbox WHERE COALESCE(outbox.channel_id, 0) = channel.id
                  AND outbox.state IN ('due', 'sending')) AS waiting
        FROM channel
        JOIN unit ON unit.id = channel.unit_id
        LEFT JOIN channel_state ON channel_state.channel_id = channel.id
        WHERE channel.removed_at IS NULL
          AND channel.unit_id IN (
            SELECT unit_id FROM unit_above WHERE above_id IN (SELECT value FROM json_each(:within))
          )
        ORDER BY channel.name, channel.id
        """,
        within=str(within),
    )
    return [_shown(row | {"settings": json.loads(row["settings"])}) for row in found]


def mail_state(db: Database) -> Row:
    """How e-mail is doing: next_at, failures, sent_at, failed_at, last_error, waiting."""
    found = one(
        db,
        """
        SELECT channel_state.next_at, COALESCE(channel_state.failures, 0) AS failures, channel_state.sent_at,
               channel_state.failed_at, COALESCE(channel_state.last_error, '') AS last_error,
               (SELECT COUNT(*) FROM outbox
                WHERE COALESCE(outbox.channel_id, 0) = 0 AND outbox.state IN ('due', 'sending')) AS waiting
        FROM (SELECT 0 AS id) AS mail
        LEFT JOIN channel_state ON channel_state.channel_id = mail.id
        """,
    )
    assert found is not None  # noqa: S101 - one row is selected from nothing
    return found


def host(url: str) -> str:
    """The host that an address names; what Apprise's service is called where it names none."""
    parts = urlsplit(url)
    return (parts.hostname or "") if parts.scheme in ("http", "https") else parts.scheme


def _shown(found: Row) -> Row:
    settings: dict[str, Any] = found["settings"]
    shown = {name: value for name, value in found.items() if name != "settings"}
    secret = settings["secret"]
    return shown | {
        "host": host(settings["url"]),
        "address_end": settings["url"][-SHOWN:],
        "secret_end": secret[-SHOWN:] if len(secret) > 2 * SHOWN else "",
        "has_secret": bool(secret),
    }
