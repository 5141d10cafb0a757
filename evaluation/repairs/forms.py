"""What a unit and a reviewer fill in, and what each field asks for."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from pydantic import AwareDatetime, Field

from core.errors import FaultLine
from core.typed import Typed
from evaluation.plan import CALLS_APART
from evaluation.repairs.rules import BOOKED_MOST, EVIDENCE_LEAST, WORDS_LEAST, Ground
from tickets.clocks import Clocks, local_day, office_time_between
from tickets.kinds import ContactMade

WORDS_MOST = 1000


class ContactForm(Typed):
    """联系核实: by which way, and what the citizen said."""

    way: ContactMade = Field(description="call or visit.")
    words: str = Field(min_length=WORDS_LEAST, max_length=WORDS_MOST, description="What the citizen says is wrong.")


class TryForm(Typed):
    """联系未果: one try, with its moment; hours of office time lie between two."""

    way: ContactMade = Field(description="call or visit.")
    tried_at: AwareDatetime = Field(description="When; not before the repair was opened, not in the future.")
    words: str = Field("", max_length=200, description="What came of it.")


class WordsForm(Typed):
    """What is done, was done, or is to be said about it."""

    words: str = Field(min_length=WORDS_LEAST, max_length=WORDS_MOST)


class BookForm(WordsForm):
    """建账限期整改: what will be done, by which day."""

    until_on: date = Field(description="The last day; from tomorrow on, at most 90 days ahead.")


class AppealForm(Typed):
    """申诉: on which ground, and what bears it out."""

    ground: Ground
    evidence: str = Field(min_length=EVIDENCE_LEAST, max_length=2000)


class DecisionForm(Typed):
    """Why an appeal is upheld or not."""

    reason: str = Field(min_length=WORDS_LEAST, max_length=WORDS_MOST)


def way_faults(way: ContactMade) -> Iterator[FaultLine]:
    if way is ContactMade.NONE:
        yield ("body", "form", "way"), "repair_way_missing", "请选择联系方式：系统通话或现场走访"


def try_faults(
    form: TryForm, *, opened_at: datetime, earlier: set[datetime], clocks: Clocks, now: datetime
) -> Iterator[FaultLine]:
    """`earlier`: the minutes of tries that stand already."""
    yield from way_faults(form.way)
    minute = form.tried_at.replace(second=0, microsecond=0)
    if minute > now:
        yield ("body", "form", "tried_at"), "repair_try_ahead", "联系时间不能晚于现在"
    elif form.tried_at < opened_at.replace(second=0, microsecond=0):
        yield ("body", "form", "tried_at"), "repair_try_before", "联系时间不能早于整改单开单时间"
    elif minute in earlier:
        yield ("body", "form", "tried_at"), "repair_try_twice", "同一时间的联系已登记过"
    elif any(_apart(minute, other, clocks) < CALLS_APART for other in earlier):
        hours = CALLS_APART // timedelta(hours=1)
        yield ("body", "form", "tried_at"), "repair_try_near", f"两次联系之间须间隔 {hours} 小时工作时间"


def _apart(one: datetime, other: datetime, clocks: Clocks) -> timedelta:
    """In office time: three tries in one evening have not given the citizen a day."""
    return office_time_between(min(one, other), max(one, other), clocks.calendar, clocks.profile.office_hours)


def book_faults(form: BookForm, *, now: datetime) -> Iterator[FaultLine]:
    last = local_day(now + BOOKED_MOST)
    if not local_day(now) < form.until_on <= last:
        yield ("body", "form", "until_on"), "repair_date_outside", f"完成日期应在明天至 {last:%Y-%m-%d} 之间"
