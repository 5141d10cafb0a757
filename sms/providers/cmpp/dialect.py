"""CMPP 2.0 as one account speaks it: what its messages mean for us."""

from collections.abc import Callable
from datetime import datetime

from core.masking import plain_number
from sms.providers.cmpp.codec import (
    HEADER,
    LONGEST_FRAME,
    authenticator,
    decode,
    decode_report,
    decode_text,
    encode,
    gateway_authenticator,
)
from sms.providers.cmpp.messages import (
    ACCEPTED,
    ActiveTest,
    ActiveTestAnswer,
    Connect,
    ConnectAnswer,
    Deliver,
    DeliverAnswer,
    Submit,
    SubmitAnswer,
    Terminate,
    TerminateAnswer,
)
from sms.providers.gateway.dialect import Answer, Asked, Heard, LogIn, Other, Pushed, Taken
from sms.providers.gateway.frames import FrameBroken
from sms.providers.gateway.long_texts import split_text, without_header
from sms.providers.provider import Inbound, Outgoing, Rejected, Report, TurnedAway
from sms.rules import SHANGHAI, Delivery, suffix_of, suffix_told
from sms.settings import CmppSettings, ProviderName

_REFUSALS = {1: "消息结构错", 2: "非法源地址", 3: "认证错", 4: "版本太高"}
#: results that concern our account or how we write, not the phone; 3, a number used twice, proves nothing
_TURNED_AWAY = frozenset({1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12})
_DELIVERY = {"DELIVRD": Delivery.DELIVERED, "ACCEPTD": Delivery.SENT}


class CmppDialect:
    """`password` is the secret that the carrier shares with us; it never goes over the line."""

    name = ProviderName.CMPP
    shortest_frame, longest_frame = HEADER.size, LONGEST_FRAME

    def __init__(self, settings: CmppSettings, *, password: str) -> None:
        self.settings = settings
        self._settings, self._password = settings, password

    def log_in(self, sequence: int, now: datetime) -> LogIn:
        timestamp = int(f"{now.astimezone(SHANGHAI):%m%d%H%M%S}")
        proof = authenticator(self._settings.account, self._password, timestamp)

        def refusal(frame: bytes) -> str | None:
            _, answer = decode(frame)
            if not isinstance(answer, ConnectAnswer):
                return "网关没有回应登录"
            if answer.status:
                return f"登录被拒：{_REFUSALS.get(answer.status, answer.status)}"
            return None if self._is_proven(answer, proof) else "网关的认证码不符"

        return LogIn(encode(Connect(self._settings.account, proof, timestamp), sequence), refusal)

    def _is_proven(self, answer: ConnectAnswer, proof: bytes) -> bool:
        """Many gateways leave their own proof empty; a wrong one is somebody else's."""
        expected = gateway_authenticator(answer.status, proof, self._password)
        return answer.authenticator in (bytes(16), expected)

    def log_out(self, sequence: int) -> bytes:
        return encode(Terminate(), sequence)

    def keep_alive(self, sequence: int) -> bytes:
        return encode(ActiveTest(), sequence)

    def submit(self, outgoing: Outgoing, draw: Callable[[], int]) -> dict[int, bytes]:
        settings = self._settings
        contents = split_text(outgoing.text, outgoing.message_id)
        submits = [
            Submit(
                phone=outgoing.phone,
                source=settings.sender + suffix_of(outgoing.message_id, settings.suffix_digits),
                account=settings.account,
                service=settings.service,
                content=content,
                has_header=len(contents) > 1,
                parts=len(contents),
                part=number,
                fee_user_type=settings.fee_user_type,
                fee_type=settings.fee_type,
                fee_code=settings.fee_code,
            )
            for number, content in enumerate(contents, start=1)
        ]
        return {sequence: encode(submit, sequence) for submit in submits for sequence in [draw()]}

    def read(self, frame: bytes, link: str) -> Heard:
        """Our numbers of a message are the gateway's own, so that `link` does not matter."""
        sequence, message = decode(frame)
        match message:
            case SubmitAnswer():
                return Answer(sequence, _outcome(message))
            case Deliver():
                return self._pushed(sequence, message)
            case ActiveTest():
                return Asked(encode(ActiveTestAnswer(), sequence))
            case Terminate():
                return Asked(encode(TerminateAnswer(), sequence), ends=True)
        return Other()

    def _pushed(self, sequence: int, deliver: Deliver) -> Pushed:
        answer = encode(DeliverAnswer(deliver.msg_id), sequence)
        suffix = suffix_told(deliver.dest, self._settings.sender)
        if deliver.is_report:
            return Pushed(_report(deliver.content, suffix), answer)
        part, body = without_header(deliver.content) if deliver.has_header else (None, deliver.content)
        text = decode_text(body, deliver.format)
        phone = plain_number(deliver.phone)
        return Pushed(Inbound(ProviderName.CMPP, _id(deliver.msg_id), phone, text, suffix), answer, part)


def _outcome(answer: SubmitAnswer) -> Taken | Rejected | TurnedAway:
    if answer.result == ACCEPTED:
        return Taken(_id(answer.msg_id))
    code = f"CMPP{answer.result}"
    return TurnedAway(code) if answer.result in _TURNED_AWAY else Rejected(code)


def _report(content: bytes, suffix: str) -> Report | None:
    """None for one that cannot be read: pushed again it would be no better."""
    try:
        told = decode_report(content)
    except FrameBroken:
        return None
    delivery = _DELIVERY.get(told.stat, Delivery.FAILED)
    code = (told.stat or "unknown") if delivery is Delivery.FAILED else None
    phone = plain_number(told.phone)
    return Report(ProviderName.CMPP, _id(told.msg_id), delivery, code, phone=phone, suffix=suffix)


def _id(packed: int) -> str:
    return f"{packed:016x}"
