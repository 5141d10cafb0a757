"""Playing the ledger again, in pages and both ways: from its lines to what is stored, and back."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from core.checkpoints.walk import Walked
from evaluation.model import Invitation, LedgerEntry, Rating, RatingWords
from evaluation.replay.rules import (
    ANSWERS,
    ENDS,
    MAY_STAND,
    KeptInvitation,
    KeptRating,
    Line,
    Replayed,
    Standing,
    invitation_fault,
    rating_fault,
)
from evaluation.rules import InvitationState, LedgerKind
from tickets.model import Ticket

#: runs a function of a Session, as Database.read does
Read = Callable[..., Any]
#: lines that are read at once
_PAGE = 5_000
_RATINGS_THERE, _INVITATIONS_THERE = "ratings", "invitations"
_RATINGS, _WORDS, _ASKED = Rating.__table__.c, RatingWords.__table__.c, Invitation.__table__.c
_LINES = LedgerEntry.__table__.c


def replay(session: Session) -> Replayed:
    """Whether `ratings` and `invitations` are what the ledger says; the first difference is named."""
    return replay_by(within(session))


def replay_by(read: Read) -> Replayed:
    """The same in many short reads, for a server: what is answered or asked meanwhile is no difference."""
    tally, after = _Tally(), 0
    while lines := read(_lines, after):
        ratings, invitations = read(_kept, lines)
        if fault := tally.hear(lines, ratings, invitations):
            return Replayed(tally.ratings, fault)
        after = lines[-1].id
    return Replayed(tally.ratings, _left_over(read, tally))


def with_replay(read: Read, found: Walked) -> Walked:
    """What a walk over the ledger found, and whether ratings and invitations are what it says.

    A ledger that does not hold itself is asked nothing.
    """
    return replace(found, beside=replay_by(read).fault) if found.holds else found


def within(session: Session) -> Read:
    """Reads in a transaction that is open already."""
    return lambda fn, *args: fn(session, *args)


class _Tally:
    """What the lines said so far: how many ratings and invitations, and how many ends stand as their line says."""

    def __init__(self) -> None:
        self.ratings = 0
        self.invitations = 0
        self.ends: Counter[str] = Counter()
        self.standing = Standing()

    def hear(
        self, lines: Sequence[Line], ratings: dict[int, KeptRating], invitations: dict[int, KeptInvitation]
    ) -> str | None:
        """The first fault among them."""
        for line in lines:
            asked = invitations.get(line.said.get("invitation", 0))
            if line.kind in ANSWERS:
                rating = ratings.get(line.said.get("rating", 0))
                if fault := rating_fault(line, rating, asked):
                    return fault
                self.ratings += 1
            if line.said.get("invitation") is not None:
                if fault := invitation_fault(line, asked):
                    return fault
                self._count(line, asked)
        self.standing.hear(ratings.values())
        return None

    def _count(self, line: Line, asked: KeptInvitation | None) -> None:
        self.invitations += line.kind is LedgerKind.INVITATION
        if asked is not None and ENDS.get(asked.state) is line.kind:
            self.ends[asked.state] += 1


def _lines(session: Session, after: int, kinds: Iterable[LedgerKind] = tuple(MAY_STAND)) -> list[Line]:
    wanted = select(_LINES.id, _LINES.kind, _LINES.at, _LINES.body).where(_LINES.kind.in_(kinds))
    page = wanted.where(_LINES.id > after).order_by(_LINES.id).limit(_PAGE)
    return [Line(id_, kind, at, _said(body)) for id_, kind, at, body in session.execute(page)]


def _said(body: str) -> dict[str, Any]:
    """Of a line that is not sealed yet anything may have been made; what says nothing is found to say nothing."""
    try:
        said = json.loads(body)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _named(lines: Iterable[Line], key: str) -> set[int]:
    return {id_ for line in lines if isinstance(id_ := line.said.get(key), int)}


def _kept(session: Session, lines: Sequence[Line]) -> tuple[dict[int, KeptRating], dict[int, KeptInvitation]]:
    """What is stored of that which these lines name.  Read after them, so that nothing is missing that they say."""
    ratings = _named((line for line in lines if line.kind in ANSWERS), "rating")
    invitations = _named(lines, "invitation")
    columns = [_RATINGS[name] for name in KeptRating._fields[:-2]]
    given = select(*columns, _WORDS.entry_id, _WORDS.receipt_salt).outerjoin(
        RatingWords.__table__, _WORDS.rating_id == _RATINGS.id
    )
    of_ticket = Ticket.__table__.c
    asked = select(
        *(of_ticket.number if name == "ticket_number" else _ASKED[name] for name in KeptInvitation._fields)
    ).join(Ticket.__table__, of_ticket.id == _ASKED.ticket_id)
    return (
        {row[0]: KeptRating._make(row) for row in session.execute(given.where(_RATINGS.id.in_(ratings)))},
        {row[0]: KeptInvitation._make(row) for row in session.execute(asked.where(_ASKED.id.in_(invitations)))},
    )


def _left_over(read: Read, tally: _Tally) -> str | None:
    """What no line has led to: ratings, invitations and ends that stand without one, and ratings wrongly put aside.

    Counted first; only where the counts differ the rows are looked for, which also forgives what came meanwhile.
    """
    stored = read(_counted)
    if stored[_RATINGS_THERE] != tally.ratings and (fault := _unsaid_rating(read)):
        return fault
    if stored[_INVITATIONS_THERE] != tally.invitations and (fault := _unsaid_invitation(read, None)):
        return fault
    for state in ENDS:
        if stored[state] != tally.ends[state] and (fault := _unsaid_invitation(read, state)):
            return fault
    doubted = sorted(tally.standing.open)[:_PAGE]
    return read(_wrongly_aside, doubted) if doubted else None


def _counted(session: Session) -> Counter[str]:
    """Ratings, invitations, and invitations by state."""
    found: Counter[str] = Counter()
    for state, n in session.execute(select(_ASKED.state, func.count()).group_by(_ASKED.state)):
        found[state] = n
    found[_INVITATIONS_THERE] = found.total()
    found[_RATINGS_THERE] = session.scalar(select(func.count()).select_from(Rating)) or 0
    return found


def _unsaid_rating(read: Read) -> str | None:
    """The first rating whose own line is none, or is about another."""
    after = 0
    while page := read(_own_lines, after):
        for id_, kind, body in page:
            if kind not in ANSWERS or _said(body).get("rating") != id_:
                return f"rating {id_}: no line of the ledger says it"
        after = page[-1][0]
    return None


def _own_lines(session: Session, after: int) -> Sequence[Any]:
    words, lines = RatingWords.__table__, LedgerEntry.__table__
    own = select(_RATINGS.id, _LINES.kind, _LINES.body).outerjoin_from(
        Rating.__table__, words, _WORDS.rating_id == _RATINGS.id
    )
    own = own.outerjoin(lines, _LINES.id == _WORDS.entry_id)
    return session.execute(own.where(_RATINGS.id > after).order_by(_RATINGS.id).limit(_PAGE)).all()


def _unsaid_invitation(read: Read, state: InvitationState | None) -> str | None:
    """The first that stands so (None: that is there at all) without a line of its own."""
    kind = LedgerKind.INVITATION if state is None else ENDS[state]
    unsaid: set[int] = read(_invitations, state)
    after = 0
    while lines := read(_lines, after, (kind,)):
        unsaid -= _named(lines, "invitation")
        after = lines[-1].id
    if not unsaid:
        return None
    what = "no line of the ledger says it" if state is None else f"state is {state}, and no line says {kind}"
    return f"invitation {min(unsaid)}: {what}"


def _invitations(session: Session, state: InvitationState | None) -> set[int]:
    return set(session.scalars(select(_ASKED.id) if state is None else select(_ASKED.id).where(_ASKED.state == state)))


def _wrongly_aside(session: Session, doubted: Sequence[int]) -> str | None:
    """Of these the first that counts though it was corrected, or does not though it was not."""
    by = aliased(Rating, name="by")
    query = select(Rating.id, Rating.is_current).outerjoin(by, by.corrects_id == Rating.id)
    among = query.where(Rating.id.in_(doubted), Rating.is_current == by.id.is_not(None))
    row = session.execute(among.order_by(Rating.id).limit(1)).first()
    return row and f"rating {row.id}: is_current is {row.is_current}, the ledger says {not row.is_current}"
