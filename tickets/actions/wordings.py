"""Words that are used again are kept, changed and forgotten."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from staff.rules import Actor
from tickets.errors import SavedRepliesFull, SavedReplyNotFound, SavedReplyTaken, TopicNotFound
from tickets.forms import refuse_faults
from tickets.model import SavedReply, Topic, TopicGuide
from tickets.points import Question, question_faults

#: a longer list is searched no faster than typing
MOST = 200


@dataclass(frozen=True)
class ReplyWords:
    """A saved reply as it was typed; shared: for everybody in the unit."""

    name: str
    text: str
    topic_id: int | None = None
    is_shared: bool = False


def set_guide(
    session: Session, topic_id: int, *, questions: Sequence[Question], script: str, by: Actor, now: datetime
) -> TopicGuide:
    """What is asked and said of a topic from now on.  Raises Invalid, TopicNotFound."""
    refuse_faults(question_faults(questions))
    if session.get(Topic, topic_id) is None:
        raise TopicNotFound(topic_id=topic_id)
    guide = session.get(TopicGuide, topic_id)
    if guide is None:
        guide = TopicGuide(topic_id=topic_id)
        session.add(guide)
    guide.questions, guide.script = [question.model_dump(mode="json") for question in questions], script
    guide.changed_at, guide.changed_by = now, by.label
    return guide


def keep_reply(session: Session, words: ReplyWords, *, by: Actor) -> SavedReply:
    """Raises SavedReplyTaken, SavedRepliesFull, TopicNotFound."""
    kept = session.scalar(select(func.count(SavedReply.id)).where(SavedReply.unit_id == by.unit_id)) or 0
    if kept >= MOST:
        raise SavedRepliesFull(most=MOST)
    reply = SavedReply(unit_id=by.unit_id)
    _fill(session, reply, words, by)
    session.add(reply)
    session.flush()
    return reply


def change_reply(session: Session, reply_id: int, words: ReplyWords, *, by: Actor) -> SavedReply:
    """Own ones, and the unit's by anybody of it.  Raises SavedReplyNotFound, SavedReplyTaken, TopicNotFound."""
    reply = _of_unit(session, reply_id, by)
    _fill(session, reply, words, by)
    return reply


def forget_reply(session: Session, reply_id: int, *, by: Actor) -> None:
    """Raises SavedReplyNotFound."""
    session.delete(_of_unit(session, reply_id, by))


def _fill(session: Session, reply: SavedReply, words: ReplyWords, by: Actor) -> None:
    if words.topic_id is not None and session.get(Topic, words.topic_id) is None:
        raise TopicNotFound(topic_id=words.topic_id)
    owner = None if words.is_shared else by.person_id
    same = select(SavedReply.id).where(
        SavedReply.unit_id == by.unit_id,
        SavedReply.name == words.name,
        SavedReply.person_id.is_not_distinct_from(owner),
    )
    if reply.id is not None:
        same = same.where(SavedReply.id != reply.id)
    if session.scalar(same) is not None:
        raise SavedReplyTaken(name=words.name)
    reply.person_id, reply.topic_id, reply.name, reply.text = owner, words.topic_id, words.name, words.text


def _of_unit(session: Session, reply_id: int, by: Actor) -> SavedReply:
    reply = session.get(SavedReply, reply_id, with_for_update=True)
    if reply is None or reply.unit_id != by.unit_id or reply.person_id not in {None, by.person_id}:
        raise SavedReplyNotFound(reply_id=reply_id)
    return reply
