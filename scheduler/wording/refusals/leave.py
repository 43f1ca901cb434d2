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
    # lists of leave
    "leave_head_not_found": (
        "没有找到表头：前 {most} 行里应有一行写着 姓名、类别、开始日期、结束日期。",
        "No head found: one of the first {most} rows must hold Name, Kind, From, To (姓名、类别、开始日期、结束日期).",
    ),
    "unknown_leave_kind": (
        "“{text}”是哪一类请假？可写：年休假、事假、病假、出差、培训、不可排。",
        "What kind of leave is “{text}”? Write leave, sick, travel, training or other.",
    ),
    "leave_unknown_number": ("没有工号为 {staff_no} 的人。", "Nobody has the staff number {staff_no}."),
    "leave_name_differs": (
        "工号 {staff_no} 是{person}，这里写的是“{text}”。",
        "Staff number {staff_no} is {person}, but “{text}” stands here.",
    ),
    "leave_same_name": (
        "叫“{text}”的不止一人（工号 {numbers}），请写工号。",
        "Several people are called “{text}” ({numbers}): give the staff number.",
    ),
    "leave_unknown_name": ("没有叫“{text}”的人。", "Nobody is called “{text}”."),
    "leave_after_last_day": ("{person} 在这之前已离岗。", "{person} has left before that."),
    "leave_end_missing": ("没有结束日期。", "There is no last day."),
    "leave_half_unsaid": (
        "半天要写明上午还是下午。",
        "Say whether the half day is the morning (上午) or the afternoon (下午).",
    ),
    "leave_days_do_not_match": (
        "{text} 天与开始、结束日期不符。",
        "{text} days do not agree with the first and the last day.",
    ),
    "leave_bad_days": ("“{text}”不是天数。", "“{text}” is not a number of days."),
    "leave_recurs": (
        "“{text}”：循环的请假请逐次写明日期。",
        "“{text}”: write each date of leave that recurs.",
    ),
    "leave_row_overlaps": ("与第 {row} 行时间重叠。", "Overlaps with row {row}."),
}
