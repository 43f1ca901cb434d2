"""Mail by SMTP: one message out, and what the server said."""

from scheduler.mail.letters import letter
from scheduler.mail.smtp import Smtp, reachable

__all__ = ["Smtp", "letter", "reachable"]
