"""Refusals that any page or command may give."""

EVERYWHERE: dict[str, tuple[str, str]] = {
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
    # calendars
    "calendar_not_ready": ("日历还没有生成，请稍后再试。", "The calendar is not ready yet; try again shortly."),
}
