"""How a ticket's page looks over the wire, with its parts.  Personal data is masked here, once."""

import json
from datetime import date
from typing import Self

from evaluation.classes.rules import must_decide_first
from staff.rules import Actor
from tickets.evidence import Evidence
from tickets.forms import ReplyForm
from tickets.kinds import CloseReason, ContactMade, ReplyResult, Secrecy, Source
from tickets.model import Reply, Ticket
from tickets.points import Point
from tickets.queries.access import sees_own_unit_only
from tickets.queries.page import Segment, TicketPage
from tickets.queries.renderings import points_shown
from tickets.redaction import handling_parts, handling_text, without_hidden
from tickets.rules import Action, Offer
from web.api import Moment, View
from web.evidence_views import EvidenceView
from web.masked_views import CallerView, TextPartView
from web.sharing_views import CompletionView, EndingView, ReturnAskedView, SharingView
from web.ticket_rows import TicketRow, UnitRef


class OfferView(View):
    """A button: grey with its reason when it cannot be pressed now; the first one is the primary act."""

    action: Action
    is_enabled: bool
    reason: str | None

    @classmethod
    def of(cls, offer: Offer) -> Self:
        return cls.model_validate(offer)


class SegmentView(View):
    """One stretch of the bar 持有条; `working_s` is working time in seconds, `unit_id` null is the hotline."""

    unit_id: int | None
    name: str
    begins_at: Moment
    ends_at: Moment | None
    working_s: int
    end_action: str
    handler: str

    @classmethod
    def of(cls, segment: Segment) -> Self:
        return cls.model_validate(segment)


class ClockView(View):
    """When it is due and why; no due time with a `missing_year`: 日历未加载."""

    due_at: Moment | None
    why: str
    missing_year: int | None
    stopped_at: Moment | None = None
    sign_due_at: Moment | None = None
    sign_why: str = ""
    #: of the first step (首次处置); null once it was taken, or without such a limit
    first_due_at: Moment | None = None
    first_why: str = ""
    return_until: Moment | None = None


class ReplyView(View):
    """A unit's answer, what bears it out, and what the auditor said of it."""

    id: int
    unit: UnitRef
    author: str
    replied_at: Moment
    result: ReplyResult
    text: str
    internal_note: str
    basis: str
    measures: str
    finish_on: date | None
    contact: ContactMade
    contact_note: str
    contact_denied_at: Moment | None
    handler: str
    signer: str
    audited_at: Moment | None
    auditor: str
    audit_passed: bool | None
    audit_note: str
    evidence: EvidenceView | None

    @classmethod
    def of(cls, reply: Reply, evidence: Evidence | None) -> Self:
        return cls(
            id=reply.id,
            unit=UnitRef(id=reply.unit_id, name=reply.unit.short_name),
            author=reply.author_label,
            replied_at=reply.replied_at,
            result=reply.result,
            text=reply.text,
            internal_note=reply.internal_note,
            basis=reply.basis,
            measures=reply.measures,
            finish_on=reply.finish_on,
            contact=reply.contact,
            contact_note=reply.contact_note,
            contact_denied_at=reply.contact_denied_at,
            handler=reply.handler,
            signer=reply.signer,
            audited_at=reply.audited_at,
            auditor=reply.auditor_label,
            audit_passed=reply.audit_passed,
            audit_note=reply.audit_note,
            evidence=EvidenceView.of(evidence),
        )


class WaitingReplyView(View):
    """A reply that waits for 审签, or was sent back and is written on; for the unit itself alone."""

    author: str
    written_at: Moment
    is_waiting: bool
    form: ReplyForm
    #: by whom and why it came back
    sent_back_by: str
    sent_back_why: str

    @classmethod
    def of(cls, page: TicketPage) -> Self | None:
        waiting, back = page.waiting_reply, page.sent_back
        if waiting is None:
            return None
        return cls(
            author=waiting.author_label,
            written_at=waiting.written_at,
            is_waiting=page.ticket.waits_for_release,
            form=ReplyForm.model_validate_json(json.dumps(waiting.form)),
            sent_back_by=back.actor_label if back is not None else "",
            sent_back_why=back.reason if back is not None else "",
        )


class TicketView(View):
    """The ticket page; `text` and its `parts` are the 承办版.

    `rating_level` is null for the unit, and for who decides the class before they know how it was rated.
    """

    row: TicketRow
    text: str
    parts: list[TextPartView]
    secrecy: Secrecy
    source: Source
    outside_number: str
    topic_id: int | None
    place_id: int | None
    place_text: str
    accused: str
    accused_unit_id: int | None
    happened_text: str
    points: list[Point]
    call_id: int | None
    #: of that call, and this person may listen to it
    has_recording: bool
    missing: str
    completion: CompletionView | None
    ending: EndingView | None
    #: one caller's own part of a shared matter was taken back
    caller_withdrew_at: Moment | None
    rework_no: int
    return_count: int
    caller: CallerView
    holders: list[SegmentView]
    citizen_clock: ClockView
    unit_clock: ClockView | None
    replies: list[ReplyView]
    offers: list[OfferView]
    rating_level: int | None
    needs_repair: bool
    answered_at: Moment | None
    closed_at: Moment | None
    close_reason: CloseReason | None
    sharing: SharingView
    photo_count: int
    waiting_reply: WaitingReplyView | None
    return_asked: ReturnAskedView | None

    @classmethod
    def of(cls, page: TicketPage, *, by: Actor) -> Self:
        ticket = page.ticket
        return cls(
            row=TicketRow.of(ticket),
            text=handling_text(ticket.text, page.boxes),
            parts=[TextPartView.of(part) for part in handling_parts(ticket.text, page.boxes)],
            secrecy=ticket.secrecy,
            source=ticket.source,
            outside_number=ticket.outside_number,
            topic_id=ticket.topic_id,
            place_id=ticket.place_id,
            place_text=without_hidden(ticket.place_text, ticket.text, page.boxes),
            accused=ticket.accused,
            accused_unit_id=None if sees_own_unit_only(by) else ticket.accused_unit_id,
            happened_text=ticket.happened_text,
            points=points_shown(ticket, page.boxes),
            call_id=ticket.call_id,
            has_recording=page.has_recording,
            missing=ticket.missing,
            completion=CompletionView.of(page.completion),
            ending=EndingView.of(page.end, ticket.number) if page.end else None,
            caller_withdrew_at=ticket.caller_withdrew_at,
            rework_no=ticket.rework_no,
            return_count=ticket.return_count,
            caller=CallerView.shown(ticket, page.sender, by=by),
            holders=[SegmentView.of(segment) for segment in page.segments],
            citizen_clock=citizen_clock(ticket),
            unit_clock=unit_clock(page),
            replies=[ReplyView.of(reply, page.evidence.get(reply.id)) for reply in page.replies],
            offers=[OfferView.of(offer) for offer in page.offers],
            rating_level=None if sees_own_unit_only(by) or must_decide_first(by) else ticket.rating_level,
            needs_repair=ticket.needs_repair,
            answered_at=ticket.answered_at,
            closed_at=ticket.closed_at,
            close_reason=ticket.close_reason,
            sharing=SharingView.of(page.sharing, child_count=ticket.child_count, told=page.told_evidence),
            photo_count=page.photo_count,
            waiting_reply=WaitingReplyView.of(page),
            return_asked=ReturnAskedView.of(page.return_asked),
        )


def citizen_clock(ticket: Ticket) -> ClockView:
    return ClockView(
        due_at=ticket.citizen_due_at,
        why=ticket.citizen_due_why,
        missing_year=ticket.waits_for_calendar if ticket.citizen_due_at is None else None,
        stopped_at=ticket.answered_at or ticket.closed_at,
    )


def unit_clock(page: TicketPage) -> ClockView | None:
    holding = page.holding
    if holding is None:
        return None
    return ClockView(
        due_at=holding.due_at,
        why=holding.due_why,
        missing_year=page.ticket.waits_for_calendar if holding.due_at is None else None,
        sign_due_at=holding.sign_due_at,
        sign_why=holding.sign_why,
        first_due_at=holding.first_due_at if holding.first_acted_at is None else None,
        first_why=holding.first_why,
        return_until=holding.return_until,
    )
