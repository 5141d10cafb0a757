"""The device at a window: what it shows, and what is pressed on it; it is known by its key, nobody is logged in."""

from typing import Annotated, Self

from pydantic import Field
from sqlalchemy.orm import Session

from evaluation.actions.answering import Answer
from evaluation.counters.errors import DeviceUnknown
from evaluation.counters.model import CounterMatter
from evaluation.counters.queries import matter_of_window, matter_on_show, window_of_device
from evaluation.counters.rating import note_asked, rate_matter
from evaluation.counters.windows import is_device_due, note_device
from evaluation.model import Rating
from evaluation.office import EvaluationOffice
from evaluation.rules import LEVEL_NAMES, BadReason, Channel, Level
from web.api import PUBLIC, Api, Body, Request, RowId, View

api = Api(prefix="/api/device")

COOKIE = "hotline_device"
_COOKIE_S = 400 * 24 * 3600


class SignIn(Body):
    """The key that an administrator was shown once."""

    key: str = Field(min_length=10, max_length=120)


class WindowView(View):
    number: str
    name: str


class ShownMatter(View):
    """What the citizen recognises it by."""

    id: int
    number_tail: str
    item_name: str

    @classmethod
    def of(cls, matter: CounterMatter) -> Self:
        return cls.model_validate(matter)


class Choice(View):
    value: str
    name: str


class DeviceState(View):
    """The window, and the matter that waits for its citizen's word; None: nobody is asked now."""

    window: WindowView
    matter: ShownMatter | None
    levels: list[Choice]
    reasons: list[Choice]


class Shown(Body):
    matter_id: RowId


class DeviceRating(Body):
    """`entry` is the device's own id of what was pressed: kept while it is offline, it counts once when it is sent."""

    matter_id: RowId
    entry: str = Field(min_length=8, max_length=36, pattern=r"^[A-Za-z0-9-]+$")
    level: Annotated[int, Field(ge=1, le=5)]
    reasons: list[BadReason] = Field(default_factory=list, max_length=len(BadReason))


class DeviceReceipt(View):
    """The citizen's; the level is not shown again, as whoever works at the window stands near."""

    receipt: str

    @classmethod
    def of(cls, rating: Rating) -> Self:
        return cls(receipt=rating.receipt)


@api.post("/sign-in", role=PUBLIC, also=(401,))
async def sign_in_device(request: Request, body: SignIn) -> WindowView:
    """Take a device's key; the browser keeps it where no script reads it."""
    window: WindowView = await request.read(
        window_of_device, body.key, master=request.service(EvaluationOffice).link_key, view=WindowView.model_validate
    )
    request.set_cookie(COOKIE, body.key, max_age_s=_COOKIE_S)
    return window


@api.get("/state", role=PUBLIC, also=(401,))
async def show_device_state(request: Request) -> DeviceState:
    """Say what to show now."""
    key, master = _key(request), request.service(EvaluationOffice).link_key

    def state(session: Session) -> tuple[DeviceState, int | None]:
        window = window_of_device(session, key, master=master)
        matter = matter_on_show(session, window, now=request.now)
        shown = DeviceState(
            window=WindowView.model_validate(window),
            matter=ShownMatter.of(matter) if matter else None,
            levels=[Choice(value=str(level.value), name=name) for level, name in LEVEL_NAMES.items()],
            reasons=[Choice(value=reason.value, name=reason.name_zh) for reason in BadReason],
        )
        return shown, window.id if is_device_due(window, now=request.now) else None

    shown, due = await request.read(state)
    if due is not None:
        await request.write(note_device, due, now=request.now)
    return shown


@api.post("/shown", role=PUBLIC, also=(401, 404))
async def note_shown(request: Request, body: Shown) -> None:
    """Note that the question stood before the citizen."""
    key, master = _key(request), request.service(EvaluationOffice).link_key

    def note(session: Session) -> None:
        note_asked(session, window_of_device(session, key, master=master), body.matter_id, now=request.now)

    await request.write(note)


@api.post("/ratings", role=PUBLIC, also=(401, 404, 409))
async def take_device_rating(request: Request, body: DeviceRating) -> DeviceReceipt:
    """Keep what was pressed, once; only of matters of the device's own window."""
    key, office = _key(request), request.service(EvaluationOffice)

    def rate(session: Session) -> Rating:
        window = window_of_device(session, key, master=office.link_key)
        matter = matter_of_window(session, window, body.matter_id)
        source = f"device:{matter.id}:{body.entry}"
        said = Answer(Level(body.level), Channel.DEVICE, source, reasons=body.reasons)
        days = office.settings.open_days
        return rate_matter(session, matter.id, said, is_real_name=False, open_days=days, now=request.now)

    return await request.write(rate, view=DeviceReceipt.of)


def _key(request: Request) -> str:
    """Raises DeviceUnknown."""
    key = request.raw.cookies.get(COOKIE)
    if not key:
        raise DeviceUnknown
    return key
