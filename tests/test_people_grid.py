"""Person × day, and what either grid is narrowed to."""

from __future__ import annotations

from datetime import date

import pytest

from scheduler import accounts, rosters, workdays
from scheduler.audit import SYSTEM
from scheduler.database import update
from scheduler.rosters import Filters
from tests import builders
from tests.builders import MARCH
from tests.test_rosters import away, draft, fill, night, shift_on
from tests.test_rosters_board import seat, statements

MONDAY, TUESDAY, SATURDAY = date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 7)


@pytest.fixture
def roster_id(db, town, now):
    return draft(db, town, now)


def grid(db, roster_id, **filters):
    return rosters.board(db, roster_id, filters=Filters(**filters), by_person=True).people_grid


def line(grid, person_id):
    return next(line for line in grid.lines if line.person_id == person_id)


def places(board):
    return [line.place for group in board.groups for line in group.lines]


class TestPeople:
    def test_a_cell_holds_the_place_in_two_characters(self, db, town, now, roster_id):
        seat(db, now, town.outlet, MONDAY, town.lan)
        seat(db, now, town.community, SATURDAY, town.lan)

        cells = line(grid(db, roster_id), town.lan).cells

        assert [(at, slot["short"]) for at, cell in enumerate(cells) for slot in cell.slots] == [
            (0, "江北"),
            (5, "东风"),
        ]

    def test_places_that_begin_alike_are_told_apart_by_their_kind(self, db, town, now, roster_id):
        twin = builders.place(db, now, town.branch, "东风路支行")
        update(db, "shift", shift_on(db, town.outlet, MONDAY), place_id=twin)
        seat(db, now, twin, MONDAY, town.lan)
        seat(db, now, town.community, SATURDAY, town.lan)

        cells = line(grid(db, roster_id), town.lan).cells

        assert [slot["short"] for cell in cells for slot in cell.slots] == ["东风", "东社"]

    def test_who_carries_most_comes_first_and_the_foot_sums_all(self, db, town, now, roster_id):
        seat(db, now, town.outlet, MONDAY, town.lan)
        seat(db, now, town.outlet, TUESDAY, town.lan)
        seat(db, now, town.community, SATURDAY, town.min)

        found = grid(db, roster_id)

        assert [(line.person, line.load) for line in found.lines[:2]] == [("兰草", 2), ("闵行", 1)]
        assert (found.total, found.load, found.off_days, found.by_day[:7]) == (6, 3, 1, [1, 1, 0, 0, 0, 1, 0])

    def test_the_load_stands_against_the_fair_share(self, db, town, now, roster_id):
        for day in (10, 11):
            builders.held(db, town, date(2026, 2, day), [town.lan])
        seat(db, now, town.outlet, MONDAY, town.lan)

        found = line(grid(db, roster_id), town.lan)

        assert (found.load, found.quarter) == (1, 3)
        assert found.apart == pytest.approx(1 - found.share)

    def test_duties_on_a_make_up_workday_are_counted(self, db, town, now):
        workdays.override(db, SATURDAY, is_workday=True, by=SYSTEM, now=now)
        roster_id = draft(db, town, now)
        seat(db, now, town.community, SATURDAY, town.min)

        found = line(grid(db, roster_id), town.min)

        assert (found.off_days, found.makeup_days) == (0, 1)

    def test_leave_stands_in_its_days_with_its_kind(self, db, town, now, roster_id):
        away(db, now, town.lan, MONDAY, days=2)

        cells = line(grid(db, roster_id), town.lan).cells

        assert [cell.away for cell in cells[:3]] == ["leave", "leave", None]

    def test_days_before_one_joins_are_not_ones_own(self, db, town, now, roster_id):
        late = builders.person(db, now, town.office, "0009", "新来", joined_on=TUESDAY)

        cells = line(grid(db, roster_id), late).cells

        assert [cell.is_there for cell in cells[:2]] == [False, True]

    def test_an_absence_is_no_trip(self, db, town, now, roster_id):
        seated = seat(db, now, town.outlet, MONDAY, town.lan)
        update(db, "assignment", seated, state="absent", absence="病假")

        assert line(grid(db, roster_id), town.lan).load == 0

    def test_a_night_over_midnight_stands_once(self, db, town, now, roster_id):
        night(db, town, roster_id, MONDAY, town.lan)

        assert sum(len(cell.slots) for cell in line(grid(db, roster_id), town.lan).cells) == 1

    def test_people_come_by_fifty_and_all_are_counted(self, db, town, now, roster_id):
        for n in range(60):
            builders.person(db, now, town.office, f"1{n:03}", f"员工{n}", party=True)

        first, second, beyond = (grid(db, roster_id, page=page) for page in (1, 2, 99))

        assert (len(first.lines), len(second.lines), first.total) == (50, 16, 66)
        assert beyond.lines == second.lines

    def test_the_number_of_statements_does_not_grow_with_the_people(self, db, town, now):
        small = rosters.draft(db, unit_id=town.branch, starts_on=MONDAY, ends_on=TUESDAY, by=SYSTEM, now=now)
        few = statements(db, lambda: grid(db, small))
        for n in range(60):
            builders.person(db, now, town.office, f"1{n:03}", f"员工{n}", party=True)
        large = rosters.draft(db, unit_id=town.branch, starts_on=date(2026, 3, 9), ends_on=MARCH[1], by=SYSTEM, now=now)
        fill(db, large, now)
        away(db, now, town.lan, date(2026, 3, 10), days=5)

        assert statements(db, lambda: grid(db, large)) == few < 30


class TestNarrowed:
    def test_to_a_units_part_of_the_tree(self, db, town, now, roster_id):
        outlet = builders.place(db, now, town.office, "江南支行")
        update(db, "shift", shift_on(db, town.outlet, MONDAY), place_id=outlet)

        board = rosters.board(db, roster_id, filters=Filters(unit_id=town.office))

        assert places(board) == ["江南支行"]
        assert (board.unfilled.total(), board.slots) == (1, 28)
        assert {line.unit for line in grid(db, roster_id, unit_id=town.office).lines} == {"办公室"}

    def test_to_an_activity_a_place_or_a_person(self, db, town, now, roster_id):
        seat(db, now, town.community, SATURDAY, town.min)

        def found(**filters):
            return places(rosters.board(db, roster_id, filters=Filters(**filters)))

        assert found(activity="lobby") == ["江北支行"]
        assert found(place="东风") == ["东风路社区"]
        assert (found(person="闵"), found(person="0005"), found(person="无此人")) == (
            ["东风路社区"],
            ["东风路社区"],
            [],
        )

    def test_to_people_who_stand_such_a_duty(self, db, town, now, roster_id):
        seat(db, now, town.community, SATURDAY, town.min)

        assert [line.person for line in grid(db, roster_id, activity="community").lines] == ["闵行"]
        assert [line.person for line in grid(db, roster_id, person="兰").lines] == ["兰草"]

    def test_to_what_asks_for_an_act(self, db, town, now, roster_id):
        fill(db, roster_id, now)
        assert places(rosters.board(db, roster_id, filters=Filters(problems=True))) == []

        away(db, now, town.min, SATURDAY)
        away(db, now, town.bo, SATURDAY)

        assert places(rosters.board(db, roster_id, filters=Filters(problems=True))) == ["东风路社区"]
        assert {line.person for line in grid(db, roster_id, problems=True).lines} <= {"闵行", "薄荷"}

    def test_many_places_come_by_pages(self, db, town, now):
        many = [builders.place(db, now, town.branch, f"网点 {n}") for n in range(70)]
        builders.template(db, now, town.branch, many)
        roster_id = rosters.draft(db, unit_id=town.branch, starts_on=MONDAY, ends_on=TUESDAY, by=SYSTEM, now=now)

        first, second = (rosters.board(db, roster_id, filters=Filters(page=page)) for page in (1, 2))

        assert (len(places(first)), len(places(second)), first.lines) == (60, 11, 71)
        assert first.groups[0].places == 71


class TestPages:
    def test_both_views_stand_in_the_address(self, db, town, now, roster_id, as_coordinator):
        seat(db, now, town.outlet, MONDAY, town.lan)

        html = as_coordinator.get(f"/rosters/{roster_id}?view=people&span=week&person=兰").text

        assert "人员 × 日" in html
        assert 'role="grid"' in html
        assert 'aria-label="3月2日 周一，兰草，江北 江北支行"' in html
        assert 'name="view" value="people"' in html
        assert "闵行" not in html.split("<tbody>")[1].split("</tbody>")[0]

    def test_an_english_grid_is_english(self, db, town, now, roster_id, as_coordinator):
        accounts.speak(db, town.party, "en", by=SYSTEM, now=now)

        html = as_coordinator.get(f"/rosters/{roster_id}?view=people").text

        assert "Person × day" in html
        assert "Make-up days" in html

    def test_nothing_let_through_is_said(self, roster_id, as_coordinator):
        assert "没有符合筛选的人员" in as_coordinator.get(f"/rosters/{roster_id}?view=people&person=无此人").text
        assert "没有符合筛选的地点" in as_coordinator.get(f"/rosters/{roster_id}?place=无此处").text

    @pytest.mark.parametrize("query", ["unit=x", "page=-1", "page=99999999999", "page=0", "unit=999&view=people"])
    def test_an_address_that_makes_no_sense_shows_the_board(self, roster_id, as_coordinator, query):
        assert as_coordinator.get(f"/rosters/{roster_id}?{query}").status_code == 200

    def test_a_day_says_in_its_head_what_it_is(self, db, town, now, as_coordinator):
        workdays.override(db, SATURDAY, is_workday=True, by=SYSTEM, now=now)
        workdays.override(db, MONDAY, is_workday=False, name="行庆", by=SYSTEM, now=now)
        roster_id = draft(db, town, now)

        html = as_coordinator.get(f"/rosters/{roster_id}").text

        assert 'title="3月7日 周六 ·  补班日（调休上班）"' in html.replace("· 补", "·  补")
        assert 'title="3月2日 周一 · 行庆 节假日"' in html
