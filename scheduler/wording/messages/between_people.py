"""Texts about swaps and cover: kind → (gaps, gaps that it must have, Chinese, English)."""

from scheduler.wording.messages.to_people import DUTY_EN, DUTY_ZH, END_EN, END_ZH

TEXTS: dict[str, tuple[str, str, tuple[str, str], tuple[str, str]]] = {
    "swap_asked": (
        "person other offered wanted note link",
        "other offered wanted link",
        (
            "{other}想和您换班",
            f"""{{person}}，您好：

{{other}}想和您换班：

请您值：{{offered}}
换您的：{{wanted}}

附言：
{{note}}

同意或不同意，请在这里答复：{{link}}

{END_ZH}""",
        ),
        (
            "{other} asks to swap duties with you",
            f"""Dear {{person}},

{{other}} asks to swap duties with you:

You would stand: {{offered}}
In place of yours: {{wanted}}

Note:
{{note}}

Say yes or no here: {{link}}

{END_EN}""",
        ),
    ),
    "swap_answered": (
        "person other answer offered wanted note link",
        "other answer",
        (
            "{other}答复了换班：{answer}",
            f"""{{person}}，您好：

{{other}}对换班的答复：{{answer}}

您的：{{offered}}
对方的：{{wanted}}

附言：
{{note}}

我的值班：{{link}}

{END_ZH}""",
        ),
        (
            "{other} on the swap: {answer}",
            f"""Dear {{person}},

{{other}} has answered about the swap: {{answer}}

Yours: {{offered}}
Theirs: {{wanted}}

Note:
{{note}}

My duties: {{link}}

{END_EN}""",
        ),
    ),
    "cover_wanted": (
        "person other activity day hours place address contact tasks procedure note link",
        "day hours place link",
        (
            "求替班：{day} {hours} {place}",
            f"""{{person}}，您好：

{{other}}的这次值班需要有人替：

{DUTY_ZH}

工作流程：
{{procedure}}

附言：
{{note}}

愿意替班，请点：{{link}}

{END_ZH}""",
        ),
        (
            "Cover wanted: {day} {hours}, {place}",
            f"""Dear {{person}},

somebody is wanted to stand in for {{other}}:

{DUTY_EN}

Procedure:
{{procedure}}

Note:
{{note}}

If you can, say so here: {{link}}

{END_EN}""",
        ),
    ),
    "swap_settled": (
        "person other activity day hours place address contact tasks procedure answer link",
        "answer",
        (
            "换班、替班：{day} {place}，{answer}",
            f"""{{person}}，您好：

{{day}} {{hours}} {{place}}（{{activity}}）的换班、替班请求：
{{answer}}

详情：{{link}}

{END_ZH}""",
        ),
        (
            "Swap or cover, {day}, {place}: {answer}",
            f"""Dear {{person}},

about the swap or cover for {{day}} {{hours}}, {{place}} ({{activity}}):
{{answer}}

See: {{link}}

{END_EN}""",
        ),
    ),
    "swap_waits": (
        "person asker other activity day hours place address contact tasks procedure wanted note link",
        "asker other day place link",
        (
            "换班、替班待批准：{asker}、{other}，{day} {place}",
            f"""{{person}}，您好：

{{asker}}的这一班，{{other}}已同意接手，等您批准：

{{day}} {{hours}} {{place}}（{{activity}}）

换{{other}}的：{{wanted}}

附言：
{{note}}

批准或不批准：{{link}}

{END_ZH}""",
        ),
        (
            "Swap or cover to approve: {asker} and {other}, {day}, {place}",
            f"""Dear {{person}},

{{other}} has agreed to stand this duty of {{asker}}, and it waits for your approval:

{{day}} {{hours}}, {{place}} ({{activity}})

In place of this one of {{other}}: {{wanted}}

Note:
{{note}}

Approve or refuse: {{link}}

{END_EN}""",
        ),
    ),
}
