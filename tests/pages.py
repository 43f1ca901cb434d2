"""What the house allows in a template: each check takes the template's text and gives what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from jinja2 import Environment, nodes

CHINESE = re.compile(r"[㐀-鿿]")
LATIN = re.compile(r"[A-Za-z]")
ENVIRONMENT = Environment(autoescape=True)


def inline(text: str) -> list[str]:
    """Styles and scripts that a strict Content-Security-Policy would refuse."""
    return [
        *re.findall(r"<style\b", text),
        *re.findall(r"\sstyle\s*=", text),
        *re.findall(r"<script\b(?![^>]*\ssrc=)[^>]*>", text),
        *re.findall(r"\son[a-z]+\s*=\s*[\"']", text),
        *re.findall(r"javascript:", text),
    ]


def unprotected_forms(text: str) -> list[str]:
    """Forms that post without the CSRF field."""
    forms = re.findall(r"<form\b[^>]*method=\"?post\"?[^>]*>.*?</form>", text, re.DOTALL | re.IGNORECASE)
    return [form.split("\n")[0] for form in forms if "csrf()" not in form]


def untranslated(text: str) -> list[str]:
    """Chinese outside of `t(…, …)` and of pairs, and sentences that are not there in both languages.

    What a language calls itself is the same in both.
    """
    tree = ENVIRONMENT.parse(text)
    told = list(_told(tree))
    inside = {id(constant) for whole in [*told, *_pairs(tree)] for constant in whole.find_all(nodes.Const)}
    loose = [data.data.strip() for data in tree.find_all(nodes.TemplateData) if CHINESE.search(data.data)]
    loose += [
        str(constant.value)
        for constant in tree.find_all(nodes.Const)
        if id(constant) not in inside and _is_chinese(constant.value)
    ]
    return loose + [f"line {call.lineno}" for call in told if not _is_whole(call)]


def _is_chinese(value: object) -> bool:
    return isinstance(value, str) and bool(CHINESE.search(value)) and value != "中文"


def _pairs(tree: nodes.Template) -> Iterator[nodes.Tuple]:
    """Tuples of a Chinese and a Latin word, which a template hands to `t` by name."""
    for pair in tree.find_all(nodes.Tuple):
        words = [item.value for item in pair.items if isinstance(item, nodes.Const) and isinstance(item.value, str)]
        if len(words) == len(pair.items) == 2 and LATIN.search(words[1]):
            yield pair


def _told(tree: nodes.Template) -> Iterator[nodes.Call]:
    for call in tree.find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name == "t":
            yield call


def _is_whole(call: nodes.Call) -> bool:
    """Two sentences, the second without Chinese, both with the gaps that are filled."""
    if len(call.args) != 2:
        return False
    texts = [arg.value for arg in call.args if isinstance(arg, nodes.Const)]
    if len(texts) < 2:  # names that come from rows: t(row.name_zh, row.name_en)
        return True
    gaps = [set(re.findall(r"\{(\w+)\}", str(text))) for text in texts]
    given = gaps[0] if call.dyn_kwargs else {keyword.key for keyword in call.kwargs}
    is_english = LATIN.search(str(texts[1])) or not CHINESE.search(str(texts[1])) or str(texts[1]) == "中文"
    return bool(is_english) and gaps[0] == gaps[1] == given
