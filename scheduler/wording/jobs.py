"""What the background process does, by name, and how often it mails."""

JOBS: dict[str, dict[str, tuple[str, str]]] = {
    "job": {
        "fill": ("自动排班", "Fill drafts"),
        "imports": ("读取导入的文件", "Read files handed in"),
        "exports": ("制作大的导出", "Make large exports"),
        "feeds": ("刷新日历订阅", "Refresh calendars"),
        "remind": ("到期提醒入箱", "Queue due reminders"),
        "swaps": ("换班请求接着问、跟着改、过期", "Swaps: ask on, follow, lapse"),
        "sign_ups": ("排定报名、递补", "Settle sign-ups"),
        "totals": ("重算移动过的单位的汇总", "Count moved units anew"),
        "send": ("发送消息", "Send messages"),
        "channels": ("发送到通道", "Send by channels"),
        "close": ("到期记入台账", "Enter overdue shifts"),
        "understaffed": ("缺人告警", "Tell of shifts short of people"),
        "silent": ("没有回复“收到”的告警", "Tell of duties nobody answered"),
        "unconfirmed": ("催确认到岗", "Ask for attendance"),
        "quotas": ("指标提醒", "Tell of quotas at risk"),
        "digest": ("排班周报", "Weekly digest"),
        "monthly": ("单位月报", "Monthly summary"),
        "reports_by_mail": ("定时发送统计", "Mail tallies"),
        "calendars": ("检查节假日和消息文字", "Check calendars and texts"),
        "backup": ("备份", "Back up"),
        "absences": ("读取请假日历", "Read leave calendars"),
        "prune": ("清理旧记录", "Prune old records"),
    },
    "every": {
        "week": ("每周", "Weekly"),
        "month": ("每月", "Monthly"),
        "quarter": ("每季度", "Quarterly"),
    },
}
