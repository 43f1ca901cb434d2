"""The board: what it shows of a roster, and in how many statements."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from scheduler import assignments, clock, people, rosters
from scheduler.audit import SYSTEM
from scheduler.database import update, value
from scheduler.errors import NotFound
from tests import builders
from tests.builders import MARCH
from tests.test_rosters import away, draft, fill, night, shift_on

MONDAY, TUESDAY, SATURDAY = date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 7)


def seat(db, now, place_id, day, person_id):
    return assignments.seat(db, shift_on(db, place_id, day), person_id, override="本人愿意", by=SYSTEM, now=now)


def slots_on(board, place_id, day):
    """The slots of a place on a day, whichever group they are in."""
    at = [shown.day for shown in board.days].index(day)
    return [
        slot for group in board.groups for line in group.lines if line.place_id == place_id for slot in line.cells[at]
    ]


def marks_on(board, place_id, day):
    return [slot["marks"] for slot in slots_on(board, place_id, day)]


def test_groups_are_activities_with_their_hours_and_lines_their_places(db, town, now):
    board = rosters.board(db, draft(db, town, now))

    assert [(g.activity, f"{g.starts_at:%H:%M}", f"{g.ends_at:%H:%M}", g.most) for g in board.groups] == [
        ("lobby", "08:30", "17:00", 1),
        ("community", "09:00", "11:30", 2),
    ]
    assert [(line.place, line.filled, line.need) for group in board.groups for line in group.lines] == [
        ("江北支行", 0, 20),
        ("东风路社区", 0, 8),
    ]


def test_sums_are_of_the_whole_period_whatever_days_are_shown(db, town, now):
    roster_id = draft(db, town, now)
    seat(db, now, town.community, SATURDAY, town.min)

    board = rosters.board(db, roster_id, first=MONDAY, last=date(2026, 3, 8))

    assert (board.slots, board.filled, board.people, len(board.days)) == (28, 1, 1, 7)
    assert (board.unfilled[SATURDAY], board.unfilled[MONDAY], board.unfilled[date(2026, 3, 8)]) == (1, 1, 0)
    assert [slot["person"] for slot in slots_on(board, town.community, SATURDAY)] == ["闵行", None]


def test_an_unfilled_slot_a_fixed_one_and_leave_that_is_met_are_marked(db, town, now):
    roster_id = draft(db, town, now)
    assignments.fix(db, seat(db, now, town.outlet, MONDAY, town.lan), by=SYSTEM, now=now)
    seat(db, now, town.outlet, TUESDAY, town.lan)
    away(db, now, town.lan, TUESDAY)

    board = rosters.board(db, roster_id)

    assert marks_on(board, town.outlet, MONDAY) == [["fixed"]]
    assert marks_on(board, town.outlet, TUESDAY) == [["away"]]
    assert marks_on(board, town.outlet, date(2026, 3, 4)) == [["open"]]


def test_a_short_rest_is_marked_and_told_with_both_places(db, town, now):
    roster_id = draft(db, town, now)
    night(db, town, roster_id, MONDAY, town.lan)
    seat(db, now, town.outlet, TUESDAY, town.lan)

    board = rosters.board(db, roster_id)

    assert marks_on(board, town.outlet, TUESDAY) == [["warned"]]
    (found,) = board.found
    assert (found.problem.facts["place"], found.problem.facts["other"]) == ("江北支行", "东风路社区")
    assert (found.shift_id, found.slot) == (shift_on(db, town.outlet, TUESDAY), 1)


def test_who_lost_what_the_shift_asks_for_is_marked_as_refused(db, town, now):
    roster_id = draft(db, town, now)
    seat(db, now, town.outlet, MONDAY, town.lan)
    update(db, "person", town.lan, party=0)

    assert marks_on(rosters.board(db, roster_id), town.outlet, MONDAY) == [["refused"]]


def test_a_seat_taken_since_publication_is_marked_as_changed(db, town, now):
    roster_id = draft(db, town, now)
    seat(db, now, town.outlet, MONDAY, town.lan)
    rosters.publish(db, roster_id, by=SYSTEM, now=now)
    seat(db, now + timedelta(minutes=1), town.outlet, TUESDAY, town.party)

    board = rosters.board(db, roster_id)

    assert (marks_on(board, town.outlet, MONDAY), marks_on(board, town.outlet, TUESDAY)) == ([[]], [["changed"]])
    assert board.changed == 1


def test_cancelled_shifts_need_nobody(db, town, now):
    roster_id = draft(db, town, now)
    update(db, "shift", shift_on(db, town.outlet, MONDAY), state="cancelled")

    board = rosters.board(db, roster_id)

    assert marks_on(board, town.outlet, MONDAY) == [["cancelled"]]
    assert (board.slots, board.unfilled[MONDAY]) == (27, 0)


def test_gaps_come_by_day_with_the_causes_that_the_fill_found(db, town, now):
    for person_id in (town.party, town.lan):
        away(db, now, person_id, TUESDAY)
    roster_id = draft(db, town, now)
    fill(db, roster_id, now)
    assignment_id = value(
        db, "SELECT id FROM assignment WHERE shift_id = :id", id=shift_on(db, town.outlet, date(2026, 3, 5))
    )
    assignments.release(db, assignment_id, by=SYSTEM, now=now)

    gaps = rosters.board(db, roster_id).gaps

    assert [(gap["day"], gap["missing"], gap["slot"], gap["reasons"]) for gap in gaps] == [
        ("2026-03-03", 1, 1, {"party": 2, "role": 2, "leave": 2}),
        ("2026-03-05", 1, 1, {}),
    ]


def test_fairness_is_the_distance_from_the_fair_count(db, town, now):
    roster_id = draft(db, town, now)
    fill(db, roster_id, now)

    assert rosters.board(db, roster_id).spread == pytest.approx((0, 0))


def statements(db, act):
    """How many statements an act takes."""
    seen = []
    db.conn.set_trace_callback(seen.append)
    act()
    db.conn.set_trace_callback(None)
    return len(seen)


def test_the_number_of_statements_does_not_grow_with_the_roster(db, town, now):
    small = rosters.draft(db, unit_id=town.branch, starts_on=MONDAY, ends_on=TUESDAY, by=SYSTEM, now=now)
    first = shift_on(db, town.outlet, MONDAY)
    few = statements(db, lambda: rosters.board(db, small, selected=(first, 1)))
    places = [builders.place(db, now, town.branch, f"网点 {n}") for n in range(12)]
    builders.template(db, now, town.branch, places, headcount=2)
    for n in range(40):
        builders.person(db, now, town.office, f"1{n:03}", f"员工{n}", party=True)
    large = rosters.draft(db, unit_id=town.branch, starts_on=date(2026, 3, 9), ends_on=MARCH[1], by=SYSTEM, now=now)
    fill(db, large, now)
    for person_id in range(7, 27):
        away(db, now, person_id, date(2026, 3, 10), days=5)
    emptied = shift_on(db, town.outlet, date(2026, 3, 9))
    assignment_id = value(db, "SELECT id FROM assignment WHERE shift_id = :id", id=emptied)
    assignments.release(db, assignment_id, by=SYSTEM, now=now)

    many = statements(db, lambda: rosters.board(db, large, selected=(emptied, 1)))

    assert rosters.roster(db, large)["slots"] > 300
    assert many == few < 36


class TestPanel:
    def test_candidates_come_fairest_first(self, db, town, now):
        builders.held(db, town, date(2026, 2, 10), [town.lan])
        draft(db, town, now)

        panel = rosters.candidates(db, shift_on(db, town.outlet, MONDAY), 1)

        assert [(row["person"], row["trips"], row["last"]) for row in panel.able] == [
            ("吕莉", 0, None),
            ("兰草", 1, date(2026, 2, 10)),
        ]

    def test_the_last_duty_may_be_one_that_is_not_confirmed_yet(self, db, town, now):
        builders.shift(db, town, date(2026, 1, 20), [town.lan])
        draft(db, town, now)

        panel = rosters.candidates(db, shift_on(db, town.outlet, MONDAY), 1)

        assert {row["person"]: row["last"] for row in panel.able} == {"吕莉": None, "兰草": date(2026, 1, 20)}

    def test_nobody_is_hidden_and_each_cause_is_told(self, db, town, now):
        draft(db, town, now)
        starts_at, ends_at = (clock.midnight(date(2026, 3, day), db.zone) for day in (1, 5))
        people.add_away(db, town.party, kind="sick", starts_at=starts_at, ends_at=ends_at, by=SYSTEM, now=now)
        builders.person(db, now, town.office, "0009", "新来", party=True, joined_on=date(2026, 3, 9))

        panel = rosters.candidates(db, shift_on(db, town.outlet, MONDAY), 1)

        told = {row["person"]: row["detail"] for row in panel.unable}
        assert [row["person"] for row in panel.able] == ["兰草"]
        assert told["吕莉"] == {
            "cause": "leave",
            "away_kind": "sick",
            "first": date(2026, 3, 1),
            "last": date(2026, 3, 4),
        }
        assert told["新来"] == {"cause": "not_yet_joined", "day": date(2026, 3, 9)}
        assert (told["闵行"], told["何远山"]) == ({"cause": "party"}, {"cause": "role"})
        assert len(panel.able) + len(panel.unable) == 7

    def test_another_duty_at_the_time_is_named_even_in_another_roster(self, db, town, now):
        draft(db, town, now)
        builders.shift(db, town, date(2026, 4, 1), [town.lan], place_id=town.community, roster="draft")
        other = builders.shift(db, town, date(2026, 4, 1), roster="draft")

        (row,) = [row for row in rosters.candidates(db, other, 1).unable if row["person"] == "兰草"]

        assert (row["detail"]["cause"], row["detail"]["place"]) == ("booked", "东风路社区")

    def test_short_rest_and_a_full_week_are_offered_with_their_warning(self, db, town, now):
        roster_id = draft(db, town, now)
        night(db, town, roster_id, MONDAY, town.lan)

        panel = rosters.candidates(db, shift_on(db, town.outlet, TUESDAY), 1)

        assert [(row["person"], row["refusal"]) for row in panel.able] == [("吕莉", None), ("兰草", "rest")]

    def test_a_filled_slot_asks_who_could_take_it_over(self, db, town, now):
        draft(db, town, now)
        seat(db, now, town.community, SATURDAY, town.min)
        seat(db, now, town.community, SATURDAY, town.bo)

        panel = rosters.candidates(db, shift_on(db, town.community, SATURDAY), 2)

        assert (panel.assignment["person"], panel.with_whom) == ("薄荷", ["闵行"])
        assert [row["person"] for row in panel.able] == ["吕莉", "兰草"]
        assert {row["person"]: row["refusal"] for row in panel.unable}["闵行"] == "booked"

    def test_a_slot_that_there_is_not_is_not_found(self, db, town, now):
        roster_id = draft(db, town, now)
        shift_id = shift_on(db, town.outlet, MONDAY)

        for selected in ((shift_id, 0), (shift_id, 2), (999, 1)):
            with pytest.raises(NotFound):
                rosters.board(db, roster_id, selected=selected)
