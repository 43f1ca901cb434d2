"""Words in two languages."""

from __future__ import annotations

import ast
import inspect
import re
from datetime import date, datetime
from pathlib import Path
from string import Formatter

import pytest

from scheduler import rotation, wording
from scheduler.errors import Conflict, Problem
from scheduler.wording.dates import day_text, hours_text, month_text
from scheduler.wording.refusals import PARTS, REFUSALS
from scheduler.wording.states import STATES


def gaps(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


@pytest.mark.parametrize("code", sorted(REFUSALS))
def test_both_sentences_of_a_refusal_are_told_from_the_same_facts(code: str):
    chinese, english = REFUSALS[code]

    assert chinese
    assert english
    assert gaps(chinese) == gaps(english)


def test_no_refusal_is_worded_twice():
    assert sum(len(part) for part in PARTS) == len(REFUSALS)


# What the audit tells of goes by several keys: `person` and `person_id` are one word to its reader.
@pytest.mark.parametrize("group", sorted(set(STATES) - {"audit_fact", "audit_subject"}))
def test_every_state_has_a_name_of_its_own_in_both_languages(group: str):
    chinese = [pair[0] for pair in STATES[group].values()]
    english = [pair[1] for pair in STATES[group].values()]

    assert len(set(chinese)) == len(chinese)
    assert len(set(english)) == len(english)


def test_every_kind_of_message_that_is_queued_has_a_name():
    kinds = {
        word.value
        for path in Path(wording.__file__).parents[1].rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and "queue" in (getattr(call.func, "attr", ""), getattr(call.func, "id", "")[1:])
        for word in [*call.args, *(given.value for given in call.keywords if given.arg == "kind")]
        if isinstance(word, ast.Constant)
    }

    assert {"reminder", "signin", "leave_decided"} <= kinds
    assert kinds - set(STATES["kind"]) == set()


@pytest.mark.parametrize("rule", [*rotation.REFUSALS, "free", "frozen", "headcount", "unknown"])
def test_every_rule_that_can_keep_somebody_out_has_a_name(rule: str):
    assert rule in STATES["refusal"]


def test_every_breach_that_the_rules_can_find_has_its_sentence():
    found = set(re.findall(r'Breach\(\s*"(\w+)"', inspect.getsource(rotation.rules)))
    found |= {"double_booking", "rest_gap", "not_eligible"}  # named where they are found out

    assert {"leave", "max_per_week", "quota", "avoid"} < found
    assert {f"breach_{rule}" for rule in found} - set(REFUSALS) == set()


def test_a_date_among_the_facts_is_written_as_the_reader_writes_dates():
    problem = Problem("out_of_range", facts={"low": date(2026, 3, 2), "high": 99})

    assert wording.sentence(problem, "zh") == "应在 3月2日 周一 到 99 之间。"
    assert wording.sentence(problem, "en") == "Must be from Mon 2 Mar to 99."


def test_a_refusal_lists_every_problem():
    assert wording.sentences(Conflict("not_allowed"), "en") == ["You may not do this."]


def test_days_months_and_hours_are_written_in_both_languages():
    evening, morning = datetime(2026, 3, 2, 20, 0), datetime(2026, 3, 3, 8, 0)

    assert (day_text(evening.date(), "zh"), day_text(evening.date(), "en")) == ("3月2日 周一", "Mon 2 Mar")
    assert (month_text(evening.date(), "zh"), month_text(evening.date(), "en")) == ("2026年3月", "Mar 2026")
    assert hours_text(evening, morning, "zh") == "20:00–次日 08:00"
    assert hours_text(evening, morning, "en") == "20:00–08:00 next day"
