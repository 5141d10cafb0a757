"""Reads of words that are used again."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from staff.rules import Actor
from tickets.errors import TopicNotFound
from tickets.model import SavedReply, Topic, TopicGuide


@dataclass(frozen=True)
class Guide:
    """What to ask and say, and of which topic it was written; empty when nobody has written any."""

    questions: Sequence[str]
    script: str
    of: str


NO_GUIDE = Guide((), "", "")


def guide_of(session: Session, topic_id: int) -> Guide:
    """The topic's own, else that of the nearest topic above.  Raises TopicNotFound."""
    topic = session.get(Topic, topic_id)
    if topic is None:
        raise TopicNotFound(topic_id=topic_id)
    while topic is not None:
        guide = session.get(TopicGuide, topic.id)
        if guide is not None:
            return Guide(guide.questions, guide.script, topic.name)
        topic = session.get(Topic, topic.parent_id) if topic.parent_id is not None else None
    return NO_GUIDE


def saved_replies_of(session: Session, *, topic_id: int | None, by: Actor) -> Sequence[SavedReply]:
    """One's own and the unit's; those of the topic first, then by name."""
    mine = or_(SavedReply.person_id.is_(None), SavedReply.person_id == by.person_id)
    found = session.scalars(select(SavedReply).where(SavedReply.unit_id == by.unit_id, mine)).all()
    return sorted(found, key=lambda reply: (topic_id is None or reply.topic_id != topic_id, reply.name, reply.id))
