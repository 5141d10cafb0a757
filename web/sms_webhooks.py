"""What SMS providers push: delivery reports and citizens' messages, believed only with a fitting signature."""

from urllib.parse import parse_qsl

import structlog
from aiohttp import web as http

from sms.errors import WebhookForged
from sms.inbox import record_reply, record_report
from sms.office import SmsOffice
from sms.providers.twilio import TwilioWebhooks
from web.api import PUBLIC, Api, Request
from web.api.problems import RequestRefused

api = Api(prefix="/webhooks")
log = structlog.get_logger(__name__)
MOST_FIELDS = 100
#: TwiML that says nothing back (Twilio answers the citizen with whatever this holds)
NOTHING = '<?xml version="1.0" encoding="UTF-8"?><Response/>'


@api.post("/twilio/status", role=PUBLIC, also=(400, 403, 415))
async def take_status(request: Request) -> http.Response:
    """A delivery report of Twilio; pushed again, it changes nothing."""
    form = await _form(request)
    report = _webhooks(request, "status").report(request.raw.raw_path, form, request.raw.headers)
    if report is not None:
        await request.write(record_report, report, now=request.now)
    return http.Response(status=204)


@api.post("/twilio/inbound", role=PUBLIC, also=(400, 403, 415))
async def take_inbound(request: Request) -> http.Response:
    """A citizen's message; pushed again, it counts once."""
    form = await _form(request)
    inbound = _webhooks(request, "inbound").inbound(request.raw.raw_path, form, request.raw.headers)
    key = request.service(SmsOffice).phone_key
    await request.write(record_reply, inbound, phone_key=key, now=request.now, view=lambda _: None)
    return http.Response(text=NOTHING, content_type="application/xml")


def _webhooks(request: Request, kind: str) -> TwilioWebhooks:
    """Raises WebhookForged when no Twilio account is configured: nobody can have signed it."""
    webhooks: TwilioWebhooks | None = request.services.instances.get(TwilioWebhooks)
    if webhooks is None:
        log.warning("webhook without an account", kind=kind)
        raise WebhookForged
    return webhooks


async def _form(request: Request) -> dict[str, str]:
    """The form's fields; Twilio sends each once.  Raises RequestRefused (400, 415)."""
    if request.raw.content_type != "application/x-www-form-urlencoded":
        raise RequestRefused(415, "unsupported_media_type", "请求内容应为表单")
    try:
        content = (await request.raw.read()).decode()
        fields = parse_qsl(content, keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except (UnicodeDecodeError, ValueError) as error:
        raise RequestRefused(400, "bad_form", "表单无法解析") from error
    return dict(fields)
