"""Texts about seats that are open for sign-up: kind → (gaps, gaps that it must have, Chinese, English)."""

from scheduler.wording.messages.to_people import DUTY_EN, DUTY_ZH, END_EN, END_ZH

GAPS = "person activity day hours place address contact tasks procedure note link"

TEXTS: dict[str, tuple[str, str, tuple[str, str], tuple[str, str]]] = {
    "open_duty": (
        f"{GAPS} seats closes",
        "day hours place link",
        (
            "征集人手：{day} {hours} {place}",
            f"""{{person}}，您好：

这里需要 {{seats}} 人，您可以报名：

{DUTY_ZH}

任务：
{{tasks}}

附言：
{{note}}

报名截止：{{closes}}
报名请点：{{link}}

{END_ZH}""",
        ),
        (
            "Volunteers wanted: {day} {hours}, {place}",
            f"""Dear {{person}},

{{seats}} people are wanted here, and you may sign up:

{DUTY_EN}

Tasks:
{{tasks}}

Note:
{{note}}

Sign up until: {{closes}}
Sign up here: {{link}}

{END_EN}""",
        ),
    ),
    "open_seat": (
        GAPS,
        "day hours place",
        (
            "报名成功：{day} {hours} {place}",
            f"""{{person}}，您好：

您报名的这一班已排上您：

{DUTY_ZH}

任务：
{{tasks}}

工作流程：
{{procedure}}

查看报名：{{link}}

{END_ZH}""",
        ),
        (
            "You have the seat: {day} {hours}, {place}",
            f"""Dear {{person}},

you signed up for this duty, and the seat is yours:

{DUTY_EN}

Tasks:
{{tasks}}

Procedure:
{{procedure}}

What you signed up for: {{link}}

{END_EN}""",
        ),
    ),
    "open_missed": (
        "person activity day hours place answer note link",
        "day place answer",
        (
            "报名结果：{day} {hours} {place}",
            f"""{{person}}，您好：

{{day}} {{hours}} {{place}}（{{activity}}）：{{answer}}。

查看报名：{{link}}

{END_ZH}""",
        ),
        (
            "Not this time: {day} {hours}, {place}",
            f"""Dear {{person}},

{{day}} {{hours}}, {{place}} ({{activity}}): {{answer}}.

What you signed up for: {{link}}

{END_EN}""",
        ),
    ),
}
