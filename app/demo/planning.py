"""Who calls when about what: the whole past of the demo city, drawn before it is played."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from app.demo.calling import leave_seats, lost_call, man_seats, short_call
from app.demo.cases import FROM_DISTRICT, Case, Fate
from app.demo.city import Matter
from app.demo.handling import citizen_matter
from app.demo.hours import call_moment
from app.demo.records import CHECKED
from app.demo.world import World
from app.demo.writing import Written, write_matter
from core.masking import is_mobile
from tickets.kinds import CallOutcome, TicketType

DAYS = 60
TICKETS, CALLS_WITHOUT = 302, 170
#: the last week is dense, so that every list of the demo has something on it
_RECENT_DAYS, _RECENT = 7, 120
_SEASON_DAYS, _SEASONAL_SHARE, _SEASONAL_UNSIGNED = 9, 0.14, 0.6
#: matters that come through the web page, and questions that the agent answers at once
_WEB_SHARE, _ANSWERED_SHARE = 0.12, 0.6
#: heating on trial: only spoken of shortly before the demo's day, and then a lot
_SEASONAL = ("010101", "010102")

#: fates besides the ordinary one, each as often as it stands here, among tickets older than ten days
_FATES = {
    Fate.REJECTED: 4,
    Fate.TRANSFERRED: 4,
    Fate.SENT_BACK: 5,
    Fate.RETURNED: 11,
    Fate.RETURN_REFUSED: 4,
    Fate.RULED: 2,
    Fate.WITHDRAWN: 2,
    Fate.TERMINATED: 2,
    Fate.PARKED: 3,
    Fate.AUDIT_FAILS: 10,
    Fate.LATE: 12,
    Fate.UNANSWERED: 3,
    Fate.EXTENDED: 6,
}
#: tickets that wait for somebody when the demo begins: fate and the hours before it at which they came in
_WAITING = (
    *((Fate.RETURN_WAITS, hours) for hours in (16, 19, 22, 40)),
    *((Fate.CONFERENCE_WAITS, hours) for hours in (20, 42)),
    *((Fate.UNSIGNED, hours) for hours in (1.2, 2.2, 2.6, 3.4, 13, 15, 17, 20, 38, 64)),
    *((Fate.UNANSWERED, hours) for hours in (120, 200)),
    (Fate.LACKING, 41),
    *((Fate.AUDIT_WAITS, hours) for hours in (90, 100, 120, 140, 150, 165)),
    *((Fate.DISSATISFIED, hours) for hours in (98, 124, 148, 172)),
    *((Fate.EXTENSION_WAITS, hours) for hours in (44, 66, 70)),
    (Fate.PARKING_WAITS, 94),
    *((Fate.SENT_DOWN, hours) for hours in (23, 43, 47)),
    *((Fate.REPORTED_UP, hours) for hours in (67, 71)),
    *((Fate.HELPED, hours) for hours in (42, 46)),
    *((Fate.OVERSEEN, hours) for hours in (144, 168)),
    *((Fate.COMPLETION_WAITS, hours) for hours in (1.8, 3.1)),
    *((Fate.DISPATCH_WAITS, hours) for hours in (0.35, 0.9, 1.6, 14.5)),
    *((Fate.UNCLEAR_WAITS, hours) for hours in (0.3, 0.4, 0.5, 0.6, 0.8, 1.1, 1.3, 1.9, 2.4, 11.5)),
    (Fate.CRITICAL_WAITS, 0.55),
    *((Fate.RETURNED_WAITS, hours) for hours in (13.5, 20.5)),
    (Fate.TRANSFERRED, 0.65),
    (Fate.REJECTED, 44),
    *((Fate.DRAFT_WAITS, hours) for hours in (0.4, 0.7)),
    *((Fate.ORDINARY, hours) for hours in (0.45, 1.0, 1.5)),
)
#: these wait for a dispatcher: not of a topic that the system dispatches
_BY_HAND = {Fate.DISPATCH_WAITS, Fate.CRITICAL_WAITS, Fate.COMPLETION_WAITS, Fate.SENT_BACK}
#: nobody leaves a gas leak lying for hours
_NEVER_URGENT = {Fate.DISPATCH_WAITS, Fate.RETURNED_WAITS, Fate.RETURN_WAITS, Fate.CONFERENCE_WAITS, Fate.UNSIGNED}
#: districts with somebody in a street below them
_STAFFED_DISTRICTS = {"baihua", "yunshan"}
_OUTCOMES = (
    (52, CallOutcome.ANSWERED),
    (18, CallOutcome.PROGRESS),
    (9, CallOutcome.URGE),
    (6, CallOutcome.SUPPLEMENT),
    (5, CallOutcome.TRANSFER),
    (2, CallOutcome.REJECTED),
    (8, CallOutcome.VOID),
)


def plan_past(world: World, start_at: datetime) -> None:
    """Put every story of the 60 days before `start_at` onto the stage."""
    begins = start_at - timedelta(days=DAYS)
    world.stage.add(begins, man_seats(world))
    for at, case in _cases(world, start_at):
        world.stage.add(at, citizen_matter(world, case))
    for at in _call_moments(world, start_at, n=CALLS_WITHOUT):
        citizen = world.chance.choice(world.citizens)
        weights, outcomes = zip(*_OUTCOMES, strict=True)
        outcome = world.chance.choices(outcomes, weights)[0]
        is_lost = world.chance.random() < 0.12
        world.stage.add(at, lost_call(world, citizen) if is_lost else short_call(world, citizen, outcome))
    world.stage.add(start_at - timedelta(seconds=1), leave_seats(world))


def _cases(world: World, start_at: datetime) -> Iterator[tuple[datetime, Case]]:
    waiting = [(start_at - timedelta(hours=hours), fate) for fate, hours in _WAITING]
    old = _call_moments(world, start_at - timedelta(days=_RECENT_DAYS), n=TICKETS - _RECENT, days=DAYS - _RECENT_DAYS)
    recent = _call_moments(world, start_at, n=_RECENT - len(_WAITING), days=_RECENT_DAYS)
    season_begins = start_at - timedelta(days=_SEASON_DAYS)
    seasonal = _endless(world, [matter for matter in world.city.matters if matter.topic in _SEASONAL])
    others = _endless(world, [matter for matter in world.city.matters if matter.topic not in _SEASONAL])
    unclear = _endless(world, [*world.city.unclear])
    fates = [fate for fate, count in _FATES.items() for _ in range(count)]
    fates += [Fate.ORDINARY] * (len(old) - len(fates))
    world.chance.shuffle(fates)
    plans = [*zip(old, fates, strict=True), *((at, Fate.ORDINARY) for at in recent), *waiting]
    for at, fate in sorted(plans, key=lambda plan: plan[0]):
        share = _SEASONAL_UNSIGNED if fate is Fate.UNSIGNED else _SEASONAL_SHARE
        is_seasonal = at >= season_begins and world.chance.random() < share
        # every seasonal topic is dispatched by the classifier to the heating company: no person, no district has one
        pile = seasonal if is_seasonal and fate not in _BY_HAND | FROM_DISTRICT else others
        yield at, _case(world, fate, unclear if fate is Fate.UNCLEAR_WAITS else pile)


def _case(world: World, fate: Fate, pile: Iterator[Matter]) -> Case:
    matter = next(pile)
    while not _suits(world, fate, matter):
        matter = next(pile)
    if fate is Fate.ORDINARY and matter.type is TicketType.CONSULT and world.chance.random() < _ANSWERED_SHARE:
        fate = Fate.ANSWERED_AT_ONCE
    citizen = world.chance.choice(world.citizens)
    while fate is Fate.DISSATISFIED and not is_mobile(citizen.phone):
        citizen = world.chance.choice(world.citizens)
    written = write_matter(matter, world.city, world.chance)
    while fate in FROM_DISTRICT and _unit_of(world, written) not in _STAFFED_DISTRICTS:
        matter = next(pile)
        written = write_matter(matter, world.city, world.chance)
    by_phone = fate is Fate.DRAFT_WAITS or world.chance.random() >= _WEB_SHARE
    return Case(citizen, written, fate, by_phone=by_phone)


def _unit_of(world: World, written: Written) -> str:
    """Whom the catalogue names, by code: the nearest place's line, else the city's."""
    line = next(line for line in world.city.catalogue if line.topic == written.matter.topic)
    near = [place for place in line.by_place if written.place.code.startswith(place)]
    return line.by_place[max(near, key=len)] if near else line.unit


def _suits(world: World, fate: Fate, matter: Matter) -> bool:
    is_urgent = matter.topic in world.city.urgent_topics
    if fate is Fate.CRITICAL_WAITS or (is_urgent and fate in _NEVER_URGENT):
        return is_urgent and fate is Fate.CRITICAL_WAITS
    return fate not in _BY_HAND or (matter.topic not in CHECKED and matter.type is not TicketType.CONSULT)


def _endless(world: World, matters: list[Matter]) -> Iterator[Matter]:
    """Every matter once before any comes again."""
    while True:
        world.chance.shuffle(matters)
        yield from matters


def _call_moments(world: World, until: datetime, *, n: int, days: int = DAYS) -> list[datetime]:
    """`n` moments in the days before `until`, at hours at which people call; none in the last quarter of an hour."""
    last = until - timedelta(minutes=15)
    moments: list[datetime] = []
    while len(moments) < n:
        day = until - timedelta(days=world.chance.uniform(0, days - 1))
        at = call_moment(day, world.chance)
        if at < last:
            moments.append(at)
    return sorted(moments)
