"""What units are told when something happens to a ticket of theirs."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from sms.rules import may_be_sent_at
from staff.model import Unit
from staff.rules import DutyRank
from tickets.events import WorkTakenBack
from tickets.kinds import OversightKind, RequestKind, RequestState, Urgency
from tickets.model import TicketRequest
from tickets.notices.actions import plan_notices
from tickets.notices.held import Held, held_below, held_by_lead, held_in, held_lowest
from tickets.notices.model import UnitNotice
from tickets.notices.ringing import plan_ring
from tickets.notices.rules import LEFT, UNDO, NoticeKind
from tickets.notices.settings import NoticeOffice
from tickets.notices.wanted import is_still_to_do, open_part
from tickets.notices.watching import watch_limit
from tickets.queries.access import is_accused
from tickets.rules import Action, State

#: by what else than somebody's word work is over
_TAKEN_BACK_BY: dict[str, NoticeKind] = {
    Action.WITHDRAW: NoticeKind.WITHDRAWN,
    Action.TERMINATE: NoticeKind.TERMINATED,
}


def tell_of_dispatch(
    session: Session, ticket_id: int, *, unit_id: int, office: NoticeOffice, now: datetime
) -> list[UnitNotice]:
    """Plan everything that a fresh dispatch brings; nothing, when the ticket has gone on meanwhile."""
    held = held_by_lead(session, ticket_id)
    if held is None or held.unit_id != unit_id:
        return []
    kind = NoticeKind.SENT_BACK if held.holding.rework_no else NoticeKind.NEW
    began = held.began_at
    planned = plan_notices(session, held, kind, occasion="dispatch", office=office, not_before=began + UNDO, now=now)
    plan_ring(session, held, since=began, office=office, now=now)
    watch_limit(session, held, office=office, now=now)
    return planned


def watch_limits(session: Session, ticket_id: int, *, office: NoticeOffice, now: datetime) -> None:
    """The unit's limit is another one, or there is one now."""
    held = held_by_lead(session, ticket_id)
    if held is not None:
        watch_limit(session, held, office=office, now=now)


def tell_of_urgency(
    session: Session, ticket_id: int, *, urgency: str, office: NoticeOffice, now: datetime
) -> list[UnitNotice]:
    """What a unit has was made urgent: whoever has it is told, and who has not signed is rung from now on."""
    lead = held_by_lead(session, ticket_id)
    if lead is None or lead.ticket.urgency != urgency:
        return []
    occasion, undone_at = f"{urgency} {lead.ticket.version}", lead.began_at + UNDO
    told: list[UnitNotice] = []
    for held in (lead, *held_below(session, lead)):
        if is_still_to_do(held, NoticeKind.MADE_URGENT):
            told += plan_notices(
                session, held, NoticeKind.MADE_URGENT, occasion=occasion, office=office,
                not_before=max(now, undone_at), now=now,
            )  # fmt: skip
        plan_ring(session, held, since=now, office=office, now=now)
        watch_limit(session, held, office=office, now=now)
    return told


def tell_of_pressing(session: Session, ticket_id: int, *, office: NoticeOffice, now: datetime) -> list[UnitNotice]:
    """催办, 督办: the unit that answers for it is told of each one; nobody, while the hotline has the ticket."""
    held = held_by_lead(session, ticket_id)
    if held is None or not is_still_to_do(held, NoticeKind.SUPERVISED):
        return []
    occasion = f"{held.ticket.urged_count}.{held.ticket.oversight or ''}"
    # an instruction comes with the dispatch, which may still be undone
    at = max(now, held.began_at + UNDO)
    return plan_notices(session, held, NoticeKind.SUPERVISED, occasion=occasion, office=office, not_before=at, now=now)


def tell_leader(
    session: Session, ticket_id: int, *, paper_id: int, kind: str, office: NoticeOffice, now: datetime
) -> list[UnitNotice]:
    """A 催办通知书 is copied to the leader who is responsible then; the steps above it name people."""
    held = held_by_lead(session, ticket_id)
    if held is None or kind != OversightKind.URGE_NOTICE or not is_still_to_do(held, NoticeKind.COPIED):
        return []
    occasion, rank = f"paper {paper_id}", DutyRank.LEADER
    return plan_notices(
        session, held, NoticeKind.COPIED, occasion=occasion, office=office, not_before=now, now=now, rank=rank
    )


def tell_of_sent_down(
    session: Session, ticket_id: int, *, unit_id: int, office: NoticeOffice, now: datetime
) -> list[UnitNotice]:
    """A unit below has something to sign; nobody is told when it went on meanwhile."""
    held = held_lowest(session, ticket_id)
    if held is None or held.unit_id != unit_id:
        return []
    watch_limit(session, held, office=office, now=now)
    plan_ring(session, held, since=held.began_at, office=office, now=now)
    if not is_still_to_do(held, NoticeKind.NEW):
        return []
    return _tell(session, held, NoticeKind.NEW, f"down {held.inner_id}", office, now)


def tell_of_report(
    session: Session, ticket_id: int, *, version: int, office: NoticeOffice, now: datetime
) -> list[UnitNotice]:
    """A unit below has reported: the one above reads it; nobody is told when it has."""
    held = held_lowest(session, ticket_id)
    if held is None or held.inner is None or not is_still_to_do(held, NoticeKind.REPORTED):
        return []
    return _tell(session, held, NoticeKind.REPORTED, f"report {version}", office, now, unit_id=held.inner.from_unit_id)


def tell_of_report_sent_back(
    session: Session, ticket_id: int, *, version: int, office: NoticeOffice, now: datetime
) -> list[UnitNotice]:
    """The unit above wants more: the one below works on, until its inner date."""
    held = held_lowest(session, ticket_id)
    if held is None or not is_still_to_do(held, NoticeKind.SENT_BACK):
        return []
    watch_limit(session, held, office=office, now=now)
    return _tell(session, held, NoticeKind.SENT_BACK, f"report {version}", office, now)


def tell_of_return_refused(
    session: Session, ticket_id: int, *, version: int, office: NoticeOffice, now: datetime
) -> list[UnitNotice]:
    """强制签收: the unit has what it wanted to give back; nobody is told when it has left the unit meanwhile."""
    held = held_by_lead(session, ticket_id)
    if held is None or not is_still_to_do(held, NoticeKind.RETURN_REFUSED):
        return []
    return _tell(session, held, NoticeKind.RETURN_REFUSED, f"return {version}", office, now)


def tell_of_decision(
    session: Session, ticket_id: int, *, request_id: int, office: NoticeOffice, now: datetime
) -> list[UnitNotice]:
    """More time was granted, or what was asked for was refused; of the shelf and of the end their own acts tell."""
    request, held = session.get_one(TicketRequest, request_id), held_by_lead(session, ticket_id)
    kind = NoticeKind.EXTENDED if request.state is RequestState.GRANTED else NoticeKind.REQUEST_REFUSED
    is_told_otherwise = kind is NoticeKind.EXTENDED and request.kind is not RequestKind.EXTENSION
    if held is None or held.holding.id != request.holding_id or is_told_otherwise:
        return []
    return _tell(session, held, kind, f"request {request.id}", office, now)


def tell_of_parking(
    session: Session, ticket_id: int, *, pause_id: int, office: NoticeOffice, now: datetime
) -> list[UnitNotice]:
    """It is on the shelf, asked for or not; nobody is told when it is off it again."""
    held = held_by_lead(session, ticket_id)
    if held is None or held.ticket.state is not State.PARKED:
        return []
    return _tell(session, held, NoticeKind.PARKED, f"pause {pause_id}", office, now)


def tell_of_resumption(
    session: Session, ticket_id: int, *, version: int, office: NoticeOffice, now: datetime
) -> list[UnitNotice]:
    """It is off the shelf, mostly by itself at midnight: what is not urgent is told in the morning."""
    held = held_by_lead(session, ticket_id)
    if held is None or not is_still_to_do(held, NoticeKind.RESUMED):
        return []
    is_urgent, sms = held.ticket.urgency is not Urgency.NORMAL, office.sms.settings
    at = now if is_urgent else may_be_sent_at(now, sms.quiet_from, sms.quiet_until)
    return plan_notices(
        session, held, NoticeKind.RESUMED, occasion=f"resumed {version}", office=office, not_before=at, now=now
    )


def tell_of_termination(
    session: Session, ticket_id: int, *, termination_id: int, office: NoticeOffice, now: datetime
) -> list[UnitNotice]:
    """The hotline has ended it, asked for or not; nobody is told when somebody has objected already."""
    held = held_by_lead(session, ticket_id)
    if held is None:
        return []
    return _tell(session, held, NoticeKind.TERMINATED, f"end {termination_id}", office, now)


def tell_of_help(
    session: Session, ticket_id: int, *, unit_id: int, office: NoticeOffice, now: datetime
) -> list[UnitNotice]:
    """A unit has a part of somebody else's ticket; nobody is told when it is done or excused."""
    held, part = held_by_lead(session, ticket_id), open_part(session, ticket_id, unit_id)
    if held is None or part is None:
        return []
    return _tell(session, held, NoticeKind.HELP, f"part {part.id}", office, now, unit_id=unit_id)


def tell_of_completion(
    session: Session, ticket_id: int, *, completion_id: int, unit_id: int, office: NoticeOffice, now: datetime
) -> list[UnitNotice]:
    """The hotline has answered what the unit asked for; nobody is told when the ticket has left it meanwhile."""
    held = held_by_lead(session, ticket_id)
    if held is None or held.unit_id != unit_id:
        return []
    return _tell(session, held, NoticeKind.COMPLETED, f"completion {completion_id}", office, now)


def tell_of_refusal(
    session: Session, ticket_id: int, *, reply_id: int, office: NoticeOffice, now: datetime
) -> list[UnitNotice]:
    """The auditor sent the reply back, and its limit counts again; nobody is told when there is a newer one."""
    held = held_by_lead(session, ticket_id)
    if held is None or held.ticket.reply_id != reply_id or held.ticket.state is not State.IN_PROGRESS:
        return []
    watch_limit(session, held, office=office, now=now)
    return _tell(session, held, NoticeKind.SENT_BACK, f"audit {reply_id}", office, now)


def tell_of_release(
    session: Session, ticket_id: int, *, version: int, office: NoticeOffice, now: datetime
) -> list[UnitNotice]:
    """A reply waits for the unit's second person; nobody is told when it was let go or fetched back meanwhile."""
    held = held_by_lead(session, ticket_id)
    if held is None or not is_still_to_do(held, NoticeKind.TO_RELEASE):
        return []
    return _tell(session, held, NoticeKind.TO_RELEASE, f"release {version}", office, now)


def tell_of_taking_back(
    session: Session, gone: WorkTakenBack, *, office: NoticeOffice, now: datetime
) -> list[UnitNotice]:
    """It is over for a unit that knows of it; what it was not told yet is dropped by itself.

    A unit that a secret ticket accuses is told nothing: it finds the ticket no longer.
    """
    held, unit_id = held_in(session, gone.holding_id, gone.inner_id), gone.unit_id
    if not _knows_of(session, held, unit_id) or is_accused(session, held.ticket, session.get_one(Unit, unit_id)):
        return []
    kind = _TAKEN_BACK_BY.get(gone.action, NoticeKind.TAKEN_BACK)
    return _tell(session, held, kind, f"{gone.action} {gone.version} {unit_id}", office, now, unit_id=unit_id)


def _knows_of(session: Session, held: Held, unit_id: int) -> bool:
    """It has signed, or a notice of it has left."""
    if held.unit_id == unit_id and held.signed_at is not None:
        return True
    left = select(UnitNotice.id).where(
        UnitNotice.holding_id == held.holding.id,
        UnitNotice.inner_id == held.inner_id,
        UnitNotice.unit_id == unit_id,
        UnitNotice.state.in_(LEFT),
    )
    return session.scalar(left.limit(1)) is not None


def _tell(
    session: Session,
    held: Held,
    kind: NoticeKind,
    occasion: str,
    office: NoticeOffice,
    now: datetime,
    unit_id: int | None = None,
) -> list[UnitNotice]:
    """At once, and in the unit in whose hands it is, if no other is named."""
    return plan_notices(session, held, kind, occasion=occasion, office=office, not_before=now, now=now, unit_id=unit_id)
