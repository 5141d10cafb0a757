"""What opens a question: its code and the end of the phone, tried only so often."""

import secrets
from datetime import datetime

import structlog
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from core.secrets import phone_hash
from evaluation.model import CodeTry, Invitation
from evaluation.rules import CODE_TRIES, CODE_TRIES_WITHIN, TAIL_TRIES

log = structlog.get_logger(__name__)


def open_by_code(
    session: Session, code: str, phone_tail: str, *, phone_key: bytes, address: str, now: datetime
) -> int | None:
    """The invitation that a code and the phone's tail open, or None; the fifth wrong tail closes the code.

    From an address with too many tries that opened nothing, nothing opens for a while: whoever walks through codes
    is stopped though each has tries of its own.
    A write, and it does not raise: what was counted must be committed.  The same is computed and answered whatever is
    wrong, so that neither time nor words tell anything about a code.
    """
    typed = phone_hash(phone_tail, phone_key)
    invitation = session.scalar(select(Invitation).filter_by(code=code).with_for_update())
    is_right = secrets.compare_digest(invitation.tail_hash if invitation else typed[::-1], typed)
    is_stopped = is_address_stopped(session, address, now=now)
    if invitation is not None and is_right and invitation.wrong_tails < TAIL_TRIES and not is_stopped:
        return invitation.id
    if invitation is not None and not is_right and invitation.wrong_tails < TAIL_TRIES and not is_stopped:
        invitation.wrong_tails += 1
    note_try(session, address, now=now)
    log.warning(
        "rating code refused", invitation_id=invitation.id if invitation else None, is_address_stopped=is_stopped
    )
    return None


def is_address_stopped(session: Session, address: str, *, now: datetime) -> bool:
    """Whether too much was tried from there of late that opened nothing."""
    tries = select(func.count()).select_from(CodeTry)
    counted = tries.where(CodeTry.address == address[:60], CodeTry.at > now - CODE_TRIES_WITHIN)
    return (session.scalar(counted) or 0) >= CODE_TRIES


def note_try(session: Session, address: str, *, now: datetime) -> None:
    """One that opened nothing; what is no longer counted is forgotten."""
    session.execute(delete(CodeTry).where(CodeTry.at <= now - CODE_TRIES_WITHIN))
    session.add(CodeTry(address=address[:60], at=now))
