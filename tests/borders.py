"""What the house allows: each check takes a source's text and gives what is wrong with it.

So a test can show it a bad sample before the house itself.
"""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
LATIN = re.compile(r"[A-Za-z]")


def sources(folder: str) -> Iterator[tuple[str, str]]:
    """Every Python file below a folder: its path from the root, its text."""
    for path in sorted((ROOT / folder).rglob("*.py")):
        yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


def templates() -> Iterator[tuple[str, str]]:
    """Every template: its path from the templates' folder, its text."""
    folder = ROOT / "web" / "templates"
    for path in sorted(folder.rglob("*.html")):
        yield path.relative_to(folder).as_posix(), path.read_text(encoding="utf-8")


# imports


def imported(text: str) -> set[str]:
    """Every module that a source names in an import; `from scheduler import clock` gives scheduler.clock."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{name.name}" for name in node.names}
    return found


def _starts_with(module: str, *packages: str) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)


def web_in_the_core(text: str) -> list[str]:
    """Imports of the web that a core module may not have."""
    web = ("flask", "flask_wtf", "werkzeug", "jinja2", "markupsafe", "gunicorn", "web")
    return sorted(module for module in imported(text) if _starts_with(module, *web))


def outside_of_rotation(text: str) -> list[str]:
    """Imports by which the engine would no longer be sealed: our own modules, a database, a clock, a timer."""
    foreign = ("sqlite3", "pysqlite3", "sqlite_utils", "apscheduler", "zoneinfo")
    return sorted(
        module
        for module in imported(text)
        if _starts_with(module, *foreign)
        or (_starts_with(module, "scheduler") and not _starts_with(module, "scheduler.rotation"))
    )


def second_sqlite(text: str) -> list[str]:
    """Imports of the standard library's SQLite: two SQLites in one process release each other's locks."""
    return sorted(module for module in imported(text) if _starts_with(module, "sqlite3"))


def downward_imports(path: str, text: str, order: list[str]) -> list[str]:
    """Core modules that a core module imports although they stand below it in the map."""
    own = core_module(path)
    allowed = set(order[: order.index(own)]) | {own}
    names = {module.split(".")[1] for module in imported(text) if module.startswith("scheduler.")}
    return sorted(name for name in names if name in order and name not in allowed)


def core_module(path: str) -> str:
    """The module of the map that a file belongs to: `scheduler/people/away.py` is people."""
    return path.split("/")[1].removesuffix(".py")


# the map


def first_line(text: str) -> str:
    """The first line of a source's docstring."""
    return (ast.get_docstring(ast.parse(text)) or "").split("\n")[0]


def map_of(readme: str) -> list[tuple[str, str]]:
    """The core's lines of the README's map, in order: (module, what it says).

    The map is a fenced block in which `scheduler/` stands at the margin and each of its modules
    indented by four: `    errors.py           The ways the core says no.`, a package as `rotation/`.
    """
    block = re.search(r"^scheduler/.*\n((?: {4}\S.*\n)+)", readme, re.MULTILINE)
    lines = block[1].splitlines() if block else []
    pairs = (re.fullmatch(r" {4}(\w+)(?:\.py|/)\s{2,}(.+)", line) for line in lines)
    return [(pair[1], pair[2].strip()) if pair else ("?", "?") for pair in pairs]


def core_lines() -> dict[str, str]:
    """Each core module's first docstring line."""
    found = {}
    for path in sorted((ROOT / "scheduler").iterdir()):
        source = path / "__init__.py" if path.is_dir() else path
        if source.suffix == ".py" and source.exists() and path.name != "__init__.py":
            found[path.stem] = first_line(source.read_text(encoding="utf-8"))
    return found


# SQL, time, errors


SQL = re.compile(
    r"\b(SELECT\s.+\sFROM|INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|CREATE\s+TABLE|PRAGMA\s+\w|BEGIN\s+IMMEDIATE)\b",
    re.DOTALL,
)
STATEMENTS = {"rows", "one", "value", "run", "insert", "update", "write"}


def sql(text: str) -> list[str]:
    """Statements in a source, and imports of the helpers that carry them out."""
    constants = (node.value for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant))
    found = [constant.split("\n")[0] for constant in constants if isinstance(constant, str) and SQL.search(constant)]
    names = {f"scheduler.database.{name}" for name in STATEMENTS}
    return sorted(found) + sorted(imported(text) & names)


CLOCKS = {
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
    "time.time",
    "time.time_ns",
    "time.localtime",
}


def questions_of_time(text: str) -> list[str]:
    """Calls that ask what time it is, also by SQL. `monotonic` only measures how long something took."""
    tree = ast.parse(text)
    dotted = [ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    asked = [name for name in dotted if ".".join(name.split(".")[-2:]) in CLOCKS]
    strings = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    by_sql = [line for line in strings if re.search(r"CURRENT_(TIMESTAMP|DATE|TIME)\b|'now'", line)]
    return sorted(asked + by_sql)


def asks_our_clock(text: str) -> bool:
    """Whether a source calls or hands on `clock.now`."""
    return any(
        ast.unparse(node) == "clock.now" for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Attribute)
    )


def broad_catches(text: str) -> int:
    """How many handlers catch whatever comes and keep it."""
    handlers = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ExceptHandler)]
    broad = [node for node in handlers if node.type is None or ast.unparse(node.type) in ("Exception", "BaseException")]
    return sum(not _raises_again(node) for node in broad)


def _raises_again(handler: ast.ExceptHandler) -> bool:
    return isinstance(handler.body[-1], ast.Raise) and handler.body[-1].exc is None


def long_functions(text: str, most: int) -> list[str]:
    """Functions of more lines than that."""
    functions = (
        node for node in ast.walk(ast.parse(text)) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    )
    return [node.name for node in functions if (node.end_lineno or 0) - node.lineno + 1 > most]


# refusals


REFUSALS = {"NotFound", "NotAllowed", "Invalid", "Conflict", "Busy", "Refusal"}


def raised(text: str) -> list[tuple[str, set[str] | None]]:
    """Every refusal or problem made with a code that stands in the source, and the facts given with it.

    The facts are None where they are handed on (`**facts`), so that they cannot be told from the source.
    """
    calls = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call))
    return [(code, _facts(call)) for call in calls if (code := _code(call))]


def _code(call: ast.Call) -> str | None:
    name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
    position = {**dict.fromkeys(REFUSALS, 0), "Problem": 0, "wrong": 1}.get(name)
    if position is None or len(call.args) <= position:
        return None
    given = call.args[position]
    return given.value if isinstance(given, ast.Constant) and isinstance(given.value, str) else None


def _facts(call: ast.Call) -> set[str] | None:
    name = getattr(call.func, "id", "")
    if name != "Problem":
        if any(keyword.arg is None for keyword in call.keywords):
            return None
        return {keyword.arg for keyword in call.keywords if keyword.arg and keyword.arg != "field"}
    given = call.args[3] if len(call.args) > 3 else next((k.value for k in call.keywords if k.arg == "facts"), None)
    if given is None:
        return set()
    if not isinstance(given, ast.Dict) or any(not isinstance(key, ast.Constant) for key in given.keys):
        return None
    return {str(key.value) for key in given.keys if isinstance(key, ast.Constant)}


def gaps(sentence: str) -> set[str]:
    """The names in a sentence's braces."""
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def unworded(found: Iterable[tuple[str, set[str] | None]], words: dict[str, tuple[str, str]]) -> list[str]:
    """Codes without words, and gaps for which no fact is given."""
    wrong = []
    for code, facts in found:
        if code not in words:
            wrong.append(f"{code} has no words")
        elif facts is not None and (missing := (gaps(words[code][0]) | gaps(words[code][1])) - facts):
            wrong.append(f"{code} is not given {', '.join(sorted(missing))}")
    return wrong


def one_sided(words: dict[str, tuple[str, str]]) -> list[str]:
    """Entries whose two languages are not both there, or do not fill the same gaps."""
    return sorted(
        code
        for code, (chinese, english) in words.items()
        if not chinese.strip() or not english.strip() or gaps(chinese) != gaps(english) or not LATIN.search(english)
    )


def trigger_codes(text: str) -> set[str]:
    """The messages with which the schema's triggers refuse."""
    return set(re.findall(r"RAISE\(ABORT, '(\w+)'\)", text))
