"""Who is told of leave: its person of the decision, the coordinators of what waits or meets a duty; once each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from scheduler import accounts, clock, messages
from scheduler.audit import Actor
from scheduler.database import Database, Row, rows
from scheduler.leave.lists import met
from scheduler.wording.leave import LeaveFacts

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
    kind, key = "leave_asked" if request["state"] == "asked" else "leave", key or f"leave:{request['id']}"
    path = f"/rosters/{duties[0]['roster_id']}/mend" if kind == "leave" else "/leave"
    facts = _facts(db, request, duties, base_url.rstrip("/") + path)
    return sum(
        _queue(db, kind, reader, facts, f"{key}:{reader['person_id']}", base_url=base_url, now=now)
        for reader in deciders(db, request["unit_id"], request["person_id"], now=now)
        if reader["person_id"] != by.person_id
    )


def tell_person(db: Database, request: Row, *, base_url: str, now: datetime) -> int:
    """Tell the person of the decision."""
    facts = _facts(db, request, (), f"{base_url.rstrip('/')}/me/leave")
    key = f"leave:{request['id']}:decided"
    return _queue(db, "leave_decided", request, facts, key, base_url=base_url, now=now)


def _facts(db: Database, request: Row, duties: Sequence[Row], link: str) -> LeaveFacts:
    return LeaveFacts(
        person=request["person"],
        kind=request["kind"],
        state=request["state"],
        starts=clock.local(request["starts_at"], db.zone),
        ends=clock.local(request["ends_at"], db.zone),
        reason=request.get("reason", ""),
        duties=[messages.line_of(db, duty) for duty in duties],
        link=link,
    )


def deciders(db: Database, unit_id: int, person_id: int, *, now: datetime) -> list[Row]:
    """Who decides on a person's leave: whoever coordinates the nearest unit above that anybody else does,
    administrators where nobody does; none is themselves. person_id, person, lang."""
    found = rows(
        db,
        f"""
        SELECT person.id AS person_id, person.name AS person, person.lang, access.role = 'administrator' AS is_other,
               unit_above.depth
        FROM unit_above
        JOIN access ON access.unit_id = unit_above.above_id
        JOIN person ON person.id = access.person_id
        WHERE unit_above.unit_id = :unit_id AND person.id <> :person_id
          AND access.role IN ('coordinator', 'administrator') AND {accounts.IN_FORCE}
          AND (person.left_on IS NULL OR person.left_on >= :day)
        ORDER BY is_other, unit_above.depth, person.id
        """,
        unit_id=unit_id,
        person_id=person_id,
        day=clock.today(now, db.zone).isoformat(),
    )
    return [row for row in found if (row["is_other"], row["depth"]) == (found[0]["is_other"], found[0]["depth"])]


def _queue(db: Database, kind: str, to: Row, facts: LeaveFacts, key: str, *, base_url: str, now: datetime) -> int:
    return messages.queue(db, kind, to, facts.gaps, key=key, base_url=base_url, expires_at=now + LASTS, now=now)
