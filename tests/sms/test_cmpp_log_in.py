"""Logging in to a CMPP gateway: how we prove ourselves, how it does, and in which words it refuses."""

from datetime import UTC, datetime

import pytest

from sms.providers.cmpp.codec import authenticator, decode, encode, gateway_authenticator
from sms.providers.cmpp.dialect import CmppDialect
from sms.providers.cmpp.messages import ActiveTest, Connect, ConnectAnswer
from sms.settings import CmppSettings

#: in Shanghai it is the next day already
NOW = datetime(2026, 10, 13, 16, 5, 9, tzinfo=UTC)
OURS = authenticator("901234", "secret", 1014000509)


def log_in(answer: ConnectAnswer | ActiveTest) -> str | None:
    """Why not; None: we are in."""
    settings = CmppSettings(host="127.0.0.1", account="901234", sender="1069012345")
    return CmppDialect(settings, password="secret").log_in(1, NOW).refusal(encode(answer, 1))


def test_we_prove_ourselves_with_the_time_in_shanghai() -> None:
    settings = CmppSettings(host="127.0.0.1", account="901234", sender="1069012345")

    frame = CmppDialect(settings, password="secret").log_in(1, NOW).frame

    assert decode(frame) == (1, Connect("901234", OURS, 1014000509, version=0x20))


def test_a_gateway_that_knows_the_password_or_proves_nothing_is_believed() -> None:
    assert log_in(ConnectAnswer(0, gateway_authenticator(0, OURS, "secret"))) is None
    assert log_in(ConnectAnswer(0, bytes(16))) is None


def test_a_gateway_that_proves_itself_wrongly_is_somebody_else() -> None:
    assert log_in(ConnectAnswer(0, gateway_authenticator(0, OURS, "guessed"))) == "网关的认证码不符"


@pytest.mark.parametrize(
    ("status", "words"),
    [(1, "消息结构错"), (2, "非法源地址"), (3, "认证错"), (4, "版本太高"), (9, "9")],
)
def test_a_refusal_is_in_the_words_of_the_specification(status: int, words: str) -> None:
    assert log_in(ConnectAnswer(status, bytes(16))) == f"登录被拒：{words}"


def test_an_answer_to_something_else_is_none() -> None:
    assert log_in(ActiveTest()) == "网关没有回应登录"
