"""The sheet on paper: what it says, and what Chromium makes of it."""

from __future__ import annotations

import html as entities
import re
import unicodedata
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from scheduler import assignments, rosters
from scheduler.audit import SYSTEM
from scheduler.database import rows, update, value
from tests import builders

MONDAY = date(2026, 3, 2)
STATIC = Path(__file__).parents[1] / "web" / "static" / "css"
MM = 72 / 25.4


@pytest.fixture
def roster_id(db, town, now):
    roster_id = builders.drafted(db, town, now)
    sql = "SELECT id FROM shift WHERE place_id = :place_id AND day = :day"
    shift_id = value(db, sql, place_id=town.outlet, day=MONDAY.isoformat())
    assignments.seat(db, shift_id, town.lan, by=SYSTEM, now=now)
    return roster_id


def words(html):
    return re.sub(r"\s+", " ", entities.unescape(re.sub(r"<[^>]+>", " ", html)))


def test_the_sheet_has_a_line_for_each_place_and_names_gaps(db, town, roster_id):
    sheet = rosters.by_place(db, roster_id)

    assert [(line.label, line.cells[0]) for line in sheet.lines] == [("江北支行", ["兰草"]), ("东风路社区", [])]
    assert sheet.lines[1].cells[5] == [None, None]
    assert (sheet.slots, sheet.filled, sheet.people, sheet.version) == (28, 1, 1, None)
    assert date(2026, 3, 8) in sheet.narrow
    assert date(2026, 3, 7) not in sheet.narrow


def test_people_have_a_line_each_with_their_places(db, town, roster_id):
    (line,) = rosters.by_person(db, roster_id).lines

    assert (line.label, line.small, line.cells[0], line.cells[1]) == ("兰草", "办公室", ["江北支行"], [])


def test_what_hangs_on_the_wall_is_what_was_published(db, town, now, roster_id):
    rosters.publish(db, roster_id, by=SYSTEM, now=now)
    assignments.release(db, 1, by=SYSTEM, now=now)

    assert rosters.by_place(db, roster_id).lines[0].cells[0] == ["兰草"]
    assert rosters.by_place(db, roster_id, planned=True).lines[0].cells[0] == [None]
    assert rosters.by_place(db, roster_id).version["number"] == 1


def test_people_of_the_same_name_are_told_apart_by_their_numbers(db, town, now, roster_id):
    update(db, "person", town.party, name="兰草")
    sql = "SELECT id FROM shift WHERE place_id = :place_id AND day = '2026-03-03'"
    assignments.seat(db, value(db, sql, place_id=town.outlet), town.party, by=SYSTEM, now=now)

    assert rosters.by_place(db, roster_id).lines[0].cells[:2] == [["兰草 0004"], ["兰草 0003"]]


def test_the_page_names_unit_preparer_reviewer_and_version(db, now, roster_id, as_coordinator):
    draft = words(as_coordinator.get(f"/rosters/{roster_id}/print").text)
    rosters.publish(db, roster_id, by=SYSTEM, now=now)
    published = words(as_coordinator.get(f"/rosters/{roster_id}/print?view=people").text)

    assert "单位：巴中市分行 编制：吕莉 审核：" in draft
    assert "草稿，未发布" in draft
    assert "第 1 版 · 2月28日 周六 09:00 发布 · 2月28日 周六 09:00 打印" in published
    assert "负责人签字" in draft


def test_staff_cannot_print_a_draft(roster_id, as_staff):
    assert as_staff.get(f"/rosters/{roster_id}/print").status_code in (403, 404)


def many_places(db, town, now, count):
    for n in range(count):
        place = builders.place(db, now, town.branch, f"网点{n:02}")
        builders.template(db, now, town.branch, [place], name=f"厅堂{n:02}")


def many_people(db, town, now, roster_id, count):
    sql = "SELECT id FROM shift WHERE roster_id = :roster_id AND place_id NOT IN (:a, :b) ORDER BY day, id"
    shifts = rows(db, sql, roster_id=roster_id, a=town.outlet, b=town.community)
    for n, shift in zip(range(count), shifts, strict=False):
        person_id = builders.person(db, now, town.office, f"{2000 + n}", f"员工{n:02}")
        assignments.seat(db, shift["id"], person_id, by=SYSTEM, now=now)


def _media(name):
    return "print" if name.startswith(("print", "paper-")) else "all"


def opened(browser, client, path):
    """The page in a browser, with its sheets inside of it."""
    page_html = client.get(path).text
    names = re.findall(r"css/([a-z0-9-]+\.css)", page_html)
    held = [f"<style media='{_media(name)}'>{(STATIC / name).read_text()}</style>" for name in names]
    bare = re.sub(r"<(link|script)[^>]*>(</script>)?", "", page_html)
    whole = bare.replace("</head>", "".join(held) + "</head>")
    page = browser.new_page()
    page.set_content(whole)
    return page


def printed(browser, client, path):
    """The page as a PDF: the sizes of its pages in whole millimetres, and the text that each page shows."""
    page = opened(browser, client, path)
    pdf = page.pdf(prefer_css_page_size=True)
    page.emulate_media(media="print")
    seen = page.inner_text("body")
    page.close()
    boxes = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", pdf)
    return [(round(float(w) / MM), round(float(h) / MM)) for w, h in boxes], seen


def test_a_month_prints_on_one_sheet_and_a_long_one_on_more_of_a3(browser, db, town, now, roster_id, as_coordinator):
    few, seen = printed(browser, as_coordinator, f"/rosters/{roster_id}/print")
    many_places(db, town, now, 60)
    rosters.take_shifts(db, roster_id, by=SYSTEM, now=now)
    many, _ = printed(browser, as_coordinator, f"/rosters/{roster_id}/print")

    assert few == [(297, 210)]
    assert ("兰　草" in seen, "江北支行" in seen, "回到排班表" in seen) == (True, True, False)
    assert (len(many), set(many)) == (2, {(420, 297)})


def test_each_page_has_the_head_of_the_table_and_a_line_is_never_parted(browser, roster_id, as_coordinator):
    page = opened(browser, as_coordinator, f"/rosters/{roster_id}/print")
    page.emulate_media(media="print")

    styles = """[
        getComputedStyle(document.querySelector('.month thead')).display,
        getComputedStyle(document.querySelector('.month tbody tr')).breakInside,
    ]"""
    assert page.evaluate(styles) == ["table-header-group", "avoid"]
    page.close()


def test_people_are_printed_on_a4_with_unit_preparer_reviewer_and_a_place_to_sign(browser, roster_id, as_coordinator):
    sizes, seen = printed(browser, as_coordinator, f"/rosters/{roster_id}/print?view=people&paper=a4")

    assert sizes == [(297, 210)]
    assert [
        word in seen for word in ("3月2日–29日 值班表", "单位：巴中市分行", "编制：吕莉", "审核：", "签字", "打印")
    ] == [True] * 6


def pages_of(browser, client, path):
    """The text of each page of the PDF, as `squeezed` leaves it."""
    page = opened(browser, client, path)
    pdf = page.pdf(prefer_css_page_size=True)
    page.close()
    return [squeezed(sheet.extract_text()) for sheet in PdfReader(BytesIO(pdf)).pages]


def squeezed(text):
    """Without blanks, and signs that look the same as one: Chromium writes some as radicals, 月 as ⽉, – as ‒."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).replace("\u2012", "\u2013")


@pytest.mark.parametrize("view", ["places", "people"])
def test_every_page_of_a4_says_what_it_is(browser, db, town, now, roster_id, as_coordinator, view):
    many_places(db, town, now, 60)
    rosters.take_shifts(db, roster_id, by=SYSTEM, now=now)
    many_people(db, town, now, roster_id, 60)
    found = pages_of(browser, as_coordinator, f"/rosters/{roster_id}/print?view={view}&paper=a4")

    days = "".join(f"{day}{name}" for day, name in zip(range(2, 9), "一二三四五六日", strict=True))
    head = ["3月2日–29日值班表", "单位：巴中市分行", "编制：吕莉", "2月28日周六09:00打印", "签字", days]
    assert len(found) >= 3
    assert [[word for word in head if squeezed(word) not in text] for text in found] == [[]] * len(found)
    assert [f"{n}/{len(found)}" in text for n, text in enumerate(found, start=1)] == [True] * len(found)
