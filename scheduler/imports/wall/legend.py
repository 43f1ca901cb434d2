"""What a sheet says about itself around its tables: the marks it explains, its hours, its place, its activity."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date

from scheduler.imports.wall import words
from scheduler.imports.wall.dates import arabic
from scheduler.imports.wall.places import Places
from scheduler.imports.wall.words import Span, spans, squeezed

PREFIX = re.compile(
    r"^(?:注|备注|说明|图例|班次说明|班次|符号说明|标识|时间说明|值班时间|上班时间|作息时间)\s*[:：]|^\d+[.、)](?!\d)"
)
MEANS = re.compile(
    r"^(?P<mark>[^\s:=()]{1,4}?)\s*(?:[:=]|表示|代表|为|即|指|是)\s*(?P<meaning>[^()]{1,12})(?:\(.*\))?$"
)
IN_BRACKETS = re.compile(r"^(?P<meaning>[^\s:=()]{1,6})\((?P<mark>[^\s()\d:]{1,3})\)\s*[:=]?\s*(?P<span>.*)$")
NO_DUTY = re.compile(r".*(?:休|假|差|训|不|无|停|调).*")
HOURS_HEAD = re.compile(r"(?:值班|值守|服务|工作|上岗|到岗|在岗|上班|营业|当班)?时间")
KIND_OF_DAY = re.compile(
    r"(?:周|星期|礼拜)(?P<from>[一二三四五六日天])(?:至|到|-+|—+|~)(?:周|星期|礼拜)?(?P<to>[一二三四五六日天])"
    r"|(?P<works>工作日|平日)|(?P<weekend>双休日?|周末)|(?P<off>(?:法定)?节假日|休息日)"
    r"|(?:(?<=[、和及,周星期])|周|星期|礼拜)(?P<one>[一二三四五六日天])(?![班组月年])"
)
NO_MARK = re.compile(rf"{KIND_OF_DAY.pattern.replace('?P<', '?P<_')}|[春夏秋冬][季令]")
DATES = re.compile(r"20\d{2}年?(?:度)?|\d{1,2}月份?|\d{1,2}日|第\d+周|\d{1,2}[./-]\d{1,2}")


@dataclass(frozen=True, slots=True)
class Mark:
    """What a mark means: a duty in a role, with hours where they are said; no duty; or standing by."""

    role: str
    span: Span | None = None
    is_duty: bool = True
    is_standby: bool = False


@dataclass(slots=True)
class Legend:
    """Marks by what stands in the cells, hours by the half of the day, and the hours of all."""

    marks: dict[str, Mark] = field(default_factory=dict)
    sessions: dict[str, Span] = field(default_factory=dict)
    hours: Span | None = None
    by_day: list[tuple[frozenset[str], Span]] = field(default_factory=list)

    def of_role(self, role: str) -> Span | None:
        """The hours of a role that is explained: 主班 8:00-18:00."""
        said = {mark.span for mark in self.marks.values() if mark.role == role and mark.span}
        return said.pop() if len(said) == 1 else None

    def on(self, day: date, is_workday: Callable[[date], bool | None]) -> Span | None:
        """The hours of a day that no mark and no half of it says, where they may differ by the kind of day."""
        if not self.by_day:
            return self.hours
        works = is_workday(day)
        kinds = {str(day.weekday())} | ({"workday" if works else "off"} if works is not None else set())
        fits = {span for meant, span in self.by_day if meant & kinds}
        return fits.pop() if len(fits) == 1 else None


def legend(above: Iterable[str], below: Iterable[str]) -> Legend:
    """What the plain lines over and under a table explain."""
    above, below = list(above), list(below)
    found = Legend()
    for line in [*above, *below]:
        _explain(line, found)
    _by_day([*above, *below], found)
    if found.by_day:
        return found
    named = set(found.sessions.values())
    over = [span for line in above for span in spans(line)]
    under = [span for line in below if HOURS_HEAD.search(squeezed(line)) for span in spans(line)]
    for told in (over, under):
        several = list(dict.fromkeys(told))
        if (
            len(several) == 1
            and several[0] not in named
            and not any(mark.span == several[0] for mark in found.marks.values())
        ):
            found.hours = several[0]
        if several:
            break
    return found


def _explain(line: str, found: Legend) -> None:
    for match in words.SPAN.finditer(line):
        half = words.SESSIONS.get((match[1] or "").removesuffix("早") or "")
        if half and (span := spans(match[0])):
            found.sessions.setdefault(half, span[0])
    for token in re.split(r"[;；,，。、\n]|\s{2,}|(?<=\d)\s+(?=[^\d\s:至到—-])|/(?=\D)", line):
        token = PREFIX.sub("", token.strip()).strip()
        if not token or len(token) > 40 or (words.SPAN.search(token) and NO_MARK.search(token)):
            continue
        if one := _one(token):
            found.marks.setdefault(one[0], one[1])


def _by_day(lines: Iterable[str], found: Legend) -> None:
    """工作日17:30-次日8:30，周末及节假日8:30-次日8:30: hours with the kinds of day before them."""
    for line in lines:
        end = 0
        for match in words.SPAN.finditer(line):
            before = squeezed(re.split(r"[;；。\n]", line[end : match.start()])[-1])
            end = match.end()
            meant = {kind for said in KIND_OF_DAY.finditer(before) for kind in _kinds(said)}
            if meant and not match[1] and (span := spans(match[0])):
                found.by_day.append((frozenset(meant), span[0]))


def _kinds(said: re.Match[str]) -> set[str]:
    if said["from"]:
        first, last = ("一二三四五六日".index(said[name].replace("天", "日")) for name in ("from", "to"))
        return {str(n) for n in range(first, last + 1)}
    if said["one"]:
        return {str("一二三四五六日".index(said["one"].replace("天", "日")))}
    if said["works"]:
        return {"workday"}
    return {"5", "6"} if said["weekend"] else {"off"}


def _one(token: str) -> tuple[str, Mark] | None:
    said = spans(token)
    if said:
        word = words.SPAN.sub("", token)
        word = re.sub(r"\s+|[:=()]$", "", word)
        if found := IN_BRACKETS.match(word):
            return found["mark"], Mark(found["meaning"], said[0])
        word = re.sub(r"[()\[\]]", "", word).strip(":=-—")
        mark, _, meaning = word.partition("=") if "=" in word else word.partition(":")
        if not mark or len(mark) > 4 or words.session(mark) or HOURS_HEAD.fullmatch(mark) or mark.startswith("每"):
            return None
        return mark.removesuffix("班") or mark, _mark(mark, meaning, said[0])
    if found := MEANS.match(token):
        mark, meaning = found["mark"], squeezed(found["meaning"])
        if meaning and (len(mark) == 1 or "=" in token or ":" in token):
            return mark, _mark(mark, meaning, None)
    return None


def _mark(mark: str, meaning: str, span: Span | None) -> Mark:
    word = words.bare(meaning) or mark
    role = words.DAY_MARKS.get(word) or words.SHIFTS.get(word.lower(), word)
    if NO_DUTY.fullmatch(word) and span is None:
        return Mark(role, None, is_duty=False)
    return Mark(role, span, is_standby=bool(words.STANDBY.search(word)))


def without_dates(text: str) -> str:
    """A squeezed title without its dates, so that what they part stands together: 巴中市分行2026年12月机关值班表."""
    return DATES.sub("", arabic(squeezed(text)))


def activity_of(title: str, place: str, places: Places, known: Iterable[str]) -> str:
    """The activity of a sheet: one that its title names, else what the kind of place and the title's words say."""
    named = [name for name in known if name and name in title]
    if named:
        return max(named, key=len)
    kind = places.kinds.get(place, "")
    for word, activity in (("走访", "领导走访"), ("宣传", "宣传活动"), ("检查", "检查整改"), ("培训", "培训")):
        if word in title:
            return activity
    if kind == "community" or place.endswith("社区"):
        return "社区值守"
    if "营业厅" in place:
        return "营业厅值班"
    if kind == "village" or place.endswith("村"):
        return "驻村值守"
    if "厅堂" in title or (kind == "outlet" and "服务" in title):
        return "厅堂服务"
    if "机关" in place or "机关" in title:
        return "机关值班"
    return "网点值班" if kind == "outlet" else "值班"
