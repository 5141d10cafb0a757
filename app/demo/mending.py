"""Stories of bad ratings: what a unit does about one, on time or not, and what its citizen says the second time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.demo.bridging import call_citizen, ended_at
from app.demo.hours import office_moment, waking_moment
from app.demo.stage import Story
from app.demo.texting import open_request, write_sms
from app.demo.world import World
from evaluation.actions.answering import Answer
from evaluation.actions.calling import answer_by_phone
from evaluation.queries import invitation, invitation_of_message
from evaluation.repairs.actions.appealing import appeal_rating, refuse_appeal, uphold_appeal
from evaluation.repairs.actions.contacting import give_up_contact, note_contact, note_try
from evaluation.repairs.actions.mending import book_fix, complete_repair, explain_repair, fix_at_once
from evaluation.repairs.forms import AppealForm, BookForm, ContactForm, DecisionForm, TryForm, WordsForm
from evaluation.repairs.guards import TRIES_NEEDED
from evaluation.repairs.model import Repair
from evaluation.repairs.queries import repair_by_id
from evaluation.repairs.rules import Ground
from evaluation.rules import Channel, InvitationState, Level, Subject
from staff.rules import Actor, Role
from tickets.clocks import local_day
from tickets.kinds import ContactMade

#: what was rated so shortly before the demo begins is still under way
_FRESH = timedelta(days=6)
_BOOKED_DAYS = 80


@dataclass
class _Mending:
    """One repair with its unit's officer; chances of its own, so that no other story shifts."""

    world: World
    repair_id: int
    chance: Random

    @property
    def session(self) -> Session:
        """Of the day that is played; none outlives a wait."""
        return self.world.session

    @property
    def now(self) -> datetime:
        """The simulated moment."""
        return self.world.now

    @property
    def repair(self) -> Repair:
        """As it stands now."""
        return repair_by_id(self.session, self.repair_id)

    @property
    def officer(self) -> Actor:
        """Of the unit that was rated, whoever holds the ticket now."""
        return self.world.founded.officer(self.repair.unit_id)

    def say(self, name: str) -> str:
        """One of the sentences written for that."""
        found = self.world.city.words["mending"][name]
        sentence: str = found if isinstance(found, str) else self.chance.choice(found)
        return sentence

    def office_after(self, least_h: float, most_h: float) -> Story:
        """Wait so many hours, and until the offices are open."""
        wanted = self.now + timedelta(hours=self.chance.uniform(least_h, most_h))
        yield office_moment(wanted, self.chance)


_Way = Callable[[_Mending], Story]


def plan_mending(world: World) -> None:
    """Let a story begin for each repair that is new; those of the hotline's own answers wait for its shift leader."""
    new = select(Repair).where(Repair.id > world.newest_repair).order_by(Repair.id)
    for repair in world.session.scalars(new).all():
        world.newest_repair = repair.id
        if invitation(world.session, repair.invitation_id).subject is Subject.DIRECT:
            continue
        ways = _UNDER_WAY if repair.opened_at > world.ends_at - _FRESH else _OVER
        way = ways[repair.id % len(ways)]
        world.stage.add(world.now, way(_Mending(world, repair.id, Random(repair.id))))


def _left_alone(_mending: _Mending) -> Story:
    yield from ()


def _tried(mending: _Mending, times: int = 2) -> Story:
    """Nobody picks up, on one day and on the next."""
    for n in range(times):
        yield from mending.office_after(1, 4) if n == 0 else mending.office_after(18, 23)
        asked_at = mending.now
        yield ended_at(asked_at, None)
        _call(mending, asked_at, None)
        form = TryForm(way=ContactMade.CALL, tried_at=asked_at, words=mending.say("tried"))
        profile = mending.world.office.profile
        note_try(mending.session, mending.repair_id, form, profile=profile, by=mending.officer, now=mending.now)


def _contacted(mending: _Mending, within_h: float = 6) -> Story:
    """Spoken with, as the hotline's own records bear out; the unit writes down what was said."""
    yield from mending.office_after(within_h / 5, within_h)
    asked_at, talk_s = mending.now, mending.chance.randint(60, 420)
    yield ended_at(asked_at, talk_s)
    _call(mending, asked_at, talk_s)
    form = ContactForm(way=ContactMade.CALL, words=mending.say("contact"))
    note_contact(mending.session, mending.repair_id, form, by=mending.officer, now=mending.now)


def _fixing(mending: _Mending) -> Story:
    yield from _contacted(mending)
    yield from mending.office_after(0.2, 3)
    form = WordsForm(words=mending.say("fix"))
    fix_at_once(mending.session, mending.repair_id, form, by=mending.officer, now=mending.now)


def _booked(mending: _Mending) -> Story:
    """What takes weeks has a day of its own."""
    yield from _contacted(mending)
    yield from mending.office_after(1, 5)
    until_on = local_day(mending.now + timedelta(days=_BOOKED_DAYS))
    form = BookForm(words=mending.say("book"), until_on=until_on)
    book_fix(mending.session, mending.repair_id, form, by=mending.officer, now=mending.now)


def _asked_again(mending: _Mending) -> Story:
    """Explained; the citizen has not answered the second question yet."""
    yield from _contacted(mending)
    yield from mending.office_after(0.2, 4)
    form = WordsForm(words=mending.say("explain"))
    explain_repair(mending.session, mending.repair_id, form, by=mending.officer, now=mending.now)


def _mended(mending: _Mending, level: Level = Level.SATISFIED) -> Story:
    yield from _fixing(mending)
    yield from _completed(mending, level)


def _mended_in_vain(mending: _Mending) -> Story:
    """Not good enough the second time either."""
    yield from _mended(mending, Level.DISSATISFIED)


def _mended_late(mending: _Mending) -> Story:
    """Spoken with only when both limits were over."""
    yield from mending.office_after(200, 240)
    yield from _mended(mending, Level.FAIRLY_SATISFIED)


def _completed(mending: _Mending, level: Level) -> Story:
    yield from mending.office_after(5, 40)
    form = WordsForm(words=mending.say("complete"))
    complete_repair(mending.session, mending.repair_id, form, by=mending.officer, now=mending.now)
    yield from _rated_again(mending, level)


def _unreached(mending: _Mending) -> Story:
    """Three tries stand for the contact; the unit mends, and the citizen is silent."""
    yield from _tried(mending, TRIES_NEEDED)
    yield from mending.office_after(1, 2)
    session, by = mending.session, mending.officer
    give_up_contact(session, mending.repair_id, by=by, now=mending.now)
    explain_repair(session, mending.repair_id, WordsForm(words=mending.say("unreached")), by=by, now=mending.now)


def _appealed(mending: _Mending) -> Story:
    """The unit says that it has no part in it; nobody has looked at that yet."""
    yield from _contacted(mending)
    yield from mending.office_after(0.5, 4)
    form = AppealForm(ground=Ground.NOT_OURS, evidence=mending.say("ruled_out"))
    appeal_rating(mending.session, mending.repair_id, form, by=mending.officer, now=mending.now)


def _upheld(mending: _Mending) -> Story:
    yield from _appealed(mending)
    yield from mending.office_after(4, 30)
    form = DecisionForm(reason=mending.say("upheld"))
    uphold_appeal(mending.session, mending.repair_id, form, by=_inspector(mending), now=mending.now)


def _refused(mending: _Mending) -> Story:
    """不予采纳: the unit mends after all."""
    yield from _contacted(mending)
    yield from mending.office_after(0.5, 4)
    appeal = AppealForm(ground=Ground.MISTAKEN, evidence=mending.say("misread"))
    appeal_rating(mending.session, mending.repair_id, appeal, by=mending.officer, now=mending.now)
    yield from mending.office_after(4, 20)
    form = DecisionForm(reason=mending.say("refused"))
    refuse_appeal(mending.session, mending.repair_id, form, by=_inspector(mending), now=mending.now)
    yield from mending.office_after(0.5, 3)
    words = WordsForm(words=mending.say("fix"))
    fix_at_once(mending.session, mending.repair_id, words, by=mending.officer, now=mending.now)
    yield from _completed(mending, Level.SATISFIED)


def _inspector(mending: _Mending) -> Actor:
    return mending.world.founded.with_role(Role.INSPECTOR)[0]


def _call(mending: _Mending, asked_at: datetime, talk_s: int | None) -> None:
    ticket = mending.world.ticket(mending.repair.ticket_id)
    if ticket.phone:
        call_citizen(mending.world, ticket, mending.officer, asked_at=asked_at, talk_s=talk_s)


def _rated_again(mending: _Mending, level: Level) -> Story:
    """By SMS where that was sent, else when a person calls; who cannot be asked now is left to the server's jobs."""
    world = mending.world
    yield waking_moment(world.now + timedelta(hours=mending.chance.uniform(1, 20)), mending.chance)
    asked_id = mending.repair.second_invitation_id
    if asked_id is None:
        return
    if invitation(world.session, asked_id).state in {InvitationState.TO_CALL, InvitationState.UNDELIVERED}:
        yield from mending.office_after(1, 6)
        by = world.founded.with_role(Role.CALLBACK)[0]
        answer = Answer(level, Channel.CALLBACK, f"callback:{asked_id}", is_solved=level.is_satisfied)
        answer_by_phone(world.session, asked_id, answer, by=by, now=world.now)
        return
    phone = world.ticket(mending.repair.ticket_id).phone
    message_id = open_request(world, phone)
    if message_id is not None and invitation_of_message(world.session, message_id) == asked_id:
        write_sms(world, phone, mending.chance.choice(world.city.words["rating"][str(level.value)]))


#: each in its turn, by the number of the repair
_UNDER_WAY: tuple[_Way, ...] = (_appealed, _asked_again, _left_alone, _tried, _fixing, _contacted)
_OVER: tuple[_Way, ...] = (_mended, _upheld, _booked, _mended_in_vain, _refused, _unreached, _mended_late)
