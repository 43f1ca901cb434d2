"""The kinds of channel: how fast each may be written to, how long a text it takes, how many messages it joins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind. `pace` is how many sendings a minute it bears, None for no limit; `most` messages leave as one.

    `bytes` is what one text may hold.
    """

    name: str
    pace: int | None
    most: int = 1
    bytes: int = 64_000

    def spacing(self, pace: int | None) -> timedelta:
        """From one sending to the next, in whole seconds: no window of a minute ever holds more than `pace`."""
        allowed = min(filter(None, (pace, self.pace)), default=None)
        return timedelta(seconds=-(-60 // allowed)) if allowed else timedelta()


# The limits are the makers' own, one or two sendings a minute below them for the tests that people send by hand:
# WeCom 20 a minute and 2,048 bytes of text (developer.work.weixin.qq.com/document/path/91770); DingTalk 20 a minute,
# else silence for ten minutes (open.dingtalk.com, "custom robot access"); Feishu 100 a minute and 5 a second,
# 20 KB a request (open.feishu.cn, "custom bot"); ntfy.sh one request in 5 s, 4,096 bytes (docs.ntfy.sh/config).
KINDS = {
    kind.name: kind
    for kind in (
        Kind("wecom", pace=18, most=15, bytes=2000),
        Kind("dingtalk", pace=18, most=40, bytes=6000),
        Kind("feishu", pace=60, most=40, bytes=6000),
        Kind("ntfy", pace=12, most=25, bytes=3800),
        Kind("webhook", pace=None),
        Kind("apprise", pace=12, most=10, bytes=3000),
    )
}


def fitting(text: str, most: int) -> str:
    """The text, cut to so many bytes of UTF-8 where it is longer."""
    raw = text.encode()
    return text if len(raw) <= most else raw[: most - 3].decode(errors="ignore").rstrip() + "…"
