"""Refusals of the command line, the background jobs and the backups."""

INSTALLATION: dict[str, tuple[str, str]] = {
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
    "audit_is_altered": (
        "审计第 {entry} 条与写入时不符：它或它之前的记录被改动过。",
        "Audit row {entry} is not as it was written: it, or one before it, was altered or taken away.",
    ),
    "already_founded": (
        "这个数据库已经有机构了。登录链接：python -m scheduler link 工号",
        "This database already has an organisation. For a sign-in link: python -m scheduler link STAFF_NO",
    ),
    "port_is_taken": (
        "端口 {port} 不能使用（{reason}）：结束占用它的程序，或用 PORT=8001 make run 换一个。",
        "Port {port} cannot be used ({reason}): end what holds it, or choose another with PORT=8001 make run.",
    ),
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
