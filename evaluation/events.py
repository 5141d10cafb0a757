"""News about invitations and ratings."""

from dataclasses import dataclass

from core.events import Event


@dataclass(frozen=True)
class InvitationSent(Event):
    """The citizen is being asked; whether by SMS or by a person says the invitation's state."""

    invitation_id: int
    ticket_id: int


@dataclass(frozen=True)
class MailWriterInvited(Event):
    """The same of a matter that came by mail: its writer gets the link by mail as well."""

    invitation_id: int
    ticket_id: int


@dataclass(frozen=True)
class RatingRecorded(Event):
    """A rating counts now, the first or a corrected one.  Exactly one of ticket_id, call_id and matter_id is set.

    `rework_no` says which answer of the ticket was rated; the present one may be a later one.  Where `is_direct`, it is
    one of those that were given at once.
    """

    rating_id: int
    ticket_id: int | None
    call_id: int | None
    level: int
    rework_no: int | None = None
    matter_id: int | None = None
    is_direct: bool = False


@dataclass(frozen=True)
class BadRating(Event):
    """A rating of 不满意 or 非常不满意 of a ticket: somebody owes the citizen a call."""

    rating_id: int
    ticket_id: int
    level: int


@dataclass(frozen=True)
class SecondQuestionOver(Event):
    """The question about a repair was answered, refused, or has run out."""

    invitation_id: int
    ticket_id: int
