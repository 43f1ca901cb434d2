"""Every page that there is, as axe-core looks at it: by who opens it; and the GET routes that are no page."""

from __future__ import annotations

import time
from datetime import date, datetime
from pathlib import Path
from string import Formatter

from scheduler import accounts, acknowledgements, channels, clock, config, database, handouts, intake, swaps, walls
from scheduler.audit import SYSTEM
from scheduler.config import Channels
from scheduler.database import Database, one, rows, value
from scheduler.tallies import Question

COORDINATED = (
    "/rosters",
    "/rosters/new",
    "/rosters/{published}",
    "/rosters/{published}?span=week&view=people",
    "/rosters/{published}/publish",
    "/rosters/{published}/fill",
    "/rosters/{published}/scenarios",
    "/rosters/{published}/print",
    "/rosters/{published}/versions",
    "/rosters/{published}/versions/1",
    "/rosters/{published}/mend",
    "/rosters/{published}/call-up",
    "/rosters/{draft}?span=week",
    "/rosters/{draft}/publish",
    "/rosters/{draft}/fill",
    "/rosters/{draft}/scenarios",
    "/rosters/{draft}/history",
    "/rosters/{draft}/shifts/new",
    "/rosters/{draft}/print?view=people",
    "/rosters/{draft}/import",
    "/shifts/{coming}",
    "/shifts/{opened}",
    "/shifts/{opened}/opening",
    "/shifts/{past}/attendance",
    "/shifts/{past}/report",
    "/shifts/{past}/code",
    "/problems",
    "/reports",
    "/walls",
    "/attendance",
    "/leave",
    "/leave/calendars",
    "/openings",
    "/swaps",
    "/assignments/{duty}/swap",
    "/quotas",
    "/quotas/new",
    "/quotas/rules",
    "/quotas/{quota}",
    "/quotas/{quota}/{leader}/{monday}",
    "/quotas/units",
    "/quotas/units/new",
    "/quotas/units/{target}",
    "/tallies",
    "/tallies/briefing",
    "/tallies/ranking",
    "/tallies/mailed",
    "/exports?kind=trips.xlsx",
    "/exports/{export}",
    "/trips",
    "/months",
    "/months/{close}",
    "/people",
    "/people/{person}",
    "/people/{person}/wishes",
    "/people/new",
    "/people/balances",
    "/imports",
    "/imports/{intake}",
    "/units",
    "/units/{unit}",
    "/units/{unit}/calendar",
    "/units/{unit}/visits",
    "/units/new",
    "/places",
    "/places/{place}",
    "/places/{place}/edit",
    "/places/{place}/calendar",
    "/places/{place}/sponsorships/new",
    "/sponsorships/{sponsorship}",
    "/sponsorships/{sponsorship}/place",
    "/places/new",
    "/templates",
    "/templates/{template}",
    "/templates/{template}/edit",
    "/templates/new",
    "/workdays",
    "/activities",
)
ADMINISTERED = (
    "/operations",
    "/audit",
    "/access",
    "/approvals",
    "/rules",
    "/policy",
    "/messages",
    "/messages/reminder",
    "/leave/rules",
    "/activities/0",
    "/activities/{activity}",
    "/activities/choices",
    "/channels",
    "/channels/new?kind=wecom",
    "/channels/{channel}",
)
OWN = (
    "/me",
    "/me/duties/{duty}",
    "/me/check-in/{duty}",
    "/me/history",
    "/me/calendar",
    "/me/leave",
    "/me/leave/calendar",
    "/me/open",
    "/me/swaps",
    "/me/duties/{duty}/swap",
    "/me/wishes",
    "/me/settings",
    "/me/sessions",
    "/me/password",
)
OPEN = (
    "/signin",
    "/signin/{link}",
    "/signin/reset/{reset}",
    "/wall/{wall}",
    "/answer/{answer}",
    "/swap/{swap}",
)  # without signing in

PAGES = (COORDINATED, ADMINISTERED, OWN, OPEN)
NAMES = {name for part in PAGES for path in part for _, name, _, _ in Formatter().parse(path) if name}

PART = "a part of a page that is looked at"
AGAIN = "the address of a form, loaded again: leads back"
FILE = "a file"
# GET routes that axe-core is not shown, and why.
EXEMPT = {
    "/": "leads to one's own first page",
    "/audit.<any(csv, xlsx):ending>": FILE,
    "/calendar/<token>/duty.ics": FILE,
    "/check-in/<int:shift_id>": "leads to one's own duty",
    "/check-ins/<int:check_in_id>/photo": FILE,
    "/exports/<int:handout_id>/file": FILE,
    "/exports/<int:handout_id>/now": PART,
    "/healthz": "for monitors",
    "/<any(people, leave):kind>/import": "leads to /imports",
    "/imports/<int:intake_id>/now": PART,
    "/imports/samples/<name>": FILE,
    "/manifest.webmanifest": FILE,
    "/me/calendar/duty.ics": FILE,
    "/me/open/<int:_opening_id>/<_act>": AGAIN,
    "/me/swaps/<int:_offer_id>": AGAIN,
    "/me/visits/<int:quota_id>": "a leader's: shown to it by test_browser_own_visits",
    "/places/<int:place_id>/calendar/duty.ics": FILE,
    "/policy/swaps": AGAIN,
    "/problems.<ending>": FILE,
    "/reports.<ending>": FILE,
    "/quotas.<any(csv, xlsx):ending>": FILE,
    "/quotas/<int:quota_id>/<int:person_id>/<first>/<_act>": AGAIN,
    "/quotas/<int:quota_id>/end": AGAIN,
    "/quotas/units/<int:target_id>/end": AGAIN,
    "/rosters/<int:roster_id>/assignments/<int:_assignment_id>/<_act>": AGAIN,
    "/rosters/<int:roster_id>/at-once": AGAIN,
    "/rosters/<int:roster_id>/drop": AGAIN,
    "/rosters/<int:roster_id>/fill/now": PART,
    "/rosters/<int:roster_id>/lock": AGAIN,
    "/rosters/<int:roster_id>/parts": PART,
    "/rosters/<int:roster_id>/progress": "JSON",
    "/rosters/<int:roster_id>/refusals": "JSON",
    "/rosters/<int:roster_id>/roster.xlsx": FILE,
    "/rosters/<int:roster_id>/scenarios/<int:_scenario_id>/<_act>": AGAIN,
    "/rosters/<int:roster_id>/scenarios/now": PART,
    "/rosters/<int:roster_id>/seat": AGAIN,
    "/rosters/<int:roster_id>/version": "JSON",
    "/rosters/<int:roster_id>/versions/<int:number>/restore": AGAIN,
    "/signin/<any(password, forgot):_form>": AGAIN,
    "/signin/oidc": "leads to the organisation's own provider",
    "/signin/oidc/back": "leads on, signed in",
    "/static/<path:filename>": FILE,
    "/tallies.csv": FILE,
    "/tallies/briefing.txt": FILE,
    "/tallies/ranking.<any(csv, xlsx):ending>": FILE,
    "/tallies.xlsx": FILE,
    "/trips.<any(csv, xlsx):ending>": FILE,
    "/units/<int:unit_id>/<any(calendar, visits):kind>/duty.ics": FILE,
    "/worker.js": FILE,
}

PUBLISHED = "(SELECT MIN(id) FROM roster WHERE state = 'published')"
IDS = f"""
SELECT {PUBLISHED} AS published,
       (SELECT MIN(id) FROM roster WHERE state = 'draft') AS draft,
       (SELECT MIN(shift_id) FROM opening) AS opened,
       (SELECT MAX(shift_id) FROM ledger JOIN shift ON shift.id = shift_id WHERE roster_id = {PUBLISHED}) AS past,
       (SELECT MAX(id) FROM shift WHERE roster_id = {PUBLISHED} AND starts_at > :now) AS coming,
       (SELECT id FROM person WHERE staff_no = :staff_no) AS person,
       (SELECT unit_id FROM person WHERE staff_no = :staff_no) AS unit,
       (SELECT MIN(id) FROM sponsorship) AS sponsorship,
       (SELECT place_id FROM sponsorship ORDER BY id LIMIT 1) AS place,
       (SELECT MIN(id) FROM month_close) AS close,
       (SELECT MIN(id) FROM template) AS template,
       (SELECT MIN(id) FROM activity) AS activity,
       (SELECT MIN(id) FROM quota WHERE role = 'head') AS quota,
       (SELECT MIN(id) FROM unit_quota) AS target,
       (SELECT MIN(person.id) FROM person JOIN unit_above USING (unit_id)
        WHERE role = 'head' AND above_id = (SELECT MIN(unit_id) FROM quota)) AS leader,
       date(:now, 'weekday 0', '-6 days') AS monday,
       (SELECT MAX(standing.id) FROM standing JOIN person ON person.id = person_id WHERE staff_no = :staff_no) AS duty
"""
TOLD = """
SELECT standing.id AS assignment_id, standing.starts_at, standing.ends_at, shift.place_id
FROM standing
JOIN shift ON shift.id = standing.shift_id
WHERE standing.id = :duty
"""


def held(folder: Path, staff_no: str) -> dict[str, object]:
    """What fills the gaps of the addresses, of a running demonstration; the duty is that of `staff_no`."""
    settings, now = config.load(folder), clock.now()
    db = database.connect(settings.database, settings.zone)
    try:
        found = one(db, IDS, staff_no=staff_no, now=clock.to_text(now))
        assert found is not None
        assert None not in found.values(), found
        found["intake"] = _handed_in(db, settings, int(found["unit"]))
        found["export"] = _asked_for(db, now)
        return found | _secrets(db, settings.site.secret_key, found)
    finally:
        db.close()


def _asked_for(db: Database, now: datetime) -> int:
    """An export of the last year that the coordinator asked for."""
    by = accounts.actor(db, value(db, "SELECT id FROM person WHERE staff_no = '00101'"))
    unit_id = accounts.tops(db, by, "reader", now=now)[0]["id"]
    question = Question(date(now.year - 1, 1, 1), date(now.year - 1, 12, 31), within=unit_id)
    return handouts.ask(db, question, kind="trips.csv", order="trips", lang="zh", by=by, now=now)


def _handed_in(db: Database, settings: config.Settings, unit_id: int) -> int:
    """A duty sheet with a question, as soon as it is read."""
    now, sheet = clock.now(), "2027年3月厅堂服务值班表 8:30-17:30,\n日期,值班人员\n3月1日,无此人\n"
    by = accounts.actor(db, value(db, "SELECT MIN(person_id) FROM access"))
    content = sheet.encode()
    made = intake.hand_in(
        db, settings, kind="roster", unit_id=unit_id, file="值班表.csv", content=content, by=by, now=now
    )
    for _ in range(60):
        if not intake.intake(db, made)["task"]:
            break
        time.sleep(0.25)
    return made


OTHERS = f"""
SELECT standing.id, standing.person_id
FROM standing
JOIN shift ON shift.id = standing.shift_id AND shift.state = 'planned' AND shift.roster_id = {PUBLISHED}
WHERE standing.starts_at > :now
ORDER BY standing.starts_at DESC, standing.id
LIMIT 20
"""


def _question(db: Database, key: str) -> int:
    """Somebody is asked to stand in for a duty to come; the question."""
    now, found = clock.now(), value(db, "SELECT MAX(id) FROM swap_offer WHERE state = 'asked'")
    for duty in rows(db, OTHERS, now=clock.to_text(now)) if found is None else ():
        if found is None and (able := swaps.able(db, duty["id"], now=now).cover):
            by, whom = accounts.actor(db, duty["person_id"]), [(able[0]["person_id"], None)]
            swaps.ask(db, duty["id"], "cover", whom, note="家里有事", base_url="", secret_key=key, by=by, now=now)
            found = value(db, "SELECT MAX(id) FROM swap_offer")
    assert found is not None
    return int(found)


def _channel(db: Database, unit_id: int) -> int:
    """A group bot that is turned off at once, so that nothing leaves by it."""
    found = value(db, "SELECT MAX(id) FROM channel WHERE removed_at IS NULL")
    if found is None:
        given: dict = {"name": "支行值班群", "url": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=abc-def"}
        given |= {"allowed": Channels(), "by": SYSTEM, "now": clock.now()}
        found = channels.add(db, unit_id=unit_id, kind="wecom", **given)
        channels.change(db, found, **given | {"url": "", "secret": "", "pace": None, "is_on": False, "version": 1})
    return int(found)


def _secrets(db: Database, key: str, found: dict) -> dict[str, object]:
    now, told = clock.now(), one(db, TOLD, duty=found["duty"])
    assert told is not None
    return {
        "channel": _channel(db, found["unit"]),
        "link": accounts.make_link(db, found["person"], by=SYSTEM, now=now),
        "reset": accounts.make_link(db, found["person"], purpose="password", by=SYSTEM, now=now),
        "wall": walls.make(db, found["unit"], lang="zh", by=SYSTEM, now=now),
        "swap": swaps.link("", key, _question(db, key)).rpartition("/")[2],
        "answer": acknowledgements.link(found["person"], [told], "", key).rpartition("/")[2],
    }
