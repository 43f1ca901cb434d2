"""What messages say: texts that administrators edit, built-in ones behind them; queued once for each person."""

from scheduler.messages.mailing import queue_mail
from scheduler.messages.queueing import duty_facts, gaps_of, line_of, queue, receiver
from scheduler.messages.receivers import coordinators
from scheduler.messages.standing_in import stand_in
from scheduler.messages.swaps import answer_swap, ask_swap, want_cover
from scheduler.messages.texts import KINDS, broken, check, compose, filled, kinds, reset, set_text, text

__all__ = [
    "KINDS",
    "answer_swap",
    "ask_swap",
    "broken",
    "check",
    "compose",
    "coordinators",
    "duty_facts",
    "filled",
    "gaps_of",
    "kinds",
    "line_of",
    "queue",
    "queue_mail",
    "receiver",
    "reset",
    "set_text",
    "stand_in",
    "text",
    "want_cover",
]
