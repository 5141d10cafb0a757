"""Importing the dispatch catalogue: good rows go in, bad ones are named, and the same file again changes nothing."""

import io
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.cli import run
from app.kinds import import_all_jobs
from core.computer import Computer, ComputingTooLong
from core.database import Database
from core.events import Event
from core.jobs.runner import drain
from staff.rules import SYSTEM
from tests.catalogue.tables import Row, csv_text, found, unzipped, xlsx, zipped
from tickets.importing.actions import begin_import, put_rows
from tickets.importing.errors import FileUnreadable
from tickets.importing.events import CatalogueChanged
from tickets.importing.model import CatalogueImport
from tickets.importing.queries import catalogue_lines, import_by_id, names_in_use, versions_of
from tickets.importing.reading import LARGEST_FILE, LARGEST_UNPACKED, read_sheet
from tickets.importing.rules import COLUMNS, Bad, Good, ImportState, judge
from tickets.kinds import Urgency
from tickets.model import CatalogueLine

import_all_jobs()

ROW: Row = ("城乡建设/事项0", "小区0", "市供热公司", "紧急", "公用事业", "目录 3.2")


@pytest.fixture(scope="module")
def computer() -> Iterator[Computer]:
    made = Computer()
    yield made
    made.close()


class Site:
    """A city whose catalogue is imported as the page does it: a file, a job, a child process."""

    def __init__(self, database: Database, computer: Computer, now: datetime) -> None:
        self.database, self.computer, self.now = database, computer, now

    def imports(self, content: bytes, name: str = "目录.xlsx") -> CatalogueImport:
        begun = self.database.write(begin_import, name, content, by=SYSTEM, now=self.now)
        drain(self.database, {Computer: self.computer})
        return self.database.read(import_by_id, begun.id)

    def lines(self) -> list[CatalogueLine]:
        return self.database.read(
            lambda session: list(session.scalars(select(CatalogueLine).order_by(CatalogueLine.id)))
        )


@pytest.fixture
def site(database: Database, computer: Computer, now: datetime) -> Site:
    database.write(found)
    return Site(database, computer, database.clock.now())


def ten_thousand(topics: int = 100, places: int = 100) -> list[Row]:
    """9,963 good rows, and 37 with one fault each, all over the file."""
    rows: list[Row] = [
        (f"01.{topic:04d}", f"P{place:04d}", "热力" if place % 2 else "市城管局", "", "", f"目录 {topic}.{place}")
        for topic in range(topics)
        for place in range(places)
    ]
    faults: tuple[Row, ...] = (
        ("没有这个分类", "P0000", "热力", "", "", ""),
        ("01.0001", "火星", "热力", "", "", ""),
        ("01.0001", "P0001", "没有这个单位", "", "", ""),
        ("01.0001", "P0001", "", "", "", ""),
        ("01.0001", "P0001", "热力", "十万火急", "", ""),
        ("01.0001", "P0001", "热力", "", "没有这个时限类别", ""),
        ("01.0001", "P0001", "热力", "", "", "长" * 101),
        ("01", "P0001", "热力", "", "", ""),
        ("01.0001", "=A1", "热力", "", "", ""),
        ("01.0000", "P0000", "热力", "", "", "与第一行重复"),
    )
    for n in range(37):
        rows[9_999 - n * 250] = faults[n % len(faults)]
    return rows


def test_of_ten_thousand_rows_9963_go_in_and_37_are_named(
    open_database: Callable[..., Database], computer: Computer, now: datetime
) -> None:
    database = open_database()
    database.write(found, topics=100, places=100)
    site = Site(database, computer, database.clock.now())
    told: list[Event] = []
    stop = database.subscribe(told.extend)
    content = xlsx(ten_thousand())

    first = site.imports(content)
    stop()
    again = site.imports(content)

    assert (first.state, first.rows, first.added, len(first.refused)) == (ImportState.DONE, 10_000, 9_963, 37)
    assert [row for row, _, _ in first.refused] == sorted(10_001 - n * 250 for n in range(37))
    assert [10_001, "诉求分类", "没有这个分类：没有这个分类"] in first.refused
    assert [7_751, "地点", "与第 2 行的分类和地点重复"] in first.refused
    assert (again.added, again.changed, again.unchanged, len(again.refused)) == (0, 0, 9_963, 37)
    assert database.read(lambda session: session.scalar(select(func.count()).select_from(CatalogueLine))) == 9_963
    assert sum(isinstance(event, CatalogueChanged) for event in told) >= 20


@pytest.mark.parametrize(
    ("column", "row", "reason"),
    [
        ("诉求分类", ("", "小区0", "热力", "", "", ""), "没有填写分类"),
        ("诉求分类", ("城乡建设", "小区0", "热力", "", "", ""), "“城乡建设”下面还有分类，请写到最末一级"),
        ("地点", ("事项0", "火星", "热力", "", "", ""), "没有这个地点：火星"),
        ("承办单位", ("事项0", "小区0", "", "", "", ""), "没有填写单位"),
        ("紧急程度", ("事项0", "小区0", "热力", "快", "", ""), "“快”不是 一般、紧急 或 特急"),
        ("时限类别", ("事项0", "小区0", "热力", "", "快", ""), "没有这个时限类别：快"),
        ("依据", ("事项0", "小区0", "热力", "", "", "长" * 101), "超过 100 个字"),
        ("承办单位", ("事项0", "小区0", "=VLOOKUP(A1,B:B,1)", "", "", ""), "单元格是公式，请粘贴为值"),
    ],
)
@pytest.mark.parametrize("write", [xlsx, csv_text])
def test_a_bad_row_is_named_with_its_number_its_column_and_the_reason(
    session: Session, column: str, row: Row, reason: str, write: Callable[[list[Row]], bytes]
) -> None:
    found(session)

    judged = judge(read_sheet("表", write([ROW, row])), names_in_use(session))

    assert isinstance(judged[0], Good)
    assert judged[1] == Bad(3, column, reason)


def test_a_row_says_topic_place_unit_urgency_class_and_basis(site: Site) -> None:
    done = site.imports(csv_text([ROW, ("事项1", "", "城管", "", "", "")], encoding="gb18030"), "目录.csv")

    first, second = site.lines()
    assert (done.added, done.refused) == (2, [])
    assert (first.urgency, first.limit_class, first.basis) == (Urgency.URGENT, "utility", "目录 3.2")
    assert (second.place_id, second.urgency, second.version) == (None, None, 1)


def test_a_changed_row_is_a_new_version_and_the_old_line_is_retired(site: Site) -> None:
    site.imports(xlsx([ROW]))

    done = site.imports(xlsx([(*ROW[:2], "市城管局", *ROW[3:])]))

    old, new = site.lines()
    assert (done.added, done.changed) == (0, 1)
    assert (old.retired_at is not None, old.version, new.retired_at, new.version) == (True, 1, None, 2)
    versions = site.database.read(versions_of, new.id)
    assert [(one.line.version, one.unit) for one in versions] == [(2, "城管"), (1, "热力")]


def test_what_a_file_leaves_out_stays(site: Site) -> None:
    site.imports(xlsx([ROW, ("事项1", "", "城管", "", "", "")]))

    site.imports(xlsx([ROW]))

    assert [line.retired_at for line in site.lines()] == [None, None]


def test_the_same_name_in_two_places_has_to_be_written_out(session: Session) -> None:
    found(session)
    found_again = names_in_use(session)
    names = type(found_again)(**{**vars(found_again), "places": {**found_again.places, "南湖小区": (1, 2)}})

    judged = judge(read_sheet("表", csv_text([("事项0", "南湖小区", "热力", "", "", "")])), names)

    assert judged == [Bad(2, "地点", "有 2 个同名的地点“南湖小区”，请写全名或代码")]


def test_a_batch_that_comes_twice_after_a_kill_changes_nothing(site: Site) -> None:
    done = site.imports(xlsx([ROW]))
    line = site.lines()[0]
    good = Good(2, line.topic_id, line.place_id, line.unit_id, None, "", "另一个依据")

    site.database.write(put_rows, done.id, [good], after=0, now=site.now)

    assert [one.basis for one in site.lines()] == ["目录 3.2"]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("目录.xlsx", zipped(**{"readme.txt": b"no table"}), "是 ZIP 压缩包，不是 XLSX 表格"),
        (
            "目录.xlsx",
            zipped(**{"[Content_Types].xml": b"<x/>", "xl/workbook.xml": b"<x/>", "xl/a.xml": b"0" * LARGEST_UNPACKED}),
            "展开后过大，不予打开",
        ),
        ("目录.xlsx", b"PK\x03\x04 torn", "文件已损坏，打不开"),
        ("目录.xlsx", zipped(**{"[Content_Types].xml": b"<x/>", "xl/workbook.xml": b"<x/>"}), "表格已损坏"),
        ("目录.xls", b"\xd0\xcf\x11\xe0\xa1\xb1", "是旧版 .xls 或加密的表格，请另存为不加密的 .xlsx"),
        ("目录.xlsx", "诉求分类,承办单位".encode(), "扩展名是 .xlsx，内容却不是表格"),
        ("目录.csv", b"a\0b", "不是文本，也不是表格"),
        ("目录.csv", b"", "表格是空的"),
        ("目录.csv", b"x" * (LARGEST_FILE + 1), "文件超过 8 MB"),
    ],
    ids=["zip", "bomb", "torn", "not a workbook", "xls", "text", "binary", "empty", "large"],
)
def test_what_is_no_table_is_refused_and_says_what_it_is(name: str, content: bytes, reason: str) -> None:
    with pytest.raises(FileUnreadable) as refused:
        read_sheet(name, content)

    assert refused.value.values["reason"] == reason


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_broken_workbook_is_read_or_refused_and_nothing_else(data: st.DataObject) -> None:
    parts = unzipped(xlsx([ROW]))
    name = data.draw(st.sampled_from(sorted(parts)))
    content = parts[name]
    at, to = sorted(data.draw(st.tuples(st.integers(0, len(content)), st.integers(0, len(content)))))
    broken = zipped(**parts | {name: content[:at] + data.draw(st.binary(max_size=6)) + content[to:]})

    with suppress(FileUnreadable):
        assert read_sheet("目录.xlsx", broken).header


def test_a_sheet_that_ends_in_the_middle_says_that_it_is_damaged(site: Site) -> None:
    parts = unzipped(xlsx([ROW]))
    sheet = "xl/worksheets/sheet1.xml"

    done = site.imports(zipped(**parts | {sheet: parts[sheet][:-40]}))

    assert (done.state, site.lines()) == (ImportState.FAILED, [])
    assert "表格已损坏" in done.error


def test_a_file_that_takes_too_long_to_read_is_refused_and_not_read_again(site: Site) -> None:
    done = Site(site.database, SlowComputer(), site.now).imports(xlsx([ROW]))

    assert (done.state, done.error) == (ImportState.FAILED, "计算超时，已停止")


class SlowComputer(Computer):
    """It never gets done in time."""

    def run(self, *_args: Any, **_options: Any) -> Any:
        raise ComputingTooLong


def test_of_many_columns_and_merged_cells_only_what_is_known_is_read(session: Session) -> None:
    found(session)
    wide = (*COLUMNS, *(f"列{n}" for n in range(94)))
    book = load_workbook(io.BytesIO(xlsx([(*ROW, *range(94)), (*ROW[:1], "小区1", *ROW[2:])], header=wide)))
    book.worksheets[0].merge_cells("A2:A3")
    kept = io.BytesIO()
    book.save(kept)

    judged = judge(read_sheet("目录.xlsx", kept.getvalue()), names_in_use(session))

    assert isinstance(judged[0], Good)
    assert judged[1:] == [Bad(3, "诉求分类", "没有填写分类")]


def test_without_the_columns_that_are_needed_the_whole_file_is_refused(site: Site) -> None:
    done = site.imports(xlsx([ROW], header=("分类", "地点", "单位")))

    assert done.state is ImportState.FAILED
    assert "第一行缺少列“诉求分类”、“承办单位”" in done.error


def test_lines_are_found_by_words_unit_and_branch_of_the_tree(site: Site) -> None:
    site.imports(xlsx([ROW, ("事项1", "", "城管", "", "", "")]))
    lines = site.lines()

    by_text = site.database.read(catalogue_lines, now=site.now, text="小区0")
    by_unit = site.database.read(catalogue_lines, now=site.now, unit_id=lines[1].unit_id)
    top = site.database.read(lambda session: session.scalar(select(func.min(CatalogueLine.topic_id)))) - 1
    by_branch = site.database.read(catalogue_lines, now=site.now, topic_id=top)

    assert ([one.line.id for one in by_text.rows], by_text.n) == ([lines[0].id], 1)
    assert [one.unit for one in by_unit.rows] == ["城管"]
    assert by_branch.n == 2


def test_the_command_names_each_refused_row_and_exits_with_1(
    database: Database,
    database_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    database.write(found)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOTLINE_DATABASE__URL", database_url)
    monkeypatch.setenv("HOTLINE_DATA_FOLDER", str(tmp_path / "data"))
    file = tmp_path / "目录.xlsx"
    file.write_bytes(xlsx([ROW, ("事项9", "", "热力", "", "", "")]))

    exits = [run(["import", "catalogue", str(file)]), run(["import", "catalogue", str(file), "--json"])]

    said = capsys.readouterr()
    told: dict[str, Any] = json.loads(said.out.splitlines()[-1])
    assert exits == [1, 1]
    assert "第 3 行 诉求分类：没有这个分类：事项9" in said.err
    assert "新增 1" in said.out
    assert (told["added"], told["unchanged"], len(told["refused"])) == (0, 1, 1)


def test_the_command_exits_with_0_when_every_row_is_good(
    database: Database, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database.write(found)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOTLINE_DATABASE__URL", database_url)
    monkeypatch.setenv("HOTLINE_DATA_FOLDER", str(tmp_path / "data"))
    file = tmp_path / "目录.csv"
    file.write_bytes(csv_text([ROW]))

    assert run(["import", "catalogue", str(file)]) == 0
