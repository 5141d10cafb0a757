"""What the classifier says becomes a dispatch where its record allows it, and a line of the dispatch list elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from nlp.classifier import Certainty, Decision, DispatchRecord, Suggestions, decide
from staff.rules import SYSTEM
from tickets.actions.automatic import dispatch_automatically
from tickets.actions.dispatching import set_topic
from tickets.actions.writing import locked_ticket, make_move
from tickets.catalogue import catalogue_line_for, class_and_urgency, latest_records
from tickets.hearing import urgent_words
from tickets.kinds import Secrecy, SuggestionVerdict, Urgency
from tickets.model import CatalogueLine, Suggestion, Ticket, Topic
from tickets.queries.similar import Likes
from tickets.rules import Action, State
from tickets.settings import TicketOffice

#: names the model where none answered
NO_MODEL = "none"
UNLIKE_ALL = Likes()


def record_suggestion(
    session: Session,
    ticket_id: int,
    suggestions: Suggestions,
    *,
    office: TicketOffice,
    now: datetime,
    likes: Likes = UNLIKE_ALL,
) -> Ticket:
    """Keep what the classifier said and act on it.  A ticket that has gone its way meanwhile only keeps the words.

    Announces TicketDispatched when the system sends it.
    """
    ticket = locked_ticket(session, ticket_id, SYSTEM)
    ticket.similar_to_id, ticket.repeat_of_id = likes.similar_to_id, likes.repeat_of_id
    topics = topics_by_code(session, suggestions)
    first = topics.get(suggestions.ranked[0].code) if suggestions.ranked else None
    line = catalogue_line_for(session, first.id, ticket.place, now=now) if first else None
    if ticket.state is State.REGISTERED:
        make_move(session, ticket, Action.LIST, by=SYSTEM, now=now)
    question = Question(ticket, suggestions, first, line)
    verdict, reason = judged(question, records_of(session, suggestions, topics), office)
    ticket.is_uncertain = verdict is SuggestionVerdict.ABSTAINED
    _keep(session, question, topics, verdict, reason, now=now)
    if verdict is SuggestionVerdict.AUTO and ticket.state is State.TO_DISPATCH:
        _send(session, question, reason, office=office, now=now)
    return ticket


def _send(session: Session, question: "Question", reason: str, *, office: TicketOffice, now: datetime) -> None:
    ticket, first, line = question.ticket, question.first, question.line
    if first is None or line is None:
        return
    if ticket.topic_id is None:
        set_topic(session, ticket, first.id)
    model = question.suggestions.model
    dispatch_automatically(session, ticket, line=line, reason=reason, model_name=model, office=office, now=now)


@dataclass(frozen=True)
class Question:
    """A ticket with what the classifier said of it, and whom the catalogue names for its first topic."""

    ticket: Ticket
    suggestions: Suggestions
    first: Topic | None
    line: CatalogueLine | None


def judged(
    question: Question, records: Mapping[str, DispatchRecord], office: TicketOffice
) -> tuple[SuggestionVerdict, str]:
    """What follows from it, and why in words for the history."""
    ticket, first, line = question.ticket, question.first, question.line
    if not question.suggestions.ranked or first is None:
        is_away = question.suggestions.model == NO_MODEL
        return SuggestionVerdict.ABSTAINED, "自动分类暂不可用" if is_away else "系统不确定"
    best = question.suggestions.ranked[0]
    if best.certainty is Certainty.UNCERTAIN:
        return SuggestionVerdict.ABSTAINED, f"系统不确定：{first.name} {best.confidence:.0%}"
    hindrance = _hindrance(ticket, first, line, office)
    if hindrance:
        return SuggestionVerdict.LIST, hindrance
    if decide(question.suggestions, records) is not Decision.AUTO:
        return SuggestionVerdict.LIST, f"{first.name} {best.confidence:.0%}，该分类尚未达到自动派单的条件"
    record = records[best.code]
    basis = line.basis if line is not None else ""
    return SuggestionVerdict.AUTO, (
        f"自动派单：{first.name} {best.confidence:.0%}（门槛 {record.threshold:.0%}，"
        f"历史 {record.n} 件错 {record.wrong} 件）{basis and '，依据 '}{basis}"
    )


def _hindrance(ticket: Ticket, first: Topic, line: CatalogueLine | None, office: TicketOffice) -> str:
    """Why a person decides although the classifier is sure; empty when nothing stands in the way."""
    if not office.auto_dispatch:
        return "自动派单已关闭"
    if line is None:
        return f"派单目录未列“{first.name}”的承办单位"
    if ticket.topic_id is not None and ticket.topic_id != first.id:
        return f"系统建议“{first.name}”，与登记的分类不一致"
    if ticket.repeat_of_id is not None:
        return "同一人重复诉求，由人工核对有无新情况"
    if ticket.secrecy is Secrecy.SEALED:
        return "密件由人工派单"
    if ticket.registered_by_id is None and (words := urgent_words(ticket.text, title=ticket.title)):
        return f"来件提到“{words[0]}”，由人工核对紧急程度"
    _, urgency = class_and_urgency(line, first, ticket.urgency)
    return "特急件由人工派单" if urgency is Urgency.CRITICAL else ""


def records_of(session: Session, suggestions: Suggestions, topics: Mapping[str, Topic]) -> dict[str, DispatchRecord]:
    """The record of each suggested topic with this model, switched off where a supervisor said so."""
    records = latest_records(session, [topic.id for topic in topics.values()], model_name=suggestions.model)
    return {
        code: DispatchRecord(code, record.threshold, record.n, record.wrong, topic.may_auto_dispatch)
        for code, topic in topics.items()
        if (record := records.get(topic.id)) is not None
    }


def topics_by_code(session: Session, suggestions: Suggestions) -> dict[str, Topic]:
    codes = [ranked.code for ranked in suggestions.ranked]
    found = session.scalars(select(Topic).where(Topic.code.in_(codes), Topic.is_active)) if codes else ()
    return {topic.code: topic for topic in found}


def _keep(
    session: Session,
    question: Question,
    topics: Mapping[str, Topic],
    verdict: SuggestionVerdict,
    reason: str,
    *,
    now: datetime,
) -> None:
    session.add(
        Suggestion(
            ticket_id=question.ticket.id,
            made_at=now,
            model_name=question.suggestions.model,
            topics=ranked_plain(question.suggestions, topics),
            unit_id=question.line.unit_id if question.line else None,
            verdict=verdict,
            reason=reason[:200],
        )
    )


def ranked_plain(suggestions: Suggestions, topics: Mapping[str, Topic]) -> list[dict[str, Any]]:
    """The ranked topics that our tree knows, as JSON."""
    return [
        {
            "topic_id": topics[ranked.code].id,
            "name": topics[ranked.code].full_name,
            "confidence": round(ranked.confidence, 4),
            "certainty": ranked.certainty.value,
            "words": [word.text for word in ranked.words],
        }
        for ranked in suggestions.ranked
        if ranked.code in topics
    ]
