"""Texts about leave: kind → (gaps, gaps that it must have, Chinese, English). The note, which may be of somebody's
health, fills no gap.
"""

from scheduler.wording.messages.to_people import END_EN, END_ZH

TEXTS: dict[str, tuple[str, str, tuple[str, str], tuple[str, str]]] = {
    "leave_asked": (
        "person other absence days count duties link",
        "other days link",
        (
            "{other}申请{absence}：{days}",
            f"""{{person}}，您好：

{{other}}申请{{absence}}，{{days}}，等您审批。

已发布的班次中受影响 {{count}} 个：
{{duties}}

审批：{{link}}

{END_ZH}""",
        ),
        (
            "{other} asks for leave: {absence}, {days}",
            f"""Dear {{person}},

{{other}} asks for leave ({{absence}}), {{days}}. It waits for your decision.

Published duties that it meets: {{count}}
{{duties}}

Decide: {{link}}

{END_EN}""",
        ),
    ),
    "leave": (
        "person other absence days count duties link",
        "other days duties link",
        (
            "{other}{absence}：{days}",
            f"""{{person}}，您好：

{{other}}{{absence}}，{{days}}。

已发布的班次中受影响 {{count}} 个：
{{duties}}

看谁能替：{{link}}

{END_ZH}""",
        ),
        (
            "{other} is away: {absence}, {days}",
            f"""Dear {{person}},

{{other}} is away ({{absence}}), {{days}}.

Published duties that it meets: {{count}}
{{duties}}

Who could stand in: {{link}}

{END_EN}""",
        ),
    ),
    "leave_calendar": (
        "person problem link",
        "problem",
        (
            "您的请假日历读不了",
            f"""{{person}}，您好：

从您给的日历地址读取请假没有成功：{{problem}}

已登记的请假不变，之后会再试。更换地址：{{link}}

{END_ZH}""",
        ),
        (
            "Your calendar of leave cannot be read",
            f"""Dear {{person}},

your leave could not be read from the calendar address that was given: {{problem}}

Leave that is noted stays, and it is tried again. Another address: {{link}}

{END_EN}""",
        ),
    ),
    "leave_decided": (
        "person absence days answer reason link",
        "days answer",
        (
            "{absence}{answer}：{days}",
            f"""{{person}}，您好：

您的{{absence}}（{{days}}）{{answer}}。

理由：{{reason}}

我的请假：{{link}}

{END_ZH}""",
        ),
        (
            "Your leave ({absence}, {days}): {answer}",
            f"""Dear {{person}},

your leave ({{absence}}, {{days}}): {{answer}}.

Reason: {{reason}}

My leave: {{link}}

{END_EN}""",
        ),
    ),
}
