"""Words that are used again: guides are inherited down the topics, saved replies belong to a person or a unit."""

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from tests.tickets.making import City
from tickets.actions.wordings import ReplyWords, change_reply, forget_reply, keep_reply, set_guide
from tickets.errors import SavedReplyNotFound, SavedReplyTaken, TopicNotFound
from tickets.points import Question, QuestionKind
from tickets.queries.wordings import guide_of, saved_replies_of

WORDS = ReplyWords("暖气已修", "您好，暖气已经修好，给您添麻烦了。")


@pytest.fixture
def city(session: Session) -> City:
    return City(session)


def names(session: Session, by: object, topic_id: int | None = None) -> list[str]:
    return [reply.name for reply in saved_replies_of(session, topic_id=topic_id, by=by)]  # type: ignore[arg-type]


def test_a_topic_without_a_guide_has_that_of_the_one_above(session: Session, city: City, now: datetime) -> None:
    top = city.topic.parent_id
    assert top is not None
    assert guide_of(session, city.topic.id).questions == ()
    set_guide(session, top, questions=[Question(name="门牌号")], script="先安抚", by=city.supervisor, now=now)
    assert guide_of(session, city.topic.id).of == "城乡建设"

    own = [Question(name="室内温度", kind=QuestionKind.NUMBER), Question(name="整栋还是一户")]
    set_guide(session, city.topic.id, questions=own, script="", by=city.supervisor, now=now)
    assert (guide_of(session, city.topic.id).questions, guide_of(session, city.road_topic.id).script) == (own, "先安抚")
    with pytest.raises(TopicNotFound):
        guide_of(session, 10**9)


def test_own_replies_are_one_s_own_and_shared_ones_the_unit_s(session: Session, city: City) -> None:
    keep_reply(session, WORDS, by=city.officer)
    keep_reply(session, ReplyWords("共用", "您好。", is_shared=True), by=city.officer)
    colleague = city.person("heating-2", *city.officer.roles, unit=city.heating)
    assert names(session, city.officer) == ["共用", "暖气已修"]
    assert names(session, colleague) == ["共用"]
    assert names(session, city.roads_officer) == []


def test_the_topic_s_replies_stand_first(session: Session, city: City) -> None:
    keep_reply(session, ReplyWords("一", "您好。"), by=city.officer)
    keep_reply(session, ReplyWords("二", "您好。", topic_id=city.topic.id), by=city.officer)
    assert names(session, city.officer, city.topic.id) == ["二", "一"]


def test_a_name_is_given_once_and_nobody_touches_another_unit_s(session: Session, city: City) -> None:
    reply = keep_reply(session, WORDS, by=city.officer)
    with pytest.raises(SavedReplyTaken):
        keep_reply(session, WORDS, by=city.officer)
    change_reply(session, reply.id, ReplyWords(WORDS.name, "改过的话"), by=city.officer)
    assert reply.text == "改过的话"
    for stranger in (city.roads_officer, city.supervisor):
        with pytest.raises(SavedReplyNotFound):
            forget_reply(session, reply.id, by=stranger)
    forget_reply(session, reply.id, by=city.officer)
    assert names(session, city.officer) == []
