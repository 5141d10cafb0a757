"""What a record says: everything our own rows hold about it, before the field map chooses and writes."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from evaluation.counters.model import CounterMatter, CounterWindow
from evaluation.counters.rules import Stage
from evaluation.model import Rating
from evaluation.queries import reasons_of, words_of
from evaluation.repairs.model import Repair, RepairLine
from evaluation.repairs.rules import Act
from evaluation.rules import REAL_NAME_CHANNELS
from evaluation.submissions.model import Submission
from evaluation.submissions.rules import RecordKind, Stream, record_number
from evaluation.submissions.values import NO_NAME, SECRET, Said, Value, Values
from staff.model import Person, Unit
from tickets.kinds import Secrecy
from tickets.model import HistoryLine, Reply, Ticket, Topic
from tickets.redaction import boxes_of, shareable_text

_STAGES = {RecordKind.ACCEPTED: "accepted", RecordKind.DONE: "done", RecordKind.ENDED: "ended"}
_UPHELD = "upheld"


def values_of(session: Session, submission: Submission, *, city_code: str, hotline_code: str) -> Values:
    """Our values of a record as they are now.  `hotline_code` stands where no unit answers for a matter."""
    number = {Value.NUMBER: submission.number, Value.KIND: submission.kind.value}
    match submission.stream:
        case Stream.HISTORY:
            said = _step(session, submission)
        case Stream.RATING:
            said = _rating(session, session.get_one(Rating, submission.subject_id), city_code)
        case Stream.REPAIR:
            said = _repair(session, session.get_one(RepairLine, submission.subject_id), city_code)
    said[Value.UNIT_CODE] = said.get(Value.UNIT_CODE) or hotline_code
    return number | said


def serial_of(session: Session, stream: Stream, subject_id: int, ticket_id: int | None) -> str:
    """办件编号 of a record."""
    if ticket_id is not None:
        return session.scalar(select(Ticket.number).where(Ticket.id == ticket_id)) or ""
    if stream is not Stream.RATING:
        return ""
    rating = session.get_one(Rating, subject_id)
    if rating.matter_id is not None:
        return session.get_one(CounterMatter, rating.matter_id).number
    return f"CALL-{rating.call_id}" if rating.call_id is not None else ""


def _step(session: Session, submission: Submission) -> dict[Value, Said]:
    line = session.get_one(HistoryLine, submission.subject_id)
    ticket = session.get_one(Ticket, line.ticket_id)
    return {
        **_matter(session, ticket),
        **_caller(ticket),
        Value.STAGE: _STAGES[submission.kind],
        Value.DONE_AT: None if submission.kind is RecordKind.ACCEPTED else line.at,
    }


def _matter(session: Session, ticket: Ticket) -> dict[Value, Said]:
    topic = session.get(Topic, ticket.topic_id) if ticket.topic_id is not None else None
    clerk = session.get(Person, ticket.registered_by_id) if ticket.registered_by_id is not None else None
    reply = session.get(Reply, ticket.reply_id) if ticket.reply_id is not None else None
    return {
        Value.SERIAL: ticket.number,
        Value.SOURCE: ticket.source.value,
        Value.ITEM_CODE: topic.code if topic else None,
        Value.ITEM_NAME: topic.full_name if topic else None,
        Value.TYPE: ticket.type.value,
        Value.UNIT_CODE: _unit_code(session, ticket.unit_id),
        Value.STAFF_NUMBER: clerk.staff_number if clerk else None,
        Value.OFFICER: reply.handler if reply and reply.handler else clerk.name if clerk else None,
        Value.APPLIED_AT: ticket.registered_at,
        Value.DONE_AT: ticket.closed_at or ticket.answered_at,
    }


def _caller(ticket: Ticket) -> dict[Value, Said]:
    """Nothing that tells who called where the caller wants secrecy or said no name."""
    if ticket.secrecy is not Secrecy.NONE or not ticket.caller_name:
        name = NO_NAME if ticket.secrecy is Secrecy.NONE else SECRET
        return {Value.CALLER_NAME: name, Value.CALLER_KIND: ticket.caller_kind.value}
    return {
        Value.CALLER_NAME: ticket.company_name or ticket.caller_name,
        Value.PHONE: ticket.phone,
        Value.CALLER_KIND: ticket.caller_kind.value,
    }


def _rating(session: Session, rating: Rating, city_code: str) -> dict[Value, Said]:
    ticket = session.get(Ticket, rating.ticket_id) if rating.ticket_id is not None else None
    return {
        Value.STAGE: "done",
        **_rated(session, rating, ticket),
        Value.RATING_NUMBER: _rating_number(city_code, rating.id),
        Value.ABOUT_NUMBER: _about(session, rating, city_code),
        Value.REPAIR_NUMBER: session.scalar(
            select(Repair.number).where(Repair.second_invitation_id == rating.invitation_id)
        ),
        Value.SUBJECT: rating.subject.value,
        Value.CHANNEL: rating.channel.value,
        Value.LEVEL: rating.level,
        Value.REASONS: sorted(reason.value for reason in reasons_of(session, [rating.id]).get(rating.id, ())),
        Value.WORDS: _words(session, rating, ticket),
        Value.IS_SOLVED: rating.is_solved,
        Value.IS_REAL_NAME: _is_real_name(rating),
        # silence is never told as an answer
        Value.IS_DEFAULT: False,
        Value.RATED_AT: rating.recorded_at,
    }


def _is_real_name(rating: Rating) -> bool:
    """Of a ticket the channel says it: only a verified number answers by it."""
    if rating.is_real_name is not None:
        return rating.is_real_name
    return rating.invitation_id is not None and rating.channel in REAL_NAME_CHANNELS


def _rated(session: Session, rating: Rating, ticket: Ticket | None) -> dict[Value, Said]:
    """The matter that was rated: a ticket, one of a hall, a call, or a window in general."""
    unit = {Value.UNIT_CODE: _unit_code(session, rating.unit_id)}
    if ticket is not None:
        return _matter(session, ticket) | unit
    if rating.matter_id is not None:
        return _hall_matter(session.get_one(CounterMatter, rating.matter_id)) | unit
    if rating.window_id is not None:
        window = session.get_one(CounterWindow, rating.window_id)
        return {Value.UNIT_CODE: _unit_code(session, window.unit_id)}
    agent = session.get(Person, rating.person_id) if rating.person_id is not None else None
    return {
        Value.STAGE: "accepted",
        Value.SERIAL: f"CALL-{rating.call_id}",
        Value.STAFF_NUMBER: agent.staff_number if agent else None,
    }


def _hall_matter(matter: CounterMatter) -> dict[Value, Said]:
    return {
        Value.STAGE: "done" if matter.stage is Stage.DONE else "accepted",
        Value.SERIAL: matter.number,
        Value.ITEM_CODE: matter.item_code,
        Value.ITEM_NAME: matter.item_name,
        Value.STAFF_NUMBER: matter.staff_number,
        Value.APPLIED_AT: matter.applied_at,
        Value.DONE_AT: matter.done_at,
    }


def _words(session: Session, rating: Rating, ticket: Ticket | None) -> str | None:
    """可外传版 of what was written; of a ticket under secrecy or without a name nothing."""
    words = words_of(session, rating.id)
    if not words:
        return None
    if ticket is None:
        return shareable_text(words, boxes_of(words))
    if ticket.secrecy is not Secrecy.NONE or not ticket.caller_name:
        return None
    names = (ticket.caller_name, ticket.representative, ticket.company_name)
    return shareable_text(words, boxes_of(words, names=names))


def _about(session: Session, rating: Rating, city_code: str) -> str | None:
    """The rating that this one corrects; of a second rating the one whose repair it judges."""
    if rating.corrects_id is not None:
        return _rating_number(city_code, rating.corrects_id)
    first = session.scalar(select(Repair.rating_id).where(Repair.second_invitation_id == rating.invitation_id))
    return _rating_number(city_code, first) if first is not None else None


def _repair(session: Session, line: RepairLine, city_code: str) -> dict[Value, Said]:
    repair = session.get_one(Repair, line.repair_id)
    outcome = repair.outcome.value if repair.outcome else None
    return {
        **_matter(session, session.get_one(Ticket, repair.ticket_id)),
        Value.STAGE: "done",
        Value.UNIT_CODE: _unit_code(session, repair.unit_id),
        Value.RATING_NUMBER: _rating_number(city_code, repair.rating_id),
        Value.REPAIR_NUMBER: repair.number,
        Value.REPAIR_STATE: line.to_state.value,
        Value.OUTCOME: _UPHELD if line.act is Act.UPHOLD else outcome,
        Value.REPAIRED_AT: line.at,
    }


def _rating_number(city_code: str, rating_id: int) -> str:
    """Never the receipt: that is the citizen's alone."""
    return record_number(city_code, Stream.RATING, rating_id)


def _unit_code(session: Session, unit_id: int | None) -> str | None:
    return session.scalar(select(Unit.code).where(Unit.id == unit_id)) if unit_id is not None else None
