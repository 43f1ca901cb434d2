"""Layouts of a further office: calendars with names beside the day, months across a year's end, lists of days."""

from __future__ import annotations

from datetime import date, timedelta

from tests.wall_sheets import WEEK, Wall, dealt, december, week

NORTH, SOUTH, HEAD, HALL = "城北支行", "城南支行", "市分行机关", "营业厅甲"


def sheet(title, *heads):
    return Wall().put(0, 0, title).put(1, 0, *heads)


def listed(title, heads, lines, place=NORTH):
    """Dates down, one cell of names; the days, who stands there, and the role unless it is 值班人员."""
    wall = sheet(title, *heads)
    for n, (text, cell, day, who, *role) in enumerate(lines):
        wall.put(2 + n, 0, text, cell)
        for person in who.split():
            wall.duty(day, place, person, *role)
    return wall


def calendar_with_names_in_the_day():
    """Weeks down, weekdays across, the day and the names in one cell; one weekday's head is another's."""
    wall = Wall().merge(0, 0, 0, 6, "市分行机关2026年12月值班日历").put(1, 0, *(f"星期{sign}" for sign in WEEK))
    for day in december():
        row, column = 2 + (day.day // 7), day.weekday()
        wall.put(row, column, f"{day.day}\n{dealt(day.day)}、{dealt(day.day + 1)}" if day.day != 6 else "6日 ")
        for n in (0, 1) if day.day != 6 else ():
            wall.duty(day, HEAD, dealt(day.day + n))
    return wall


def calendar_whose_weekdays_do_not_agree():
    wall = Wall().put(0, 0, "城北支行2026年12月值班日历").put(1, 0, "周一", "周二", "周三")
    for n, day in enumerate(december(1, 3)):
        wall.put(2, n, f"{day.day}日{dealt(n)}").duty(day, NORTH, dealt(n), into="maybe").problem(
            2, n, "weekday_mismatch"
        )
    return wall


def weekdays_behind_the_day():
    """12/1(二); the fifth says another."""
    lines = [(f"12/{day.day}({WEEK[day.weekday()]})", dealt(day.day), day, dealt(day.day)) for day in december(1, 4)]
    wall = listed("城北支行2026年12月值班表", ("日期", "值班人员"), lines)
    wall.put(6, 0, "12/5(五)", "苗青").duty(date(2026, 12, 5), NORTH, "苗青", into="maybe")
    return wall.problem(6, 0, "weekday_mismatch")


def two_digits_of_the_year():
    lines = [(f"26.12.{day.day}", dealt(day.day), day, dealt(day.day)) for day in december(1, 6)]
    return listed("城南支行值班表（26年12月）", ("日期", "值班人员"), lines, SOUTH)


def a_sheet_a_month():
    """The year in the title, the month on the sheet's tab, 日 over bare numbers."""
    wall = Wall()
    for month in (11, 12):
        wall.sheet(f"{month}月").put(0, 0, "城北支行2026年值班表").put(1, 0, "日", "值班人员")
        for n in range(1, 6):
            wall.put(1 + n, 0, n, dealt(n + month)).duty(date(2026, month, n), NORTH, dealt(n + month))
    return wall


def the_month_in_its_own_column():
    wall = sheet("城北支行2026年值班表", "月份", "日期", "值班人员")
    for n in range(8):
        day = date(2026, 11, 27) + timedelta(n)
        wall.put(2 + n, 1, f"{day.day}日", dealt(n)).duty(day, NORTH, dealt(n))
    return wall.merge(2, 0, 5, 0, "11月").merge(6, 0, 9, 0, "12月")


def over_the_end_of_the_year():
    days = [date(2026, 12, 29) + timedelta(n) for n in range(6)]
    lines = [(f"{day.month}.{day.day}", dealt(n), day, dealt(n)) for n, day in enumerate(days)]
    return listed("城北支行2026年12月至2027年1月值班表", ("日期", "值班人员"), lines)


def the_days_of_each_person():
    """Days one after the other in a cell, in three ways of writing; the last cannot be read and is asked."""
    wall = sheet("城南支行2026年12月值班表", "姓名", "值班日期", "联系电话")
    for n, (person, text, days) in enumerate(
        [("苗青", "1、8、15日", (1, 8, 15)), ("席露", "2日、9日", (2, 9)), ("柏舟", "3，10，17", (3, 10, 17))]
    ):
        wall.put(2 + n, 0, person, text, f"1540000000{n + 1}")
        for day in days:
            wall.duty(date(2026, 12, day), SOUTH, person)
    return wall.put(5, 0, "鲁直", "20起两天").problem(5, 1, "bad_date")


def a_line_a_week():
    """From one day to another in every line: each of the days is meant."""
    wall = sheet("市分行机关2026年12月带班安排", "日期", "带班领导")
    for n, first in enumerate((1, 8, 15)):
        wall.put(2 + n, 0, f"12月{first}日—12月{first + 6}日", dealt(n))
        for day in december(first, first + 6):
            wall.duty(day, HEAD, dealt(n), "带班领导")
    return wall


def those_who_stand_by_in_brackets():
    """The name before the bracket is on duty; whether the one inside it is, is asked."""
    days = december(1, 3)
    wall = sheet("城北支行2026年12月值班表", "日期", "值班人员")
    for n, text in enumerate(("苗青", "席露（备班：柏舟）", "鲁直（备）")):
        wall.put(2 + n, 0, f"12月{n + 1}日", text)
    wall.duty(days[0], NORTH, "苗青").duty(days[1], NORTH, "席露")
    wall.duty(days[1], NORTH, "柏舟", into="maybe").problem(3, 1, "duty_or_standby")
    return wall.duty(days[2], NORTH, "鲁直", into="maybe").problem(4, 1, "duty_or_standby")


def numbers_for_names():
    """Staff numbers alone, and before the name."""
    wall = sheet("城北支行2026年12月值班表", "日期", "值班人员工号")
    for n, day in enumerate(december(1, 6)):
        wall.put(2 + n, 0, f"12月{day.day}日", f"{101 + n:05d}" + (dealt(n) if n > 3 else "")).duty(
            day, NORTH, dealt(n)
        )
    return wall


def as_many_as_it_says():
    """共2人 and 等3人 that agree are nothing to tell; one that does not is told, and who is named stands."""
    cells = ["苗青、席露（共2人）", "柏舟、鲁直（共3人）", "苗青、席露、柏舟等3人", "桑榆等3人", "骆宾、管弦共2人"]
    who = ["苗青 席露", "柏舟 鲁直", "苗青 席露 柏舟", "桑榆", "骆宾 管弦"]
    lines = [
        (f"12月{n + 1}日", cell, date(2026, 12, n + 1), names)
        for n, (cell, names) in enumerate(zip(cells, who, strict=True))
    ]
    wall = listed("城北支行2026年12月值班表", ("日期", "值班人员"), lines)
    return wall.problem(3, 1, "headcount_mismatch").problem(5, 1, "headcount_mismatch")


def counted_without_the_leader():
    wall = sheet("城北支行2026年12月值班表", "日期", "带班", "值班人员", "人数")
    for n, day in enumerate(december(1, 3)):
        wall.put(2 + n, 0, f"12月{day.day}日", dealt(n), f"{dealt(n + 3)}、{dealt(n + 4)}", 2 if n < 2 else 4)
        wall.duty(day, NORTH, dealt(n), "带班领导").duty(day, NORTH, dealt(n + 3)).duty(day, NORTH, dealt(n + 4))
    return wall.problem(4, 3, "headcount_mismatch")


def names_in_a_numbered_list():
    cells = [("1.苗青 2.席露", "苗青 席露"), ("1、柏舟\n2、鲁直", "柏舟 鲁直"), ("尤里·岑参", "尤里 岑参")]
    lines = [(f"12月{n + 1}日", cell, date(2026, 12, n + 1), who) for n, (cell, who) in enumerate(cells)]
    return listed("城北支行2026年12月值班表", ("日期", "值班人员"), lines)


def shifts_before_the_names():
    wall = sheet("营业厅甲2026年12月值班表", "日期", "值班人员")
    wall.put(2, 0, "12月1日", "白班：白露雪 夜班：霍光亮").put(3, 0, "12月2日", "白班：窦融融\n夜班：萧红叶")
    for n, (early, late) in enumerate((("白露雪", "霍光亮"), ("窦融融", "萧红叶"))):
        day = date(2026, 12, n + 1)
        wall.duty(day, HALL, early, "白班").duty(day, HALL, late, "夜班")
    return wall


def posts_that_are_counted():
    """值班人员1, 值班人员2 are one role; a weekday with its bracket and a day in the old writing are read."""
    wall = sheet("城北支行2026年12月值班表", "日期", "週", "值班人员1", "值班人员2")
    for n, day in enumerate(december(1, 4)):
        wall.put(2 + n, 0, f"12月{day.day}號", week(day, "週"), dealt(n), dealt(n + 5))
        wall.duty(day, NORTH, dealt(n)).duty(day, NORTH, dealt(n + 5))
    return wall


def marks_explained_beside_a_note():
    """The legend is a line of the table, behind 备注."""
    wall = sheet("营业厅甲2026年12月排班", "姓名", *(str(n) for n in range(1, 9)))
    wall.put(2, 0, "白露雪", *"ABAB休休休A").put(3, 0, "备注", "A班8:00-16:00，B班16:00-24:00")
    for n, mark in enumerate("ABAB---A"):
        if mark != "-":
            hours = ("08:00", "16:00", 0) if mark == "A" else ("16:00", "00:00", 1)
            wall.duty(date(2026, 12, n + 1), HALL, "白露雪", f"{mark}班", *hours)
    return wall


FOURTH = [
    calendar_with_names_in_the_day, calendar_whose_weekdays_do_not_agree, weekdays_behind_the_day,
    two_digits_of_the_year, a_sheet_a_month, the_month_in_its_own_column, over_the_end_of_the_year,
    the_days_of_each_person, a_line_a_week, those_who_stand_by_in_brackets, numbers_for_names, as_many_as_it_says,
    counted_without_the_leader, names_in_a_numbered_list, shifts_before_the_names, posts_that_are_counted,
    marks_explained_beside_a_note,
]  # fmt: skip
