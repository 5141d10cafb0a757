"""What a line of the ledger requires of the rating and of the invitation that it names."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from evaluation.ledger import is_about, salted_hash
from evaluation.rules import InvitationState, LedgerKind

#: these say a rating
ANSWERS = frozenset({LedgerKind.ANSWER, LedgerKind.CORRECTION})
#: where an invitation may stand once such a line is there
MAY_STAND: Mapping[LedgerKind, frozenset[InvitationState]] = {
    LedgerKind.INVITATION: frozenset(InvitationState),
    LedgerKind.ANSWER: frozenset({InvitationState.ANSWERED}),
    LedgerKind.CORRECTION: frozenset({InvitationState.ANSWERED}),
    #: a refusal may be thought over; one that stands runs out like silence
    LedgerKind.REFUSAL: frozenset({InvitationState.REFUSED, InvitationState.ANSWERED}),
    LedgerKind.EXPIRY: frozenset({InvitationState.EXPIRED, InvitationState.REFUSED, InvitationState.ANSWERED}),
    #: what came before the end counts, however late it is worked on
    LedgerKind.VOIDING: frozenset({InvitationState.VOIDED, InvitationState.ANSWERED}),
}
#: which line it takes to stand so
ENDS: Mapping[InvitationState, LedgerKind] = {
    InvitationState.ANSWERED: LedgerKind.ANSWER,
    InvitationState.REFUSED: LedgerKind.REFUSAL,
    InvitationState.EXPIRED: LedgerKind.EXPIRY,
    InvitationState.VOIDED: LedgerKind.VOIDING,
}
#: what a line calls what a rating keeps
_OF_RATING = {
    "invitation": "invitation_id",
    "call": "call_id",
    "matter": "matter_id",
    "window": "window_id",
    "person": "person_id",
    "subject": "subject",
    "unit": "unit_id",
    "level": "level",
    "solved": "is_solved",
    "channel": "channel",
    "corrects": "corrects_id",
}
#: lines from before say nothing of these
_SAID_LATER = {"ticket": "ticket_id", "real_name": "is_real_name"}
_OF_INVITATION = {
    "subject": "subject",
    "ticket": "ticket_number",
    "rework": "rework_no",
    "unit": "unit_id",
    "phone": "phone_hash",
}


class Line(NamedTuple):
    """A line of the ledger, its body read."""

    id: int
    kind: LedgerKind
    at: datetime
    said: Mapping[str, Any]


class KeptRating(NamedTuple):
    """A row of ratings; `entry_id` is the line that it names as its own, `receipt_salt` salts its codes there."""

    id: int
    subject: str
    invitation_id: int | None
    ticket_id: int | None
    call_id: int | None
    matter_id: int | None
    window_id: int | None
    unit_id: int | None
    person_id: int | None
    channel: str
    level: int
    is_solved: bool | None
    is_real_name: bool | None
    source: str
    corrects_id: int | None
    is_current: bool
    receipt: str
    recorded_at: datetime
    entry_id: int | None
    receipt_salt: bytes | None


class KeptInvitation(NamedTuple):
    """A row of invitations."""

    id: int
    subject: str
    ticket_id: int
    ticket_number: str
    rework_no: int
    unit_id: int | None
    phone_hash: str
    state: InvitationState


@dataclass(frozen=True)
class Replayed:
    """How many ratings the lines say, and the first place where what is stored is something else."""

    ratings: int
    fault: str | None


def rating_fault(line: Line, kept: KeptRating | None, asked: KeptInvitation | None) -> str | None:
    """What is wrong with the rating that an answer or a correction says; None: nothing."""
    name = f"rating {line.said.get('rating')}"
    if kept is None:
        return f"{name} is gone: line {line.id} says it"
    if kept.entry_id != line.id:
        return f"{name} names line {kept.entry_id} as its own, and line {line.id} says it"
    if (fault := _otherwise(line, kept, _OF_RATING)) or (fault := _otherwise(line, kept, _said_of(line))):
        return f"{name}: {fault}"
    if kept.recorded_at != line.at:
        return f"{name}: recorded_at is not that of line {line.id}"
    if asked is not None and kept.ticket_id != asked.ticket_id:
        return f"{name}: ticket_id is {kept.ticket_id}, its invitation is about {asked.ticket_id}"
    return _codes_fault(name, line, kept)


def invitation_fault(line: Line, kept: KeptInvitation | None) -> str | None:
    """What is wrong with the invitation that a line names; None: nothing."""
    name = f"invitation {line.said['invitation']}"
    if kept is None:
        return f"{name} is gone: line {line.id} says it"
    if kept.state not in MAY_STAND[line.kind]:
        return f"{name}: state is {kept.state}, line {line.id} says {line.kind}"
    fault = _otherwise(line, kept, _OF_INVITATION) if line.kind is LedgerKind.INVITATION else None
    return fault and f"{name}: {fault}"


def _said_of(line: Line) -> dict[str, str]:
    return {key: column for key, column in _SAID_LATER.items() if key in line.said}


def _otherwise(line: Line, kept: Any, columns: Mapping[str, str]) -> str | None:
    """The first column that holds something else than the line says."""
    for key, column in columns.items():
        said, stored = line.said.get(key), getattr(kept, column)
        if said != stored:
            return f"{column} is {stored}, line {line.id} says {said}"
    return None


def _codes_fault(name: str, line: Line, kept: KeptRating) -> str | None:
    """Receipt and source stand in the line as salted hashes only."""
    salt = kept.receipt_salt
    if not is_about(line.said, kept.receipt, salt):
        return f"{name}: its receipt is not that of line {line.id}"
    if "source" in line.said and (salt is None or line.said["source"] != salted_hash(salt, kept.source)):
        return f"{name}: its source is not that of line {line.id}"
    return None


class Standing:
    """Which ratings count: the lines say it by their corrections, each of which puts one aside.

    `open` holds what does not come out even yet; a correction follows soon, so it stays small.
    """

    def __init__(self) -> None:
        self.open: set[int] = set()

    def hear(self, ratings: Iterable[KeptRating]) -> None:
        for rating in ratings:
            if not rating.is_current:
                self.open ^= {rating.id}
            if rating.corrects_id is not None:
                self.open ^= {rating.corrects_id}
