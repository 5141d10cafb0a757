"""The field map: what is written how, what is a fault, what is masked, and that a city's own is all or nothing."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from core.audit.model import AuditRow
from evaluation.submissions.actions import set_fields
from evaluation.submissions.checking import check_between
from evaluation.submissions.fields import COLUMNS, Field, compose, row_of, shipped_rows
from evaluation.submissions.judging import judge_fields
from evaluation.submissions.queries import fields_in_force
from evaluation.submissions.rules import RecordKind, SubmissionState
from evaluation.submissions.values import Value
from tests.submissions.exchange_twin import Mood
from tests.submissions.province import Province
from tickets.importing.errors import FileUnreadable
from tickets.importing.reading import Sheet
from tickets.kinds import Secrecy

NEEDED_ROWS = (
    ("recordNo", "记录编号", "number", "", "是", "40", "", "", ""),
    ("affairSerialNo", "办件编号", "serial", "", "", "60", "", "", ""),
)


def sheet(*rows: tuple[str, ...]) -> Sheet:
    return Sheet(COLUMNS, tuple(enumerate([*NEEDED_ROWS, *rows], start=2)))


def field(**changes: str) -> Field:
    said = dict(zip(COLUMNS, ("name", "名称", "caller_name", "", "", "", "", "", ""), strict=True)) | changes
    fields, bad = judge_fields(sheet(tuple(said.values())))
    assert bad == []
    return fields[-1]


def test_the_shipped_map_has_no_fault_and_reads_back_as_it_is() -> None:
    fields, bad = judge_fields(Sheet(COLUMNS, tuple(enumerate(shipped_rows(), start=2))))

    assert bad == []
    assert tuple(row_of(one) for one in fields) == shipped_rows()
    assert {kind for one in fields for kind in one.kinds} == set(RecordKind)


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (("1st", "名称", "level", "", "", "", "", "", ""), "字段"),
        (("a", "", "level", "", "", "", "", "", ""), "名称"),
        (("a", "名称", "password", "", "", "", "", "", ""), "取值"),
        (("a", "名称", "level", "评阶", "", "", "", "", ""), "记录"),
        (("a", "名称", "level", "", "必须", "", "", "", ""), "必填"),
        (("a", "名称", "level", "", "", "0", "", "", ""), "最长"),
        (("a", "名称", "level", "", "", "９９９９９", "", "", ""), "最长"),
        (("a", "名称", "done_at", "", "", "", "", "", ""), "格式"),
        (("a", "名称", "done_at", "", "", "", "yyyy", "", ""), "格式"),
        (("a", "名称", "level", "", "", "", "yyyyMMdd", "", ""), "格式"),
        (("a", "名称", "level", "", "", "", "", "满意=1", ""), "代码表"),
        (("a", "名称", "level", "", "", "", "", "yes=1 yes=2", ""), "代码表"),
        (("a", "名称", "level", "", "", "", "", "", "全部"), "脱敏"),
        (("recordNo", "又一次", "level", "评价", "", "", "", "", ""), "字段"),
    ],
)
def test_a_wrong_row_is_named_by_row_and_column(row: tuple[str, ...], column: str) -> None:
    _, bad = judge_fields(sheet(row))
    assert [(fault.row, fault.column) for fault in bad] == [(4, column)]


def test_a_map_that_could_not_tell_records_apart_is_refused() -> None:
    _, bad = judge_fields(Sheet(COLUMNS, ((2, NEEDED_ROWS[0]),)))
    assert [fault.reason for fault in bad] == ["没有取值为 serial 的字段"]
    with pytest.raises(FileUnreadable):
        judge_fields(Sheet(COLUMNS[:-1], ()))


def test_what_is_missing_unknown_or_too_long_is_a_fault_by_its_field() -> None:
    fields = [
        field(字段="a", 必填="是"),
        field(字段="b", 取值="channel", 代码表="sms=05"),
        field(字段="c", 取值="serial", 最长="3"),
    ]
    made = compose(fields, RecordKind.RATING, {Value.CHANNEL: "kiosk", Value.SERIAL: "1234"})

    assert [(fault.field, fault.reason) for fault in made.faults] == [
        ("a", "必填，没有内容"),
        ("b", "代码表中没有“kiosk”"),
        ("c", "4 字，最长 3"),
    ]


def test_moments_are_written_in_the_exchange_s_own_way_in_shanghai() -> None:
    at = datetime(2026, 10, 12, 16, 5, 9, tzinfo=UTC)
    for pattern, written in (("yyyyMMddHHmmss", "20261013000509"), ("yyyy-MM-dd HH:mm:ss", "2026-10-13 00:05:09")):
        made = compose([field(取值="done_at", 格式=pattern)], RecordKind.DONE, {Value.DONE_AT: at})
        assert made.body == {"name": written}


@pytest.mark.parametrize(
    ("value", "said", "masked"),
    [("caller_name", "欧阳小明", "欧***"), ("phone", "13812345678", "138****5678"), ("caller_name", "匿名", "匿名")],
)
def test_a_masked_field_leaves_masked(value: str, said: str, masked: str) -> None:
    made = compose([field(取值=value, 脱敏="是")], RecordKind.DONE, {Value(value): said})
    assert made.body == {"name": masked}


@given(st.text(min_size=1, max_size=30), st.sampled_from([Value.CALLER_NAME, Value.PHONE, Value.WORDS]))
def test_people_are_never_shown_a_name_a_number_or_words(said: str, value: Value) -> None:
    made = compose([field(取值=value.value)], RecordKind.DONE, {value: said})
    shown = made.shown[0]["value"]

    assert value is not Value.WORDS or shown == f"〔{len(made.body['name'])} 字〕"
    assert value is not Value.CALLER_NAME or len(said) == 1 or shown != said or "*" in said


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"secrecy": Secrecy.SEALED}, "保密"),
        ({"secrecy": Secrecy.FROM_ACCUSED}, "保密"),
        ({"caller_name": "", "is_anonymous": True}, "匿名"),
    ],
)
def test_whoever_wants_secrecy_or_gave_no_name_goes_up_without_name_and_number(
    province: Province, changes: dict[str, object], name: str
) -> None:
    province.registered(**changes)
    province.minute()
    (record,) = province.twin.taken.values()
    assert (record["userName"], record["contactPhone"]) == (name, "")


def test_nothing_of_a_citizen_stands_in_the_queue_once_it_has_arrived(province: Province) -> None:
    province.registered()
    province.minute()
    record = province.only()
    assert record.state is SubmissionState.ACCEPTED
    assert "13812345678" not in str((record.body, record.shown))
    assert "张三" not in str((record.body, record.shown))


def test_a_city_s_own_map_counts_and_what_failed_is_checked_again(province: Province) -> None:
    own, _ = judge_fields(sheet(("certificateNo", "证件号码", "nothing", "", "是", "", "", "", "")))
    assert province.act(set_fields, own) == 0
    province.registered()
    province.minute()
    assert province.only().state is SubmissionState.INVALID

    mended, _ = judge_fields(sheet(*(row for row in shipped_rows() if row[0] not in {"recordNo", "affairSerialNo"})))
    assert province.act(set_fields, mended) == 1
    assert province.act(set_fields, mended) is None
    province.minute()
    assert province.only().state is SubmissionState.ACCEPTED
    rows = province.database.read(
        lambda session: session.scalars(select(AuditRow).filter_by(action="set_fields")).all()
    )
    assert len(rows) == 2


def test_a_check_names_every_record_of_a_day_that_would_fail(province: Province) -> None:
    province.will(Mood.LOST)
    _, number = province.registered()
    now = province.town.clock.now()
    strict, _ = judge_fields(sheet(("certificateNo", "证件号码", "nothing", "", "是", "", "", "", "")))
    days = now.replace(hour=0), now.replace(hour=23)

    in_force = province.database.read(fields_in_force)
    assert province.database.read(check_between, *days, office=province.office, fields=in_force).faulty == []
    found = province.database.read(check_between, *days, office=province.office, fields=strict)
    assert found.n == 1
    (faulty,) = found.faulty
    assert (faulty.serial, [(f.field, f.reason) for f in faulty.faults]) == (
        number,
        [("certificateNo", "必填，没有内容")],
    )
