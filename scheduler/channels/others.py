"""Whatever else Apprise brings: in a process of its own, since it follows redirects and keeps no time.

Apprise is an optional extra: it makes its own connections, so that the list of hosts, the limit of 64 KB and
the look at each address do not hold for it. Which of its services are allowed stands in settings.toml.
"""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec

from scheduler.channels.kinds import KINDS
from scheduler.channels.texts import joined
from scheduler.config import Channels
from scheduler.database import Row
from scheduler.outbox import Sent
from scheduler.wording.failures import because

# Reads its address from standard input: an argument would stand in the list of processes.
CHILD = """
import json, logging, sys
import apprise
logging.disable(logging.CRITICAL)
given = json.load(sys.stdin)
there = apprise.Apprise()
sys.exit(0 if there.add(given["url"]) and there.notify(title=given["title"], body=given["body"]) else 3)
"""


def wrong_with(url: str, allowed: Channels) -> str:
    """Which rule an Apprise address breaks, as the code of a refusal; empty if none."""
    scheme, mark, _ = url.partition("://")
    if not mark or not url.isprintable():
        return "bad_url"
    return "" if scheme.lower() in map(str.lower, allowed.apprise) else "service_not_listed"


def send(settings: dict[str, str], messages: list[Row], allowed: Channels, *, seconds: float) -> Sent:
    """Hand the messages to Apprise, which only says whether it worked."""
    if wrong := wrong_with(settings["url"], allowed):
        return Sent(False, temporary=True, down=True, reason=wrong)
    if find_spec("apprise") is None:
        return Sent(False, temporary=True, down=True, reason="no_apprise")
    told = {"url": settings["url"], "title": messages[0]["subject"], "body": joined(messages, KINDS["apprise"])}
    try:
        ended = subprocess.run(  # noqa: S603 - our own program; what it is given goes by standard input
            [sys.executable, "-c", CHILD],
            input=json.dumps(told).encode(),
            timeout=seconds,
            capture_output=True,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Sent(False, temporary=True, down=True, reason="timed_out")
    if ended.returncode == 0:
        return Sent(True, reason="apprise_ok")
    return Sent(False, temporary=True, down=True, reason=because("apprise_refused", str(ended.returncode)))
