"""Who is told of leave: its person of the decision, the coordinators of what waits or meets a duty; once each."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from scheduler import clock, outbox
from scheduler.audit import Actor
from scheduler.database import Database, Row, rows
from scheduler.errors import Invalid
from scheduler.leave.lists import met
from scheduler.wording.leave import LeaveFacts, decided, filed
from scheduler.wording.messages import DutyLine

LASTS = timedelta(days=3)  # a message about leave that waited so long for its way out tells nobody anything new


def tell_coordinators(
    db: Database, request: Row, *, base_url: str, by: Actor, now: datetime, key: str | None = None
) -> int:
    """Tell of leave that waits for a decision, or that meets a published duty; gives how many are told.

    Those who coordinate the nearest unit above the person that anybody does; who acts knows already. One message each
    for one leave, asked for and approved: the key says so.
    """
    duties = [duty for duty in met(db, [request]) if duty["ends_at"] > clock.to_text(now)]
    if request["state"] != "asked" and not duties:
        return 0
    told, key = 0, key or f"leave:{request['id']}"
    for reader in _coordinators(db, request["unit_id"], clock.today(now, db.zone).isoformat()):
        if reader["id"] not in (by.person_id, request["person_id"]):
            facts = _facts(db, request, duties, base_url, reader["name"])
            subject, body = filed(facts, reader["lang"])
            told += _queue(db, f"{key}:{reader['id']}", "leave", reader, subject, body, base_url=base_url, now=now)
    return told


def tell_person(db: Database, request: Row, *, base_url: str, now: datetime) -> int:
    """Tell the person of the decision."""
    subject, body = decided(_facts(db, request, (), base_url, request["person"]), request["lang"])
    reader = {"id": request["person_id"], "email": request["email"]}
    return _queue(
        db, f"leave:{request['id']}:decided", "leave_decided", reader, subject, body, base_url=base_url, now=now
    )


def _facts(db: Database, request: Row, duties: Sequence[Row], base_url: str, reader: str) -> LeaveFacts:
    lines = [
        DutyLine(
            clock.local(duty["starts_at"], db.zone), clock.local(duty["ends_at"], db.zone), duty["place"],
            duty["activity_zh"], duty["activity_en"],
        )
        for duty in duties
    ]  # fmt: skip
    path = "/me/leave" if reader == request["person"] else "/leave"
    if duties and request["state"] == "approved":
        path = f"/rosters/{duties[0]['roster_id']}/mend"
    return LeaveFacts(
        reader=reader,
        person=request["person"],
        kind=request["kind"],
        state=request["state"],
        starts=clock.local(request["starts_at"], db.zone),
        ends=clock.local(request["ends_at"], db.zone),
        reason=request.get("reason", ""),
        duties=lines,
        link=base_url.rstrip("/") + path,
    )


def _coordinators(db: Database, unit_id: int, day: str) -> list[Row]:
    """Who coordinates the nearest unit above that anybody does, administrators where nobody else."""
    found = rows(
        db,
        """
        SELECT person.id, person.name, person.email, person.lang, access.role = 'administrator' AS is_other,
               unit_above.depth
        FROM unit_above
        JOIN access ON access.unit_id = unit_above.above_id
        JOIN person ON person.id = access.person_id
        WHERE unit_above.unit_id = :unit_id AND (person.left_on IS NULL OR person.left_on >= :day)
        ORDER BY is_other, unit_above.depth, person.id
        """,
        unit_id=unit_id,
        day=day,
    )
    return [row for row in found if (row["is_other"], row["depth"]) == (found[0]["is_other"], found[0]["depth"])]


def _queue(
    db: Database, key: str, kind: str, reader: Row, subject: str, body: str, *, base_url: str, now: datetime
) -> int:
    if not reader["email"]:
        return 0
    with suppress(Invalid):  # an address that no mail header can hold is as good as none
        outbox.queue(
            db,
            key=key,
            kind=kind,
            person_id=reader["id"],
            address=reader["email"],
            subject=subject,
            body=body,
            domain=urlsplit(base_url).hostname or "localhost",
            due_at=now,
            expires_at=now + LASTS,
            now=now,
        )
        return 1
    return 0
