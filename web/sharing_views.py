"""How requests, helpers, units below, papers and merged matters look over the wire."""

from collections.abc import Mapping
from datetime import date
from typing import Self

from core.masking import mask_text
from tickets.actions.papers import paper_number
from tickets.ending_words import spoken_of
from tickets.evidence import Evidence
from tickets.kinds import (
    CompletionBy,
    CompletionState,
    EndTold,
    InnerState,
    OversightKind,
    OversightTrigger,
    PartState,
    RequestKind,
    RequestState,
    ReturnBasis,
    TerminationReason,
    ToldBy,
)
from tickets.model import Completion, HelperPart, InnerHolding, Oversight, Pause, Ticket, TicketRequest
from tickets.queries.page import EndShown
from tickets.queries.returns import ReturnAsked
from tickets.queries.sharing import Sharing
from tickets.rules import Action, State
from web.api import Moment, View
from web.evidence_views import EvidenceView
from web.masked_views import title_of


class RequestView(View):
    """延期, 挂账 or 终止: what was asked for, and what became of it."""

    id: int
    kind: RequestKind
    state: RequestState
    unit: str
    asked_at: Moment
    asked_by: str
    reason: str
    until_on: date | None
    told_by: ToldBy | None
    told_note: str
    plan: str
    review_on: date | None
    termination_reason: TerminationReason | None
    channel: str
    decided_at: Moment | None
    decided_by: str
    decision_note: str
    #: what bears out that the citizen was told; null where nothing could: of an SMS the unit sent by itself
    evidence: EvidenceView | None

    @classmethod
    def of(cls, request: TicketRequest, evidence: Evidence | None) -> Self:
        return cls(
            id=request.id,
            kind=request.kind,
            state=request.state,
            unit=request.unit.short_name,
            asked_at=request.asked_at,
            asked_by=request.asked_by,
            reason=request.reason,
            until_on=request.until_on,
            told_by=request.told_by,
            told_note=request.told_note,
            plan=request.plan,
            review_on=request.review_on,
            termination_reason=request.termination_reason,
            channel=request.channel,
            decided_at=request.decided_at,
            decided_by=request.decided_by,
            decision_note=request.decision_note,
            evidence=EvidenceView.of(evidence),
        )


class EndingView(View):
    """终止, 不予受理 or 转出: why, what the citizen is told word for word, and how far they have been told.

    `reason` is none of a transfer; `object_until` only of a termination.
    `why_not_sms`: sealed, no_phone, landline, no_mobile, opted_out, quiet_hours, daily_limit, too_late, not_approved,
    too_long, repeated, delivery_failed or unknown.
    """

    action: Action
    ended_at: Moment
    reason: TerminationReason | None
    channel: str
    object_until: date | None
    words: str
    told: EndTold
    why_not_sms: str
    told_at: Moment | None
    told_by: str

    @classmethod
    def of(cls, end: EndShown, number: str) -> Self:
        ended, until = end.ended, end.object_until
        return cls(
            action=ended.action,
            ended_at=ended.ended_at,
            reason=ended.reason,
            channel=ended.channel,
            object_until=until,
            words=spoken_of(number, ended, until=until).sentence,
            told=ended.told,
            why_not_sms=ended.why_not_sms,
            told_at=ended.told_at,
            told_by=ended.told_by,
        )


class CompletionView(View):
    """What was missing, who asks the citizen for it, and what was added or why nothing could be.

    `unit`: which one asked and keeps the ticket; empty: a dispatcher sent it back.
    """

    asks: CompletionBy
    state: CompletionState
    unit: str
    question: str
    asked_at: Moment
    asked_by: str
    ended_at: Moment | None
    ended_by: str
    supplement: str

    @classmethod
    def of(cls, completion: Completion | None) -> Self | None:
        if completion is None:
            return None
        return cls(
            asks=completion.asks,
            state=completion.state,
            unit=completion.unit.short_name if completion.unit is not None else "",
            question=mask_text(completion.question),
            asked_at=completion.asked_at,
            asked_by=completion.asked_by,
            ended_at=completion.ended_at,
            ended_by=completion.ended_by,
            supplement=mask_text(completion.supplement),
        )


class ReturnAskedView(View):
    """申请退单: its basis as it stood when it was chosen, what the unit said, and ids of the photos beside it.

    `proposed` is empty when the unit wants a conference; `basis_id` is null where no basis was chosen yet, but written.
    """

    unit: str
    asked_at: Moment
    asked_by: str
    basis: ReturnBasis
    basis_id: int | None
    basis_name: str
    basis_words: str
    basis_text: str
    proposed: str
    explanation: str
    photos: list[int]

    @classmethod
    def of(cls, asked: ReturnAsked | None) -> Self | None:
        if asked is None:
            return None
        line, said = asked.line, asked.line.particulars
        return cls(
            unit=asked.unit.short_name if asked.unit is not None else "",
            asked_at=line.at,
            asked_by=line.actor_label,
            basis=said["basis"],
            basis_id=said.get("basis_id"),
            basis_name=said.get("basis_name", ""),
            basis_words=mask_text(said.get("basis_words", "")),
            basis_text=mask_text(said.get("basis_text", "")),
            proposed=asked.proposed.short_name if asked.proposed is not None else "",
            explanation=mask_text(line.reason),
            photos=said.get("basis_photos", []),
        )


class PartView(View):
    """协办: one helping unit's own part."""

    unit_id: int
    unit: str
    task: str
    state: PartState
    asked_at: Moment
    asked_by: str
    due_at: Moment | None
    ended_at: Moment | None
    ended_by: str
    result: str

    @classmethod
    def of(cls, part: HelperPart) -> Self:
        return cls(
            unit_id=part.unit_id,
            unit=part.unit.short_name,
            task=part.task,
            state=part.state,
            asked_at=part.asked_at,
            asked_by=part.asked_by,
            due_at=part.due_at,
            ended_at=part.ended_at,
            ended_by=part.ended_by,
            result=part.result,
        )


class BelowView(View):
    """A step down the tree, with its inner due date."""

    from_unit_id: int
    from_unit: str
    unit_id: int
    unit: str
    state: InnerState
    sent_at: Moment
    note: str
    due_at: Moment
    signed_at: Moment | None
    handler: str
    reported_at: Moment | None
    report: str

    @classmethod
    def of(cls, inner: InnerHolding) -> Self:
        return cls(
            from_unit_id=inner.from_unit_id,
            from_unit=inner.from_unit.short_name,
            unit_id=inner.unit_id,
            unit=inner.unit.short_name,
            state=inner.state,
            sent_at=inner.sent_at,
            note=inner.note,
            due_at=inner.due_at,
            signed_at=inner.signed_at,
            handler=inner.handler,
            reported_at=inner.reported_at,
            report=inner.report,
        )


class PaperView(View):
    """A paper of the ladder, with the unit's receipt; `unit` is empty for what waits until a unit has the ticket."""

    id: int
    number: str
    kind: OversightKind
    unit: str
    issued_at: Moment
    issued_by: str
    is_by_rule: bool
    trigger: OversightTrigger | None
    leader: str
    text: str
    answer_by: Moment | None
    received_at: Moment | None
    received_by: str
    answer: str

    @classmethod
    def of(cls, paper: Oversight) -> Self:
        return cls(
            id=paper.id,
            number=paper_number(paper),
            kind=paper.kind,
            unit=paper.unit.short_name if paper.unit else "",
            issued_at=paper.issued_at,
            issued_by=paper.issued_by,
            is_by_rule=paper.is_by_rule,
            trigger=paper.trigger,
            leader=paper.leader,
            text=paper.text,
            answer_by=paper.answer_by,
            received_at=paper.received_at,
            received_by=paper.received_by,
            answer=paper.answer,
        )


class ShelfView(View):
    """挂账: since when both clocks stand still, what is planned, and when somebody looks again."""

    began_at: Moment
    plan: str
    review_on: date

    @classmethod
    def of(cls, pause: Pause | None) -> Self | None:
        return cls.model_validate(pause) if pause is not None else None


class ChildView(View):
    """A merged matter: it keeps its own reply and rating."""

    number: str
    title: str
    state: State
    registered_at: Moment

    @classmethod
    def of(cls, child: Ticket) -> Self:
        return cls(number=child.number, title=title_of(child), state=child.state, registered_at=child.registered_at)


class SharingView(View):
    """Everything that others do about a ticket."""

    requests: list[RequestView]
    parts: list[PartView]
    below: list[BelowView]
    papers: list[PaperView]
    shelf: ShelfView | None
    parent: str | None
    children: list[ChildView]
    child_count: int
    incident: str | None
    extension_latest: date | None

    @classmethod
    def of(cls, sharing: Sharing, *, child_count: int, told: Mapping[int, Evidence]) -> Self:
        """`told`: by request, what bears out that the citizen was told."""
        return cls(
            requests=[RequestView.of(request, told.get(request.id)) for request in sharing.requests],
            parts=[PartView.of(part) for part in sharing.parts],
            below=[BelowView.of(inner) for inner in sharing.below],
            papers=[PaperView.of(paper) for paper in sharing.papers],
            shelf=ShelfView.of(sharing.pause),
            parent=sharing.parent,
            children=[ChildView.of(child) for child in sharing.children],
            child_count=child_count,
            incident=sharing.incident,
            extension_latest=sharing.extension_latest,
        )
