"""Publish a draft, then what changes in it; close it when all of it is over."""

from __future__ import annotations

from datetime import date, datetime

from scheduler import audit, clock, steps
from scheduler.assignments import pending
from scheduler.audit import Actor
from scheduler.config import Duty
from scheduler.database import Database, Row, insert, one, rows, run, update, value, write
from scheduler.errors import Conflict, Invalid, NotFound
from scheduler.rosters.checking import Found, breaches
from scheduler.rosters.drafting import roster
from scheduler.rosters.revision import URGENT, Revision, revision
from scheduler.rosters.telling import tell

NOTE_LENGTH = 300


def publish(
    db: Database,
    roster_id: int,
    *,
    version: int | None = None,
    urgent: bool = False,
    only: tuple[int, int] | None = None,
    gaps: int | None = None,
    note: str = "",
    base_url: str = "",
    secret_key: str = "",
    by: Actor,
    now: datetime,
    duty: Duty | None = None,
) -> int:
    """Publish a draft, or what changed since; gives how many people are told. Feeds and reminders follow at once.

    `version` is the one that the reader has looked at; `urgent` publishes only what changed in shifts that begin
    within a day, `only` a slot of a shift, either with what hangs together with it. `gaps` is how many unfilled slots
    of a draft the reader agreed to leave so; None asks nothing. Everybody concerned gets one
    message, with `note` in it; nobody does where `base_url` is empty: a history that is written afterwards tells
    nobody. Conflict if
    the roster is another one by now, if there is nothing to publish, or with the whole list of those who are away, not
    eligible or in two places. Invalid where the draft's unfilled slots are not those that were agreed to.
    """
    with write(db):
        found = _open(db, roster_id)
        if version is not None and version != found["version"]:
            raise Conflict("roster_changed")
        if value(db, "SELECT COUNT(*) FROM shift WHERE roster_id = :roster_id", roster_id=roster_id) == 0:
            raise Conflict("roster_is_empty")
        if only and found["state"] == "draft":
            raise Conflict("roster_is_not_published")
        waiting = revision(db, roster_id, starting_by=now + URGENT if urgent else None, only=only)
        if found["state"] == "published" and not waiting.seats:
            raise Conflict("nothing_to_publish")
        _refuse_breaches(blocking(breaches(db, roster_id, duty=duty), found, waiting))
        if gaps is not None and found["state"] == "draft":
            _refuse_gaps(roster(db, roster_id), gaps)
        _mark_published(db, found, by=by, now=now)
        pending.settle(db, waiting.seats, now=now)
        number = next_number(db, roster_id)
        told = 0
        if base_url:
            told = tell(
                db, found, number, waiting.changes, note=note, base_url=base_url, secret_key=secret_key, now=now
            )
        version_id = _keep(db, roster_id, number, waiting, told, note=note, by=by, now=now)
        steps.publish(db, roster_id, version_id, _seats(waiting) if urgent or only else None)
        audit.record(
            db, "publish", "roster", roster_id, by=by, now=now, unit_id=found["unit_id"], seats=len(waiting.seats),
            number=number, told=told, **({"urgent": True} if urgent or only else {}),
        )  # fmt: skip
        return told


def _seats(waiting: Revision) -> list[Row]:
    return [seat for change in waiting.changes for seat in (change.old, change.new) if seat]


def next_number(db: Database, roster_id: int) -> int:
    """The number that the roster's next version will have."""
    sql = "SELECT COALESCE(MAX(number), 0) + 1 FROM roster_version WHERE roster_id = :roster_id"
    return int(value(db, sql, roster_id=roster_id))


def blocking(found: list[Found], held: Row, waiting: Revision) -> list[Found]:
    """What stands against publishing: all that blocks a draft; later only what the changes themselves bring.

    Leave filed since the last publication must not hold up the change that answers to something else.
    """
    brought = {(c.new["shift_id"], c.new["person_id"]) for c in waiting.changes if c.new}
    return [
        breach
        for breach in found
        if breach.blocks and (held["state"] == "draft" or (breach.shift_id, breach.person_id) in brought)
    ]


def _open(db: Database, roster_id: int) -> Row:
    found = one(db, "SELECT * FROM roster WHERE id = :roster_id", roster_id=roster_id)
    if found is None:
        raise NotFound("not_found")
    if found["state"] == "closed":
        raise Conflict("roster_is_closed")
    return found


def _refuse_breaches(found: list[Found]) -> None:
    if found:
        raise Conflict.of([breach.problem for breach in found])


def _refuse_gaps(found: Row, agreed: int) -> None:
    unfilled = found["slots"] - found["filled"]
    if unfilled and unfilled != agreed:
        raise Invalid("gaps_not_agreed", field="gaps", count=unfilled)


def _raised(found: Row) -> dict[str, int]:
    """The next version, where nobody moves: what a fill found still holds of it, where it held before."""
    still = found["fill_version"] is not None and found["fill_version"] == found["version"]
    return {"version": found["version"] + 1} | ({"fill_version": found["version"] + 1} if still else {})


def _mark_published(db: Database, found: Row, *, by: Actor, now: datetime) -> None:
    filling = found["fill_state"] in ("asked", "running")
    update(
        db,
        "roster",
        found["id"],
        state="published",
        **_raised(found),
        published_at=clock.to_text(now),
        published_by=by.name,
        fill_state="none" if filling else found["fill_state"],
    )


def _keep(
    db: Database, roster_id: int, number: int, waiting: Revision, told: int, *, note: str, by: Actor, now: datetime
) -> int:
    """Keep what staff see from now on as a version of its own; gives its id."""
    version_id = insert(
        db, "roster_version", roster_id=roster_id, number=number, at=clock.to_text(now), by=by.name, note=note,
        told=told,
        added=waiting.count("added"), moved=waiting.count("moved"), removed=waiting.count("removed"),
    )  # fmt: skip
    run(
        db,
        """
        INSERT INTO version_seat (version_id, shift_id, slot, person_id)
        SELECT :version_id, standing.shift_id, ROW_NUMBER() OVER (PARTITION BY shift.id ORDER BY slot, standing.id),
               standing.person_id
        FROM shift
        JOIN standing ON standing.shift_id = shift.id
        WHERE shift.roster_id = :roster_id AND shift.state <> 'cancelled'
        """,
        version_id=version_id,
        roster_id=roster_id,
    )
    return version_id


def close(db: Database, roster_id: int, *, by: Actor, now: datetime) -> None:
    """Archive a published roster whose shifts have all been confirmed or cancelled."""
    with write(db):
        found = one(
            db, "SELECT unit_id, state, version, fill_version FROM roster WHERE id = :roster_id", roster_id=roster_id
        )
        if found is None:
            raise NotFound("not_found")
        if found["state"] == "closed":
            raise Conflict("roster_is_closed")
        if found["state"] == "draft":
            raise Conflict("roster_is_not_published")
        _refuse_unconfirmed(db, roster_id)
        update(db, "roster", roster_id, state="closed", **_raised(found), closed_at=clock.to_text(now))
        audit.record(db, "close", "roster", roster_id, by=by, now=now, unit_id=found["unit_id"])


def unaffected(db: Database, roster_id: int, waiting: Revision) -> int:
    """How many people have duties in the roster that publishing does not change."""
    concerned = {change.person["person_id"] for change in waiting.changes}
    found = rows(
        db,
        """
        SELECT DISTINCT standing.person_id
        FROM shift
        JOIN standing ON standing.shift_id = shift.id
        WHERE shift.roster_id = :roster_id AND shift.state <> 'cancelled'
        """,
        roster_id=roster_id,
    )
    return sum(row["person_id"] not in concerned for row in found)


def _refuse_unconfirmed(db: Database, roster_id: int) -> None:
    found = one(
        db,
        "SELECT COUNT(*) AS count, MIN(day) AS day FROM shift WHERE roster_id = :roster_id AND state = 'planned'",
        roster_id=roster_id,
    )
    if found is not None and found["count"]:
        raise Conflict("shifts_not_confirmed", count=found["count"], day=date.fromisoformat(found["day"]))
