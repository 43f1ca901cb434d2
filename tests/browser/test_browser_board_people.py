"""The grid of people in a real browser: a duty onto somebody's empty day, by mouse and keys; refusals and ways out."""
# ruff: noqa: F811  the fixtures are those of the other grid

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from scheduler import assignments, database, rosters, steps
from scheduler.audit import SYSTEM
from tests.browser.test_browser_board import NOW, Open, board, drag, full_week, open_as, served, slot  # noqa: F401

pytestmark = pytest.mark.browser


def number(board: str) -> int:
    return int(board.rsplit("/", 1)[1])


def row(page: Page, name: str) -> Locator:
    return page.locator("#grid tbody tr", has=page.get_by_role("link", name=name, exact=True))


def cell(page: Page, name: str, at: int) -> Locator:
    """A person's day, the first of the shown ones being 0."""
    return row(page, name).locator("td").nth(at)


def a_duty(db: database.Database, roster_id: int) -> tuple[str, str, int]:
    """The first duty of somebody, whoever else of the lobby is free that day, and which day it is."""
    found = database.rows(
        db,
        """
        SELECT person.id, person.name, shift.day, shift.id AS shift_id
        FROM assignment JOIN shift ON shift.id = shift_id JOIN person ON person.id = person_id
        WHERE roster_id = :id AND shift.activity_id = (SELECT id FROM activity WHERE code = 'lobby')
          AND assignment.state <> 'released'
        ORDER BY shift.day, person.id
        """,
        id=roster_id,
    )
    first = date.fromisoformat(database.value(db, "SELECT starts_on FROM roster WHERE id = :id", id=roster_id))
    duty = found[0]
    told = rosters.carried(db, roster_id, source=assignments.Slot(duty["shift_id"], 1))
    free = database.rows(db, "SELECT id, name FROM person WHERE party = 1 AND name LIKE '员工%' ORDER BY id")
    taker = next(p for p in free if p["id"] not in told.people and p["id"] != duty["id"])
    return duty["name"], taker["name"], (date.fromisoformat(duty["day"]) - first).days


class TestHandOver:
    def test_a_duty_dropped_on_anothers_empty_day_is_theirs(self, open_as: Open, board: str, served):
        who, taker, at = a_duty(served[1], number(board))
        page = open_as(f"{board}?view=people")
        place = cell(page, who, at).locator("a.slot").first.inner_text()

        drag(page, cell(page, who, at).locator("a.slot").first, cell(page, taker, at))
        page.mouse.up()

        expect(cell(page, taker, at).locator("a.slot")).to_have_text(place)
        expect(cell(page, who, at).locator("a.slot")).to_have_count(0)

    def test_the_same_by_keys_and_back(self, open_as: Open, board: str, served):
        who, taker, at = a_duty(served[1], number(board))
        page = open_as(f"{board}?view=people")
        source = cell(page, who, at).locator("a.slot").first
        place, shift = source.inner_text(), source.get_attribute("href")
        names = page.locator("#grid tbody .board__name").all_inner_texts()
        steps_down = names.index(taker) - names.index(who)

        source.focus()
        with page.expect_response(re.compile("/refusals")):
            page.keyboard.press("x")
        for _ in range(abs(steps_down)):
            page.keyboard.press("ArrowDown" if steps_down > 0 else "ArrowUp")
        expect(cell(page, taker, at)).to_be_focused()
        page.keyboard.press("Enter")

        expect(cell(page, taker, at).locator("a.slot")).to_have_text(place)
        expect(page.locator(f"#grid a.slot[href='{shift}']")).to_be_focused()
        page.keyboard.press("Control+z")
        expect(cell(page, who, at).locator("a.slot")).to_have_text(place)

    def test_another_day_offers_its_unfilled_slots(self, open_as: Open, board: str, served):
        _, db, _ = served
        roster_id = number(board)
        who, _, at = a_duty(db, roster_id)
        first = date.fromisoformat(database.value(db, "SELECT starts_on FROM roster WHERE id = :id", id=roster_id))
        day = (first + timedelta(days=13)).isoformat()
        for seat in steps.seats(db, roster_id):
            if database.value(db, "SELECT day FROM shift WHERE id = :id", id=seat["shift_id"]) == day:
                sql = "SELECT id FROM assignment WHERE shift_id = :id AND slot = :slot AND state <> 'released'"
                assignments.release(
                    db, database.value(db, sql, id=seat["shift_id"], slot=seat["slot"]), by=SYSTEM, now=NOW
                )
        page = open_as(f"{board}?view=people")

        drag(page, cell(page, who, at).locator("a.slot").first, cell(page, who, 13))
        page.mouse.up()
        choice = page.get_by_role("dialog", name="这一天的空缺，选一个")
        expect(choice.get_by_role("button").first).to_be_focused()
        chosen = choice.get_by_role("button").first.inner_text()
        page.keyboard.press("Enter")

        expect(cell(page, who, 13).locator("a.slot")).to_have_attribute("title", re.compile(chosen.split(" ")[0]))
        expect(choice).to_be_hidden()

    def test_a_day_without_gaps_refuses_before_the_drop(self, open_as: Open, board: str, served):
        who, _, at = a_duty(served[1], number(board))
        page = open_as(f"{board}?view=people")
        days = page.locator("#grid thead th[data-day]").count()
        other = next(n for n in range(days) if n != at and cell(page, who, n).locator("a.slot").count() == 0)

        drag(page, cell(page, who, at).locator("a.slot").first, cell(page, who, other))

        expect(page.locator("#refusal")).to_contain_text("这一天没有空缺")
        page.mouse.up()
        expect(cell(page, who, at).locator("a.slot")).to_have_count(1)


class TestSwapInstead:
    def test_what_stands_in_the_way_is_swapped_from_the_refusal(self, open_as: Open, board: str, served):
        page = open_as(f"{board}?activity=lobby")
        here, there = slot(page, "江南支行", 0), slot(page, "滨江支行", 0)
        names = here.inner_text(), there.inner_text()
        page.goto(f"{page.url.split('?')[0]}?view=people")
        row(page, names[0]).locator("a.slot").nth(1).focus()  # on another day than the duty that will be in the way
        with page.expect_response(re.compile("/refusals")):
            page.keyboard.press("x")
        target = row(page, names[1]).locator("td").nth(0).locator("a.slot").first
        drag_to = target.get_attribute("href")
        people = page.locator("#grid tbody .board__name").all_inner_texts()
        down = people.index(names[1]) - people.index(names[0])
        page.keyboard.press("Home")
        for _ in range(abs(down)):
            page.keyboard.press("ArrowDown" if down > 0 else "ArrowUp")
        expect(target).to_be_focused()
        expect(page.locator("#refusal")).to_contain_text("时间重叠")
        page.keyboard.press("Enter")
        link = page.get_by_role("link", name="查看该班次")
        expect(link).to_be_focused()
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")

        expect(page.locator(f"#grid a.slot[href='{drag_to}']")).to_have_attribute("aria-label", re.compile(names[0]))


class TestTwo:
    def test_what_is_typed_outlives_the_others_change(self, open_as: Open, board: str):
        mine, hers = open_as(f"{board}?activity=lobby"), open_as(f"{board}?activity=lobby", "0004")
        here, there = slot(mine, "江南支行", 0), slot(mine, "滨江支行", 0)
        here.focus()
        mine.keyboard.press("Delete")
        expect(here).to_have_text("空缺")
        with mine.expect_response(lambda answer: "slot=" in answer.url and answer.request.method == "GET"):
            here.click()  # opens the panel anew: what is typed before that would not be in it
        mine.wait_for_function("() => !document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling')")
        search = mine.locator("#panel [type=search]")
        search.fill("员工")

        slot(hers, "滨江支行", 0).focus()
        hers.keyboard.press("Delete")

        expect(there).to_have_text("空缺", timeout=10_000)
        expect(mine.locator("#told")).to_contain_text("兰草")
        expect(search).to_have_value("员工")
        expect(search).to_be_focused()

    def test_half_a_reason_outlives_the_others_change(self, open_as: Open, board: str, served):
        name = full_week(served[1], number(board))
        mine, hers = (open_as(f"{board}?activity=lobby&span=week", *who) for who in ((), ("0004",)))
        there = slot(mine, "滨江支行", 0)
        slot(mine, "江南支行", 1).click()
        mine.locator("#panel .tabs__tab").nth(1).click()
        line = mine.locator(".people__row", has_text=name)
        line.locator("summary").click()
        reason = line.locator("[name=override]")
        reason.press_sequentially("本人愿")

        slot(hers, "滨江支行", 0).focus()
        hers.keyboard.press("Delete")

        expect(there).to_have_text("空缺", timeout=10_000)
        expect(reason).to_be_focused()
        reason.press_sequentially("意")
        reason.press("Enter")
        expect(slot(mine, "江南支行", 1)).to_have_text(name)
        expect(mine.locator(".panel__override")).to_have_text("理由：本人愿意")
