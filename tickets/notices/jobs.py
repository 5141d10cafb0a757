"""Telling a unit, step by step: each step is a durable job, and each may run twice."""

from datetime import datetime
from typing import Any

import structlog

from core.errors import Unavailable
from core.jobs import Work, job
from staff.rules import DutyRank
from telephony.duty_phone import PhoneNotReached, RingOutcome, RingUnknown
from tickets.events import WorkTakenBack
from tickets.notices import actions, ladder, ringing, watching
from tickets.notices.carriers import CarrierNotReached, CarrierRefused, CarrierUnsure
from tickets.notices.queries import way_of
from tickets.notices.rules import NoticeKind, NoticeWay
from tickets.notices.settings import NoticeOffice

log = structlog.get_logger(__name__)

#: a mail server may be away for a long weekend
OUTAGE_TRIES = 400
_KINDS = {kind.value: kind for kind in NoticeKind}


@job(retry=(Unavailable,))
def tell_of_dispatch(work: Work, *, ticket_id: int, unit_id: int) -> None:
    """A ticket came to a unit: plan its notices, rings and warnings."""
    office = work.service(NoticeOffice)
    work.finish(ladder.tell_of_dispatch, ticket_id, unit_id=unit_id, office=office, now=work.now())


@job(retry=(Unavailable,))
def tell_of_pressing(work: Work, *, ticket_id: int) -> None:
    """Somebody asks the unit for haste."""
    work.finish(ladder.tell_of_pressing, ticket_id, office=work.service(NoticeOffice), now=work.now())


@job(retry=(Unavailable,))
def tell_leader(work: Work, *, ticket_id: int, paper_id: int, kind: str) -> None:
    """A paper was issued."""
    office = work.service(NoticeOffice)
    work.finish(ladder.tell_leader, ticket_id, paper_id=paper_id, kind=kind, office=office, now=work.now())


@job(retry=(Unavailable,))
def tell_of_sent_down(work: Work, *, ticket_id: int, unit_id: int) -> None:
    """Work came down from the unit above."""
    office = work.service(NoticeOffice)
    work.finish(ladder.tell_of_sent_down, ticket_id, unit_id=unit_id, office=office, now=work.now())


@job(retry=(Unavailable,))
def tell_of_report(work: Work, *, ticket_id: int, version: int) -> None:
    """A unit below has reported."""
    office = work.service(NoticeOffice)
    work.finish(ladder.tell_of_report, ticket_id, version=version, office=office, now=work.now())


@job(retry=(Unavailable,))
def tell_of_report_sent_back(work: Work, *, ticket_id: int, version: int) -> None:
    """The unit above sent a report back down."""
    office = work.service(NoticeOffice)
    work.finish(ladder.tell_of_report_sent_back, ticket_id, version=version, office=office, now=work.now())


@job(retry=(Unavailable,))
def tell_of_return_refused(work: Work, *, ticket_id: int, version: int) -> None:
    """A unit keeps what it wanted to give back."""
    office = work.service(NoticeOffice)
    work.finish(ladder.tell_of_return_refused, ticket_id, version=version, office=office, now=work.now())


@job(retry=(Unavailable,))
def tell_of_decision(work: Work, *, ticket_id: int, request_id: int) -> None:
    """A unit's request was decided."""
    office = work.service(NoticeOffice)
    work.finish(ladder.tell_of_decision, ticket_id, request_id=request_id, office=office, now=work.now())


@job(retry=(Unavailable,))
def tell_of_parking(work: Work, *, ticket_id: int, pause_id: int) -> None:
    """A ticket was put on the shelf."""
    office = work.service(NoticeOffice)
    work.finish(ladder.tell_of_parking, ticket_id, pause_id=pause_id, office=office, now=work.now())


@job(retry=(Unavailable,))
def tell_of_resumption(work: Work, *, ticket_id: int, version: int) -> None:
    """A ticket came back from the shelf."""
    office = work.service(NoticeOffice)
    work.finish(ladder.tell_of_resumption, ticket_id, version=version, office=office, now=work.now())


@job(retry=(Unavailable,))
def tell_of_termination(work: Work, *, ticket_id: int, termination_id: int) -> None:
    """The hotline ended a ticket: its unit is told; its citizen by tickets.tell_of_end."""
    office = work.service(NoticeOffice)
    work.finish(ladder.tell_of_termination, ticket_id, termination_id=termination_id, office=office, now=work.now())


@job(retry=(Unavailable,))
def tell_of_urgency(work: Work, *, ticket_id: int, urgency: str) -> None:
    """A ticket was made more urgent: tell of it, and plan rings."""
    office = work.service(NoticeOffice)
    work.finish(ladder.tell_of_urgency, ticket_id, urgency=urgency, office=office, now=work.now())


@job(retry=(Unavailable,))
def watch_limits(work: Work, *, ticket_id: int) -> None:
    """A unit's limit has moved: plan its warning and its overdue notice anew."""
    work.finish(ladder.watch_limits, ticket_id, office=work.service(NoticeOffice), now=work.now())


@job(retry=(Unavailable,))
def tell_of_help(work: Work, *, ticket_id: int, unit_id: int) -> None:
    """A unit is asked to help."""
    office = work.service(NoticeOffice)
    work.finish(ladder.tell_of_help, ticket_id, unit_id=unit_id, office=office, now=work.now())


@job(retry=(Unavailable,))
def tell_of_taking_back(work: Work, **gone: Any) -> None:
    """A unit has nothing more to do for a ticket: `gone` is what a WorkTakenBack says."""
    office = work.service(NoticeOffice)
    work.finish(ladder.tell_of_taking_back, WorkTakenBack(**gone), office=office, now=work.now())


@job(retry=(Unavailable,))
def tell_of_refusal(work: Work, *, ticket_id: int, reply_id: int) -> None:
    """The auditor sent a reply back."""
    office = work.service(NoticeOffice)
    work.finish(ladder.tell_of_refusal, ticket_id, reply_id=reply_id, office=office, now=work.now())


@job(retry=(Unavailable,))
def tell_of_completion(work: Work, *, ticket_id: int, completion_id: int, unit_id: int) -> None:
    """What a unit asked for was answered."""
    office, told = work.service(NoticeOffice), {"completion_id": completion_id, "unit_id": unit_id}
    work.finish(ladder.tell_of_completion, ticket_id, **told, office=office, now=work.now())


@job(retry=(Unavailable,))
def tell_of_release(work: Work, *, ticket_id: int, version: int) -> None:
    """A reply waits for 审签."""
    office = work.service(NoticeOffice)
    work.finish(ladder.tell_of_release, ticket_id, version=version, office=office, now=work.now())


@job(retry=(Unavailable,), tries_most=OUTAGE_TRIES)
def send_notice(work: Work, *, notice_id: int, attempt: int) -> None:
    """Hand a notice over once.  Killed in between, it is found half handed over and a person decides."""
    office = work.service(NoticeOffice)
    outgoing = work.note(actions.hand_over, notice_id, attempt=attempt, office=office, now=work.now())
    if outgoing is None:
        return
    way = work.database.read(way_of, notice_id)
    carrier = office.webhook if way is NoticeWay.WEBHOOK else office.email
    try:
        carrier.send(outgoing)
    except CarrierNotReached:
        work.note(actions.take_back, notice_id)
        raise
    except CarrierRefused as error:
        work.finish(actions.note_refused, notice_id, reason=str(error), now=work.now())
    except CarrierUnsure as error:
        log.warning("notice outcome unknown", notice_id=notice_id)
        work.finish(actions.note_unsure, notice_id, reason=str(error), now=work.now())
    else:
        work.finish(actions.note_sent, notice_id, now=work.now())


@job(retry=(Unavailable,), limit_s=900)
def ring_duty_phone(
    work: Work, *, holding_id: int, rank: str, inner_id: int | None = None, since: str | None = None
) -> None:
    """Ring whoever has this rank, unless the unit has signed meanwhile."""
    office, of = work.service(NoticeOffice), DutyRank(rank)
    left = work.database.read(ringing.died_rings, holding_id, of, inner_id=inner_id)
    if left is not None:
        work.note(ringing.record_ring, left, RingOutcome.UNKNOWN, now=work.now())
    counted = {"since": None if since is None else datetime.fromisoformat(since), "now": work.now()}
    ring = work.note(ringing.begin_ring, holding_id, of, inner_id=inner_id, office=office, **counted)
    if ring is None:
        return
    try:
        outcome = office.phone.ring(ring.notice_id, ring.phone)
    except PhoneNotReached:
        work.note(ringing.take_ring_back, ring.notice_id)
        raise
    except RingUnknown:
        outcome = RingOutcome.UNKNOWN
    log.info("duty phone rung", notice_id=ring.notice_id, rank=rank, outcome=outcome.value)
    work.finish(ringing.record_ring, ring.notice_id, outcome, now=work.now())


@job(retry=(Unavailable,))
def watch_limit(work: Work, *, holding_id: int, kind: str, inner_id: int | None = None) -> None:
    """A limit comes near, or is over."""
    office = work.service(NoticeOffice)
    work.finish(watching.look_at_limit, holding_id, _KINDS[kind], inner_id=inner_id, office=office, now=work.now())


@job(retry=(Unavailable,))
def look_at_promise(work: Work, *, ticket_id: int, reply_id: int) -> None:
    """The day that a unit promised is over."""
    office = work.service(NoticeOffice)
    work.finish(watching.look_at_promise, ticket_id, reply_id=reply_id, office=office, now=work.now())


@job(retry=(Unavailable,))
def note_sms_unsure(work: Work, *, message_id: int) -> None:
    """Nobody knows whether the SMS of a notice left."""
    work.finish(actions.note_sms_unsure, message_id, now=work.now())


@job(retry=(Unavailable,))
def note_sms_failed(work: Work, *, message_id: int, reason: str) -> None:
    """The SMS of a notice did not arrive."""
    work.finish(actions.note_sms_failed, message_id, reason=reason, now=work.now())
