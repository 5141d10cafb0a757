"""On what a unit may found a return: lines of the catalogue, rulings and legal bases that are in force."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlalchemy.orm import Session

from core.errors import Invalid
from core.masking import mask_text
from staff.model import Unit
from staff.rules import Actor
from tickets.catalogue import holding_at, place_ids
from tickets.forms import ReturnForm
from tickets.importing.queries import Line, named_lines
from tickets.kinds import ReturnBasis
from tickets.model import CatalogueLine, LegalBasis, Place, Ruling, Ticket, Topic
from tickets.queries.access import not_kept_from, ticket_by_number
from tickets.queries.rulings import PRESENTED, has_number, speaks_to

#: of each kind: whoever does not find it among these types more of it
MOST = 20
_NOT_IN_FORCE = (("body", "form", "basis_id"), "basis_not_in_force", "所选依据不存在或已失效，请重新选择")


@dataclass(frozen=True)
class Basis:
    """One that may be chosen: `name` as it is cited, `words` as it says."""

    kind: ReturnBasis
    id: int
    name: str
    words: str


def bases_for(session: Session, number: str, *, by: Actor, now: datetime, text: str = "") -> list[Basis]:
    """Without `text` those on like matters and the newest of the list, else all that speak of it; some of each kind.

    Raises TicketNotFound.
    """
    ticket = ticket_by_number(session, number, by)
    of_lines, of_rulings, of_legal = _about(text) if text else _like(ticket)
    return [
        *_lines(session, of_lines, now=now),
        *_rulings(session, of_rulings, by=by),
        *_legal(session, of_legal),
    ]


def basis_in_force(session: Session, form: ReturnForm, *, by: Actor, now: datetime) -> Basis:
    """The one that was chosen.  Raises Invalid when it is none, or holds no longer."""
    match form.basis:
        case ReturnBasis.CATALOGUE:
            found = _lines(session, CatalogueLine.id == form.basis_id, now=now)
        case ReturnBasis.RULING:
            found = _rulings(session, Ruling.id == form.basis_id, by=by)
        case _:
            found = _legal(session, and_(LegalBasis.id == form.basis_id, LegalBasis.kind == form.basis))
    if not found:
        raise Invalid([_NOT_IN_FORCE])
    return found[0]


Conditions = tuple[ColumnElement[bool], ColumnElement[bool], ColumnElement[bool]]


def _like(ticket: Ticket) -> Conditions:
    near = or_(CatalogueLine.place_id.is_(None), CatalogueLine.place_id.in_(place_ids(ticket.place)))
    rulings = and_(Ruling.topic_id == ticket.topic_id, speaks_to(ticket.place))
    return and_(CatalogueLine.topic_id == ticket.topic_id, near), rulings, true()


def _about(text: str) -> Conditions:
    """Of rulings not their reasons: those tell of other people's matters."""
    named = [column.contains(text, autoescape=True) for column in (Topic.full_name, Unit.name, Unit.short_name)]
    of_lines = [column.contains(text, autoescape=True) for column in (Place.full_name, CatalogueLine.basis)]
    of_legal = [column.contains(text, autoescape=True) for column in (LegalBasis.name, LegalBasis.words)]
    return or_(*named, *of_lines), or_(*named, has_number(text)), or_(*of_legal)


def _lines(session: Session, which: ColumnElement[bool], *, now: datetime) -> list[Basis]:
    found = named_lines().where(which, holding_at(now)).order_by(CatalogueLine.id).limit(MOST)
    return [_of_line(Line(*row)) for row in session.execute(found)]


def _of_line(found: Line) -> Basis:
    line = found.line
    name = f"{found.topic}（{found.place or '全市'}）由{found.unit}承办"
    return Basis(ReturnBasis.CATALOGUE, line.id, name, f"第 {line.version} 版　{line.basis}".strip())


def _rulings(session: Session, which: ColumnElement[bool], *, by: Actor) -> list[Basis]:
    """Without those of matters that are kept from `by`."""
    found = (
        select(Ruling)
        .join(Ticket, Ticket.id == Ruling.ticket_id)
        .join(Unit, Unit.id == Ruling.unit_id)
        .outerjoin(Topic, Topic.id == Ruling.topic_id)
        .where(which, not_kept_from(by))
        .options(*PRESENTED)
    )
    rulings: Sequence[Ruling] = session.scalars(found.order_by(Ruling.id.desc()).limit(MOST)).all()
    return [
        Basis(ReturnBasis.RULING, one.id, f"{one.number}：由{one.unit.short_name}承办", mask_text(one.reason))
        for one in rulings
    ]


def _legal(session: Session, which: ColumnElement[bool]) -> list[Basis]:
    found = select(LegalBasis).where(which, LegalBasis.retired_at.is_(None)).order_by(LegalBasis.id.desc())
    return [Basis(one.kind, one.id, one.name, one.words) for one in session.scalars(found.limit(MOST))]


def legal_bases(session: Session, *, text: str = "") -> Sequence[LegalBasis]:
    """The city's whole list, those in force first, then the newest; `text` in name or words."""
    found = select(LegalBasis)
    if text:
        columns = (LegalBasis.name, LegalBasis.words)
        found = found.where(or_(*(column.contains(text, autoescape=True) for column in columns)))
    in_order = (LegalBasis.retired_at.is_not(None), LegalBasis.id.desc())
    return session.scalars(found.order_by(*in_order)).all()
