"""The forms of a page, as a browser would send them: filled with what stands in them, and with something sound else."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

SOUND = {"date": "2026-03-09", "month": "2026-03", "time": "08:30", "number": "3", "email": "a@b.example", "file": ""}


@dataclass
class PageForm:
    """Where it is sent, and what it holds."""

    action: str
    values: list[tuple[str, str]] = field(default_factory=list)
    offers: dict[str, set[str]] = field(default_factory=dict)  # what selects, boxes and radios let one choose
    id: str = ""
    is_sent: bool = False  # a button without a name sends it

    def put(self, name: str, held: str) -> None:
        if name:
            self.values.append((name, held))

    def names(self) -> set[str]:
        """Of every field."""
        return {name for name, _ in self.values}

    def sent(self, **other: str) -> dict[str, list[str]]:
        """What is posted, with some fields otherwise or more of them."""
        held: dict[str, list[str]] = {}
        for name, given in self.values:
            held.setdefault(name, []).append(given)
        return held | {name: [given] for name, given in other.items()}


class Reader(HTMLParser):
    """Collects every form that posts. One of several radios is ticked, the first option that says something is chosen;
    what is asked for and empty is filled."""

    def __init__(self, here: str) -> None:
        super().__init__()
        self.here = here
        self.found: list[PageForm] = []
        self.form: PageForm | None = None
        self.select, self.option = "", None

    def handle_starttag(self, tag, attrs):
        held = {name: words or "" for name, words in attrs}
        if tag == "form" and held.get("method") == "post":
            self.form = PageForm(held.get("action") or self.here, id=held.get("id", ""))
            self.found.append(self.form)
        elif tag == "form":
            self.form = None
        target = self.form
        if "form" in held:
            target = next((one for one in self.found if one.id == held["form"]), None)
        if target is None:
            return
        getattr(self, f"_{tag}", lambda *_: None)(target, held)

    def _input(self, form, held):
        name, kind, given = held.get("name", ""), held.get("type", "text"), held.get("value", "")
        if kind in ("radio", "checkbox"):
            form.offers.setdefault(name, set()).add(given)
        if kind == "radio":
            if not any(name == other for other, _ in form.values):
                form.put(name, given)
            elif "checked" in held:
                form.values = [pair for pair in form.values if pair[0] != name]
                form.put(name, given)
        elif kind == "checkbox":
            if "checked" in held or "required" in held or not any(name == other for other, _ in form.values):
                form.put(name, given or "1")
        elif kind not in ("submit", "file"):
            form.put(name, given or (SOUND.get(kind, "某某") if "required" in held else ""))

    def _textarea(self, form, held):
        form.put(held.get("name", ""), "某某")

    def _button(self, form, held):
        name = held.get("name", "")
        form.is_sent = form.is_sent or not name
        if not form.is_sent and not any(name == other for other, _ in form.values):
            form.put(name, held.get("value", ""))

    def _select(self, form, held):
        self.select, self.option = held.get("name", ""), None

    def _option(self, form, held):
        form.offers.setdefault(self.select, set()).add(held.get("value", ""))
        if not self.select or (self.option is not None and "selected" not in held) or not held.get("value"):
            return
        form.values = [pair for pair in form.values if pair[0] != self.select]
        self.option = held["value"]
        form.put(self.select, self.option)

    def handle_endtag(self, tag):
        if tag == "form":
            self.form = None
        elif tag == "select":
            self.select = ""


def forms(page: str, here: str) -> list[PageForm]:
    """Every form of a page that posts."""
    reader = Reader(here)
    reader.feed(page)
    return reader.found
