"""China Mobile's side of CMPP 2.0: proves log-ins, checks the fields of a submit, numbers messages as they do."""

from sms.providers.cmpp.codec import (
    authenticator,
    decode,
    encode,
    encode_report,
    gateway_authenticator,
)
from sms.providers.cmpp.messages import (
    VERSION,
    ActiveTest,
    ActiveTestAnswer,
    Connect,
    ConnectAnswer,
    Deliver,
    DeliverAnswer,
    MessageId,
    StatusReport,
    Submit,
    SubmitAnswer,
    Terminate,
    TerminateAnswer,
)
from tests.sms.gateway_twin import Fault, Greeting, Kept, LogInAsked, PushAnswered, Submitted, Understood, Wire

SENDER = "1069012345"
SERVICE = "HOTLINE"


class CmppWire(Wire):
    """`proves_itself` False: as many gateways do, it leaves its own proof empty."""

    proves_itself = True

    def understand(self, frame: bytes) -> Understood:
        sequence, message = decode(frame)
        match message:
            case Connect():
                return self._judged(sequence, message)
            case Submit():
                assert message.account == self.account
                assert message.service == SERVICE
                assert message.wants_report
                assert (message.format, message.parts > 1) == (8, message.has_header)
                return Submitted(sequence, message.phone, message.source, message.content, message.has_header)
            case DeliverAnswer():
                assert message.result == 0
                return PushAnswered(sequence)
            case ActiveTest():
                return Greeting(encode(ActiveTestAnswer(), sequence))
            case Terminate():
                return Greeting(encode(TerminateAnswer(), sequence), ends=True)
        return Greeting(None)

    def _judged(self, sequence: int, connect: Connect) -> LogInAsked:
        expected = authenticator(self.account, self.password, connect.timestamp)
        if connect.version != VERSION:
            status = 4
        elif connect.account != self.account:
            status = 2
        else:
            status = 0 if connect.authenticator == expected else 3
        proof = gateway_authenticator(status, connect.authenticator, self.password) if self.proves_itself else bytes(16)
        return LogInAsked(encode(ConnectAnswer(status, proof), sequence), status == 0)

    def accept(self, sequence: int, number: int) -> tuple[bytes, str]:
        packed = _id(number)
        return encode(SubmitAnswer(packed, 0), sequence), f"{packed:016x}"

    def refuse(self, sequence: int, fault: Fault) -> bytes:
        return encode(SubmitAnswer(0, 8 if fault is Fault.TURNED_AWAY else 13), sequence)

    def report(self, sequence: int, kept: Kept, stat: str) -> bytes:
        told = StatusReport(int(kept.provider_id, 16), stat, "2610130900", "2610130901", kept.phone, sequence)
        deliver = Deliver(
            msg_id=_id(0xF000 + sequence),
            dest=kept.source,
            phone=kept.phone,
            content=encode_report(told),
            service=SERVICE,
            format=0,
            is_report=True,
        )
        return encode(deliver, sequence)

    def reply(self, sequence: int, number: int, phone: str, dest: str, content: bytes, *, has_header: bool) -> bytes:
        deliver = Deliver(
            msg_id=_id(number), dest=dest, phone=f"86{phone}", content=content, service=SERVICE, has_header=has_header
        )
        return encode(deliver, sequence)

    def ask(self, sequence: int) -> bytes:
        return encode(ActiveTest(), sequence)

    def say_goodbye(self, sequence: int) -> bytes:
        return encode(Terminate(), sequence)


def _id(number: int) -> int:
    return MessageId(month=10, day=13, hour=9, minute=0, second=0, gateway=12345, number=number).packed()
