"""Personal data over the wire: masked here, once."""

from typing import Self

from core.masking import mask_address, mask_name, mask_phone, mask_text
from staff.rules import Actor
from tickets.kinds import CallerKind, ContactTime, PhoneKind, ReplyWay, Salutation, Secrecy
from tickets.model import Place, Ticket
from tickets.queries.access import sees_own_unit_only
from tickets.queries.renderings import boxes_with
from tickets.redaction import BoxKind, Part, without_hidden
from web.api import View

#: stands for the name of a caller who asked for secrecy
WITHHELD = "保密"


def title_of(ticket: Ticket) -> str:
    """Lists say nothing of a sealed ticket; its page does, and every look at that is logged."""
    if ticket.secrecy is Secrecy.SEALED:
        return "密件"
    if ticket.secrecy is Secrecy.NONE:
        return mask_text(ticket.title)
    return without_hidden(ticket.title, ticket.text, boxes_with(ticket, {}))


def place_of(ticket: Ticket) -> str:
    """The place as it was said, else as the gazetteer names it; lists say nothing of a sealed ticket's."""
    if ticket.secrecy is Secrecy.SEALED:
        return ""
    boxes = boxes_with(ticket, {}) if ticket.secrecy is not Secrecy.NONE else []
    place: Place | None = ticket.place
    said = without_hidden(ticket.place_text, ticket.text, boxes)
    return said or (place.full_name if place is not None else "地点不详")


class CallerView(View):
    """Who called; masked unless it was just revealed."""

    name: str
    salutation: Salutation
    kind: CallerKind
    company_name: str
    phone: str
    phone_kind: PhoneKind
    #: of whoever wrote by mail, else empty
    address: str
    contact_time: ContactTime
    reply_way: ReplyWay
    representative: str

    @classmethod
    def shown(cls, ticket: Ticket, address: str, *, by: Actor) -> Self:
        """Nothing but the wish for secrecy to a unit, where the caller has it."""
        is_secret = ticket.secrecy is not Secrecy.NONE and sees_own_unit_only(by)
        return cls.secret(ticket) if is_secret else cls.masked(ticket, address)

    @classmethod
    def masked(cls, ticket: Ticket, address: str = "") -> Self:
        return cls._of(
            ticket,
            name=mask_name(ticket.caller_name),
            phone=mask_phone(ticket.phone) if ticket.phone else "",
            representative=mask_name(ticket.representative),
            address=mask_address(address) if address else "",
        )

    @classmethod
    def secret(cls, ticket: Ticket) -> Self:
        """For the unit, when the caller asked for secrecy."""
        hidden = cls._of(ticket, name=WITHHELD, phone="", representative="", address="")
        return hidden.model_copy(update={"company_name": "", "salutation": Salutation.UNKNOWN})

    @classmethod
    def revealed(cls, ticket: Ticket, address: str) -> Self:
        """Only for an answer to a reveal that was logged."""
        whole = {"name": ticket.caller_name, "phone": ticket.phone, "representative": ticket.representative}
        return cls._of(ticket, **whole, address=address)

    @classmethod
    def _of(cls, ticket: Ticket, *, name: str, phone: str, representative: str, address: str) -> Self:
        return cls(
            name=name,
            salutation=ticket.caller_salutation,
            kind=ticket.caller_kind,
            company_name=ticket.company_name,
            phone=phone,
            phone_kind=ticket.phone_kind,
            address=address,
            contact_time=ticket.contact_time,
            reply_way=ticket.reply_way,
            representative=representative,
        )


class TextPartView(View):
    """A stretch of the text in the 承办版: plain, or a box round what may tell who somebody is.

    `begins` and `ends` count characters of the text as it was said; `is_fixed`: nobody can show it to all.
    """

    begins: int
    ends: int
    words: str
    kind: BoxKind | None
    is_hidden: bool
    is_fixed: bool

    @classmethod
    def of(cls, part: Part) -> Self:
        return cls.model_validate(part)
