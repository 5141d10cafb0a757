"""Texts longer than one SMS leave in parts of 67 characters and come together again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sms.providers.gateway.dialect import Pushed
from sms.providers.gateway.long_texts import Part, split_text, without_header
from sms.providers.gateway.pieces import PATIENCE_S, WAITING_MOST, Pieces
from sms.providers.provider import Inbound
from sms.settings import ProviderName
from sms.templates import parts

WRITING = st.text(st.characters(exclude_categories=["Cs"]), max_size=400)
HAN = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), max_size=400)


def put(pieces: Pieces, phone: str, part: Part, text: str, at_s: float = 0) -> str | None:
    """One part; the whole text if it was the last."""
    inbound = Inbound(ProviderName.CMPP, f"{part.number}", phone, text)
    whole = pieces.put(Pushed(inbound, b"answer", part), at_s=at_s)
    return whole[0].text if whole else None


@given(WRITING, st.integers(0, 255))
def test_whatever_is_split_comes_together_in_any_order(text: str, reference: int) -> None:
    split = split_text(text, reference)
    pieces, whole = Pieces(), None
    if len(split) == 1:
        assert split[0].decode("utf-16-be") == text
        return
    for content in reversed(split):
        assert len(content) <= 140
        part, body = without_header(content)
        assert part is not None
        whole = put(pieces, "13800001234", part, body.decode("utf-16-be"))

    assert whole == text


@given(HAN)
def test_as_many_parts_leave_as_are_counted(text: str) -> None:
    assert len(split_text(text, 1)) == max(parts(text), 1)


@pytest.mark.parametrize(("length", "sent"), [(1, 1), (70, 1), (71, 2), (134, 2), (135, 3), (160, 3)])
def test_seventy_characters_are_one_and_then_67_a_part(length: int, sent: int) -> None:
    assert len(split_text("满" * length, 7)) == sent


def test_the_header_is_050003_with_reference_total_and_number() -> None:
    first, second = split_text("满" * 71, 0x1AB)

    assert (first[:6].hex(), second[:6].hex()) == ("050003ab0201", "050003ab0202")
    assert (len(first), len(second)) == (6 + 134, 6 + 8)


def test_a_part_pushed_twice_counts_once() -> None:
    pieces = Pieces()

    assert put(pieces, "phone", Part(1, 2, 1), "不满意,") is None
    assert put(pieces, "phone", Part(1, 2, 1), "不满意,") is None
    assert put(pieces, "other", Part(1, 2, 2), "别人的") is None
    assert put(pieces, "phone", Part(1, 2, 2), "没人来") == "不满意,没人来"


def test_what_is_pushed_again_for_ten_minutes_goes_on_without_the_part_that_was_lost() -> None:
    pieces = Pieces()
    put(pieces, "phone", Part(1, 3, 1), "1 没人来,")
    put(pieces, "phone", Part(1, 3, 3), "一直没有")

    assert put(pieces, "phone", Part(1, 3, 1), "1 没人来,", PATIENCE_S) is None
    assert put(pieces, "phone", Part(1, 3, 1), "1 没人来,", PATIENCE_S + 1) == "1 没人来,…一直没有"


def test_phones_that_never_send_the_rest_do_not_fill_the_memory() -> None:
    pieces = Pieces()
    for phone in range(WAITING_MOST + 1):
        put(pieces, str(phone), Part(1, 2, 1), "前半")

    assert put(pieces, "0", Part(1, 2, 2), "后半") is None
    assert put(pieces, str(WAITING_MOST), Part(1, 2, 2), "后半") == "前半后半"


@pytest.mark.parametrize(
    ("content", "part", "body"),
    [
        (b"\x05\x00\x03\x07\x02\x01ab", Part(7, 2, 1), b"ab"),
        (b"\x06\x08\x04\x01\x07\x02\x02ab", Part(0x107, 2, 2), b"ab"),
        (b"\x05\x00\x03\x07\x01\x01ab", None, b"ab"),
        (b"\x05\x00\x03\x07\x02\x03ab", None, b"ab"),
        (b"\x03\x24\x01\x01ab", None, b"ab"),
        (b"\x09ab", None, b"\x09ab"),
        (b"", None, b""),
    ],
)
def test_a_header_that_says_nothing_about_parts_is_left_out(content: bytes, part: Part | None, body: bytes) -> None:
    assert without_header(content) == (part, body)


@given(st.binary(max_size=300))
def test_no_header_is_too_odd_to_read(content: bytes) -> None:
    part, body = without_header(content)

    assert content.endswith(body)
    assert part is None or 1 <= part.number <= part.total
