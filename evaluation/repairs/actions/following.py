"""What a citizen's answers do to a repair: the first one opens it, a correction takes it back, the second ends it."""

from datetime import datetime

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.events import announce
from evaluation.actions.ending import locked_invitation, void_invitation
from evaluation.model import Invitation, Rating
from evaluation.queries import counting_answer, rating
from evaluation.repairs.actions.writing import allowed_act, locked_repair, take, write_line
from evaluation.repairs.events import RepairDueMoved, RepairOpened
from evaluation.repairs.limits import repair_clocks, set_limits
from evaluation.repairs.model import Repair
from evaluation.repairs.rules import TABLE, Act, RepairState, repair_number
from evaluation.rules import REAL_NAME_CHANNELS, UNANSWERED, Level, Reason
from staff.rules import SYSTEM
from tickets.actions.writing import locked_ticket
from tickets.model import Ticket

log = structlog.get_logger(__name__)


def follow_rating(session: Session, rating_id: int, *, profile: str, now: datetime) -> Repair | None:
    """Open, take back, or bring back the repair of what was rated, by the answer that counts now.

    Told twice, or late, it comes to the same.  None where nothing was ever bad.
    Announces RepairOpened, RepairDueMoved.
    """
    said = rating(session, rating_id)
    if said.invitation_id is None or said.ticket_id is None:
        return None
    ticket = locked_ticket(session, said.ticket_id, SYSTEM)
    answer = counting_answer(session, said.invitation_id)
    known = session.scalar(select(Repair.id).filter_by(invitation_id=said.invitation_id))
    if answer is None:
        return None
    if known is not None:
        return _follow_again(session, known, answer, profile=profile, now=now)
    if Level(answer.level).is_satisfied:
        return None
    if answer.unit_id is None:
        log.warning("no unit answers for a bad rating", rating_id=answer.id, ticket_id=ticket.id)
        return None
    return _open(session, ticket, answer, profile=profile, now=now)


def _open(session: Session, ticket: Ticket, answer: Rating, *, profile: str, now: datetime) -> Repair:
    """Its clocks begin when the citizen said it, not when this job came to it."""
    earlier = session.scalar(select(func.count()).select_from(Repair).where(Repair.ticket_id == ticket.id)) or 0
    repair = Repair(
        number=repair_number(ticket.number, earlier + 1),
        ticket_id=ticket.id,
        invitation_id=answer.invitation_id,
        rating_id=answer.id,
        unit_id=answer.unit_id,
        level=answer.level,
        is_real_name=bool(ticket.phone) and answer.channel in REAL_NAME_CHANNELS,
        state=RepairState.TO_CONTACT,
        opened_at=answer.recorded_at,
        tries=0,
        version=1,
    )
    repair.ticket = ticket
    set_limits(repair, repair_clocks(session, profile))
    session.add(repair)
    session.flush()
    told = {"level": answer.level, "rating_id": answer.id}
    write_line(session, repair, Act.OPEN, before=None, by=SYSTEM, now=now, particulars=told)
    _announce_opened(session, repair)
    log.info("repair opened", repair_id=repair.id, ticket_id=ticket.id)
    return repair


def _follow_again(session: Session, repair_id: int, answer: Rating, *, profile: str, now: datetime) -> Repair:
    """A correction: satisfied takes it back, bad again brings it back, another bad level is only written down."""
    repair = locked_repair(session, repair_id, SYSTEM)
    if repair.rating_id == answer.id:
        return repair
    was_level, repair.rating_id, repair.level = repair.level, answer.id, answer.level
    is_bad = not Level(answer.level).is_satisfied
    if was_level == answer.level and repair.state is not RepairState.WITHDRAWN:
        return repair  # the same level with its reasons
    act = Act.WITHDRAW if not is_bad else Act.REOPEN if repair.state is RepairState.WITHDRAWN else Act.RELEVEL
    if (repair.state, act) not in TABLE:
        return repair  # it was over before the correction came
    move = allowed_act(session, repair, act, SYSTEM)
    if act is Act.REOPEN:
        _begin_again(session, repair, answer, profile=profile)
    if act is Act.WITHDRAW:
        _ask_no_more(session, repair, now=now)
    told = {"was": was_level, "level": answer.level, "rating_id": answer.id}
    take(session, repair, move, by=SYSTEM, now=now, particulars=told)
    if act is Act.REOPEN:
        _announce_opened(session, repair)
    return repair


def _ask_no_more(session: Session, repair: Repair, *, now: datetime) -> None:
    """Nobody is asked how something was mended that was good after all."""
    if repair.second_invitation_id is None:
        return
    asked = locked_invitation(session, repair.second_invitation_id)
    if asked.state in UNANSWERED:
        void_invitation(session, asked, Reason.CORRECTED, now=now)


def _announce_opened(session: Session, repair: Repair) -> None:
    announce(session, RepairOpened(repair.id, repair.ticket_id, repair.version))
    announce(session, RepairDueMoved(repair.id))


def _begin_again(session: Session, repair: Repair, answer: Rating, *, profile: str) -> None:
    """From the moment of the correction, as if nothing had been done."""
    repair.opened_at = answer.recorded_at
    repair.outcome = repair.booked_on = repair.contacted_at = repair.contact_way = repair.is_contact_proven = None
    repair.done_at = repair.closed_at = repair.second_level = None
    repair.tries = 0
    set_limits(repair, repair_clocks(session, profile))


def note_second_answer(session: Session, invitation_id: int, *, now: datetime) -> None:
    """The second question is over: rated (a correction counts too), refused or run out; the repair ends with it.

    A second bad rating brings nothing back by itself: it stands beside the first, for a supervisor to see.

    """
    repair_id = session.scalar(select(Repair.id).filter_by(second_invitation_id=invitation_id))
    if repair_id is None:
        return
    repair = locked_repair(session, repair_id, SYSTEM)
    answer = counting_answer(session, invitation_id)
    if answer is not None and answer.level != repair.second_level:
        _rate_again(session, repair, answer, now=now)
    elif answer is None and repair.state is RepairState.RERATING:
        move = allowed_act(session, repair, Act.END, SYSTEM)
        asked = session.get_one(Invitation, invitation_id)
        take(session, repair, move, by=SYSTEM, now=now, words=asked.state.name_zh)


def _rate_again(session: Session, repair: Repair, answer: Rating, *, now: datetime) -> None:
    if (repair.state, Act.RATE_AGAIN) not in TABLE:
        return
    move = allowed_act(session, repair, Act.RATE_AGAIN, SYSTEM)
    told = {"was": repair.second_level, "level": answer.level, "rating_id": answer.id}
    repair.second_level = answer.level
    take(session, repair, move, by=SYSTEM, now=now, words=Level(answer.level).name_zh, particulars=told)
