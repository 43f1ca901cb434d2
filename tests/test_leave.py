"""Leave that is asked for: by rule or by a coordinator, once, with what it meets told to whom it concerns."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from scheduler import accounts, assignments, clock, database, leave, migrations, people, rosters
from scheduler.audit import SYSTEM
from scheduler.database import insert, one, rows, run, update, value, write
from scheduler.errors import Conflict, Invalid, NotFound
from tests import builders

BASE = "https://duty.branch.example"
TUESDAY = date(2026, 3, 3)


@pytest.fixture
def coordinator(db, town, now):
    """吕莉 coordinates the branch."""
    accounts.grant(db, town.party, "coordinator", town.branch, by=SYSTEM, now=now)
    return accounts.actor(db, town.party)


@pytest.fixture
def lan(db, town):
    return accounts.actor(db, town.lan)


def span(db, first=TUESDAY, days=1, starts=time(0), ends=None):
    begins = clock.midnight(first, db.zone) + timedelta(hours=starts.hour)
    if ends is not None:
        return {"starts_at": begins, "ends_at": clock.midnight(first, db.zone) + timedelta(hours=ends.hour)}
    return {"starts_at": begins, "ends_at": clock.midnight(first + timedelta(days=days), db.zone)}


def ask(db, by, now, kind="leave", note="", **when):
    return leave.ask(db, by.person_id, kind=kind, note=note, base_url=BASE, by=by, now=now, **span(db, **when))


def request(db):
    return one(db, "SELECT id, state, is_by_rule, decided_by, reason, away_id FROM leave_request ORDER BY id DESC")


def state_of(db):
    return request(db)["state"]


def aways(db):
    return rows(db, "SELECT person_id, kind FROM away ORDER BY id")


def messages(db):
    return rows(db, "SELECT kind, person_id, subject, body FROM outbox WHERE kind LIKE 'leave%' ORDER BY id")


class TestAsking:
    def test_what_is_asked_for_waits_and_forbids_nothing_yet(self, db, town, now, lan):
        assert ask(db, lan, now) == "asked"
        assert aways(db) == []

    def test_illness_of_up_to_three_days_needs_no_decision(self, db, town, now, lan):
        assert ask(db, lan, now, kind="sick", days=3) == "approved"
        assert aways(db) == [{"person_id": town.lan, "kind": "sick"}]
        assert request(db)["is_by_rule"] == 1

    def test_a_day_more_does(self, db, town, now, lan):
        assert ask(db, lan, now, kind="sick", days=4) == "asked"

    def test_single_days_side_by_side_are_counted_together(self, db, town, now, lan):
        states = [ask(db, lan, now, kind="sick", first=TUESDAY + timedelta(days=at)) for at in range(4)]

        assert states == ["approved"] * 3 + ["asked"]

    def test_two_halves_of_a_day_are_one_day(self, db, town, now, lan):
        assert ask(db, lan, now, kind="other", starts=time(8), ends=time(12)) == "approved"
        assert ask(db, lan, now, kind="other", starts=time(14), ends=time(18)) == "approved"

    def test_what_a_coordinator_approved_is_not_counted(self, db, town, now, lan, coordinator):
        ask(db, lan, now, kind="sick", days=4)
        leave.approve(db, request(db)["id"], base_url=BASE, by=coordinator, now=now)

        assert ask(db, lan, now, kind="sick", first=date(2026, 3, 9)) == "approved"

    def test_illness_of_last_season_is_not_counted(self, db, town, now, lan):
        ask(db, lan, now, kind="sick", days=3)

        assert ask(db, lan, now, kind="sick", first=TUESDAY + timedelta(days=40), days=3) == "approved"

    def test_what_overlaps_with_a_time_away_is_refused(self, db, town, now, lan):
        people.add_away(db, town.lan, kind="travel", by=SYSTEM, now=now, **span(db))

        with pytest.raises(Conflict) as refused:
            ask(db, lan, now, starts=time(8), ends=time(12))

        assert (refused.value.code, refused.value.problems[0].facts["away_kind"]) == ("already_away", "travel")

    def test_what_overlaps_with_what_waits_is_refused(self, db, town, now, lan):
        ask(db, lan, now)

        with pytest.raises(Conflict) as refused:
            ask(db, lan, now, kind="sick")

        assert refused.value.code == "leave_already_asked"

    def test_a_morning_and_an_afternoon_do_not_overlap(self, db, town, now, lan):
        ask(db, lan, now, starts=time(8), ends=time(12))

        assert ask(db, lan, now, starts=time(12), ends=time(18)) == "asked"

    @pytest.mark.parametrize(
        ("first", "days", "code"),
        [(date(2026, 2, 20), 1, "leave_is_over"), (TUESDAY, 367, "leave_too_long"), (TUESDAY, 0, "end_before_start")],
    )
    def test_a_time_that_makes_no_sense_is_refused(self, db, town, now, lan, first, days, code):
        with pytest.raises(Invalid) as refused:
            ask(db, lan, now, first=first, days=days)

        assert refused.value.code == code
        assert value(db, "SELECT COUNT(*) FROM leave_request") == 0

    def test_of_today_one_may_still_fall_ill(self, db, town, now, lan):
        assert ask(db, lan, now, kind="sick", first=date(2026, 2, 28)) == "approved"


class TestDeciding:
    def test_an_approval_makes_it_a_fact_and_the_person_is_told(self, db, town, now, lan, coordinator):
        ask(db, lan, now)

        leave.approve(db, request(db)["id"], base_url=BASE, by=coordinator, now=now)

        assert aways(db) == [{"person_id": town.lan, "kind": "leave"}]
        assert (state_of(db), request(db)["decided_by"]) == ("approved", "吕莉")
        assert [(m["kind"], m["person_id"]) for m in messages(db)] == [
            ("leave_asked", town.party),
            ("leave_decided", town.lan),
        ]

    def test_a_refusal_gives_its_reason_and_leaves_the_person_free(self, db, town, now, lan, coordinator):
        ask(db, lan, now)

        leave.decline(db, request(db)["id"], reason="月末人手不够", base_url=BASE, by=coordinator, now=now)

        assert (state_of(db), aways(db)) == ("declined", [])
        assert "月末人手不够" in messages(db)[-1]["body"]

    def test_a_refusal_without_a_reason_is_none(self, db, town, now, lan, coordinator):
        ask(db, lan, now)

        with pytest.raises(Invalid):
            leave.decline(db, request(db)["id"], reason=" ", base_url=BASE, by=coordinator, now=now)

        assert state_of(db) == "asked"

    def test_a_second_decision_is_told_who_took_the_first(self, db, town, now, lan, coordinator):
        ask(db, lan, now)
        leave.approve(db, request(db)["id"], base_url=BASE, by=coordinator, now=now)

        with pytest.raises(Conflict) as refused:
            leave.decline(db, request(db)["id"], reason="不行", base_url=BASE, by=SYSTEM, now=now)

        assert refused.value.problems[0].facts == {"who": "吕莉", "leave_request": "approved"}
        assert state_of(db) == "approved"

    def test_what_was_noted_since_stands_against_an_approval(self, db, town, now, lan, coordinator):
        ask(db, lan, now)
        people.add_away(db, town.lan, kind="travel", by=SYSTEM, now=now, **span(db))

        with pytest.raises(Conflict):
            leave.approve(db, request(db)["id"], base_url=BASE, by=coordinator, now=now)

        assert (state_of(db), aways(db)) == ("asked", [{"person_id": town.lan, "kind": "travel"}])

    def test_of_ten_decisions_at_once_one_counts(self, tmp_path, now):
        path, zone = tmp_path / "race.sqlite3", ZoneInfo("Asia/Shanghai")
        db = database.connect(path, zone)
        database.migrate(db)
        town = builders.town(db, now)
        ask(db, accounts.actor(db, town.lan), now)
        request_id, told = request(db)["id"], []

        def decide(at):
            own = database.connect(path, zone)
            try:
                if at % 2:
                    leave.approve(own, request_id, base_url=BASE, by=SYSTEM, now=now)
                else:
                    leave.decline(own, request_id, reason="不行", base_url=BASE, by=SYSTEM, now=now)
                told.append("done")
            except Conflict as refusal:
                told.append(refusal.code)
            finally:
                own.close()

        racing = [threading.Thread(target=decide, args=(at,)) for at in range(10)]
        for thread in racing:
            thread.start()
        for thread in racing:
            thread.join()

        assert sorted(told) == ["done"] + ["leave_is_decided"] * 9
        assert len(aways(db)) == (state_of(db) == "approved")
        db.close()


class TestOnesOwn:
    """Nobody approves their own leave, nor notes it as approved."""

    def test_another_coordinator_decides(self, db, town, now, coordinator):
        accounts.grant(db, town.head, "administrator", town.branch, by=SYSTEM, now=now)
        ask(db, coordinator, now)

        with pytest.raises(Conflict) as refused:
            leave.approve(db, request(db)["id"], base_url=BASE, by=coordinator, now=now)

        assert refused.value.problems[0].facts == {"who": "何远山"}
        assert state_of(db) == "asked"
        assert [m["person_id"] for m in messages(db)] == [town.head]
        leave.approve(db, request(db)["id"], base_url=BASE, by=accounts.actor(db, town.head), now=now)
        assert state_of(db) == "approved"

    def test_where_there_is_nobody_else_it_is_said(self, db, town, now, coordinator):
        ask(db, coordinator, now)

        with pytest.raises(Conflict, match="leave_is_ones_own_alone"):
            leave.approve(db, request(db)["id"], base_url=BASE, by=coordinator, now=now)

    def test_it_is_not_noted_as_approved_either(self, db, town, now, coordinator):
        with pytest.raises(Conflict, match="leave_is_ones_own"):
            leave.note(db, town.party, kind="leave", base_url=BASE, by=coordinator, now=now, **span(db))

        leave.note(db, town.lan, kind="leave", base_url=BASE, by=coordinator, now=now, **span(db))
        assert aways(db) == [{"person_id": town.lan, "kind": "leave"}]


class TestWithdrawing:
    def test_what_waits_is_taken_back(self, db, town, now, lan):
        ask(db, lan, now)

        leave.withdraw(db, request(db)["id"], by=lan, now=now)

        assert state_of(db) == "withdrawn"

    def test_what_was_approved_is_no_fact_any_more(self, db, town, now, lan):
        ask(db, lan, now, kind="sick")

        leave.withdraw(db, request(db)["id"], by=lan, now=now)

        assert (state_of(db), aways(db)) == ("withdrawn", [])

    def test_what_has_begun_is_the_coordinators(self, db, town, now, lan):
        ask(db, lan, now, kind="sick")

        with pytest.raises(Conflict) as refused:
            leave.withdraw(db, request(db)["id"], by=lan, now=now + timedelta(days=3))

        assert (refused.value.code, len(aways(db))) == ("leave_has_begun", 1)

    def test_nobody_takes_back_somebody_elses(self, db, town, now, lan):
        ask(db, lan, now)

        with pytest.raises(NotFound):
            leave.withdraw(db, request(db)["id"], by=accounts.actor(db, town.min), now=now)

        assert state_of(db) == "asked"

    def test_it_cannot_be_decided_afterwards(self, db, town, now, lan, coordinator):
        ask(db, lan, now)
        leave.withdraw(db, request(db)["id"], by=lan, now=now)

        with pytest.raises(Conflict) as refused:
            leave.approve(db, request(db)["id"], base_url=BASE, by=coordinator, now=now)

        assert refused.value.problems[0].facts["who"] == "兰草"

    def test_a_coordinator_who_takes_the_fact_back_takes_the_leave_back(self, db, town, now, lan, coordinator):
        ask(db, lan, now, kind="sick")

        people.remove_away(db, request(db)["away_id"], by=coordinator, now=now)

        assert (state_of(db), request(db)["away_id"]) == ("withdrawn", None)


class TestMeetingADuty:
    @pytest.fixture
    def roster_id(self, db, town, now):
        return builders.published(db, town, now)

    def seated(self, db, town):
        """The first duty of 兰草."""
        return one(
            db,
            """
            SELECT shift.day, place.name AS place, assignment.id AS assignment_id, shift.roster_id
            FROM assignment
            JOIN shift ON shift.id = assignment.shift_id
            JOIN place ON place.id = shift.place_id
            WHERE person_id = :person_id AND assignment.state = 'planned'
            ORDER BY assignment.starts_at
            """,
            person_id=town.lan,
        )

    def test_the_list_says_which_duties_it_would_hit(self, db, town, now, lan, roster_id):
        duty = self.seated(db, town)
        ask(db, lan, now, first=date.fromisoformat(duty["day"]))

        (waiting,) = leave.waiting(db, [town.branch], now=now)

        assert [(met["day"], met["place"]) for met in waiting["met"]] == [(duty["day"], duty["place"])]

    def test_a_draft_is_not_hit(self, db, town, now, lan):
        roster_id = builders.drafted(db, town, now)
        rosters.fill(db, roster_id, by=SYSTEM, now=now)
        ask(db, lan, now, first=date.fromisoformat(self.seated(db, town)["day"]))

        assert leave.waiting(db, [town.branch], now=now)[0]["met"] == []

    def test_illness_that_meets_a_published_duty_is_told_to_the_coordinator_once(
        self, db, town, now, lan, coordinator, roster_id
    ):
        duty = self.seated(db, town)

        ask(db, lan, now, kind="sick", first=date.fromisoformat(duty["day"]))

        (message,) = messages(db)
        assert (message["person_id"], duty["place"] in message["body"]) == (town.party, True)
        assert f"{BASE}/rosters/{roster_id}/mend" in message["body"]

    def test_illness_that_meets_nothing_is_told_to_nobody(self, db, town, now, lan, coordinator, roster_id):
        ask(db, lan, now, kind="sick", first=date(2026, 5, 5))

        assert messages(db) == []

    def test_an_approval_does_not_tell_the_other_coordinator_again(self, db, town, now, lan, coordinator, roster_id):
        accounts.grant(db, town.bo, "coordinator", town.branch, by=SYSTEM, now=now)
        ask(db, lan, now, first=date.fromisoformat(self.seated(db, town)["day"]))

        leave.approve(db, request(db)["id"], base_url=BASE, by=coordinator, now=now)

        assert [m["person_id"] for m in messages(db) if m["kind"] != "leave_decided"] == [town.party, town.bo]

    def test_the_nearest_coordinators_are_told_and_no_others(self, db, town, now, lan, coordinator):
        accounts.grant(db, town.bo, "coordinator", town.office, by=SYSTEM, now=now)

        ask(db, lan, now)

        assert [m["person_id"] for m in messages(db)] == [town.bo]

    def test_who_coordinates_is_not_told_of_their_own(self, db, town, now, coordinator):
        accounts.grant(db, town.bo, "coordinator", town.branch, by=SYSTEM, now=now)

        ask(db, coordinator, now)

        assert [m["person_id"] for m in messages(db)] == [town.bo]

    def test_where_nobody_coordinates_an_administrator_is_told(self, db, town, now, lan):
        accounts.grant(db, town.head, "administrator", town.branch, by=SYSTEM, now=now)

        ask(db, lan, now)

        assert [m["person_id"] for m in messages(db)] == [town.head]

    def test_the_reason_that_somebody_gave_is_in_no_message(self, db, town, now, lan, coordinator):
        ask(db, lan, now, note="手术复查")

        assert "手术" not in messages(db)[0]["body"] + messages(db)[0]["subject"]

    def test_the_board_marks_the_duty_once_it_is_a_fact(self, db, town, now, lan, coordinator, roster_id):
        duty = self.seated(db, town)
        ask(db, lan, now, first=date.fromisoformat(duty["day"]))

        assert self.marks(db, roster_id, duty) == ["asked"]

        leave.approve(db, request(db)["id"], base_url=BASE, by=coordinator, now=now)

        assert self.marks(db, roster_id, duty) == ["away"]

    def marks(self, db, roster_id, duty):
        board = rosters.board(db, roster_id)
        slots = [s for group in board.groups for line in group.lines for cell in line.cells for s in cell]
        return next(s["marks"] for s in slots if s.get("assignment_id") == duty["assignment_id"])

    def test_a_candidate_who_asked_for_leave_is_shown_as_such(self, db, town, now, lan):
        roster_id = builders.drafted(db, town, now)
        ask(db, lan, now)
        shift_id = value(db, "SELECT id FROM shift WHERE roster_id = :id AND day = '2026-03-03'", id=roster_id)

        able = rosters.candidates(db, shift_id, 1).able

        assert {row["person"]: row["waiting"] for row in able} == {"兰草": "leave", "吕莉": None}


class TestLastDay:
    """Who leaves is seated on no night that outlasts their last day: a hand, the engine and the review agree."""

    @pytest.fixture
    def night(self, db, town, now):
        """The night that begins on the last day of 兰草 and ends on the morning after."""
        builders.template(
            db, now, town.branch, [town.outlet], name="夜间值守", days="every", starts=time(20), ends=time(8, 30),
            party=True, roles=["staff"],
        )  # fmt: skip
        update(db, "person", town.lan, left_on="2026-03-10")
        self.roster_id = builders.drafted(db, town, now)
        return self.shift(db, "2026-03-10")

    def shift(self, db, day):
        sql = "SELECT id FROM shift WHERE roster_id = :id AND day = :day AND starts_at LIKE '%T12:%'"
        return value(db, sql, id=self.roster_id, day=day)

    def test_a_hand_is_refused(self, db, town, now, night):
        with pytest.raises(Conflict) as refused:
            assignments.seat(db, night, town.lan, by=SYSTEM, now=now)

        assert refused.value.code == "leaves_before_the_end"

    def test_the_night_before_is_theirs(self, db, town, now, night):
        assert assignments.seat(db, self.shift(db, "2026-03-09"), town.lan, by=SYSTEM, now=now) > 0
        assert [found for found in rosters.breaches(db, self.roster_id) if found.blocks] == []

    def test_the_candidates_say_that_they_have_left(self, db, town, now, night):
        unable = rosters.candidates(db, night, 1).unable

        told = next(row["detail"] for row in unable if row["person"] == "兰草")
        assert told == {"cause": "has_left", "day": date(2026, 3, 10)}

    def test_a_duty_of_before_is_named_among_those_that_they_cannot_stand(self, db, town, now):
        builders.template(
            db, now, town.branch, [town.outlet], name="夜间值守", days="every", starts=time(20), ends=time(8, 30),
            party=True, roles=["staff"],
        )  # fmt: skip
        self.roster_id = builders.drafted(db, town, now)
        assignments.seat(db, self.shift(db, "2026-03-10"), town.lan, by=SYSTEM, now=now)
        rosters.publish(db, self.roster_id, by=SYSTEM, now=now)

        assert people.duties_met(db, town.lan) == []

        update(db, "person", town.lan, left_on="2026-03-10")
        assert [duty["day"] for duty in people.duties_met(db, town.lan)] == ["2026-03-10"]


class TestRules:
    def test_an_organisation_sets_its_own(self, db, town, now, lan):
        changed = leave.set_rules(db, town.branch, {"leave": 2, "sick": 0}, version=0, by=SYSTEM, now=now)

        assert changed == ["leave", "sick"]
        assert ask(db, lan, now, days=2) == "approved"
        assert ask(db, lan, now, kind="sick", first=date(2026, 3, 10)) == "asked"

    def test_they_are_one_for_a_whole_tree(self, db, town, now):
        with pytest.raises(Conflict) as refused:
            leave.set_rules(db, town.office, {"leave": 2}, version=0, by=SYSTEM, now=now)

        assert refused.value.code == "rules_are_of_the_top"
        assert leave.rules(db, town.office)["days"] == leave.DEFAULTS

    def test_a_stale_version_is_refused(self, db, town, now):
        leave.set_rules(db, town.branch, {"leave": 2}, version=0, by=SYSTEM, now=now)

        with pytest.raises(Conflict) as refused:
            leave.set_rules(db, town.branch, {"leave": 3}, version=0, by=SYSTEM, now=now)

        assert refused.value.code == "stale"

    @pytest.mark.parametrize("days", [-1, 367])
    def test_days_are_bounded(self, db, town, now, days):
        with pytest.raises(Invalid):
            leave.set_rules(db, town.branch, {"leave": days}, version=0, by=SYSTEM, now=now)


class TestSchema:
    def test_a_time_away_of_before_is_a_fact_as_it_was(self, now):
        db = database.connect(":memory:", ZoneInfo("Asia/Shanghai"))
        following = [step.name for step in migrations.STEPS._migrations if step.name != "first_month"]
        migrations.STEPS.apply(db, stop_before=following)
        with write(db):
            insert(db, "unit", id=1, name="巴中市分行", kind="branch")
            insert(
                db,
                "person",
                id=1,
                key="k",
                staff_no="0001",
                name="何远山",
                unit_id=1,
                role="head",
                joined_on="2020-01-01",
            )
            insert(
                db, "away", person_id=1, kind="sick", starts_at="2026-03-02T16:00:00Z", ends_at="2026-03-03T16:00:00Z"
            )

        database.migrate(db)

        (held,) = leave.of_person(db, 1, since=datetime(2026, 1, 1, tzinfo=UTC))
        assert (held["state"], held["kind"], held["request_id"]) == ("approved", "sick", None)
        db.close()

    def test_an_approval_without_a_fact_cannot_be_stored(self, db, town, now, lan):
        ask(db, lan, now)

        with pytest.raises(database.IntegrityError), write(db):
            update(db, "leave_request", request(db)["id"], state="approved", decided_at="2026-03-01T00:00:00Z")

    def test_what_was_declined_is_never_asked_again(self, db, town, now, lan, coordinator):
        ask(db, lan, now)
        leave.decline(db, request(db)["id"], reason="不行", base_url=BASE, by=coordinator, now=now)

        with pytest.raises(database.IntegrityError, match="leave_is_settled"), write(db):
            run(db, "UPDATE leave_request SET state = 'asked', decided_at = NULL")
