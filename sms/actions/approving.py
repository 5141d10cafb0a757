"""What a provider has said of a template, put on record line after line."""

from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from core.errors import Invalid
from sms.approvals import APPROVERS, configured_id, digest, is_cloud, standing
from sms.errors import TemplateNotFound
from sms.model import TemplateApproval
from sms.office import SmsOffice
from sms.queries import newest_approvals
from sms.rules import ApprovalState
from sms.settings import ProviderName
from sms.templates import TEMPLATES, Template
from staff.rules import Actor

log = structlog.get_logger(__name__)
#: who says so where a site sent a template before lines were kept
BY_SETTINGS = "config.toml"
REASON_LEAST = 2


def record_approval(
    session: Session,
    template: str,
    *,
    provider: ProviderName,
    state: ApprovalState,
    provider_template_id: str,
    reason: str,
    office: SmsOffice,
    by: Actor,
    now: datetime,
) -> TemplateApproval:
    """A person has read at the provider how the template stands; it is about the words of this moment.

    An empty id of a cloud means the one that the settings name.  Raises TemplateNotFound, Invalid.
    """
    judged = TEMPLATES.get(template)
    if judged is None:
        raise TemplateNotFound(template=template)
    id_ = provider_template_id or configured_id(office, provider, template)
    if faults := _faults(office, provider, state, id_, reason):
        raise Invalid(faults)
    line = _line(office, provider, judged, id_, now)
    line.state, line.reason, line.said_by = state, reason, by.label
    session.add(line)
    session.flush()
    return line


def _faults(
    office: SmsOffice, provider: ProviderName, state: ApprovalState, id_: str, reason: str
) -> list[tuple[tuple[str, str], str, str]]:
    faults = []
    if provider not in APPROVERS:
        faults.append((("body", "provider"), "sms_provider_approves_nothing", "该通道不审核模板"))
    elif is_cloud(office, provider) and not id_:
        faults.append((("body", "provider_template_id"), "sms_template_id_missing", "请填写通道给的模板号"))
    if state is ApprovalState.REFUSED and len(reason) < REASON_LEAST:
        faults.append((("body", "reason"), "text_too_short", f"请写明驳回的原因，至少 {REASON_LEAST} 个字"))
    return faults


def note_configured(session: Session, *, office: SmsOffice, now: datetime) -> None:
    """When a server starts: keep the wording under which what the settings name is being sent, once.

    From then on other words are 待审 by themselves.  Two servers at once may write the same line twice.
    """
    lines = newest_approvals(session)
    for provider in APPROVERS:
        if not is_cloud(office, provider) and provider not in office.settings.providers:
            continue
        for template in TEMPLATES.values():
            found = standing(office, provider, template, lines)
            if found is None:
                continue
            if found.state is not ApprovalState.APPROVED:
                log.warning("sms template not approved", template=template.name, provider=provider.value)
            elif found.line is None:
                id_ = configured_id(office, provider, template.name)
                session.add(_line(office, provider, template, id_, now))


def _line(office: SmsOffice, provider: ProviderName, template: Template, id_: str, now: datetime) -> TemplateApproval:
    """As the settings would say it."""
    return TemplateApproval(
        template=template.name,
        provider=provider,
        provider_template_id=id_,
        state=ApprovalState.APPROVED,
        reason="",
        digest=digest(office, provider, template),
        said_by=BY_SETTINGS,
        said_at=now,
    )
