"""Refusals of attendance and the ledger."""

TRIPS: dict[str, tuple[str, str]] = {
    "shift_not_over": (
        "班次到 {ends} 才结束，结束后才能确认到岗。",
        "The shift ends at {ends}; confirm it after that.",
    ),
    "already_confirmed": ("{who} 已在 {when} 确认过到岗。", "{who} confirmed the attendance at {when}."),
    "shift_not_held": ("该班次没有举行。", "This shift was not held."),
    "not_published": ("排班表还是草稿，发布后才能确认到岗。", "The roster is still a draft; publish it first."),
    "unknown_assignment": ("该班次没有这个人的安排。", "Nobody by that assignment stands this shift."),
    "absence_needs_reason": ("请写明{person}缺勤的理由。", "Give the reason why {person} was absent."),
    "reason_but_present": (
        "{person}写了缺勤理由却没有勾选缺勤：请勾选，或清空理由。",
        "{person} has a reason for absence but is not ticked: tick the box or clear the reason.",
    ),
    "not_confirmed_yet": ("该班次还没有确认到岗。", "This shift's attendance has not been confirmed yet."),
    "already_absent": (
        "{person}已是缺勤，台账上没有可更正的人次。",
        "{person} is already absent: no person-trip to correct.",
    ),
    "trip_already_credited": (
        "{person} {day} 这一班已经计过 1 人次。",
        "{person} is already credited with this shift on {day}.",
    ),
    "trip_already_corrected": (
        "{person} {day} 的这条台账已经更正过。",
        "{person}'s entry of {day} has already been corrected.",
    ),
    "correction_does_not_fit": ("更正与原条目不符。", "The correction does not match the entry that it reverses."),
    "quota_exists": ("这段日期已有{role}的同类指标。", "{role}: the same quota already covers some of these days."),
    "unit_quota_exists": (
        "这段日期已有这个单位的同类任务。",
        "The same target of this unit already covers some of these days.",
    ),
    "quota_only_ends": (
        "指标定下后只能结束；要改，就从某天起改成新的。",
        "A quota can only be ended once it is set; to change it, set a new one from a day on.",
    ),
    "waiver_is_only_taken_back": ("免除只能撤回，不能改动。", "A waiver can be taken back, not altered."),
    "out_of_quota": (
        "要在这项指标的日期之内（{first} – {last}），且晚于其第一天。",
        "Choose a day within this quota's days ({first} – {last}), after its first.",
    ),
    "not_a_monday": ("请选星期一。", "Choose a Monday."),
    "not_a_first": ("请选某月 1 日。", "Choose the first of a month."),
    "nothing_owed": ("{person} 这段时间没有这项指标。", "{person} does not owe this in that time."),
    "already_waived": ("{person} 这段时间已由 {who} 免除。", "{who} has already waived this for {person}."),
    "not_waived": ("{person} 这段时间的免除已经撤回。", "The waiver for {person} has already been taken back."),
    "place_does_not_count": (
        "{place} 不在这项指标的地点之内。",
        "{place} is not among the places that count for this quota.",
    ),
    "no_roster_that_day": (
        "{day} 没有可改的排班表。",
        "No roster that can be changed covers {day}.",
    ),
    "no_published_roster_that_day": (
        "{day} 的排班表还没有发布，请告诉排班员。",
        "The roster for {day} is not published yet: tell a coordinator.",
    ),
    "visits_are_planned_for_you": (
        "您单位的走访由排班员安排。",
        "Visits of your unit are planned by a coordinator.",
    ),
    "visit_is_gone": ("这个空位已经没有了，请另选。", "That seat is gone: choose another."),
    "visit_is_past": ("这个时间已经过去。", "That time is past."),
    "ledger_is_append_only": ("台账只增不改。", "The ledger is only ever added to."),
    "dimension_twice": ("同一个维度不能用两次。", "One thing cannot stand in two places: choose another."),
    "exports_wait": (
        "已有 {count} 个导出在排队，做完再要。",
        "{count} exports of yours wait to be made: ask for more when they are.",
    ),
    "export_is_made": ("还在制作，做完再下载。", "It is still being made: fetch it when it is done."),
    "export_is_gone": ("文件已不在，请重新导出。", "The file is gone: export it again."),
    "export_failed": (
        "制作时出错，没有文件；请重新导出。",
        "It failed on the way and there is no file: export it again.",
    ),
    "handout_is_over": ("这个导出已经结束。", "This export is over."),
    "measure_does_not_fit": (
        "{measure}不能按“{dimension}”统计或筛选。",
        "{measure}: cannot be told apart or narrowed by “{dimension}”.",
    ),
    "too_many_columns": (
        "列太多，最多 {most} 列：请缩短期间，或改放到行。",
        "Too many columns, at most {most}: take a shorter period, or put them in the rows.",
    ),
    # closing a month, people as they were, balances by the batch
    "month_is_closed": (
        "{unit} {month} 已由{who}关账：只能更正或补录，不能再结转。",
        "{who} closed {month} for {unit}: it takes corrections and supplements, but no balances.",
    ),
    "month_is_closed_already": ("{unit} {month} 已由{who}关账。", "{who} has closed {month} for {unit} already."),
    "month_is_not_closed": ("这个月没有关账。", "This month is not closed."),
    "month_not_over": ("{month} 还没有过完，过完才能关账。", "{month} is not over; close it after its last day."),
    "month_unconfirmed": (
        "现在有 {n} 班已结束、未确认到岗，与刚才看到的不同：请再看一遍。",
        "Shifts over and not confirmed: {n} by now, not what you saw; please look again.",
    ),
    "month_is_reopened": ("{who} 已在 {when} 重新打开。", "{who} reopened it at {when}."),
    "mailed_run_is_kept": (
        "发送过的期间不改也不删。",
        "What was mailed of a period is neither altered nor removed.",
    ),
    "month_close_is_kept": ("关账记录不改也不删。", "The record of a close is neither altered nor removed."),
    "changed_later_already": (
        "{person}的资料自 {day} 起已经改过，这次不能早于那一天。",
        "{person}'s details changed on {day} already; this cannot hold from an earlier day.",
    ),
    "holds_from_later": ("不能晚于今天。", "Not later than today."),
    "file_counts_already": ("{who} 已在 {when} 导入过这个文件。", "{who} imported this file at {when}."),
    "batch_is_reversed": ("这一批已经整批冲销。", "This batch has been taken back."),
    "batch_is_reversed_by": ("{who} 已在 {when} 整批冲销。", "{who} took this batch back at {when}."),
    # lists of opening balances
    "balances_head_not_found": (
        "前 {most} 行里没有找到表头：需要 姓名、活动类型、累计人次。",
        "No head among the first {most} lines: Name, Activity, Count are needed.",
    ),
    "no_balances": ("没有可以导入的行。", "There is nothing to import."),
    "balance_unknown_person": ("没有叫{text}的人。", "Nobody is called {text}."),
    "balance_near_name": ("没有叫{text}的人；是不是 {names}？", "Nobody is called {text}; do you mean {names}?"),
    "balance_same_name": (
        "有几个人叫{text}（工号 {numbers}）：请写工号或部门。",
        "Several are called {text} ({numbers}): give the staff number or the department.",
    ),
    "balance_unknown_number": ("没有工号 {staff_no}。", "Nobody has the staff number {staff_no}."),
    "balance_name_differs": (
        "工号 {staff_no} 是{person}，表上写的是{text}。",
        "Staff number {staff_no} is {person}, the list says {text}.",
    ),
    "balance_unknown_activity": ("没有活动类型“{text}”：有 {names}。", "No activity “{text}”: there are {names}."),
    "balance_unknown_place": ("没有名为“{text}”的地点，或不止一个。", "No place is called “{text}”, or more than one."),
    "balance_bad_count": ("人次要写整数，这里是“{text}”。", "A count is a whole number; this says “{text}”."),
    "balance_bad_hours": ("小时数与人次不相配：“{text}”。", "The hours do not fit the count: “{text}”."),
    "balance_day_missing": (
        "不知道截至哪一天：请写在标题、日期列，或填在下面。",
        "As of which day? Write it in the title, in a column, or below.",
    ),
    "balance_day_to_come": ("截至日期 {day} 还没有到。", "The day {day} is yet to come."),
    "balance_row_twice": ("{person}的这一项与第 {row} 行重复。", "The same of {person} stands in row {row}."),
    "balance_row_differs": (
        "{person}的这一项与第 {row} 行不一致，两行都没有取。",
        "{person}: row {row} says something else; neither is taken.",
    ),
    "balance_counts_otherwise": (
        "{person}的这一项已经结转过 {n} 人次，与这里不同。",
        "{person} has {n} person-trips of this carried forward already, not as many as here.",
    ),
    "balance_sum_differs": (
        "合计写的是 {n}，上面各行相加是 {sum}。",
        "The total says {n}, the rows above come to {sum}.",
    ),
    "not_here_that_day": ("{person} {day} 不在岗。", "{person} did not belong here on {day}."),
    "trip_elsewhere": (
        "{person} {day} 这个时段已在{place}计过 1 人次。",
        "{person} is credited with {place} at that time on {day}.",
    ),
}
