"""A roster's board as a workbook that looks like the printed sheet and can be read back."""

from __future__ import annotations

import io
from datetime import date, datetime, time
from typing import Any

import xlsxwriter

from scheduler import rosters
from scheduler.audit import Actor
from scheduler.database import Database
from scheduler.exports.cells import shown
from scheduler.wording import Lang, who
from scheduler.wording.dates import WEEKDAYS_EN, WEEKDAYS_ZH, dates_text, day_text

HEADS = {"place": ("地点", "Place"), "activity": ("活动", "Activity"), "hours": ("时间", "Hours")}
SIGNATURE = ("负责人签字", "Signature")
UNFILLED = ("空缺", "unfilled")
FIRST_DAY = len(HEADS)  # the column of the first day
TOP = 3  # title, facts, and the row of weekdays stand above the first line; the row of dates is the head
GREY = {"bg_color": "#E4E4E4"}
CELL: dict[str, object] = {
    "border": 1, "border_color": "#888888", "align": "center", "valign": "vcenter", "text_wrap": True, "font_size": 9,
}  # fmt: skip


def roster_workbook(db: Database, roster_id: int, *, lang: Lang, by: Actor, now: datetime) -> bytes:
    """One sheet, A4 or A3 lying: a line for each place, activity and hours; a column for each day, and a signature.

    It shows what is planned, also what is not published yet. People of one name have their staff number beside it.
    """
    sheet = rosters.by_place(db, roster_id, planned=True)
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"strings_to_formulas": False, "strings_to_urls": False})
    page = book.add_worksheet("值班表" if lang == "zh" else "Roster")
    _lay_out(page, sheet)
    last = FIRST_DAY + len(sheet.days)
    _title(db, book, page, sheet, last, lang, by, now)
    _head(book, page, sheet, lang)
    for at, line in enumerate(sheet.lines):
        _line(book, page, TOP + 1 + at, line, sheet, last, lang)
    book.close()
    return content.getvalue()


def _lay_out(page: Any, sheet: rosters.Sheet) -> None:
    page.set_landscape()
    page.set_paper(8 if sheet.is_large else 9)  # A3, A4
    page.set_margins(left=0.31, right=0.31, top=0.31, bottom=0.43)
    page.fit_to_pages(1, 0)
    page.repeat_rows(2, TOP)
    page.freeze_panes(TOP + 1, 1)
    page.set_footer("&R&P / &N")
    page.set_column(0, 0, 14)
    page.set_column(1, 2, 11)
    for at, day in enumerate(sheet.days):
        page.set_column(FIRST_DAY + at, FIRST_DAY + at, 3.5 if day.day in sheet.narrow else 7)
    page.set_column(FIRST_DAY + len(sheet.days), FIRST_DAY + len(sheet.days), 12)


def _title(
    db: Database, book: Any, page: Any, sheet: rosters.Sheet, last: int, lang: Lang, by: Actor, now: datetime
) -> None:
    chinese = lang == "zh"
    first, end = (date.fromisoformat(sheet.roster[at]) for at in ("starts_on", "ends_on"))
    period = dates_text(first, end, lang, named_year=first.year)
    look = book.add_format({"bold": True, "font_size": 15, "align": "center", "valign": "vcenter"})
    page.set_row(0, 28)
    page.merge_range(0, 0, 0, last, f"{period} 值班表" if chinese else f"Duty roster, {period}", look)
    state = "未发布" if chinese else "not published"
    if sheet.version is not None:
        state = f"第 {sheet.version['number']} 版" if chinese else f"version {sheet.version['number']}"
    local = now.astimezone(db.zone)
    when = f"{day_text(local.date(), lang)} {local:%H:%M}"
    unit, name, blank = sheet.roster["unit"], who(by.name, lang), "＿" * 6
    facts = f"单位：{unit}　编制：{name}　审核：{blank}　{state} · {when} 导出"
    if not chinese:
        facts = f"Unit: {unit}   Prepared by: {name}   Reviewed by: {blank}   {state} · exported {when}"
    page.write_string(1, 0, shown(facts))


def _head(book: Any, page: Any, sheet: rosters.Sheet, lang: Lang) -> None:
    grounds = {False: CELL, True: CELL | GREY}
    looks = {off: book.add_format(ground | {"bold": True, "num_format": "d"}) for off, ground in grounds.items()}
    small = {off: book.add_format(ground) for off, ground in grounds.items()}
    for at, words in enumerate((*HEADS.values(), *([None] * len(sheet.days)), SIGNATURE)):
        if words is not None:
            page.write_blank(2, at, None, small[False])
            page.write_string(TOP, at, words[lang == "en"], looks[False])
    for at, day in enumerate(sheet.days, start=FIRST_DAY):
        off = not day.is_workday
        named = {"holiday": ("休", "H"), "makeup": ("班", "W")}.get(
            day.kind, (WEEKDAYS_ZH[day.day.weekday()], WEEKDAYS_EN[day.day.weekday()][:2])
        )
        page.write_string(2, at, named[lang == "en"], small[off])
        page.write_datetime(TOP, at, datetime.combine(day.day, time(0)), looks[off])


def _line(book: Any, page: Any, row: int, line: rosters.PaperLine, sheet: rosters.Sheet, last: int, lang: Lang) -> None:
    plain, grey = book.add_format(CELL), book.add_format(CELL | GREY)
    left = book.add_format(CELL | {"align": "left", "bold": True})
    page.set_row(row, 15 * max(1, *(len(cell) for cell in line.cells)) + 6)
    page.write_string(row, 0, shown(line.place), left)
    page.write_string(row, 1, shown(line.activity_zh if lang == "zh" else line.activity_en), plain)
    page.write_string(row, 2, hours_of(line.hours), plain)
    for at, cell in enumerate(line.cells):
        names = "\n".join(UNFILLED[lang == "en"] if name is None else shown(name) for name in cell)
        page.write_string(row, FIRST_DAY + at, names, plain if sheet.days[at].is_workday else grey)
    page.write_blank(row, last, None, plain)


def hours_of(hours: tuple[time, time]) -> str:
    """`08:30–17:00`, as the sheet writes them and knows its lines by."""
    return f"{hours[0]:%H:%M}–{hours[1]:%H:%M}"
