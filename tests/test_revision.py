"""What changes in a published roster: seen by those who plan, by nobody else until it is published."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from scheduler import assignments, attendance, duties, feeds, people, reminders, rosters
from scheduler.assignments import Slot
from scheduler.audit import SYSTEM, Actor
from scheduler.database import one, rows, update, value
from scheduler.errors import Conflict
from tests import builders
from tests.builders import MARCH
from tests.calendars import BASE, events, refreshed

MONDAY, TUESDAY = date(2026, 3, 2), date(2026, 3, 3)
CHEN = Actor(None, "陈静")


@pytest.fixture
def roster(db, town, now):
    """March: 兰草 stands Monday at the outlet; published."""
    roster_id = builders.drafted(db, town, now)
    assignments.seat(db, at(db, town.outlet, MONDAY), town.lan, by=SYSTEM, now=now)
    rosters.publish(db, roster_id, base_url=BASE, by=CHEN, now=now)
    return roster_id


def at(db, place_id, day):
    sql = "SELECT id FROM shift WHERE place_id = :place_id AND day = :day"
    return value(db, sql, place_id=place_id, day=day.isoformat())


def seated(db, shift_id):
    return value(db, "SELECT id FROM assignment WHERE shift_id = :id AND state <> 'released'", id=shift_id)


def days_of(db, person_id):
    return [duty["day"] for duty in assignments.duties_of(db, person_id, *MARCH)]


def letters(db):
    found = rows(
        db,
        """
        SELECT person.name, outbox.kind, outbox.body
        FROM outbox JOIN person ON person.id = person_id
        ORDER BY outbox.id
        """,
    )
    return [
        (row["name"], row["kind"], [line for line in row["body"].splitlines() if line.startswith(tuple("＋－+-"))])
        for row in found
    ]


def test_a_seat_taken_waits_for_the_next_publication(db, town, now, roster):
    assignments.seat(db, at(db, town.outlet, TUESDAY), town.party, by=SYSTEM, now=now)

    assert days_of(db, town.party) == []
    assert [row["assignment"] for row in reminders.dump(db)] == [1, 1]
    rosters.publish(db, roster, by=SYSTEM, now=now)
    assert days_of(db, town.party) == ["2026-03-03"]
    assert [row["assignment"] for row in reminders.dump(db)] == [1, 1, 2, 2]


def test_a_seat_given_up_is_seen_until_it_is_published_and_free_at_once(db, town, now, roster, my_feed, place_feed):
    monday = at(db, town.outlet, MONDAY)
    assignments.release(db, seated(db, monday), by=SYSTEM, now=now)
    assignments.seat(db, monday, town.party, by=SYSTEM, now=now)
    refreshed(db, now)

    assert (days_of(db, town.lan), days_of(db, town.party)) == (["2026-03-02"], [])
    assert [event["STATUS"] for event in events(db, my_feed, now)] == ["CONFIRMED"]
    assert events(db, place_feed, now)[0]["SUMMARY"] == "厅堂服务 · 兰草"
    rosters.publish(db, roster, by=SYSTEM, now=now)
    feeds.refresh(db, base_url=BASE, now=now)
    assert (days_of(db, town.lan), days_of(db, town.party)) == ([], ["2026-03-02"])
    assert [event["STATUS"] for event in events(db, my_feed, now)] == ["CANCELLED"]
    assert events(db, place_feed, now)[0]["SUMMARY"] == "厅堂服务 · 吕莉"


def test_what_is_given_up_and_taken_again_is_no_change(db, town, now, roster):
    monday = at(db, town.outlet, MONDAY)
    first = seated(db, monday)
    assignments.release(db, first, by=SYSTEM, now=now)

    assert assignments.seat(db, monday, town.lan, by=SYSTEM, now=now) == first
    assert rosters.revision(db, roster).seats == []


def test_what_was_taken_and_given_up_in_between_leaves_nothing(db, town, now, roster):
    tuesday = at(db, town.outlet, TUESDAY)
    assignments.seat(db, tuesday, town.party, by=SYSTEM, now=now)
    assignments.release(db, seated(db, tuesday), by=SYSTEM, now=now)

    assert rosters.revision(db, roster).seats == []
    with pytest.raises(Conflict, match="nothing_to_publish"):
        rosters.publish(db, roster, by=SYSTEM, now=now)


def test_the_dump_tells_what_people_were_told(db, town, now, roster):
    assignments.release(db, seated(db, at(db, town.outlet, MONDAY)), by=SYSTEM, now=now)
    assignments.seat(db, at(db, town.outlet, TUESDAY), town.party, by=SYSTEM, now=now)

    assert [(row["state"], row["published"]) for row in assignments.dump(db)] == [("planned", True), ("planned", False)]
    rosters.publish(db, roster, by=SYSTEM, now=now)
    assert [(row["state"], row["published"]) for row in assignments.dump(db)] == [("released", True), ("planned", True)]


def test_a_change_in_a_shift_that_has_begun_is_a_fact_at_once(db, town, now, roster):
    monday = at(db, town.outlet, MONDAY)
    noon = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
    assignments.release(db, seated(db, monday), by=SYSTEM, now=noon)
    assignments.seat(db, monday, town.party, by=SYSTEM, now=noon)

    assert [row["name"] for row in attendance.sheet(db, monday)] == ["吕莉"]
    assert rosters.revision(db, roster).seats == []


def test_what_was_not_published_by_roll_call_is_forgotten(db, town, now, roster):
    monday = at(db, town.outlet, MONDAY)
    evening = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
    lan = seated(db, monday)
    assignments.release(db, lan, by=SYSTEM, now=now)
    assignments.seat(db, monday, town.party, by=SYSTEM, now=now)

    attendance.confirm(db, monday, absent={}, by=CHEN, now=evening)

    assert rows(db, "SELECT id, state, slot FROM assignment") == [{"id": lan, "state": "present", "slot": 1}]
    assert one(db, "SELECT person, trips FROM ledger") == {"person": "兰草", "trips": 1}
    assert rosters.revision(db, roster).seats == []


def test_urgent_changes_are_published_alone(db, town, now, roster):
    sunday = now + timedelta(hours=24)
    assignments.release(db, seated(db, at(db, town.outlet, MONDAY)), by=SYSTEM, now=sunday)
    assignments.seat(db, at(db, town.outlet, date(2026, 3, 10)), town.party, by=SYSTEM, now=sunday)

    rosters.publish(db, roster, urgent=True, by=SYSTEM, now=sunday)

    assert (days_of(db, town.lan), days_of(db, town.party)) == ([], [])
    assert [change.kind for change in rosters.revision(db, roster).changes] == ["added"]


def test_a_swap_across_the_border_of_what_is_urgent_is_published_whole(db, town, now, roster):
    monday, friday = at(db, town.outlet, MONDAY), at(db, town.outlet, date(2026, 3, 6))
    assignments.seat(db, friday, town.party, by=SYSTEM, now=now)
    rosters.publish(db, roster, by=SYSTEM, now=now)
    sunday = now + timedelta(hours=24)
    drop = {"target": Slot(friday, 1), "source": Slot(monday, 1), "override": "互换"}
    assignments.drop(db, roster, **drop, by=SYSTEM, now=sunday)

    rosters.publish(db, roster, urgent=True, by=SYSTEM, now=sunday)

    assert (days_of(db, town.lan), days_of(db, town.party)) == (["2026-03-06"], [MONDAY.isoformat()])
    assert rosters.revision(db, roster).seats == []


def test_everybody_concerned_gets_one_message_with_what_changed_for_them(db, town, now, roster):
    monday, tuesday = at(db, town.outlet, MONDAY), at(db, town.outlet, TUESDAY)
    update(db, "person", town.party, lang="en")
    assignments.move(db, seated(db, monday), tuesday, by=SYSTEM, now=now)
    assignments.seat(db, monday, town.party, by=SYSTEM, now=now)

    assert rosters.publish(db, roster, note="周一改为您", base_url=BASE, by=CHEN, now=now) == 2
    assert letters(db) == [
        ("兰草", "published", ["＋ 3月2日 周一 08:30–17:00 江北支行（厅堂服务）"]),
        ("吕莉", "changed", ["+ Mon 2 Mar 08:30–17:00, 江北支行 (Lobby service)"]),
        (
            "兰草",
            "changed",
            [
                "－ 取消：3月2日 周一 08:30–17:00 江北支行（厅堂服务）",
                "＋ 改为：3月3日 周二 08:30–17:00 江北支行（厅堂服务）",
            ],
        ),
    ]


def test_nobody_is_told_of_what_is_over_nor_without_an_address(db, town, now):
    roster_id = builders.drafted(db, town, now)
    update(db, "person", town.party, email="")
    for day, person_id in ((MONDAY, town.lan), (date(2026, 3, 20), town.party)):
        assignments.seat(db, at(db, town.outlet, day), person_id, by=SYSTEM, now=now)

    told = rosters.publish(db, roster_id, base_url=BASE, by=CHEN, now=datetime(2026, 3, 10, tzinfo=UTC))

    assert (told, value(db, "SELECT COUNT(*) FROM outbox")) == (0, 0)


def test_a_change_that_breaks_a_fact_is_refused_and_older_troubles_hold_up_nothing(db, town, now, roster):
    away = datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 3, tzinfo=UTC)
    people.add_away(db, town.lan, kind="sick", starts_at=away[0], ends_at=away[1], by=SYSTEM, now=now)
    assignments.seat(db, at(db, town.outlet, TUESDAY), town.party, by=SYSTEM, now=now)
    rosters.publish(db, roster, by=SYSTEM, now=now)

    assignments.seat(db, at(db, town.outlet, date(2026, 3, 4)), town.party, by=SYSTEM, now=now)
    update(db, "person", town.party, party=0)
    with pytest.raises(Conflict, match="breach_not_eligible"):
        rosters.publish(db, roster, by=SYSTEM, now=now)
    assert days_of(db, town.party) == ["2026-03-03"]


def test_a_persons_gain_and_loss_are_one_move_and_a_slot_names_who_follows(db, town, now, roster):
    monday, tuesday = at(db, town.outlet, MONDAY), at(db, town.outlet, TUESDAY)
    assignments.move(db, seated(db, monday), tuesday, by=SYSTEM, now=now)
    assignments.seat(db, monday, town.party, by=SYSTEM, now=now)

    found = rosters.revision(db, roster)

    kinds = {change.person["person"]: (change.kind, change.follower) for change in found.changes}
    assert kinds == {"兰草": ("moved", "吕莉"), "吕莉": ("added", "")}
    assert [(r.seat["day"], r.old, r.new) for r in found.replacements] == [
        ("2026-03-02", "兰草", "吕莉"),
        ("2026-03-03", "", "兰草"),
    ]
    assert (found.people, found.places, found.count("moved")) == (2, 1, 1)


def test_a_place_page_shows_what_was_published(db, town, now, roster):
    assignments.release(db, seated(db, at(db, town.outlet, MONDAY)), by=SYSTEM, now=now)

    assert duties.coming_at(db, town.outlet, now=now)[0]["who"] == ["兰草"]
