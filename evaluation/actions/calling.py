"""Asking on the phone: who may, each call and what came of it, and what the citizen said."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from evaluation.actions.answering import Answer, record_answer
from evaluation.actions.ending import is_with_person, locked_invitation, refuse_invitation, stop_asking
from evaluation.calls import CallBehind, attempt_behind, talk_behind
from evaluation.classes.rules import is_third_party
from evaluation.errors import HandlerMayNotAsk, InvitationNotFound, NotWithPerson
from evaluation.ledger import append_entry
from evaluation.model import CallbackAttempt, Invitation
from evaluation.plan import CALLS_MOST, CallbackOutcome, counted_calls
from evaluation.queries import attempts_of
from evaluation.rules import CALLED_STATES, Channel, InvitationState, LedgerKind, Reason, Subject
from staff.model import Unit
from staff.rules import Actor, UnitKind
from tickets.model import HelperPart, Holding, InnerHolding, Ticket
from tickets.queries.access import not_kept_from, sees_own_unit_only
from tickets.queries.direct import last_direct_answer


def answer_by_phone(session: Session, invitation_id: int, answer: Answer, *, by: Actor, now: datetime) -> None:
    """Write down what the citizen said; the call counts as one that reached them.

    Raises InvitationNotFound, HandlerMayNotAsk, InvitationExpired, InvitationVoided, AlreadyRated, OwnWordStands,
    NotWithPerson.
    Announces RatingRecorded, BadRating.
    """
    invitation = _open_to(session, invitation_id, by)
    record_answer(session, invitation_id, answer, now=now)
    if not _is_told(session, answer.source):
        call = talk_behind(session, invitation, by=by, now=now)
        _keep(session, invitation, CallbackOutcome.REACHED, answer.source, call, by=by, now=now)


def refuse_by_phone(session: Session, invitation_id: int, *, source: str, by: Actor, now: datetime) -> None:
    """The citizen said on the phone that they do not want to rate.

    What no call bears out is kept, flagged by the audit, and ends nothing.
    Raises InvitationNotFound, HandlerMayNotAsk, NotWithPerson.
    """
    invitation = _open_to(session, invitation_id, by)
    if _is_told(session, source):
        return
    _check_with_person(invitation)
    call = talk_behind(session, invitation, by=by, now=now)
    _keep(session, invitation, CallbackOutcome.REACHED, source, call, by=by, now=now)
    if call.is_there:
        refuse_invitation(session, invitation_id, channel=Channel.CALLBACK, now=now)


def record_attempt(
    session: Session, invitation_id: int, outcome: CallbackOutcome, *, source: str, by: Actor, now: datetime
) -> None:
    """A call that brought no answer; the third ends the asking as 未评价, and that is no satisfaction.

    What no call bears out is kept, flagged by the audit, and ends nothing.  Whoever wrote something after their rating
    waits until somebody has reached them.
    An answer that comes by itself before the window is over still counts.
    Raises InvitationNotFound, HandlerMayNotAsk, NotWithPerson.
    """
    invitation = _open_to(session, invitation_id, by)
    if _is_told(session, source):
        return
    if invitation.said_after_at is None:
        _check_with_person(invitation)
    call = attempt_behind(session, invitation, outcome, by=by, now=now)
    _keep(session, invitation, outcome, source, call, by=by, now=now)
    if outcome is CallbackOutcome.REACHED:
        invitation.said_after_at = None
    attempts = attempts_of(session, invitation_id)
    made = counted_calls(attempt.at for attempt in attempts if attempt.is_proven is not False)
    if invitation.state in CALLED_STATES and len(made) >= CALLS_MOST:
        _end_calling(session, invitation, len(made), now=now)


def _end_calling(session: Session, invitation: Invitation, calls: int, *, now: datetime) -> None:
    body = {"invitation": invitation.id, "was": invitation.state, "reason": Reason.CALLS_MADE, "calls": calls}
    append_entry(session, LedgerKind.EXPIRY, body, now=now)
    invitation.state = InvitationState.EXPIRED
    invitation.reason = Reason.CALLS_MADE
    invitation.closed_at = now
    stop_asking(session, invitation, now=now)


def _check_with_person(invitation: Invitation) -> None:
    """Raises NotWithPerson."""
    if not is_with_person(invitation):
        raise NotWithPerson(invitation_id=invitation.id, state=invitation.state)


def _open_to(session: Session, invitation_id: int, by: Actor) -> Invitation:
    """The invitation, locked; not for who steps aside, and not for who handles the matter, or did, or answered it."""
    invitation = locked_invitation(session, invitation_id)
    ticket = session.scalar(select(Ticket).where(Ticket.id == invitation.ticket_id, not_kept_from(by)))
    if ticket is None:
        raise InvitationNotFound(invitation_id=invitation_id)
    if sees_own_unit_only(by) or not is_third_party(_own_path(session, by), _paths(session, ticket)):
        raise HandlerMayNotAsk(invitation_id=invitation_id)
    if invitation.subject is Subject.DIRECT and last_direct_answer(session, ticket.id).by_id == by.person_id:
        raise HandlerMayNotAsk(invitation_id=invitation_id)
    return invitation


def _own_path(session: Session, by: Actor) -> str | None:
    return session.scalar(select(Unit.path).where(Unit.id == by.unit_id, Unit.kind != UnitKind.HOTLINE))


def _paths(session: Session, ticket: Ticket) -> list[str]:
    """Of every unit that has had a part in it."""
    had = [select(model.unit_id).where(model.ticket_id == ticket.id) for model in (Holding, InnerHolding, HelperPart)]
    concerned = Unit.id.in_(had[0].union(*had[1:])) | (Unit.id == ticket.unit_id)
    return list(session.scalars(select(Unit.path).where(concerned)))


def _is_told(session: Session, source: str) -> bool:
    return session.scalar(select(CallbackAttempt.id).filter_by(source=source)) is not None


def _keep(
    session: Session,
    invitation: Invitation,
    outcome: CallbackOutcome,
    source: str,
    call: CallBehind,
    *,
    by: Actor,
    now: datetime,
) -> None:
    attempt = CallbackAttempt(
        invitation_id=invitation.id,
        outcome=outcome,
        at=now,
        by=by.label,
        by_id=by.person_id,
        source=source,
        is_proven=call.is_there,
        bridge_id=call.bridge_id,
        call_id=call.call_id,
    )
    session.add(attempt)
    session.flush()
