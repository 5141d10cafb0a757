"""What Tencent and Aliyun push: they sign nothing, so it is believed only at an address that nobody else knows."""

import json
from collections.abc import Sequence
from typing import Annotated, Any, TypeVar

from pydantic import Field, TypeAdapter
from sqlalchemy.orm import Session

from sms.inbox import record_reply, record_report
from sms.office import SmsOffice
from sms.providers import aliyun, tencent
from sms.providers.provider import Inbound, Report
from sms.pushing import PushDoor
from sms.settings import ProviderName
from web.api import PUBLIC, Api, Request, View
from web.api.problems import RequestRefused

api = Api(prefix="/webhooks")

#: one push holds up to some hundred reports
MOST_ROWS = 1000
PushToken = Annotated[str, Field(max_length=64)]
Pushed = TypeVar("Pushed")
_TENCENT_REPORTS = TypeAdapter(list[tencent.TencentReport])
_TENCENT_REPLY = TypeAdapter(tencent.TencentReply)
_ALIYUN_REPORTS = TypeAdapter(list[aliyun.AliyunReport])
_ALIYUN_REPLIES = TypeAdapter(list[aliyun.AliyunReply])
_ALSO = (400, 403)


class Taken(View):
    """What both want to hear; anything else and they push again."""

    result: int = 0
    errmsg: str = "OK"
    code: int = 0
    msg: str = "OK"


@api.post("/tencent/{token}/status", role=PUBLIC, also=_ALSO)
async def take_tencent_reports(request: Request, token: PushToken) -> Taken:
    """Delivery reports of Tencent; pushed again, they change nothing."""
    _prove(request, ProviderName.TENCENT, token)
    pushed = await _read(request, _TENCENT_REPORTS)
    return await _keep_reports(request, [tencent.pushed_report(one) for one in pushed])


@api.post("/tencent/{token}/reply", role=PUBLIC, also=_ALSO)
async def take_tencent_reply(request: Request, token: PushToken) -> Taken:
    """A citizen's message through Tencent; pushed again, it counts once."""
    _prove(request, ProviderName.TENCENT, token)
    return await _keep_replies(request, [tencent.pushed_reply(await _read(request, _TENCENT_REPLY))])


@api.post("/aliyun/{token}/report", role=PUBLIC, also=_ALSO)
async def take_aliyun_reports(request: Request, token: PushToken) -> Taken:
    """Delivery reports of Aliyun; pushed again, they change nothing."""
    _prove(request, ProviderName.ALIYUN, token)
    pushed = await _read(request, _ALIYUN_REPORTS)
    return await _keep_reports(request, [aliyun.pushed_report(one) for one in pushed])


@api.post("/aliyun/{token}/up", role=PUBLIC, also=_ALSO)
async def take_aliyun_replies(request: Request, token: PushToken) -> Taken:
    """Citizens' messages through Aliyun; pushed again after 1, 5 and 10 minutes, they count once."""
    _prove(request, ProviderName.ALIYUN, token)
    pushed = await _read(request, _ALIYUN_REPLIES)
    return await _keep_replies(request, [aliyun.pushed_reply(one) for one in pushed])


def _prove(request: Request, name: ProviderName, token: str) -> None:
    """Raises WebhookForged."""
    door: PushDoor | None = request.services.instances.get(PushDoor)
    if door is None:
        door = PushDoor({})
    door.prove(name, token)


async def _read(request: Request, kind: TypeAdapter[Pushed]) -> Pushed:
    """Raises RequestRefused (400); whoever pushes sees no more than that."""
    try:
        read = kind.validate_python(_bounded(json.loads(await request.raw.read())))
    except (ValueError, RecursionError) as error:
        raise RequestRefused(400, "bad_push", "推送内容无法解析") from error
    return read


def _bounded(read: Any) -> Any:
    if isinstance(read, list) and len(read) > MOST_ROWS:
        raise ValueError("too many rows")
    return read


async def _keep_reports(request: Request, reports: Sequence[Report]) -> Taken:
    def keep(session: Session) -> None:
        for report in reports:
            record_report(session, report, now=request.now)

    await request.write(keep)
    return Taken()


async def _keep_replies(request: Request, replies: Sequence[Inbound]) -> Taken:
    key = request.service(SmsOffice).phone_key

    def keep(session: Session) -> None:
        for inbound in replies:
            record_reply(session, inbound, phone_key=key, now=request.now)

    await request.write(keep)
    return Taken()
