"""Reads of words that are used again."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from staff.rules import Actor
from tickets.errors import TopicNotFound
from tickets.model import SavedReply, Topic, TopicGuide
from tickets.points import Question


@dataclass(frozen=True)
class Guide:
    """What to ask and say, and of which topic it was written; empty when nobody has written any."""

    questions: Sequence[Question]
    script: str
    of: str


NO_GUIDE = Guide((), "", "")


def guide_of(session: Session, topic_id: int) -> Guide:
    """The topic's own, else that of the nearest topic above.  Raises TopicNotFound."""
    topics = select(Topic.id, Topic.parent_id, Topic.name, Topic.level)
    above = topics.where(Topic.id == topic_id).cte(recursive=True)
    above = above.union_all(topics.join(above, Topic.id == above.c.parent_id))
    found = select(above.c.name, TopicGuide).outerjoin(TopicGuide, TopicGuide.topic_id == above.c.id)
    written = session.execute(found.order_by(above.c.level.desc())).all()
    if not written:
        raise TopicNotFound(topic_id=topic_id)
    for name, guide in written:
        if guide is not None:
            return Guide([Question.kept(row) for row in guide.questions], guide.script, name)
    return NO_GUIDE


def questions_of(session: Session, topic_id: int | None) -> Sequence[Question]:
    """What is asked of the topic; nothing while there is none.  Raises TopicNotFound."""
    return guide_of(session, topic_id).questions if topic_id is not None else ()


def saved_replies_of(session: Session, *, topic_id: int | None, by: Actor) -> Sequence[SavedReply]:
    """One's own and the unit's; those of the topic first, then by name."""
    mine = or_(SavedReply.person_id.is_(None), SavedReply.person_id == by.person_id)
    found = session.scalars(select(SavedReply).where(SavedReply.unit_id == by.unit_id, mine)).all()
    return sorted(found, key=lambda reply: (topic_id is None or reply.topic_id != topic_id, reply.name, reply.id))
