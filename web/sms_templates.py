"""The texts that are sent: how many parts each counts, and whether providers have approved them."""

from collections.abc import Sequence

from pydantic import Field
from sqlalchemy.orm import Session

from sms.actions.approving import record_approval
from sms.approvals import APPROVERS, configured_id, is_cloud, standing
from sms.model import TemplateApproval
from sms.office import SmsOffice
from sms.queries import approval_lines
from sms.rules import ApprovalState
from sms.settings import ProviderName
from sms.templates import TEMPLATES, Template, longest, parts
from staff.rules import Role
from web.api import Api, Body, Moment, Request, View

api = Api()
READERS = (Role.SUPERVISOR, Role.ADMINISTRATOR)


class StandingView(View):
    """How a template stands at a provider that judges it, now: what is not `approved` goes another way.

    `is_in_use`: messages may go this way at all; without it somebody prepares a provider.
    `is_reworded`: approved or refused were other words.  `said_by` is None where only the settings say so.
    """

    provider: ProviderName
    provider_template_id: str
    is_in_use: bool
    state: ApprovalState
    is_reworded: bool
    reason: str
    said_by: str | None
    said_at: Moment | None


class ApprovalLine(View):
    """What a provider said once, as somebody put it on record."""

    id: int
    provider: ProviderName
    provider_template_id: str
    state: ApprovalState
    reason: str
    said_by: str
    said_at: Moment


class TemplateView(View):
    """`text` with its variables in braces; `longest` characters and `parts` with each of them at its longest.

    `missing_at` names the providers in use that send by an id and have none: the next one gets it.
    `lines` newest first.
    """

    name: str
    text: str
    longest: int
    parts: int
    standings: list[StandingView]
    missing_at: list[ProviderName]
    lines: list[ApprovalLine]


class Approval(Body):
    """What somebody read at the provider; without an id the one that the settings name is meant."""

    provider: ProviderName
    state: ApprovalState
    provider_template_id: str = Field("", max_length=40, pattern=r"^[\x21-\x7e]*$")
    reason: str = Field("", max_length=200)


@api.get("/sms/templates", role=READERS)
async def show_templates(request: Request) -> list[TemplateView]:
    """All of them."""
    return await request.read(_templates, request.service(SmsOffice))


@api.post("/sms/templates/{name}/approvals", role=READERS, status=201, also=(404,))
async def say_how_it_stands(request: Request, name: str, body: Approval) -> TemplateView:
    """Put on record what a provider has said of a template; one that is not approved is not sent through it."""
    return await request.write(_record, name, body, request)


def _record(session: Session, name: str, body: Approval, request: Request) -> TemplateView:
    office = request.service(SmsOffice)
    record_approval(session, name, **body.model_dump(), office=office, by=request.actor, now=request.now)
    return _shown(TEMPLATES[name], office, approval_lines(session))


def _templates(session: Session, office: SmsOffice) -> list[TemplateView]:
    lines = approval_lines(session)
    return [_shown(template, office, lines) for template in TEMPLATES.values()]


def _shown(template: Template, office: SmsOffice, lines: Sequence[TemplateApproval]) -> TemplateView:
    sender, in_use = office.sender_of(template), office.settings.providers
    whole = longest(template, sender)
    about = [line for line in lines if line.template == template.name]
    shown = {name: _standing(template, office, name, lines) for name in APPROVERS}
    return TemplateView(
        name=template.name,
        text=sender.signature + template.text.replace("{address}", sender.address),
        longest=len(whole),
        parts=parts(whole),
        standings=[one for one in shown.values() if one is not None],
        missing_at=[
            name for name in in_use if is_cloud(office, name) and not configured_id(office, name, template.name)
        ],
        lines=[ApprovalLine.model_validate(line) for line in about],
    )


def _standing(
    template: Template, office: SmsOffice, name: ProviderName, lines: Sequence[TemplateApproval]
) -> StandingView | None:
    """Also one that is being prepared: a cloud whose id is not in the settings yet, a gateway not in use."""
    found = standing(office, name, template, lines)
    is_in_use = found is not None and name in office.settings.providers
    about = (line for line in lines if line.template == template.name and line.provider is name)
    line = found.line if found else next(about, None)
    if line is None and not is_in_use and not configured_id(office, name, template.name):
        return None
    return StandingView(
        provider=name,
        provider_template_id=line.provider_template_id if line else configured_id(office, name, template.name),
        is_in_use=is_in_use,
        state=found.state if found else line.state if line else ApprovalState.PENDING,
        is_reworded=found is not None and found.is_reworded,
        reason=line.reason if line else "",
        said_by=line.said_by if line else None,
        said_at=line.said_at if line else None,
    )
