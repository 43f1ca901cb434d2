"""Texts to those who stand: kind → (gaps, gaps that it must have, Chinese, English)."""

END_ZH = "本消息由系统自动发出，请勿回复。"
END_EN = "This message was sent automatically; please do not reply."

DUTY_ZH = """活动：{activity}
时间：{day} {hours}
地点：{place}
地址：{address}
联系人：{contact}"""
DUTY_EN = """Activity: {activity}
When: {day} {hours}
Place: {place}
Address: {address}
Contact: {contact}"""
DUTY_GAPS = "person activity day hours place address contact tasks procedure link acknowledge"

PLACES_ZH = """地点和流程：
{places}"""
PLACES_EN = """Places and procedures:
{places}"""

TEXTS: dict[str, tuple[str, str, tuple[str, str], tuple[str, str]]] = {
    "reminder": (
        DUTY_GAPS,
        "day hours place",
        (
            "值班提醒：{day} {hours} {place}",
            f"""{{person}}，您好：

请按时到岗。

{DUTY_ZH}

任务：
{{tasks}}

工作流程：
{{procedure}}

收到请点：{{acknowledge}}

我的值班：{{link}}

{END_ZH}""",
        ),
        (
            "Duty reminder: {day} {hours}, {place}",
            f"""Dear {{person}},

this is a reminder of your duty.

{DUTY_EN}

Tasks:
{{tasks}}

Procedure:
{{procedure}}

Tell us that you have seen this: {{acknowledge}}

My duties: {{link}}

{END_EN}""",
        ),
    ),
    "published": (
        "person period number count duties places note link acknowledge",
        "duties",
        (
            "{period} 值班安排：您有 {count} 次",
            f"""{{person}}，您好：

{{period}}的排班表已发布，您有 {{count}} 次值班：

{{duties}}

{PLACES_ZH}

附言：
{{note}}

收到请点：{{acknowledge}}

我的值班：{{link}}
订阅的日历会自动更新。

{END_ZH}""",
        ),
        (
            "Your duties, {period}: {count}",
            f"""Dear {{person}},

the roster of {{period}} is published. You have:

{{duties}}

{PLACES_EN}

Note:
{{note}}

Tell us that you have seen this: {{acknowledge}}

My duties: {{link}}
Calendars that you subscribe to follow by themselves.

{END_EN}""",
        ),
    ),
    "changed": (
        "person period number count duties places note link acknowledge",
        "duties",
        (
            "您的值班有变动（{period} 第 {number} 版）",
            f"""{{person}}，您好：

您的值班有变动：

{{duties}}

{PLACES_ZH}

附言：
{{note}}

收到请点：{{acknowledge}}

我的值班：{{link}}
订阅的日历会自动更新。

{END_ZH}""",
        ),
        (
            "Your duties have changed ({period}, version {number})",
            f"""Dear {{person}},

your duties have changed:

{{duties}}

{PLACES_EN}

Note:
{{note}}

Tell us that you have seen this: {{acknowledge}}

My duties: {{link}}
Calendars that you subscribe to follow by themselves.

{END_EN}""",
        ),
    ),
    "cancelled": (
        "person period number count duties note link",
        "duties",
        (
            "您的值班已取消：{count} 次（{period} 第 {number} 版）",
            f"""{{person}}，您好：

下面的值班已取消，您不用去：

{{duties}}

附言：
{{note}}

我的值班：{{link}}
订阅的日历会自动更新。

{END_ZH}""",
        ),
        (
            "Duties cancelled: {count} ({period}, version {number})",
            f"""Dear {{person}},

these duties are cancelled; you need not go:

{{duties}}

Note:
{{note}}

My duties: {{link}}
Calendars that you subscribe to follow by themselves.

{END_EN}""",
        ),
    ),
}
