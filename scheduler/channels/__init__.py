"""Ways out beside e-mail: group bots, webhooks, ntfy; set up by administrators, each with its own pace."""

from scheduler.channels.doors import door
from scheduler.channels.draining import send_due
from scheduler.channels.keeping import add, change, remove, test
from scheduler.channels.kinds import KINDS
from scheduler.channels.reading import channel, channels, due, mail_state, reaching

__all__ = [
    "KINDS",
    "add",
    "change",
    "channel",
    "channels",
    "door",
    "due",
    "mail_state",
    "reaching",
    "remove",
    "send_due",
    "test",
]
