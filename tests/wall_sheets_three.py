"""Duty sheets of a third office: stranger heads, groups, places as sheets, and lists that are no duty sheets."""

from __future__ import annotations

from datetime import date

from tests.wall_sheets import COMMUNITIES, HALL, OUTLETS, Wall, dealt, december, week


def a_sheet_a_place():
    wall = Wall()
    for m, place in enumerate(OUTLETS[:3]):
        wall.sheet(place).put(0, 0, "2026年12月值班表").put(1, 0, "日期", "值班人员")
        for n, day in enumerate(december(1, 5)):
            wall.put(2 + n, 0, f"12月{day.day}日", dealt(m * 5 + n)).duty(day, place, dealt(m * 5 + n))
    return wall


def groups():
    """Groups in the cells and their members below."""
    wall = Wall().put(0, 0, "2026年12月城北支行值班表").put(1, 0, "日期", "值班人员")
    for n in range(4):
        wall.put(2 + n, 0, f"12月{n + 1}日", "AB"[n % 2] + "组")
        for person in ("柏舟", "鲁直") if n % 2 else ("苗青", "席露"):
            wall.duty(date(2026, 12, n + 1), "城北支行", person)
    return wall.put(6, 0, "A组：苗青、席露；B组：柏舟、鲁直")


def the_other_way_round():
    """1/12 in December: the twelfth of January, or written the other way round."""
    wall = Wall().put(0, 0, "2026年12月城北支行值班表").put(1, 0, "日期", "值班人员")
    for n, text in enumerate(("12/1", "12/2", "3/12", "12/4")):
        wall.put(2 + n, 0, text, dealt(n))
        day = date(2026, 3, 12) if text == "3/12" else date(2026, 12, n + 1)
        wall.duty(day, "城北支行", dealt(n), into="maybe" if text == "3/12" else "rows")
    return wall.problem(4, 0, "ambiguous_date")


def weekends_left_open():
    """Columns of weekends without anything, a running number and remarks around the places."""
    wall = (
        Wall()
        .merge(0, 0, 0, 12, "2026年12月网点值班表")
        .put(1, 0, "序号", "网点名称", *(f"12.{n}" for n in range(1, 11)), "备注")
    )
    wall.put(2, 2, *(week(day, "") for day in december(1, 10)))
    for m, place in enumerate(OUTLETS):
        wall.put(3 + m, 0, m + 1, place).put(3 + m, 12, "苗青负责联系")
        for n, day in enumerate(december(1, 10)):
            if day.weekday() < 5:
                wall.put(3 + m, 2 + n, dealt(n * 4 + m)).duty(day, place, dealt(n * 4 + m))
    return wall


def three_rows_of_heads():
    """Community over half of the day over role."""
    wall = Wall().merge(0, 0, 0, 8, "2026年12月志愿值守表").merge(1, 0, 3, 0, "日期")
    for m, place in enumerate(COMMUNITIES[:2]):
        wall.merge(1, 1 + 4 * m, 1, 4 + 4 * m, place)
        for half, hours in enumerate(("上午9:00-11:30", "下午14:00-17:00")):
            wall.merge(2, 1 + 4 * m + 2 * half, 2, 2 + 4 * m + 2 * half, hours).put(
                3, 1 + 4 * m + 2 * half, "组长", "组员"
            )
    for n, day in enumerate(december(7, 9)):
        wall.put(4 + n, 0, f"12月{day.day}日")
        for k in range(8):
            start, end = (("09:00", "11:30"), ("14:00", "17:00"))[k % 4 // 2]
            person = dealt(n * 8 + k)
            wall.put(4 + n, 1 + k, person).duty(
                day, COMMUNITIES[k // 4], person, "组员" if k % 2 else "组长", start, end
            )
    return wall


def people_across_with_numbers():
    """Days down, people across with their numbers under the names; nights that end next morning."""
    who = HALL["营业厅甲"].split()[:4]
    wall = (
        Wall()
        .merge(0, 0, 0, 5, "营业厅甲排班表")
        .put(1, 0, "2026年12月")
        .merge(2, 0, 3, 0, "日期")
        .merge(2, 1, 3, 1, "星期")
    )
    wall.put(2, 2, *who).put(3, 2, *(f"00{120 + m}" for m in range(4)))
    for n, day in enumerate(december(1, 7)):
        wall.put(4 + n, 0, f"{day.day}日", week(day))
        for m, person in enumerate(who):
            mark = ["白", "夜", "休", "白"][(n + m) % 4]
            wall.put(4 + n, 2 + m, mark)
            if mark == "白":
                wall.duty(day, "营业厅甲", person, "白班", "08:30", "17:30")
            elif mark == "夜":
                wall.duty(day, "营业厅甲", person, "夜班", "17:30", "08:30", 1)
    return wall.put(11, 0, "白班：8:30-17:30；夜班：17:30-8:30")


def night_and_day_columns():
    """Day and night in two columns of names with hours in the head."""
    wall = (
        Wall()
        .put(0, 0, "城北支行2026年12月值班安排表")
        .put(1, 0, "日期", "白班（8:30—17:30）", "夜班（17:30—次日8:30）", "带班行领导")
    )
    for n, day in enumerate(december(1, 6)):
        one, two, lead = dealt(3 * n), dealt(3 * n + 1), dealt(3 * n + 2)
        wall.put(2 + n, 0, f"{day.month}月{day.day}日{week(day)}", one, two, lead)
        wall.duty(day, "城北支行", one, "白班", "08:30", "17:30").duty(
            day, "城北支行", two, "夜班", "17:30", "08:30", 1
        )
        wall.duty(day, "城北支行", lead, "带班领导")
    return wall


def weeks_one_under_the_other():
    """Weeks one under the other, each with its own range and weekdays with dates."""
    wall, top = Wall().put(0, 0, "2026年12月柳溪社区值守安排"), 1
    for first in (7, 14):
        wall.put(top, 0, f"第{50 + first // 14}周（12月{first}日—12月{first + 4}日）")
        wall.put(top + 1, 0, "", *(f"{week(day)}\n{day.month}/{day.day}" for day in december(first, first + 4))).put(
            top + 2, 0, "上午"
        ).put(top + 3, 0, "下午")
        for n, day in enumerate(december(first, first + 4)):
            wall.put(top + 2, 1 + n, dealt(2 * n)).put(top + 3, 1 + n, dealt(2 * n + 1))
            wall.duty(day, "柳溪社区", dealt(2 * n)).duty(day, "柳溪社区", dealt(2 * n + 1))
        top += 5
    return wall


def sums_at_the_end():
    """Sums under and beside the names, and a line of signatures."""
    wall = Wall().put(0, 0, "2026年12月城南支行值班表").put(1, 0, "姓名", *(f"{n}日" for n in range(1, 8)), "合计")
    for m, person in enumerate(("苗青", "席露", "柏舟")):
        wall.put(2 + m, 0, person, *("值" if (n + m) % 3 == 0 else "" for n in range(7)), f"=COUNTA(B{3 + m}:H{3 + m})")
        for n in range(7):
            if (n + m) % 3 == 0:
                wall.duty(date(2026, 12, n + 1), "城南支行", person)
    return wall.put(5, 0, "合计", *(f"=COUNTA({c}3:{c}5)" for c in "BCDEFGH")).put(6, 0, "制表：苗青", "", "审核：鲁直")


THIRD = [
    a_sheet_a_place, groups, the_other_way_round, weekends_left_open, three_rows_of_heads, people_across_with_numbers,
    night_and_day_columns, weeks_one_under_the_other, sums_at_the_end,
]  # fmt: skip
