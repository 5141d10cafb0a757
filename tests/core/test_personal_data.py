"""Masking, logs and secrets: personal data stays where it belongs."""

import io
import json
import logging
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from core.log import configure_logging
from core.masking import is_landline, is_mobile, mask_name, mask_phone, mask_text, plain_number, tail
from core.secrets import Secrets, SecretUnreadable, phone_hash

mobiles = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("13812345678", "138****5678"),
        ("+8613812345678", "138****5678"),
        ("０４３１－８８７７６６５５", "043*****6655"),
        ("043188776655", "043*****6655"),
        ("88776655", "887*6655"),
        ("12345", "*****"),
        ("", ""),
    ],
)
def test_a_number_keeps_its_ends_only(number: str, masked: str) -> None:
    assert mask_phone(number) == masked


def test_names_and_tails() -> None:
    assert [mask_name(name) for name in ("张三", "欧阳娜娜", "李", "")] == ["张*", "欧***", "*", ""]
    assert tail("138 1234 5678") == "5678"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("请回电13812345678，谢谢", "请回电138****5678，谢谢"),
        ("手机138-1234-5678", "手机138****5678"),
        ("座机0431-88776655", "座机043*****6655"),
        ("身份证22010219900307123X号", "身份证220***********123X号"),
        ("工单202611230014共5户", "工单202611230014共5户"),
    ],
)
def test_numbers_inside_a_text_are_hidden(text: str, masked: str) -> None:
    assert mask_text(text) == masked


@given(st.text(max_size=20), mobiles, st.text(max_size=20))
def test_no_mobile_number_survives_in_any_text(before: str, number: str, after: str) -> None:
    if (before[-1:].isdigit() or after[:1].isdigit()) or before.endswith("+"):
        return

    assert number not in mask_text(before + number + after)


@pytest.mark.parametrize(
    ("number", "mobile", "landline"),
    [
        ("13812345678", True, False),
        ("+86 138 1234 5678", True, False),
        ("0431-88776655", False, True),
        ("88776655", False, True),
        ("10086", False, False),
        ("23812345678", False, False),
        ("", False, False),
    ],
)
def test_mobile_and_fixed_lines_are_told_apart(number: str, mobile: bool, landline: bool) -> None:
    assert (is_mobile(number), is_landline(number)) == (mobile, landline)


def test_plain_number_strips_the_country_only_where_it_is_one() -> None:
    assert [plain_number(n) for n in ("+8613812345678", "008613812345678", "8677665")] == [
        "13812345678",
        "13812345678",
        "8677665",
    ]


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    configure_logging(json_lines=True, stream=stream)
    yield stream
    structlog.reset_defaults()
    logging.basicConfig(handlers=[logging.NullHandler()], force=True)


def test_whoever_logs_a_number_or_a_text_logs_its_mask(lines: io.StringIO) -> None:
    structlog.get_logger().info(
        "sms sent", phone="13812345678", body="您好张三", sms={"text": "您好"}, note="打给13812345678", ticket_id=7
    )

    line = json.loads(lines.getvalue())
    assert (line["phone"], line["body"], line["sms"]["text"], line["note"], line["ticket_id"]) == (
        "138****5678",
        "4 characters",
        "2 characters",
        "打给138****5678",
        7,
    )


def test_an_exceptions_text_is_masked_too(lines: io.StringIO) -> None:
    try:
        raise ValueError("13812345678")
    except ValueError:
        structlog.get_logger().exception("it failed")

    assert "13812345678" not in lines.getvalue()
    assert "138****5678" in lines.getvalue()


def test_libraries_logs_are_masked(lines: io.StringIO) -> None:
    logging.getLogger("some.library").warning("calling %s", "13812345678")

    assert "138****5678" in lines.getvalue()


def test_a_secret_is_made_once_and_only_we_may_read_it(tmp_path: Path) -> None:
    first = Secrets(tmp_path / "data", {}).secret("phone")
    second = Secrets(tmp_path / "data", {}).secret("phone")

    [file] = (tmp_path / "data").iterdir()
    assert (len(first), first == second, stat.S_IMODE(file.stat().st_mode)) == (32, True, 0o600)


def test_a_secret_that_others_may_read_is_refused(tmp_path: Path) -> None:
    Secrets(tmp_path, {}).secret("phone")
    (tmp_path / "phone.secret").chmod(0o644)

    with pytest.raises(SecretUnreadable, match="600"):
        Secrets(tmp_path, {}).secret("phone")


def test_the_environment_gives_a_secret_as_base64_or_as_text(tmp_path: Path) -> None:
    environ = {"HOTLINE_SECRET_A": "aGVsbG8=", "HOTLINE_SECRET_B": "text:hello", "HOTLINE_SECRET_C": "he llo"}
    secrets = Secrets(tmp_path, environ)

    assert (secrets.secret("a"), secrets.secret("b"), secrets.given("d")) == (b"hello", b"hello", None)
    with pytest.raises(SecretUnreadable):
        secrets.secret("c")


def test_the_same_number_however_written_has_the_same_hash() -> None:
    assert phone_hash("+86 138 1234 5678", b"k") == phone_hash("13812345678", b"k") != phone_hash("13812345678", b"l")
