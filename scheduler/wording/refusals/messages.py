"""Refusals about messages waiting to leave."""

MESSAGES: dict[str, tuple[str, str]] = {
    "message_not_failed": (
        "这条消息现在是“{message}”，不需要重试。",
        "This message is “{message}” now; there is nothing to retry.",
    ),
    "message_is_over": ("这次值班已经开始，不再发送。", "The duty it tells of has begun; it is not sent any more."),
    "link_is_asked_anew": (
        "登录链接不保留，不能重发：请本人在登录页重新索取。",
        "Sign-in links are not kept: ask the person to request a new one on the sign-in page.",
    ),
    "unknown_gap": (
        "第 {line} 行的 {{{gap}}} 不能用。这里可以用：{known}",
        "Line {line}: {{{gap}}} is not a gap of this message. There are: {known}",
    ),
    "stray_brace": (
        "第 {line} 行有一个不成对的花括号：{text}",
        "Line {line} has a brace that belongs to no gap: {text}",
    ),
    "gap_is_missing": (
        "正文里少了 {{{gap}}}，收件人会看不懂。",
        "The text lacks {{{gap}}}: nobody would know what it is about.",
    ),
    "sending_is_paused": ("{who} 已在 {when} 暂停了发送。", "{who} paused sending at {when}."),
    "sending_is_not_paused": ("发送没有暂停。", "Sending is not paused."),
    "nothing_to_retry": ("这里没有可以重试的消息了。", "There is nothing left to retry here."),
    # ladders
    "not_a_reminder_rule": ("“{text}”不是提醒时间。", "“{text}” is no time for a reminder."),
    "too_many_rungs": ("最多 {most} 次提醒。", "There are at most {most} reminders."),
    "rung_twice": ("同一个提醒时间写了两次。", "The same reminder stands there twice."),
    "same_times": ("开始和结束不能是同一时刻。", "They cannot begin and end at the same time."),
    "quiet_out_of_bounds": (
        "免打扰时间只能在 {opens} 到 {closes} 之间。",
        "Quiet hours lie between {opens} and {closes}.",
    ),
    "answer_link_unknown": (
        "这个链接不完整，或不是本系统发出的。请从邮件里重新打开。",
        "This link is not whole, or was not made here. Open it from the message again.",
    ),
    "duty_has_changed": (
        "这次值班已经改动，请看现在的安排。",
        "This duty has changed since: please look at what it is now.",
    ),
    "duty_is_gone": (
        "这次值班已取消或换了人，您不用去。",
        "This duty was cancelled or given to somebody else: you need not go.",
    ),
}
