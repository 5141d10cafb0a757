"""Keeping what somebody said: the first answer, a correction of it, and the key after a call."""

import secrets
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.codes import draw_code
from core.events import announce
from evaluation.actions.ending import STILL_OPEN, is_with_person, locked_invitation, stop_asking
from evaluation.errors import AlreadyRated, InvitationExpired, InvitationVoided, NotWithPerson, OwnWordStands
from evaluation.events import BadRating, RatingRecorded, SecondQuestionOver
from evaluation.ledger import SALT_BYTES, append_entry, receipt_said, salted_hash
from evaluation.model import Invitation, Rating, RatingReason, RatingWords
from evaluation.queries import counting_answer, first_answer, reasons_of, words_of
from evaluation.rules import BadReason, Channel, InvitationState, LedgerKind, Level, Reason, Subject, may_correct

#: 10 letters of the code alphabet: about 50 bits, enough to look up and short enough to read out
RECEIPT_LENGTH = 10


@dataclass(frozen=True)
class Answer:
    """What somebody said, and by which way it came; `source` makes it count once however often it is told."""

    level: Level
    channel: Channel
    source: str
    words: str | None = None
    is_solved: bool | None = None
    #: asked for the two bad levels; of a better one none are kept
    reasons: Collection[BadReason] = ()


@dataclass(frozen=True)
class About:
    """What a rating is of, and whose work; `is_real_name`: a verified number gave it, None where unasked."""

    subject: Subject
    invitation_id: int | None = None
    ticket_id: int | None = None
    call_id: int | None = None
    matter_id: int | None = None
    window_id: int | None = None
    unit_id: int | None = None
    person_id: int | None = None
    is_real_name: bool | None = None


def record_answer(session: Session, invitation_id: int, answer: Answer, *, now: datetime) -> Rating:
    """Keep an answer to an invitation: the first one, or within 24 hours of it a correction (the latest counts).

    Told twice, the first telling is returned.
    What staff write down of a callback never takes the place of the citizen's own word.
    Raises InvitationNotFound, InvitationExpired, InvitationVoided, AlreadyRated, OwnWordStands, NotWithPerson.
    Announces RatingRecorded and, for a bad level that did not stand before, BadRating; of a repair SecondQuestionOver.
    """
    invitation = locked_invitation(session, invitation_id)
    if told := session.scalar(select(Rating).filter_by(source=answer.source)):
        return told
    first, before = first_answer(session, invitation_id), counting_answer(session, invitation_id)
    if first is None:
        _check_open(invitation, now)
    elif not may_correct(first.recorded_at, now):
        raise AlreadyRated(invitation_id=invitation_id)
    if answer.channel is Channel.CALLBACK:
        _check_callback(invitation, before)

    if before is not None:
        before.is_current = False
        session.flush()
    about = About(
        invitation.subject,
        invitation_id=invitation.id,
        ticket_id=invitation.ticket_id,
        unit_id=invitation.unit_id,
    )
    rating = keep_rating(session, answer, about, corrects_id=before.id if before else None, now=now)
    invitation.state = InvitationState.ANSWERED
    invitation.reason = None
    invitation.closed_at = invitation.closed_at or now
    stop_asking(session, invitation, now=now)
    announce_rating(session, rating, rework_no=invitation.rework_no, before=before)
    return rating


def explain_rating(
    session: Session,
    invitation_id: int,
    *,
    reasons: Collection[BadReason],
    words: str | None,
    channel: Channel,
    source: str,
    now: datetime,
) -> Rating | None:
    """Keep why the citizen gave the bad rating that counts: the same level once more, with what was said before.

    None where no bad rating counts.
    Raises InvitationNotFound, AlreadyRated.  Announces RatingRecorded.
    """
    locked_invitation(session, invitation_id)
    if told := session.scalar(select(Rating).filter_by(source=source)):
        return told
    counts = counting_answer(session, invitation_id)
    if counts is None or Level(counts.level).is_satisfied:
        return None
    said = "\n".join(filter(None, (words_of(session, counts.id), words))) or None
    named = {*reasons_of(session, [counts.id]).get(counts.id, ()), *reasons}
    again = Answer(Level(counts.level), channel, source, said, counts.is_solved, named)
    return record_answer(session, invitation_id, again, now=now)


def record_agent_rating(
    session: Session, call_id: int, level: Level, *, person_id: int | None, now: datetime
) -> Rating:
    """The key pressed after a call: it rates the agent and nothing else (一次一评).  Told twice, kept once."""
    answer = Answer(level, Channel.KEY, source=f"key:call:{call_id}")
    if told := session.scalar(select(Rating).filter_by(source=answer.source)):
        return told
    about = About(Subject.AGENT, call_id=call_id, person_id=person_id)
    rating = keep_rating(session, answer, about, corrects_id=None, now=now)
    announce_rating(session, rating)
    return rating


def _check_open(invitation: Invitation, now: datetime) -> None:
    """What came in before the end counts, however late it is worked on.

    Where calling ended early, an answer may still come in until the window is over.
    Raises InvitationVoided, InvitationExpired.
    """
    came_before = invitation.closed_at is not None and now < invitation.closed_at
    is_open = invitation.state in STILL_OPEN or came_before or invitation.reason is Reason.CALLS_MADE
    if invitation.state is InvitationState.VOIDED and not is_open:
        raise InvitationVoided(invitation_id=invitation.id)
    if not is_open or now >= invitation.expires_at:
        raise InvitationExpired(invitation_id=invitation.id)


def _check_callback(invitation: Invitation, before: Rating | None) -> None:
    """Raises OwnWordStands, NotWithPerson."""
    if before is not None and before.channel is not Channel.CALLBACK:
        raise OwnWordStands(invitation_id=invitation.id)
    if before is None and not is_with_person(invitation):
        raise NotWithPerson(invitation_id=invitation.id, state=invitation.state)


def keep_rating(session: Session, answer: Answer, about: About, *, corrects_id: int | None, now: datetime) -> Rating:
    """Write a rating, its line in the ledger and its words.  Whether it may be given was asked before."""
    rating = Rating(
        **asdict(about),
        channel=answer.channel,
        level=int(answer.level),
        is_solved=answer.is_solved,
        source=answer.source,
        corrects_id=corrects_id,
        is_current=True,
        receipt=draw_code(secrets.choice) + draw_code(secrets.choice)[: RECEIPT_LENGTH - 6],
        recorded_at=now,
    )
    session.add(rating)
    session.flush()
    _write_line(session, rating, answer, now=now)
    return rating


def _write_line(session: Session, rating: Rating, answer: Answer, *, now: datetime) -> None:
    """What the ledger says of it, and beside the ledger the reasons and what may be erased."""
    reasons = [] if answer.level.is_satisfied else sorted(set(answer.reasons))
    salt, receipt_salt = secrets.token_bytes(SALT_BYTES), secrets.token_bytes(SALT_BYTES)
    kind = LedgerKind.CORRECTION if rating.corrects_id else LedgerKind.ANSWER
    said = _rating_line(rating, reasons, answer.words, salt) | receipt_said(rating.receipt, receipt_salt)
    said["source"] = salted_hash(receipt_salt, rating.source)
    line = append_entry(session, kind, said, now=now)
    kept = RatingWords(rating_id=rating.id, entry_id=line.id, words=answer.words, salt=salt, receipt_salt=receipt_salt)
    session.add_all([kept, *(RatingReason(rating_id=rating.id, reason=reason) for reason in reasons)])


def announce_rating(
    session: Session, rating: Rating, *, rework_no: int | None = None, before: Rating | None = None
) -> None:
    """Tell what follows from it; a correction of the level `before` to itself is no new bad rating."""
    if rating.subject is Subject.REPAIR and rating.invitation_id is not None and rating.ticket_id is not None:
        announce(session, SecondQuestionOver(rating.invitation_id, rating.ticket_id))
        return
    of = (rating.ticket_id, rating.call_id, rating.level, rework_no, rating.matter_id, rating.subject is Subject.DIRECT)
    announce(session, RatingRecorded(rating.id, *of))
    is_news = before is None or before.level != rating.level
    if is_news and rating.ticket_id is not None and not Level(rating.level).is_satisfied:
        announce(session, BadRating(rating.id, rating.ticket_id, rating.level))


def _rating_line(rating: Rating, reasons: list[BadReason], words: str | None, salt: bytes) -> dict[str, Any]:
    return {
        "rating": rating.id,
        "invitation": rating.invitation_id,
        "ticket": rating.ticket_id,
        "call": rating.call_id,
        "matter": rating.matter_id,
        "window": rating.window_id,
        "person": rating.person_id,
        "subject": rating.subject,
        "unit": rating.unit_id,
        "level": rating.level,
        "real_name": rating.is_real_name,
        "solved": rating.is_solved,
        "reasons": reasons,
        "channel": rating.channel,
        "corrects": rating.corrects_id,
        "words": salted_hash(salt, words) if words else None,
    }
