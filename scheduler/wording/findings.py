"""What `doctor` found, as sentences: code → (Chinese, English)."""

LEVELS: dict[str, tuple[str, str]] = {
    "ok": ("正常", "OK  "),
    "warn": ("注意", "WARN"),
    "fail": ("不行", "FAIL"),
}

FINDINGS: dict[str, tuple[str, str]] = {
    "address_is_safe": ("网址 {url}", "Pages are at {url}"),
    "address_is_local": (
        "网址是本机 {url}：别人打不开提醒里的链接。在 settings.toml 填 base_url",
        "Pages are at {url}, this machine only: links in mails work for nobody else. Set base_url in settings.toml",
    ),
    "address_is_plain": (
        "网址 {url} 没有加密：登录链接会被旁人看到。请用 https",
        "{url} is not encrypted: others on the line can read sign-in links. Use https",
    ),
    "front_is_not_heard": (
        "网址是 https，却写了 behind_proxy = false：所有人看起来来自同一个地址，次数限制会互相妨碍。去掉这一行",
        "base_url is https, yet behind_proxy = false: everybody seems to come from one address and shares its limits. "
        "Take that line out",
    ),
    "front_is_believed": (
        "写了 behind_proxy = true，网址却不是 https：如果前面没有转发服务器，来源地址可以伪造。去掉它，或改用 https",
        "behind_proxy = true, yet base_url is not https: without a server in front, anybody may claim any address. "
        "Take that line out, or use https",
    ),
    "hosts_are_wide": (
        "hosts 里的 {hosts} 允许其下的任何名称：只写真正用到的",
        "{hosts} in hosts lets in every name below: write only those in use",
    ),
    "hosts_are_none": (
        "hosts 里的 {hosts} 不是主机名（不带 https://、端口、路径），不起作用",
        "{hosts} in hosts is no host's name (no https://, port or path): it has no effect",
    ),
    "secret_is_weak": (
        'secret_key 容易猜到：用 python3 -c "import secrets; print(secrets.token_urlsafe(48))" 换一个',
        'secret_key can be guessed: make another with python3 -c "import secrets; print(secrets.token_urlsafe(48))"',
    ),
    "mail": ("邮件服务器 {host}:{port} 可以连接", "The mail server {host}:{port} answers"),
    "mail_not_set": ("没有设置邮件服务器：提醒不会发出", "No mail server is set: no reminder leaves"),
    "mail_not_reached": (
        "连不上邮件服务器 {host}:{port}：{reason}",
        "The mail server {host}:{port} cannot be used: {reason}",
    ),
    "mail_is_plain": (
        "到邮件服务器 {host} 的连接没有加密：security 请用 starttls 或 tls",
        "Mail goes to {host} unencrypted: set security to starttls or tls",
    ),
    "mail_sender_is_local": (
        "发件人 {sender} 不是真实地址，邮件可能被拒收",
        "The sender {sender} is no real address: mails may be refused",
    ),
    "files": (
        "安装目录里的 {count} 个文件和目录只有所有者可读",
        "Only their owner can read the {count} files and folders here",
    ),
    "files_are_open": (
        "安装目录里有别人可读的文件：{files}。请执行 chmod -R go= 安装目录",
        "Others on this machine can read {files}: run chmod -R go= on the instance folder",
    ),
    "disk": ("磁盘还有 {mib} MiB", "{mib} MiB of disk are free"),
    "disk_is_short": ("磁盘只剩 {mib} MiB", "Only {mib} MiB of disk are left"),
    "backup": ("最近一次备份在 {hours} 小时前：{file}", "The newest backup is {hours} hours old: {file}"),
    "backup_is_old": (
        "最近一次备份已是 {hours} 小时前：{file}。每夜的备份没有成功",
        "The newest backup is {hours} hours old: {file}. The nightly ones have not worked",
    ),
    "no_backup": ("还没有备份：python -m scheduler backup", "There is no backup yet: python -m scheduler backup"),
    "database_not_read": ("数据库：{reason}", "Database: {reason}"),
    "database_is_whole": (
        "数据库完好，台账 {entries} 条与写入时一致",
        "The database is whole, and its {entries} ledger entries are as they were written",
    ),
    "sqlite": ("SQLite {version}，日志模式 {mode}", "SQLite {version}, journal mode {mode}"),
    "sqlite_is_old": (
        "SQLite {version} 太旧，日志模式 {mode}：写入时读取可能要等。3.51.3 起使用 WAL",
        "SQLite {version} is too old for a write-ahead log, journal mode {mode}: readers may wait for writers. "
        "From 3.51.3 on it is used",
    ),
    "zone": ("时区 {zone}", "Time zone {zone}"),
    "zone_differs": (
        "设置的时区是 {zone}，数据按 {stored} 写入：请改回 {stored}",
        "The settings say {zone}, but what is stored was written in {stored}: set it back to {stored}",
    ),
    "not_founded": ("还没有机构：python -m scheduler init", "There is no organisation yet: python -m scheduler init"),
    "is_demo": ("这是演示机构，人员均为虚构", "This is the demonstration organisation: its people are invented"),
    "year": ("{year} 年的节假日已载入", "The holidays of {year} are loaded"),
    "year_not_known": (
        "{year} 年的节假日还没有载入，只按周末判断。请升级程序，或在“工作日”里录入",
        "The holidays of {year} are not loaded, only weekends count as off: upgrade, or enter them under Workdays",
    ),
    "background": (
        "后台进程在运行，{seconds} 秒前有心跳",
        "The background process is running: heartbeat {seconds} s ago",
    ),
    "background_is_silent": (
        "后台进程没有运行（上次心跳 {seconds} 秒前）：提醒不会发出",
        "The background process is not running (last heartbeat {seconds} s ago): no reminder leaves",
    ),
    "clock": (
        "本机时间 {now}（{zone}，时区规则来自 {rules}）",
        "The clock says {now} ({zone}, its rules from {rules})",
    ),
    "clock_is_early": (
        "本机时间 {now} 不可能对：早于本程序。请校时",
        "The clock says {now}, before this program was made: set it",
    ),
    "clock_is_behind": (
        "本机时间 {now} 比数据库里最新的记录早 {minutes} 分钟：时钟被往回拨了，或曾经走快。请校时",
        "The clock says {now}, {minutes} minutes before the newest record: it was set back, or was ahead. Set it",
    ),
    "database_is_free": ("数据库可以写入", "The database can be written"),
    "database_is_held": (
        "数据库一直被占用，现在谁也不能写入。占用的进程：{pids}。停住的（stopped）用 kill -CONT 让它继续，或结束它",
        "The database is held and nobody can write, by process {pids}. One that is stopped goes on with kill -CONT, "
        "or is ended",
    ),
    "sending_is_paused": (
        "发送已由{who}暂停（{at}）：提醒不会发出",
        "Sending was paused by {who} ({at}): no reminder leaves",
    ),
}
