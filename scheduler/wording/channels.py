"""What a channel says when it is tried."""

from __future__ import annotations

from typing import Literal


def test_message(by: str, lang: Literal["zh", "en"]) -> tuple[str, str]:
    """The subject and the text of a test message."""
    if lang == "zh":
        return "轮值：测试消息", f"{by}在试这个通道。收到就说明值班提醒能发到这里，不用回复。"
    return (
        "Lunzhi: a test message",
        f"{by} is trying this channel: duty reminders can reach you here.",
    )
