"""SMPP 3.4 as one account speaks it: what its messages mean for us."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex
from threading import Lock
from time import monotonic

from aiosmpplib.protocol import (
    BindTransceiver,
    DeliverSmResp,
    EnquireLink,
    EnquireLinkResp,
    SmppMessage,
    SubmitSm,
    Unbind,
    UnbindResp,
)
from aiosmpplib.state import NPI, TON, PhoneNumber, SmppCommand, SmppCommandStatus

from core.masking import plain_number
from sms.providers.gateway.dialect import Answer, Asked, Heard, LogIn, Other, Pushed, Taken
from sms.providers.gateway.frames import FrameBroken
from sms.providers.gateway.long_texts import split_text
from sms.providers.provider import Inbound, Outgoing, Rejected, Report, TurnedAway
from sms.providers.smpp.reading import (
    HEADER,
    LONGEST_FRAME,
    Delivered,
    Header,
    read_deliver,
    read_header,
    read_message_id,
)
from sms.rules import Delivery, suffix_of, suffix_told
from sms.settings import ProviderName, SmppSettings

Status = SmppCommandStatus
#: the centre's or our account's trouble, not the phone's
_TURNED_AWAY = frozenset(
    {
        Status.ESME_RTHROTTLED,
        Status.ESME_RMSGQFUL,
        Status.ESME_RINVSRCADR,
        Status.ESME_RINVSRCTON,
        Status.ESME_RINVSRCNPI,
        Status.ESME_RINVSERTYP,
        Status.ESME_RINVSYSTYP,
        Status.ESME_RINVBNDSTS,
        Status.ESME_RINVESMCLASS,
    }
)
_DELIVERY = {"DELIVRD": Delivery.DELIVERED, "ACCEPTD": Delivery.SENT, "ENROUTE": Delivery.SENT}
_UDHI = 0x40
LONGEST_PASSWORD = 8
#: a reply that was not answered on a line that broke comes again within this time
REPEATED_WITHIN_S = 600.0
REMEMBERED_MOST = 1000


class SmppDialect:
    """`password` has at most LONGEST_PASSWORD characters."""

    name = ProviderName.SMPP
    shortest_frame, longest_frame = HEADER.size, LONGEST_FRAME

    def __init__(self, settings: SmppSettings, *, password: str) -> None:
        self.settings = settings
        self._settings, self._password = settings, password
        self._replies = _Replies()

    def log_in(self, sequence: int, now: datetime) -> LogIn:
        bind = BindTransceiver(
            sequence_num=sequence,
            system_id=self._settings.account,
            password=self._password,
            system_type=self._settings.system_type,
        )

        def refusal(frame: bytes) -> str | None:
            header = read_header(frame)
            if header.command != SmppCommand.BIND_TRANSCEIVER_RESP:
                return "短信中心没有回应登录"
            return f"登录被拒：{_code(header)}" if header.status else None

        return LogIn(_pdu(bind), refusal)

    def log_out(self, sequence: int) -> bytes:
        return _pdu(Unbind(sequence_num=sequence))

    def keep_alive(self, sequence: int) -> bytes:
        return _pdu(EnquireLink(sequence_num=sequence))

    def submit(self, outgoing: Outgoing, draw: Callable[[], int]) -> dict[int, bytes]:
        """The library would put a long text into one payload, so each part is encoded here."""
        contents = split_text(outgoing.text, outgoing.message_id)
        return {
            sequence: self._submit(outgoing, content, sequence, is_part=len(contents) > 1)
            for content in contents
            for sequence in [draw()]
        }

    def _submit(self, outgoing: Outgoing, content: bytes, sequence: int, *, is_part: bool) -> bytes:
        settings = self._settings
        sender = settings.sender + suffix_of(outgoing.message_id, settings.suffix_digits)
        submit = SubmitSm(
            sequence_num=sequence,
            short_message=outgoing.text or " ",
            source=PhoneNumber(sender, TON.UNKNOWN, NPI.ISDN),
            destination=PhoneNumber(f"86{outgoing.phone}", TON.INTERNATIONAL, NPI.ISDN),
            esm_class=_UDHI if is_part else 0,
            registered_delivery=1,
            encoding="ucs2",
        )
        submit.set_encoded_message(content)
        return _pdu(submit)

    def read(self, frame: bytes, link: str) -> Heard:
        header = read_header(frame)
        match header.command:
            case SmppCommand.SUBMIT_SM_RESP | SmppCommand.GENERIC_NACK:
                return Answer(header.sequence, _outcome(header, frame))
            case SmppCommand.DELIVER_SM:
                return self._pushed(header, frame, link)
            case SmppCommand.ENQUIRE_LINK:
                return Asked(_pdu(EnquireLinkResp(sequence_num=header.sequence)))
            case SmppCommand.UNBIND:
                return Asked(_pdu(UnbindResp(sequence_num=header.sequence)), ends=True)
        return Other()

    def _pushed(self, header: Header, frame: bytes, link: str) -> Pushed:
        """One that cannot be read is answered: pushed again it would be no better."""
        answer = _pdu(DeliverSmResp(sequence_num=header.sequence))
        try:
            told = read_deliver(frame)
        except FrameBroken:
            return Pushed(None, answer)
        phone, suffix = plain_number(told.source), suffix_told(told.dest, self._settings.sender)
        if told.is_receipt:
            return Pushed(_report(told, phone, suffix), answer)
        reply = self._replies.heard(told, link, header.sequence)
        inbound = Inbound(ProviderName.SMPP, reply.number, phone, told.text, suffix)
        return Pushed(inbound, answer, told.part, reply.note_answered)


@dataclass
class _Reply:
    """Where and when it was pushed last, and whether our answer has gone out there."""

    number: str
    link: str
    sequence: int
    at_s: float
    is_answered: bool = False

    def note_answered(self) -> None:
        self.is_answered = True


class _Replies:
    """Gives each reply a number that stays the same when it is pushed again; SMPP has none of its own.

    The same words from the same phone to the same number are the same reply while we have not answered it, and soon
    after that on another line, because ours may have broken before the answer arrived.  Else somebody wrote it twice.
    """

    def __init__(self) -> None:
        self._known: dict[str, _Reply] = {}
        self._lock = Lock()

    def heard(self, told: Delivered, link: str, sequence: int) -> _Reply:
        words = f"{told.source}|{told.dest}|{told.part}|".encode() + told.content
        key = hashlib.sha256(words).hexdigest()[:40]
        with self._lock:
            known = self._known.pop(key, None)
            if known is None or not self._is_again(known, link, sequence):
                known = _Reply(f"{key}-{token_hex(4)}", link, sequence, monotonic())
            known.link, known.sequence, known.at_s = link, sequence, monotonic()
            self._known[key] = known
            if len(self._known) > REMEMBERED_MOST:
                del self._known[next(iter(self._known))]
        return known

    @staticmethod
    def _is_again(known: _Reply, link: str, sequence: int) -> bool:
        if not known.is_answered:
            return True
        if known.link == link:
            return known.sequence == sequence
        return monotonic() - known.at_s < REPEATED_WITHIN_S


def _outcome(header: Header, frame: bytes) -> Taken | Rejected | TurnedAway:
    if header.status:
        return TurnedAway(_code(header)) if header.status in _TURNED_AWAY else Rejected(_code(header))
    return Taken(read_message_id(frame))


def _report(told: Delivered, phone: str, suffix: str) -> Report | None:
    receipt = told.receipt
    if receipt is None:
        return None
    delivery = _DELIVERY.get(receipt.stat.upper(), Delivery.FAILED)
    code = f"{receipt.stat or 'unknown'} {receipt.error}".strip()[:40] if delivery is Delivery.FAILED else None
    return Report(ProviderName.SMPP, receipt.provider_id, delivery, code, phone=phone, suffix=suffix)


def _code(header: Header) -> str:
    """The specification's name, or the number of a centre's own."""
    try:
        return str(Status(header.status).name)
    except ValueError:
        return f"SMPP{header.status:#x}"


def _pdu(message: SmppMessage) -> bytes:
    frame: bytes = message.pdu()
    return frame
