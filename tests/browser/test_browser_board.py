"""The board in a real browser: by mouse, by keyboard alone, refusals before the drop, two coordinators at once."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from werkzeug.serving import make_server

from scheduler import accounts, assignments, config, database, rosters
from scheduler.audit import SYSTEM
from tests import builders
from web import create_app
from web.session import COOKIE

pytestmark = pytest.mark.browser

NOW = datetime(2026, 2, 20, 1, 0, tzinfo=UTC)
SIZES = {"desktop": (1440, 900), "phone": (390, 844)}

Open = Callable[..., Page]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, database.Database, int]]:
    """A branch of three outlets and ten people; two weeks, filled. Served in this process: its address, its data."""
    folder = tmp_path_factory.mktemp("board")
    config.prepare(folder)
    settings = config.load(folder)
    db = database.of(settings)
    town = builders.town(db, NOW)
    outlets = [builders.place(db, NOW, town.branch, f"{name}支行") for name in ("江南", "滨江", "兴文")]
    builders.template(db, NOW, town.branch, outlets, name="值守", days="every", party=True)
    for number in range(10):
        builders.person(db, NOW, town.office, f"1{number:03}", f"员工{'甲乙丙丁戊己庚辛壬癸'[number]}", party=True)
    for person in (town.party, town.lan):
        accounts.grant(db, person, "coordinator", town.branch, by=SYSTEM, now=NOW)
    server = make_server("127.0.0.1", 0, create_app(settings, now=lambda: NOW), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}", db, town.branch
    server.shutdown()
    thread.join()
    db.close()


@pytest.fixture
def board(served, request: pytest.FixtureRequest) -> str:
    """The path of a filled draft of the test's own fortnight: what one test does, the next does not see."""
    _, db, branch = served
    first = date(2026, 3, 2).toordinal() + 14 * request.session.items.index(request.node)
    period = {"starts_on": date.fromordinal(first), "ends_on": date.fromordinal(first + 13)}
    roster_id = rosters.draft(db, unit_id=branch, **period, by=SYSTEM, now=NOW)
    rosters.fill(db, roster_id, by=SYSTEM, now=NOW)
    return f"/rosters/{roster_id}"


@pytest.fixture
def open_as(served, browser: Browser) -> Iterator[Open]:
    """A window of a coordinator's (0003 吕莉 or 0004 兰草); whatever its console complains of fails the test."""
    url, db, _ = served
    contexts, complaints = [], []

    def opened(path: str, staff_no: str = "0003", size: str = "desktop", lang: str = "zh") -> Page:
        person_id = database.value(db, "SELECT id FROM person WHERE staff_no = :staff_no", staff_no=staff_no)
        accounts.speak(db, person_id, lang, by=SYSTEM, now=NOW)
        secret = accounts.sign_in(db, accounts.make_link(db, person_id, by=SYSTEM, now=NOW), now=NOW)
        width, height = SIZES[size]
        context = browser.new_context(
            viewport={"width": width, "height": height}, base_url=url, is_mobile=size == "phone"
        )
        context.add_cookies([{"name": COOKIE, "value": secret, "url": url}])
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(error.message))
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert [text for text in complaints if "Failed to load resource" not in text] == []


def slot(page: Page, place: str, at: int) -> Locator:
    """The first slot of a place on a day, counted from the first shown."""
    return (
        page.locator("#grid tr", has=page.locator(f".board__name[title='{place}']"))
        .last.locator("td")
        .nth(at)
        .locator("a.slot")
        .first
    )


def full_week(db: database.Database, roster_id: int) -> str:
    """Give 员工甲 one duty a week at most and the first day's at 江南支行; free the second day's."""
    person_id = database.value(db, "SELECT id FROM person WHERE staff_no = '1000'")
    database.update(db, "person", person_id, max_per_week=1)
    board = rosters.board(db, roster_id)
    line = next(line for group in board.groups for line in group.lines if line.place == "江南支行")
    own = [seat for group in board.groups for each in group.lines for cell in each.cells for seat in cell]
    freed = [seat for seat in own if seat["person_id"] == person_id] + [line.cells[at][0] for at in (0, 1)]
    for assignment_id in {seat["assignment_id"] for seat in freed}:
        assignments.release(db, assignment_id, by=SYSTEM, now=NOW)
    assignments.seat(db, line.cells[0][0]["shift_id"], person_id, by=SYSTEM, now=NOW)
    return "员工甲"


def unfilled(page: Page) -> Locator:
    return page.locator("#grid tfoot .board__count")


def drag(page: Page, source: Locator, target: Locator) -> None:
    """With a pause between: the refusals are asked for when something is picked up."""
    source.scroll_into_view_if_needed()
    one, two = source.bounding_box(), target.bounding_box()
    assert one
    assert two
    page.mouse.move(one["x"] + 8, one["y"] + 8)
    page.mouse.down()
    with page.expect_response(re.compile("/refusals")):
        page.mouse.move(one["x"] + 20, one["y"] + 12, steps=3)
    page.mouse.move(two["x"] + 8, two["y"] + 8, steps=4)
    page.mouse.move(two["x"] + 10, two["y"] + 10)


class TestMouse:
    def test_from_the_list_to_a_slot_from_slot_to_slot_onto_another_and_to_the_bin(self, open_as: Open, board: str):
        page = open_as(f"{board}?activity=lobby")
        here, there = slot(page, "江南支行", 0), slot(page, "滨江支行", 0)
        expect(unfilled(page)).to_have_text("0")

        drag(page, here, page.locator("#grid"))
        page.locator("[data-bin]").hover()
        page.mouse.up()
        expect(here).to_have_text("空缺")
        expect(unfilled(page)).to_have_text("1")

        first = page.locator(".people__row").first
        name = first.locator("b").first.inner_text()
        drag(page, first, here)
        page.mouse.up()
        expect(here).to_have_text(name)
        expect(unfilled(page)).to_have_text("0")

        other = there.inner_text()
        drag(page, here, there)
        page.mouse.up()
        expect(there).to_have_text(name)
        expect(here).to_have_text(other)

    def test_a_refusal_shows_before_the_drop_in_words_and_links_the_other_duty(self, open_as: Open, board: str):
        page = open_as(f"{board}?activity=lobby")
        source = slot(page, "江南支行", 0)
        name = source.inner_text()
        twin = slot(page, "滨江支行", 3)
        page.locator("#grid a.slot", has_text=name).first.wait_for()

        drag(page, source, twin)
        barred = page.locator("#grid .slot--barred").first
        box = barred.bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + 6, box["y"] + 6, steps=3)
        page.mouse.move(box["x"] + 8, box["y"] + 8)

        refusal = page.locator("#refusal")
        expect(refusal).to_be_visible()
        expect(refusal).to_contain_text("时间重叠")
        expect(refusal.get_by_role("link", name="查看该班次")).to_have_attribute("href", re.compile(r"&slot=\d+-\d$"))
        page.mouse.up()
        expect(source).to_have_text(name)


class TestKeyboard:
    def test_seat_move_swap_fix_and_release_without_a_mouse(self, open_as: Open, board: str):
        page = open_as(f"{board}?activity=lobby")
        here, below = slot(page, "江南支行", 0), slot(page, "滨江支行", 0)  # at the same hours: the two may always swap
        names = here.inner_text(), below.inner_text()

        here.focus()
        page.keyboard.press("x")
        expect(page.locator("#status")).to_contain_text(f"已拿起 {names[0]}")
        expect(page.locator(".slot--carried")).to_have_count(1)
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        expect(here).to_have_text(names[1])
        expect(below).to_have_text(names[0])

        expect(below).to_be_focused()  # the table was swapped under the keys
        page.keyboard.press("l")
        expect(below).to_have_class(re.compile("slot--fixed"))
        expect(below).to_be_focused()
        page.keyboard.press("ArrowUp")
        expect(here).to_be_focused()
        page.keyboard.press("Delete")
        expect(here).to_have_text("空缺")

        expect(here).to_be_focused()
        page.keyboard.press("End")
        page.keyboard.press("g")
        expect(here).to_be_focused()
        page.keyboard.press("Enter")
        marked = page.locator(".people__row button").first
        expect(marked).to_be_focused()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowUp")
        page.keyboard.press("Enter")
        expect(unfilled(page)).to_have_text("0")

        page.keyboard.press("Control+z")
        expect(unfilled(page)).to_have_text("1")

    def test_the_keys_are_listed_the_view_changes_and_the_search_is_found(self, open_as: Open, board: str):
        page = open_as(board, lang="en")
        page.locator("#grid a.slot").first.focus()

        page.keyboard.press("?")
        expect(page.get_by_role("dialog")).to_contain_text("Pick up, Enter puts down")
        page.keyboard.press("Escape")
        page.keyboard.press("/")
        expect(page.locator(".filters [name=person]")).to_be_focused()
        page.keyboard.type("员工甲")
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile("person="))
        page.wait_for_load_state()  # keys are heard once the page's modules have run
        page.locator("#grid a.slot").first.focus()
        page.keyboard.press("v")
        expect(page.locator("#grid")).to_have_class(re.compile("board--people"))
        expect(page.locator("#grid tbody tr")).to_have_count(1)

    def test_a_slash_leads_from_the_candidates_to_their_search(self, open_as: Open, board: str):
        page = open_as(f"{board}?activity=lobby")
        freed = slot(page, "江南支行", 0)
        freed.focus()
        page.keyboard.press("Delete")
        expect(freed).to_have_text("空缺")
        page.locator("#panel .people__row button:not([type])").first.focus()
        page.keyboard.press("/")

        expect(page.locator("#panel [type=search]")).to_be_focused()

    def test_a_roster_is_published_without_a_mouse(self, open_as: Open, board: str):
        page = open_as(board)

        page.get_by_role("link", name="检查并发布").focus()
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile("/publish$"))
        gaps = page.get_by_label(re.compile("个空缺，照此发布$"))
        if gaps.count():  # those that the tests before this one left
            gaps.focus()
            page.keyboard.press("Space")
        page.get_by_role("button", name=re.compile("^发布")).focus()
        page.keyboard.press("Enter")

        expect(page).to_have_url(re.compile(rf"{board}$"))
        expect(page.locator(".head .chip").first).to_have_text("已发布")


class TestOverride:
    @pytest.mark.parametrize(
        ("lang", "act", "kept"), [("zh", "仍然这样排", "理由：本人愿意"), ("en", "Do it anyway", "Reason: 本人愿意")]
    )
    def test_a_rule_that_warns_asks_for_the_reason_and_keeps_it(
        self, open_as: Open, board: str, served, lang: str, act: str, kept: str
    ):
        name = full_week(served[1], int(board.rsplit("/", 1)[1]))
        page = open_as(f"{board}?activity=lobby&span=week", lang=lang)
        target = slot(page, "江南支行", 1)
        target.click()
        page.locator("#panel .tabs__tab").nth(1).click()
        row = page.locator(".people__row", has_text=name)
        expect(row.locator("summary")).to_be_visible()

        drag(page, row, target)
        page.mouse.up()
        expect(page.locator(".refusal [name=override]")).to_be_focused()
        page.keyboard.type("本人愿意")
        page.get_by_role("button", name=act).click()

        expect(target).to_have_text(name)
        expect(page.locator(".panel__override")).to_have_text(kept)


class TestTwo:
    def test_each_sees_the_others_change_within_seconds(self, open_as: Open, board: str):
        mine, hers = open_as(f"{board}?activity=lobby"), open_as(f"{board}?activity=lobby", "0004")
        slot(mine, "江南支行", 0).focus()
        mine.keyboard.press("Delete")

        expect(slot(hers, "江南支行", 0)).to_have_text("空缺", timeout=10_000)
        expect(hers.locator("#told")).to_contain_text("吕莉")

    def test_a_stale_act_is_told_both_versions_and_changes_nothing(self, open_as: Open, board: str):
        page = open_as(f"{board}?activity=lobby")
        here = slot(page, "江南支行", 0)
        here.focus()
        page.keyboard.press("Delete")
        expect(here).to_have_text("空缺")
        here.click()
        late = open_as(page.url, "0004")
        expect(late.locator(".people__row").first).to_be_visible()
        page.get_by_role("button", name=re.compile("^排入")).nth(1).click()
        expect(page.locator(".panel__person")).to_be_visible()

        late.get_by_role("button", name=re.compile("^排入")).first.click()

        expect(late.get_by_role("alert").first).to_contain_text("您看到的是空缺，现在是")
        expect(unfilled(late)).to_have_text("0")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_on_a_phone_the_board_is_a_list_of_days(open_as: Open, board: str, lang: str):
    page = open_as(board, size="phone", lang=lang)

    expect(page.locator("#grid")).to_be_hidden()
    expect(page.locator(".days__day").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.locator("#days a.slot").first.click()
    expect(page.locator("#panel")).to_be_visible()
