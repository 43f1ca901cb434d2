"""One change that takes effect at once; which steps a publication takes along, however fast they follow one another."""

from __future__ import annotations

from contextlib import closing
from datetime import date

import pytest

from scheduler import assignments, backups, database, rosters
from scheduler.assignments import Slot
from scheduler.audit import Actor
from scheduler.database import insert, rows
from scheduler.errors import Conflict
from tests import builders
from tests.builders import MARCH
from tests.calendars import BASE
from tests.conftest import SHANGHAI
from tests.test_first_release import first_release  # noqa: F401
from tests.test_rosters import shift_on

MONDAY, TUESDAY, WEDNESDAY = (date(2026, 3, day) for day in (2, 3, 4))


@pytest.fixture
def lili(town):
    return Actor(town.party, "吕莉")


@pytest.fixture
def roster(db, town, now, lili):
    """March: 兰草 stands Monday at the outlet, 吕莉 Tuesday; published."""
    roster_id = builders.drafted(db, town, now)
    for day, person in ((MONDAY, town.lan), (TUESDAY, town.party)):
        assignments.seat(db, shift_on(db, town.outlet, day), person, by=lili, now=now)
    rosters.publish(db, roster_id, base_url=BASE, by=lili, now=now)
    return roster_id


def slot(db, town, day):
    return Slot(shift_on(db, town.outlet, day), 1)


def at_once(db, roster_id, slot, now, **more):
    return rosters.publish(db, roster_id, only=(slot.shift_id, slot.number), base_url=BASE, now=now, **more)


def days_of(db, person_id):
    return [duty["day"] for duty in assignments.duties_of(db, person_id, *MARCH)]


class TestAtOnce:
    def test_only_the_slots_change_is_published_and_told(self, db, town, now, lili, roster):
        monday, wednesday = slot(db, town, MONDAY), slot(db, town, WEDNESDAY)
        assignments.drop(db, roster, target=None, source=monday, by=lili, now=now)
        assignments.drop(db, roster, target=wednesday, person_id=town.party, by=lili, now=now)

        assert at_once(db, roster, monday, now, by=lili) == 1
        assert days_of(db, town.lan) == []
        assert days_of(db, town.party) == [TUESDAY.isoformat()]
        assert len(rosters.revision(db, roster).seats) == 1

    def test_a_swap_goes_whole(self, db, town, now, lili, roster):
        monday, tuesday = slot(db, town, MONDAY), slot(db, town, TUESDAY)
        assignments.drop(db, roster, target=tuesday, source=monday, by=lili, now=now)

        assert at_once(db, roster, monday, now, by=lili) == 2
        assert (days_of(db, town.lan), days_of(db, town.party)) == ([TUESDAY.isoformat()], [MONDAY.isoformat()])
        assert rosters.revision(db, roster).seats == []

    def test_where_nothing_waits_there_is_nothing_to_publish(self, db, town, now, lili, roster):
        assignments.drop(db, roster, target=None, source=slot(db, town, TUESDAY), by=lili, now=now)

        with pytest.raises(Conflict, match="nothing_to_publish"):
            at_once(db, roster, slot(db, town, MONDAY), now, by=lili)

    def test_a_draft_is_published_as_a_whole(self, db, town, now, lili):
        draft = builders.drafted(db, town, now)
        assignments.drop(db, draft, target=slot(db, town, MONDAY), person_id=town.lan, by=lili, now=now)

        with pytest.raises(Conflict, match="roster_is_not_published"):
            at_once(db, draft, slot(db, town, MONDAY), now, by=lili)

    def test_another_version_than_the_one_looked_at_is_refused(self, db, town, now, lili, roster):
        version = rosters.version_of(db, roster)
        assignments.drop(db, roster, target=None, source=slot(db, town, MONDAY), by=lili, now=now)

        with pytest.raises(Conflict, match="roster_changed"):
            at_once(db, roster, slot(db, town, MONDAY), now, by=lili, version=version)


class TestSteps:
    """All of it within one second: `now` does not move."""

    def test_what_went_with_a_publication_is_not_undone_within_its_second(self, db, town, now, lili, roster):
        with pytest.raises(Conflict, match="step_is_published"):
            rosters.undo(db, roster, rosters.history(db, roster)[0]["id"], by=lili, now=now)

    def test_what_followed_within_the_second_is(self, db, town, now, lili, roster):
        assignments.drop(db, roster, target=None, source=slot(db, town, MONDAY), by=lili, now=now)

        assert rosters.undo(db, roster, by=lili, now=now)["act"] == "release"
        assert [row["is_published"] for row in rosters.history(db, roster)] == [0, 1, 1]

    def test_what_was_not_published_at_once_can_still_be_undone(self, db, town, now, lili, roster):
        monday, wednesday = slot(db, town, MONDAY), slot(db, town, WEDNESDAY)
        assignments.drop(db, roster, target=wednesday, person_id=town.party, by=lili, now=now)
        assignments.drop(db, roster, target=None, source=monday, by=lili, now=now)
        at_once(db, roster, monday, now, by=lili)

        released, seated = rosters.history(db, roster)[:2]
        with pytest.raises(Conflict, match="step_is_published"):
            rosters.undo(db, roster, released["id"], by=lili, now=now)
        assert rosters.undo(db, roster, seated["id"], by=lili, now=now)["act"] == "seat"

    def test_what_was_undone_before_and_done_again_after_is_not_published(self, db, town, now, lili, roster):
        assignments.drop(db, roster, target=None, source=slot(db, town, TUESDAY), by=lili, now=now)
        other = Actor(town.head, "何远山")
        assignments.drop(db, roster, target=slot(db, town, WEDNESDAY), person_id=town.party, by=other, now=now)
        rosters.undo(db, roster, by=other, now=now)
        rosters.publish(db, roster, base_url=BASE, by=lili, now=now)

        rosters.redo(db, roster, by=other, now=now)

        assert rosters.undo(db, roster, by=other, now=now)["act"] == "seat"


@pytest.mark.usefixtures("first_release")
def test_steps_of_the_first_release_went_with_the_publication_after_them(settings, now):
    with closing(database.connect(settings.database, SHANGHAI)) as db:
        for number, at in enumerate(("2026-02-28T00:59:59Z", "2026-02-28T01:00:00Z", "2026-02-28T01:00:01Z"), 90):
            insert(db, "step", id=number, roster_id=1, act="seat", at=at, actor="吕莉", before="{}", after="{}")

    with closing(backups.opened(settings, now=now)) as db:
        found = rows(db, "SELECT id, version_id FROM step WHERE id >= 90 ORDER BY id")
    assert [row["version_id"] for row in found] == [1, None, None]
