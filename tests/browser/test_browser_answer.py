"""“Seen” on a telephone: from a link in a mail, without sign-in, to the mark on the coordinator's board."""

from __future__ import annotations

from contextlib import closing

import pytest
from playwright.sync_api import Browser

from scheduler import acknowledgements, clock, config, database
from scheduler.database import one, run, write
from tests.browser.conftest import COORDINATOR, SIZES, Visit
from tests.browser.test_browser_axe import AXE, violations
from tests.running import Running

pytestmark = pytest.mark.browser

# The last duty to come of the coordinator's tree.
LAST = """
SELECT standing.id AS assignment_id, standing.person_id, standing.starts_at, standing.ends_at, standing.slot,
       shift.id AS shift_id, shift.place_id, shift.roster_id, shift.day, person.name AS person
FROM standing
JOIN shift ON shift.id = standing.shift_id AND shift.state = 'planned'
JOIN person ON person.id = standing.person_id
JOIN assignment ON assignment.id = standing.id AND assignment.state = 'planned'
WHERE standing.starts_at > :now
  AND shift.unit_id IN (
      SELECT unit_above.unit_id FROM unit_above
      JOIN access ON access.unit_id = unit_above.above_id
      JOIN person AS coordinator ON coordinator.id = access.person_id AND coordinator.staff_no = :coordinator
  )
ORDER BY standing.starts_at DESC, standing.id
LIMIT 1
"""


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_link_from_a_mail_is_pressed_once_and_seen_on_the_board(
    lunzhi: Running, browser: Browser, visit: Visit, lang: str
):
    settings = config.load(lunzhi.folder)
    with closing(database.of(settings)) as db:
        duty = one(db, LAST, now=clock.to_text(clock.now()), coordinator=COORDINATOR)
        if duty is None:
            pytest.skip("the demonstration's month has no duty left to come")
        with write(db):
            run(db, "DELETE FROM acknowledgement WHERE assignment_id = :id", id=duty["assignment_id"])
            run(db, "UPDATE person SET lang = :lang WHERE id = :id", lang=lang, id=duty["person_id"])
    link = acknowledgements.link(duty["person_id"], [duty], lunzhi.url, settings.site.secret_key)
    width, height = SIZES["phone"]
    context = browser.new_context(viewport={"width": width, "height": height}, is_mobile=True, has_touch=True)
    page = context.new_page()

    page.goto(link)
    if AXE.exists():
        assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    button = page.get_by_role("button")
    assert button.bounding_box()["height"] >= 44
    button.tap()
    page.get_by_role("status").wait_for()

    assert page.get_by_role("button").count() == 0
    assert context.cookies() == []
    if AXE.exists():
        assert violations(page) == []
    context.close()
    slot = f"{duty['shift_id']}-{duty['slot']}"
    board = visit(COORDINATOR, f"/rosters/{duty['roster_id']}?from={duty['day']}&slot={slot}", lang=lang)
    assert "slot--seen" in str(board.locator(f"#grid a[href$='slot={slot}#slot']").get_attribute("class"))
    words = {"zh": "本人已收到", "en": "They have acknowledged it"}[lang]
    assert words in board.locator("#panel").inner_text()
