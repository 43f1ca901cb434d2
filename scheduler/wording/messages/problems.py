"""Texts about problems found on duty: kind → (gaps, gaps that it must have, Chinese, English)."""

from scheduler.wording.messages.to_people import END_EN, END_ZH

TEXTS: dict[str, tuple[str, str, tuple[str, str], tuple[str, str]]] = {
    "problem_found": (
        "person activity day hours place other finding link",
        "place finding link",
        (
            "请您跟进：{place} {day} 值班发现的问题",
            f"""{{person}}，您好：

{{other}}在 {{day}} {{hours}} {{place}}（{{activity}}）值班时发现一个问题，请您跟进：

{{finding}}

处理完请在这里办结：{{link}}

{END_ZH}""",
        ),
        (
            "For you to follow up: a problem at {place}, {day}",
            f"""Dear {{person}},

{{other}} found a problem on duty on {{day}} {{hours}}, {{place}} ({{activity}}), and asks you to follow it up:

{{finding}}

Once it is dealt with, close it here: {{link}}

{END_EN}""",
        ),
    ),
    "problem_closed": (
        "person activity day hours place other finding outcome link",
        "place finding outcome",
        (
            "问题已办结：{place} {day}",
            f"""{{person}}，您好：

{{day}} {{hours}} {{place}}（{{activity}}）值班时发现的问题：

{{finding}}

{{other}}已办结，处理结果：

{{outcome}}

查看：{{link}}

{END_ZH}""",
        ),
        (
            "Closed: a problem at {place}, {day}",
            f"""Dear {{person}},

the problem that was found on duty on {{day}} {{hours}}, {{place}} ({{activity}}):

{{finding}}

was closed by {{other}}. What became of it:

{{outcome}}

See it: {{link}}

{END_EN}""",
        ),
    ),
}
