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
}
