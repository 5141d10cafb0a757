"""Random lives of a few tickets, in any order a city may produce."""

import random
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from evaluation.classes.model import ClassDecision
from evaluation.classes.rules import MatterClass
from evaluation.model import Invitation, Rating
from evaluation.rules import Channel, InvitationState, Subject
from indicators.counts.actions import count_again
from indicators.periods import Period
from indicators.satisfaction import Slice
from tests.core.test_chain import drop_guards
from tests.evaluation.city import make_ticket, make_unit
from tests.indicators.test_figures import DAY, rate
from tickets.kinds import CloseReason, ContactMade, ReplyResult
from tickets.model import HistoryLine, Holding, Reply, Ticket, Topic
from tickets.rules import State

LONG = Period(date(2026, 6, 1), date(2027, 3, 31))


def count_everything(session: Session, now: datetime) -> None:
    while count_again(session, now=now, at_most=7):
        pass


class History:
    """Random lives of a few tickets, in any order a city may produce."""

    def __init__(self, session: Session, seed: int, now: datetime) -> None:
        drop_guards(session, "ratings")
        self.session, self.draw, self.now = session, random.Random(seed), now
        self.units = [make_unit(session).id for _ in range(3)]
        topics = [Topic(code=f"S{seed}-{n}", name=f"诉求{n}", full_name=f"诉求{n}", level=1) for n in range(3)]
        session.add_all(topics)
        session.flush()
        self.topics = [topic.id for topic in topics]
        self.tickets = [self.register() for _ in range(6)]

    def moment(self) -> datetime:
        return self.now + timedelta(hours=self.draw.randint(-900, 900))

    def register(self) -> Ticket:
        return make_ticket(self.session, now=self.moment(), unit_id=self.draw.choice([None, *self.units]))

    def step(self) -> None:
        """Something happens to one of them."""
        ticket = self.draw.choice(self.tickets)
        self.draw.choice(
            [self.reclassify, self.hand_over, self.close, self.reopen, self.archive, self.merge, self.limit, self.rate,
             self.correct, self.rework, self.deliver, self.answer_at_once, self.reply, self.say, self.decide,
             self.ask_at_once]
        )(ticket)  # fmt: skip
        self.session.flush()

    def reclassify(self, ticket: Ticket) -> None:
        ticket.topic_id = self.draw.choice(self.topics)

    def hand_over(self, ticket: Ticket) -> None:
        ticket.unit_id, ticket.state = self.draw.choice(self.units), State.IN_PROGRESS

    def close(self, ticket: Ticket) -> None:
        ticket.state, ticket.closed_at, ticket.close_reason = State.CLOSED, self.moment(), CloseReason.RATED

    def reopen(self, ticket: Ticket) -> None:
        ticket.state, ticket.closed_at, ticket.close_reason = State.REWORK, None, None

    def archive(self, ticket: Ticket) -> None:
        if ticket.state is State.ARCHIVED:
            return
        line = {"ticket_id": ticket.id, "at": self.now, "action": "archive", "actor_label": "系统", "version": 2}
        self.session.add(HistoryLine(**line, from_state=ticket.state, to_state=State.ARCHIVED, particulars={}))
        ticket.state = State.ARCHIVED

    def merge(self, ticket: Ticket) -> None:
        ticket.state, ticket.parent_id = State.MERGED, self.tickets[0].id

    def limit(self, ticket: Ticket) -> None:
        ticket.citizen_due_at = self.draw.choice([None, self.moment(), Period(DAY, DAY).ends_at])
        ticket.answered_at = self.draw.choice([None, self.moment()])

    def answer_at_once(self, ticket: Ticket) -> None:
        ticket.state, ticket.closed_at, ticket.close_reason = State.ANSWERED, self.now, None
        ticket.answered_at = self.now

    def ask_at_once(self, ticket: Ticket) -> None:
        """About an answer at once, the present one or one before."""
        n, at = self.session.query(Invitation).count(), self.moment()
        words = {"phone_hash": "", "tail_hash": "", "code": f"C{n:06d}", "unit_id": self.draw.choice(self.units)}
        self.session.add(
            Invitation(
                subject=Subject.DIRECT,
                ticket_id=ticket.id,
                rework_no=self.session.query(Invitation).filter_by(ticket_id=ticket.id).count() + 50,
                state=self.draw.choice([InvitationState.INVITED, InvitationState.EXPIRED]),
                invited_at=at,
                delivered_at=self.draw.choice([None, at]),
                expires_at=at + timedelta(days=7),
                **words,
            )
        )

    def rate(self, ticket: Ticket) -> None:
        last = self.session.scalar(select(func.max(Invitation.rework_no)).where(*_about_handling(ticket)))
        levels = [self.draw.randint(1, 5) for _ in range(self.draw.randint(0, 2))]
        rate(self.session, ticket, *levels, at=self.moment(), rework_no=0 if last is None else last + 1)

    def say(self, ticket: Ticket) -> None:
        """By another way, and whether it is solved, or of the answer at once."""
        ways, solved = [Channel.SMS, Channel.CALLBACK, Channel.PAGE], [None, True, False]
        said = {"channel": self.draw.choice(ways), "is_solved": self.draw.choice(solved)}
        subject = self.draw.choice([Subject.HANDLING, Subject.HANDLING, Subject.DIRECT])
        of_ticket = Rating.ticket_id == ticket.id
        self.session.execute(update(Rating).where(of_ticket).values(subject=subject, **said))

    def decide(self, ticket: Ticket) -> None:
        """What kind of matter it is, before or after it was rated."""
        rounds = [no for (no,) in self.session.query(Invitation.rework_no).filter_by(ticket_id=ticket.id)]
        no, kind = self.draw.choice([0, *rounds]), self.draw.choice(list(MatterClass))
        before = (ClassDecision.ticket_id == ticket.id, ClassDecision.rework_no == no)
        self.session.execute(update(ClassDecision).where(*before).values(is_current=False))
        at, words = (
            self.now + timedelta(hours=self.draw.randint(-900, 900)),
            {"reason": "政策不支持", "decided_by": "张审"},
        )
        self.session.add(
            ClassDecision(ticket_id=ticket.id, rework_no=no, matter_class=kind, decided_at=at, is_current=True, **words)
        )

    def reply(self, ticket: Ticket) -> None:
        contact = self.draw.choice(list(ContactMade))
        words = {"result": ReplyResult.SOLVED, "text": "已处理", "author_label": "经办"}
        holding = Holding(ticket_id=ticket.id, unit_id=self.units[0], dispatched_at=self.now, dispatched_by="系统")
        self.session.add(holding)
        self.session.flush()
        places = {"ticket_id": ticket.id, "holding_id": holding.id, "unit_id": self.units[0]}
        self.session.add(Reply(**places, replied_at=self.moment(), contact=contact, **words))

    def correct(self, ticket: Ticket) -> None:
        query = select(Rating).where(Rating.ticket_id == ticket.id, Rating.is_current).order_by(Rating.id.desc())
        old = self.session.scalars(query.limit(1)).first()
        if old is None:
            return
        old.is_current = False
        self.session.flush()
        fields = ("subject", "invitation_id", "ticket_id", "unit_id", "channel", "is_solved", "recorded_at")
        again = {name: getattr(old, name) for name in fields}
        self.session.add(
            Rating(**again, level=6 - old.level, source=f"{old.source}c", receipt=f"c{old.id}", is_current=True)
        )

    def rework(self, ticket: Ticket) -> None:
        ticket.state, ticket.rework_no = State.REWORK, ticket.rework_no + 1
        ours = Invitation.ticket_id == ticket.id
        self.session.execute(update(Invitation).where(ours).values(state=InvitationState.VOIDED))

    def deliver(self, ticket: Ticket) -> None:
        self.session.execute(
            update(Invitation).where(Invitation.ticket_id == ticket.id).values(delivered_at=self.moment())
        )


def _about_handling(ticket: Ticket) -> tuple[Any, Any]:
    return Invitation.ticket_id == ticket.id, Invitation.subject == Subject.HANDLING


def slices(history: History) -> list[Slice]:
    """Everybody's, one unit's, one topic's, and both together."""
    unit, topic = history.units[0], history.topics[0]
    owners = ((None, None), ((unit,), None), (None, topic), ((unit,), topic))
    return [Slice(LONG, subject, *owner) for owner in owners for subject in (Subject.HANDLING, Subject.DIRECT)]
