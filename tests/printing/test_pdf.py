"""What is printed, read back out of the PDF: the words are there, on one page, in a font that the file carries."""

from dataclasses import replace

import pytest

from tests.printing.reading import has_red_head, pages_of
from tickets.printing.making import make_letter, make_sheets
from tickets.printing.rules import Letter, Mark, Sheet, lines_of

MARK = Mark("韩秉正（H001）", "2026-10-13 09:00")
SHEET = Sheet(
    office="松江市12345政务服务便民热线",
    number="2610 1300 8210",
    registered_at="2026-10-13 08:12",
    flags=("特急", "催办 2"),
    title="南湖小区暖气不热",
    place="朝阳区 › 南湖小区",
    type="求助",
    topic="城乡建设 › 供暖不热",
    unit="热力集团",
    helpers="朝阳区政府",
    unit_due="10-20 24:00",
    citizen_due="10-20 24:00",
    caller="张* 先生",
    contact="下午；答复方式 电话",
    points="室内温度几度：14",
    text="南湖小区三号楼暖气不热，室内只有十四度，已经三天了。",
)
LETTER = Letter(
    office="松江市12345政务服务便民热线",
    number="督〔2026〕12号",
    kind="督办单",
    unit="松江市住房和城乡建设局",
    paragraphs=("群众多次反映，请三日内办结。",),
    issued_on="2026年10月13日",
    received_by="方建业（U101）",
    received_on="2026年10月14日",
    answer="已派人上门。",
)


def test_a_sheet_says_who_works_on_what_until_when_and_leaves_room_for_two_pens() -> None:
    (page,) = pages_of(make_sheets([SHEET], MARK))

    for words in ("承办单", "261013008210", "特急", "南湖小区三号楼暖气不热", "热力集团", "10-2024:00", "张*先生"):
        assert words in page
    assert page.index("批示栏") < page.index("办理意见栏") < page.index("经办人")


def test_several_sheets_are_one_file_with_a_page_each() -> None:
    pages = pages_of(make_sheets([SHEET, replace(SHEET, title="人民大街路面塌陷")], MARK))

    assert len(pages) == 2
    assert "南湖小区暖气不热" in pages[0]
    assert "人民大街路面塌陷" in pages[1]


@pytest.mark.parametrize("length", [0, 10, 1_000, 10_000])
def test_a_sheet_is_one_page_however_long_the_text_is(length: int) -> None:
    (page,) = pages_of(make_sheets([replace(SHEET, text="字" * length)], MARK))

    assert "办理意见栏" in page
    assert ("未完" in page) is (length == 10_000)


@pytest.mark.parametrize("length", [10, 6_000])
def test_what_was_asked_leaves_the_text_its_room(length: int) -> None:
    (page,) = pages_of(make_sheets([replace(SHEET, points="点" * length)], MARK))

    assert SHEET.text in page
    assert "办理意见栏" in page
    assert ("未完" in page) is (length == 6_000)


def test_every_page_carries_who_printed_it_and_when() -> None:
    pages = pages_of(make_sheets([SHEET, SHEET], MARK))

    assert [page.count("韩秉正（H001）2026-10-1309:00") for page in pages] == [8, 8]


def test_a_letter_has_its_number_its_red_head_and_the_receipt_as_far_as_it_is_known() -> None:
    content = make_letter(LETTER, MARK)

    (page,) = pages_of(content)
    for words in (
        "督〔2026〕12号", "督办单", "松江市住房和城乡建设局：", "请三日内办结", "2026年10月13日", "签收回执",
        "方建业（U101）", "2026年10月14日", "已派人上门",
    ):  # fmt: skip
        assert words in page
    assert has_red_head(content)


def test_a_long_letter_goes_on_and_keeps_its_receipt_whole_on_the_last_page() -> None:
    pages = pages_of(make_letter(replace(LETTER, paragraphs=("请立即办理并答复群众。" * 20,) * 10), MARK))

    assert len(pages) > 1
    assert [("签收回执" in page, "单位盖章" in page) for page in pages[:-1]] == [(False, False)] * (len(pages) - 1)
    assert "签收回执" in pages[-1]
    assert "单位盖章" in pages[-1]


def test_the_file_carries_its_font_and_no_character_is_lost() -> None:
    content = make_sheets([replace(SHEET, text="㙍圳囍龘 emoji😀 繁體 ＡＢＣ１２")], MARK)

    assert content.count(b"/FontDescriptor ") == content.count(b"/FontFile3 ") == 1
    assert "㙍圳囍龘emoji□繁體" in pages_of(content)[0]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("一二三四五", ["一二三", "四五"]),
        ("一二三，四", ["一二", "三，四"]),
        ("一二（三四", ["一二", "（三四"]),
        ("一\n\n二", ["一", "", "二"]),
        ("", [""]),
        ("。。。。。", ["。。。", "。。"]),
    ],
)
def test_a_line_begins_with_no_full_stop_and_ends_with_no_opening_bracket(text: str, lines: list[str]) -> None:
    assert lines_of(text, 3, lambda _: 1.0) == lines
