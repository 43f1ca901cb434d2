"""What the house allows in a template: each check takes the template's text and gives what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from jinja2 import Environment, nodes

CHINESE = re.compile(r"[㐀-鿿]")
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
    """Chinese outside of `t(…, …)`, and sentences that are not there in both languages."""
    tree = ENVIRONMENT.parse(text)
    told = list(_told(tree))
    inside = {id(constant) for call in told for constant in call.find_all(nodes.Const)}
    loose = [data.data.strip() for data in tree.find_all(nodes.TemplateData) if CHINESE.search(data.data)]
    loose += [
        str(constant.value)
        for constant in tree.find_all(nodes.Const)
        if id(constant) not in inside and isinstance(constant.value, str) and CHINESE.search(constant.value)
    ]
    return loose + [f"line {call.lineno}" for call in told if not _is_whole(call)]


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
    given = {keyword.key for keyword in call.kwargs}
    gaps = [set(re.findall(r"\{(\w+)\}", str(text))) for text in texts]
    return not (CHINESE.search(str(texts[1])) and len(str(texts[1])) > 2) and gaps[0] == gaps[1] == given
