"""What a test needs and does not care about: a small town, its people, a roster."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from scheduler import attendance, clock, duties, ledger, people, places, rosters
from scheduler.audit import SYSTEM
from scheduler.database import Database, insert, rows, value, write

MARCH = (date(2026, 3, 2), date(2026, 3, 29))  # four whole ISO weeks, no holiday in them


@dataclass(frozen=True, slots=True)
class Town:
    """A branch with an office, an outlet, a community; four staff and two leaders; two duty templates.

    Everybody has joined long ago. `party` and `lan` are party members, `min` and `bo` are not.
    """

    branch: int
    office: int
    outlet: int
    community: int
    head: int
    deputy: int
    party: int
    lan: int
    min: int
    bo: int
    lobby: int
    watch: int


def unit(db: Database, now: datetime, name: str = "巴中市分行", parent_id: int | None = None, **more: object) -> int:
    kind = more.pop("kind", "branch" if parent_id is None else "department")
    return people.add_unit(db, name=name, kind=kind, parent_id=parent_id, by=SYSTEM, now=now, **more)


def person(db: Database, now: datetime, unit_id: int, staff_no: str, name: str, **more: object) -> int:
    given: dict[str, object] = {"joined_on": date(2020, 1, 1), "email": f"{staff_no.lower()}@branch.example"} | more
    return people.add(db, staff_no=staff_no, name=name, unit_id=unit_id, by=SYSTEM, now=now, **given)


def place(db: Database, now: datetime, unit_id: int, name: str, kind: str = "outlet", **more: object) -> int:
    return places.add(db, name=name, kind=kind, unit_id=unit_id, by=SYSTEM, now=now, **more)


def template(db: Database, now: datetime, unit_id: int, place_ids: list[int], **more: object) -> int:
    given: dict[str, object] = {
        "name": "党员厅堂服务",
        "activity": "lobby",
        "days": "workday",
        "starts": time(8, 30),
        "ends": time(17, 0),
        "headcount": 1,
        "valid_from": date(2025, 1, 1),
    }
    return duties.add_template(db, unit_id=unit_id, places=place_ids, by=SYSTEM, now=now, **(given | more))


def town(db: Database, now: datetime) -> Town:
    branch = unit(db, now)
    office = unit(db, now, "办公室", branch)
    outlet = place(db, now, branch, "江北支行")
    community = place(db, now, branch, "东风路社区", "community")
    return Town(
        branch=branch,
        office=office,
        outlet=outlet,
        community=community,
        head=person(db, now, branch, "0001", "何远山", role="head", party=True),
        deputy=person(db, now, branch, "0002", "杜明月", role="deputy", party=True),
        party=person(db, now, office, "0003", "吕莉", party=True),
        lan=person(db, now, office, "0004", "兰草", party=True),
        min=person(db, now, office, "0005", "闵行", party=False),
        bo=person(db, now, office, "0006", "薄荷", party=False),
        lobby=template(db, now, branch, [outlet], party=True, roles=["staff"]),
        watch=template(
            db, now, branch, [community],
            name="社区值班", activity="community", days="weekdays", weekdays=[5],
            starts=time(9, 0), ends=time(11, 30), headcount=2, roles=["staff"],
        ),
    )  # fmt: skip


def drafted(db: Database, town: Town, now: datetime) -> int:
    """A draft for March with nobody in it yet."""
    return rosters.draft(db, unit_id=town.branch, starts_on=MARCH[0], ends_on=MARCH[1], by=SYSTEM, now=now)


def published(db: Database, town: Town, now: datetime) -> int:
    """March's roster, filled by the engine and published."""
    roster_id = drafted(db, town, now)
    rosters.fill(db, roster_id, by=SYSTEM, now=now)
    rosters.publish(db, roster_id, by=SYSTEM, now=now)
    return roster_id


def announced(db: Database, now: datetime) -> None:
    """Publish what waits in every published roster."""
    for row in rows(db, "SELECT id FROM roster WHERE state = 'published' ORDER BY id"):
        if rosters.revision(db, row["id"]).seats:
            rosters.publish(db, row["id"], by=SYSTEM, now=now)


def shift(
    db: Database,
    town: Town,
    day: date,
    people: Iterable[int] = (),
    *,
    place_id: int | None = None,
    activity: str = "lobby",
    starts: time = time(8, 30),
    ends: time = time(17, 0),
    roster: str = "published",
) -> int:
    """One shift of the day's own roster with these people in it, put there by SQL: no template, no engine."""
    with write(db):
        first, last = clock.span(day, starts, ends, db.zone)
        at = {"starts_at": clock.to_text(first), "ends_at": clock.to_text(last)}
        shift_id = insert(
            db, "shift", key=secrets.token_hex(8), unit_id=town.branch, roster_id=_roster_of(db, town, day, roster),
            place_id=place_id or town.outlet,
            activity_id=value(db, "SELECT id FROM activity WHERE code = :code", code=activity),
            day=day.isoformat(), headcount=9, **at,
        )  # fmt: skip
        for slot, person_id in enumerate(people, start=1):
            insert(
                db, "assignment", shift_id=shift_id, slot=slot, person_id=person_id, source="hand",
                made_at=at["starts_at"], published_at=_published(db, shift_id), **at,
            )  # fmt: skip
    return shift_id


def held(
    db: Database, town: Town, day: date, people: Iterable[int], *, absent: Iterable[int] = (), **more: object
) -> int:
    """A shift that is over and confirmed: everybody was there but the `absent`."""
    shift_id = shift(db, town, day, people, **more)
    missing = {assigned(db, shift_id, person_id): "病假" for person_id in absent}
    attendance.confirm(db, shift_id, absent=missing, by=SYSTEM, now=clock.midnight(day + timedelta(days=2), db.zone))
    return shift_id


def carried(db: Database, town: Town, person_id: int, now: datetime, trips: int = 1) -> list[int]:
    """Trips of 2025 brought into the ledger as an opening balance."""
    return ledger.carry_forward(
        db, person_id, place_id=town.outlet, activity="lobby", day=date(2025, 12, 31), minutes=480, trips=trips,
        reason="2025 年结转", by=SYSTEM, now=now,
    )  # fmt: skip


def assigned(db: Database, shift_id: int, person_id: int) -> int:
    """The person's assignment to the shift."""
    sql = "SELECT id FROM assignment WHERE shift_id = :shift_id AND person_id = :person_id AND state <> 'released'"
    return value(db, sql, shift_id=shift_id, person_id=person_id)


def _published(db: Database, shift_id: int) -> str | None:
    sql = "SELECT roster.published_at FROM shift JOIN roster ON roster.id = shift.roster_id WHERE shift.id = :id"
    return value(db, sql, id=shift_id)


def _roster_of(db: Database, town: Town, day: date, state: str) -> int:
    found = value(db, "SELECT id FROM roster WHERE starts_on <= :day AND ends_on >= :day", day=day.isoformat())
    if found:
        return found
    at = clock.to_text(clock.midnight(day, db.zone))
    return insert(
        db, "roster", unit_id=town.branch, starts_on=day.isoformat(), ends_on=day.isoformat(), state=state, made_at=at,
        published_at=None if state == "draft" else at,
    )  # fmt: skip
