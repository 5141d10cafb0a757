"""What is stored: tickets and what was done to them, the catalogue, and what stands before a ticket."""

from tickets.model.act_draft import ActDraft
from tickets.model.automatic import AutomaticDispatch
from tickets.model.catalogue import CatalogueLine, Limit, OfficeHours, Place, Topic, TopicRecord
from tickets.model.citizen import LookupFailure
from tickets.model.completion import Completion
from tickets.model.ending import Ending
from tickets.model.incident import Incident
from tickets.model.intake import CallSummary, Draft
from tickets.model.legal_basis import LegalBasis
from tickets.model.request import Oversight, PaperYear, Pause, TicketRequest
from tickets.model.ruling import Ruling
from tickets.model.saved_view import ChosenColumns, SavedView
from tickets.model.secrecy import MarkedBox, Recusal
from tickets.model.sharing import HelperPart, InnerHolding, ReplyDraft, WaitingReply
from tickets.model.ticket import Claim, HistoryLine, Holding, NumberDay, Reply, Suggestion, Ticket
from tickets.model.visit import Visit
from tickets.model.wording import SavedReply, TopicGuide

__all__ = [
    "ActDraft",
    "AutomaticDispatch",
    "CallSummary",
    "CatalogueLine",
    "ChosenColumns",
    "Claim",
    "Completion",
    "Draft",
    "Ending",
    "HelperPart",
    "HistoryLine",
    "Holding",
    "Incident",
    "InnerHolding",
    "LegalBasis",
    "Limit",
    "LookupFailure",
    "MarkedBox",
    "NumberDay",
    "OfficeHours",
    "Oversight",
    "PaperYear",
    "Pause",
    "Place",
    "Recusal",
    "Reply",
    "ReplyDraft",
    "Ruling",
    "SavedReply",
    "SavedView",
    "Suggestion",
    "Ticket",
    "TicketRequest",
    "Topic",
    "TopicGuide",
    "TopicRecord",
    "Visit",
    "WaitingReply",
]
