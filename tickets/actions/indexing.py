"""The search index is written: the words of one ticket in place of those it had."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from tickets.kinds import Secrecy
from tickets.model import Ticket
from tickets.search import index_words

_FORGET = text("DELETE FROM ticket_words WHERE rowid = :id")
_KEEP = text("INSERT INTO ticket_words (rowid, words) VALUES (:id, :words)")
_KEEP_POSTGRESQL = text(
    "INSERT INTO ticket_words (ticket_id, words) VALUES (:id, array_to_tsvector(CAST(:words AS text[]))) "
    "ON CONFLICT (ticket_id) DO UPDATE SET words = excluded.words"
)


def index_ticket(session: Session, ticket_id: int, words: Sequence[str], *, key: bytes) -> None:
    """Find the ticket by these words from now on.  One that is gone stays away; a sealed one has no words."""
    index_tickets(session, {ticket_id: words}, key=key)


def index_tickets(session: Session, words: Mapping[int, Sequence[str]], *, key: bytes) -> None:
    """The same for many, in three statements."""
    particulars = select(Ticket.id, Ticket.number, Ticket.phone, Ticket.secrecy).where(Ticket.id.in_(list(words)))
    rows: list[dict[str, object]] = []
    for ticket_id, number, phone, secrecy in session.execute(particulars):
        told = () if secrecy is Secrecy.SEALED else words[ticket_id]
        rows.append(
            {"id": ticket_id, "words": index_words(told, ticket_id=ticket_id, number=number, phone=phone, key=key)}
        )
    write_words(session, rows)


def write_words(session: Session, rows: list[dict[str, object]]) -> None:
    """Rows of an id and its list of words."""
    if not rows:
        return
    if session.get_bind().dialect.name != "sqlite":
        session.execute(_KEEP_POSTGRESQL, rows)
        return
    session.execute(_FORGET, [{"id": row["id"]} for row in rows])
    session.execute(_KEEP, [{"id": row["id"], "words": " ".join(row["words"])} for row in rows])  # type: ignore[arg-type]
