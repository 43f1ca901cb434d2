"""What people of the demonstration ask for: a few wishes, a day off that waits for its decision."""

from __future__ import annotations

from datetime import timedelta

from scheduler import accounts, clock, leave, people, wishes
from scheduler.database import Database, Row, value
from scheduler.demo.scene import Scene

# By staff number: what they would rather stand, or not; the last number is the strength.
WISHES = (
    ("00501", {"kind": "prefer", "weekday": 2, "strength": 1}),
    ("00501", {"kind": "avoid", "weekday": 5, "strength": 2}),
    ("00502", {"kind": "avoid", "weekday": 0, "strength": 1}),
    ("00503", {"kind": "prefer", "activity": "community", "strength": 2}),
    ("00504", {"kind": "avoid", "activity": "community", "strength": 1}),
    ("00505", {"kind": "prefer", "weekday": 4, "strength": 1}),
)
WHO_ASKS = "00503"


def ask(db: Database, scene: Scene, *, base_url: str) -> None:
    """Wishes of six people or fewer, and a day off in the draft's first week that nobody has decided on yet."""
    known = people.by_staff_no(db, [*(staff_no for staff_no, _ in WISHES), WHO_ASKS])
    for staff_no, given in WISHES:
        if staff_no in known:
            _wish(db, known[staff_no]["id"], dict(given), scene)
    if WHO_ASKS in known:
        first = scene.months[-1].first + timedelta(days=2)
        person_id = known[WHO_ASKS]["id"]
        leave.ask(
            db, person_id, kind="leave", note="孩子家长会",
            starts_at=clock.midnight(first, scene.zone) + timedelta(hours=13),
            ends_at=clock.midnight(first, scene.zone) + timedelta(hours=18),
            base_url=base_url, by=accounts.actor(db, person_id), now=scene.now,
        )  # fmt: skip


def _wish(db: Database, person_id: int, given: Row, scene: Scene) -> None:
    if code := given.pop("activity", None):
        given["activity_id"] = value(db, "SELECT id FROM activity WHERE code = :code", code=code)
    wishes.add(db, person_id, **given, by=accounts.actor(db, person_id), now=scene.now)
