"""Refusals about places, templates, shifts."""

DUTIES: dict[str, tuple[str, str]] = {
    "place_name_taken": ("该单位已有名为“{name}”的地点。", "The unit already has a place called “{name}”."),
    "unknown_person": ("没有这个人员。", "There is no such person."),
    "unknown_place": ("没有这个地点。", "There is no such place."),
    "sponsorship_overlaps": (
        "{unit}从{first}起已包保这里，日期不能重叠。",
        "{unit} already sponsors this place from {first}; the dates may not overlap.",
    ),
    "unknown_activity": ("没有这种活动类型。", "There is no such kind of activity."),
    "no_place": ("至少选一个地点。", "Choose at least one place."),
    "place_out_of_reach": (
        "所选地点中有的不属于本单位及其上下级，也不由其包保。",
        "Some of these places neither belong to the unit, one above or one below it, nor are sponsored by these.",
    ),
    "no_weekday": ("至少选一个星期几。", "Choose at least one weekday."),
    "day_outside_roster": ("排班表只到 {first} – {last}。", "The roster runs from {first} to {last}."),
    "place_is_closed": ("{place}这一天已关闭。", "{place} is closed on that day."),
    "shift_is_asked_for": (
        "这一班由值班模板生成，请修改模板。",
        "A duty template asks for this shift: change the template instead.",
    ),
    "shift_has_people": ("这一班还有人，请先撤下。", "Somebody stands this shift: release them first."),
    "no_duration": ("开始与结束不能是同一时刻。", "Start and end may not be the same."),
    "period_too_long": ("一次最多 {most} 天。", "At most {most} days at once."),
    "duty_is_over": ("这一班已经结束。", "That duty is over."),
}
