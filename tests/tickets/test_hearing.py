"""What nobody has heard on the telephone is as urgent as its words make it look."""

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.tickets.making import OFFICE, City
from tickets.hearing import heard, urgent_words
from tickets.intake.rules import judge
from tickets.kinds import Urgency
from tickets.mail.rules import MailRead, form_of
from tickets.model import Ticket
from tickets.platforms.actions import add_platform, take_matter

LEAK = "楼道里燃气泄漏，味道很大，请尽快来人处理"


@pytest.fixture
def city(session: Session) -> City:
    return City(session)


@pytest.mark.parametrize(
    ("text", "said_over_there", "urgency"),
    [
        (LEAK, Urgency.NORMAL, Urgency.URGENT),
        ("再不处理我就从楼顶跳楼，我说到做到", Urgency.NORMAL, Urgency.CRITICAL),
        ("楼道灯坏了三天没有人来修，请处理", Urgency.NORMAL, Urgency.NORMAL),
        ("经检查没有漏气，请问怎么开户缴费", Urgency.NORMAL, Urgency.NORMAL),
        ("楼道灯坏了三天没有人来修，请处理", Urgency.CRITICAL, Urgency.CRITICAL),
        (LEAK, Urgency.CRITICAL, Urgency.CRITICAL),
        ("小区停水两天，整栋楼都没有水，再不来水我们就去上访", Urgency.NORMAL, Urgency.NORMAL),
    ],
)
def test_a_matter_is_at_least_as_urgent_as_its_words_and_never_less_than_was_said(
    city: City, text: str, said_over_there: Urgency, urgency: Urgency
) -> None:
    assert heard(city.form(text=text, title="", urgency=said_over_there)).urgency is urgency


def test_each_urgent_word_is_named_once_in_the_order_of_the_text() -> None:
    assert urgent_words("停水了，家里有透析病人，一直停水") == ["停水", "透析"]


class TestEveryDoor:
    def test_a_web_form(self) -> None:
        filled = judge({"text": LEAK, "place_text": "南湖小区", "type": "help", "phone": "13812345678"})

        assert filled.form is not None
        assert filled.form.urgency is Urgency.URGENT

    def test_a_mail_also_by_its_subject(self) -> None:
        text = "在南湖小区三栋，请尽快派人来看。"
        read = MailRead("<1@mail.example>", "li@mail.example", "李四", "煤气泄漏", text, text)

        assert form_of(read).urgency is Urgency.URGENT

    def test_another_platform(self, session: Session, city: City, now: datetime) -> None:
        platform = add_platform(session, code="rmw", name="人民网", write_back_url="", now=now)

        take_matter(session, platform.id, "N-1", city.form(text=LEAK), office=OFFICE, now=now)

        assert session.scalars(select(Ticket.urgency)).one() is Urgency.URGENT
