"""What people of the demonstration say: a few wishes, a day off that waits for its decision, “seen” of their duties."""

from __future__ import annotations

from datetime import timedelta

from scheduler import accounts, acknowledgements, clock, leave, people, wishes
from scheduler.audit import Actor
from scheduler.database import Database, Row, rows, value
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

SILENT = 9  # one in so many has not said yet that they have seen a duty
SURE = timedelta(days=3)  # whoever stands a duty sooner has said so


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


def answer(db: Database, scene: Scene) -> None:
    """Most of those who stand a duty to come have said that they have seen it."""
    coming = rows(db, COMING, now=clock.to_text(scene.now))
    acknowledgements.expect(db, coming, now=scene.now)
    near = clock.to_text(scene.now + SURE)
    for at, row in enumerate(coming):
        if row["starts_at"] < near or at % SILENT:
            by = Actor(row["person_id"], row["person"])
            acknowledgements.by_page(db, row["assignment_id"], by=by, now=scene.now)


COMING = """
SELECT standing.id AS assignment_id, standing.starts_at, standing.ends_at, shift.place_id, person.id AS person_id,
       person.name AS person
FROM standing
JOIN shift ON shift.id = standing.shift_id AND shift.state = 'planned'
JOIN person ON person.id = standing.person_id
WHERE standing.starts_at > :now AND person.staff_no <> '00501'  -- left for the visitor to press
ORDER BY standing.starts_at, standing.id
"""


def _wish(db: Database, person_id: int, given: Row, scene: Scene) -> None:
    if code := given.pop("activity", None):
        given["activity_id"] = value(db, "SELECT id FROM activity WHERE code = :code", code=code)
    wishes.add(db, person_id, **given, by=accounts.actor(db, person_id), now=scene.now)
