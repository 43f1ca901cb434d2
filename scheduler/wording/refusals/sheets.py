"""What is asked or told about a sheet that somebody brought: kind → (Chinese, English)."""

SHEETS: dict[str, tuple[str, str]] = {
    # the file
    "wall_no_dates": (
        "没有找到值班表：表里要有日期，日期旁边要有人员。",
        "No duty sheet found: it must have dates, and people beside them.",
    ),
    "wall_sheet_too_large": (
        "工作表「{sheet}」太大：最多 {rows} 行、{columns} 列。",
        "The sheet “{sheet}” is too large: at most {rows} rows and {columns} columns.",
    ),
    "asked_not_a_workbook": ("这个文件读不了：{text}", "This file cannot be read: {text}"),
    "asked_mixed_encoding": ("文字编码不一致：{text}", "The text is in more than one encoding: {text}"),
    "wall_activity_unknown": (
        "没有活动叫「{activity}」：请用 --activity 指定（{codes}）。",
        "No activity is called “{activity}”: name one with --activity ({codes}).",
    ),
    "wall_hours_missing": (
        "{place}：表上没有写值班时间，请用 --hours 8:30-17:30 补充。",
        "{place}: the sheet says no hours; give them with --hours 8:30-17:30.",
    ),
    "wall_place_not_one": ("叫「{place}」的地点有 {count} 个。", "{count} places are called “{place}”."),
    "nothing_certain": ("没有一行可以确定，什么也没有写入。", "No row is certain; nothing was stored."),
    "asked_unknown_unit": ("没有叫「{text}」的单位。", "No unit is called “{text}”."),
    "asked_unknown_activity": ("没有活动叫「{text}」。", "No activity is called “{text}”."),
    "list_head_not_found": ("前 {most} 行里没有认得的表头。", "No head that is known in the first {most} rows."),
    "list_row_twice": ("与第 {row} 行重复。", "The same as row {row}."),
    "list_unit_not_one": ("叫「{text}」的单位有 {count} 个。", "{count} units are called “{text}”."),
    "list_word_unknown": ("「{text}」不认识，可以写：{words}。", "“{text}” is not known; it may say: {words}."),
    "list_bad_time": ("时间要写成 8:30，这里是「{text}」。", "A time is written 8:30; this says “{text}”."),
    # a file that was handed in
    "intakes_wait": (
        "已有 {count} 个文件等着读取，读完再上传。",
        "{count} files of yours wait to be read: hand in more when they are.",
    ),
    "intake_is_over": ("这次导入已经结束。", "This import is over."),
    "intake_moved_on": (
        "这次导入已有变化，请看最新的内容。",
        "This import has moved on meanwhile: look at it as it is now.",
    ),
    "intake_overtaken": (
        "看过之后名单里的人、地点或请假有变化，没有写入；请看新的结果再导入。",
        "People, places or leave changed since you looked; nothing was stored. Look at it as it is now.",
    ),
    "intake_not_ready": ("还有要回答的，回答完才能导入。", "Something is still asked; it can be imported then."),
    "intake_file_gone": ("文件已不在，请重新上传。", "The file is gone: hand it in again."),
    "intake_failed": (
        "处理时出错，什么也没有写入；请重试。",
        "It failed on the way and nothing was stored; please try again.",
    ),
    "intake_changed_since": (
        "导入后又改过 {count} 处：{names}。什么也没有撤销。",
        "{count} were changed since the import: {names}. Nothing was undone.",
    ),
    "intake_used_since": (
        "导入后已被用到 {count} 处（排班、请假、台账等）：{names}。什么也没有撤销。",
        "{count} are in use since the import (duties, leave, the ledger): {names}. Nothing was undone.",
    ),
    # people
    "asked_unknown_person": ("不认识「{text}」。", "Nobody is known as “{text}”."),
    "asked_near_name": (
        "没有「{text}」，名字相近的有：{candidates}。是谁？",
        "Nobody is “{text}”; near to it: {candidates}. Who is it?",
    ),
    "asked_nickname": (
        "「{text}」是称呼，不是全名：{candidates}。是谁？",
        "“{text}” is no whole name: {candidates}. Who is it?",
    ),
    "asked_ambiguous_person": (
        "「{text}」可能是：{candidates}。请写明工号。",
        "“{text}” may be {candidates}: which number?",
    ),
    "asked_left_person": ("「{text}」那天已经离职。", "“{text}” had left by that day."),
    "asked_not_a_person": ("「{text}」不是人名，这个位置空着。", "“{text}” is no person; the place is empty."),
    "asked_empty_duty": ("「{text}」：还没有人，这个位置空着。", "“{text}”: nobody yet; the place is empty."),
    "asked_stand_in": ("「{text}」：由谁值？", "“{text}”: who of them stands?"),
    "asked_duty_or_standby": ("「{text}」：值班还是备班？", "“{text}”: on duty, or standing by?"),
    "asked_duplicate_person": ("「{text}」里同一个人写了两次。", "“{text}” names one person twice."),
    "asked_double_booked": (
        "「{text}」里有人同一时间在两处值班。",
        "Somebody in “{text}” stands at two places at once.",
    ),
    "asked_headcount_mismatch": ("人数与写明的不符：「{text}」。", "Not as many people as it says: “{text}”."),
    "asked_unknown_mark": ("符号「{text}」没有说明。", "The mark “{text}” is explained nowhere."),
    # dates
    "asked_bad_date": ("「{text}」不是日期。", "“{text}” is no date."),
    "asked_weekday_mismatch": ("「{text}」与日期对不上。", "“{text}” contradicts its date."),
    "asked_duplicate_date": ("「{text}」这一天出现了两次。", "The day “{text}” stands twice."),
    "asked_outside_month": ("「{text}」不在本表的月份里。", "“{text}” is outside of the sheet's month."),
    "asked_ambiguous_date": ("「{text}」是哪一天不清楚。", "Which day “{text}” means is not clear."),
    "asked_missing_month": ("没有写明年份或月份：「{text}」。", "No year or no month is said: “{text}”."),
    # places
    "asked_unknown_place": ("不认识地点「{text}」。", "No place is known as “{text}”."),
    "asked_ambiguous_place": ("「{text}」可能是几个地点。", "“{text}” may be more than one place."),
    "asked_place_abbreviated": ("「{text}」是 {candidates} 吗？", "Is “{text}” {candidates}?"),
    # what is not read
    "asked_hidden_sheet": ("隐藏的工作表没有读：{text}", "A hidden sheet was not read: {text}"),
    "asked_hidden_row": ("隐藏的行没有读：{text}", "A hidden row was not read: {text}"),
    "asked_hidden_column": ("隐藏的列没有读：{text}", "A hidden column was not read: {text}"),
    "asked_crossed_out": ("划掉的文字没有读：{text}", "Crossed-out text was not read: {text}"),
    "asked_formula_error": ("单元格里的公式出错：{text}", "The formula of the cell fails: {text}"),
    # lists
    "asked_duplicate_row": ("与第 {other} 行相同：{text}", "The same as row {other}: {text}"),
    "asked_conflicting_row": ("与第 {other} 行矛盾：{text}", "Contradicts row {other}: {text}"),
    "asked_bad_count": ("「{text}」不是次数。", "“{text}” is no count."),
    "asked_total_does_not_add_up": (
        "合计「{text}」与各行之和不符。",
        "The total “{text}” is not the sum of its rows.",
    ),
    "asked_days_do_not_match": ("天数「{text}」与起止日期不符。", "“{text}” days do not match the dates."),
    "asked_overlap": ("与第 {other} 行的时间重叠。", "Overlaps with row {other}."),
    "asked_open_end": ("没有结束日期：「{text}」。", "No last day: “{text}”."),
    "asked_recurring_leave": ("「{text}」是每周重复的，请逐次填写。", "“{text}” recurs: give each date."),
}  # fmt: skip
