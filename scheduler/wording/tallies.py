"""What tallies count, and what they tell trips apart by."""

TALLIES: dict[str, dict[str, tuple[str, str]]] = {
    "measure": {
        "trips": ("人次", "Person-trips"),
        "people": ("人数", "People"),
        "sessions": ("场次", "Sessions"),
        "hours": ("小时", "Hours"),
        "per_head": ("人均人次", "Trips per head"),
        "coverage": ("覆盖率", "Coverage"),
        "attainment": ("达标率", "Attainment"),
        "fill": ("到位率", "Fill rate"),
        "no_show": ("缺勤率", "No-show rate"),
    },
    "dimension": {
        "person": ("人员", "Person"),
        "unit": ("单位", "Unit"),
        "place": ("地点", "Place"),
        "community": ("包保社区", "Sponsored community"),
        "activity": ("活动类型", "Activity"),
        "task": ("任务", "Task"),
        "role": ("角色", "Role"),
        "party": ("党员", "Party membership"),
        "day_kind": ("工作日/休息日", "Workday or rest day"),
        "weekday": ("星期", "Weekday"),
        "day": ("日", "Day"),
        "week": ("周", "ISO week"),
        "month": ("月", "Month"),
        "quarter": ("季度", "Quarter"),
        "year": ("年", "Year"),
    },
}
