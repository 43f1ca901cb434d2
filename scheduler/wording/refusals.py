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
    "disk_is_full": (
        "磁盘已满，没有写入任何内容。查看不受影响；腾出空间后会自动恢复。",
        "The disk is full; nothing was saved. Reading still works, and writing will once there is room.",
    ),
    "database_not_writable": (
        "数据库文件现在不能写入，没有保存任何内容。请管理员检查磁盘和文件权限，恢复后会自动继续。",
        "The database file cannot be written now; nothing was saved. Its disk and its file mode need a look; "
        "writing goes on by itself once that is mended.",
    ),
    "database_is_missing": (
        "数据库文件 {path} 不见了。为免用空库顶替，程序没有新建。请用备份恢复：python -m scheduler restore 备份文件",
        "The database {path} is gone. No empty one was put in its place: "
        "restore a backup with python -m scheduler restore FILE",
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
    # signing in, access
    "signed_out": (
        "登录已过期，没有保存任何内容。请重新登录。",
        "You are signed out; nothing was saved. Sign in again.",
    ),
    "link_is_spent": (
        "这个登录链接无效、已用过或已过期，请重新申请。",
        "This sign-in link is not valid, was used already, or has expired: ask for a new one.",
    ),
    "unknown_staff_no": (
        "没有工号 {staff_no}，或不在您管理的单位。",
        "Nobody has staff number {staff_no} in the units that you administer.",
    ),
    "email_above_own_rights": (
        "{person}的权限比您大，登录链接会发到其邮箱，您不能改。",
        "{person} may more than you do, and sign-in links go to that address: it is not yours to change.",
    ),
    "link_above_own_rights": (
        "此人的权限大于您的，请由管理员发登录链接。",
        "This person may do more than you: an administrator has to make the link.",
    ),
    "person_has_left": ("此人已离岗，不能登录。", "This person has left and cannot sign in."),
    "last_administrator": (
        "这是该单位的最后一位管理员，不能撤销；请先授权另一位。",
        "This is the unit's last administrator: grant another one first.",
    ),
    # messages waiting to leave
    "message_not_failed": (
        "这条消息现在是“{message}”，不需要重试。",
        "This message is “{message}” now; there is nothing to retry.",
    ),
    "message_is_over": ("这次值班已经开始，不再发送。", "The duty it tells of has begun; it is not sent any more."),
    "link_is_asked_anew": (
        "登录链接不保留，不能重发：请本人在登录页重新索取。",
        "Sign-in links are not kept: ask the person to request a new one on the sign-in page.",
    ),
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
    "ledger_is_append_only": ("台账只增不改。", "The ledger is only ever added to."),
    # units, people, days away
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
    # places, templates, shifts
    "place_name_taken": ("该单位已有名为“{name}”的地点。", "The unit already has a place called “{name}”."),
    "unknown_person": ("没有这个人员。", "There is no such person."),
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
    # the installation and the command line
    "no_such_staff_no": ("没有工号为 {staff_no} 的人员。", "Nobody has the staff number {staff_no}."),
    "file_not_read": ("读不了文件 {path}：{reason}", "Cannot read {path}: {reason}"),
    "file_not_written": ("写不了文件 {path}：{reason}", "Cannot write {path}: {reason}"),
    "unit_not_one": (
        "名为“{name}”的单位有 {count} 个；重名时请写完整路径，如 巴中市分行/本部/办公室。",
        "{count} units are called “{name}”; where several are, write the whole path, like 巴中市分行/本部/办公室.",
    ),
    "database_is_damaged": ("数据库文件已损坏：{reason}", "The database file is damaged: {reason}"),
    "ledger_is_altered": (
        "台账第 {entry} 条与写入时不符：它或它之前的记录被改动过。",
        "Ledger entry {entry} is not as it was written: it, or one before it, was altered.",
    ),
    "already_founded": (
        "这个数据库已经有机构了。登录链接：python -m scheduler link 工号",
        "This database already has an organisation. For a sign-in link: python -m scheduler link STAFF_NO",
    ),
    "port_is_taken": (
        "端口 {port} 不能使用（{reason}）：结束占用它的程序，或用 PORT=8001 make run 换一个。",
        "Port {port} cannot be used ({reason}): end what holds it, or choose another with PORT=8001 make run.",
    ),
    # rosters
    "roster_overlaps": (
        "{unit}已有 {first} 至 {last} 的排班表（{roster}），时间不能重叠。",
        "{unit} already has a roster from {first} to {last} ({roster}); periods may not overlap.",
    ),
    "roster_is_not_a_draft": (
        "这张排班表{roster}，只有草稿可以这样做。",
        "This roster is {roster}; only a draft can be changed in this way.",
    ),
    "roster_is_not_published": ("这张排班表还没有发布。", "This roster is not published."),
    "roster_is_closed": ("排班表已归档，不能再改。", "The roster is closed and cannot be changed."),
    "roster_is_empty": (
        "这张排班表没有任何班次，先设好值班模板再发布。",
        "This roster has no shifts. Set up duty templates before publishing it.",
    ),
    "roster_changed": (
        "您打开页面之后，这张排班表又有改动。请看过最新内容再发布。",
        "This roster has changed since you opened the page. Look at it once more, then publish.",
    ),
    "nothing_to_publish": (
        "没有要发布的改动。",
        "There is nothing to publish: nothing changed since the last version.",
    ),
    # the policy
    "policy_is_of_the_top": (
        "权重由“{unit}”统一设定，下级单位沿用。",
        "The weights are set for the whole of {unit}; units below it keep to them.",
    ),
    "empty_seat_too_cheap": (
        "空缺的代价太低：宁可让一个人多值 {count} 班，也不应留空。请提高空缺的代价，或降低公平的代价。",
        "An empty slot is too cheap: somebody should rather stand {count} duties more than leave it empty. "
        "Raise its price, or lower that of unfairness.",
    ),
    "nobody_to_stand_in_for": (
        "没有要补位的班次：之后的班没有人请假。",
        "There is nobody to stand in for: nobody is away on a duty to come.",
    ),
    "fill_is_asked_already": ("自动排班已在进行。", "The draft is being filled already."),
    "fill_was_cancelled": ("自动排班已取消，草稿保持原样。", "The fill was cancelled; the draft is as it was."),
    "fill_is_not_running": ("没有正在进行的自动排班。", "No fill is running."),
    "changed_while_filling": (
        "自动排班期间有人改动了排班表、请假或人员，为避免覆盖，没有写入。请再排一次。",
        "Somebody changed the roster, leave or people while it was being filled; to keep their change, "
        "nothing was written. Fill it again.",
    ),
    "shifts_not_confirmed": (
        "还有 {count} 个班次没有确认到岗，最早的是 {day}。",
        "{count} shifts have not been confirmed yet, the first on {day}.",
    ),
    # what stands against publishing
    "breach_leave": (
        "{person} {day} 请假或不可排，却排在{place}。",
        "{person} is away on {day} but stands at {place}.",
    ),
    "breach_double_booking": (
        "{person} {day} 在{place}值班时，另一张排班表里也有班。",
        "{person} stands at {place} on {day}, and at the same time in another roster.",
    ),
    "breach_double_booking_within": (
        "{person} {day} 同时排在{place}和{other}。",
        "{person} stands at {place} and at {other} at the same time on {day}.",
    ),
    "breach_duplicate": (
        "{person}在{place} {day} 的班次里排了两次。",
        "{person} is in the shift at {place} on {day} twice.",
    ),
    "breach_over_headcount": ("{place} {day} 排的人多于需要。", "{place} has more people than it needs on {day}."),
    "breach_not_eligible": (
        "{person}不符合{place} {day} 的要求：{refusal}。",
        "{person} does not meet what {place} asks for on {day}: {refusal}.",
    ),
    # rules that a roster may break knowingly
    "breach_rest_gap": (
        "{person} {day} 在{place}值班，与其他排班表中的一班间隔过短。",
        "{person}'s duty at {place} on {day} is too close to one in another roster.",
    ),
    "breach_rest_gap_within": (
        "{person} {day} 在{place}值班，与 {other_day} {other}的一班间隔过短。",
        "{person}'s duty at {place} on {day} is too close to the one at {other} on {other_day}.",
    ),
    "breach_max_per_week": (
        "{person} {day} 在{place}的这一班超过每周上限。",
        "{person}'s duty at {place} on {day} is above the weekly cap.",
    ),
    "breach_max_per_period": (
        "{person} {day} 在{place}的这一班超过本期上限。",
        "{person}'s duty at {place} on {day} is above the period's cap.",
    ),
    "breach_avoid": (
        "{person} {day} 在 {place} 的班是本人不愿意值的。",
        "{person} wished to avoid the duty at {place} on {day}.",
    ),
    "breach_frozen_changed": (
        "{place} {day} 的班已经开始，{person} 的安排不能再改。",
        "The duty at {place} on {day} has begun: who stands it cannot change any more ({person}).",
    ),
    "breach_pin_missing": (
        "{person} 锁定在 {day} 的 {place}，但没有排在那里。",
        "{person} is fixed at {place} on {day}, and does not stand there.",
    ),
    "breach_unknown_reference": (
        "{person} {day} 在 {place} 的安排对应的班次或人员已经不存在。",
        "{person} at {place} on {day}: the shift or the person is not there any more.",
    ),
    "breach_quota": (
        "{person}在 {monday} 这一周还差 {count} 次走访。",
        "{person} still owes {count} of the visits of the week of {monday}.",
    ),
    # seats
    "shift_is_in_no_roster": (
        "{place} {day} 的班次还不在任何排班表里。",
        "The shift at {place} on {day} is in no roster yet.",
    ),
    "shift_is_cancelled": ("{place} {day} 的班次已取消。", "The shift at {place} on {day} is cancelled."),
    "shift_is_held": (
        "{place} {day} 的班次已确认到岗，不能再改；有误请在台账更正。",
        "The attendance at {place} on {day} is confirmed; correct the ledger instead.",
    ),
    "shift_is_full": (
        "{place} {day} 的 {headcount} 个名额已满：{people}。",
        "All {headcount} slots at {place} on {day} are filled, by {people}.",
    ),
    "double_booking": (
        "{person} {day} {hours} 已在{place}值班，时间重叠。",
        "{person} already stands at {place} on {day}, {hours}; the times overlap.",
    ),
    "already_stands_it": (
        "{person}已在{place} {day} 的这个班次里。",
        "{person} already stands this shift at {place} on {day}.",
    ),
    "person_is_away": (
        "{person} {first} 至 {last} {away_kind}。",
        "{person} is away from {first} to {last} ({away_kind}).",
    ),
    "not_of_the_roster": (
        "{person}不属于{unit}及其下级单位。",
        "{person} belongs neither to {unit} nor to a unit below it.",
    ),
    "not_yet_joined": ("{person} {day} 才到岗。", "{person} joins only on {day}."),
    "has_left": ("{person} {day} 已离岗。", "{person} left on {day}."),
    "not_in_the_party": (
        "{person}不是党员，这个班次只排党员。",
        "{person} is not a party member, which this shift asks for.",
    ),
    "wrong_role": ("这个班次不由“{role}”值（{person}）。", "This shift is not for {person}'s role ({role})."),
    "lacks_skill": ("{person}没有所需技能：{skill}。", "{person} lacks a skill that is asked for: {skill}."),
    "wrong_unit": (
        "{person}所在的{unit}不在可值单位之内。",
        "{person}'s unit, {unit}, is not one that may stand this shift.",
    ),
    "already_released": ("{person}已撤下。", "{person} has been released already."),
    "too_many_scenarios": (
        "最多同时试 {most} 个方案，先丢弃一个。",
        "At most {most} are compared at a time: throw one away first.",
    ),
    "scenario_is_not_ready": ("这个方案还没有算完。", "This one is not filled yet."),
    "scenario_is_overtaken": (
        "试排之后草稿、请假或人员又有改动。没有写入，请重新计算。",
        "The draft, leave or people changed since this was tried. Nothing was written: try it again.",
    ),
    "nothing_to_undo": ("没有可以撤销的步骤。", "There is no step of yours to undo."),
    "nothing_to_redo": ("没有可以重做的步骤。", "There is no step of yours to redo."),
    "step_is_undone": ("这一步已由{who}撤销。", "{who} has undone this step already."),
    "step_is_not_undone": (
        "这一步没有撤销，或之后又有别的改动，不能重做。",
        "This step is not undone, or other changes came after it: it cannot be done again.",
    ),
    "step_is_published": (
        "这一步已经发布，不能撤销；请直接改动，再发布一次。",
        "This step has been published and cannot be undone: change the roster and publish again.",
    ),
    "step_is_overtaken": (
        "{place} {day} 之后又改过：{person}已不在那个名额上。没有撤销任何改动。",
        "{place} on {day} was changed since: {person} no longer stands that slot. Nothing was undone.",
    ),
    "step_is_overtaken_by_lock": (
        "{place} {day} {person}的锁定之后又改过。没有撤销任何改动。",
        "Somebody has since fixed or unfixed {person} at {place} on {day}. Nothing was undone.",
    ),
    "step_shift_is_taken": (
        "{place} {day} 的班次已排了{person}，不能撤掉这个班次。",
        "{person} stands the shift at {place} on {day} by now: it cannot be taken out again.",
    ),
    "slot_is_taken": (
        "{place} {day} 的第 {slot} 个名额已由{person}值班。",
        "{person} already stands slot {slot} at {place} on {day}.",
    ),
    "shift_has_no_such_slot": (
        "{place} {day} 只有 {headcount} 个名额，没有第 {slot} 个。",
        "{place} on {day} has {headcount} slots; there is no slot {slot}.",
    ),
    "shift_of_another_roster": (
        "{place} {day} 的班次在另一张排班表里。",
        "The shift at {place} on {day} is in another roster.",
    ),
    "swap_with_oneself": ("两处都是{person}，不用互换。", "{person} stands both: there is nothing to swap."),
    # told, not refused
    "short_rest": (
        "与 {day} {place} {hours} 只隔 {between} 小时。",
        "Only {between} hours from the duty at {place} on {day}, {hours}.",
    ),
    "week_is_full": (
        "{monday} 这一周将有 {count} 班，上限 {cap} 班。",
        "That makes {count} duties in the week of {monday}; the cap is {cap}.",
    ),
    # staff lists
    "file_is_empty": ("文件是空的。", "The file is empty."),
    "file_is_broken": ("文件已损坏，读不了。", "The file is broken and cannot be read."),
    "file_has_password": (
        "文件有密码，请去掉密码后再导入。",
        "The file has a password: remove it and import again.",
    ),
    "file_is_not_what_its_name_says": (
        "文件名以 {suffix} 结尾，内容却不是。请重新另存为 .xlsx 或 CSV。",
        "The file is called {suffix} but is something else: save it again as .xlsx or CSV.",
    ),
    "file_kind_is_not_read": (
        "不能读取 {kind} 文件。请在 Excel 或 WPS 里另存为 .xlsx 或 CSV。",
        "Files of kind {kind} are not read: save it as .xlsx or CSV in Excel or WPS.",
    ),
    "file_unpacks_too_large": (
        "文件解开后有 {megabytes} MB，最多 {most} MB。",
        "The file unpacks to {megabytes} MB; at most {most} MB is read.",
    ),
    "file_takes_too_much": (
        "这个文件展开后过大，读不了。请新建一个只含名单的文件。",
        "The file is too large once laid out: make a new one that holds the list only.",
    ),
    "several_sheets": (
        "有内容的工作表不止一张（{sheets}）。请另存一个只含名单的文件。",
        "More than one sheet holds something ({sheets}): save a file with the list only.",
    ),
    "encoding_unknown": (
        "第 {row} 行的文字编码认不出来。请另存为 UTF-8 或 GBK。",
        "The text of line {row} is in no known encoding: save the file as UTF-8 or GBK.",
    ),
    "encoding_is_mixed": (
        "第 {row} 行是 UTF-8，其他行不是。请统一编码后再导入。",
        "Line {row} is UTF-8 and others are not: save the file in one encoding.",
    ),
    "csv_is_broken": (
        "第 {row} 行起读不通，多半是引号没有成对。",
        "The file cannot be read from line {row} on: most likely a quotation mark has no partner.",
    ),
    "too_many_rows": ("最多 {most} 行，请分开导入。", "At most {most} rows: import it in parts."),
    "head_not_found": (
        "没有找到表头：前 {most} 行里应有一行写着 工号、姓名、单位。",
        "No head found: one of the first {most} rows must hold Staff no, Name, Unit (工号、姓名、单位).",
    ),
    "columns_are_missing": ("表头缺少：{columns}。", "The head lacks: {columns}."),
    "columns_are_double": ("表头有两列意思相同：{columns}。", "Two columns of the head mean the same: {columns}."),
    "no_people_in_list": ("表头下面没有人员。", "There is nobody below the head."),
    "row_is_too_long": (
        "这一行比表头多出内容，多半是逗号没有用引号括住。",
        "The row goes on past the head: most likely a comma needs quotation marks round its cell.",
    ),
    "staff_no_is_a_number": (
        "工号 {text} 存成了数字，前面的 0 可能已经丢失。请把该列改为文本，填回完整工号。",
        "Staff number {text} is stored as a number, so leading zeros may be lost: make the column text and retype it.",
    ),
    "mobile_is_a_number": (
        "电话 {text} 存成了数字，前面的 0 可能已经丢失。请把该列改为文本。",
        "Telephone {text} is stored as a number, so leading zeros may be lost: make the column text.",
    ),
    "unknown_role": (
        "“{text}”看不出是哪一种，请写 一把手、分管领导 或 员工。",
        "“{text}” does not tell the role: write Head, Deputy or Staff (一把手、分管领导、员工).",
    ),
    "unknown_party": (
        "“{text}”看不出是否党员，请写 是 或 否。",
        "“{text}” does not say whether a party member: write yes or no.",
    ),
    "unknown_language": (
        "“{text}”不是可选的语言，请写 中文 或 English。",
        "“{text}” is not a language here: write 中文 or English.",
    ),
    "unit_is_not_known": ("您管辖的单位里没有“{text}”。", "There is no unit “{text}” among those you coordinate."),
    "unit_is_ambiguous": (
        "叫“{text}”的单位不止一个，请写全：{units}。",
        "More than one unit is called “{text}”: write the whole path ({units}).",
    ),
    "staff_no_is_elsewhere": (
        "工号 {staff_no} 属于您管辖范围以外的单位。",
        "Staff number {staff_no} belongs to a unit that you do not coordinate.",
    ),
    "list_was_overtaken": (
        "检查之后名单里有人被改过，没有写入任何内容。请再导入一次。",
        "Somebody on the list was changed meanwhile; nothing was stored. Import it again.",
    ),
    # drags, and two coordinators at once
    "slot_was_taken": (
        "{place} {day} 第 {slot} 个名额：您看到的是空缺，现在是{after}（{who} {when} 改的）。请看过再改。",
        "{place} on {day}, slot {slot}: you saw it unfilled, now {after} stands there ({who}, {when}). Look again.",
    ),
    "slot_was_freed": (
        "{place} {day} 第 {slot} 个名额：您看到的是{before}，现在是空缺（{who} {when} 改的）。请看过再改。",
        "{place} on {day}, slot {slot}: you saw {before}, now it is unfilled ({who}, {when}). Look again.",
    ),
    "slot_was_changed": (
        "{place} {day} 第 {slot} 个名额：您看到的是{before}，现在是{after}（{who} {when} 改的）。请看过再改。",
        "{place} on {day}, slot {slot}: you saw {before}, now {after} stands there ({who}, {when}). Look again.",
    ),
    "slot_is_empty": ("这个名额现在是空缺，没有人可以移动。", "This slot is unfilled now: there is nobody to move."),
    "bad_drop": ("没有说明把谁放到哪里。", "It was not said who goes where."),
    "drop_refused": ("{person}不能排在这里：{refusal}。", "{person} cannot stand here: {refusal}."),
    "drop_warned": (
        "{person}排在这里要写明理由：{refusal}。",
        "{person} can stand here with a reason only: {refusal}.",
    ),
    # rules with a level
    "rule_blocks": (
        "本单位规定不得这样排{person}：",
        "Your organisation does not allow {person} to be seated like this:",
    ),
    "needs_a_reason": (
        "排{person}会有下面的提示。仍要排入，请写明理由：",
        "Seating {person} calls for a warning. To seat them all the same, give the reason:",
    ),
    # rosters read back
    "sheet_has_no_head": (
        "没有找到表头：要有一行写着“地点”，后面各列是日期。请用导出的排班表修改后再导入。",
        "No head was found: a row that says Place, and a date over each column. Change an exported file and bring it.",
    ),
    "sheet_line_unknown": (
        "这张排班表里没有“{text}”这一行。",
        "The roster has no line “{text}”.",
    ),
    "sheet_unknown_name": ("{day}：没有叫“{text}”的人，是谁？", "{day}: nobody is called “{text}”. Who is meant?"),
    "sheet_same_name": (
        "{day}：叫“{text}”的不止一人，请在姓名后写工号（{numbers}）。",
        "{day}: more than one person is called “{text}”; write the staff number behind the name ({numbers}).",
    ),
    "sheet_no_shift": ("{day}：这一行当天没有班次，名字写错格了？", "{day}: this line has no shift that day."),
    "sheet_too_many": (
        "{day}：写了 {count} 人，名额只有 {most} 个。",
        "{day}: {count} people are written, there are {most} slots.",
    ),
    "sheet_has_begun": (
        "{day}：已经开始的班次不能用表格改。",
        "{day}: a shift that has begun cannot be changed by a file.",
    ),
    # calendars
    "calendar_not_ready": ("日历还没有生成，请稍后再试。", "The calendar is not ready yet; try again shortly."),
    # background jobs
    "lease_is_lost": (
        "另一个后台进程已经接手，这一个不再写入。",
        "Another background process has taken over; this one writes nothing more.",
    ),
    "unknown_job": ("没有叫 {job} 的后台任务，可用的有：{known}。", "No job is called {job}; there are: {known}."),
    # backups
    "file_is_there": (
        "{path} 已经有了，没有覆盖。请换一个文件名。",
        "{path} is there already and was not overwritten: choose another name.",
    ),
    "not_a_backup": ("{path} 里没有轮值的数据。", "There is nothing of Lunzhi's in {path}."),
    "no_such_backup": ("没有备份文件 {path}。", "There is no backup {path}."),
    "manifest_differs": (
        "{path} 与它旁边的清单不符，没有恢复。备份之后文件被改过，或清单属于另一份备份。",
        "{path} is not what the manifest beside it tells of; nothing was restored. "
        "The file was changed since, or the manifest is another one's.",
    ),
    "installation_is_in_use": (
        "轮值正在运行。请先停止 make run（网页和后台进程），再恢复。",
        "Lunzhi is running. End make run first (pages and background process), then restore.",
    ),
}
