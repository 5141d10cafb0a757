"""CMPP 2.0 byte by byte: what is encoded is decoded, however the stream is cut, and rubbish has a name."""

import contextlib
import string
import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sms.providers.cmpp.codec import (
    HEADER,
    LONGEST_CONTENT,
    LONGEST_FRAME,
    authenticator,
    decode,
    decode_report,
    decode_text,
    encode,
    encode_report,
    gateway_authenticator,
)
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
    MessageId,
    StatusReport,
    Submit,
    SubmitAnswer,
    Terminate,
    TerminateAnswer,
)
from sms.providers.gateway.frames import FrameBroken, Frames

BYTE, WORD, LONG = st.integers(0, 0xFF), st.integers(0, 2**32 - 1), st.integers(0, 2**64 - 1)
CONTENT = st.binary(max_size=LONGEST_CONTENT)


def short(size: int) -> st.SearchStrategy[str]:
    return st.text(string.ascii_letters + string.digits + "+:-_", max_size=size)


MESSAGES: st.SearchStrategy[Message] = st.one_of(
    st.builds(Connect, short(6), st.binary(min_size=16, max_size=16), WORD, BYTE),
    st.builds(ConnectAnswer, BYTE, st.binary(min_size=16, max_size=16), BYTE),
    st.sampled_from([Terminate(), TerminateAnswer(), ActiveTest(), ActiveTestAnswer()]),
    st.builds(
        Submit,
        phone=short(21),
        source=short(21),
        account=short(6),
        service=short(10),
        content=CONTENT,
        has_header=st.booleans(),
        parts=BYTE,
        part=BYTE,
        msg_id=LONG,
        wants_report=st.booleans(),
        format=BYTE,
        fee_user_type=BYTE,
        fee_type=short(2),
        fee_code=short(6),
    ),
    st.builds(SubmitAnswer, LONG, BYTE),
    st.builds(
        Deliver,
        msg_id=LONG,
        dest=short(21),
        phone=short(21),
        content=CONTENT,
        service=short(10),
        format=BYTE,
        has_header=st.booleans(),
        is_report=st.booleans(),
    ),
    st.builds(DeliverAnswer, LONG, BYTE),
)


def frames() -> Frames:
    return Frames(shortest=HEADER.size, longest=LONGEST_FRAME)


@given(MESSAGES, WORD)
def test_what_is_encoded_is_decoded(message: Message, sequence: int) -> None:
    frame = encode(message, sequence)

    assert decode(frame) == (sequence, message)
    assert int.from_bytes(frame[:4]) == len(frame)


@given(st.lists(MESSAGES, min_size=1, max_size=5), st.data())
def test_a_stream_may_be_cut_anywhere(messages: list[Message], data: st.DataObject) -> None:
    stream = b"".join(encode(message, n) for n, message in enumerate(messages))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=20)))
    reader = frames()

    found = []
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        found += [decode(frame) for frame in reader.feed(stream[start:end])]

    assert found == list(enumerate(messages))


def test_a_stream_may_come_one_byte_at_a_time() -> None:
    stream = encode(Deliver(1, "106901234", "13800001234", b"\x00\x35"), 7) + encode(ActiveTest(), 8)
    reader = frames()

    found = [decode(frame) for byte in stream for frame in reader.feed(bytes([byte]))]

    assert [sequence for sequence, _ in found] == [7, 8]


@given(st.binary(max_size=600), st.integers(1, 64))
def test_rubbish_ends_with_a_name_and_is_never_hoarded(rubbish: bytes, step: int) -> None:
    reader = frames()
    seen = 0
    try:
        for at in range(0, len(rubbish), step):
            for frame in reader.feed(rubbish[at : at + step]):
                seen += len(frame)
                decode(frame)
    except FrameBroken:
        return

    assert seen <= len(rubbish)


@given(MESSAGES, st.data())
def test_a_frame_cut_short_has_a_name(message: Message, data: st.DataObject) -> None:
    frame = encode(message, 1)
    cut = data.draw(st.integers(0, len(frame)))

    with contextlib.suppress(FrameBroken):
        assert decode(frame[:cut]) == (1, message)


@pytest.mark.parametrize("length", [0, 11, LONGEST_FRAME + 1, 0xFFFFFFFF])
def test_a_length_that_cannot_be_is_refused_before_anything_is_kept(length: int) -> None:
    with pytest.raises(FrameBroken):
        list(frames().feed(length.to_bytes(4) + b"\0" * 8))


def test_an_unknown_command_is_refused() -> None:
    with pytest.raises(FrameBroken):
        decode(HEADER.pack(12, 0x77, 1))


@given(LONG)
def test_a_message_id_packs_into_64_bits(packed: int) -> None:
    assert MessageId.of(packed).packed() == packed


def test_a_message_id_says_when_where_and_which() -> None:
    told = MessageId(month=10, day=13, hour=8, minute=59, second=59, gateway=0x3FFFFF, number=0xFFFF)

    assert told.packed() == 0b1010_01101_01000_111011_111011_1111111111111111111111_1111111111111111
    assert MessageId.of(told.packed()) == told


def test_the_authenticator_is_that_of_the_specification() -> None:
    # computed once with md5sum: printf '901234\0\0\0\0\0\0\0\0\0secret0808080808' | md5sum
    assert authenticator("901234", "secret", 808080808).hex() == "e9eb941903fd11df3a3b91736a6d1c53"
    assert gateway_authenticator(0, b"\1" * 16, "secret") != gateway_authenticator(1, b"\1" * 16, "secret")


@pytest.mark.parametrize(
    "wrong",
    [{"phone": "1" * 22}, {"account": "1234567"}, {"source": "１０６"}, {"content": b"x" * 141}],
)
def test_a_field_that_does_not_fit_is_never_cut(wrong: dict[str, Any]) -> None:
    fitting: dict[str, Any] = {"phone": "1", "source": "1", "account": "1", "service": "1", "content": b""}

    with pytest.raises(ValueError, match=r"fit|bytes|ascii"):
        encode(Submit(**{**fitting, **wrong}), 1)


@given(st.builds(StatusReport, LONG, short(7), short(10), short(10), short(21), WORD))
def test_a_status_report_is_read_back(report: StatusReport) -> None:
    assert decode_report(encode_report(report)) == report


def test_a_status_report_cut_short_has_a_name() -> None:
    report = StatusReport(1, "DELIVRD", "2610130900", "2610130901", "13800001234", 1)

    with pytest.raises(FrameBroken):
        decode_report(encode_report(report)[:-1])


@pytest.mark.parametrize(
    ("content", "text_format", "text"),
    [
        ("满意".encode("utf-16-be"), UCS2, "满意"),
        ("满意".encode("gbk"), GBK, "满意"),
        (b"5", 0, "5"),
        (b"\xff\xfe5", 0, "\ufffd\ufffd5"),
        (b"\x6e", UCS2, "\ufffd"),
    ],
)
def test_a_reply_is_read_in_its_own_writing(content: bytes, text_format: int, text: str) -> None:
    assert decode_text(content, text_format) == text


def test_a_submit_stands_where_the_specification_has_each_field() -> None:
    frame = encode(Submit("13800001234", "1069012345", "901234", "HOTLINE", b"\x6e\xe1", parts=3, part=2), 9)

    assert struct.unpack_from(">III", frame) == (len(frame), 4, 9)
    assert frame[12:24] == bytes(8) + bytes([3, 2, 1, 0])
    assert frame[24:34] == b"HOTLINE\0\0\0"
    assert (frame[34], frame[35:56], frame[56:59]) == (2, bytes(21), bytes([0, 0, 8]))
    assert (frame[59:65], frame[65:67], frame[67:73]) == (b"901234", b"01", b"000000")
    assert frame[73:107] == bytes(34)
    assert frame[107:128] == b"1069012345" + bytes(11)
    assert (frame[128], frame[129:150]) == (1, b"13800001234" + bytes(10))
    assert frame[150:] == b"\x02\x6e\xe1" + bytes(8)


def test_a_deliver_stands_where_the_specification_has_each_field() -> None:
    body = (0x1122334455667788).to_bytes(8) + b"1069012345".ljust(21, b"\0") + b"HOTLINE".ljust(10, b"\0")
    body += bytes([0, 0, 8]) + b"13800001234".ljust(21, b"\0") + bytes([0, 2]) + b"\x00\x35" + bytes(8)
    frame = struct.pack(">III", 12 + len(body), 5, 3) + body

    assert decode(frame) == (
        3, Deliver(0x1122334455667788, "1069012345", "13800001234", b"\x00\x35", service="HOTLINE")
    )  # fmt: skip
