"""Whether a provider has approved the wording of a template: what is on record, and what follows from it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from sms.model import Message, TemplateApproval
from sms.office import SmsOffice
from sms.rules import ApprovalState
from sms.settings import CloudSettings, ProviderName
from sms.templates import RATING_DIRECT, TEMPLATES, Template

#: came with the record of approvals or after it: no carrier can have seen them without a line that says so
NEW_WITH_RECORD = frozenset({RATING_DIRECT.name})
#: those that judge our templates before they send them
APPROVERS = (ProviderName.TENCENT, ProviderName.ALIYUN, ProviderName.SMPP, ProviderName.CMPP)


@dataclass(frozen=True)
class Standing:
    """How a template stands at a provider; `line` is None where only the settings say that it was approved.

    `is_reworded`: the line is about other words than those that would be sent now.
    """

    state: ApprovalState
    line: TemplateApproval | None
    is_reworded: bool = False


def wording(office: SmsOffice, name: ProviderName, template: Template) -> str:
    """What this provider has on file; clouds judge signatures apart, carriers with the text."""
    sender = office.sender_of(template)
    text = template.text.replace("{address}", sender.address)
    return text if is_cloud(office, name) else sender.signature + text


def digest(office: SmsOffice, name: ProviderName, template: Template) -> str:
    return sha256(wording(office, name, template).encode()).hexdigest()


def is_cloud(office: SmsOffice, name: ProviderName) -> bool:
    """Whether it sends a template by its id; a gateway is given the words."""
    return isinstance(office.settings.of(name), CloudSettings)


def configured_id(office: SmsOffice, name: ProviderName, template: str) -> str:
    """Under which a cloud would send it; empty: not at all, and of gateways always."""
    section = office.settings.of(name)
    return section.templates.get(template, "") if isinstance(section, CloudSettings) else ""


def standing(
    office: SmsOffice, name: ProviderName, template: Template, lines: Sequence[TemplateApproval]
) -> Standing | None:
    """By the newest `lines` (one a template, provider and id); None: a cloud that has no id of it.

    What the settings name and no line speaks of was approved before lines were kept.  A gateway has no ids, so there
    that holds only as long as no line speaks of the gateway at all, and not of what is new with the record: a template
    that comes later has to be approved.
    """
    id_ = configured_id(office, name, template.name)
    if is_cloud(office, name) and not id_:
        return None
    there = [line for line in lines if line.provider is name]
    line = next((one for one in _newest_first(there) if _is_about(one, template, id_)), None)
    if line is None:
        is_new = not id_ and (bool(there) or template.name in NEW_WITH_RECORD)
        return Standing(ApprovalState.PENDING if is_new else ApprovalState.APPROVED, None)
    is_reworded = line.digest != digest(office, name, template)
    return Standing(ApprovalState.PENDING if is_reworded else line.state, line, is_reworded)


def may_be_sent(office: SmsOffice, template: Template, lines: Sequence[TemplateApproval]) -> bool:
    """Whether any provider of the site may send it now; a site without providers has none that says no."""
    providers = office.settings.providers
    return not providers or any(_has_approved(office, name, template, lines) for name in providers)


def may_carry(office: SmsOffice, message: Message, lines: Sequence[TemplateApproval]) -> list[ProviderName]:
    """The site's providers, in order, that may send this message as far as its template goes."""
    return [name for name in office.settings.providers if _carries(office, name, message, lines)]


def _carries(office: SmsOffice, name: ProviderName, message: Message, lines: Sequence[TemplateApproval]) -> bool:
    """Clouds need the variables apart, which older messages lack."""
    if not office.settings.of(name).APPROVES:
        return True
    template = TEMPLATES.get(message.template)
    if template is None or (is_cloud(office, name) and message.variables is None):
        return False
    return _has_approved(office, name, template, lines)


def _has_approved(office: SmsOffice, name: ProviderName, template: Template, lines: Sequence[TemplateApproval]) -> bool:
    if not office.settings.of(name).APPROVES:
        return True
    found = standing(office, name, template, lines)
    return found is not None and found.state is ApprovalState.APPROVED


def _is_about(line: TemplateApproval, template: Template, id_: str) -> bool:
    return line.template == template.name and (not id_ or line.provider_template_id == id_)


def _newest_first(lines: Iterable[TemplateApproval]) -> list[TemplateApproval]:
    return sorted(lines, key=lambda line: line.id, reverse=True)
