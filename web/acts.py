"""What a person may do about a duty of theirs: the buttons under it, as far as this installation has their pages."""

from __future__ import annotations

from urllib.parse import quote

from flask import current_app
from werkzeug.exceptions import HTTPException

from scheduler.database import Row

MAPS = "https://uri.amap.com/search?callnative=1&keyword="  # a phone opens its own map application


def acts(duty: Row) -> dict[str, str]:
    """Act → address, of what makes sense now: acknowledge, swap, leave, check_in, and check_in_later without a page."""
    own, held = f"/me/duties/{duty['assignment_id']}", duty["assignment_id"]
    if duty["state"] != "planned" or duty["shift_state"] != "planned" or duty["is_over"]:
        return {}
    offered = {} if duty["acknowledged_at"] else {"acknowledge": f"{own}/acknowledge"}
    if not duty["has_begun"] and duty["roster_state"] == "published":
        offered |= {"swap": f"{own}/swap", "leave": f"/me/leave?day={duty['day']}"}
    if duty["is_today"]:
        offered["check_in" if duty["may_check_in"] else "check_in_later"] = f"/me/check-in/{held}"
    return {
        act: path for act, path in offered.items() if leads_somewhere(path, "POST" if act == "acknowledge" else "GET")
    }


def on_map(duty: Row) -> str:
    """An address that shows the place on a map; nothing is asked there until the reader follows it."""
    where, district = duty["address"] or duty["place"], duty["district"]
    return MAPS + quote(where if district in where else district + where)


def leads_somewhere(path: str, method: str = "GET") -> bool:
    """Whether there is a page at a path."""
    try:
        current_app.url_map.bind("").match(path.partition("?")[0], method=method)
    except HTTPException:
        return False
    return True
