"""What a hall's system says of a matter, judged before anything is written."""

from datetime import datetime, timedelta

from pydantic import Field

from core.bounds import Moment
from core.errors import FaultLine
from core.typed import Typed
from evaluation.counters.rules import Stage, UserKind

#: clocks of two houses may be so far apart
_AHEAD_MOST = timedelta(minutes=10)


class MatterForm(Typed):
    """A matter by the hall's own number; `version` is the hall's, higher for whatever it says later.

    The unit may be left out where the window is registered.  Nothing here names the citizen: no name, no certificate.
    """

    number: str = Field(min_length=4, max_length=60, pattern=r"^[0-9A-Za-z_-]+$")
    version: int = Field(1, ge=1, le=2**31 - 1)
    item_code: str = Field(min_length=1, max_length=60)
    item_name: str = Field(min_length=1, max_length=120)
    stage: Stage
    unit_code: str = Field("", max_length=40)
    window_number: str = Field(min_length=1, max_length=20)
    staff_number: str = Field("", max_length=40)
    applied_at: Moment
    done_at: Moment | None = None
    user_kind: UserKind
    phone: str = Field("", max_length=20)


def time_faults(form: MatterForm, *, now: datetime) -> list[FaultLine]:
    """What cannot be right about its moments."""
    faults: list[FaultLine] = []
    if (form.stage is Stage.DONE) != (form.done_at is not None):
        faults.append((("body", "done_at"), "done_at_wrong", "办结的办件须填办结时间，受理的不填"))
    if form.done_at is not None and form.done_at < form.applied_at:
        faults.append((("body", "done_at"), "done_before_applied", "办结时间早于申请时间"))
    moments = {"applied_at": form.applied_at, "done_at": form.done_at}
    for name, moment in moments.items():
        if moment is not None and moment > now + _AHEAD_MOST:
            faults.append((("body", name), "in_the_future", "晚于现在"))
    return faults
