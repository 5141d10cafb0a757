"""Which provider gets a message, and what is noted about each hand-over."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from sms.approvals import may_carry
from sms.errors import NoProviderUp
from sms.model import HandOver, Message
from sms.office import SmsOffice
from sms.queries import newest_approvals
from sms.rules import FAILURES, UNDECIDED, HandOverState, Settled
from sms.settings import ProviderName, SmsSettings


def chosen_provider(
    session: Session, message: Message, *, among: Collection[ProviderName], office: SmsOffice, now: datetime
) -> ProviderName:
    """The first of `among`, which are in order, that does not rest.  Raises NoProviderUp."""
    rests = []
    for name in among:
        until = rests_until(session, name, rules=office.settings, now=now)
        if until is None:
            return name
        rests.append((until - now) // timedelta(seconds=1) + 1)
    raise NoProviderUp(message_id=message.id, retry_after_s=min(rests, default=2))


def allowed_providers(session: Session, message: Message, *, office: SmsOffice) -> list[ProviderName]:
    """The site's providers, in order, that have approved its template or need not."""
    is_judged = any(office.settings.of(name).APPROVES for name in office.settings.providers)
    return may_carry(office, message, newest_approvals(session) if is_judged else ())


def rests_until(session: Session, name: ProviderName, *, rules: SmsSettings, now: datetime) -> datetime | None:
    """When a provider whose last hand-overs all failed is tried again; None: now."""
    query = select(HandOver).where(HandOver.provider == name, HandOver.state != HandOverState.HANDING)
    last = session.scalars(query.order_by(HandOver.id.desc()).limit(rules.rest_after)).all()
    if len(last) < rules.rest_after or not all(one.was_unknown or one.state in FAILURES for one in last):
        return None
    until = max(one.answered_at or one.at for one in last) + timedelta(seconds=rules.rest_s)
    return until if until > now else None


def add_hand_over(session: Session, message: Message, name: ProviderName, *, office: SmsOffice, now: datetime) -> int:
    """Its number, from 1."""
    before = newest_hand_over(session, message.id)
    n = before.n + 1 if before else 1
    price_li = office.settings.of(name).price_li
    row = HandOver(
        message_id=message.id,
        n=n,
        provider=name,
        state=HandOverState.HANDING,
        parts=message.parts,
        price_li=price_li,
        at=now,
    )
    session.add(row)
    return n


def note_hand_over(
    session: Session,
    message_id: int,
    state: HandOverState,
    *,
    now: datetime,
    error_code: str | None = None,
    settled: Settled = Settled.REPORTED,
) -> HandOver | None:
    """What came of the newest hand-over of a (locked) message; `settled` counts for one that was unknown.

    What is decided stays.  None: nothing was open (or an older release handed it over).
    """
    handed = newest_hand_over(session, message_id)
    if handed is None or handed.state not in UNDECIDED:
        return None
    if handed.state is HandOverState.UNKNOWN and state is not HandOverState.UNKNOWN:
        handed.settled = settled
    handed.was_unknown = handed.was_unknown or state is HandOverState.UNKNOWN
    handed.state = state
    handed.error_code = error_code
    handed.answered_at = now
    return handed


def newest_hand_over(session: Session, message_id: int) -> HandOver | None:
    query = select(HandOver).where(HandOver.message_id == message_id).order_by(HandOver.n.desc()).limit(1)
    return session.scalar(query)
