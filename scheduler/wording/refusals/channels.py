"""Refusals about the ways that messages leave by."""

CHANNELS: dict[str, tuple[str, str]] = {
    "bad_url": (
        "这不是可用的地址：要以 https:// 开头，不含用户名和空格。",
        "This is no usable address: it begins with https:// and holds no user name and no space.",
    ),
    "url_is_plain": ("地址必须以 https:// 开头。", "The address has to begin with https://."),
    "host_not_listed": (
        "{host} 不在允许的主机之列。要用它，请在 settings.toml 的 [channels] hosts 里加上。",
        "{host} is not among the hosts allowed. To use it, add it to hosts under [channels] in settings.toml.",
    ),
    "service_not_listed": (
        "Apprise 服务 {host} 未获准。要用它，请在 settings.toml 的 [channels] apprise 里加上。",
        "The Apprise service {host} is not allowed. To use it, add it to apprise under [channels] in settings.toml.",
    ),
    "topic_is_missing": ("地址末尾少了主题名。", "The address lacks the topic at its end."),
    "channel_name_taken": ("该单位已有名为“{name}”的通道。", "The unit already has a channel called “{name}”."),
    "tested_just_now": (
        "刚刚测试过，请 {seconds} 秒后再试。",
        "Just tried; try again in {seconds} seconds.",
    ),
}
