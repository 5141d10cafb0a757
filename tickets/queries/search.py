"""Finding tickets by words and digits, newest first: FTS5 on SQLite, GIN over ready words on PostgreSQL."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    cast,
    column,
    func,
    literal,
    literal_column,
    or_,
    select,
    table,
    text,
    union,
    union_all,
)
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased, joinedload

from core.secrets import phone_hash
from tickets.kinds import Secrecy
from tickets.model import HistoryLine, Place, Ticket
from tickets.model.ticket import SEALED
from tickets.numbers import LENGTH
from tickets.queries.paging import is_one_of
from tickets.queries.renderings import boxes_with, marks_of, points_shown
from tickets.redaction import Decisions, handling_text, without_hidden
from tickets.rules import Action
from tickets.search import (
    BLOCK_SIZE,
    SHORTEST_BEGINNING,
    WALKED,
    WIDENING,
    Sought,
    either,
    is_whole_phone,
    sought_ending,
    sought_tail,
)

#: mapped by nobody: each database keeps it in a form of its own
_WORDS = table("ticket_words", column("rowid", BigInteger), column("ticket_id", BigInteger), column("words", TSVECTOR))

_SEALED = aliased(Ticket, name="sealed")
_EXPLAINED = text("EXPLAIN (FORMAT JSON) SELECT FROM ticket_words WHERE words @@ CAST(:question AS tsquery)")
Conditions = Sequence[ColumnElement[bool]]


@dataclass(frozen=True)
class Limits:
    """Up to which numbers a way is taken; measured, see docs/adr/0020."""

    #: so many matches are named one by one
    named: int = 1_000
    #: so many tickets are asked one by one
    asked: int = 4_000
    #: so many matches, and so many tickets, SQLite keeps in hand while it reads the others; PostgreSQL looks up words
    #: of no more matches
    matches: int = 20_000
    tickets: int = 50_000


LIMITS = Limits()


@dataclass(frozen=True)
class Narrowed:
    """What the words add to the conditions of a page, and the ids that are counted, to whatever number."""

    page: ColumnElement[bool]
    counting: Select[int]


def places_stamp(session: Session) -> str:
    """Tells one state of the gazetteer from the next, for whoever has learned its names."""
    count, last = session.execute(select(func.count(), func.max(Place.id))).one()
    return f"{count} {last}"


def place_names(session: Session) -> list[str]:
    return list(session.scalars(select(Place.name).distinct().order_by(Place.name)))


#: of a parent with more callers the newest so many are found by their words
CALLERS_INDEXED = 100


def text_to_index(session: Session, ticket_id: int) -> str:
    """Title, words, place and what was added, as the 承办版 shows them; nothing of a sealed ticket or of none.

    A parent is found by what its callers said as well: whoever works on it sees no ticket but this one.
    """
    return texts_to_index(session, [ticket_id]).get(ticket_id, "")


def texts_to_index(session: Session, ticket_ids: Sequence[int]) -> dict[int, str]:
    """The same for many, in three statements; in three more where one of them is a parent."""
    found = select(Ticket).where(Ticket.id.in_(ticket_ids)).options(joinedload(Ticket.place))
    tickets = session.scalars(found).all()
    texts = _own_texts(session, tickets)
    for parent in tickets:
        if parent.child_count and parent.secrecy is not Secrecy.SEALED:
            texts[parent.id] = "\n".join([texts[parent.id], *_own_texts(session, _callers(session, parent)).values()])
    return texts


def _callers(session: Session, parent: Ticket) -> Sequence[Ticket]:
    """The newest ones that asked for no secrecy: of hundreds the rest say nothing new, and each joining cuts anew."""
    children = select(Ticket).where(Ticket.parent_id == parent.id, Ticket.secrecy == Secrecy.NONE)
    newest = children.options(joinedload(Ticket.place)).order_by(Ticket.id.desc()).limit(CALLERS_INDEXED)
    return session.scalars(newest).all()


def _own_texts(session: Session, tickets: Sequence[Ticket]) -> dict[int, str]:
    ticket_ids = [ticket.id for ticket in tickets]
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
    said = (point.value for point in points_shown(ticket, boxes))
    return "\n".join([around, handling_text(ticket.text, boxes), *said])


def ticket_ids_after(session: Session, after: int, *, at_most: int) -> list[int]:
    """The next ones in the order of their ids."""
    return list(session.scalars(select(Ticket.id).where(Ticket.id > after).order_by(Ticket.id).limit(at_most)))


@dataclass(frozen=True)
class ByWords:
    """All of these words.  Sealed tickets are not found by words, also while their own are still in the index."""

    sought: Sought

    def newest(self, session: Session, conditions: Conditions, below: int | None, at_most: int) -> Select[int]:
        """Ids of the newest tickets that match and meet the conditions, smaller than `below` unless that is None."""
        if is_sqlite(session):
            return _by_fts5(self.sought, conditions, below, at_most)
        newest = below - 1 if below is not None else session.scalar(select(func.max(Ticket.id))) or 0
        return _by_blocks(self.sought, conditions, newest, at_most)

    def narrowed(
        self, session: Session, conditions: Conditions, *, is_narrow: bool, limits: Limits = LIMITS
    ) -> Narrowed:
        """For a list that is sorted or, if `is_narrow`, narrowed by something else.

        A few matches are named.  Of many, each ticket of the page's own order is asked.  SQLite has to be told what is
        cheaper, PostgreSQL knows how frequent words are.
        """
        if is_sqlite(session):
            return _Ways(session, self, conditions, limits).chosen(is_narrow=is_narrow)
        page = self._named(session, limits.named) if not self._is_frequent(session, limits) else None
        page = self.of_each(session) if page is None else page
        return Narrowed(page, select(Ticket.id).where(*conditions, page))

    def _is_frequent(self, session: Session, limits: Limits) -> bool:
        """Whether PostgreSQL believes it of a single word: to look it up would read the word's whole list.

        What it believes of several at once is no more than a guess.
        """
        if len(self.sought.groups) > 1:
            return False
        explained = session.scalar(_EXPLAINED, {"question": self.sought.for_tsquery()})
        return bool(explained[0]["Plan"]["Plan Rows"] > limits.matches)

    def _named(self, session: Session, at_most: int) -> ColumnElement[bool] | None:
        """None of more than so many."""
        ids = session.scalars(_matching(session, self.sought).limit(at_most + 1)).all()
        return and_(_not_sealed(Ticket.id), is_one_of(session, ids)) if len(ids) <= at_most else None

    def of_each(self, session: Session) -> ColumnElement[bool]:
        """Asked of one ticket after the other."""
        return and_(_not_sealed(Ticket.id), _has_words(session, self.sought))

    def of_all(self, session: Session) -> ColumnElement[bool]:
        """For all that match, however many."""
        return and_(_not_sealed(Ticket.id), Ticket.id.in_(_matching(session, self.sought)))


@dataclass(frozen=True)
class _Ways:
    """The ways in which SQLite can join many matches with many tickets."""

    session: Session
    by_words: ByWords
    conditions: Conditions
    limits: Limits

    def chosen(self, *, is_narrow: bool) -> Narrowed:
        """By how many there are of each, counted only so far as it matters."""
        limits, each, all_ = self.limits, self.by_words.of_each(self.session), self.by_words.of_all(self.session)
        n_matches = self._count(_matching(self.session, self.by_words.sought), limits.matches)
        if n_matches <= limits.named:
            return Narrowed(all_, self._tickets(all_))
        enough = min(limits.tickets, 10 * n_matches)
        n_tickets = self._count(self._tickets(), enough) if is_narrow else limits.tickets + 1
        if n_tickets <= limits.named:
            return Narrowed(each, self._tickets(each))
        page = self._among() if n_matches <= limits.matches else each
        if n_tickets > limits.tickets or n_matches <= n_tickets // 10:
            return Narrowed(page, _by_fts5(self.by_words.sought, self.conditions, None, None))
        is_asked = n_matches > limits.matches and n_tickets <= limits.asked
        return Narrowed(page, self._tickets(each) if is_asked else self._read_through())

    def _among(self) -> ColumnElement[bool]:
        """The plus: tickets are looked up among the matches in hand, instead of each match among the tickets."""
        matching = _matching(self.session, self.by_words.sought)
        return and_(_not_sealed(Ticket.id), literal_column("+tickets.id").in_(matching))

    def _read_through(self) -> Select[int]:
        """The words' list from its beginning, with the tickets in hand."""
        in_hand = literal_column("+ticket_words.rowid").in_(self._tickets())
        return select(_WORDS.c.rowid).where(_fts5(self.by_words.sought), in_hand, _not_sealed(_WORDS.c.rowid))

    def _tickets(self, *further: ColumnElement[bool]) -> Select[int]:
        return select(Ticket.id).where(*self.conditions, *further)

    def _count(self, ids: Select[int], at_most: int) -> int:
        some = ids.limit(at_most + 1).subquery()
        return self.session.scalar(select(func.count()).select_from(some)) or 0


@dataclass(frozen=True)
class ByDigits:
    """A whole telephone number by its keyed hash; a ticket number whole, by its beginning, or by its end."""

    digits: str
    key: bytes
    #: a unit asks: it may not learn by trying numbers who it was that asked for secrecy
    is_outside: bool = False

    def newest(self, session: Session, conditions: Conditions, below: int | None, at_most: int) -> Select[int]:
        """See ByWords.  Sorted by an expression: a walk down the primary key would pass by most of the table."""
        wanted = select(Ticket.id).where(self.of_all(session), *conditions)
        if below is not None:
            wanted = wanted.where(Ticket.id < below)
        return wanted.order_by((Ticket.id + 0).desc()).limit(at_most)

    def narrowed(
        self, session: Session, conditions: Conditions, *, is_narrow: bool, limits: Limits = LIMITS
    ) -> Narrowed:
        """See ByWords."""
        page = self.of_all(session, limits)
        return Narrowed(page, select(Ticket.id).where(*conditions, page))

    def of_all(self, session: Session, limits: Limits = LIMITS) -> ColumnElement[bool]:
        """Digits are always few, and are read first: PostgreSQL takes each for a frequent word and would read all
        tickets.  SQLite does not, and cannot be told any number of them.
        """
        found = self._found(session)
        at_most = limits.named + 1 if is_sqlite(session) else None
        ids = session.scalars(select(found.subquery("found").c.id).limit(at_most)).all()
        return Ticket.id.in_(found) if len(ids) == at_most else is_one_of(session, ids)

    def _found(self, session: Session) -> CompoundSelect[int] | Select[int]:
        digits, ways = self.digits, []
        if len(digits) >= SHORTEST_BEGINNING:
            between = Ticket.number.between(digits.ljust(LENGTH, "0"), digits.ljust(LENGTH, "9"))
            ways.append(select(Ticket.id.label("id")).where(between))
        if is_whole_phone(digits):
            by_phone = select(Ticket.id.label("id")).where(Ticket.phone_hash == phone_hash(digits, self.key))
            ways.append(by_phone.where(Ticket.secrecy == Secrecy.NONE) if self.is_outside else by_phone)
        ways += self._by_ends(session)
        return union(*ways) if len(ways) > 1 else ways[0]

    def _by_ends(self, session: Session) -> list[Select[int]]:
        """Ends of ticket numbers and of telephones: one question for the hotline, two for a unit."""
        ending, tail = sought_ending(self.digits), sought_tail(self.digits, self.key)
        if not self.is_outside:
            ends = either(ending, tail)
            return [_matching(session, ends)] if ends is not None else []
        ways = [_matching(session, ending)] if ending is not None else []
        if tail is not None:
            of_tail = select(Ticket.id.label("id")).where(Ticket.id.in_(_matching(session, tail)))
            ways.append(of_tail.where(Ticket.secrecy == Secrecy.NONE))
        return ways


Wish = ByWords | ByDigits


def _not_sealed(ticket_id: ColumnElement[int] | InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """By the short list of the sealed ones, so that the tickets themselves need not be read."""
    return ticket_id.not_in(select(_SEALED.id).where(text(f"sealed.{SEALED}")))


def _has_words(session: Session, sought: Sought) -> ColumnElement[bool]:
    """Asked of one ticket after the other: SQLite reads what it keeps, since FTS5 would begin each time anew."""
    if not is_sqlite(session):
        found = _matching(session, sought)
        return found.where(_WORDS.c.ticket_id == Ticket.id).correlate(Ticket).exists()
    kept = literal(" ").concat(_WORDS.c.words).concat(" ")
    each = [or_(*(func.instr(kept, f" {word} ") > 0 for word in group)) for group in sought.groups]
    return select(_WORDS.c.rowid).where(_WORDS.c.rowid == Ticket.id, *each).correlate(Ticket).exists()


def _matching(session: Session, sought: Sought) -> Select[int]:
    if is_sqlite(session):
        return select(_WORDS.c.rowid.label("id")).where(_fts5(sought))
    return select(_WORDS.c.ticket_id.label("id")).where(_tsquery(sought.for_tsquery()))


def is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


def _fts5(sought: Sought) -> ColumnElement[bool]:
    return literal_column("ticket_words").op("MATCH")(sought.for_fts5())


def _tsquery(question: str) -> ColumnElement[bool]:
    return _WORDS.c.words.op("@@")(cast(question, TSQUERY))


def _by_fts5(sought: Sought, conditions: Conditions, below: int | None, at_most: int | None) -> Select[int]:
    """FTS5 gives the newest first by itself; the plus keeps it the outer loop."""
    joined = _WORDS.join(Ticket, Ticket.id == literal_column("+ticket_words.rowid"))
    wanted = select(_WORDS.c.rowid).select_from(joined).where(_fts5(sought), *conditions, _not_sealed(_WORDS.c.rowid))
    if below is not None:
        wanted = wanted.where(_WORDS.c.rowid < below)
    return wanted.order_by(_WORDS.c.rowid.desc()).limit(at_most)


def _by_blocks(sought: Sought, conditions: Conditions, newest: int, at_most: int) -> Select[int]:
    """The newest few, the newest block, then more and more of them, then the rest: PostgreSQL stops at enough.

    It takes the parts in turn, since none of them can be shared among workers.  The newest few are asked one by one:
    what stands in every second text is found there, and would be sorted out of a whole block dearly.
    """
    few = and_(*conditions, _WORDS.c.ticket_id > newest - WALKED)
    parts, block = [_part(sought.for_tsquery(), [few], newest, at_most)], newest // BLOCK_SIZE
    newest -= WALKED
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
        .where(_tsquery(question), _WORDS.c.ticket_id <= newest, *conditions, _not_sealed(_WORDS.c.ticket_id))
        .order_by((_WORDS.c.ticket_id + 0).desc())
        .limit(at_most)
    )
