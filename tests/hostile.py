# ruff: noqa: E501
"""Strings that nobody means well with: for every field and parameter. The same for every run, in the same order."""

from __future__ import annotations

import itertools

MARK = "zq7x"  # stands in each that could be markup: where it comes back, it has to come back escaped

_MARKUP = (
    "<script>{m}</script>", "\"><script>{m}</script>", "'><img src=x onerror={m}>", "<svg/onload={m}>",
    "<b {m}>", "</textarea><script>{m}</script>", "</title><{m}>", "<!--{m}-->", "<a href=javascript:{m}>x</a>",
    "\" autofocus onfocus={m} x=\"", "' onmouseover={m} '", "<{m}", "&lt;{m}&gt;<{m}>", "<iframe srcdoc='<{m}>'>",
    "<style>@import '{m}'</style>", "<math><mi xlink:href=data:x,<{m}>>", "<ſcript>{m}</ſcript>", "＜script＞{m}",
    "javascript:{m}()", "data:text/html,<{m}>", "<base href=//{m}>", "<form action=//{m}>", "]]><{m}>", "<?{m}?>",
)  # fmt: skip
_TEMPLATES = (
    "{{{{ 7*7 }}}}{m}", "{{% for x in y %}}{m}", "${{7*7}}{m}", "#{{7*7}}{m}", "<%= 7*7 %>{m}", "{{{{ config }}}}", "{{0.__class__}}",
    "{{person.__init__.__globals__}}", "%s%s%s%n", "%(name)s", "{{}}", "{{0}}", "{{", "}}", "{{{{''.__class__.__mro__}}}}",
)  # fmt: skip
_SQL = (
    "' OR 1=1 --", "'; DROP TABLE person; --", "\" OR \"\"=\"", "1; ATTACH DATABASE 'x' AS y", "1) UNION SELECT 1,2,3 --",
    "%' OR '%'='", "\\'; --", "1 OR 1=1", "x' AND randomblob(1e9) --", "'||(SELECT hash FROM ledger)||'", "%", "_", "%_%!", "*",
    "NEAR(\"x\")", "\"*\"", "a AND OR b",
)  # fmt: skip
_FORMULAS = (
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1)",
    "\t=1",
    "\r=1",
    "＝1+1",
    '=HYPERLINK("//x")',
    "=cmd|'/c calc'!A1",
    "%0A=1",
)
_LINES = (
    "a\r\nBcc: x@evil.example", "a\nSUMMARY:x", "a\r\nEND:VCALENDAR", "a\rb", "a\x00b", "\x00", "\x1b[31mred", "a\x08b", "\x7f", "a\u2028b",
    "a\u2029b", "a\x85b", "\ufeffa", "a\u200bb", "\u202eabc", "\u2066abc", "a\u0300\u0301\u0302" * 20, "\ud800", "\udfff", "\ufffe", "\uffff",
    "a\tb", " " * 50, "\u3000", "\xa0", "a,b;c\\n", "\"", "\\", "^", ";", ",", ":", "BEGIN:VEVENT", "X-EVIL:1",
)  # fmt: skip
_NUMBERS = (
    "0", "-1", "1e309", "NaN", "Infinity", "-Infinity", "9223372036854775807", "9223372036854775808", "-9223372036854775809",
    "99999999999999999999999", "0x10", "1_000", "１２", "१२", "1.0", "1,5", "٣", "²", "½", "1e1", "00001", "+1", " 1 ", "True", "null", "None",
)  # fmt: skip
_DAYS = (
    "0000-00-00", "2026-02-30", "2026-13-01", "9999-12-31", "0001-01-01", "10000-01-01", "2026-W10-1", "2026-3-2", "2026-03-02T00:00",
    "1899-12-31", "2101-01-01", "24:00", "25:61", "-1:00", "08:30:99", "8:3", "今天",
)  # fmt: skip
_PATHS = (
    "../../etc/passwd", "..\\..\\x", "/etc/passwd", "file:///etc/passwd", "//evil.example", "https://evil.example", "\\\\evil\\x", "/\\evil.example",
    "http://169.254.169.254/", "http://[::1]/", "http://127.0.0.1:25", "%2e%2e%2f", "%00", "%zz", "CON", ".", "..", "~", "a/b", "?x=1", "#x", "a&b=c",
)  # fmt: skip
_SHAPES = (
    "", " ", "a" * 1000, "字" * 2000, "😀" * 300, "a" * 70_000, "[]", "{}", "[[[[", "{\"a\":1}", "[1", "\"x\"", "[" * 2000, "on", "off", "1,2,3",
    "administrator", "system", "𠮷野家", "ß", "İ", "ﷺ", "Z̸͑", "👨‍👩‍👧‍👦", "ａｂｃ", "null\x00",
)  # fmt: skip


def strings() -> list[str]:
    """Each of them once; markup is marked."""
    marked = [text.format(m=MARK) for text in (*_MARKUP, *_TEMPLATES)]
    plain = [*_SQL, *_FORMULAS, *_LINES, *_NUMBERS, *_DAYS, *_PATHS, *_SHAPES]
    doubled = [f"{one}{other}" for one, other in itertools.product(_FORMULAS[:5], marked[:10])]
    inner = [f"张{text}伟" for text in (*_LINES, *marked)]
    return list(dict.fromkeys([*marked, *plain, *doubled, *inner]))


def reflected(page: str) -> str | None:
    """The markup that came back as markup, or None: a mark within a tag that is not escaped."""
    for sign in (
        "<script>" + MARK,
        "<img src=x onerror=" + MARK,
        "<svg/onload=" + MARK,
        f"<{MARK}",
        f"<b {MARK}",
        f'onfocus={MARK} x="',
    ):
        at = page.find(sign)
        if at >= 0 and not (sign.startswith("onfocus") and page[:at].endswith("&#34; autofocus ")):
            return page[max(0, at - 40) : at + 60]
    return "a template was run" if f"49{MARK}" in page else None
