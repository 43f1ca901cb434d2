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
    "rate": {
        "per_head": ("人次 ÷ 在册人数", "Person-trips by everybody employed"),
        "coverage": ("有人次的人 ÷ 在册人数", "The share of everybody employed who made a trip"),
        "attainment": (
            "已见分晓的应有中达标的：领导每周、每月的走访各算一份，各单位每期到期的人次指标各算一份；免除的、未到期的不算；"
            "跨多月的指标不归入任何一月",
            "Of what was owed and is decided, the share that was met: each week or month of a leader's visits, and "
            "each period of a unit's target, counts once; what is waived or still running does not, and what is owed "
            "for longer than a column's span belongs to no such column",
        ),
        "fill": ("已排的名额 ÷ 需要的名额", "Of the seats that published shifts asked for, those that were taken"),
        "no_show": ("缺勤 ÷ 应到（已确认的班次）", "Of those due at confirmed shifts, those who did not come"),
    },
    "handout": {
        "waiting": ("排队", "Queued"),
        "making": ("正在制作", "Being made"),
        "done": ("已完成", "Done"),
        "failed": ("未完成", "Failed"),
    },
    "handout_kind": {
        "tallies.xlsx": ("统计工作簿", "Workbook of a tally"),
        "trips.xlsx": ("人次明细（工作簿）", "Trips (workbook)"),
        "trips.csv": ("人次明细（CSV）", "Trips (CSV)"),
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
    "ranked_by": {
        "per_head": ("人均人次", "Trips per head"),
        "trips": ("人次", "Person-trips"),
        "people": ("人数", "People"),
        "coverage": ("覆盖率", "Coverage"),
        "attainment": ("达标率", "Attainment"),
        "attendance": ("到岗率", "Attendance"),
        "before": ("去年同期人次", "Trips a year before"),
        "change": ("同比增减", "Year on year"),
    },
}
