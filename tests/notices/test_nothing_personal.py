"""Nothing in any notice is personal data, whatever the ticket says: only counts, tail, urgency and limit."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sms.templates import LONGEST_VARIABLE, SINGLE_PART, Sender, longest
from tests.notices.desk import DUTY, MAIL, ROBOT, NightDesk
from tickets.kinds import Urgency
from tickets.notices.rules import UNIT_NOTICE, NoticeKind, Told, limit_words, wording

#: the whole of what may be said
MAY_BE_SAID = re.compile(
    r"您单位有\d{1,3}件(待签收|退回重办|即将到期|已超期|催办督办|紧急未签收|待协办|待审签|已补正|诉求已撤销|任务已收回|催办抄送|"
    r"转为紧急|内部将到期|内部已超期|下级已上报|退单被驳回|延期已批准|已挂账|恢复办理|已终止|申请被驳回|承诺已过期|待首次处置|未首次处置|"
    r"差评待整改|整改将到期|整改已超期)"
    r"\(尾号\d{4},(一般|紧急|特急),(未设时限|无须再办|暂停计时|超?\d{1,3}(分钟|小时|天)内?)\),请登录平台办理"
)
NAMES = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=2, max_size=4)
MOBILES = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=10, max_size=200)


@pytest.fixture
def told_night(desk: NightDesk) -> NightDesk:
    desk.roster(duty=DUTY)
    desk.contact(email=MAIL, webhook=ROBOT)
    return desk


def everything_said(desk: NightDesk) -> list[str]:
    """What left by any way, without the city's signature."""
    texts = [text.removeprefix("【长春12345】") for text in desk.texts()]
    return [*texts, *(one.text for one in desk.robot.taken), *(one.text for one in desk.mail.taken)]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=NAMES, phone=MOBILES, text=TEXTS, place=NAMES, urgency=st.sampled_from(Urgency))
def test_no_ticket_brings_a_personal_word_into_a_notice(
    told_night: NightDesk, name: str, phone: str, text: str, place: str, urgency: Urgency
) -> None:
    desk = told_night
    before = len(everything_said(desk))

    whole = f"{name}住{place}，电话{phone}。{text}"
    desk.dispatched(urgency, caller_name=name, phone=phone, text=whole, title=text[:30].strip() or "无")
    for _ in range(4):
        desk.wait(minutes=10, seconds=10)

    said = everything_said(desk)[before:]
    assert len(said) >= 3
    assert [one for one in said if not MAY_BE_SAID.fullmatch(one)] == []
    assert [one for one in desk.notices() if phone in one.text + one.told + one.error] == []
    assert set(desk.rung()) <= {DUTY}


@given(
    kind=st.sampled_from(NoticeKind),
    number=st.from_regex(r"[0-9]{12}", fullmatch=True),
    urgency=st.sampled_from(Urgency),
    left=st.one_of(st.none(), st.integers(-90 * 86400, 400 * 86400)),
    n=st.integers(1, 3000),
)
def test_every_wording_fits_the_carriers_template_and_one_message(
    kind: NoticeKind, number: str, urgency: Urgency, left: int | None, n: int
) -> None:
    now = datetime(2026, 10, 1, tzinfo=UTC)
    due = None if left is None else now + timedelta(seconds=left)

    said = wording(kind, [Told(number, urgency, due)] * n, now=now)

    assert MAY_BE_SAID.fullmatch(said.text)
    assert all(len(value) <= UNIT_NOTICE.variables[name] for name, value in said.values.items())


def test_the_longest_notice_is_one_message() -> None:
    sender = Sender("【长春12345】", "12345.example/r")

    assert max(UNIT_NOTICE.variables.values()) <= LONGEST_VARIABLE
    assert len(longest(UNIT_NOTICE, sender)) <= SINGLE_PART


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (timedelta(minutes=30), "30分钟内"),
        (timedelta(seconds=5), "1分钟内"),
        (timedelta(hours=23, minutes=59), "23小时内"),
        (timedelta(days=5), "5天内"),
        (timedelta(hours=-3), "超3小时"),
    ],
)
def test_a_limit_is_said_in_at_most_six_characters(left: timedelta, said: str) -> None:
    now = datetime(2026, 10, 1, tzinfo=UTC)

    assert limit_words(now + left, now=now) == said
