"""When checkpoints are taken, and how far a witness has got with one."""

from datetime import datetime, timedelta
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from core.calendar import SHANGHAI
from tickets.kinds import Named

#: ten minutes after midnight: the day before is complete, its last rows sealed
DAILY_AT = timedelta(minutes=10)
#: a line that is so much older than a checkpoint is under it: sealing takes a second, or until a dead sealer is noticed
SEALED_MOST = timedelta(hours=1)
#: fewer, and one who is bought decides alone
WITNESSES_LEAST = 2
#: one a night; a day and a half without one is a finding
STALE_AFTER = timedelta(hours=36)
#: so often a checkpoint may be taken, in hours: what is cut behind the last one is found by nobody but its citizens
EVERY_HOURS = (1, 2, 3, 4, 6, 8, 12, 24)
#: so long the witnesses may take until they have it
SLOW_AFTER = timedelta(hours=6)


class WitnessState(Named):
    """What became of handing a checkpoint over."""

    WAITING = "waiting", "待送达"
    KEPT = "kept", "已留存"
    REFUSED = "refused", "拒收"


class Standing(Named):
    """What a receipt proves now."""

    WAITING = "waiting", "等待检查点"
    PROVED = "proved", "核验通过"
    BROKEN = "broken", "核验不通过"


def next_due(now: datetime, *, every_h: int = 24) -> datetime:
    """The next moment at which a checkpoint is due: ten minutes after midnight, and every so many hours from then."""
    midnight = now.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    passed = (now - midnight - DAILY_AT) // timedelta(hours=every_h)
    return midnight + DAILY_AT + timedelta(hours=every_h) * (passed + 1)


def is_in_order(age: timedelta, *, kept: int) -> bool:
    """Whether the newest checkpoint is of last night, and as many witnesses as there must be have kept it."""
    return age < STALE_AFTER and (kept >= WITNESSES_LEAST or age < SLOW_AFTER)


def witness_name(address: str) -> str:
    """What people call it: the folder's own name, the mailbox, the server."""
    parts = urlsplit(address)
    if parts.scheme == "file":
        return PurePosixPath(unquote(parts.path)).name
    return parts.netloc or unquote(parts.path)
