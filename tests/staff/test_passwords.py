"""Passwords: only the right one fits, and nobody costs as much as somebody."""

import time

import pytest

from staff.errors import PasswordTooShort
from staff.passwords import hash_password, is_password


def test_only_the_right_password_fits() -> None:
    kept = hash_password("对的密码-2026-abc")

    assert is_password("对的密码-2026-abc", kept)
    assert not is_password("对的密码-2026-abd", kept)


def test_two_people_with_one_password_have_different_hashes() -> None:
    assert hash_password("the same password") != hash_password("the same password")


def test_a_short_password_is_refused() -> None:
    with pytest.raises(PasswordTooShort):
        hash_password("123456789")


@pytest.mark.parametrize("kept", [None, "", "not a hash"])
def test_without_a_hash_nothing_fits(kept: str | None) -> None:
    assert not is_password("nobody has this password", kept)


def test_an_unknown_account_costs_as_much_as_a_known_one() -> None:
    kept = hash_password("the right password")

    known = min(_cpu_s("the wrong password", kept) for _ in range(5))
    unknown = min(_cpu_s("the wrong password", None) for _ in range(5))

    assert unknown == pytest.approx(known, rel=0.5)


def _cpu_s(password: str, kept: str | None) -> float:
    begun = time.process_time()
    is_password(password, kept)
    return time.process_time() - begun
