"""Who of the demonstration checked in during the last days, and what their reports say."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from scheduler import accounts, checkins, clock, reports
from scheduler.audit import Actor
from scheduler.config import Duty
from scheduler.database import Database, Row, rows
from scheduler.demo.scene import Scene

DAYS = timedelta(days=7)  # the organisation has had the codes for a week
KEEPER = checkins.Keeper("the demonstration types its own codes")
MISSES_ONE_IN, LATE_ONE_IN, SYNCED_ONE_IN = 6, 9, 11  # by assignment: chance is left as it was

# What was found, and what became of it; "" while it is open.
FOUND = (
    ("3 栋 2 单元楼道灯不亮，老人晚上不便", "已联系社区电工换好"),
    ("小区东门外墙又有办证小广告", ""),
    ("有住户反映接到冒充银行的电话，需要上门再讲一次", ""),
)


def arrive(db: Database, scene: Scene, day: date, crew: list[Row]) -> None:
    """Let most of a shift's crew check in, as far as it has come to that: some late, some without a network."""
    if day <= scene.today - DAYS:
        return
    duty = Duty()
    for row in crew:
        number = row["assignment_id"]
        starts = clock.from_text(row["starts_at"])
        came = starts + timedelta(minutes=35 if number % LATE_ONE_IN == 0 else -(number % 20))
        if number % MISSES_ONE_IN == 0 or came > scene.now:
            continue
        received = min(came + timedelta(hours=1), scene.now) if number % SYNCED_ONE_IN == 0 else came
        code = checkins.shown(KEEPER.of(row["key"]), came).code
        given: dict[str, Any] = {"keeper": KEEPER, "duty": duty, "claimed": came if received > came else None}
        by = accounts.actor(db, row["person_id"])
        checkins.check_in(db, number, code, by=by, now=received, **given)


def today(db: Database, scene: Scene) -> None:
    """The same for those shifts of today that nobody has confirmed yet."""
    running = rows(
        db,
        """
        SELECT standing.id AS assignment_id, standing.person_id, shift.key, shift.starts_at
        FROM standing
        JOIN shift ON shift.id = standing.shift_id
        WHERE shift.day = :day AND shift.state = 'planned' AND shift.ends_at > :now
        ORDER BY standing.id
        """,
        day=scene.today.isoformat(),
        now=clock.to_text(scene.now),
    )
    arrive(db, scene, scene.today, running)


def report(db: Database, scene: Scene, unit_id: int, coordinator: Actor, *, base_url: str) -> None:
    """The reports of the last community duties: tasks done, a problem each, the oldest of which is settled."""
    for shift, (text, outcome) in zip(_latest(db, unit_id), FOUND, strict=False):
        by = accounts.actor(db, shift["person_id"])
        now = min(clock.from_text(shift["ends_at"]) + timedelta(minutes=20), scene.now)
        tasks = [line for line in shift["tasks"].splitlines() if line][:4]
        reports.save(db, shift["id"], done=tasks, remarks="", version=0, by=by, now=now)
        who = int(shift["person_id"] if outcome else coordinator.person_id or 0)
        problem_id = reports.add_problem(
            db, shift["id"], text=text, follow_up_id=who, base_url=base_url, by=by, now=now
        )
        if outcome:
            reports.close(db, problem_id, outcome=outcome, base_url=base_url, by=by, now=scene.now)


def _latest(db: Database, unit_id: int) -> list[Row]:
    """The latest held community shifts, oldest first, each with the first of those who were there."""
    found = rows(
        db,
        """
        SELECT shift.id, shift.ends_at, shift.tasks, MIN(standing.person_id) AS person_id
        FROM shift
        JOIN activity ON activity.id = shift.activity_id AND activity.code = 'community'
        JOIN standing ON standing.shift_id = shift.id AND standing.state = 'present'
        WHERE shift.unit_id = :unit_id AND shift.state = 'held'
        GROUP BY shift.id
        ORDER BY shift.ends_at DESC, shift.id DESC
        LIMIT :most
        """,
        unit_id=unit_id,
        most=len(FOUND),
    )
    return found[::-1]
