"""Every refusal's sentence: code → (Chinese, English). Gaps in braces are filled from the refusal's facts."""

REFUSALS: dict[str, tuple[str, str]] = {
    # everywhere
    "not_found": ("没有找到，或您无权查看。", "Not found, or not yours to see."),
    "not_allowed": ("您没有这项权限。", "You may not do this."),
    "stale": (
        "{who} 已在 {when} 改过，您看到的不是最新内容。您填写的仍在下面，请核对后再保存。",
        "{who} changed this at {when}; what you saw is out of date. Your input is kept below: check it and save again.",
    ),
    "database_is_busy": (
        "数据库正忙，没有写入任何内容，请稍后再试。",
        "The database is busy; nothing was saved. Try again.",
    ),
    "schema_is_newer": (
        "数据库由更新的版本写成（{step}），请先升级程序。",
        "A newer version wrote this database ({step}): upgrade the program first.",
    ),
    "settings_unreadable": ("设置文件 {path} 读不了：{reason}", "Cannot read the settings in {path}: {reason}"),
    "setting_is_wrong": ("设置 {name} 有误：{reason}", "Setting {name} is wrong: {reason}"),
    "required": ("必填。", "Required."),
    "bad_date": ("“{text}”不是日期，请写成 2026-03-02。", "“{text}” is not a date; write 2026-03-02."),
    "bad_time": ("“{text}”不是时间，请写成 08:30。", "“{text}” is not a time; write 08:30."),
    "bad_number": ("“{text}”不是整数。", "“{text}” is not a whole number."),
    "out_of_range": ("应在 {low} 到 {high} 之间。", "Must be from {low} to {high}."),
    "bad_choice": ("“{text}”不在可选范围内。", "“{text}” is not one of the choices."),
    "too_long": ("最多 {most} 个字。", "At most {most} characters."),
    "bad_characters": ("含有不可见的控制字符。", "Holds invisible control characters."),
    "end_before_start": ("结束早于开始。", "Ends before it starts."),
    # messages waiting to leave
    "message_not_failed": (
        "这条消息现在是“{message}”，不需要重试。",
        "This message is “{message}” now; there is nothing to retry.",
    ),
    "message_is_over": ("这次值班已经开始，不再发送。", "The duty it tells of has begun; it is not sent any more."),
    # attendance and the ledger
    "shift_not_over": (
        "班次到 {ends} 才结束，结束后才能确认到岗。",
        "The shift ends at {ends}; confirm it after that.",
    ),
    "already_confirmed": ("{who} 已在 {when} 确认过到岗。", "{who} confirmed the attendance at {when}."),
    "shift_not_held": ("该班次没有举行。", "This shift was not held."),
    "not_published": ("排班表还是草稿，发布后才能确认到岗。", "The roster is still a draft; publish it first."),
    "unknown_assignment": ("该班次没有这个人的安排。", "Nobody by that assignment stands this shift."),
    "absence_needs_reason": ("请写明{person}缺勤的理由。", "Give the reason why {person} was absent."),
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
    "ledger_is_append_only": ("台账只增不改。", "The ledger is only ever added to."),
    # units, people, days away
    "unknown_unit": ("没有这个单位。", "There is no such unit."),
    "unit_name_taken": ("这里已有名为“{name}”的单位。", "There is already a unit called “{name}” here."),
    "unit_below_itself": ("单位不能移到自己或自己的下级之下。", "A unit cannot go below itself or its own units."),
    "staff_no_taken": ("工号 {staff_no} 已有人使用。", "Staff number {staff_no} is taken."),
    "staff_no_twice": ("工号 {staff_no} 与第 {row} 行重复。", "Staff number {staff_no} stands in row {row} already."),
    "staff_no_has_spaces": ("工号中间不能有空格。", "A staff number has no spaces in it."),
    "bad_email": ("“{text}”不是电子邮箱地址。", "“{text}” is not an e-mail address."),
    "too_many_skills": ("最多 {most} 项技能。", "At most {most} skills."),
    "left_before_joined": ("离岗日期早于到岗日期。", "The last day is before the first."),
    "already_away": (
        "与已登记的“{away_kind}”（{day}起）时间重叠。",
        "Overlaps with “{away_kind}” from {day}, which is already noted.",
    ),
    # places, templates, shifts
    "place_name_taken": ("该单位已有名为“{name}”的地点。", "The unit already has a place called “{name}”."),
    "unknown_person": ("没有这个人员。", "There is no such person."),
    "sponsorship_overlaps": (
        "{unit}从{first}起已包保这里，时间不能重叠。",
        "{unit} already sponsors this place from {first}; the dates may not overlap.",
    ),
    "unknown_activity": ("没有这种活动类型。", "There is no such kind of activity."),
    "no_place": ("至少选一个地点。", "Choose at least one place."),
    "place_out_of_reach": (
        "所选地点中有的不属于本单位及其上下级，也不由其包保。",
        "Some of these places neither belong to the unit, one above or one below it, nor are sponsored by these.",
    ),
    "no_weekday": ("至少选一个星期几。", "Choose at least one weekday."),
    "no_duration": ("开始与结束不能是同一时刻。", "Start and end may not be the same."),
    "period_too_long": ("一次最多 {most} 天。", "At most {most} days at once."),
    # the installation
    "already_founded": (
        "这个数据库已经有机构了。登录链接：python -m scheduler link 工号",
        "This database already has an organisation. For a sign-in link: python -m scheduler link STAFF_NO",
    ),
    "port_is_taken": (
        "端口 {port} 不能使用（{reason}）：结束占用它的程序，或用 PORT=8001 make run 换一个。",
        "Port {port} cannot be used ({reason}): end what holds it, or choose another with PORT=8001 make run.",
    ),
}
