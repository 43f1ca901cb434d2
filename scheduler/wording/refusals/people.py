"""Refusals about units, people, days away."""

PEOPLE: dict[str, tuple[str, str]] = {
    "unknown_unit": ("没有这个单位。", "There is no such unit."),
    "unit_name_taken": ("这里已有名为“{name}”的单位。", "There is already a unit called “{name}” here."),
    "unit_below_itself": ("单位不能移到自己或自己的下级之下。", "A unit cannot go below itself or its own units."),
    "staff_no_taken": ("工号 {staff_no} 已有人使用。", "Staff number {staff_no} is taken."),
    "staff_no_twice": ("工号 {staff_no} 与第 {row} 行重复。", "Staff number {staff_no} stands in row {row} already."),
    "bad_staff_no": (
        "“{text}”不能作工号：工号只含字母、数字和 - _ . /。",
        "“{text}” is not a staff number: letters, digits and - _ . / only.",
    ),
    "bad_email": ("“{text}”不是电子邮箱地址。", "“{text}” is not an e-mail address."),
    "too_many_skills": ("最多 {most} 项技能。", "At most {most} skills."),
    "left_before_joined": ("离岗日期早于到岗日期。", "The last day is before the first."),
    "already_away": (
        "与已登记的“{away_kind}”（{day}起）时间重叠。",
        "Overlaps with “{away_kind}” from {day}, which is already noted.",
    ),
}
