"""What may tell who somebody is: found in a text, hidden or shown in the 承办版, gone from the 可外传版."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.masking import personal_numbers
from tickets.redaction import HIDDEN, BoxKind, boxes_of, handling_parts, handling_text, shareable_text, without_hidden

SAID = "我叫张三，住3号楼2单元502室，电话199 0000 0001，楼下吉A12345天天堵门，微信zhangsan99。"


def phrases(text: str, **how: object) -> list[tuple[str, BoxKind]]:
    return [(text[box.begins : box.ends], box.kind) for box in boxes_of(text, **how)]  # type: ignore[arg-type]


def test_names_doors_plates_accounts_and_numbers_are_boxed() -> None:
    assert phrases(SAID) == [
        ("张三", BoxKind.NAME),
        ("3号楼2单元502室", BoxKind.DOOR),
        ("199 0000 0001", BoxKind.NUMBER),
        ("吉A12345", BoxKind.PLATE),
        ("zhangsan99", BoxKind.ACCOUNT),
    ]


@pytest.mark.parametrize(
    ("text", "phrase", "kind"),
    [
        ("我是王小明，小区没水", "王小明", BoxKind.NAME),
        ("我姓刘，小区没水", "刘", BoxKind.NAME),
        ("身份证22010219900101123X", "22010219900101123X", BoxKind.NUMBER),
        ("电话１９９００００００１２没人接", "１９９００００００１２", BoxKind.NUMBER),
        ("座机0431-88880000打不通", "0431-88880000", BoxKind.NUMBER),
        ("卡号6222000000000000000", "6222000000000000000", BoxKind.ACCOUNT),
        ("发到 li@example.org 吧", "li@example.org", BoxKind.ACCOUNT),
        ("在4单元301漏水", "4单元301", BoxKind.DOOR),
    ],
)
def test_each_way_of_telling_who_somebody_is(text: str, phrase: str, kind: BoxKind) -> None:
    assert phrases(text) == [(phrase, kind)]


@pytest.mark.parametrize(
    "text",
    [
        "我是松江区居民，路灯不亮",
        "南湖小区三号楼暖气不热，室内只有十四度",
        "我是低保户，咨询补贴",
        "2026年10月12日停水3天",
        "本人对政策不清楚",
    ],
)
def test_ordinary_words_are_left_alone(text: str) -> None:
    assert boxes_of(text) == []


def test_the_name_of_the_caller_is_boxed_wherever_it_stands() -> None:
    assert phrases("物业不让诸葛明进门", names=["诸葛明", "", "明"]) == [("诸葛明", BoxKind.NAME)]


def test_the_unit_reads_where_it_is_but_no_number() -> None:
    assert handling_text(SAID, boxes_of(SAID)) == (
        f"我叫张三，住3号楼2单元502室，电话199****0001，楼下吉A12345天天堵门，微信{HIDDEN}。"
    )


def test_of_a_caller_who_asked_for_secrecy_every_box_is_hidden() -> None:
    hidden = handling_text(SAID, boxes_of(SAID, is_secret=True))
    assert hidden == f"我叫{HIDDEN}，住{HIDDEN}，电话199****0001，楼下{HIDDEN}天天堵门，微信{HIDDEN}。"


def test_nothing_of_a_box_goes_outside() -> None:
    assert shareable_text(SAID, boxes_of(SAID)) == (
        f"我叫{HIDDEN}，住{HIDDEN}，电话{HIDDEN}，楼下{HIDDEN}天天堵门，微信{HIDDEN}。"
    )


def test_a_person_hides_a_box_and_marks_words_that_no_rule_knows() -> None:
    door, shop = SAID.index("3号楼"), SAID.index("堵门")
    decisions = {(door, door + len("3号楼2单元502室")): True, (shop, shop + 2): True}
    hidden = handling_text(SAID, boxes_of(SAID, decisions=decisions))
    assert hidden == f"我叫张三，住{HIDDEN}，电话199****0001，楼下吉A12345天天{HIDDEN}，微信{HIDDEN}。"


def test_a_person_shows_what_the_caller_s_secrecy_hid_but_never_a_number() -> None:
    every = {(box.begins, box.ends): False for box in boxes_of(SAID)}
    shown = handling_text(SAID, boxes_of(SAID, is_secret=True, decisions=every))
    assert shown == f"我叫张三，住3号楼2单元502室，电话199****0001，楼下吉A12345天天堵门，微信{HIDDEN}。"


def test_marks_that_overlap_are_one_box_and_stay_hidden() -> None:
    phone = SAID.index("199")
    decisions = {(phone - 2, phone + 4): True, (phone + 3, phone + 9): False}
    boxes = boxes_of(SAID, decisions=decisions)
    (box,) = [box for box in boxes if box.begins <= phone < box.ends]
    assert (box.begins, box.ends, box.is_hidden) == (phone - 2, phone + len("199 0000 0001"), True)
    assert "0001" not in handling_text(SAID, boxes)


def test_a_title_loses_the_words_that_its_text_hides() -> None:
    boxes = boxes_of(SAID, is_secret=True)
    assert (
        without_hidden("张三反映吉A12345堵门，199 0000 0001", SAID, boxes) == f"{HIDDEN}反映{HIDDEN}堵门，199****0001"
    )


WORDS = st.text(alphabet="我叫张三住号楼单元室，。0123456789 abA吉@.１９-", max_size=60)


@given(
    WORDS, st.booleans(), st.dictionaries(st.tuples(st.integers(0, 60), st.integers(0, 60)), st.booleans(), max_size=5)
)
@example("我住", False, {(0, 1): True, (0, 2): False})
def test_boxes_stand_apart_and_the_parts_cover_the_text(
    text: str, is_secret: bool, spans: dict[tuple[int, int], bool]
) -> None:
    decisions = {(a, b): hidden for (a, b), hidden in spans.items() if a < b <= len(text)}
    boxes = boxes_of(text, is_secret=is_secret, decisions=decisions)
    parts = handling_parts(text, boxes)
    edges = [0, *(part.ends for part in parts)]
    assert [part.begins for part in parts] == edges[:-1]
    assert edges[-1] == len(text)
    assert all(part.words == text[part.begins : part.ends] for part in parts if part.kind is None)
    for (begins, ends), is_hidden in decisions.items():
        inside = [box for box in boxes if box.begins <= begins and ends <= box.ends]
        assert len(inside) == 1
        assert inside[0].is_hidden or not is_hidden
    assert personal_numbers(shareable_text(text, boxes)) == []
