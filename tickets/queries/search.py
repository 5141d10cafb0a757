"""Finding tickets by words and digits, newest first: FTS5 on SQLite, GIN over ready words on PostgreSQL."""

from collections.abc import Sequence

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    and_,
    cast,
    column,
    func,
    literal_column,
    select,
    table,
    union_all,
)
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR
from sqlalchemy.orm import Session, joinedload

from core.masking import plain_number
from core.secrets import phone_hash
from tickets.kinds import Secrecy
from tickets.model import HistoryLine, Place, Ticket
from tickets.numbers import LENGTH
from tickets.queries.renderings import boxes_with, marks_of
from tickets.redaction import Decisions, handling_text, without_hidden
from tickets.rules import Action
from tickets.search import BLOCK_SIZE, SHORTEST_BEGINNING, WIDENING, Sought, is_whole_phone, sought_digits

#: mapped by nobody: each database keeps it in a form of its own
_WORDS = table("ticket_words", column("rowid", BigInteger), column("ticket_id", BigInteger), column("words", TSVECTOR))

Conditions = Sequence[ColumnElement[bool]]


def places_stamp(session: Session) -> str:
    """Tells one state of the gazetteer from the next, for whoever has learned its names."""
    count, last = session.execute(select(func.count(), func.max(Place.id))).one()
    return f"{count} {last}"


def place_names(session: Session) -> list[str]:
    return list(session.scalars(select(Place.name).distinct().order_by(Place.name)))


def text_to_index(session: Session, ticket_id: int) -> str:
    """Title, words, place and what was added, as the 承办版 shows them; nothing of a sealed ticket or of none."""
    return texts_to_index(session, [ticket_id]).get(ticket_id, "")


def texts_to_index(session: Session, ticket_ids: Sequence[int]) -> dict[int, str]:
    """The same for many, in three statements."""
    tickets = session.scalars(select(Ticket).where(Ticket.id.in_(ticket_ids)).options(joinedload(Ticket.place)))
    added: dict[int, list[str]] = {}
    lines = select(HistoryLine.ticket_id, HistoryLine.reason).where(
        HistoryLine.ticket_id.in_(ticket_ids), HistoryLine.action == Action.SUPPLEMENT
    )
    for ticket_id, words in session.execute(lines.order_by(HistoryLine.id)):
        added.setdefault(ticket_id, []).append(words)
    marks = marks_of(session, ticket_ids)
    return {ticket.id: _text_of(ticket, added.get(ticket.id, []), marks.get(ticket.id, {})) for ticket in tickets}


def _text_of(ticket: Ticket, added: Sequence[str], marks: Decisions) -> str:
    if ticket.secrecy is Secrecy.SEALED:
        return ""
    place = ticket.place.full_name if ticket.place is not None else ""
    boxes = boxes_with(ticket, marks)
    around = without_hidden("\n".join([ticket.title, ticket.place_text, place, *added]), ticket.text, boxes)
    return f"{around}\n{handling_text(ticket.text, boxes)}"


def ticket_ids_after(session: Session, after: int, *, at_most: int) -> list[int]:
    """The next ones in the order of their ids."""
    return list(session.scalars(select(Ticket.id).where(Ticket.id > after).order_by(Ticket.id).limit(at_most)))


def digits_condition(session: Session, text: str, key: bytes) -> ColumnElement[bool]:
    """A whole telephone number by its keyed hash; a ticket number whole, by its beginning, or by its end."""
    digits = plain_number(text)
    ways = []
    if len(digits) >= SHORTEST_BEGINNING:
        ways.append(
            select(Ticket.id).where(Ticket.number.between(digits.ljust(LENGTH, "0"), digits.ljust(LENGTH, "9")))
        )
    if is_whole_phone(digits):
        ways.append(select(Ticket.id).where(Ticket.phone_hash == phone_hash(digits, key)))
    if (ends := sought_digits(digits, key)) is not None:
        ways.append(_matching(session, ends))
    return Ticket.id.in_(union_all(*ways) if len(ways) > 1 else ways[0])


def words_condition(session: Session, sought: Sought) -> ColumnElement[bool]:
    """For lists in another order than newest first.  Sealed tickets are not found by words."""
    return and_(Ticket.secrecy != Secrecy.SEALED, Ticket.id.in_(_matching(session, sought)))


def has_words(session: Session, sought: Sought) -> ColumnElement[bool]:
    """The same asked of one row after the other: for words that many tickets have."""
    found = _matching(session, sought)
    key = _WORDS.c.rowid if _is_sqlite(session) else _WORDS.c.ticket_id
    return and_(Ticket.secrecy != Secrecy.SEALED, found.where(key == Ticket.id).correlate(Ticket).exists())


def _matching(session: Session, sought: Sought) -> Select[int]:
    if _is_sqlite(session):
        return select(_WORDS.c.rowid).where(_fts5(sought))
    return select(_WORDS.c.ticket_id).where(_tsquery(sought.for_tsquery()))


def newest_ids(
    session: Session, sought: Sought, conditions: Conditions, *, below: int | None, at_most: int
) -> Select[int]:
    """Ids of the newest tickets that match and meet the conditions, smaller than `below` unless that is None."""
    conditions = [*conditions, Ticket.secrecy != Secrecy.SEALED]
    if _is_sqlite(session):
        return _by_fts5(sought, conditions, below, at_most)
    newest = below - 1 if below is not None else session.scalar(select(func.max(Ticket.id))) or 0
    return _by_blocks(sought, conditions, newest, at_most)


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


def _fts5(sought: Sought) -> ColumnElement[bool]:
    return literal_column("ticket_words").op("MATCH")(sought.for_fts5())


def _tsquery(question: str) -> ColumnElement[bool]:
    return _WORDS.c.words.op("@@")(cast(question, TSQUERY))


def _by_fts5(sought: Sought, conditions: Conditions, below: int | None, at_most: int) -> Select[int]:
    """FTS5 gives the newest first by itself; the plus keeps it the outer loop."""
    joined = _WORDS.join(Ticket, Ticket.id == literal_column("+ticket_words.rowid"))
    wanted = select(_WORDS.c.rowid).select_from(joined).where(_fts5(sought), *conditions)
    if below is not None:
        wanted = wanted.where(_WORDS.c.rowid < below)
    return wanted.order_by(_WORDS.c.rowid.desc()).limit(at_most)


def _by_blocks(sought: Sought, conditions: Conditions, newest: int, at_most: int) -> Select[int]:
    """The newest block, then more and more of them, then the rest: PostgreSQL stops where enough are found.

    It takes the parts in turn, since none of them can be shared among workers.
    """
    parts, block = [], newest // BLOCK_SIZE
    for width in WIDENING:
        last = max(block - width, -1)
        if block > last:
            question = sought.for_tsquery(range(block, last, -1))
            parts.append(_part(question, conditions, newest, at_most))
        block = last
    if block >= 0:
        parts.append(_part(sought.for_tsquery(), conditions, (block + 1) * BLOCK_SIZE - 1, at_most))
    found = union_all(*parts).subquery("found")
    return select(found.c.ticket_id).limit(at_most)


def _part(question: str, conditions: Conditions, newest: int, at_most: int) -> Select[int]:
    """Sorted by an expression: a walk down the primary key would pass by most of the table."""
    return (
        select(_WORDS.c.ticket_id)
        .join(Ticket, Ticket.id == _WORDS.c.ticket_id)
        .where(_tsquery(question), _WORDS.c.ticket_id <= newest, *conditions)
        .order_by((_WORDS.c.ticket_id + 0).desc())
        .limit(at_most)
    )
