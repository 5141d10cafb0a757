"""Halls at the door: their matters and what citizens rate through their apps and devices, signed (docs/counters.md)."""

from typing import Annotated, Self

from pydantic import Field
from sqlalchemy.orm import Session

from core.errors import Invalid
from evaluation.actions.answering import Answer
from evaluation.counters.forms import MatterForm
from evaluation.counters.matters import register_matter
from evaluation.counters.model import CounterMatter
from evaluation.counters.queries import MatterStanding, matter_by_number, standing_by_number, standing_of
from evaluation.counters.rating import check_phone, rate_matter
from evaluation.counters.rules import HALL_CHANNELS, Stage
from evaluation.model import Rating
from evaluation.office import EvaluationOffice
from evaluation.rules import BadReason, Channel, Level
from web.api import PUBLIC, Api, Body, Moment, Request, View
from web.platforms import signing_platform

api = Api(prefix="/api/counter")

ALSO = (401, 403, 404, 409)
MatterNumber = Annotated[str, Field(min_length=4, max_length=60, pattern=r"^[0-9A-Za-z_-]+$")]
_CHANNELS = "、".join(channel for channel in Channel if channel in HALL_CHANNELS)


class HallMatter(MatterForm, Body):
    """A matter by the hall's own number.  Sent again it is the same; corrected, it has a higher `version`."""


class MatterView(View):
    """How a matter stands: whether it was rated, never how; `correct_until` is for whoever shows its phone number."""

    number: str
    version: int
    stage: Stage
    is_rated: bool
    correct_until: Moment | None

    @classmethod
    def of(cls, standing: MatterStanding) -> Self:
        return cls.model_validate(standing)


class HallRating(Body):
    """What a citizen says; `entry` is the sender's own id of it, so that it may be sent again and counts once.

    `phone`: the number of whoever is logged in over there, when that system has verified it; it must be the matter's.
    """

    entry: str = Field(min_length=8, max_length=36, pattern=r"^[A-Za-z0-9-]+$")
    level: Annotated[int, Field(ge=1, le=5)]
    channel: Channel
    reasons: list[BadReason] = Field(default_factory=list, max_length=len(BadReason))
    is_solved: bool | None = None
    words: str | None = Field(None, max_length=500)
    is_real_name: bool = False
    phone: str = Field("", max_length=20)

    def answer(self, matter_id: int) -> Answer:
        """Raises Invalid."""
        if self.channel not in HALL_CHANNELS:
            raise Invalid([(("body", "channel"), "channel_not_yours", f"只能是 {_CHANNELS} 之一")])
        if self.is_real_name and not self.phone:
            raise Invalid([(("body", "phone"), "phone_missing", "实名评价须填已核验的手机号")])
        source = f"counter:{matter_id}:{self.entry}"
        return Answer(Level(self.level), self.channel, source, self.words or None, self.is_solved, self.reasons)


class RatedView(View):
    """The rating that was kept, with the receipt that is the citizen's to keep."""

    number: str
    level: int
    level_name: str
    is_real_name: bool
    is_correction: bool
    receipt: str
    recorded_at: Moment

    @classmethod
    def of(cls, number: str, rating: Rating) -> Self:
        return cls(
            number=number,
            level=rating.level,
            level_name=Level(rating.level).name_zh,
            is_real_name=bool(rating.is_real_name),
            is_correction=rating.corrects_id is not None,
            receipt=rating.receipt,
            recorded_at=rating.recorded_at,
        )


@api.post("/matters", role=PUBLIC, also=ALSO)
async def take_matter(request: Request, body: HallMatter) -> MatterView:
    """Register a matter, or correct it with a higher version; what it said before is kept."""
    platform_id, office = await signing_platform(request), request.service(EvaluationOffice)

    def register(session: Session) -> MatterView:
        matter = register_matter(session, platform_id, body, phone_key=office.sms.phone_key, now=request.now)
        return MatterView.of(standing_of(session, matter, open_days=office.settings.open_days))

    return await request.write(register)


@api.get("/matters/{number}", role=PUBLIC, also=ALSO)
async def show_hall_matter(request: Request, number: MatterNumber) -> MatterView:
    """Say how one of the hall's own matters stands."""
    days = request.service(EvaluationOffice).settings.open_days
    platform_id = await signing_platform(request)
    return await request.read(standing_by_number, platform_id, number, open_days=days, view=MatterView.of)


@api.post("/matters/{number}/ratings", role=PUBLIC, also=ALSO)
async def rate_hall_matter(request: Request, number: MatterNumber, body: HallRating) -> RatedView:
    """Keep a citizen's rating of a matter: once; the matter's own verified number corrects or replaces it."""
    platform_id, office = await signing_platform(request), request.service(EvaluationOffice)

    def rate(session: Session) -> RatedView:
        matter: CounterMatter = matter_by_number(session, platform_id, number)
        if body.phone:
            check_phone(session, matter, body.phone, phone_key=office.sms.phone_key)
        rating = rate_matter(
            session,
            matter.id,
            body.answer(matter.id),
            is_real_name=body.is_real_name,
            open_days=office.settings.open_days,
            now=request.now,
        )
        return RatedView.of(number, rating)

    return await request.write(rate)
