"""Duty sheets of a fifth office: groups that are explained, English heads, hours that differ, days in a title."""

from __future__ import annotations

from datetime import date

from tests.wall_sheets import HALL, Wall, dealt, december
from tests.wall_sheets_four import HALL as HALL_NAME
from tests.wall_sheets_four import HEAD, NORTH, SOUTH, sheet

FIRST, SECOND, THIRD_DAY = december(1, 3)


def of_groups(wall, *said, column=1, first=2):
    """Lines of one day each in December: what the cell says, and who is meant by it."""
    for n, (cell, who) in enumerate(said):
        wall.put(first + n, 0, f"12月{n + 1}日").put(first + n, column, cell)
        for person in who.split():
            wall.duty(date(2026, 12, n + 1), NORTH, person)
    return wall


def groups_on_another_sheet():
    """第1组, 一组 and 1组 are one; a leader beside the members, and numbers of telephones, which are nobody."""
    wall = of_groups(
        sheet("城北支行2026年12月值班表", "日期", "值班组"),
        ("第一组", "苗青 席露 柏舟"), ("2组、岑参", "鲁直 桑榆 岑参"), ("第1组", "苗青 席露 柏舟"),
    )  # fmt: skip
    wall.sheet("分组").put(0, 0, "组别", "组长", "组员", "联系电话")
    return wall.put(1, 0, "第1组", "苗青", "席露、柏舟", "15400000001").put(2, 0, "第2组", "鲁直", "组员：桑榆", "")


def groups_in_brackets():
    """The members behind the group; (备) and a bracket that contradicts the line below are asked."""
    wall = of_groups(
        sheet("城北支行2026年12月值班表", "日期", "值班人员"),
        ("A组（苗青、席露）", "苗青 席露"), ("第一组：桑榆、骆宾", "桑榆 骆宾"), ("B组（柏舟）", ""),
    )  # fmt: skip
    return wall.put(5, 0, "B组：柏舟、鲁直").problem(4, 1, "not_a_person")


def groups_that_are_not_clear():
    """One that is explained twice in two ways, one that is not, and a member whom nobody knows."""
    wall = of_groups(
        sheet("城北支行2026年12月值班表", "日期", "值班组"), ("A组", "苗青"), ("B组", ""), ("C组", ""), ("D班", "")
    )
    wall.put(6, 0, "A组：苗青、万俟三").put(7, 0, "B组：骆宾").put(8, 0, "B组：管弦").put(9, 0, "D班：早上8点到岗")
    wall.problem(2, 1, "unknown_person").problem(3, 1, "not_a_person").problem(4, 1, "not_a_person")
    return wall.problem(5, 1, "not_a_person")


def groups_with_marks():
    """Shifts of groups: the members of each stand them; the line that explains one is in the table."""
    wall = sheet("营业厅甲2026年12月排班", "班组", *(str(n) for n in range(1, 8)))
    wall.put(2, 0, "甲班", *"白夜休白夜休白").put(3, 0, "乙班", *"休白夜休白夜休")
    wall.put(4, 0, "甲班：白露雪、霍光亮；乙班：窦融融").put(5, 0, "白班8:30-17:30 夜班17:30-次日8:30")
    for marks, who in (("白夜休白夜休白", HALL["营业厅甲"].split()[:2]), ("休白夜休白夜休", ["窦融融"])):
        for day, mark in zip(december(1, 7), marks, strict=True):
            hours = ("08:30", "17:30", 0) if mark == "白" else ("17:30", "08:30", 1)
            for person in who if mark != "休" else ():
                wall.duty(day, HALL_NAME, person, f"{mark}班", *hours)
    return wall


def names_beside_a_groups_word():
    """Groups at the head of lanes of names are their role, and explain nobody."""
    wall = sheet("城北支行2026年12月值班安排", "组别", *(f"12.{n}" for n in range(1, 5)))
    for m, group in enumerate(("A组", "B组")):
        wall.put(2 + m, 0, group, *(dealt(n + 4 * m) for n in range(4)))
        for n, day in enumerate(december(1, 4)):
            wall.duty(day, NORTH, dealt(n + 4 * m), group)
    return wall


def english():
    """Months by name, in every order; marks with an English legend are in the next."""
    wall = sheet("Duty Roster 2026", "Date", "Day", "城北支行", "城南支行", "Remarks")
    said = ["1-Dec", "2 Dec (Wed)", "Thu, 3 Dec 2026", "December 4th", "Dec. 5, 2026"]
    for n, (text, day) in enumerate(zip(said, december(1, 5), strict=True)):
        wall.put(2 + n, 0, text, f"{day:%a}", dealt(n), "off" if n == 2 else dealt(n + 5), "by car")
        wall.duty(day, NORTH, dealt(n))
        if n != 2:
            wall.duty(day, SOUTH, dealt(n + 5))
    return wall


def english_marks():
    wall = sheet("营业厅甲 Shift Roster - December 2026", "Name", *(str(n) for n in range(1, 8)))
    wall.put(2, 0, "白露雪", "D", "N", "Off", "D", "N", "off", "D")
    wall.put(3, 0, "D = Day shift 8:30 am - 5:30 pm; N = Night shift 5:30 pm - 8:30 am")
    for day, mark in zip(december(1, 7), "DN-DN-D", strict=True):
        if mark != "-":
            role, *hours = ("白班", "08:30", "17:30", 0) if mark == "D" else ("夜班", "17:30", "08:30", 1)
            wall.duty(day, HALL_NAME, "白露雪", role, *hours)
    return wall


def a_line_a_duty_with_its_hours():
    """When it begins and ends in two columns, in English."""
    wall = Wall().put(0, 0, "Date", "Place", "Name", "Staff No", "Start", "End")
    wall.put(1, 0, "2026-12-01", NORTH, "陈静", "00115", "08:30", "17:30").duty(
        FIRST, NORTH, "陈静", "值班人员", "08:30", "17:30"
    )
    wall.put(2, 0, "2026-12-01", SOUTH, "席露", "00102", "17:30", "08:30:00").duty(
        FIRST, SOUTH, "席露", "值班人员", "17:30", "08:30", 1
    )
    return wall.put(3, 0, "2026-12-02", NORTH, "柏舟", "00103", 0.354166667, 0.729166667).duty(
        SECOND, NORTH, "柏舟", "值班人员", "08:30", "17:30"
    )


def hours_by_the_weekday():
    """周一至周五 and 周六、日 have their own; a Friday, a weekend and a Monday."""
    wall = sheet("城北支行2026年12月值班表", "日期", "值班人员")
    for n, day in enumerate(december(4, 7)):
        hours = ("09:00", "17:00", 0) if day.weekday() > 4 else ("18:00", "08:00", 1)
        wall.put(2 + n, 0, f"12月{day.day}日", dealt(n)).duty(day, NORTH, dealt(n), "值班人员", *hours)
    return wall.put(6, 0, "值班时间：周一至周五18:00-次日8:00；周六、日9:00-17:00")


def hours_by_the_workday():
    """Without a calendar nobody knows which day is a workday: no hours."""
    wall = sheet("城北支行2026年12月值班表", "日期", "值班人员")
    for n, day in enumerate(december(4, 7)):
        wall.put(2 + n, 0, f"12月{day.day}日", dealt(n)).duty(day, NORTH, dealt(n))
    return wall.put(6, 0, "值班时间：工作日17:30-次日8:30，节假日8:30-次日8:30")


def hours_in_turn():
    """Two hours in a cell: one for each line beside it, and nobody's where the names are not as many."""
    wall = sheet("城北支行2026年12月值班表", "日期", "值班时间", "值班人员")
    wall.put(2, 0, "12月1日", "8:30-17:30\n17:30-次日8:30", "苗青\n席露")
    wall.put(3, 0, "12月2日", "8:30-17:30\n17:30-次日8:30", "柏舟")
    wall.duty(FIRST, NORTH, "苗青", "值班人员", "08:30", "17:30")
    wall.duty(FIRST, NORTH, "席露", "值班人员", "17:30", "08:30", 1)
    return wall.duty(SECOND, NORTH, "柏舟")


def hours_of_roles():
    """主班 and 副班 at the heads of names, explained below."""
    wall = sheet("城北支行2026年12月值班表", "日期", "主班", "副班")
    for n, day in enumerate(december(1, 3)):
        wall.put(2 + n, 0, f"12月{day.day}日", dealt(n), dealt(n + 3))
        wall.duty(day, NORTH, dealt(n), "主班", "08:00", "18:00").duty(
            day, NORTH, dealt(n + 3), "副班", "09:00", "17:00"
        )
    return wall.put(5, 0, "主班：8:00-18:00；副班：9:00-17:00")


def short_places_at_the_heads():
    wall = sheet("2026年12月值班表", "日期", "城北", "河东（0827-5220001）")
    for n, day in enumerate(december(1, 2)):
        wall.put(2 + n, 0, f"{day.day}日", dealt(n), dealt(n + 3))
        wall.duty(day, NORTH, dealt(n), into="maybe").duty(day, "河东支行", dealt(n + 3), into="maybe")
    return wall.problem(1, 1, "place_abbreviated").problem(1, 2, "place_abbreviated")


def one_day_whose_year_the_file_says():
    wall = Wall("2026年志愿服务.xlsx").put(0, 0, "12月5日（周六）志愿服务名单").put(1, 0, "序号", "社区", "姓名")
    wall.put(2, 0, 1, "杏花社区", "苗青").put(3, 0, 2, "柳溪社区", "席露")
    day = date(2026, 12, 5)
    return wall.duty(day, "杏花社区", "苗青").duty(day, "柳溪社区", "席露")


def halves_behind_the_dates():
    """The same day twice, its halves told: neither is a date said twice. A full stop is no name's."""
    wall = sheet("市分行机关2026年12月值班安排", "日期", "值班人员").put(6, 0, "上午8:30-12:00，下午14:00-17:30")
    for n, (text, who) in enumerate(
        (("12月1日上午", "苗青。"), ("12月1日下午", "席露"), ("12月2日上午", "柏舟、"), ("12月2日（下午）", "鲁直"))
    ):
        hours = ("14:00", "17:30") if n % 2 else ("08:30", "12:00")
        wall.put(2 + n, 0, text, who).duty(date(2026, 12, 1 + n // 2), HEAD, who.rstrip("。、"), "值班人员", *hours)
    return wall


FIFTH = [
    groups_on_another_sheet, groups_in_brackets, groups_that_are_not_clear, groups_with_marks,
    names_beside_a_groups_word, english, english_marks, a_line_a_duty_with_its_hours, hours_by_the_weekday,
    hours_by_the_workday, hours_in_turn, hours_of_roles, short_places_at_the_heads, one_day_whose_year_the_file_says,
    halves_behind_the_dates,
]  # fmt: skip
CONTRADICTED = (groups_in_brackets, groups_that_are_not_clear)
