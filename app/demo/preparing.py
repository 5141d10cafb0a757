"""What the demo city's office changed and prepared: when it reminds, and a second SMS provider's approvals."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.demo.stage import Story
from app.demo.world import World
from evaluation.settings import EvaluationSettings
from indicators.rule_marks.actions import note_rules
from sms.actions.approving import record_approval
from sms.rules import ApprovalState
from sms.settings import ProviderName
from staff.rules import SYSTEM

#: so long before the demo begins the office thought better of how soon it reminds
BEFORE = timedelta(days=20)
#: template, id, what Tencent said in the end and why
_JUDGED = (
    ("rating", "1800001", ApprovalState.APPROVED, ""),
    ("rating_reminder", "1800002", ApprovalState.APPROVED, ""),
    ("rating_why", "1800003", ApprovalState.REFUSED, "回复引导字母过多，请改为数字选项"),
    ("terminated", "1800004", ApprovalState.PENDING, ""),
)


def rules_at_first(session: Session, settings: EvaluationSettings, *, now: datetime) -> None:
    """As the settings say, but that reminders went out a day earlier."""
    earlier = settings.model_copy(update={"remind_days": max(settings.remind_days - 1, 0)})
    note_rules(session, settings=earlier, now=now)


def prepare(world: World, settings: EvaluationSettings, *, start_at: datetime) -> Story:
    note_rules(world.session, settings=settings, now=world.now)
    yield start_at - timedelta(days=6)
    for template, id_, _, _ in _JUDGED:
        _record(world, template, id_, ApprovalState.PENDING, "")
    yield start_at - timedelta(days=2)
    for template, id_, state, reason in _JUDGED:
        if state is not ApprovalState.PENDING:
            _record(world, template, id_, state, reason)


def _record(world: World, template: str, id_: str, state: ApprovalState, reason: str) -> None:
    record_approval(
        world.session,
        template,
        provider=ProviderName.TENCENT,
        state=state,
        provider_template_id=id_,
        reason=reason,
        office=world.sms,
        by=SYSTEM,
        now=world.now,
    )
