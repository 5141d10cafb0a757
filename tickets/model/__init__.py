"""What is stored: tickets and what was done to them, the catalogue, and what stands before a ticket."""

from tickets.model.catalogue import CatalogueLine, Limit, OfficeHours, Place, Topic, TopicRecord
from tickets.model.intake import CallSummary, Draft
from tickets.model.request import Oversight, Pause, TicketRequest
from tickets.model.saved_view import ChosenColumns, SavedView
from tickets.model.sharing import HelperPart, InnerHolding
from tickets.model.ticket import Claim, HistoryLine, Holding, NumberDay, Reply, Suggestion, Ticket

__all__ = [
    "CallSummary",
    "CatalogueLine",
    "ChosenColumns",
    "Claim",
    "Draft",
    "HelperPart",
    "HistoryLine",
    "Holding",
    "InnerHolding",
    "Limit",
    "NumberDay",
    "OfficeHours",
    "Oversight",
    "Pause",
    "Place",
    "Reply",
    "SavedView",
    "Suggestion",
    "Ticket",
    "TicketRequest",
    "Topic",
    "TopicRecord",
]
