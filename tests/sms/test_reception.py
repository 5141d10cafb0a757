"""A message by a gateway from the queue to the answer: late, in parts, after a kill, and read by one process."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sms.actions.handing import hand_over
from sms.actions.settling import record_outcome
from sms.inbox import record_late_answer, record_reply, record_report
from sms.model import HandOver, Message, MessagePart, Reply
from sms.office import SmsOffice
from sms.providers.provider import Accepted, Inbound, LateAnswer, Rejected, Report, TurnedAway
from sms.queries import gateway_link
from sms.reception import LEASE_S, Reception
from sms.rules import Delivery, HandOverState, MessageState, Settled
from sms.settings import ProviderName, SmsSettings
from sms.templates import RATING_ECHO
from tests.sms.cmpp_twin import SENDER, SERVICE
from tests.sms.desk import OTHER_PHONE, PHONE, PHONE_KEY, Desk
from tests.sms.gateway_twin import Fault
from tests.sms.gateways import City, city_of

CMPP = ProviderName.CMPP
LINE = {"host": "127.0.0.1", "account": "901234", "sender": SENDER, "service": SERVICE}


class Bureau:
    """A desk whose messages leave by CMPP, and its reception."""

    def __init__(self, desk: Desk, city: City, **line: object) -> None:
        self.desk, self.city = desk, city
        self.gateway = city.provider(**line)
        rules = SmsSettings.model_validate({"providers": ["cmpp"], "cmpp": {**LINE, **line}})
        desk.office = SmsOffice(rules, PHONE_KEY, {CMPP: self.gateway})
        self.reception = Reception(desk.database, desk.office)
        self.gateway.listen(self._keep)

    def _keep(self, said: Report | Inbound | LateAnswer) -> None:
        self.reception.keep(said)
        self.city.keep(said)

    def hand_over(self, phone: str = PHONE, ticket: str = "3821") -> int:
        """Queue a message and let it leave."""
        message = self.desk.queue(phone, ticket=ticket, code="K7M2QX")
        self.desk.work()
        return message

    def handed(self, message_id: int) -> HandOver:
        return self.desk.database.read(_hand_over, message_id)

    @property
    def ids(self) -> list[str]:
        return [kept.provider_id for kept in self.city.twin.kept]


def _hand_over(session: Session, message_id: int) -> HandOver:
    return session.scalars(select(HandOver).where(HandOver.message_id == message_id)).one()


def _set_text(session: Session, message_id: int, text: str, parts: int) -> None:
    message = session.get_one(Message, message_id)
    message.text, message.parts = text, parts


@pytest.fixture
def city() -> Iterator[City]:
    with city_of("cmpp") as city:
        yield city


@pytest.fixture
def bureau(desk: Desk, city: City) -> Bureau:
    return Bureau(desk, city, suffix_digits=4)


def test_a_message_leaves_is_delivered_and_answered(bureau: Bureau) -> None:
    message = bureau.hand_over()
    assert bureau.desk.message(message).state is MessageState.SUBMITTED

    for provider_id in bureau.ids:
        bureau.city.twin.report(provider_id)
    bureau.city.wait_for_heard(len(bureau.ids))
    assert bureau.desk.message(message).state is MessageState.DELIVERED

    bureau.city.twin.reply(PHONE, "5", dest=bureau.city.twin.kept[0].source)
    bureau.city.wait_for_heard(len(bureau.ids) + 1)
    assert bureau.desk.message(message).state is MessageState.REPLIED


def test_what_was_answered_too_late_is_known_after_all(desk: Desk, city: City) -> None:
    bureau = Bureau(desk, city, timeout_s=0.3)
    city.twin.misbehave(Fault.TIMEOUT_AFTER_ACCEPTANCE)
    message = bureau.hand_over()
    assert desk.message(message).state is MessageState.UNKNOWN

    city.twin.answer_late()
    city.wait_for_heard()

    known = desk.message(message)
    assert (known.state, known.provider_id) == (MessageState.SUBMITTED, bureau.ids[0])
    handed = bureau.handed(message)
    assert (handed.state, handed.was_unknown, handed.settled) == (HandOverState.ACCEPTED, True, Settled.REPORTED)
    desk.wait(timedelta(hours=1))
    assert len(city.twin.accepted) == 1


def test_what_was_refused_too_late_certainly_did_not_leave_and_is_sent_once(desk: Desk, city: City) -> None:
    bureau = Bureau(desk, city, timeout_s=0.3)
    city.twin.misbehave(Fault.TURNED_AWAY_LATE)
    message = bureau.hand_over()

    city.twin.answer_late()
    city.wait_for_heard()
    desk.work()

    assert desk.message(message).state is MessageState.SUBMITTED
    assert len(city.twin.accepted) == 1


@pytest.mark.parametrize("fault", [Fault.BROKEN_BEFORE_ACCEPTANCE, Fault.BROKEN_AFTER_ACCEPTANCE])
def test_a_line_that_is_cut_in_the_middle_sends_one_or_leaves_it_unknown_but_never_two(
    bureau: Bureau, fault: Fault
) -> None:
    bureau.city.twin.misbehave(fault)

    message = bureau.hand_over()
    for _ in range(8):
        bureau.desk.wait(timedelta(hours=1))

    assert bureau.desk.message(message).state is MessageState.UNKNOWN
    assert len(bureau.city.twin.accepted) == (fault is Fault.BROKEN_AFTER_ACCEPTANCE)


def test_a_report_settles_what_was_unknown_by_the_suffix_it_names(bureau: Bureau) -> None:
    bureau.city.twin.misbehave(Fault.BROKEN_AFTER_ACCEPTANCE)
    message = bureau.hand_over()
    other = bureau.hand_over(OTHER_PHONE)

    bureau.city.twin.report(bureau.ids[0])
    bureau.city.wait_for_heard()

    known = bureau.desk.message(message)
    assert (known.state, known.provider_id) == (MessageState.DELIVERED, bureau.ids[0])
    assert bureau.desk.message(other).state is MessageState.SUBMITTED


def long_message(bureau: Bureau) -> int:
    """A text of two parts."""
    message = bureau.desk.queue(template=RATING_ECHO, ticket="3821", level="满意")
    bureau.desk.database.write(_set_text, message, "诉" * 100, 2)
    bureau.desk.work()
    return message


def test_a_long_message_is_delivered_when_every_part_is(bureau: Bureau) -> None:
    message = long_message(bureau)
    first, second = bureau.ids

    bureau.city.twin.report(second)
    bureau.city.wait_for_heard(1)
    assert bureau.desk.message(message).state is MessageState.SUBMITTED

    bureau.city.twin.report(first)
    bureau.city.wait_for_heard(2)
    assert bureau.desk.message(message).state is MessageState.DELIVERED


def test_a_long_message_fails_with_any_of_its_parts(bureau: Bureau) -> None:
    message = long_message(bureau)

    bureau.city.twin.report(bureau.ids[1], "UNDELIV")
    bureau.city.wait_for_heard(1)

    failed = bureau.desk.message(message)
    assert (failed.state, failed.error_code) == (MessageState.FAILED, "UNDELIV")


def test_parts_that_are_reported_before_the_answer_count(desk: Desk) -> None:
    message = handing(desk)
    for part in ("a", "b"):
        desk.database.write(record_report, Report(CMPP, part, Delivery.DELIVERED), now=desk.clock.now())
    desk.database.write(_set_text, message, "诉" * 100, 2)

    late(desk, message, Accepted("a", ("a", "b")))

    assert desk.message(message).state is MessageState.DELIVERED


def test_a_report_that_comes_while_the_answer_is_recorded_finds_its_message(desk: Desk) -> None:
    """On PostgreSQL neither transaction sees the other's row; the report waits for the answer."""
    message = handing(desk)
    report = Report(CMPP, "a", Delivery.DELIVERED, phone=PHONE)
    pushed = threading.Thread(
        target=desk.database.write, args=(record_report, report), kwargs={"now": desk.clock.now()}
    )

    def answer(session: Session) -> None:
        record_outcome(session, message, Accepted("a"), check_after=timedelta(hours=1), now=desk.clock.now())
        session.flush()
        pushed.start()
        pushed.join(0.5)  # it cannot end before this commits; were it not to wait, it would end here

    desk.database.write(answer)
    pushed.join()

    assert desk.message(message).state is MessageState.DELIVERED


def test_a_late_answer_to_another_hand_over_changes_nothing(desk: Desk) -> None:
    message = handing(desk)

    late(desk, message, Rejected("CMPP13"), n=2)
    assert desk.message(message).state is MessageState.HANDING
    late(desk, message, Accepted("a"))
    late(desk, message, Rejected("CMPP13"))

    assert desk.message(message).state is MessageState.SUBMITTED


def test_a_late_refusal_before_the_sender_has_given_up_leaves_it_to_the_sender(desk: Desk) -> None:
    message = handing(desk)

    late(desk, message, TurnedAway("CMPP8"))

    assert desk.message(message).state is MessageState.HANDING


def handing(desk: Desk) -> int:
    """A message in the hands of CMPP, with no answer yet."""
    rules = SmsSettings.model_validate({"providers": ["cmpp"], "cmpp": LINE})
    desk.office = SmsOffice(rules, PHONE_KEY, {})
    message = desk.queue()
    desk.database.write(
        lambda session: hand_over(session, message, attempt=None, office=desk.office, now=desk.clock.now())
    )
    return message


def late(desk: Desk, message: int, outcome: Accepted | Rejected | TurnedAway, n: int = 1) -> None:
    answer = LateAnswer(CMPP, message, n, outcome)
    desk.database.write(record_late_answer, answer, check_after=timedelta(hours=6), now=desk.clock.now())


def test_a_reply_to_an_suffix_answers_the_message_that_left_from_there(bureau: Bureau) -> None:
    """Also when it is not the newest request of the phone."""
    older = bureau.hand_over()
    bureau.desk.wait(timedelta(hours=73))
    newer = bureau.hand_over(ticket="3822")

    reply(bureau.desk, "2", suffix=bureau.city.twin.kept[0].source.removeprefix(SENDER))

    assert bureau.desk.message(newer).state is MessageState.SUBMITTED
    assert replied_to(bureau.desk) == [older]


def test_an_suffix_that_names_nothing_answers_the_open_request(bureau: Bureau) -> None:
    message = bureau.hand_over()

    reply(bureau.desk, "5", suffix="9999")

    assert replied_to(bureau.desk) == [message]


def test_another_phone_answers_nothing_by_an_suffix(bureau: Bureau) -> None:
    bureau.hand_over()
    suffix = bureau.city.twin.kept[0].source.removeprefix(SENDER)

    reply(bureau.desk, "5", phone=OTHER_PHONE, suffix=suffix)

    assert replied_to(bureau.desk) == [None]


def reply(desk: Desk, text: str, *, suffix: str, phone: str = PHONE) -> None:
    inbound = Inbound(CMPP, f"in-{text}-{suffix}", phone, text, suffix)
    now = desk.clock.now()
    desk.database.write(lambda session: bool(record_reply(session, inbound, phone_key=PHONE_KEY, now=now)))


def replied_to(desk: Desk) -> list[int | None]:
    return desk.database.read(lambda session: list(session.scalars(select(Reply.message_id).order_by(Reply.id))))


def test_one_process_stays_connected_and_another_follows_when_it_is_gone(bureau: Bureau) -> None:
    other_gateway = bureau.city.provider(suffix_digits=4)
    office = SmsOffice(bureau.desk.office.settings, PHONE_KEY, {CMPP: other_gateway})
    first, second = bureau.reception, Reception(bureau.desk.database, office)

    assert first.look()
    assert not second.look()
    assert (bureau.gateway.status.is_up, other_gateway.status.is_up) == (True, False)

    bureau.desk.clock.move_on(timedelta(seconds=LEASE_S + 1))
    assert second.look()
    assert not first.look()
    assert other_gateway.status.is_up


def test_how_the_line_stands_is_noted(bureau: Bureau) -> None:
    bureau.reception.look()
    bureau.reception.look()
    link = bureau.desk.database.read(gateway_link, CMPP)
    assert link is not None
    assert (link.is_up, link.seen_at, link.error) == (True, bureau.desk.clock.now(), "")


def test_a_reception_that_starts_and_ends_hangs_up(bureau: Bureau) -> None:
    bureau.reception.start()
    bureau.city.twin.wait_for(lambda: bureau.city.twin.has_a_line)

    bureau.reception.close()

    bureau.city.twin.wait_for(lambda: not bureau.city.twin.has_a_line)
    assert Reception(bureau.desk.database, bureau.desk.office).look()


def test_a_report_pushed_twice_is_one_row_and_no_part_is_noted_twice(bureau: Bureau) -> None:
    long_message(bureau)
    push = bureau.city.twin.report(bureau.ids[0])
    bureau.city.wait_for_heard(1)
    bureau.city.twin.wait_for(lambda: push.is_answered)
    push.is_answered = False
    bureau.city.twin.push_again()
    bureau.city.wait_for_heard(2)

    parts = bureau.desk.database.read(lambda session: session.scalar(select(func.count(MessagePart.id))))
    assert parts == 2
