"""From a figure to its trips and back, a pivot changed, an export read, a chart looked at: in a real browser."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page
from python_calamine import CalamineWorkbook

from scheduler import clock
from tests.browser.conftest import COORDINATOR, Visit
from tests.conftest import SHANGHAI

TODAY = clock.today(clock.now(), SHANGHAI)
DAYS = f"period=own&first={TODAY - timedelta(days=364)}&last={TODAY}"


def number(text: str) -> int:
    return int(re.sub(r"\D", "", text))


def saved(page: Page, words: str, folder: Path) -> CalamineWorkbook:
    with page.expect_download() as download:
        page.get_by_role("link", name=words).click()
    path = folder / "saved.xlsx"
    download.value.save_as(path)
    return CalamineWorkbook.from_path(str(path))


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_a_figure_leads_to_its_trips_and_back_to_the_same_pivot(visit: Visit, size: str):
    page = visit(COORDINATOR, f"/tallies?{DAYS}&columns=activity", size)
    asked, figure = page.url, page.locator(".pivot tbody td.number a").first
    shown = number(figure.inner_text())

    figure.click()
    page.wait_for_url("**/trips?*")
    assert number(page.locator(".toolbar .segments a").first.inner_text()) == shown
    page.locator(".head__crumbs a").click()
    page.wait_for_url("**/tallies?*")

    assert number(page.locator(".pivot tbody td.number a").first.inner_text()) == shown
    assert "columns=activity" in page.url
    assert sorted(page.url.partition("?")[2].split("&")) == sorted([*asked.partition("?")[2].split("&"), _unit(page)])


def _unit(page: Page) -> str:
    return f"unit={page.locator('select[name=unit]').input_value()}"


def test_a_pivot_is_changed_and_saved_and_its_bars_are_those_of_the_table(visit: Visit, tmp_path: Path):
    page = visit(COORDINATOR, f"/tallies?{DAYS}")

    with page.expect_navigation():
        page.locator("select[name=rows]").select_option("activity")
    book = saved(page, "导出工作簿", tmp_path)

    shown = [number(text) for text in page.locator(".pivot tbody tr td:nth-child(2)").all_inner_texts()]
    total = number(page.locator(".pivot tfoot td").first.inner_text())
    lines = book.get_sheet_by_name("统计").to_python()
    assert [line[1] for line in lines[1:]] == [*shown, total]
    assert sum(line[11] for line in book.get_sheet_by_name("明细").to_python()[1:]) == total

    months = page.locator(".card", has=page.get_by_role("heading", name="各月"))
    months.locator("summary").click()
    table = [number(text) for text in months.locator("tbody td:nth-child(2)").all_inner_texts()]
    bars = months.locator("rect.chart__bar").all()
    tall = [float(bar.get_attribute("height") or 0) for bar in bars]
    assert len([height for height in tall if height]) == len(table)
    assert tall.index(max(tall)) == [height > 0 for height in tall].index(True) + table.index(max(table))


@pytest.mark.parametrize(
    ("narrowed", "figure", "least", "word"),
    [
        ("activity=lobby", 0, 700, "人次"),
        ("activity=community", 0, 200, "人次"),
        ("activity=epidemic", 1, 50, "名"),
    ],
)
def test_what_the_organisation_publishes_is_the_same_on_the_page_in_the_briefing_and_in_the_export(
    visit: Visit, tmp_path: Path, narrowed: str, figure: int, least: int, word: str
):
    page = visit(COORDINATOR, f"/tallies?{DAYS}&{narrowed}")

    shown = number(page.locator(".figures .figure__number").nth(figure).inner_text())
    told = page.locator(".told__number", has_text=word).first.inner_text()
    lines = saved(page, "导出工作簿", tmp_path).get_sheet_by_name("统计").to_python()

    assert shown > least
    assert number(told) == shown
    assert lines[-1][lines[0].index(("人次", "人数")[figure])] == shown


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("path", ["/tallies", "/tallies/briefing", "/tallies/ranking"])
def test_a_phone_is_never_scrolled_sideways(visit: Visit, path: str, lang: str):
    page = visit(COORDINATOR, f"{path}?{DAYS}", "phone", lang)

    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
