"""The texts that are sent: how many parts each counts, and at which providers it is registered."""

from sms.office import SmsOffice
from sms.settings import CloudSettings, ProviderName
from sms.templates import TEMPLATES, Template, longest, parts
from staff.rules import Role
from web.api import Api, Request, View

api = Api()
READERS = (Role.SUPERVISOR, Role.ADMINISTRATOR)


class Registered(View):
    """The id of a template where it was approved."""

    provider: ProviderName
    id: str


class TemplateView(View):
    """`text` with its variables in braces; `longest` characters and `parts` with each of them at its longest.

    `missing_at` names the providers in use that would send it but have not approved it: the next one gets it.
    """

    name: str
    text: str
    longest: int
    parts: int
    registered: list[Registered]
    missing_at: list[ProviderName]


@api.get("/sms/templates", role=READERS)
async def show_templates(request: Request) -> list[TemplateView]:
    """All of them."""
    office = request.service(SmsOffice)
    return [_shown(template, office) for template in TEMPLATES.values()]


def _shown(template: Template, office: SmsOffice) -> TemplateView:
    sender, settings = office.sender_of(template), office.settings
    whole = longest(template, sender)
    clouds = {name: section for name in ProviderName if isinstance(section := settings.of(name), CloudSettings)}
    return TemplateView(
        name=template.name,
        text=sender.signature + template.text.replace("{address}", sender.address),
        longest=len(whole),
        parts=parts(whole),
        registered=[
            Registered(provider=name, id=section.templates[template.name])
            for name, section in clouds.items()
            if section.carries(template.name)
        ],
        missing_at=[name for name in settings.providers if name in clouds and not clouds[name].carries(template.name)],
    )
