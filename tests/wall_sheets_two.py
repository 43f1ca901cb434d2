"""More duty sheets: the troubles of a second office, each with what should be read from it."""

# ruff: noqa: E501  a line of a sheet is a line here
from __future__ import annotations

from datetime import date, timedelta

from tests.wall_sheets import COMMUNITIES, HALL, OUTLETS, STAFF, Wall, dealt, december, week


def numbered_halves():
    """Two halves side by side, each with its own running number before the date."""
    wall = Wall().merge(0, 0, 0, 7, "2026年12月城北支行值班表")
    for left in (0, 4):
        wall.put(1, left, "序号", "日期", "值班人员", "电话")
    for n, day in enumerate(december(1, 20)):
        row, left = 2 + n % 10, 4 * (n // 10)
        wall.put(row, left, n + 1, f"{day.day}日", dealt(n), "15400000000").duty(day, "城北支行", dealt(n))
    return wall


def over_the_new_year():
    wall = (
        Wall()
        .merge(0, 0, 0, 7, "城北支行值班表（2026年12月28日—2027年1月3日）")
        .put(1, 0, "日期", 28, 29, 30, 31, 1, 2, 3)
    )
    wall.put(2, 0, "星期", *"一二三四五六日").put(3, 0, "值班人员")
    for n in range(7):
        day = date(2026, 12, 28) + timedelta(n)
        wall.put(3, 1 + n, dealt(n)).duty(day, "城北支行", dealt(n))
    return wall


def year_only_below():
    """The year stands only where it was signed: it is asked."""
    wall = Wall("值班表.xlsx").put(0, 0, "城北支行12月值班表").put(1, 0, "日期", "值班人员")
    for n in range(6):
        wall.put(2 + n, 0, f"12月{n + 1}日", dealt(n))
    return wall.put(9, 0, "城北支行办公室制表 2026年11月28日").problem(0, 0, "missing_month")


def weekdays_alone():
    wall = (
        Wall("值班表.xlsx")
        .put(0, 0, "城北支行每周值班表")
        .put(1, 0, "", *(f"星期{s}" for s in "一二三四五"))
        .put(2, 0, "值班人员")
    )
    for n in range(5):
        wall.put(2, 1 + n, dealt(n))
    return wall.problem(0, 0, "missing_month")


def two_rows_a_day():
    """Days down, each merged over two rows for morning and afternoon; communities across."""
    wall = Wall().merge(0, 0, 0, 4, "2026年12月社区值守排班表").put(1, 0, "日期", "时段", *COMMUNITIES)
    for n, day in enumerate(december(7, 11)):
        wall.merge(2 + 2 * n, 0, 3 + 2 * n, 0, f"12月{day.day}日（{week(day)}）").down(
            2 + 2 * n, 1, "上午\n9:00-11:30", "下午\n14:00-17:00"
        )
        for half, (start, end) in enumerate((("09:00", "11:30"), ("14:00", "17:00"))):
            for m, place in enumerate(COMMUNITIES):
                person = dealt(n * 6 + half * 3 + m)
                wall.put(2 + 2 * n + half, 2 + m, person).duty(day, place, person, start=start, end=end)
    return wall


def dates_written_once():
    """A text file that was merged once: the second line of a day has no date, which is asked."""
    wall = Wall("值班表.csv").put(0, 0, "2026年12月杏花社区值守表").put(1, 0, "日期", "值班人员")
    for n, day in enumerate(december(1, 4)):
        wall.put(2 + 2 * n, 0, f"12月{day.day}日", dealt(2 * n)).put(3 + 2 * n, 1, dealt(2 * n + 1))
        wall.duty(day, "杏花社区", dealt(2 * n)).problem(3 + 2 * n, 0, "ambiguous_date")
    return wall


def marks_and_their_troubles():
    """Merged leave, an unexplained mark, two of one name told apart by number, a name one character off."""
    wall = Wall().merge(0, 0, 0, 9, "营业厅甲2026年12月排班表").put(1, 0, "工号", "姓名", *range(1, 8), "出勤")
    wall.put(2, 2, *(week(day, "") for day in december(1, 7)))
    who = [("00120", "白露雪"), ("00115", "陈静"), ("", "霍光量"), ("", "萧红叶")]
    for m, (number, name) in enumerate(who):
        wall.put(3 + m, 0, number, name, *("早中休早中休早" if m else "早早早"), 5)
        for n, day in enumerate(december(1, 7)):
            mark = "早中休早中休早"[n] if m else ("早早早"[n] if n < 3 else "")
            if mark in ("早", "中"):
                start, end = ("07:00", "15:00") if mark == "早" else ("15:00", "22:00")
                into = "maybe" if name == "霍光量" else "rows"
                wall.duty(day, "营业厅甲", "霍光亮" if m == 2 else name, f"{mark}班", start, end, into=into)
    wall.cells.pop((3, 5)), wall.cells.pop((3, 6), None), wall.cells.pop((3, 9), None)
    wall.merge(3, 5, 3, 7, "年假").put(6, 3, "△").problem(6, 3, "unknown_mark").problem(5, 1, "near_name")
    wall.rows.remove(("2026-12-02", "营业厅甲", "中班", "萧红叶", "2026-12-02T15:00", "2026-12-02T22:00"))
    return wall.put(8, 0, "早：7:00-15:00  中：15:00-22:00  休：轮休")


def errors_and_formulas():
    wall = Wall().put(0, 0, "城北支行2026年12月值班表").put(1, 0, "日期", "值班人员")
    for n, text in enumerate(("苗青", "席露", 2, "柏舟")):
        wall.put(2 + n, 0, f"12月{n + 1}日", text)
        if isinstance(text, str):
            wall.duty(date(2026, 12, n + 1), "城北支行", text)
    return wall.put(6, 0, "合计", "=COUNTA(B3:B6)")


def two_places_in_the_title():
    wall = Wall().put(0, 0, "城北支行、城南支行2026年12月值班表").put(1, 0, "日期", "值班人员")
    for n, day in enumerate(december(1, 3)):
        wall.put(2 + n, 0, f"12月{n + 1}日", dealt(n)).duty(day, None, dealt(n), into="maybe")
    return wall.problem(0, 0, "ambiguous_place")


def ranges_of_days():
    """A weekend in one cell may be one duty or two: asked. Serial numbers of days are days."""
    wall = Wall().put(0, 0, "2026年12月城北支行值班表").put(1, 0, "日期", "值班人员")
    for n, text in enumerate(("12月3日", 46360, "12月5日-6日", "12月7日")):
        wall.put(2 + n, 0, text, dealt(n))
    for n, number in ((0, 3), (1, 4), (3, 7)):
        wall.duty(date(2026, 12, number), "城北支行", dealt(n))
    for number in (5, 6):
        wall.duty(date(2026, 12, number), "城北支行", dealt(2), into="maybe")
    return wall.problem(4, 0, "ambiguous_date")


def holidays_over_all():
    """A holiday merged over days and outlets is nobody; a long remark in the body is none of the table."""
    wall = (
        Wall().merge(0, 0, 0, 5, "2027年1月厅堂服务表 9:00-17:00").put(1, 0, "网点", "1日", "2日", "3日", "4日", "5日")
    )
    wall.merge(2, 1, 4, 3, "元旦放假")
    for m, place in enumerate(OUTLETS[:3]):
        wall.put(2 + m, 0, place).put(2 + m, 4, dealt(2 * m), dealt(2 * m + 1))
        for n in range(2):
            wall.duty(date(2027, 1, 4 + n), place, dealt(2 * m + n), start="09:00", end="17:00")
    return wall.merge(5, 0, 5, 5, "以上人员须提前十分钟到岗，佩戴党徽，亮明身份。")


def months_over_blocks():
    """Two months on one sheet, each block with its month over the days."""
    wall, top = Wall().merge(0, 0, 0, 8, "柳溪社区2026年11—12月值守表"), 1
    for month in (11, 12):
        wall.merge(top, 1, top, 7, f"{month}月").put(top + 1, 0, "日期", *range(1, 8)).put(top + 2, 0, "星期").put(
            top + 3, 0, "人员"
        )
        for n in range(7):
            day = date(2026, month, 1) + timedelta(n)
            wall.put(top + 2, 1 + n, week(day)).put(top + 3, 1 + n, dealt(n)).duty(day, "柳溪社区", dealt(n))
        top += 5
    return wall


def shifts_of_a_place():
    """Places and shifts down, days and weekdays in one cell across; hours beside the shift."""
    wall = Wall().merge(0, 0, 0, 8, "2026年12月网点值班安排").put(1, 0, "网点", "班次")
    for n, day in enumerate(december(1, 7)):
        wall.put(1, 2 + n, f"{day.day}\n{week(day)}")
    for m, place in enumerate(OUTLETS[:2]):
        wall.merge(2 + 2 * m, 0, 3 + 2 * m, 0, place).down(2 + 2 * m, 1, "白班(8:30-17:30)", "夜班(17:30-次日8:30)")
        for n, day in enumerate(december(1, 7)):
            one, two = dealt(n * 4 + m * 2), dealt(n * 4 + m * 2 + 1)
            wall.down(2 + 2 * m, 2 + n, one, two).duty(day, place, one, "白班", "08:30", "17:30")
            wall.duty(day, place, two, "夜班", "17:30", "08:30", 1)
    return wall


def weekdays_down():
    """A week down, each day with its date in brackets; places over halves of days across."""
    wall = (
        Wall()
        .merge(0, 0, 0, 4, "2026年第50周社区志愿值守表")
        .merge(1, 0, 2, 0, "日期")
        .merge(1, 1, 1, 2, "杏花社区")
        .merge(1, 3, 1, 4, "长桥社区")
    )
    wall.put(2, 1, "上午", "下午", "上午", "下午")
    for n, day in enumerate(december(7, 11)):
        wall.put(3 + n, 0, f"星期{week(day, '')}（12月{day.day}日）")
        for m, place in enumerate(("杏花社区", "杏花社区", "长桥社区", "长桥社区")):
            wall.put(3 + n, 1 + m, dealt(n * 4 + m)).duty(day, place, dealt(n * 4 + m))
    return wall


def names_and_hours_in_a_cell():
    """Hours beside each name, names from top to bottom, telephones line by line, units before names, stars explained."""
    wall = Wall().merge(0, 0, 0, 1, "2026年12月城北支行值班表").put(1, 0, "日期", "值班人员")
    lines = {
        "苗青 8:30-12:00\n席露 14:00-17:30": [("苗青", "08:30", "12:00"), ("席露", "14:00", "17:30")],
        "8:30-12:00苗青、席露": [("苗青", "08:30", "12:00"), ("席露", "08:30", "12:00")],
        "苗\n青": [("苗青", None, None)],
        "苗青\n15400000001\n席露\n15400000002": [("苗青", None, None), ("席露", None, None)],
        "办公室苗青": [("苗青", None, None)],
        "办公室：苗青、席露": [("苗青", None, None), ("席露", None, None)],
        "个金部陈静": [("陈静", None, None)],
        "上午苗青、下午席露": [("苗青", None, None), ("席露", None, None)],
    }
    for n, (text, who) in enumerate(lines.items()):
        wall.put(2 + n, 0, f"12月{n + 1}日", text)
        for name, start, end in who:
            wall.duty(date(2026, 12, n + 1), "城北支行", name, start=start, end=end)
    wall.put(10, 0, "12月9日", "★苗青、席露").duty(date(2026, 12, 9), "城北支行", "苗青", "带班领导").duty(
        date(2026, 12, 9), "城北支行", "席露"
    )
    wall.put(11, 0, "12月10日", "苗青#").duty(date(2026, 12, 10), "城北支行", "苗青", into="maybe").problem(
        11, 1, "unknown_mark"
    )
    return wall.put(12, 0, "注：★为带班领导。")


def standby_in_its_own_column():
    wall = Wall().put(0, 0, "城北支行2026年12月值班表").put(1, 0, "日期", "主班", "副班", "备班人员")
    for n, day in enumerate(december(1, 5)):
        wall.put(2 + n, 0, f"12月{day.day}日", dealt(3 * n), dealt(3 * n + 1), dealt(3 * n + 2))
        wall.duty(day, "城北支行", dealt(3 * n), "主班").duty(day, "城北支行", dealt(3 * n + 1), "副班")
        wall.duty(day, "城北支行", dealt(3 * n + 2), "备班人员", into="maybe")
    return wall.problem(1, 3, "duty_or_standby")


def month_as_a_date():
    """The title's month is a date of Excel's; weeks of five days without weekends."""
    wall = Wall().put(0, 0, date(2026, 12, 1)).put(0, 3, "厅堂服务").put(1, 0, "网点", *range(7, 12), *range(14, 19))
    for m, place in enumerate(OUTLETS):
        wall.put(2 + m, 0, place)
        for n, day in enumerate([*december(7, 11), *december(14, 18)]):
            wall.put(2 + m, 1 + n, dealt(n * 4 + m)).duty(day, place, dealt(n * 4 + m))
    return wall


def days_across_and_people_down_by_half():
    """People down, days across each in two halves, ticks in the cells."""
    who = HALL["营业厅甲"].split()[:3]
    wall = Wall().merge(0, 0, 0, 8, "营业厅甲2026年12月值班登记").merge(1, 0, 2, 0, "姓名")
    for n, day in enumerate(december(1, 4)):
        wall.merge(1, 1 + 2 * n, 1, 2 + 2 * n, f"12月{day.day}日").put(2, 1 + 2 * n, "上午", "下午")
        for m, person in enumerate(who):
            wall.put(3 + m, 0, person)
            if (n + m) % 2:
                wall.put(3 + m, 1 + 2 * n, "√").duty(day, "营业厅甲", person)
    return wall


def copied_below():
    """The same day in two blocks with other people: neither is certain."""
    wall, top = Wall().put(0, 0, "2026年12月城北支行值班表"), 1
    for start in (1, 5):
        wall.put(top, 0, "日期", *(f"12月{n}日" for n in range(start, start + 5))).put(top + 1, 0, "人员")
        for n, day in enumerate(december(start, start + 4)):
            wall.put(top + 1, 1 + n, dealt(start + n + top)).duty(
                day, "城北支行", dealt(start + n + top), into="maybe" if day.day == 5 else "rows"
            )
        top += 3
    return wall.problem(4, 1, "duplicate_date")


def by_department():
    """Departments across, each giving a person a day; the place is in the title."""
    wall = (
        Wall()
        .put(0, 0, "2026年12月杏花社区值守表 每日18:00-22:00")
        .put(1, 0, "日期", "星期", "办公室", "公司部", "个金部")
    )
    for n, day in enumerate(december(1, 3)):
        who = [["苗青", "席露", "柏舟"][n], ["尤里", "岑参", "米芾"][n], ["陈静", "王磊", "和风"][n]]
        wall.put(2 + n, 0, f"12月{day.day}日", week(day), *who)
        for person in who:
            wall.duty(day, "杏花社区", person, start="18:00", end="22:00")
    return wall


MORE = [
    numbered_halves, over_the_new_year, year_only_below, weekdays_alone, two_rows_a_day, dates_written_once,
    marks_and_their_troubles, errors_and_formulas, two_places_in_the_title, ranges_of_days, holidays_over_all, months_over_blocks,
    shifts_of_a_place, weekdays_down, names_and_hours_in_a_cell, standby_in_its_own_column, month_as_a_date,
    days_across_and_people_down_by_half, copied_below, by_department,
]  # fmt: skip
assert STAFF
