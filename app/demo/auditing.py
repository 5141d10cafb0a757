"""What an audit of the demo city finds: units that ring before a rating, looks at such rows, reviews by lot."""

from datetime import datetime, timedelta
from random import Random

from app.demo.bridging import call_citizen
from app.demo.stage import Story
from app.demo.world import World
from evaluation.queries import invitations_of
from evaluation.reviews.actions import Found, record_review
from evaluation.reviews.queries import counting_rating, took_part
from evaluation.rules import Level
from indicators.coverage.actions import record_check
from indicators.coverage.flags import Wanted
from indicators.coverage.queries import flagged
from indicators.coverage.rules import Flag
from indicators.coverage.sampling import announce_sample, sample
from indicators.periods import Period, shanghai_day, statistical_month
from staff.rules import Role

#: the evening before the demo begins
AUDITED_BEFORE = timedelta(hours=14)
#: of a hundred answers by SMS so many come after a call of the unit
_PRESSED = 5
_BEFORE, _TALK_S = timedelta(minutes=14), 75
#: of ten who are asked again so many are not reached, and so many say something else
_UNREACHED, _OTHERWISE = 1, 1
_SAMPLE = 12


def press_citizen(world: World, ticket_id: int) -> None:
    """Now and then the unit rang shortly before the answer; by chance of its own and in no time of the story's."""
    asked_at = world.now - _BEFORE
    ticket, asked = world.ticket(ticket_id), invitations_of(world.session, ticket_id)
    if Random(ticket_id).randrange(100) >= _PRESSED or not asked or asked[-1].invited_at >= asked_at:
        return
    call_citizen(world, ticket, world.officer_of(ticket), asked_at=asked_at, talk_s=_TALK_S)


def audit_past(world: World, start_at: datetime) -> Story:
    """The evening before: the inspector looked at one flagged rating, and asked some citizens again."""
    session, chance = world.session, Random(12345)
    inspector = world.founded.with_role(Role.INSPECTOR)[0]
    month = statistical_month(shanghai_day(start_at))
    before = month.before()
    for period in (before, month):
        for one in flagged(session, Flag.CALLED_BEFORE, Wanted(period, world.now))[-1:]:
            record_check(session, one.row, finding="已调录音：单位告知维修完成，未提评价", by=inspector, now=world.now)
    _ask_again(world, before, chance)
    _ask_again(world, month, chance)
    yield from ()


def _ask_again(world: World, period: Period, chance: Random) -> None:
    seed = period.last.isoformat()
    inspector = world.founded.with_role(Role.INSPECTOR)[0]
    announce_sample(world.session, period, seed=seed, n=_SAMPLE, by=inspector, now=world.now)
    for drawn in sample(world.session, period, seed=seed, n=_SAMPLE).rows[: _SAMPLE * 2 // 3]:
        lot = chance.randrange(10)
        rating = counting_rating(world.session, drawn.ticket.id)
        if rating is None or inspector.person_id is None or took_part(world.session, rating, inspector.person_id):
            continue
        level = Level(drawn.level)
        if lot < _OTHERWISE:
            level = Level.DISSATISFIED if level.is_satisfied else Level.SATISFIED
        found = Found(None if lot >= 10 - _UNREACHED else level)
        record_review(world.session, drawn.ticket.number, found, seed=seed, by=inspector, now=world.now)
