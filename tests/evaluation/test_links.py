"""Codes and links open what they were made for, for as long as they were made for, and nothing else."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.codes import ALPHABET, draw_code, typed_code
from evaluation.errors import LinkForged, LinkStale
from evaluation.links import read_link, sign_link

KEY = b"k" * 32
NOW = datetime(2026, 10, 13, 1, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


@given(st.integers(1, 2**62), st.integers(0, 3599))
def test_a_link_opens_its_invitation_until_it_expires(invitation_id: int, seconds: int) -> None:
    token = sign_link(invitation_id, expires_at=LATER, key=KEY)

    assert read_link(token, now=NOW + timedelta(seconds=seconds), key=KEY) == invitation_id


def test_an_expired_link_says_so() -> None:
    token = sign_link(5, expires_at=LATER, key=KEY)

    with pytest.raises(LinkStale):
        read_link(token, now=LATER, key=KEY)


def test_another_key_opens_nothing() -> None:
    with pytest.raises(LinkForged):
        read_link(sign_link(5, expires_at=LATER, key=b"other"), now=NOW, key=KEY)


@given(st.data())
def test_no_single_character_of_a_link_can_be_changed(data: st.DataObject) -> None:
    token = sign_link(5, expires_at=LATER, key=KEY)
    place = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.sampled_from("ABCXYZabcxyz0189-_").filter(lambda letter: letter != token[place]))

    with pytest.raises(LinkForged):
        read_link(token[:place] + other + token[place + 1 :], now=NOW, key=KEY)


@given(st.text(max_size=80))
def test_made_up_links_are_refused(token: str) -> None:
    with pytest.raises(LinkForged):
        read_link(token, now=NOW, key=KEY)


def test_a_code_has_six_letters_that_cannot_be_mistaken() -> None:
    code = draw_code(random.Random(7).choice)

    assert len(code) == 6
    assert set(code) <= set(ALPHABET)
    assert not set("0O1IL") & set(ALPHABET)


@pytest.mark.parametrize("typed", ["K7M2QX", "k7m2qx", " k7m 2qx ", "Ｋ７Ｍ２ＱＸ", "K7M-2QX"])
def test_a_code_is_understood_however_it_is_typed(typed: str) -> None:
    assert typed_code(typed) == "K7M2QX"
