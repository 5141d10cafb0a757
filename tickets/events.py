"""What tickets announce: ids and plain values, past tense."""

from dataclasses import dataclass

from core.events import Event


@dataclass(frozen=True)
class TicketChanged(Event):
    """Any write: for live pages. `unit_id` holds it now, None for the hotline."""

    ticket_id: int
    number: str
    version: int
    state: str
    unit_id: int | None


@dataclass(frozen=True)
class TicketRegistered(Event):
    """A citizen's matter has a number and waits for its way."""

    ticket_id: int


@dataclass(frozen=True)
class TicketDispatched(Event):
    """A unit's clock has started."""

    ticket_id: int
    unit_id: int


@dataclass(frozen=True)
class TicketClaimed(Event):
    """A dispatcher is at it, or is no longer: the dispatch list of the others shows who."""

    ticket_id: int


@dataclass(frozen=True)
class TicketLeft(Event):
    """A unit no longer holds it: its inbox drops the row."""

    ticket_id: int
    number: str
    unit_id: int


@dataclass(frozen=True)
class TicketSigned(Event):
    """The unit works on it."""

    ticket_id: int
    unit_id: int


@dataclass(frozen=True)
class TicketReturned(Event):
    """A unit asks to give it back."""

    ticket_id: int
    unit_id: int


@dataclass(frozen=True)
class ReturnRefused(Event):
    """The unit keeps what it wanted to give back, and counts as having signed; `version` is the ticket's."""

    ticket_id: int
    version: int


@dataclass(frozen=True)
class UnitDueMoved(Event):
    """A unit has to answer at another moment than before, or at one where there was none."""

    ticket_id: int


@dataclass(frozen=True)
class TicketMadeUrgent(Event):
    """A correction made it more urgent than it was; `urgency` is an Urgency."""

    ticket_id: int
    urgency: str


@dataclass(frozen=True)
class TicketParked(Event):
    """It is on the shelf, and its clocks stand still."""

    ticket_id: int
    pause_id: int


@dataclass(frozen=True)
class TicketResumed(Event):
    """It is off the shelf, and its unit goes on; `version` is the ticket's."""

    ticket_id: int
    version: int


@dataclass(frozen=True)
class TicketReplied(Event):
    """A unit has answered; nobody has audited it yet."""

    ticket_id: int
    reply_id: int


@dataclass(frozen=True)
class ReplySubmitted(Event):
    """A reply waits for the unit's second person; `version` is the ticket's, and tells one waiting from the next."""

    ticket_id: int
    version: int


@dataclass(frozen=True)
class ReplyRefused(Event):
    """The auditor sent the reply back to the unit."""

    ticket_id: int
    reply_id: int


@dataclass(frozen=True)
class TicketAnswered(Event):
    """The reply passed the audit: the citizen clock stops and the citizen is asked how it went."""

    ticket_id: int


@dataclass(frozen=True)
class AnsweredAtOnce(Event):
    """直接答复: no unit was asked; the citizen is asked how the hotline's own answer did."""

    ticket_id: int


@dataclass(frozen=True)
class TicketReopened(Event):
    """An answer given at once did not do: it is a matter again from `reopened_at` on, which is ISO 8601."""

    ticket_id: int
    reopened_at: str


@dataclass(frozen=True)
class TicketReworked(Event):
    """It has to be done again."""

    ticket_id: int
    rework_no: int


@dataclass(frozen=True)
class TicketClosed(Event):
    """All is done; `reason` is a CloseReason."""

    ticket_id: int
    reason: str


@dataclass(frozen=True)
class TicketEnded(Event):
    """Terminated, rejected or transferred out: its citizen is to be told."""

    ticket_id: int
    termination_id: int


@dataclass(frozen=True)
class TicketTerminated(Event):
    """The hotline ended it without an answer: its unit is to be told."""

    ticket_id: int
    termination_id: int


@dataclass(frozen=True)
class TicketReworded(Event):
    """What a ticket says, or where, or who may read it, is not what it was."""

    ticket_id: int


@dataclass(frozen=True)
class TicketUrged(Event):
    """The citizen asks for haste."""

    ticket_id: int
    unit_id: int | None


@dataclass(frozen=True)
class TicketSentDown(Event):
    """A unit sent it down its own tree."""

    ticket_id: int
    unit_id: int


@dataclass(frozen=True)
class ReportGiven(Event):
    """A unit below has told the one above what it did; `version` is the ticket's."""

    ticket_id: int
    version: int


@dataclass(frozen=True)
class ReportSentBack(Event):
    """It was not enough: the unit below works on; `version` is the ticket's."""

    ticket_id: int
    version: int


@dataclass(frozen=True)
class WorkTakenBack(Event):
    """A unit that led, worked below or helped has nothing more to do for a ticket, and has not ended it itself.

    `inner_id` is the work that it was sent down; `action` is what took it away, `version` the ticket's.
    """

    ticket_id: int
    holding_id: int
    inner_id: int | None
    unit_id: int
    action: str
    version: int


@dataclass(frozen=True)
class HelpAsked(Event):
    """A helping unit has a part of its own."""

    ticket_id: int
    unit_id: int


@dataclass(frozen=True)
class PartReported(Event):
    """A helping unit has done its part."""

    ticket_id: int
    unit_id: int


@dataclass(frozen=True)
class RequestAsked(Event):
    """A unit asks for more time, the shelf or an end; `kind` is a RequestKind."""

    ticket_id: int
    request_id: int
    kind: str


@dataclass(frozen=True)
class RequestDecided(Event):
    """The hotline has said yes or no; `state` is a RequestState."""

    ticket_id: int
    request_id: int
    kind: str
    state: str
    unit_id: int


@dataclass(frozen=True)
class PaperIssued(Event):
    """A paper of the ladder was issued to a unit; `kind` is an OversightKind."""

    ticket_id: int
    paper_id: int
    unit_id: int
    kind: str


@dataclass(frozen=True)
class CompletionAnswered(Event):
    """What a unit said was missing was added, or cannot be had: the unit reads it and goes on."""

    ticket_id: int
    completion_id: int
    unit_id: int


@dataclass(frozen=True)
class ParentAnswered(Event):
    """A matter under which others were merged was answered: each of their citizens is told."""

    ticket_id: int


@dataclass(frozen=True)
class ParentEnded(Event):
    """A matter under which others were merged ended without an answer: they go their own ways again."""

    ticket_id: int


@dataclass(frozen=True)
class PromiseFulfilled(Event):
    """What was promised with the answer to a matter of many was done: each of their citizens is told."""

    ticket_id: int


@dataclass(frozen=True)
class IncidentChanged(Event):
    """A mass incident was declared, says something else, or was closed: for live pages."""

    incident_id: int
    number: str


@dataclass(frozen=True)
class PlatformTicketMoved(Event):
    """A matter that another platform handed over has gone on in a way that its citizen is told."""

    ticket_id: int
    version: int


@dataclass(frozen=True)
class MailTicketMoved(Event):
    """A matter that came by mail has gone on so far that its citizen is written to."""

    ticket_id: int
    version: int


@dataclass(frozen=True)
class DraftOpened(Event):
    """A form waits at a seat for the words of a caller."""

    draft_id: int
    call_id: int | None
    person_id: int | None


@dataclass(frozen=True)
class WorkHoursChanged(Event):
    """A unit, or with None the whole city, works other hours: limits in office hours end otherwise."""

    unit_id: int | None


@dataclass(frozen=True)
class LimitsChanged(Event):
    """The city set other limits: clocks that run end otherwise."""
