"""A message centre's side of SMPP 3.4: what it reads and writes is aiosmpplib's own, not ours."""

from aiosmpplib.protocol import (
    BindTransceiver,
    BindTransceiverResp,
    DeliverSm,
    EnquireLink,
    EnquireLinkResp,
    SmppMessage,
    SubmitSm,
    SubmitSmResp,
    Unbind,
    UnbindResp,
)
from aiosmpplib.state import NPI, TON, PhoneNumber, SmppCommand, SmppCommandStatus

from tests.sms.gateway_twin import Fault, Greeting, Kept, LogInAsked, PushAnswered, Submitted, Understood, Wire


class SmppWire(Wire):
    account, password = "hotline", "secret"

    def understand(self, frame: bytes) -> Understood:
        header = SmppMessage.parse_header(frame[:16])
        sequence = header.sequence_num
        match header.smpp_command:
            case SmppCommand.BIND_TRANSCEIVER:
                return self._judged(sequence, BindTransceiver.from_pdu(frame, header))
            case SmppCommand.SUBMIT_SM:
                return _submitted(sequence, SubmitSm.from_pdu(frame, header, "gsm0338"))
            case SmppCommand.DELIVER_SM_RESP:
                assert header.command_status is SmppCommandStatus.ESME_ROK
                return PushAnswered(sequence)
            case SmppCommand.ENQUIRE_LINK:
                return Greeting(EnquireLinkResp(sequence_num=sequence).pdu())
            case SmppCommand.UNBIND:
                return Greeting(UnbindResp(sequence_num=sequence).pdu(), ends=True)
        return Greeting(None)

    def _judged(self, sequence: int, bind: BindTransceiver) -> LogInAsked:
        status = SmppCommandStatus.ESME_ROK
        if bind.interface_version != 0x34 or bind.system_id != self.account:
            status = SmppCommandStatus.ESME_RINVSYSID
        elif bind.password != self.password:
            status = SmppCommandStatus.ESME_RINVPASWD
        answer = BindTransceiverResp(sequence_num=sequence, command_status=status, system_id="twin")
        return LogInAsked(answer.pdu(), status is SmppCommandStatus.ESME_ROK)

    def accept(self, sequence: int, number: int) -> tuple[bytes, str]:
        return _bytes(SubmitSmResp(sequence_num=sequence, message_id=f"C{number:08d}")), f"C{number:08d}"

    def refuse(self, sequence: int, fault: Fault) -> bytes:
        is_throttled = fault is Fault.TURNED_AWAY
        status = SmppCommandStatus.ESME_RTHROTTLED if is_throttled else SmppCommandStatus.ESME_RINVDSTADR
        return _bytes(SubmitSmResp(sequence_num=sequence, command_status=status))

    def report(self, sequence: int, kept: Kept, stat: str) -> bytes:
        text = (
            f"id:{kept.provider_id} sub:001 dlvrd:001 submit date:2610130900 done date:2610130901 "
            f"stat:{stat} err:000 text:"
        )
        return _bytes(_deliver(sequence, kept.phone, kept.source, text, esm_class=0x04, encoding="ascii"))

    def reply(self, sequence: int, number: int, phone: str, dest: str, content: bytes, *, has_header: bool) -> bytes:
        deliver = _deliver(sequence, phone, dest, "x", esm_class=0x40 if has_header else 0, encoding="ucs2")
        deliver.set_encoded_message(content)
        return _bytes(deliver)

    def ask(self, sequence: int) -> bytes:
        return _bytes(EnquireLink(sequence_num=sequence))

    def say_goodbye(self, sequence: int) -> bytes:
        return _bytes(Unbind(sequence_num=sequence))


def _bytes(message: SmppMessage) -> bytes:
    frame: bytes = message.pdu()
    return frame


def _deliver(sequence: int, phone: str, dest: str, text: str, *, esm_class: int, encoding: str) -> DeliverSm:
    return DeliverSm(
        sequence_num=sequence,
        short_message=text,
        source=PhoneNumber(f"86{phone}", TON.INTERNATIONAL, NPI.ISDN),
        destination=PhoneNumber(dest, TON.UNKNOWN, NPI.ISDN),
        esm_class=esm_class,
        registered_delivery=0,
        encoding=encoding,
    )


def _submitted(sequence: int, submit: SubmitSm) -> Submitted:
    assert submit.encoding == "ucs2"
    assert submit.registered_delivery == 1
    assert (submit.destination.ton, submit.message_payload) == (TON.INTERNATIONAL, "")
    phone = submit.destination.number.removeprefix("86")
    body = submit.short_message.encode("utf-16-be")
    if not submit.is_segmented():
        return Submitted(sequence, phone, submit.source.number, body, has_header=False)
    reference, number, total = submit.get_segmentation_data()
    header = bytes([5, 0, 3, reference, total, number])
    return Submitted(sequence, phone, submit.source.number, header + body, has_header=True)
