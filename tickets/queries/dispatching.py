"""The dispatch list: what waits to be sent, in what order, with whose claim and which proposals."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import Session, aliased, joinedload

from nlp.classifier import Certainty
from staff.model import Unit
from staff.rules import Actor
from tickets.actions.dispatching import unit_ids_tried
from tickets.answer_limits import unit_due
from tickets.catalogue import class_and_urgency, lines_for_topics
from tickets.clocks import Clocks, Due
from tickets.kinds import Secrecy, Urgency
from tickets.model import CatalogueLine, Claim, Holding, Ruling, Suggestion, Ticket, Topic
from tickets.profiles import load_clocks
from tickets.queries.access import not_kept_from, ticket_by_number
from tickets.queries.lists import ALL, Filters, narrowed_page
from tickets.queries.paging import Order
from tickets.queries.rulings import rulings_for
from tickets.queries.sent import own_of_today
from tickets.rules import UNANSWERED_STATES, State

PRESSING = timedelta(hours=1)
PRECEDENTS = 2
CARDS = 3
LIST_ORDER = Order(Ticket.step_due_at, urgent_first=True)
_ENDED_WELL = (State.CLOSED, State.ARCHIVED)


class Chip(StrEnum):
    """The chips above the list, and the head figures that narrow it."""

    SOON = "soon"
    OVER = "over"
    CRITICAL = "critical"
    PRESSING = "pressing"
    RETURNED = "returned"
    UNCERTAIN = "uncertain"
    SIMILAR = "similar"
    NO_PLACE = "no_place"
    SEALED = "sealed"
    #: 信息不足待补: with the agent, who has to add what is missing
    MISSING = "missing"


def _state_of(chip: Chip | None) -> State:
    """What was sent back for completion is the agent's, and only looked at here."""
    return State.REGISTERED if chip is Chip.MISSING else State.TO_DISPATCH


def _condition(chip: Chip, now: datetime) -> ColumnElement[bool]:
    return _CONDITIONS[chip](now)


_CONDITIONS: dict[Chip, Callable[[datetime], ColumnElement[bool]]] = {
    Chip.SOON: lambda now: (Ticket.step_due_at > now) & (Ticket.step_due_at <= now + PRESSING),
    Chip.OVER: lambda now: Ticket.step_due_at <= now,
    Chip.CRITICAL: lambda _: Ticket.urgency == Urgency.CRITICAL,
    Chip.PRESSING: lambda now: Ticket.step_due_at <= now + PRESSING,
    Chip.RETURNED: lambda _: Ticket.return_count > 0,
    Chip.UNCERTAIN: lambda _: Ticket.is_uncertain.is_(True),
    Chip.SIMILAR: lambda _: Ticket.similar_to_id.is_not(None) | Ticket.repeat_of_id.is_not(None),
    Chip.NO_PLACE: lambda _: Ticket.place_id.is_(None) & (Ticket.place_text == ""),
    Chip.SEALED: lambda _: Ticket.secrecy == Secrecy.SEALED,
    Chip.MISSING: lambda _: Ticket.missing != "",
}


@dataclass(frozen=True)
class DispatchHead:
    """待派 · 1 小时内到限 · 已超 · 我已派, and how many each chip would leave."""

    waiting: int
    pressing: int
    over: int
    sent_by_me: int
    chips: dict[Chip, int]


def dispatch_head(session: Session, *, by: Actor, now: datetime) -> DispatchHead:
    """Three statements: the waiting ones and those at the agent by the state's index, one's own of today by theirs."""
    here = [chip for chip in Chip if _state_of(chip) is State.TO_DISPATCH]
    counts = [func.count(case((_condition(chip, now), 1))) for chip in here]
    waiting, *numbers = session.execute(select(func.count(), *counts).where(Ticket.state == State.TO_DISPATCH)).one()
    chips = dict(zip(here, numbers, strict=True))
    missing = select(func.count()).where(Ticket.state == State.REGISTERED, _condition(Chip.MISSING, now))
    chips[Chip.MISSING] = session.scalar(missing) or 0
    own = select(func.count(func.distinct(Holding.ticket_id))).where(*own_of_today(by, now))
    sent = session.scalar(own)
    return DispatchHead(waiting, chips[Chip.SOON], chips[Chip.OVER], sent or 0, chips)


@dataclass(frozen=True)
class DispatchRow:
    """A waiting ticket with its first proposal and whoever is at it."""

    ticket: Ticket
    suggestion: Suggestion | None
    proposed_unit: Unit | None
    claim: Claim | None
    pile_size: int


@dataclass(frozen=True)
class DispatchList:
    """A page of the list."""

    rows: Sequence[DispatchRow]
    next: str | None
    n: int
    is_more: bool


def dispatch_list(
    session: Session,
    *,
    by: Actor,
    now: datetime,
    chip: Chip | None = None,
    filters: Filters = ALL,
    phone_key: bytes = b"",
    after: str | None = None,
    limit: int = 25,
) -> DispatchList:
    """What the chip and the filters leave, least time left first, and of equal limits the more urgent.

    Five statements, and those of the search.  Raises BadCursor.
    """
    waiting = [Ticket.state == _state_of(chip), not_kept_from(by)]
    if chip is not None:
        waiting.append(_condition(chip, now))
    listed = narrowed_page(
        session, waiting, filters, by=by, phone_key=phone_key, now=now, order=LIST_ORDER, after=after, limit=limit
    )
    ids = [ticket.id for ticket in listed.tickets]
    suggested = latest_suggestions(session, ids)
    claims = {claim.ticket_id: claim for claim in session.scalars(_claims_on(ids, now))}
    piles = pile_sizes(session, listed.tickets)
    rows = []
    for ticket in listed.tickets:
        suggestion, unit = suggested.get(ticket.id, (None, None))
        rows.append(DispatchRow(ticket, suggestion, unit, claims.get(ticket.id), piles[ticket.id]))
    return DispatchList(rows, listed.next, listed.n, listed.is_more)


def pile_sizes(session: Session, tickets: Sequence[Ticket]) -> dict[int, int]:
    """How many other open tickets each one's pile has; a pile is named by its oldest ticket."""
    heads = {ticket.id: ticket.similar_to_id or ticket.id for ticket in tickets}
    of_pile = select(Ticket.similar_to_id, func.count()).where(
        Ticket.similar_to_id.in_(set(heads.values())), Ticket.state.in_(UNANSWERED_STATES)
    )
    sizes = {head: n for head, n in session.execute(of_pile.group_by(Ticket.similar_to_id))}  # noqa: C416
    # a member counts the head instead of itself, the head all members
    return {ticket_id: sizes.get(head, 0) for ticket_id, head in heads.items()}


def _claims_on(ticket_ids: Sequence[int], now: datetime) -> Any:
    return select(Claim).where(Claim.ticket_id.in_(ticket_ids), Claim.until > now)


def latest_suggestions(session: Session, ticket_ids: Sequence[int]) -> dict[int, tuple[Suggestion, Unit | None]]:
    """The newest suggestion of each ticket, with whom the catalogue named for its first topic."""
    rows = session.execute(
        select(Suggestion, Unit)
        .outerjoin(Unit, Unit.id == Suggestion.unit_id)
        .where(Suggestion.ticket_id.in_(ticket_ids))
        .order_by(Suggestion.id)
    )
    return {suggestion.ticket_id: (suggestion, unit) for suggestion, unit in rows}


@dataclass(frozen=True)
class Load:
    """How much a unit leads unanswered, alone and with all below it, and how much of that is overdue."""

    open: int
    overdue: int
    open_with_below: int
    overdue_with_below: int


NO_LOAD = Load(0, 0, 0, 0)


@dataclass(frozen=True)
class Card:
    """A proposal: who, how sure, by which line of the catalogue, with what load, due when if sent now."""

    topic_id: int
    topic_name: str
    confidence: float
    certainty: Certainty
    words: Sequence[str]
    line: CatalogueLine
    unit: Unit
    load: Load
    due: Due
    precedents: Sequence[Ticket]
    was_tried: bool
    #: numbers of rulings that name this unit, or that say it is not the one
    ruled_in: str
    ruled_out: str


@dataclass(frozen=True)
class DispatchCards:
    """Up to three proposals for one ticket; none with a reason when the system is not sure."""

    ticket: Ticket
    suggestion: Suggestion | None
    cards: Sequence[Card]
    claim: Claim | None


def dispatch_cards(session: Session, number: str, *, by: Actor, profile: str, now: datetime) -> DispatchCards:
    """Raises TicketNotFound."""
    ticket = ticket_by_number(session, number, by)
    suggestion, _ = latest_suggestions(session, [ticket.id]).get(ticket.id, (None, None))
    claim = session.scalar(_claims_on([ticket.id], now))
    ranked = suggestion.topics if suggestion is not None else []
    if ticket.topic_id is not None and all(guess["topic_id"] != ticket.topic_id for guess in ranked):
        ranked = [_chosen_by_agent(ticket), *ranked]
    lines = lines_for_topics(session, [guess["topic_id"] for guess in ranked], ticket.place, now=now)
    named = [(guess, lines[guess["topic_id"]]) for guess in ranked if guess["topic_id"] in lines][:CARDS]
    cards = _cards(session, ticket, named, load_clocks(session, profile), by=by, now=now)
    return DispatchCards(ticket, suggestion, cards, claim)


def _chosen_by_agent(ticket: Ticket) -> dict[str, Any]:
    name = ticket.topic.full_name if ticket.topic is not None else ""
    return {
        "topic_id": ticket.topic_id,
        "name": name,
        "confidence": 0.0,
        "certainty": Certainty.UNCERTAIN.value,
        "words": [],
    }


def _cards(
    session: Session,
    ticket: Ticket,
    named: Sequence[tuple[dict[str, Any], CatalogueLine]],
    clocks: Clocks,
    *,
    by: Actor,
    now: datetime,
) -> list[Card]:
    unit_ids = {line.unit_id for _, line in named}
    units = {unit.id: unit for unit in session.scalars(select(Unit).where(Unit.id.in_(unit_ids)))}
    loads = loads_of(session, unit_ids, now=now)
    tried = unit_ids_tried(session, ticket.id)
    topic_ids = {line.topic_id for _, line in named}
    topics = {topic.id: topic for topic in session.scalars(select(Topic).where(Topic.id.in_(topic_ids)))}
    precedents = rulings_for(session, [guess["topic_id"] for guess, _ in named], ticket.place, by=by)
    return [
        Card(
            topic_id=guess["topic_id"],
            topic_name=guess["name"],
            confidence=guess["confidence"],
            certainty=Certainty(guess["certainty"]),
            words=guess["words"],
            line=line,
            unit=units[line.unit_id],
            load=loads.get(line.unit_id, NO_LOAD),
            due=_due_under(ticket, topics[guess["topic_id"]], line, units[line.unit_id], clocks, now),
            precedents=precedents_of(session, ticket, guess["topic_id"], line.unit_id, by=by),
            was_tried=line.unit_id in tried,
            ruled_in=_ruled_in(precedents, line.unit_id),
            ruled_out=_ruled_out(precedents, line.unit_id),
        )
        for guess, line in named
    ]


def _due_under(ticket: Ticket, topic: Topic, line: CatalogueLine, unit: Unit, clocks: Clocks, now: datetime) -> Due:
    """The limit that it would have if it were sent now by this line."""
    limit_class, urgency = class_and_urgency(line, topic, ticket.urgency)
    return unit_due(ticket, unit.short_name, clocks, now, limit_class=limit_class, urgency=urgency)


def _ruled_in(rulings: Sequence[Ruling], unit_id: int) -> str:
    """The number of the newest ruling that names this unit."""
    return next((ruling.number for ruling in rulings if ruling.unit_id == unit_id), "")


def _ruled_out(rulings: Sequence[Ruling], unit_id: int) -> str:
    """The number of the newest ruling after this unit had refused."""
    return next((ruling.number for ruling in rulings if unit_id in ruling.refused_by), "")


def loads_of(session: Session, unit_ids: set[int], *, now: datetime) -> dict[int, Load]:
    """Of each unit that has any, itself or below it; each ticket counts at the unit that leads it."""
    held = (State.DISPATCHED, State.IN_PROGRESS, State.RETURN_REVIEW)
    below = aliased(Unit)
    is_own, is_late = Ticket.unit_id == Unit.id, Ticket.unit_due_at <= now
    rows = session.execute(
        select(
            Unit.id,
            func.count(case((is_own, 1))),
            func.count(case((and_(is_own, is_late), 1))),
            func.count(),
            func.count(case((is_late, 1))),
        )
        .join(below, below.path.startswith(Unit.path))
        .join(Ticket, Ticket.unit_id == below.id)
        .where(Unit.id.in_(unit_ids), Ticket.state.in_(held))
        .group_by(Unit.id)
    )
    return {unit_id: Load(*counts) for unit_id, *counts in rows}


def precedents_of(session: Session, ticket: Ticket, topic_id: int, unit_id: int, *, by: Actor) -> Sequence[Ticket]:
    """The two newest finished tickets of that topic which that unit answered."""
    return session.scalars(
        select(Ticket)
        .where(
            Ticket.topic_id == topic_id,
            Ticket.unit_id == unit_id,
            Ticket.state.in_(_ENDED_WELL),
            Ticket.id != ticket.id,
            not_kept_from(by),
        )
        .options(joinedload(Ticket.unit))
        .order_by(Ticket.id.desc())
        .limit(PRECEDENTS)
    ).all()
