"""What follows from what: every durable consequence of an event, in one table.

The job rows are written in the transaction that announces the event, so a consequence survives a kill.  Jobs run at
least once; the keys make those that may happen once happen once.
"""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from core.calendar import CalendarImported
from core.events import Event, Reaction, Reactions
from evaluation.events import MailWriterInvited, RatingRecorded, SecondQuestionOver
from evaluation.repairs.events import RepairDone, RepairDueMoved, RepairOpened, RepairSettled
from sms.events import SmsDelivered, SmsFailed, SmsReplied, SmsUnsure
from sms.templates import REJECTED, TEMPLATES, TERMINATED, TRANSFERRED, Template
from staff.events import UnitAdded, UnitMoved
from telephony.events import AgentRated, BridgeEnded, CallAnswered, DialInProven
from tickets.events import (
    AnsweredAtOnce,
    CompletionAnswered,
    HelpAsked,
    LimitsChanged,
    MailTicketMoved,
    PaperIssued,
    ParentAnswered,
    ParentEnded,
    PlatformTicketMoved,
    PromiseFulfilled,
    ReplyRefused,
    ReplySubmitted,
    ReportGiven,
    ReportSentBack,
    RequestDecided,
    ReturnRefused,
    TicketAnswered,
    TicketDispatched,
    TicketEnded,
    TicketMadeUrgent,
    TicketParked,
    TicketRegistered,
    TicketReopened,
    TicketResumed,
    TicketReworded,
    TicketReworked,
    TicketSentDown,
    TicketTerminated,
    TicketUrged,
    UnitDueMoved,
    WorkHoursChanged,
    WorkTakenBack,
)
from tickets.notices.rules import UNIT_NOTICE


def of_ticket(event: Any) -> str | None:
    """Jobs of one ticket run one at a time, in order."""
    return None if event.ticket_id is None else f"ticket {event.ticket_id}"


def of_call(event: Any) -> str:
    return f"call {event.call_id}"


def of_platform_ticket(event: Any) -> str:
    """A platform that does not answer holds up nothing else of the ticket."""
    return f"platform ticket {event.ticket_id}"


def of_message(event: Any) -> str:
    return f"message {event.message_id}"


def about(*templates: Template) -> Callable[[Event], bool]:
    """Only messages with one of these texts: a job that finds nothing to do costs two commits."""
    names = {template.name for template in templates}
    return lambda event: getattr(event, "template", "") in names


def only(*names: str) -> Callable[[Event], dict[str, Any]]:
    """These fields of the event as the job's arguments."""
    return lambda event: {name: value for name, value in asdict(event).items() if name in names}


_is_question = about(*(template for template in TEMPLATES.values() if template.expects_reply))
_is_end = about(TERMINATED, REJECTED, TRANSFERRED)
_is_notice = about(UNIT_NOTICE)

REACTIONS: Reactions = {
    CallAnswered: [Reaction("tickets.open_draft", only("call_id", "person_id"), order_key=of_call)],
    AgentRated: [Reaction("evaluation.record_agent_rating", only("call_id", "key"), order_key=of_call)],
    TicketRegistered: [Reaction("tickets.suggest_topic", only("ticket_id"), order_key=of_ticket)],
    TicketDispatched: [Reaction("tickets.tell_of_dispatch", only("ticket_id", "unit_id"))],
    TicketUrged: [Reaction("tickets.tell_of_pressing", only("ticket_id"))],
    PaperIssued: [
        Reaction("tickets.tell_of_pressing", only("ticket_id")),
        Reaction("tickets.tell_leader", only("ticket_id", "paper_id", "kind")),
    ],
    TicketSentDown: [Reaction("tickets.tell_of_sent_down", only("ticket_id", "unit_id"))],
    ReportGiven: [Reaction("tickets.tell_of_report", only("ticket_id", "version"))],
    ReportSentBack: [Reaction("tickets.tell_of_report_sent_back", only("ticket_id", "version"))],
    ReturnRefused: [Reaction("tickets.tell_of_return_refused", only("ticket_id", "version"))],
    RequestDecided: [Reaction("tickets.tell_of_decision", only("ticket_id", "request_id"))],
    TicketParked: [Reaction("tickets.tell_of_parking", only("ticket_id", "pause_id"))],
    TicketResumed: [Reaction("tickets.tell_of_resumption", only("ticket_id", "version"))],
    TicketMadeUrgent: [Reaction("tickets.tell_of_urgency", only("ticket_id", "urgency"))],
    UnitDueMoved: [Reaction("tickets.watch_limits", only("ticket_id"))],
    WorkTakenBack: [
        Reaction(
            "tickets.tell_of_taking_back", only("ticket_id", "holding_id", "inner_id", "unit_id", "action", "version")
        )
    ],
    CompletionAnswered: [
        Reaction("tickets.tell_of_completion", only("ticket_id", "completion_id", "unit_id")),
    ],
    TicketEnded: [Reaction("tickets.tell_of_end", only("termination_id"), order_key=of_ticket)],
    TicketTerminated: [Reaction("tickets.tell_of_termination", only("ticket_id", "termination_id"))],
    HelpAsked: [Reaction("tickets.tell_of_help", only("ticket_id", "unit_id"))],
    ReplySubmitted: [Reaction("tickets.tell_of_release", only("ticket_id", "version"))],
    ReplyRefused: [Reaction("tickets.tell_of_refusal", only("ticket_id", "reply_id"))],
    TicketAnswered: [Reaction("evaluation.invite_citizen", only("ticket_id"), order_key=of_ticket)],
    AnsweredAtOnce: [Reaction("evaluation.invite_citizen", only("ticket_id"), order_key=of_ticket)],
    TicketReopened: [Reaction("evaluation.void_direct", only("ticket_id", "reopened_at"), order_key=of_ticket)],
    ParentAnswered: [Reaction("tickets.answer_children", only("ticket_id"), order_key=of_ticket)],
    PromiseFulfilled: [Reaction("tickets.fulfil_children", only("ticket_id"), order_key=of_ticket)],
    ParentEnded: [Reaction("tickets.release_children", only("ticket_id"), order_key=of_ticket)],
    TicketReworked: [Reaction("evaluation.void_invitations", only("ticket_id", "rework_no"), order_key=of_ticket)],
    PlatformTicketMoved: [Reaction("tickets.write_back", only("ticket_id", "version"), order_key=of_platform_ticket)],
    MailTicketMoved: [Reaction("tickets.tell_by_mail", only("ticket_id", "version"), order_key=of_ticket)],
    TicketReworded: [Reaction("tickets.index_ticket", only("ticket_id"), order_key=of_ticket)],
    DialInProven: [Reaction("tickets.connect_dial_in", only("dial_in_id"))],
    BridgeEnded: [Reaction("tickets.note_contact", only("bridge_id"))],
    SmsReplied: [Reaction("evaluation.record_reply", only("message_id", "reply_id"), order_key=of_message)],
    SmsDelivered: [
        Reaction("evaluation.note_delivered", only("message_id"), order_key=of_message, concerns=_is_question),
        Reaction("tickets.note_end_delivered", only("message_id"), order_key=of_message, concerns=_is_end),
    ],
    SmsFailed: [
        Reaction(
            "evaluation.hand_to_person", only("message_id", "reason"), order_key=of_message, concerns=_is_question
        ),
        Reaction("tickets.note_sms_failed", only("message_id", "reason"), order_key=of_message, concerns=_is_notice),
        Reaction("tickets.note_end_failed", only("message_id", "reason"), order_key=of_message, concerns=_is_end),
    ],
    SmsUnsure: [
        Reaction("tickets.note_sms_unsure", only("message_id"), order_key=of_message, concerns=_is_notice),
        Reaction("tickets.note_end_failed", only("message_id"), order_key=of_message, concerns=_is_end),
    ],
    UnitAdded: [Reaction("tickets.give_bulletins", only("unit_id"))],
    UnitMoved: [Reaction("tickets.give_bulletins", only("unit_id"))],
    WorkHoursChanged: [Reaction("tickets.compute_due_times_of_unit", only("unit_id"))],
    LimitsChanged: [
        Reaction("tickets.compute_due_times_by_limits", only()),
        Reaction("evaluation.time_repairs", only()),
    ],
    CalendarImported: [
        Reaction("tickets.compute_waiting_due_times", only()),
        Reaction("evaluation.time_repairs", only()),
    ],
    MailWriterInvited: [Reaction("evaluation.ask_by_mail", only("invitation_id"), order_key=of_ticket)],
    RatingRecorded: [
        Reaction(
            "tickets.close_on_rating",
            only("ticket_id", "level", "rework_no", "is_direct"),
            order_key=of_ticket,
            concerns=lambda rating: rating.ticket_id is not None,
        ),
        Reaction(
            "evaluation.follow_rating",
            only("rating_id"),
            order_key=of_ticket,
            concerns=lambda rating: rating.ticket_id is not None,
        ),
        Reaction("evaluation.refer_rating", only("rating_id"), concerns=lambda rating: rating.matter_id is not None),
    ],
    RepairOpened: [Reaction("evaluation.tell_of_repair", only("repair_id", "version"), order_key=of_ticket)],
    RepairDone: [Reaction("evaluation.ask_again", only("repair_id"), order_key=of_ticket)],
    SecondQuestionOver: [Reaction("evaluation.note_second_answer", only("invitation_id"), order_key=of_ticket)],
    RepairSettled: [Reaction("tickets.close_after_repair", only("ticket_id", "rework_no"), order_key=of_ticket)],
    RepairDueMoved: [Reaction("evaluation.watch_repair", only("repair_id"))],
}
