"""Setting up channels: added, changed, turned off, removed, tried."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from scheduler import audit, clock, fields, outbox
from scheduler.audit import Actor
from scheduler.channels import others
from scheduler.channels.doors import door, send
from scheduler.channels.kinds import KINDS
from scheduler.channels.line import wrong_with
from scheduler.channels.reading import held, host
from scheduler.config import Channels
from scheduler.database import Database, insert, one, rows, run, update, write
from scheduler.errors import Conflict, Invalid, Problem
from scheduler.outbox import Sent
from scheduler.wording import Lang
from scheduler.wording.channels import test_message

TEST_EVERY = timedelta(seconds=30)


def add(
    db: Database,
    *,
    unit_id: int,
    kind: str,
    name: str,
    url: str,
    secret: str = "",
    pace: int | None = None,
    allowed: Channels,
    by: Actor,
    now: datetime,
) -> int:
    """Set up a channel for a unit and everybody below it. Refused where its host is not on the list."""
    problems = fields.choice("kind", kind, KINDS) or _wrong_address(kind, url, allowed)
    problems += _wrong(name, secret)
    if problems:
        raise Invalid.of(problems)
    with write(db):
        _free(db, unit_id, name)
        channel_id = insert(
            db,
            "channel",
            unit_id=unit_id,
            kind=kind,
            name=name.strip(),
            settings=json.dumps({"url": url, "secret": secret}),
            pace=pace,
            made_at=clock.to_text(now),
        )
        audit.record(
            db, "add", "channel", channel_id, by=by, now=now, unit_id=unit_id, kind=kind, name=name, host=host(url)
        )
    return channel_id


def change(
    db: Database,
    channel_id: int,
    *,
    name: str,
    url: str,
    secret: str,
    pace: int | None,
    is_on: bool,
    version: int,
    allowed: Channels,
    by: Actor,
    now: datetime,
) -> None:
    """Change a channel. An empty address or secret keeps the one there is; a new address forgets the old secret."""
    with write(db):
        found = held(db, channel_id, version)
        problems = _wrong(name, secret) + (_wrong_address(found["kind"], url, allowed) if url else [])
        if problems:
            raise Invalid.of(problems)
        _free(db, found["unit_id"], name, but=channel_id)
        kept = found["settings"]
        settings = {"url": url or kept["url"], "secret": secret or ("" if url else kept["secret"])}
        update(
            db,
            "channel",
            channel_id,
            name=name.strip(),
            settings=json.dumps(settings),
            pace=pace,
            is_on=int(is_on),
            version=version + 1,
        )
        _forget_rest(db, channel_id)
        before = {name: found[name] for name in ("name", "pace")} | {"is_on": bool(found["is_on"])}
        changed = audit.differences(
            before | {"host": host(kept["url"])},
            {"name": name.strip(), "pace": pace, "is_on": is_on, "host": host(settings["url"])},
        )
        audit.record(
            db, "change", "channel", channel_id, by=by, now=now, unit_id=found["unit_id"], changed=changed,
            address_is_new=bool(url), secret_is_new=bool(secret),
        )  # fmt: skip


def remove(db: Database, channel_id: int, *, version: int, by: Actor, now: datetime) -> int:
    """Remove a channel and forget its secrets; gives how many messages that waited for it were withdrawn."""
    with write(db):
        found = held(db, channel_id, version)
        waiting = rows(
            db,
            "SELECT id FROM outbox WHERE COALESCE(channel_id, 0) = :id AND state IN ('due', 'sending')",
            id=channel_id,
        )
        withdrawn = outbox.withdraw(db, [row["id"] for row in waiting], now=now)
        update(db, "channel", channel_id, settings="{}", is_on=0, removed_at=clock.to_text(now), version=version + 1)
        audit.record(
            db, "remove", "channel", channel_id, by=by, now=now, unit_id=found["unit_id"], name=found["name"],
            withdrawn=withdrawn,
        )  # fmt: skip
    return withdrawn


def test(db: Database, channel_id: int, allowed: Channels, *, lang: Lang, by: Actor, now: datetime) -> Sent:
    """Send a test message now, and give the server's own answer. Refused within 30 seconds of the last one."""
    with write(db):
        found = held(db, channel_id)
        if found["tested_at"] and now < clock.from_text(found["tested_at"]) + TEST_EVERY:
            raise Conflict("tested_just_now", seconds=int(TEST_EVERY.total_seconds()))
        update(db, "channel", channel_id, tested_at=clock.to_text(now))
    subject, body = test_message(by.name, lang)
    message = {
        "id": 0, "message_id": f"<test-{channel_id}-{int(now.timestamp())}@lunzhi>", "kind": "test", "person": by.name,
        "address": "", "subject": subject, "body": body, "made_at": clock.to_text(now),
    }  # fmt: skip
    sent = send(found, [message], allowed, now=now)
    with write(db):
        outbox.note(db, door(found, allowed, moment=lambda: now), sent, now=now)
        audit.record(db, "test", "channel", channel_id, by=by, now=now, unit_id=found["unit_id"], ok=sent.ok)
    return sent


def _wrong(name: str, secret: str) -> list[Problem]:
    return fields.text("name", name, most=60, required=True) + fields.text("secret", secret, most=200)


def _wrong_address(kind: str, url: str, allowed: Channels) -> list[Problem]:
    if not url:
        return [Problem("required", "url")]
    wrong = others.wrong_with(url, allowed) if kind == "apprise" else wrong_with(url, allowed)
    if not wrong and kind == "ntfy" and not urlsplit(url).path.strip("/"):
        wrong = "topic_is_missing"
    return [Problem(wrong, "url", facts={"host": host(url)})] if wrong else []


def _free(db: Database, unit_id: int, name: str, but: int = 0) -> None:
    taken = one(
        db,
        "SELECT 1 FROM channel WHERE unit_id = :unit_id AND name = :name AND removed_at IS NULL AND id <> :but",
        unit_id=unit_id,
        name=name.strip(),
        but=but,
    )
    if taken:
        raise Invalid("channel_name_taken", field="name", name=name.strip())


def _forget_rest(db: Database, channel_id: int) -> None:
    """What was mended is tried at once."""
    run(db, "UPDATE channel_state SET next_at = NULL, failures = 0 WHERE channel_id = :id", id=channel_id)
