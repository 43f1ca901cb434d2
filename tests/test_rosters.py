"""A period's roster: drafted, filled by the engine, published, closed."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from scheduler import assignments, clock, people, quotas, rosters, rotation
from scheduler.audit import SYSTEM, Actor, history
from scheduler.config import Duty
from scheduler.database import insert, one, rows, run, update, value, write
from scheduler.errors import Conflict, Invalid, NotFound
from scheduler.rosters.targets import fair_targets, pour
from scheduler.wording import sentences
from tests import builders
from tests.builders import MARCH


def draft(db, town, now, first=MARCH[0], last=MARCH[1]):
    return rosters.draft(db, unit_id=town.branch, starts_on=first, ends_on=last, by=SYSTEM, now=now)


def fill(db, roster_id, now):
    rosters.fill(db, roster_id, by=SYSTEM, now=now)
    return rosters.roster(db, roster_id)


def shift_on(db, place_id, day):
    return value(db, "SELECT id FROM shift WHERE place_id = :place_id AND day = :day", place_id=place_id, day=str(day))


def seats_of(db, roster_id):
    return rows(
        db,
        """
        SELECT shift.day, place_id, slot, person_id, fixed
        FROM shift JOIN assignment ON assignment.shift_id = shift.id AND assignment.state <> 'released'
        WHERE roster_id = :roster_id ORDER BY shift.day, place_id, slot
        """,
        roster_id=roster_id,
    )


def away(db, now, person_id, first, days=1):
    starts_at = clock.midnight(first, db.zone)
    ends_at = clock.midnight(first + timedelta(days=days), db.zone)
    people.add_away(db, person_id, kind="leave", starts_at=starts_at, ends_at=ends_at, by=SYSTEM, now=now)


class TestDraft:
    def test_takes_the_shifts_that_the_templates_ask_for(self, db, town, now):
        roster = rosters.roster(db, draft(db, town, now))

        assert (roster["state"], roster["shifts"], roster["slots"], roster["filled"]) == ("draft", 24, 28, 0)
        assert value(db, "SELECT COUNT(*) FROM shift WHERE roster_id IS NULL") == 0

    def test_takes_nothing_of_other_units_or_days(self, db, town, now):
        other = builders.unit(db, now, "电信公司")
        builders.template(db, now, other, [builders.place(db, now, other, "代办点")])
        rosters.draft(db, unit_id=other, starts_on=MARCH[0], ends_on=MARCH[1], by=SYSTEM, now=now)

        roster_id = draft(db, town, now, MARCH[0], date(2026, 3, 8))

        found = rows(db, "SELECT DISTINCT unit_id, day FROM shift WHERE roster_id = :id ORDER BY day", id=roster_id)
        assert {row["unit_id"] for row in found} == {town.branch}
        assert (found[0]["day"], found[-1]["day"]) == ("2026-03-02", "2026-03-07")

    def test_refuses_a_period_that_touches_another_roster_of_the_unit(self, db, town, now):
        draft(db, town, now)

        with pytest.raises(Conflict) as refusal:
            draft(db, town, now, date(2026, 3, 29), date(2026, 4, 10))

        assert sentences(refusal.value, "zh") == [
            "巴中市分行已有 3月2日 周一 至 3月29日 周日 的排班表（草稿），时间不能重叠。"
        ]
        assert draft(db, town, now, date(2026, 3, 30), date(2026, 4, 10)) > 0

    @pytest.mark.parametrize(
        ("unit", "last", "code", "field"),
        [
            (None, date(2026, 3, 1), "end_before_start", "ends_on"),
            (None, date(2026, 6, 2), "period_too_long", "ends_on"),
            (999, date(2026, 3, 29), "unknown_unit", "unit_id"),
        ],
    )
    def test_refuses_bad_input_at_its_field(self, db, town, now, unit, last, code, field):
        with pytest.raises(Invalid) as refusal:
            rosters.draft(db, unit_id=unit or town.branch, starts_on=MARCH[0], ends_on=last, by=SYSTEM, now=now)

        assert [(problem.code, problem.field) for problem in refusal.value.problems] == [(code, field)]
        assert value(db, "SELECT COUNT(*) FROM roster") == 0

    def test_takes_new_shifts_later_without_touching_the_old(self, db, town, now):
        roster_id = draft(db, town, now)
        fill(db, roster_id, now)
        before = seats_of(db, roster_id)
        builders.template(db, now, town.branch, [builders.place(db, now, town.branch, "江南支行")], party=True)

        taken = rosters.take_shifts(db, roster_id, by=SYSTEM, now=now)

        assert taken == 20
        assert seats_of(db, roster_id) == before

    def test_lists_the_rosters_of_a_unit_and_those_below(self, db, town, now):
        other = builders.unit(db, now, "电信公司")
        rosters.draft(db, unit_id=other, starts_on=MARCH[0], ends_on=MARCH[1], by=SYSTEM, now=now)
        rosters.draft(db, unit_id=town.office, starts_on=MARCH[0], ends_on=MARCH[1], by=SYSTEM, now=now)
        draft(db, town, now, date(2026, 3, 30), date(2026, 4, 12))

        assert [row["unit"] for row in rosters.within(db, [town.branch])] == ["巴中市分行", "办公室"]
        assert [row["unit"] for row in rosters.within(db, [other])] == ["电信公司"]
        assert rosters.within(db, []) == []


class TestFill:
    def test_every_slot_is_filled_and_nothing_is_broken(self, db, town, now):
        roster = fill(db, draft(db, town, now), now)

        assert (roster["filled"], roster["fill_state"], roster["fill_facts"]["unfilled"]) == (28, "done", 0)
        assert roster["fill_version"] == roster["version"]
        assert rosters.breaches(db, roster["id"]) == []

    def test_fixed_seats_stay_and_all_others_are_dealt_again(self, db, town, now):
        roster_id = draft(db, town, now)
        monday, tuesday = (shift_on(db, town.outlet, date(2026, 3, day)) for day in (2, 3))
        kept = assignments.seat(db, monday, town.lan, by=SYSTEM, now=now)
        assignments.fix(db, kept, by=SYSTEM, now=now)
        loose = assignments.seat(db, tuesday, town.lan, by=SYSTEM, now=now)

        fill(db, roster_id, now)

        assert one(db, "SELECT person_id, source FROM assignment WHERE id = :id", id=kept) == {
            "person_id": town.lan,
            "source": "hand",
        }
        assert one(db, "SELECT source FROM assignment WHERE id = :id", id=loose) is None
        assert len(seats_of(db, roster_id)) == 28

    def test_a_fixed_seat_that_breaks_a_rule_stays_and_is_named(self, db, town, now):
        roster_id = draft(db, town, now)
        monday = shift_on(db, town.outlet, MARCH[0])
        kept = assignments.seat(db, monday, town.lan, by=SYSTEM, now=now)
        assignments.fix(db, kept, by=SYSTEM, now=now)
        away(db, now, town.lan, MARCH[0])

        roster = fill(db, roster_id, now)

        assert roster["fill_facts"]["conflicts"] == [
            {"shift_id": monday, "person_id": town.lan, "reason": "leave"},
        ]
        assert [row["person_id"] for row in seats_of(db, roster_id) if row["day"] == "2026-03-02"] == [town.lan]
        assert roster["filled"] == 28

    def test_what_stays_empty_is_told_with_its_causes(self, db, town, now):
        for person_id in (town.party, town.lan):
            away(db, now, person_id, MARCH[0])

        roster = fill(db, draft(db, town, now), now)

        assert roster["fill_facts"]["uncovered"] == [
            {
                "shift_id": shift_on(db, town.outlet, MARCH[0]),
                "missing": 1,
                "reasons": {"party": 2, "role": 2, "leave": 2},
            }
        ]

    def test_a_change_meanwhile_wins_and_nothing_is_written(self, db, town, now):
        roster_id = draft(db, town, now)
        shift_id = shift_on(db, town.outlet, MARCH[0])

        def somebody_seats_lan(stage, _price, _bound):
            if stage == "flow":
                assignments.seat(db, shift_id, town.lan, by=SYSTEM, now=now)

        with pytest.raises(Conflict, match="changed_while_filling"):
            rosters.fill(db, roster_id, by=SYSTEM, now=now, progress=somebody_seats_lan)

        assert [row["person_id"] for row in seats_of(db, roster_id)] == [town.lan]
        assert rosters.roster(db, roster_id)["fill_state"] == "none"

    def test_leave_filed_meanwhile_wins_and_nothing_is_written(self, db, town, now):
        roster_id = draft(db, town, now)

        def lan_and_party_go_away(stage, _price, _bound):
            if stage == "flow":
                away(db, now, town.lan, MARCH[0], days=10)
                away(db, now, town.party, MARCH[0], days=10)

        with pytest.raises(Conflict, match="changed_while_filling"):
            rosters.fill(db, roster_id, by=SYSTEM, now=now, progress=lan_and_party_go_away)

        assert seats_of(db, roster_id) == []

    def test_a_closed_roster_is_not_filled(self, db, town, now):
        roster_id = builders.published(db, town, now)
        update(db, "roster", roster_id, state="closed")

        for act in (rosters.fill, rosters.ask_fill):
            with pytest.raises(Conflict, match="roster_is_closed"):
                act(db, roster_id, by=SYSTEM, now=now)
            with pytest.raises(NotFound):
                act(db, 999, by=SYSTEM, now=now)


class TestFillInTheBackground:
    def test_what_was_asked_for_is_filled_once(self, db, town, now):
        roster_id = draft(db, town, now)

        rosters.ask_fill(db, roster_id, by=SYSTEM, now=now)
        asked = rosters.roster(db, roster_id)["fill_state"]

        assert asked == "asked"
        assert rosters.fill_asked(db, now=now) == 1
        assert rosters.fill_asked(db, now=now) == 0
        assert rosters.roster(db, roster_id)["fill_state"] == "done"

    def test_asking_twice_is_refused(self, db, town, now):
        roster_id = draft(db, town, now)
        rosters.ask_fill(db, roster_id, by=SYSTEM, now=now)

        with pytest.raises(Conflict, match="fill_is_asked_already"):
            rosters.ask_fill(db, roster_id, by=SYSTEM, now=now)

    def test_it_is_filled_in_the_name_of_who_asked(self, db, town, now):
        roster_id = draft(db, town, now)
        rosters.ask_fill(db, roster_id, by=Actor(town.head, "何远山"), now=now)

        rosters.fill_asked(db, now=now)

        assert [(row["act"], row["actor"]) for row in history(db, "roster", roster_id)][:2] == [
            ("fill", "何远山"),
            ("ask_fill", "何远山"),
        ]

    def test_a_fill_that_died_is_picked_up_after_a_quarter_of_an_hour(self, db, town, now):
        roster_id = draft(db, town, now)
        rosters.ask_fill(db, roster_id, by=SYSTEM, now=now)
        update(db, "roster", roster_id, fill_state="running", fill_started_at=clock.to_text(now))

        assert rosters.fill_asked(db, now=now + timedelta(minutes=14)) == 0
        assert rosters.fill_asked(db, now=now + timedelta(minutes=15)) == 1

    def test_a_refusal_is_kept_for_the_page(self, db, town, now):
        roster_id = draft(db, town, now)
        rosters.ask_fill(db, roster_id, by=SYSTEM, now=now)
        update(db, "roster", roster_id, state="closed", published_at=clock.to_text(now))

        assert rosters.fill_asked(db, now=now) == 0
        roster = rosters.roster(db, roster_id)
        assert (roster["fill_state"], roster["fill_facts"]) == ("failed", {"refusal": "roster_is_closed"})


class TestProblem:
    def test_names_people_shifts_and_what_they_ask_for(self, db, town, now):
        problem = rosters.problem(db, draft(db, town, now))

        lobby = next(duty for duty in problem.duties if duty.kind == "lobby")
        assert (lobby.id, lobby.start, lobby.end) == ("S1", datetime(2026, 3, 2, 8, 30), datetime(2026, 3, 2, 17))
        assert lobby.positions[0].requires == rotation.Requirement(party=True, roles=frozenset({"staff"}))
        assert [person.role for person in problem.staff] == ["head", "deputy", "staff", "staff", "staff", "staff"]
        assert (problem.min_rest_minutes, {person.max_per_week for person in problem.staff}) == (660, {3})

    def test_the_organisations_settings_count_and_a_persons_own_cap_before_them(self, db, town, now):
        update(db, "person", town.lan, max_per_week=1)

        problem = rosters.problem(db, draft(db, town, now), duty=Duty(min_rest_hours=8, max_per_week=5))

        assert problem.min_rest_minutes == 480
        assert {person.id: person.max_per_week for person in problem.staff if person.max_per_week != 5} == {
            f"P{town.lan}": 1
        }

    def test_days_before_joining_and_after_leaving_are_no_days_to_stand(self, db, town, now):
        late = builders.person(db, now, town.office, "0008", "新来", joined_on=date(2026, 3, 10))
        gone = builders.person(db, now, town.office, "0009", "老去", left_on=date(2026, 3, 20))
        builders.person(db, now, town.office, "0010", "未来", joined_on=date(2026, 3, 30))

        problem = rosters.problem(db, draft(db, town, now))

        leave = [(i.staff, i.start, i.end) for i in problem.leave]
        assert leave[0] == (f"P{late}", datetime(2026, 3, 2), datetime(2026, 3, 10))
        assert (leave[1][0], leave[1][1]) == (f"P{gone}", datetime(2026, 3, 21))
        assert len(problem.staff) == 8

    def test_duties_of_other_rosters_take_time_and_a_turn_of_the_week(self, db, town, now):
        before = rosters.draft(
            db, unit_id=town.branch, starts_on=date(2026, 2, 16), ends_on=date(2026, 3, 1), by=SYSTEM, now=now
        )
        sunday = night(db, town, before, date(2026, 3, 1), town.lan)
        roster_id = draft(db, town, now)

        problem = rosters.problem(db, roster_id)
        fill(db, roster_id, now)

        assert [(i.staff, i.start) for i in problem.carry_in] == [(f"P{town.lan}", datetime(2026, 3, 1, 20))]
        assert sunday not in {int(duty.id[1:]) for duty in problem.duties}
        monday = [row["person_id"] for row in seats_of(db, roster_id) if row["day"] == "2026-03-02"]
        assert monday == [town.party]

    def test_leaders_visits_are_asked_for_where_the_roster_has_any(self, db, town, now):
        given = {"unit_id": town.branch, "role": "deputy", "least": 2, "starts_on": date(2026, 1, 1)}
        quotas.add(db, activity="community", by=SYSTEM, now=now, **given)
        quotas.add(db, activity="training", by=SYSTEM, now=now, **given)

        problem = rosters.problem(db, draft(db, town, now))

        assert [(q.roles, q.kind, q.min_per_week) for q in problem.quotas] == [(frozenset({"deputy"}), "community", 2)]

    def test_a_place_in_ones_own_district_is_near(self, db, town, now):
        update(db, "unit", town.branch, district="巴州区")
        update(db, "place", town.outlet, district="巴州区")
        update(db, "place", town.community, district="恩阳区")

        problem = rosters.problem(db, draft(db, town, now))

        assert problem.travel[f"U{town.office}", f"L{town.outlet}"] == 15
        assert problem.travel[f"U{town.office}", f"L{town.community}"] == 45

    def test_trips_are_those_in_the_ledger_and_those_published_and_to_come(self, db, town, now):
        builders.held(db, town, date(2026, 2, 2), [town.lan, town.min], absent=[town.min])
        builders.shift(db, town, date(2026, 2, 27), [town.lan, town.bo])
        builders.shift(db, town, date(2026, 2, 26), [town.party], roster="draft")

        problem = rosters.problem(db, draft(db, town, now))

        trips = {person.id: person.history.trips for person in problem.staff if person.history.trips}
        assert trips == {f"P{town.lan}": 2, f"P{town.bo}": 1}

    def test_what_is_dealt_out_evens_what_was_stood_before(self, db, town, now):
        for day in range(2, 12):
            builders.held(db, town, date(2026, 2, day), [town.lan])

        roster_id = draft(db, town, now)
        fill(db, roster_id, now)

        stood = [row["person_id"] for row in seats_of(db, roster_id)]
        assert (stood.count(town.party), stood.count(town.lan)) == (12, 8)


def night(db, town, roster_id, day, person_id):
    """A duty from 20:00 to 24:00 at the community."""
    starts_at, ends_at = (clock.to_text(at) for at in clock.span(day, time(20), time(0), db.zone))
    with write(db):
        shift_id = insert(
            db, "shift", key=f"night {day}", unit_id=town.branch, roster_id=roster_id, place_id=town.community,
            activity_id=2, day=str(day), starts_at=starts_at, ends_at=ends_at, headcount=1,
        )  # fmt: skip
        insert(
            db, "assignment", shift_id=shift_id, slot=1, person_id=person_id, starts_at=starts_at, ends_at=ends_at,
            source="hand", made_at=starts_at,
        )  # fmt: skip
    return shift_id


class TestTargets:
    def test_seats_are_shared_in_proportion_to_the_days_one_could_stand(self):
        staff = [person("full"), person("late")]

        targets = fair_targets(staff, {rotation.Requirement(): 30}, {"full": 200, "late": 100})

        assert targets == pytest.approx({"full": 20, "late": 10})

    def test_a_leader_who_may_stand_visits_only_does_not_owe_lobby_duties(self):
        visits = rotation.Requirement(roles=frozenset({"head"}))
        lobby = rotation.Requirement(roles=frozenset({"staff"}))
        staff = [person("head", role="head"), person("a"), person("b")]

        targets = fair_targets(staff, {visits: 4, lobby: 40}, dict.fromkeys(("head", "a", "b"), 30))

        assert targets == pytest.approx({"head": 4, "a": 20, "b": 20})

    def test_who_may_stand_less_is_given_the_seats_that_anybody_may_stand(self):
        party, anybody = rotation.Requirement(party=True), rotation.Requirement()
        staff = [person("member", party=True), person("other")]

        targets = fair_targets(staff, {party: 8, anybody: 8}, {"member": 30, "other": 30})

        assert targets == pytest.approx({"member": 8, "other": 8})

    def test_trips_before_the_period_count(self):
        staff = [person("a", trips=6), person("b", trips=0)]

        targets = fair_targets(staff, {rotation.Requirement(): 10}, {"a": 365, "b": 365})

        assert targets == pytest.approx({"a": 8, "b": 8})

    def test_nobody_is_owed_anything_on_no_days(self):
        assert fair_targets([person("a")], {rotation.Requirement(): 10}, {"a": 0}) == {"a": 0}

    @pytest.mark.parametrize(
        ("amount", "areas", "contents", "taken"),
        [
            (4, [1, 1], [0, 2], [3, 1]),
            (1, [1, 1], [0, 2], [1, 0]),
            (6, [2, 1], [0, 0], [4, 2]),
            (0, [1, 1], [0, 2], [0, 0]),
            (5, [], [], []),
        ],
    )
    def test_what_is_poured_fills_the_lowest_first(self, amount, areas, contents, taken):
        assert pour(amount, areas, contents) == pytest.approx(taken)


def person(name, *, role="staff", party=False, trips=0):
    return rotation.Staff(name, "U1", role, party, frozenset(), 1.0, 3, None, rotation.History(trips=trips), 0.0)


class TestPublish:
    def test_reminders_and_calendars_follow(self, db, town, now):
        roster_id = draft(db, town, now)
        fill(db, roster_id, now)

        waiting = rosters.revision(db, roster_id)
        assert (waiting.count("added"), waiting.people, waiting.places) == (28, 4, 2)
        rosters.publish(db, roster_id, by=Actor(town.head, "何远山"), now=now)

        roster = rosters.roster(db, roster_id)
        assert (roster["state"], roster["published_by"], roster["published_at"]) == (
            "published",
            "何远山",
            "2026-02-28T01:00:00Z",
        )
        assert value(db, "SELECT COUNT(DISTINCT assignment_id) FROM reminder") == 28

    def test_unfilled_slots_do_not_stand_in_the_way(self, db, town, now):
        roster_id = draft(db, town, now)

        rosters.publish(db, roster_id, by=SYSTEM, now=now)

        assert rosters.roster(db, roster_id)["state"] == "published"

    def test_twice_is_refused(self, db, town, now):
        roster_id = builders.published(db, town, now)

        with pytest.raises(Conflict) as refusal:
            rosters.publish(db, roster_id, by=SYSTEM, now=now)

        assert sentences(refusal.value, "zh") == ["没有要发布的改动。"]

    def test_what_the_reader_has_not_seen_is_not_published(self, db, town, now):
        roster_id = draft(db, town, now)
        seen = rosters.roster(db, roster_id)["version"]
        assignments.seat(db, shift_on(db, town.outlet, MARCH[0]), town.lan, by=SYSTEM, now=now)

        with pytest.raises(Conflict, match="roster_changed"):
            rosters.publish(db, roster_id, version=seen, by=SYSTEM, now=now)

        assert rosters.roster(db, roster_id)["state"] == "draft"
        rosters.publish(db, roster_id, version=seen + 1, by=SYSTEM, now=now)

    def test_leave_filed_since_and_lost_membership_are_refused_by_name(self, db, town, now):
        roster_id = draft(db, town, now)
        for day, person_id in ((2, town.lan), (3, town.party)):
            shift_id = shift_on(db, town.outlet, date(2026, 3, day))
            assignments.seat(db, shift_id, person_id, by=SYSTEM, now=now)
        away(db, now, town.lan, date(2026, 3, 2))
        update(db, "person", town.party, party=0)

        with pytest.raises(Conflict) as refusal:
            rosters.publish(db, roster_id, by=SYSTEM, now=now)

        assert sentences(refusal.value, "zh") == [
            "兰草 3月2日 周一 请假或不可排，却排在江北支行。",
            "吕莉不符合江北支行 3月3日 周二 的要求：不是党员。",
        ]
        assert rosters.roster(db, roster_id)["state"] == "draft"

    def test_a_short_rest_that_a_coordinator_wanted_is_shown_and_blocks_nothing(self, db, town, now):
        roster_id = draft(db, town, now)
        night(db, town, roster_id, date(2026, 3, 2), town.lan)
        shift_id = shift_on(db, town.outlet, date(2026, 3, 3))
        assignments.seat(db, shift_id, town.lan, override="本人愿意", by=SYSTEM, now=now)

        found = rosters.breaches(db, roster_id)
        rosters.publish(db, roster_id, by=SYSTEM, now=now)

        assert [(breach.problem.code, breach.blocks) for breach in found] == [("breach_rest_gap_within", False)]

    def test_a_roster_without_shifts_is_not_published(self, db, town, now):
        empty = builders.unit(db, now, "空单位")
        roster_id = rosters.draft(db, unit_id=empty, starts_on=MARCH[0], ends_on=MARCH[1], by=SYSTEM, now=now)

        with pytest.raises(Conflict, match="roster_is_empty"):
            rosters.publish(db, roster_id, by=SYSTEM, now=now)


class TestClose:
    def test_waits_until_every_shift_is_confirmed_or_cancelled(self, db, town, now):
        roster_id = builders.published(db, town, now)

        with pytest.raises(Conflict) as refusal:
            rosters.close(db, roster_id, by=SYSTEM, now=now)
        run(db, "UPDATE shift SET state = 'cancelled'")
        rosters.close(db, roster_id, by=SYSTEM, now=now)

        assert sentences(refusal.value, "en") == ["24 shifts have not been confirmed yet, the first on Mon 2 Mar."]
        assert rosters.roster(db, roster_id)["state"] == "closed"
        with pytest.raises(Conflict, match="roster_is_closed"):
            rosters.close(db, roster_id, by=SYSTEM, now=now)

    def test_a_draft_is_not_closed(self, db, town, now):
        with pytest.raises(Conflict, match="roster_is_not_published"):
            rosters.close(db, draft(db, town, now), by=SYSTEM, now=now)
        with pytest.raises(NotFound):
            rosters.close(db, 999, by=SYSTEM, now=now)
