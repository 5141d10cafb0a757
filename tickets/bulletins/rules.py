"""What a bulletin is made of, and when it stands."""

from datetime import date

from pydantic import Field

from core.bounds import Day, RowId
from core.errors import FaultLine
from staff.rules import Role
from tickets.forms import Form

PUBLISHERS = (Role.SUPERVISOR,)
READERS = (*PUBLISHERS, Role.ADMINISTRATOR, Role.SHIFT_LEADER, Role.ESCALATION, Role.INSPECTOR)
TITLE_MOST, TEXT_MOST, UNITS_MOST = 60, 4000, 500


class BulletinForm(Form):
    """Without units it goes to all of them; `receive_by`: the last day to sign for it, None: nobody has to."""

    title: str = Field("", max_length=TITLE_MOST)
    text: str = Field("", max_length=TEXT_MOST)
    unit_ids: list[RowId] = Field(default_factory=list, max_length=UNITS_MOST)
    valid_until: Day
    receive_by: Day | None = None


def bulletin_faults(form: BulletinForm, *, today: date) -> list[FaultLine]:
    """What keeps it from being published; `today` is the day in Shanghai."""
    by = form.receive_by
    rules = (
        (bool(form.title), "title", "title_missing", "请填写标题"),
        (bool(form.text), "text", "text_missing", "请填写内容"),
        (form.valid_until >= today, "valid_until", "valid_until_past", "有效期不能早于今天"),
        (by is None or by >= today, "receive_by", "receive_by_past", "签收期限不能早于今天"),
        (by is None or by <= form.valid_until, "receive_by", "receive_by_after_end", "签收期限不能晚于有效期"),
    )
    return [(("body", "form", name), code, message) for holds, name, code, message in rules if not holds]
