"""Other platforms at the door: matters by their own numbers, each request signed (RFC 9421; docs/platforms.md)."""

from typing import Self

from aiohttp import web as http
from pydantic import Field

from core.http_signatures import Message, SignatureWrong, signer_of
from tickets.forms import TEXT_MOST, TITLE_MOST, TicketForm
from tickets.kinds import Secrecy, TicketType, Urgency
from tickets.platforms import actions
from tickets.platforms.queries import active_keys, told_by_number
from tickets.platforms.rules import Told
from tickets.platforms.settings import PlatformOffice
from tickets.settings import TicketOffice
from web.api import PUBLIC, Api, Body, Moment, Request, View

api = Api(prefix="/api/platform")

OutsideNumber = str
ALSO = (401, 403)


class Matter(Body):
    """What a citizen said over there.  By `outside_number`, the platform's own, the matter is known from then on."""

    outside_number: str = Field(min_length=1, max_length=60)
    text: str = Field(max_length=TEXT_MOST)
    type: TicketType
    title: str = Field("", max_length=TITLE_MOST)
    place_text: str = Field("", max_length=200)
    happened_text: str = Field("", max_length=60)
    urgency: Urgency = Urgency.NORMAL
    caller_name: str = Field("", max_length=40)
    phone: str = Field("", max_length=20)
    is_anonymous: bool = False
    secrecy: Secrecy | None = None
    accused: str = Field("", max_length=100)
    people_count: int = Field(1, ge=1, le=1_000_000)

    def form(self) -> TicketForm:
        said = self.model_dump(exclude={"outside_number"})
        no_place = "" if self.place_text else "平台未提供地点"
        return TicketForm(**said, no_place_reason=no_place)


class Words(Body):
    """What the citizen adds; `outside_id` is the platform's own, so that it may be sent again."""

    outside_id: str = Field(min_length=1, max_length=60)
    text: str = Field(min_length=1, max_length=2000)


class ToldStep(View):
    """One line in plain words."""

    at: Moment
    words: str


class ToldView(View):
    """How a matter stands, in the words of the citizen's page; a platform keeps the one with the highest version."""

    outside_number: str
    number: str
    version: int
    state: str
    state_name: str
    sentence: str
    due_at: str | None
    is_final: bool
    steps: list[ToldStep]
    replies: list[str]

    @classmethod
    def of(cls, told: Told) -> Self:
        return cls.model_validate(told.model_dump())


@api.post("/matters", role=PUBLIC, also=(*ALSO, 404))
async def hand_over(request: Request, body: Matter) -> ToldView:
    """Hand a matter over; by the same number again it is the same ticket."""
    return await request.write(
        actions.take_matter,
        await signing_platform(request),
        body.outside_number,
        body.form(),
        office=request.service(TicketOffice),
        now=request.now,
        view=ToldView.of,
    )


@api.get("/matters/{outside_number}", role=PUBLIC, also=(*ALSO, 404))
async def show_matter(request: Request, outside_number: OutsideNumber) -> ToldView:
    """Say how a matter stands."""
    platform_id = await signing_platform(request)
    return await request.read(told_by_number, platform_id, outside_number, view=ToldView.of)


@api.post("/matters/{outside_number}/additions", role=PUBLIC, also=(*ALSO, 404, 409))
async def add_to_matter(request: Request, outside_number: OutsideNumber, body: Words) -> ToldView:
    """Add what the citizen says besides."""
    return await request.write(
        actions.add_words,
        await signing_platform(request),
        outside_number,
        **body.model_dump(),
        now=request.now,
        view=ToldView.of,
    )


@api.post("/matters/{outside_number}/urgings", role=PUBLIC, also=(*ALSO, 404, 409))
async def urge_matter(request: Request, outside_number: OutsideNumber, body: Words) -> ToldView:
    """Ask for haste in the citizen's name."""
    return await request.write(
        actions.urge,
        await signing_platform(request),
        outside_number,
        **body.model_dump(),
        now=request.now,
        view=ToldView.of,
    )


async def signing_platform(request: Request) -> int:
    """The id of the platform whose key signed the request.  Raises SignatureWrong."""
    master = request.service(PlatformOffice).master
    keys = await request.read(active_keys, master)
    signer = signer_of(
        await _message(request.raw), {key_id: key.secret for key_id, (_, key) in keys.items()}, now=request.now
    )
    if signer not in keys:
        raise SignatureWrong
    return keys[signer][0]


async def _message(raw: http.Request) -> Message:
    headers = {name: ", ".join(raw.headers.getall(name)) for name in raw.headers}
    return Message(raw.method, f"https://{raw.host}{raw.raw_path}", await raw.read(), headers)
