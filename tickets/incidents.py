"""What a mass incident may say of itself: its form, and the sentence that every caller hears.  Values only."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from pydantic import AwareDatetime, Field

from core.bounds import RowId
from core.errors import FaultLine
from core.masking import mask_text
from tickets.clocks import moment_zh
from tickets.forms import Form
from tickets.rules import UNANSWERED_STATES, State

NAME_LEAST = 4
WORDS_LEAST = 6
#: what takes longer is no incident but a plan
LONGEST = timedelta(days=90)
_MASKED = "号码、证件或车牌不要写进去，所有来电人都会听到"


class IncidentForm(Form):
    """What a dispatcher says of the matter; every caller hears it."""

    name: str = Field("", max_length=60)
    words: str = Field("", max_length=200)
    expected_at: AwareDatetime | None = None
    #: None: where the ticket is, unless the whole city is concerned
    place_id: RowId | None = None
    is_whole_city: bool = False


def incident_faults(form: IncidentForm, *, now: datetime) -> Iterable[FaultLine]:
    """Everything wrong with it, at its field."""
    rules = (
        (len(form.name) >= NAME_LEAST, "name", "name_too_short", f"名称至少 {NAME_LEAST} 个字"),
        (mask_text(form.name) == form.name, "name", "personal_data", _MASKED),
        (len(form.words) >= WORDS_LEAST, "words", "words_too_short", f"告知来电人的话至少 {WORDS_LEAST} 个字"),
        (mask_text(form.words) == form.words, "words", "personal_data", _MASKED),
        (form.expected_at is None or form.expected_at > now, "expected_at", "already_past", "预计恢复时间须在现在之后"),
        (
            form.expected_at is None or form.expected_at <= now + LONGEST,
            "expected_at",
            "too_far",
            f"预计恢复时间最多在 {LONGEST.days} 天之内",
        ),
    )
    return [(("body", "form", field), code, sentence) for is_right, field, code, sentence in rules if not is_right]


def is_offered(state: State, *, is_ended: bool) -> bool:
    """Callers may join while an answer is owed."""
    return not is_ended and state in UNANSWERED_STATES


def said(name: str, words: str, expected_at: datetime | None, *, now: datetime) -> str:
    """For the caller's ears: 此事热线已知：….预计 10-13 18:00 恢复."""
    known = f"您反映的情况热线已知晓：{name}。{words.rstrip('。')}。"
    if expected_at is None:
        return f"{known}恢复时间未定，有结果会逐一告知您。"
    if expected_at <= now:
        return f"{known}原预计 {moment_zh(expected_at)} 恢复，新的时间正在核实。"
    return f"{known}预计 {moment_zh(expected_at)} 恢复。"
