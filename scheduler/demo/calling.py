"""The demonstration's open call-up: six people are wanted at a community the day after tomorrow, some have come."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, time, timedelta

from scheduler import accounts, clock, openings, people
from scheduler.audit import Actor
from scheduler.database import Database, Row, one
from scheduler.demo.bank import COMMUNITIES
from scheduler.demo.scene import Scene
from scheduler.errors import Conflict

SEATS = 6
STARTS, ENDS = time(14, 30), time(17)
SIGNED_UP = ("00502", "00504", "00603", "00704")  # who has seen it already; the visitor has not


def call(db: Database, scene: Scene, unit_id: int, coordinator: Actor) -> None:
    """Call people up into the month that is published. On the last afternoon of it there is nothing to call for."""
    day = min(scene.today + timedelta(days=2), scene.months[-2].last)
    roster = _published(db, unit_id, day)
    if roster is None or clock.span(day, STARTS, ENDS, scene.zone)[0] <= scene.now:
        return
    shift_id, _ = openings.call_up(
        db, roster["id"], place_id=roster["place_id"], activity="epidemic", day=day, starts=STARTS, ends=ENDS,
        seats=SEATS, tasks="入户排查登记\n测量体温", note="自带口罩，社区门口集合。", base_url="",
        by=coordinator, now=scene.now,
    )  # fmt: skip
    held = openings.of_shift(db, shift_id, now=scene.now) or {}
    for found in people.by_staff_no(db, list(SIGNED_UP)).values():
        with suppress(Conflict):  # away, or on duty elsewhere then
            by = accounts.actor(db, found["id"])
            openings.take(db, held["id"], reason="家住附近", base_url="", by=by, now=scene.now)


def _published(db: Database, unit_id: int, day: date) -> Row | None:
    """The unit's published roster that the day is in, and the community."""
    return one(
        db,
        """
        SELECT roster.id, place.id AS place_id
        FROM roster
        JOIN place ON place.name = :place
        WHERE roster.unit_id = :unit_id AND roster.state = 'published' AND :day BETWEEN starts_on AND ends_on
        """,
        unit_id=unit_id,
        day=day.isoformat(),
        place=next(iter(COMMUNITIES)),
    )
