"""What has to happen in a demonstration before a state of a roster can be seen: somebody ill, a changed file."""

from __future__ import annotations

import io
import re
from datetime import date
from typing import Any

import xlsxwriter
from playwright.sync_api import Page
from python_calamine import CalamineWorkbook

STANDS_SOON = """() => {
    const today = document.querySelector("#grid .board__day--today")?.cellIndex ?? 0;
    const slots = [...document.querySelectorAll("#grid a.slot[data-p]")];
    return slots.find((slot) => slot.closest("td").cellIndex > today).dataset.p;
}"""  # of somebody in the columns after today's
FIRST_DAY = 3  # columns of the sheet before the first day
WEEK = 5


def seat_the_wrong_one(page: Page) -> None:
    """In an open slot's panel: try to seat somebody who stands elsewhere at that time."""
    slot = page.locator("a.slot--open").first
    day = re.split(r"[，,] ?", str(slot.get_attribute("aria-label")))[0]
    busy = page.locator(f"a.slot[data-p][aria-label^='{day}']").first.get_attribute("data-p")
    page.goto(str(slot.get_attribute("href")))
    seat = page.locator("#panel button[name=person_id]").first
    seat.evaluate("(button, person) => button.value = person", busy)
    seat.click()
    page.locator("#panel [role=alert], .banner--no").first.wait_for()


def give_a_reason(page: Page) -> None:
    """Open the question for a reason at the first candidate who has one to give."""
    page.locator("#panel details.confirm--reason summary").first.click()


def free_a_saturday(page: Page) -> str:
    """Release somebody from a Saturday; gives the slot's address. Off days two weeks running are warned of by then."""
    slot = page.locator("#grid a.slot[data-p][aria-label*='周六'], #grid a.slot[data-p][aria-label*='Sat ']").nth(3)
    address = str(slot.get_attribute("href"))
    page.goto(address)
    page.locator("#panel form[action*='/drop']:has(input[name=source]) button").first.click()
    page.wait_for_load_state("networkidle")
    return address


def fall_ill(page: Page) -> None:
    """Somebody who stands in the coming days files sick leave: their duties want a stand-in."""
    today = date.fromisoformat(str(page.evaluate("new Date().toISOString().slice(0, 10)")))
    person = page.evaluate(STANDS_SOON)
    page.goto(f"/people/{person}")
    form = page.locator("form[action$='/away']").first
    form.evaluate(
        "one => { for (let up = one; up; up = up.parentElement) if (up.tagName === 'DETAILS') up.open = true }"
    )
    form.locator("[name=kind]").select_option("sick")
    form.locator("[name=starts]").fill(today.isoformat())
    form.locator("[name=ends]").fill(date(today.year + today.month // 12, today.month % 12 + 1, 28).isoformat())
    form.locator("button").last.click()
    page.wait_for_load_state("networkidle")


def changed_workbook(content: bytes) -> bytes:
    """The roster's workbook with one person on every day of its first week, and twice on the first of them."""
    found: list[list[Any]] = (
        CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python(skip_empty_area=False)
    )
    head = next(at for at, line in enumerate(found) if any(isinstance(cell, date) for cell in line))
    lines = found[head + 1 :]
    filled = [
        (at, column) for column in range(FIRST_DAY, FIRST_DAY + WEEK) for at, line in enumerate(lines) if line[column]
    ]
    name = next(lines[at][column] for at, column in filled)
    seen: set[int] = set()
    for at, column in filled:
        if column not in seen or (column == FIRST_DAY + 1 and len(seen) == 2):
            lines[at][column] = name
            seen.add(column)
    return _written(found)


def _written(found: list[list[Any]]) -> bytes:
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content)
    sheet, dated = book.add_worksheet(), book.add_format({"num_format": "d"})
    for at, line in enumerate(found):
        for column, held in enumerate(line):
            if isinstance(held, date):
                sheet.write_datetime(at, column, held, dated)
            else:
                sheet.write(at, column, held)
    book.close()
    return content.getvalue()
