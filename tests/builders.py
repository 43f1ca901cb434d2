"""What a test needs and does not care about: a small town, its people, a roster."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from scheduler import duties, people, places, rosters
from scheduler.audit import SYSTEM
from scheduler.database import Database

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
