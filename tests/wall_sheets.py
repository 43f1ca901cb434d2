"""Duty sheets in many layouts, each with what should be read from it. Everybody in them is invented."""

# ruff: noqa: E501  a line of a sheet is a line here
from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from datetime import date, timedelta

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from scheduler.imports import sheets
from scheduler.imports.wall import people as persons
from scheduler.imports.wall import places

WEEK = "一二三四五六日"
BRANCH = {
    "办公室": "苗青 席露 柏舟 鲁直 桑榆 骆宾 管弦 荀悦",
    "公司部": "尤里 岑参 米芾 符坚 容若 李和平 陈静",
    "个金部": "陈静 王磊 和风 楚江流",
}
HALL = {"营业厅甲": "白露雪 霍光亮 窦融融 萧红叶 耿介石"}
OUTLETS = ["城北支行", "城南支行", "河东支行", "老街分理处"]
COMMUNITIES = ["杏花社区", "柳溪社区", "长桥社区"]


def people():
    """Their numbers count from 101 in the order above, each with a mobile; 楚江流 left on 2026-12-10."""
    found = []
    for unit, who in (BRANCH | HALL).items():
        for name in who.split():
            n = len(found) + 1
            left = "2026-12-10" if name == "楚江流" else None
            found.append({"id": n, "name": name, "staff_no": f"{100 + n:05d}", "left_on": left, "unit": unit,
                          "units": f"{unit}/市分行", "mobile": f"1540000{n:04d}"})  # fmt: skip
    return persons.people_of(found)


def known_places():
    named = [(name, "outlet") for name in [*OUTLETS, "营业厅甲"]] + [(name, "community") for name in COMMUNITIES]
    return places.places_of([*named, ("市分行机关", "other")])


STAFF = [name for who in BRANCH.values() for name in who.split() if name not in ("陈静", "楚江流")]


def dealt(n):
    """The n-th name of an endless turn."""
    return STAFF[n % len(STAFF)]


def december(first=1, last=31):
    return [date(2026, 12, first) + timedelta(n) for n in range(last - first + 1)]


def week(day, form="周"):
    return form + WEEK[day.weekday()]


@dataclass
class Wall:
    """A workbook in the making: cells as they are written, and beside them what they mean."""

    name: str = "值班表.xlsx"
    rows: list = field(default_factory=list)
    maybe: list = field(default_factory=list)
    problems: list = field(default_factory=list)
    cells: dict = field(default_factory=dict)
    merged: list = field(default_factory=list)
    sheets: list = field(default_factory=list)
    hidden_rows: list = field(default_factory=list)
    struck: list = field(default_factory=list)
    dated: list = field(default_factory=list)

    def sheet(self, name):
        """The next sheet; what is written from now on stands there."""
        self.cells, self.merged, self.hidden_rows, self.struck = {}, [], [], []
        self.sheets.append((name, self.cells, self.merged, self.hidden_rows, self.struck))
        return self

    def put(self, row, column, *texts):
        if not self.sheets:
            self.sheet("Sheet1")
        for n, text in enumerate(texts):
            self.cells[(row, column + n)] = text
        return self

    def down(self, row, column, *texts):
        for n, text in enumerate(texts):
            self.put(row + n, column, text)
        return self

    def merge(self, row, column, last_row, last_column, text):
        self.put(row, column, text)
        self.merged.append((row, column, last_row, last_column))
        return self

    def duty(self, day, place, person, role="值班人员", start=None, end=None, nights=0, into="rows"):
        """What is meant: start and end as clock times."""
        when = [f"{day + timedelta(plus)}T{clock}" if clock else None for clock, plus in ((start, 0), (end, nights))]
        getattr(self, into).append((str(day), place, role, person, *when))
        return self

    def problem(self, row, column, kind):
        self.problems.append((row + 1, None if column is None else xl_col_to_name(column), kind))
        return self

    def book(self):
        """The same as it is once it was read: without a file, and so in no time."""
        return sheets.Book([self._read(*sheet) for sheet in self.sheets])

    def _read(self, name, cells, merged, hidden, struck):
        lines = {}
        for (row, column), text in sorted(cells.items()):
            line = lines.setdefault(row, [])
            line += [""] * (column - len(line))
            kept = "".join(text[::2]) if isinstance(text, tuple) else text
            line.append({"date": text.isoformat()} if isinstance(text, date) else kept)
        ranges = [[row + 1, column, last + 1, end] for row, column, last, end in merged]
        return sheets.Sheet(
            name, [sheets.Line(row + 1, lines[row]) for row in sorted(lines)], ranges, {row + 1 for row in hidden}
        )

    def content(self):
        if self.name.endswith(".csv"):
            return self._csv()
        target = io.BytesIO()
        book = xlsxwriter.Workbook(target)
        crossed, dated = book.add_format({"font_strikeout": True}), book.add_format({"num_format": "m月d日"})
        for name, cells, merged, hidden, struck in self.sheets:
            page = book.add_worksheet(name)
            for at in merged:
                page.merge_range(*at, "")
            for (row, column), text in cells.items():
                self._write(page, row, column, text, crossed if (row, column) in struck else None, crossed, dated)
            for row in hidden:
                page.set_row(row, None, None, {"hidden": True})
        book.close()
        return target.getvalue()

    def _write(self, page, row, column, text, form, crossed, dated):
        if isinstance(text, date):
            page.write_datetime(row, column, text, dated)
        elif isinstance(text, tuple):  # kept, crossed out, kept
            parts = []
            for n, part in enumerate(text):
                parts += ([crossed] if n % 2 else []) + ([part] if part else [])
            page.write_rich_string(row, column, *parts)
        elif isinstance(text, str) and text.startswith("="):
            page.write_formula(row, column, text, None, 3)
        else:
            page.write(row, column, text, form)

    def _csv(self):
        _, cells, _, _, _ = self.sheets[0]
        width, height = max(c for _, c in cells) + 1, max(r for r, _ in cells) + 1
        out = io.StringIO()
        csv.writer(out, lineterminator="\r\n").writerows(
            [str(cells.get((row, column), "")) for column in range(width)] for row in range(height)
        )
        return out.getvalue().encode("gbk")


def transposed_grid():
    """Dates down, outlets across in the head, a date and a weekday column."""
    wall = Wall().merge(0, 0, 0, 5, "2026年12月网点厅堂服务轮值表（9:00-17:00）").put(1, 0, "日期", "星期", *OUTLETS)
    for n, day in enumerate(december()):
        wall.put(2 + n, 0, f"{day.day}日", week(day, ""))
        for m, place in enumerate(OUTLETS):
            if day.weekday() > 4:
                wall.put(2 + n, 2 + m, "休")
                continue
            person = dealt(n * 4 + m)
            wall.put(2 + n, 2 + m, person).duty(day, place, person, start="09:00", end="17:00")
    return wall.merge(33, 0, 33, 5, "注：确需调班的，提前一天告知办公室，电话13800000000。")


def roles_under_places():
    """A head of two rows: an outlet over its leader and its staff, dates as Excel's own dates."""
    wall = Wall().merge(0, 0, 0, 4, "12月值班安排表").put(1, 0, "值班时间：17:30—次日8:30")
    wall.merge(2, 0, 3, 0, "日期").merge(2, 1, 2, 2, "城北支行").merge(2, 3, 2, 4, "城南支行")
    wall.put(3, 1, "带班领导", "值班人员", "带班领导", "值班人员")
    times = {"start": "17:30", "end": "08:30", "nights": 1}
    for n, day in enumerate(december()):
        wall.put(4 + n, 0, day)
        for m, place in enumerate(("城北支行", "城北支行", "城南支行", "城南支行")):
            person = dealt(n * 4 + m)
            wall.put(4 + n, 1 + m, person)
            wall.duty(day, place, person, "值班人员" if m % 2 else "带班领导", **times)
    return wall


def weekdays_and_a_range():
    """A week: weekdays alone in the head, the range of days in the title."""
    wall = Wall().merge(0, 0, 0, 5, "杏花社区值守安排（2026年12月7日至12月11日）").put(1, 0, "时段")
    days = december(7, 11)
    for n, day in enumerate(days):
        wall.put(1, 1 + n, week(day, "星期"))
    for m, (half, start, end) in enumerate(
        (("上午8:30-11:30", "08:30", "11:30"), ("下午14:30-17:30", "14:30", "17:30"))
    ):
        wall.put(2 + m, 0, half)
        for n, day in enumerate(days):
            one, two = dealt(m * 10 + n * 2), dealt(m * 10 + n * 2 + 1)
            wall.put(2 + m, 1 + n, f"{one}\n{two}")
            for person in (one, two):
                wall.duty(day, "杏花社区", person, start=start, end=end)
    return wall


def month_in_the_sheets_name():
    """A sheet a month, its name the only place where the month stands; the year is in the title."""
    wall = Wall()
    for month, length in ((11, 30), (12, 31)):
        wall.sheet(f"{month}月").merge(0, 0, 0, 3, "市分行机关2026年度值班表").put(
            1, 0, "日期", "星期", "带班领导", "值班人员"
        )
        for n in range(length):
            day = date(2026, month, 1) + timedelta(n)
            lead, person = dealt(n), dealt(n + 3)
            wall.put(2 + n, 0, f"{day.day}日", week(day), lead, person)
            wall.duty(day, "市分行机关", lead, "带班领导").duty(day, "市分行机关", person)
    return wall


def several_tables():
    """Three tables one under the other, each with its community over it."""
    wall, top = Wall().merge(0, 0, 0, 7, "2026年12月志愿值守表  每日8:30-17:30"), 1
    for m, place in enumerate(COMMUNITIES):
        wall.merge(top, 0, top, 7, f"{place}值守安排").put(top + 1, 0, "日期").put(top + 2, 0, "人员")
        for n, day in enumerate(december(14, 20)):
            person = dealt(m * 7 + n)
            wall.put(top + 1, 1 + n, f"12.{day.day}").put(top + 2, 1 + n, person)
            wall.duty(day, place, person, start="08:30", end="17:30")
        top += 4
    return wall


def text_file():
    """A text file with commas in GBK: a date a line."""
    wall = Wall("值班表.csv").put(0, 0, "城南支行2026年12月值班表").put(1, 0, "日期", "星期", "值班人员", "值班电话")
    for n, day in enumerate(december()):
        person = dealt(n)
        wall.put(2 + n, 0, f"12月{day.day}日", week(day), person, "0827-5550000").duty(day, "城南支行", person)
    return wall


def halves_of_days():
    """Each date over two columns, 上午 and 下午; places in the first column."""
    wall = Wall().merge(0, 0, 0, 10, "二〇二六年十二月社区志愿服务排班表").merge(1, 0, 2, 0, "社区")
    wall.put(7, 0, "说明：上午8:30-11:30，下午14:30-17:30。")
    for n, day in enumerate(december(7, 11)):
        wall.merge(1, 1 + 2 * n, 1, 2 + 2 * n, f"{day.month}月{day.day}日（{week(day)}）").put(
            2, 1 + 2 * n, "上午", "下午"
        )
        for m, place in enumerate(COMMUNITIES):
            for half, (start, end) in enumerate((("08:30", "11:30"), ("14:30", "17:30"))):
                person = dealt(n * 6 + m * 2 + half)
                wall.put(3 + m, 1 + 2 * n + half, person).duty(day, place, person, start=start, end=end)
    for m, place in enumerate(COMMUNITIES):
        wall.put(3 + m, 0, place)
    return wall


def numbers_in_brackets():
    """Names with staff numbers, and two of one name told apart by number, department or telephone."""
    wall = Wall().put(0, 0, "城北支行2026年12月值班表").put(1, 0, "日期", "值班人员")
    lines = ["王磊（00117）", "陈静（00115）", "陈静(个金部)", "陈静15400000015", "苗青 00101、席露 00102", "陈静"]
    meant = [["王磊"], ["陈静"], ["陈静"], ["陈静"], ["苗青", "席露"], []]
    for n, (text, who) in enumerate(zip(lines, meant, strict=True)):
        day = date(2026, 12, 1 + n)
        wall.put(2 + n, 0, f"12月{day.day}日", text)
        for person in who:
            wall.duty(day, "城北支行", person)
    wall.problem(7, 1, "ambiguous_person")
    for _ in range(2):
        wall.duty(date(2026, 12, 6), "城北支行", "陈静", into="maybe")
    return wall


def ways_to_write_names():
    """Padding, titles, words between names, names run together, roles inside of the cell, names that hold 和."""
    wall = Wall().put(0, 0, "城北支行2026年12月值班表").put(1, 0, "日期", "值班人员")
    lines = {
        "苗　青  席　露": "苗青 席露", "李和平和王磊": "李和平 王磊", "苗青及席露": "苗青 席露", "苗青 席露": "苗青 席露",
        "苗青主任，席露": "苗青 席露", "苗青;席露/柏舟": "苗青 席露 柏舟", "和风、李和平": "和风 李和平", "苗青\n席露": "苗青 席露",
        "苗青15400000001席露15400000002": "苗青 席露", "苗青&席露": "苗青 席露", "苗青（办公室主任）": "苗青", "副行长　苗青": "苗青",
        "苗青／席露": "苗青 席露", "苗青和席露": "苗青 席露", "（一）苗青": "苗青",
    }  # fmt: skip
    for n, (text, who) in enumerate(lines.items()):
        day = date(2026, 12, 1 + n)
        wall.put(2 + n, 0, f"{day.month}/{day.day}", text)
        for person in who.split():
            wall.duty(day, "城北支行", person)
    return wall


def roles_in_the_cell():
    wall = Wall().put(0, 0, "市分行机关2026年12月值班表").put(1, 0, "日期", "值班安排")
    for n, day in enumerate(december(1, 9)):
        lead, one, two = dealt(n), dealt(n + 5), dealt(n + 7)
        wall.put(2 + n, 0, f"12月{day.day}日", f"带班：{lead}\n值班：{one}、{two}")
        wall.duty(day, "市分行机关", lead, "带班领导").duty(day, "市分行机关", one).duty(day, "市分行机关", two)
    return wall


def wrong_and_unclear():
    """One slip of each kind in a plain list."""
    wall = Wall().merge(0, 0, 0, 3, "城南支行2026年11月值班表").put(1, 0, "日期", "星期", "值班人员", "备注")
    lines = [
        (1, "苗青", "", "", ""), (2, "苗情", "", "near_name", "苗青"), (3, "小席", "", "nickname", "席露"),
        (4, "请假", "", "not_a_person", ""), (5, "待定", "", "empty_duty", ""), (6, "甘罗拜", "", "unknown_person", ""),
        (7, "柏舟（代鲁直）", "", "stand_in", "柏舟"), (8, "全体党员", "", "not_a_person", ""), (9, "同上", "", "unknown_mark", ""),
        (10, "桑榆、桑榆", "", "duplicate_person", "桑榆+"), (11, "骆宾（备班）", "", "duty_or_standby", "骆宾"),
        (12, "管弦（请假）", "", "not_a_person", "管弦"), (13, "荀主任", "", "nickname", "荀悦"), (14, "尤里", "由岑参代班", "", "尤里"),
        (15, "青苗", "", "near_name", "苗青"), (16, "鲁直？", "", "near_name", "鲁直"),
    ]  # fmt: skip
    for n, (number, text, note, kind, person) in enumerate(lines):
        day = date(2026, 11, number)
        wall.put(2 + n, 0, f"11月{number}日", week(day), text, note)
        if kind:
            wall.problem(2 + n, 2, kind)
        if number == 14:
            wall.problem(2 + n, 3, "stand_in")
        sure = number == 1 or person.endswith("+")
        if person or sure:
            wall.duty(day, "城南支行", person.rstrip("+") or "苗青", into="rows" if sure else "maybe")
    wall.put(18, 0, "11月31日", "周二", "苗青").problem(18, 0, "bad_date")
    wall.put(19, 0, "12月1日", "周二", "苗青").problem(19, 0, "outside_month").duty(
        date(2026, 12, 1), "城南支行", "苗青", into="maybe"
    )
    return wall


def dates_twice():
    wall = Wall().put(0, 0, "城南支行2026年12月值班表").put(1, 0, "日期", "值班人员")
    for n, number in enumerate((1, 2, 3, 4, 4, 6, 7)):
        person = dealt(n)
        wall.put(2 + n, 0, f"12月{number}日", person)
        wall.duty(date(2026, 12, number), "城南支行", person, into="maybe" if number == 4 else "rows")
    return wall.problem(6, 0, "duplicate_date")


def no_month():
    wall = Wall("值班.xlsx").put(0, 0, "城南支行值班表 联系电话13820261201").put(1, 0, "日期", "值班人员")
    for n in range(10):
        wall.put(2 + n, 0, f"{n + 1}日", dealt(n))
    return wall.problem(0, 0, "missing_month")


def two_at_once():
    wall = Wall().put(0, 0, "2026年12月网点值班表 9:00-17:00").put(1, 0, "日期", *OUTLETS[:2])
    for n, day in enumerate(december(1, 5)):
        one, two = dealt(2 * n), dealt(2 * n + (0 if n == 2 else 1))
        wall.put(2 + n, 0, f"12月{day.day}日", one, two)
        for place, person in zip(OUTLETS, (one, two), strict=False):
            wall.duty(day, place, person, start="09:00", end="17:00", into="maybe" if n == 2 else "rows")
    return wall.problem(4, 2, "double_booked")


def short_places():
    """Short forms are asked once for the sheet; one that none or two have too."""
    wall = Wall().put(0, 0, "2026年12月厅堂服务表 9:00-17:00").put(1, 0, "网点", *(f"12.{n}" for n in range(1, 6)))
    for m, word in enumerate(("城北支行", "河东", "城南支行", "天边支行", "河东")):
        wall.put(2 + m, 0, word)
        for n, day in enumerate(december(1, 5)):
            wall.put(2 + m, 1 + n, dealt(m * 5 + n))
            if word != "天边支行":
                into = "maybe" if word == "河东" else "rows"
                wall.duty(
                    day, "河东支行" if word == "河东" else word, dealt(m * 5 + n), start="09:00", end="17:00", into=into
                )
            else:
                wall.duty(day, None, dealt(m * 5 + n), start="09:00", end="17:00", into="maybe")
    return wall.problem(3, 0, "place_abbreviated").problem(5, 0, "unknown_place")


def hidden_and_crossed():
    wall = Wall().sheet("12月").put(0, 0, "城南支行2026年12月值班表").put(1, 0, "日期", "值班人员")
    for n, day in enumerate(december(1, 6)):
        wall.put(2 + n, 0, f"12月{day.day}日", dealt(n))
        if n not in (1, 2):
            wall.duty(day, "城南支行", dealt(n))
    wall.hidden_rows.append(3)
    wall.put(4, 1, ("", "楚江流", "管弦")).duty(date(2026, 12, 3), "城南支行", "管弦")
    return wall.problem(3, None, "hidden_row").problem(4, 1, "crossed_out")


def merged_days():
    """A name over three days is each of them; a leader over the days of a week."""
    wall = Wall().merge(0, 0, 0, 7, "2026年12月河东支行值班表").put(1, 0, "日期", *(f"12月{n}日" for n in range(7, 14)))
    wall.put(2, 0, "带班领导").merge(2, 1, 2, 7, "苗青").put(3, 0, "值班人员").merge(3, 1, 3, 3, "席露").put(
        3, 4, "柏舟", "", "鲁直", "休"
    )
    for day in december(7, 13):
        wall.duty(day, "河东支行", "苗青", "带班领导")
    for day in december(7, 9):
        wall.duty(day, "河东支行", "席露")
    return wall.duty(date(2026, 12, 10), "河东支行", "柏舟").duty(date(2026, 12, 12), "河东支行", "鲁直")


def marks_down():
    """Days down, people across; marks with a legend of other words; sums under the days."""
    who = HALL["营业厅甲"].split()
    wall = Wall().merge(0, 0, 0, 5, "营业厅甲2026年12月排班表").put(1, 0, "日期", *who)
    for n, day in enumerate(december()):
        wall.put(2 + n, 0, day)
        for m, person in enumerate(who):
            mark = "AABOC"[(n + m) % 5]
            wall.put(2 + n, 1 + m, mark)
            if mark in "AB":
                start, end = ("08:00", "16:00") if mark == "A" else ("16:00", "23:30")
                wall.duty(day, "营业厅甲", person, "早班" if mark == "A" else "晚班", start, end)
    wall.put(33, 0, "合计", *(f"=COUNTA({xl_col_to_name(1 + m)}3:{xl_col_to_name(1 + m)}33)" for m in range(5)))
    return wall.merge(34, 0, 34, 5, "备注：A=早班（8:00-16:00）；B=晚班（16:00-23:30）；C=调休；O表示休息。")


def places_beside_names():
    """People down, days across, and in the cells where each goes."""
    wall = (
        Wall().put(0, 0, "2026年12月厅堂服务人员去向表（9:00-17:00）").put(1, 0, "序号", "姓名", "部门", *range(1, 11))
    )
    wall.put(2, 3, *(week(day, "") for day in december(1, 10)))
    for m, person in enumerate(STAFF[:5]):
        wall.put(3 + m, 0, m + 1, person, "办公室")
        for n, day in enumerate(december(1, 10)):
            if (n + m) % 3 == 0:
                place = OUTLETS[(n + m) % 4]
                wall.put(3 + m, 3 + n, place).duty(day, place, person, start="09:00", end="17:00")
    return wall


def a_list_of_duties():
    """A line a duty: date, place, shift, name, in columns."""
    wall = Wall().put(0, 0, "2026年12月志愿服务安排").put(1, 0, "序号", "日期", "时间", "地点", "姓名", "联系电话")
    row = 2
    for n, day in enumerate(december(1, 6)):
        for m, place in enumerate(COMMUNITIES):
            person = dealt(3 * n + m)
            wall.put(row, 0, row - 1, f"2026-12-{day.day:02d}", "9:00-11:30", place, person, "15400000000")
            wall.duty(day, place, person, start="09:00", end="11:30")
            row += 1
    return wall


def who_and_when():
    """A line a person, with all the days of each."""
    wall = Wall().put(0, 0, "城北支行2026年12月值班人员安排").put(1, 0, "序号", "姓名", "值班日期", "备注")
    for n, person in enumerate(STAFF[:6]):
        wall.put(2 + n, 0, n + 1, person, f"12月{n + 1}日、{n + 9}日、{n + 20}日")
        for number in (n + 1, n + 9, n + 20):
            wall.duty(date(2026, 12, number), "城北支行", person)
    return wall


def calendar_of_weeks():
    """A calendar: weekdays across, a row of day numbers and under it a row of names, week by week."""
    wall = Wall().merge(0, 0, 0, 6, "2026年12月河东支行值班表").put(1, 0, *(f"星期{sign}" for sign in WEEK))
    for n, day in enumerate(december()):
        row, column = 2 + 2 * ((n + 1) // 7), day.weekday()
        wall.put(row, column, day.day).put(row + 1, column, dealt(n)).duty(day, "河东支行", dealt(n))
    return wall


def one_day():
    """A sheet of one day, which only the title names."""
    wall = Wall().merge(0, 0, 0, 2, "2026年12月31日年终决算值班安排").put(1, 0, "网点", "带班领导", "值班人员")
    for m, place in enumerate(OUTLETS):
        lead, one, two = (dealt(3 * m + k) for k in range(3))
        wall.put(2 + m, 0, place, lead, f"{one}、{two}")
        day = date(2026, 12, 31)
        wall.duty(day, place, lead, "带班领导").duty(day, place, one).duty(day, place, two)
    return wall


def full_width():
    """Full-width digits and marks, holidays written in the date's cell, Chinese numerals."""
    wall = (
        Wall().put(0, 0, "城南支行二０二六年十二月值班表　时间：８：３０－１７：３０").put(1, 0, "日　期", "值班人员")
    )
    for n, text in enumerate(
        (
            "１２月１日",
            "十二月二日",
            "12月3日（星期四）",
            "12月4日 星期五",
            "12-5",
            "2026.12.6",
            "20261207",
            "12月8日\n周二",
        )
    ):
        wall.put(2 + n, 0, text, dealt(n)).duty(date(2026, 12, 1 + n), "城南支行", dealt(n), start="08:30", end="17:30")
    return wall


def side_by_side():
    """Two communities side by side under their own titles, days across in both."""
    wall = Wall()
    for m, place in enumerate(COMMUNITIES[:2]):
        left = m * 5
        wall.merge(0, left, 0, left + 3, f"{place}2026年12月值守表").put(1, left, "日期", "12.1", "12.2", "12.3").put(
            2, left, "值守人员"
        )
        for n, day in enumerate(december(1, 3)):
            wall.put(2, left + 1 + n, dealt(m * 3 + n)).duty(day, place, dealt(m * 3 + n))
    return wall


def place_of_rows():
    """Days across; places merged in the first column, roles in the second, numbers of people at the end."""
    wall = (
        Wall().merge(0, 0, 0, 8, "2026年12月值班表").put(1, 0, "单位", "岗位", *(f"{n}日" for n in range(1, 6)), "合计")
    )
    for m, place in enumerate(OUTLETS[:3]):
        wall.merge(2 + 2 * m, 0, 3 + 2 * m, 0, place).down(2 + 2 * m, 1, "带班领导", "安全员").put(2 + 2 * m, 7, 5)
        for n, day in enumerate(december(1, 5)):
            lead, guard = dealt(m * 10 + 2 * n), dealt(m * 10 + 2 * n + 1)
            wall.down(2 + 2 * m, 2 + n, lead, guard).duty(day, place, lead, "带班领导").duty(
                day, place, guard, "安全员"
            )
    return wall


def left_and_counted():
    """Somebody who left, a head that says how many, a column that says how many."""
    wall = Wall().put(0, 0, "城南支行2026年12月值班表").put(1, 0, "日期", "值班人员（2人）", "人数")
    lines = [("苗青、席露", 2, ""), ("柏舟", 1, "B"), ("鲁直、桑榆", 3, "C"), ("楚江流、管弦", 2, "")]
    for n, (text, count, at) in enumerate(lines):
        day = date(2026, 12, 9 + n)
        wall.put(2 + n, 0, f"12月{day.day}日", text, count)
        if at:
            wall.problems.append((3 + n, at, "headcount_mismatch"))
        for person in text.split("、"):
            wall.duty(day, "城南支行", person, into="maybe" if person == "楚江流" else "rows")
    return wall.problem(5, 1, "left_person")


LAYOUTS = [
    transposed_grid, roles_under_places, weekdays_and_a_range, month_in_the_sheets_name, several_tables, text_file,
    halves_of_days, numbers_in_brackets, ways_to_write_names, roles_in_the_cell, wrong_and_unclear, dates_twice, no_month,
    two_at_once, short_places, hidden_and_crossed, merged_days, marks_down, places_beside_names, a_list_of_duties,
    who_and_when, calendar_of_weeks, one_day, full_width, side_by_side, place_of_rows, left_and_counted,
]  # fmt: skip
