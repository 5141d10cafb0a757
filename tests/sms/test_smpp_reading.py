"""What an SMPP centre says: read from frames that aiosmpplib made, from frames by hand, and from rubbish."""

import struct
from datetime import UTC, datetime
from itertools import count

import pytest
from aiosmpplib.protocol import DeliverSm
from aiosmpplib.state import OptionalParam, PhoneNumber
from hypothesis import given
from hypothesis import strategies as st

from sms.providers.gateway.dialect import Answer, Asked, Other, Pushed, Taken
from sms.providers.gateway.frames import FrameBroken
from sms.providers.gateway.long_texts import Part
from sms.providers.provider import Outgoing, Rejected, Report, TurnedAway
from sms.providers.smpp.dialect import SmppDialect
from sms.providers.smpp.reading import HEADER, Receipt, read_deliver
from sms.rules import Delivery
from sms.settings import SmppSettings

SETTINGS = SmppSettings(host="127.0.0.1", account="hotline", sender="1069012345")


def dialect() -> SmppDialect:
    return SmppDialect(SETTINGS, password="secret")


def frame(command: int, status: int = 0, body: bytes = b"", sequence: int = 7) -> bytes:
    return HEADER.pack(HEADER.size + len(body), command, status, sequence) + body


def by_hand(content: bytes, *, coding: int = 8, esm_class: int = 0, options: bytes = b"") -> bytes:
    """A deliver_sm as the specification lays it out."""
    head = b"\0" + b"\x01\x018613800001234\0" + b"\0\x011069012345\0"
    middle = bytes([esm_class, 0, 0]) + b"\0\0" + bytes([0, 0, coding, 0, len(content)])
    return frame(0x5, body=head + middle + content + options)


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60))
def test_what_the_library_writes_is_read(text: str) -> None:
    deliver = DeliverSm(
        short_message=text, source=PhoneNumber("8613800001234"), destination=PhoneNumber("1069012345"), encoding="ucs2"
    )

    told = read_deliver(deliver.pdu())

    assert (told.source, told.dest, told.text, told.is_receipt) == ("8613800001234", "1069012345", text, False)


def test_a_text_may_stand_in_the_payload() -> None:
    text = "没人来" * 60
    deliver = DeliverSm(message_payload=text, encoding="ucs2")

    assert read_deliver(deliver.pdu()).text == text


def test_parts_may_be_told_by_options() -> None:
    options = [OptionalParam(0x020C, 300), OptionalParam(0x020E, 3), OptionalParam(0x020F, 2)]
    deliver = DeliverSm(short_message="没人来", encoding="ucs2", optional_params=options)

    assert read_deliver(deliver.pdu()).part == Part(300, 3, 2)


@pytest.mark.parametrize(
    ("text", "receipt"),
    [
        (
            "id:C1 sub:001 dlvrd:001 submit date:2610130900 done date:2610130901 stat:DELIVRD err:000 text:",
            "DELIVRD 000",
        ),
        ("id:C1 stat:UNDELIV err:MK:0001", "UNDELIV MK:0001"),
        ("ID:C1 STAT:EXPIRED", "EXPIRED"),
        ("id:C1 submit date:26101309005912 stat:REJECTD err:A7", "REJECTD A7"),
    ],
)
def test_a_receipt_is_read_however_its_fields_look(text: str, receipt: str) -> None:
    told = read_deliver(by_hand(text.encode(), coding=0, esm_class=0x04)).receipt

    assert told is not None
    assert f"{told.stat} {told.error}".strip() == receipt
    assert told.provider_id == "C1"


def test_an_option_names_the_message_better_than_words() -> None:
    told = read_deliver(
        by_hand(b"id:abc stat:DELIVRD", coding=0, esm_class=0x04, options=b"\x00\x1e\x00\x03C1\0")
    ).receipt

    assert told == Receipt("C1", "DELIVRD", "")


@pytest.mark.parametrize(
    ("coding", "content", "text"),
    [
        (8, "满意".encode("utf-16-be"), "满意"),
        (15, "满意".encode("gbk"), "满意"),
        (0, b"5", "5"),
        (3, b"\xe9", "é"),
        (8, b"\x6e", "\ufffd"),
        (99, b"5", "5"),
    ],
)
def test_a_reply_is_read_in_its_own_writing(coding: int, content: bytes, text: str) -> None:
    assert read_deliver(by_hand(content, coding=coding)).text == text


@given(st.binary(max_size=300))
def test_rubbish_in_a_deliver_is_answered_so_that_it_does_not_come_for_ever(body: bytes) -> None:
    heard = dialect().read(frame(0x5, body=body), "line")

    assert isinstance(heard, Pushed)
    assert heard.answer[4:8] == struct.pack(">I", 0x8000_0005)


@given(st.integers(0, 200))
def test_a_deliver_cut_short_has_a_name(cut: int) -> None:
    whole = by_hand("没人来".encode("utf-16-be"))
    if cut >= len(whole):
        return

    with pytest.raises(FrameBroken):
        read_deliver(whole[:cut])


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (frame(0x8000_0004, body=b"C00000001\0"), Taken("C00000001")),
        (frame(0x8000_0004, 0x58), TurnedAway("ESME_RTHROTTLED")),
        (frame(0x8000_0004, 0x0B), Rejected("ESME_RINVDSTADR")),
        (frame(0x8000_0004, 0x0405), Rejected("SMPP0x405")),
        (frame(0x8000_0000, 0x03), Rejected("ESME_RINVCMDID")),
    ],
)
def test_every_answer_to_a_submit_means_something(answer: bytes, outcome: object) -> None:
    assert dialect().read(answer, "line") == Answer(7, outcome)  # type: ignore[arg-type]


def test_questions_goodbyes_and_what_we_do_not_know() -> None:
    assert dialect().read(frame(0x15), "line") == Asked(frame(0x8000_0015))
    assert dialect().read(frame(0x06), "line") == Asked(frame(0x8000_0006), ends=True)
    assert dialect().read(frame(0x0103), "line") == Other()


def test_a_receipt_that_names_no_message_is_answered_and_forgotten() -> None:
    heard = dialect().read(by_hand(b"hello", coding=0, esm_class=0x04), "line")

    assert isinstance(heard, Pushed)
    assert heard.content is None


def test_a_failed_delivery_has_the_words_of_the_centre() -> None:
    heard = dialect().read(by_hand(b"id:C1 stat:UNDELIV err:069", coding=0, esm_class=0x04), "line")

    assert isinstance(heard, Pushed)
    assert isinstance(heard.content, Report)
    assert (heard.content.delivery, heard.content.error_code) == (Delivery.FAILED, "UNDELIV 069")


def test_a_long_text_is_never_one_payload() -> None:
    numbers = count(1)
    text = "诉" * 160

    frames = dialect().submit(Outgoing(7, "13800001234", text, datetime.now(UTC)), lambda: next(numbers))

    assert list(frames) == [1, 2, 3]
    assert all(len(submit) < 250 for submit in frames.values())
