"""The borders of the house. Each check is shown a bad sample first, then the house itself."""

from __future__ import annotations

import pytest

from scheduler.wording import REFUSALS, STATES
from tests import borders, pages
from tests.borders import ROOT, sources, templates
from tests.browser import addresses
from web import create_app

README = ROOT / "README.md"

# Who may ask what time it is: the doors. Everything else is handed `now`.
DOORS = {
    "web/__init__.py",
    "web/serve.py",
    "scheduler/jobs",
    "scheduler/commands",
}

# Views that stand behind no gate, and why.
PUBLIC = {
    "static": "files",
    "health.show": "monitors",
    "language.choose": "before signing in",
    "signin.ask": "the door",
    "signin.send": "the door",
    "signin.offer": "the token is the proof",
    "signin.enter": "the token is the proof",
    "signin.reload": "leads to the door",
    "signin.forgot": "the door",
    "signin.by_password": "the door",
    "signin.reset": "the token is the proof",
    "signin.set_anew": "the token is the proof",
    "provider.start": "the door",
    "provider.back": "the provider's signature is the proof",
    "calendar.serve": "the token is the proof",
    "walls.show": "the token is the proof",
    "phone.manifest": "asked for without cookies; names and drawings only",
    "phone.worker": "a file",
    "answers.show": "the signed link is the proof",
    "answers.acknowledge": "the signed link is the proof",
    "swap_links.show": "the signed link is the proof",
    "swap_links.answer": "the signed link is the proof",
}


def wrong_in(folder: str, check) -> dict[str, list[str]]:
    """What a check finds, by file."""
    return {path: found for path, text in sources(folder) if (found := check(text))}


# imports


def test_the_core_knows_no_web():
    assert borders.web_in_the_core("from flask import g\nimport web.forms") == ["flask.g", "web.forms"]

    assert wrong_in("scheduler", borders.web_in_the_core) == {}


def test_the_rotation_engine_is_sealed():
    bad = "from scheduler import clock\nimport sqlite_utils\nfrom scheduler.rotation.problem import Problem"
    assert borders.outside_of_rotation(bad) == ["scheduler.clock", "sqlite_utils"]

    assert wrong_in("scheduler/rotation", borders.outside_of_rotation) == {}


def test_there_is_one_sqlite():
    assert borders.second_sqlite("import sqlite3") == ["sqlite3"]

    for folder in ("scheduler", "web", "tests"):
        assert wrong_in(folder, borders.second_sqlite) == {}


def test_imports_point_up_the_map():
    order = ["errors", "clock", "people"]
    assert borders.downward_imports("scheduler/clock.py", "from scheduler import errors, people", order) == ["people"]
    assert borders.downward_imports("scheduler/people/away.py", "from scheduler.people import found", order) == []

    order = [name for name, _ in borders.map_of(README.read_text(encoding="utf-8"))]
    core = [(path, text) for path, text in sources("scheduler") if path != "scheduler/__init__.py"]
    assert {path: found for path, text in core if (found := borders.downward_imports(path, text, order))} == {}


def test_the_map_says_what_each_module_says_of_itself():
    sample = "scheduler/        THE CORE\n    errors.py     The ways.\n    rotation/     The engine.\n\nweb/\n"
    assert borders.map_of(sample) == [("errors", "The ways."), ("rotation", "The engine.")]

    assert dict(borders.map_of(README.read_text(encoding="utf-8"))) == borders.core_lines()


# what stands where


def test_the_web_holds_no_sql():
    assert borders.sql('rows(db, "SELECT id FROM person")') == ["SELECT id FROM person"]
    assert borders.sql("from scheduler.database import rows") == ["scheduler.database.rows"]

    assert wrong_in("web", borders.sql) == {}
    assert [name for name, text in templates() if borders.SQL.search(text)] == []


def test_only_the_clock_asks_the_time():
    bad = "import datetime\ndatetime.datetime.now()\ndate.today()\nrun(db, \"SELECT date('now')\")"
    assert borders.questions_of_time(bad) == ["SELECT date('now')", "date.today", "datetime.datetime.now"]

    found = {**wrong_in("scheduler", borders.questions_of_time), **wrong_in("web", borders.questions_of_time)}
    assert set(found) == {"scheduler/clock.py"}


def test_only_the_doors_ask_the_clock():
    assert borders.asks_our_clock("publish(db, now=clock.now())")

    asking = {path for folder in ("scheduler", "web") for path, text in sources(folder) if borders.asks_our_clock(text)}
    assert {path for path in asking if not any(path.startswith(door) for door in DOORS)} == set()


def test_whatever_comes_is_caught_in_two_places_at_most():
    assert borders.broad_catches("try:\n    x()\nexcept Exception:\n    pass") == 1

    assert sum(borders.broad_catches(text) for folder in ("scheduler", "web") for _, text in sources(folder)) <= 2


def test_no_function_is_longer_than_sixty_lines_and_no_file_than_three_hundred():
    assert borders.long_functions("def f():\n" + "    x()\n" * 60, 60) == ["f"]

    for folder in ("scheduler", "web"):
        assert wrong_in(folder, lambda text: borders.long_functions(text, 60)) == {}
    files = [(path, text) for folder in ("scheduler", "web") for path, text in sources(folder)]
    assert {path for path, text in files if len(text.splitlines()) > 300} == set()


# words


def test_every_refusal_has_its_words_and_is_given_what_they_name():
    bad = 'raise Conflict("nobody_wrote_this")\nraise Invalid("too_long")\nform.wrong("name", "too_long", most=3)'
    assert borders.unworded(borders.raised(bad), REFUSALS) == [
        "nobody_wrote_this has no words",
        "too_long is not given most",
    ]

    for folder in ("scheduler", "web"):
        assert wrong_in(folder, lambda text: borders.unworded(borders.raised(text), REFUSALS)) == {}


def test_facts_that_are_handed_on_are_not_guessed():
    source = 'Problem("out_of_range", "n", 2, {"low": 1, "high": 9})\nProblem("too_long", facts=x)\nBusy("y", **more)'

    assert borders.raised(source) == [("out_of_range", {"low", "high"}), ("too_long", None), ("y", None)]


def test_words_are_there_in_both_languages_with_the_same_gaps():
    bad = {"a": ("有 {n} 个", "There are"), "b": ("没有", ""), "c": ("好", "好"), "d": ("是 {n}", "Is {n}")}
    assert borders.one_sided(bad) == ["a", "b", "c"]

    assert borders.one_sided(REFUSALS) == []
    assert {group: found for group, words in STATES.items() if (found := borders.one_sided(words))} == {}


# templates


@pytest.mark.parametrize(
    "bad",
    ['<p style="x">', "<style>", "<script>x()</script>", '<a onclick="x()">', '<a href="javascript:x()">'],
)
def test_an_inline_style_or_script_is_seen(bad):
    assert len(pages.inline(bad)) == 1


def test_templates_hold_no_inline_style_or_script():
    assert pages.inline('<script type="module" src="x.js"></script>') == []

    assert {name: found for name, text in templates() if (found := pages.inline(text))} == {}


def test_every_posting_form_holds_its_csrf_field():
    assert pages.unprotected_forms('<form method="post"><input></form>') == ['<form method="post"><input></form>']

    without = {name for name, text in templates() if pages.unprotected_forms(text)}
    assert without == {"answers/show.html", "swaps/link.html"}  # the address is the proof: there is no session to abuse


@pytest.mark.parametrize(
    "bad",
    [
        "<p>排班</p>",
        '{{ button("保存") }}',
        '{{ t("保存") }}',
        '{{ t("保存了", "保存了") }}',
        '{{ t("有 {n} 个", "Some", n=1) }}',
        '{{ t("有 {n} 个", "{n} of them") }}',
    ],
)
def test_a_sentence_in_one_language_only_is_seen(bad):
    assert len(pages.untranslated(bad)) >= 1


def test_every_sentence_of_a_template_is_there_in_both_languages():
    assert pages.untranslated('{{ t("有 {n} 个", "{n} of them", n=count) }}{{ t(row.zh, row.en) }}') == []

    assert {name: found for name, text in templates() if (found := pages.untranslated(text))} == {}


def test_no_template_is_longer_than_a_hundred_and_twenty_lines():
    assert {name for name, text in templates() if len(text.splitlines()) > 120} - {"parts.html"} == set()


# views


def test_every_view_stands_behind_the_gate(app):
    open_views = {name for name, view in app.view_functions.items() if not hasattr(view, "gate")}

    assert open_views == set(PUBLIC)


def test_axe_is_shown_every_page(app):
    """A route is a page that is looked at in the browser, or says why not."""
    paths = [path for part in addresses.PAGES for path in part]
    adapter = app.url_map.bind("localhost")
    filled = dict.fromkeys(addresses.NAMES, "1")
    looked_at = {adapter.match(path.format(**filled).partition("?")[0], return_rule=True)[0].rule for path in paths}
    routes = {rule.rule for rule in app.url_map.iter_rules() if "GET" in rule.methods}

    assert looked_at & set(addresses.EXEMPT) == set()
    assert looked_at | set(addresses.EXEMPT) == routes


def test_making_the_application_opens_nothing(settings):
    create_app(settings)

    assert list(settings.folder.iterdir()) == []
