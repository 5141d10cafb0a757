"""CMPP 2.0 between bytes and messages; knows no socket and no clock."""

import hashlib
import struct
from collections.abc import Callable

from sms.providers.cmpp.messages import (
    GBK,
    UCS2,
    ActiveTest,
    ActiveTestAnswer,
    Connect,
    ConnectAnswer,
    Deliver,
    DeliverAnswer,
    Message,
    StatusReport,
    Submit,
    SubmitAnswer,
    Terminate,
    TerminateAnswer,
)
from sms.providers.gateway.frames import FrameBroken

HEADER = struct.Struct(">III")
#: a submit to one phone with the longest content has 159 + 255 bytes
LONGEST_FRAME = 4096
CONNECT, TERMINATE, SUBMIT, DELIVER, ACTIVE_TEST = 0x1, 0x2, 0x4, 0x5, 0x8
ANSWER = 0x8000_0000
LONGEST_CONTENT = 140

_CONNECT = struct.Struct(">6s16sBI")
_CONNECT_ANSWER = struct.Struct(">B16sB")
_SUBMIT = struct.Struct(">QBBBB10sB21sBBB6s2s6s17s17s21sB21sB")
_SUBMIT_ANSWER = struct.Struct(">QB")
_DELIVER = struct.Struct(">Q21s10sBBB21sBB")
_DELIVER_ANSWER = struct.Struct(">QB")
_REPORT = struct.Struct(">Q7s10s10s21sI")
_RESERVE = 8


def authenticator(account: str, password: str, timestamp: int) -> bytes:
    """MD5 as the protocol has it: account, nine zero bytes, password, timestamp as ten digits."""
    told = account.encode() + bytes(9) + password.encode() + f"{timestamp:010d}".encode()
    return hashlib.md5(told, usedforsecurity=False).digest()


def gateway_authenticator(status: int, ours: bytes, password: str) -> bytes:
    """By which the gateway proves in its answer that it knows the password too."""
    return hashlib.md5(bytes([status]) + ours + password.encode(), usedforsecurity=False).digest()


def encode(message: Message, sequence: int) -> bytes:
    """One frame.  Raises ValueError for a field that does not fit, which is a fault of ours."""
    command, body = _body(message)
    return HEADER.pack(HEADER.size + len(body), command, sequence) + body


def decode(frame: bytes) -> tuple[int, Message]:
    """(sequence, message) of one whole frame.  Raises FrameBroken."""
    try:
        _, command, sequence = HEADER.unpack_from(frame)
        return sequence, _message(command, frame[HEADER.size :])
    except struct.error as error:
        raise FrameBroken(reason="字段不完整") from error


def decode_report(content: bytes) -> StatusReport:
    """Raises FrameBroken."""
    try:
        msg_id, stat, submitted, done, phone, sequence = _REPORT.unpack(content[: _REPORT.size])
    except struct.error as error:
        raise FrameBroken(reason="状态报告不完整") from error
    return StatusReport(msg_id, _text(stat), _text(submitted), _text(done), _text(phone), sequence)


def encode_report(report: StatusReport) -> bytes:
    return _REPORT.pack(
        report.msg_id,
        _octets(report.stat, 7),
        _octets(report.submitted, 10),
        _octets(report.done, 10),
        _octets(report.phone, 21),
        report.sequence,
    )


def decode_text(content: bytes, text_format: int) -> str:
    """What a phone wrote; what cannot be read stands as U+FFFD, so that a person sees that something came."""
    encoding = {UCS2: "utf-16-be", GBK: "gb18030"}.get(text_format, "ascii")
    return content.decode(encoding, errors="replace")


def _body(message: Message) -> tuple[int, bytes]:
    match message:
        case Connect():
            packed = _CONNECT.pack(
                _octets(message.account, 6), message.authenticator, message.version, message.timestamp
            )
            return CONNECT, packed
        case ConnectAnswer():
            return CONNECT | ANSWER, _CONNECT_ANSWER.pack(message.status, message.authenticator, message.version)
        case Submit():
            return SUBMIT, _packed_submit(message)
        case SubmitAnswer():
            return SUBMIT | ANSWER, _SUBMIT_ANSWER.pack(message.msg_id, message.result)
        case Deliver():
            return DELIVER, _packed_deliver(message)
        case DeliverAnswer():
            return DELIVER | ANSWER, _DELIVER_ANSWER.pack(message.msg_id, message.result)
    return _EMPTY[type(message)]


_EMPTY: dict[type[Message], tuple[int, bytes]] = {
    Terminate: (TERMINATE, b""),
    TerminateAnswer: (TERMINATE | ANSWER, b""),
    ActiveTest: (ACTIVE_TEST, b""),
    ActiveTestAnswer: (ACTIVE_TEST | ANSWER, b"\0"),
}


def _message(command: int, body: bytes) -> Message:
    if command not in _READERS:
        raise FrameBroken(reason=f"命令 {command:#x}")
    return _READERS[command](body)


def _unpacked_connect(body: bytes) -> Connect:
    account, proof, version, timestamp = _CONNECT.unpack_from(body)
    return Connect(_text(account), proof, timestamp, version)


def _packed_submit(message: Submit) -> bytes:
    """Priority 0, no protocol id, the fee as configured, neither a life span nor a time of sending."""
    head = _SUBMIT.pack(
        message.msg_id,
        message.parts,
        message.part,
        message.wants_report,
        0,
        _octets(message.service, 10),
        message.fee_user_type,
        b"",
        0,
        message.has_header,
        message.format,
        _octets(message.account, 6),
        _octets(message.fee_type, 2),
        _octets(message.fee_code, 6),
        b"",
        b"",
        _octets(message.source, 21),
        1,
        _octets(message.phone, 21),
        _length(message.content),
    )
    return head + message.content + bytes(_RESERVE)


def _unpacked_submit(body: bytes) -> Submit:
    (
        msg_id, parts, part, wants_report, _level, service, fee_user_type, _fee_phone, _pid, has_header, text_format,
        account, fee_type, fee_code, _valid, _at, source, phones, phone, length,
    ) = _SUBMIT.unpack_from(body)  # fmt: skip
    if phones != 1:
        raise FrameBroken(reason=f"{phones} 个接收号码")
    return Submit(
        phone=_text(phone),
        source=_text(source),
        account=_text(account),
        service=_text(service),
        content=_content(body, _SUBMIT.size, length),
        has_header=bool(has_header),
        parts=parts,
        part=part,
        msg_id=msg_id,
        wants_report=bool(wants_report),
        format=text_format,
        fee_user_type=fee_user_type,
        fee_type=_text(fee_type),
        fee_code=_text(fee_code),
    )


def _packed_deliver(message: Deliver) -> bytes:
    head = _DELIVER.pack(
        message.msg_id,
        _octets(message.dest, 21),
        _octets(message.service, 10),
        0,
        message.has_header,
        message.format,
        _octets(message.phone, 21),
        message.is_report,
        _length(message.content),
    )
    return head + message.content + bytes(_RESERVE)


def _unpacked_deliver(body: bytes) -> Deliver:
    msg_id, dest, service, _pid, has_header, text_format, phone, is_report, length = _DELIVER.unpack_from(body)
    return Deliver(
        msg_id=msg_id,
        dest=_text(dest),
        phone=_text(phone),
        content=_content(body, _DELIVER.size, length),
        service=_text(service),
        format=text_format,
        has_header=bool(has_header),
        is_report=bool(is_report),
    )


def _content(body: bytes, start: int, length: int) -> bytes:
    content = body[start : start + length]
    if len(content) < length:
        raise FrameBroken(reason="内容不完整")
    return content


def _length(content: bytes) -> int:
    if len(content) > LONGEST_CONTENT:
        raise ValueError(f"content of {len(content)} bytes")
    return len(content)


def _octets(text: str, size: int) -> bytes:
    octets = text.encode("ascii")
    if len(octets) > size:
        raise ValueError(f"{len(octets)} characters where {size} fit")
    return octets


def _text(octets: bytes) -> str:
    """Up to the first zero byte; gateways fill with blanks as well."""
    try:
        return octets.split(b"\0", 1)[0].rstrip(b" ").decode("ascii")
    except UnicodeDecodeError as error:
        raise FrameBroken(reason="字段不是 ASCII") from error


_READERS: dict[int, Callable[[bytes], Message]] = {
    CONNECT: _unpacked_connect,
    CONNECT | ANSWER: lambda body: ConnectAnswer(*_CONNECT_ANSWER.unpack_from(body)),
    TERMINATE: lambda _: Terminate(),
    TERMINATE | ANSWER: lambda _: TerminateAnswer(),
    SUBMIT: _unpacked_submit,
    SUBMIT | ANSWER: lambda body: SubmitAnswer(*_SUBMIT_ANSWER.unpack_from(body)),
    DELIVER: _unpacked_deliver,
    DELIVER | ANSWER: lambda body: DeliverAnswer(*_DELIVER_ANSWER.unpack_from(body)),
    ACTIVE_TEST: lambda _: ActiveTest(),
    ACTIVE_TEST | ANSWER: lambda _: ActiveTestAnswer(),
}
