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
    "leave_is_ones_own": (
        "自己的请假不能自己批准，由{who}审批：请在“我的请假”里申请。",
        "Nobody approves their own leave: {who} decides. Ask for it on “My leave”.",
    ),
    "leave_is_ones_own_alone": (
        "自己的请假不能自己批准，本单位和上级还没有别的排班员或管理员：请先在“权限”里授权一位。",
        "Nobody approves their own leave, and there is no other coordinator or administrator in this unit or above: "
        "grant somebody the right first.",
    ),
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
    # calendars that leave is read from
    "calendar_host_not_listed": (
        "{host} 不在可读取的主机之列。请管理员在 settings.toml 的 [calendars] hosts 里加上。",
        "{host} is not among the hosts that are read. An administrator adds it to hosts under [calendars] in "
        "settings.toml.",
    ),
    "calendar_is_inner": (
        "这个地址指向内网，没有读取。",
        "The address leads to the inner network and was not read.",
    ),
    "calendar_read_just_now": (
        "刚刚读过，请 {minutes} 分钟后再试。",
        "It was read just now: try again in {minutes} minutes.",
    ),
    "calendar_unreachable": ("连不上日历的服务器。", "The calendar's server cannot be reached."),
    "calendar_too_slow": (
        "日历的服务器 {seconds} 秒内没有答完。",
        "The calendar's server did not finish its answer within {seconds} seconds.",
    ),
    "calendar_not_vouched_for": (
        "日历服务器的证书不可信，没有读取。",
        "The certificate of the calendar's server is not to be trusted: it was not read.",
    ),
    "calendar_leads_elsewhere": (
        "地址转到了别处（可能要先登录）。请在日历软件里复制私密的 .ics 地址。",
        "The address leads elsewhere, perhaps to a sign-in page. Copy the secret .ics address from your calendar.",
    ),
    "calendar_answers_otherwise": (
        "服务器答复 {status}，没有给出日历。地址可能已作废，请重新填写。",
        "The server answered {status} and gave no calendar. The address may be void: give it anew.",
    ),
    "calendar_of_another_type": (
        "这个地址给出的不是日历（{text}）。",
        "What the address gives is no calendar ({text}).",
    ),
    "calendar_is_too_large": (
        "日历超过 {most} MB，没有读取。",
        "The calendar is larger than {most} MB: it was not read.",
    ),
    "calendar_is_not_text": ("日历不是 UTF-8 文本，没有读取。", "The calendar is not UTF-8 text: it was not read."),
    "not_a_calendar": (
        "这个地址给出的不是日历（没有 BEGIN:VCALENDAR）。",
        "What the address gives is no calendar: it does not begin with BEGIN:VCALENDAR.",
    ),
    "calendar_breaks_off": (
        "日历中途断了，没有读取；之后会再试。",
        "The calendar breaks off and was not read; it is tried again.",
    ),
    "calendar_broken": (
        "日历里有读不懂的内容，整份没有读取：{text}",
        "Something in the calendar cannot be read, so none of it was taken: {text}",
    ),
    "calendar_is_too_long": (
        "日历里超过 {most} 个日程，没有读取。请换一个只放请假的日历。",
        "The calendar holds more than {most} events and was not read. Use one that holds only your leave.",
    ),
    "calendar_holds_too_much": (
        "半年内算作请假的日程超过 {most} 个，没有读取。",
        "More than {most} events within half a year would be leave: none was taken.",
    ),
    "calendar_line_is_too_long": (
        "日历里有一行 {text} 超过 {most} 个字，没有读取。",
        "A line of the calendar ({text}) is longer than {most} characters: it was not read.",
    ),
    "calendar_repeats_too_often": (
        "日程“{text}”重复得太密，整份没有读取。",
        "The event “{text}” repeats too often, so none was taken.",
    ),
    "calendar_changes_what_follows": (
        "日程“{text}”改动了“此后全部”，读不了，整份没有读取。请把它拆成两个日程。",
        "The event “{text}” changes all that follow, which is not read, so none was taken. Make two events of it.",
    ),
    "calendar_zone_is_unknown": (
        "不认识时区“{text}”，整份没有读取。",
        "The time zone “{text}” is not known, so none was taken.",
    ),
    "calendar_is_too_heavy": (
        "这份日历读起来太费时，没有读取。",
        "Reading this calendar takes too long: it was not read.",
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
    "leave_month_missing": (
        "“{text}”没有写明年份或月份，标题里也没有。",
        "“{text}” says no year or no month, nor does the title.",
    ),
    "leave_date_unsure": (
        "“{text}”是哪一天不清楚，请写明年月日。",
        "Which day “{text}” means is not clear: write year, month and day.",
    ),
    "leave_weekday_differs": (
        "“{text}”的星期与日期不符，请核对。",
        "The weekday of “{text}” is not that of the date: which is right?",
    ),
    "leave_several_spans": (
        "“{text}”写了不止一段时间，请每段写一行。",
        "“{text}” says several stretches of time: write a line for each.",
    ),
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
