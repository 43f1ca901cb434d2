"""A year of duty, walked day by day through the same functions as real use."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta

from scheduler import assignments, attendance, clock, people, rosters
from scheduler.audit import Actor
from scheduler.database import Database, Row, rows
from scheduler.demo import arriving
from scheduler.demo.scene import Month, Scene
from scheduler.errors import Conflict

DRAFTED_BEFORE = timedelta(days=7)
PUBLISHED_BEFORE = timedelta(days=5)
CORRECTED_AFTER = timedelta(days=4)
AWAY_A_MONTH = 8  # people of a tree who are away for some days
ILL_EVERY = 14  # days: somebody calls in sick for the next week and a colleague stands in
ABSENT_ONE_IN = 70  # person-trips that did not take place
WRONG_ONE_IN = 400  # entries that are corrected some days later

AWAY = (("leave", "年休假"), ("travel", "出差"), ("training", "脱产培训"), ("other", "借调"))
ABSENCES = ("临时出差", "家中有事", "身体不适")
CORRECTIONS = ("补交请假条，当日未到岗", "核对签到表，本人未到")


@dataclass(slots=True)
class Tree:
    """One organisation's way through the year: who coordinates it, and the rosters opened so far."""

    unit_id: int
    coordinator: Actor
    rosters: dict[date, int] = field(default_factory=dict)  # by the month's first day
    wrong: list[tuple[date, int]] = field(default_factory=list)  # assignments found wrong later, and when


def walk(db: Database, scene: Scene, trees: list[Tree], say: Callable[[Month], None]) -> None:
    """Live through every day from the first draft to today; `say` is told of each month that is over."""
    first = scene.began - DRAFTED_BEFORE
    for day in (first + timedelta(days=passed) for passed in range((scene.today - first).days + 1)):
        for tree in trees:
            _live(db, scene, tree, day)
        for month in scene.months:
            if day == month.last + timedelta(days=1):
                say(month)
    for tree in trees:
        _open(db, scene, tree, scene.months[-1], scene.today)


def leave_for_visitors(db: Database, scene: Scene, tree: Tree, staff_id: int) -> None:
    """A gap for the coordinator to fill, and a duty of the coming days for the member of staff to look at."""
    coming = (scene.today + timedelta(days=1), scene.months[-2].last)
    _fall_ill(db, scene, tree, scene.today, *coming)
    if taken := _fall_ill(db, scene, tree, scene.today, *coming):
        with suppress(Conflict):  # away, or at another duty at that time
            assignments.seat(db, taken["shift_id"], staff_id, by=tree.coordinator, now=scene.now)
        rosters.publish(db, taken["roster_id"], by=tree.coordinator, now=scene.now)


def _live(db: Database, scene: Scene, tree: Tree, day: date) -> None:
    """What a coordinator does on one day: draft and fill, publish, archive, stand in, confirm, correct."""
    for month in scene.months[:-1]:
        if day == month.first - DRAFTED_BEFORE:
            _open(db, scene, tree, month, day)
            rosters.fill(db, tree.rosters[month.first], by=tree.coordinator, now=scene.at(day, 10, 30))
        if day == month.first - PUBLISHED_BEFORE:
            rosters.publish(db, tree.rosters[month.first], by=tree.coordinator, now=scene.at(day, 16))
        if day == month.last + timedelta(days=1):
            rosters.close(db, tree.rosters[month.first], by=tree.coordinator, now=scene.at(day, 8))
    if (day - scene.began).days % ILL_EVERY == 3:  # a Thursday
        _stand_in(db, scene, tree, day)
    _confirm(db, scene, tree, day)
    for assignment_id in [wrong for due, wrong in tree.wrong if due == day]:
        reason = scene.chance.choice(CORRECTIONS)
        attendance.mark_absent(db, assignment_id, reason=reason, by=tree.coordinator, now=scene.at(day, 17, 30))


def _open(db: Database, scene: Scene, tree: Tree, month: Month, day: date) -> None:
    """Note who will be away, then open the month's draft."""
    _away(db, scene, tree, month, day)
    tree.rosters[month.first] = rosters.draft(
        db, unit_id=tree.unit_id, starts_on=month.first, ends_on=month.last, by=tree.coordinator, now=scene.at(day, 10)
    )


def _away(db: Database, scene: Scene, tree: Tree, month: Month, day: date) -> None:
    """Some staff for two to six days; a deputy on one Monday, so that the week still has days for the visits owed."""
    crew = _people(db, tree)
    staff = scene.chance.sample([row["id"] for row in crew if row["role"] == "staff"], AWAY_A_MONTH)
    deputies = [row["id"] for row in crew if row["role"] == "deputy"][:1]
    for person_id in staff + deputies:
        kind, note = scene.chance.choice(AWAY)
        first = month.first + timedelta(days=scene.chance.randint(0, 20))
        length = scene.chance.randint(2, 6)
        if person_id in deputies:
            first, length, kind, note = month.first + timedelta(days=7), 1, "travel", "外出开会"
        _note_away(db, tree, scene, person_id, (first, length), day, kind=kind, note=note)


def _note_away(
    db: Database, tree: Tree, scene: Scene, person_id: int, days: tuple[date, int], today: date, **what: str
) -> None:
    first, length = days
    people.add_away(
        db,
        person_id,
        starts_at=clock.midnight(first, scene.zone),
        ends_at=clock.midnight(first + timedelta(days=length), scene.zone),
        by=tree.coordinator,
        now=scene.at(today, 9),
        **what,
    )


def _stand_in(db: Database, scene: Scene, tree: Tree, day: date) -> None:
    """Somebody of next week is ill: their duty is taken by the fairest of those who may."""
    given = _fall_ill(db, scene, tree, day, day + timedelta(days=4), day + timedelta(days=10))
    if given is None:
        return
    asked = rosters.candidates(db, given["shift_id"], given["slot"]).able
    able = [row for row in asked if row["level"] is None and row["person_id"] != given["person_id"]]
    if able:
        by, now = tree.coordinator, scene.at(day, 11, 30)
        assignments.seat(db, given["shift_id"], able[0]["person_id"], by=by, now=now)
    rosters.publish(db, given["roster_id"], by=tree.coordinator, now=scene.at(day, 11, 40))


def _fall_ill(db: Database, scene: Scene, tree: Tree, day: date, first: date, last: date) -> Row | None:
    """Free one duty between first and last, whose person is ill on its day; gives the assignment that was released."""
    standing = [row for row in _standing(db, tree, first, last) if row["role"] == "staff"]
    if not standing:
        return None
    given = scene.chance.choice([row for row in standing if row["activity"] == "lobby"] or standing)
    assignments.release(db, given["assignment_id"], by=tree.coordinator, now=scene.at(day, 11))
    with suppress(Conflict):  # already noted as away around it
        on = date.fromisoformat(given["day"])
        _note_away(db, tree, scene, given["person_id"], (on, 1), day, kind="sick", note="病假")
    return given


def _confirm(db: Database, scene: Scene, tree: Tree, day: date) -> None:
    """The coordinator's roll call of each of the day's shifts, a quarter of an hour after it."""
    listed: dict[int, list[Row]] = {}
    for row in _standing(db, tree, day, day):
        listed.setdefault(row["shift_id"], []).append(row)
    for shift_id, crew in listed.items():
        over = clock.from_text(crew[0]["ends_at"]) + timedelta(minutes=15)
        if over > scene.now:
            continue
        may_miss = [row["assignment_id"] for row in crew if row["role"] == "staff"]  # a leader's visit is owed
        absent = {
            assignment_id: scene.chance.choice(ABSENCES)
            for assignment_id in may_miss
            if scene.chance.randrange(ABSENT_ONE_IN) == 0
        }
        arriving.arrive(db, scene, day, [row for row in crew if row["assignment_id"] not in absent])
        attendance.confirm(db, shift_id, absent=absent, by=tree.coordinator, now=over)
        tree.wrong += [
            (day + CORRECTED_AFTER, assignment_id)
            for assignment_id in may_miss
            if assignment_id not in absent and scene.chance.randrange(WRONG_ONE_IN) == 0
        ]


def _people(db: Database, tree: Tree) -> list[Row]:
    return rows(
        db,
        """
        SELECT person.id, person.role
        FROM person
        JOIN unit_above ON unit_above.unit_id = person.unit_id AND unit_above.above_id = :unit_id
        ORDER BY person.id
        """,
        unit_id=tree.unit_id,
    )


def _standing(db: Database, tree: Tree, first: date, last: date) -> list[Row]:
    """Who stands the tree's shifts that are neither held nor cancelled, by end."""
    return rows(
        db,
        """
        SELECT shift.id AS shift_id, shift.key, shift.roster_id, shift.day, shift.starts_at, shift.ends_at,
               assignment.id AS assignment_id, assignment.slot, assignment.person_id, person.role,
               activity.code AS activity
        FROM shift
        JOIN activity ON activity.id = shift.activity_id
        JOIN assignment ON assignment.shift_id = shift.id AND assignment.state = 'planned'
        JOIN person ON person.id = assignment.person_id
        JOIN roster ON roster.id = shift.roster_id AND roster.state = 'published'
        WHERE shift.unit_id = :unit_id AND shift.day BETWEEN :first AND :last AND shift.state = 'planned'
        ORDER BY shift.ends_at, shift.id, assignment.slot
        """,
        unit_id=tree.unit_id,
        first=first.isoformat(),
        last=last.isoformat(),
    )
