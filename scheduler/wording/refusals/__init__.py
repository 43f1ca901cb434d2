"""Every refusal's sentence: code → (Chinese, English). Gaps in braces are filled from the refusal's facts."""

from scheduler.wording.refusals.access import ACCESS
from scheduler.wording.refusals.approvals import APPROVALS
from scheduler.wording.refusals.channels import CHANNELS
from scheduler.wording.refusals.checkins import CHECK_INS
from scheduler.wording.refusals.duties import DUTIES
from scheduler.wording.refusals.everywhere import EVERYWHERE
from scheduler.wording.refusals.installation import INSTALLATION
from scheduler.wording.refusals.leave import LEAVE
from scheduler.wording.refusals.lists import LISTS
from scheduler.wording.refusals.messages import MESSAGES
from scheduler.wording.refusals.openings import OPENINGS
from scheduler.wording.refusals.people import PEOPLE
from scheduler.wording.refusals.rosters import ROSTERS
from scheduler.wording.refusals.seats import SEATS
from scheduler.wording.refusals.sheets import SHEETS
from scheduler.wording.refusals.swaps import SWAPS
from scheduler.wording.refusals.trips import TRIPS

PARTS: tuple[dict[str, tuple[str, str]], ...] = (
    EVERYWHERE,
    ACCESS,
    MESSAGES,
    CHANNELS,
    TRIPS,
    CHECK_INS,
    PEOPLE,
    LEAVE,
    DUTIES,
    INSTALLATION,
    ROSTERS,
    SEATS,
    LISTS,
    OPENINGS,
    SHEETS,
    SWAPS,
    APPROVALS,
)
REFUSALS: dict[str, tuple[str, str]] = {code: words for part in PARTS for code, words in part.items()}
