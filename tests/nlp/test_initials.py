"""Units are found by the letters with which their characters begin in pinyin."""

import pytest

from nlp.initials import initials


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("住建局", "z j j"),
        ("绿园区政府", "l y q z f"),
        ("长春市重庆路", "cz c s cz q l"),
        ("银行", "y hx"),
        ("12345 热线A组（夜）", "1 2 3 4 5 r x a z （ y ）"),
        ("", ""),
    ],
)
def test_each_character_gives_the_letters_of_its_readings(name: str, letters: str) -> None:
    assert initials(name) == letters
