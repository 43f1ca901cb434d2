"""Refusals about leave that is asked for, its list, and wishes."""

LEAVE: dict[str, tuple[str, str]] = {
    "leaves_before_the_end": (
        "{person} 的最后一天是 {day}，这个班次日才结束。",
        "{person}'s last day is {day}, and this duty ends on the day after.",
    ),
    "leave_is_over": ("请假时间已经过去。", "That time is over."),
    "leave_too_long": ("一次最多请 {most} 天。", "At most {most} days at a time."),
    "leave_already_asked": (
        "与待审批的“{away_kind}”（{day}起）时间重叠。",
        "Overlaps with “{away_kind}” from {day}, which waits for approval.",
    ),
    "leave_is_decided": (
        "这次请假已由{who}处理：{leave_request}。",
        "{who} has dealt with this already: {leave_request}.",
    ),
    "leave_is_settled": ("这次请假已经处理过。", "This leave has been dealt with."),
    "leave_has_begun": (
        "请假已经开始，请找排班员更改。",
        "This leave has begun: ask a coordinator to change it.",
    ),
    "wish_of_nothing": (
        "请至少选星期、地点、活动类型中的一项。",
        "Choose at least one of weekday, place and activity.",
    ),
    "already_wished": ("同样的内容已经登记过意愿。", "There is a wish about the same already."),
    "too_many_wishes": ("最多登记 {most} 条意愿。", "At most {most} wishes."),
    "rules_are_of_the_top": (
        "请假审批规则由“{unit}”统一设定。",
        "The rules of leave are set for the whole of “{unit}”.",
    ),
}
