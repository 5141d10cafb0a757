"""The demo city's government hall: three windows, a week of matters, and what citizens pressed, scanned and sent."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import TypeVar

from app.demo.hours import office_moment
from app.demo.stage import Story
from app.demo.world import World
from core.calendar import SHANGHAI
from evaluation.actions.answering import Answer
from evaluation.counters.forms import MatterForm
from evaluation.counters.matters import register_matter
from evaluation.counters.model import CounterMatter, CounterWindow
from evaluation.counters.rating import note_asked, rate_matter, rate_window
from evaluation.counters.rules import Stage, UserKind
from evaluation.counters.windows import add_window, renew_device
from evaluation.rules import BadReason, Channel, Level
from staff.rules import Role
from tickets.actions.ending import pass_audit
from tickets.actions.handling import reply_ticket, sign_ticket
from tickets.forms import ReplyForm
from tickets.kinds import ContactMade, ReplyResult
from tickets.platforms.actions import add_platform

HALL = "hall"
#: so long before the demo begins
BEFORE = timedelta(days=8)
_DAYS = 7
#: number, name, unit, item
_WINDOWS = (
    ("A01", "社保卡业务", "rsj", ("110100-0301", "社会保障卡申领")),
    ("A03", "企业开办", "sjj", ("110100-0117", "食品经营许可证核发")),
    ("B02", "不动产登记", "zrj", ("110100-0522", "不动产转移登记")),
)
_MATTERS_A_DAY = 4
#: of twenty citizens so many say this; the rest says nothing
_SAID = ((8, 5), (4, 4), (1, 3), (1, 2), (1, 1), (5, 0))
_CHANNELS = ((6, Channel.DEVICE), (2, Channel.QR), (1, Channel.MINI), (1, Channel.KIOSK))
_WEEKEND = 5
_MENDED = (
    "您好，您对窗口服务的评价已收到。窗口当天调阅了叫号和办理记录，负责人已与当事工作人员谈话，"
    "并在窗口张贴了一次性告知清单；下周起高峰时段增开一个窗口。给您带来不便，请您谅解。"
)
#: a window's id and number, and the item that is settled there
_Opened = tuple[int, str, tuple[str, str]]
_Kind = TypeVar("_Kind")


def open_hall(world: World, *, start_at: datetime) -> Story:
    """By chance of its own, so that the rest of the past stays as it is."""
    chance = Random("hall")
    hall = add_platform(world.session, code=HALL, name="松江市政务服务大厅", write_back_url="", now=world.now)
    opened: list[_Opened] = []
    for number, name, unit, item in _WINDOWS:
        window = add_window(world.session, hall=HALL, unit_code=unit, number=number, name=name, now=world.now)
        renew_device(world.session, window.id)
        opened.append((window.id, number, item))
    for n, (done_at, (window_id, number, item)) in enumerate(_plan(chance, opened, start_at), start=1):
        yield done_at
        matter = _finish(world, hall.id, window_id, _form(n, number, item, chance, world.now), chance)
        world.stage.add(
            office_moment(world.now + timedelta(hours=chance.uniform(1, 4)), chance), _mended(world, matter)
        )
    yield start_at - timedelta(minutes=50)
    said = Answer(Level(4), Channel.QR, f"window:{opened[0][0]}:demo", "大厅很干净，要是有更多座位就好了")
    rate_window(world.session, opened[0][0], said, now=world.now)


def _plan(chance: Random, windows: list[_Opened], start_at: datetime) -> Iterator[tuple[datetime, _Opened]]:
    """Moments in office hours, in order."""
    morning = start_at.astimezone(SHANGHAI).replace(hour=9, minute=0, second=0, microsecond=0)
    days = [morning - timedelta(days=before) for before in range(_DAYS, 0, -1)]
    planned = [
        (day + timedelta(minutes=chance.randint(0, 450)), window)
        for day in days
        if day.weekday() < _WEEKEND
        for window in windows
        for _ in range(_MATTERS_A_DAY)
    ]
    yield from sorted(planned, key=lambda plan: plan[0])


def _form(n: int, number: str, item: tuple[str, str], chance: Random, now: datetime) -> MatterForm:
    return MatterForm(
        number=f"SJ{now:%Y%m%d}{n:06}",
        item_code=item[0],
        item_name=item[1],
        stage=Stage.DONE,
        window_number=number,
        staff_number=f"G{chance.randint(1, 4):02}{number}",
        applied_at=now - timedelta(minutes=chance.randint(8, 45)),
        done_at=now,
        user_kind=chance.choice(list(UserKind)),
        phone=f"1990000{chance.randint(0, 9999):04}",
    )


def _mended(world: World, matter: CounterMatter) -> Story:
    """What a bad rating became is signed, mended and audited; whoever rated at a window left no number to call."""
    if matter.ticket_id is None:
        return
    chance = Random(f"mended {matter.number}")
    ticket = world.ticket(matter.ticket_id)
    officer = world.officer_of(ticket)
    sign_ticket(world.session, ticket.id, by=officer, now=world.now)
    yield office_moment(world.now + timedelta(hours=chance.uniform(3, 20)), chance)
    form = ReplyForm(
        result=ReplyResult.SOLVED,
        text=_MENDED,
        contact=ContactMade.NONE,
        contact_note="窗口评价未留联系电话",
        handler=officer.name,
        signer=officer.name,
    )
    reply_ticket(world.session, ticket.id, form, by=officer, office=world.office, now=world.now)
    yield office_moment(world.now + timedelta(hours=chance.uniform(1, 5)), chance)
    auditor = chance.choice(world.founded.with_role(Role.AUDITOR))
    pass_audit(world.session, ticket.id, by=auditor, office=world.office, now=world.now)


def _finish(world: World, platform_id: int, window_id: int, form: MatterForm, chance: Random) -> CounterMatter:
    """The window finishes a matter; its device asks, most answer at once."""
    matter = register_matter(world.session, platform_id, form, phone_key=world.sms.phone_key, now=world.now)
    window = world.session.get_one(CounterWindow, window_id)
    level, channel = _drawn(chance, _SAID), _drawn(chance, _CHANNELS)
    if channel is Channel.DEVICE:
        note_asked(world.session, window, matter.id, now=world.now)
    if not level:
        return matter
    reasons = [chance.choice(list(BadReason))] if level < Level.FAIRLY_SATISFIED else []
    said = Answer(Level(level), channel, f"demo:{matter.id}", None, level > Level.DISSATISFIED, reasons)
    is_real_name = channel is Channel.MINI
    world.stage.write(rate_matter, matter.id, said, is_real_name=is_real_name, open_days=7, now=world.now)
    return matter


def _drawn(chance: Random, weighted: tuple[tuple[int, _Kind], ...]) -> _Kind:
    weights, kinds = zip(*weighted, strict=True)
    drawn: _Kind = chance.choices(kinds, weights)[0]
    return drawn
