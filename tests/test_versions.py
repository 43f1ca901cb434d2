"""Versions: each publication is kept, can be looked at, and planned anew."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time

import pytest

from scheduler import assignments, people, rosters, rules
from scheduler.audit import SYSTEM, Actor
from scheduler.database import rows, value
from scheduler.errors import Conflict, NotFound
from tests import builders

MONDAY, TUESDAY = date(2026, 3, 2), date(2026, 3, 3)
CHEN = Actor(None, "陈静")


@pytest.fixture
def roster(db, town, now):
    """Two versions: 兰草 on Monday; then 吕莉 on Monday, and 兰草 on Tuesday."""
    roster_id = builders.drafted(db, town, now)
    first = assignments.seat(db, on(db, town, MONDAY), town.lan, by=CHEN, now=now)
    rosters.publish(db, roster_id, by=CHEN, now=now)
    assignments.move(db, first, on(db, town, TUESDAY), by=CHEN, now=now)
    assignments.seat(db, on(db, town, MONDAY), town.party, by=CHEN, now=now)
    rosters.publish(db, roster_id, note="兰草周一开会", by=CHEN, now=now)
    return roster_id


def on(db, town, day):
    sql = "SELECT id FROM shift WHERE place_id = :place_id AND day = :day"
    return value(db, sql, place_id=town.outlet, day=day.isoformat())


def planned(db):
    return [
        (row["day"], row["name"])
        for row in rows(
            db,
            """
            SELECT shift.day, person.name
            FROM assignment
            JOIN shift ON shift.id = shift_id
            JOIN person ON person.id = person_id
            WHERE assignment.state <> 'released'
            ORDER BY shift.day
            """,
        )
    ]


def test_each_publication_is_a_version_with_what_it_changed(db, roster):
    found = rosters.versions(db, roster)

    told = [(row["number"], row["added"], row["moved"], row["removed"], row["seats"], row["note"]) for row in found]
    assert told == [(2, 1, 1, 0, 2, "兰草周一开会"), (1, 1, 0, 0, 1, "")]


def test_an_earlier_version_is_shown_as_the_board_with_what_differs_marked(db, town, roster):
    shown = rosters.earlier(db, roster, 1)

    (outlet,) = [line for group in shown.groups for line in group.lines if line.place_id == town.outlet]
    monday, tuesday, wednesday = (outlet.cells[at][0] for at in (0, 1, 2))
    assert (monday["person"], monday["now"], monday["marks"]) == ("兰草", "吕莉", ["changed"])
    assert (tuesday["person"], tuesday["now"], tuesday["marks"]) == (None, "兰草", ["open", "changed"])
    assert (wednesday["person"], wednesday["marks"], outlet.filled) == (None, ["open"], 1)
    assert [(row["day"], row["then"], row["now"]) for row in shown.changes] == [
        ("2026-03-02", "兰草", "吕莉"),
        ("2026-03-03", None, "兰草"),
    ]
    assert shown.differing == 2


def test_the_newest_version_differs_in_nothing_and_one_that_there_is_not_is_not_found(db, roster):
    assert rosters.earlier(db, roster, 2).changes == []
    with pytest.raises(NotFound):
        rosters.earlier(db, roster, 3)


def test_a_version_is_planned_anew_and_waits_to_be_published(db, roster, now):
    assert rosters.restore(db, roster, 1, by=CHEN, now=now) == []

    assert planned(db) == [("2026-03-02", "兰草")]
    waiting = rosters.revision(db, roster)
    assert {c.person["person"]: c.kind for c in waiting.changes} == {"兰草": "moved", "吕莉": "removed"}
    rosters.publish(db, roster, by=CHEN, now=now)
    assert rosters.versions(db, roster)[0]["number"] == 3


def test_what_cannot_be_restored_is_named(db, town, roster, now):
    away = datetime(2026, 3, 1, 16, 0, tzinfo=UTC), datetime(2026, 3, 2, 16, 0, tzinfo=UTC)
    people.add_away(db, town.lan, kind="leave", starts_at=away[0], ends_at=away[1], by=SYSTEM, now=now)

    refused = rosters.restore(db, roster, 1, by=CHEN, now=now)

    assert [(one.person, one.day, [p.code for p in one.problems]) for one in refused] == [
        ("兰草", MONDAY, ["person_is_away"])
    ]
    assert planned(db) == []


class TestRules:
    """In version 1 兰草 stands Monday; by now there is a duty of his on Sunday until midnight, in another roster."""

    @pytest.fixture(autouse=True)
    def sunday(self, db, town, roster):
        builders.shift(db, town, date(2026, 3, 1), [town.lan], starts=time(14), ends=time(23, 59))

    def test_what_warns_is_restored_with_a_reason_only(self, db, roster, now):
        before = planned(db)

        with pytest.raises(Conflict) as refused:
            rosters.restore(db, roster, 1, by=CHEN, now=now)
        assert [problem.code for problem in refused.value.problems] == ["batch_needs_a_reason", "short_rest"]
        assert planned(db) == before

        assert rosters.restore(db, roster, 1, reason="本人愿意", by=CHEN, now=now) == []
        assert value(db, "SELECT override FROM assignment WHERE override <> ''") == "本人愿意"
        facts = json.loads(value(db, "SELECT facts FROM audit WHERE act = 'restore'"))
        assert (facts["override"], facts["warned"]) == ("本人愿意", 1)

    def test_what_blocks_is_left_out_whatever_the_reason(self, db, town, roster, now):
        rules.set_levels(db, town.branch, {"rest": "block"}, by=CHEN, now=now)

        refused = rosters.restore(db, roster, 1, reason="本人愿意", by=CHEN, now=now)

        assert [(one.person, [p.code for p in one.problems]) for one in refused] == [("兰草", ["short_rest"])]
        assert planned(db) == [("2026-03-01", "兰草")]


def test_shifts_that_have_begun_are_left_alone(db, roster):
    tuesday_noon = datetime(2026, 3, 3, 4, 0, tzinfo=UTC)

    assert rosters.restore(db, roster, 1, by=CHEN, now=tuesday_noon) == []
    assert planned(db) == [("2026-03-02", "吕莉"), ("2026-03-03", "兰草")]


def test_a_closed_roster_is_not_planned_anew(db, roster, now):
    db.conn.execute("UPDATE roster SET state = 'closed'")

    with pytest.raises(Conflict, match="roster_is_closed"):
        rosters.restore(db, roster, 1, by=CHEN, now=now)
