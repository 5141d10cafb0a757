"""Characters, places, urgent words, titles, topic trees: the small pure functions."""

from pathlib import Path

import pytest

from nlp.errors import TaxonomyFaulty
from nlp.places import Gazetteer, Place, PlaceKind
from nlp.text import IdentityKind, find_identities, is_id_number, normalise
from nlp.titles import MOST_CHARACTERS, propose_title
from nlp.topics import read_tree, shipped_tree
from nlp.urgency import UrgencyLevel, UrgentKind, find_urgent_words, urgency_of

CITY = Gazetteer(
    [
        Place("1", "白桦区", PlaceKind.DISTRICT),
        Place("11", "望湖街道", PlaceKind.STREET, "1"),
        Place("111", "桦林小区", PlaceKind.ESTATE, "11"),
        Place("112", "康乐小区", PlaceKind.ESTATE, "11"),
        Place("2", "清岭区", PlaceKind.DISTRICT),
        Place("21", "清岭街道", PlaceKind.STREET, "2"),
        Place("211", "康乐小区", PlaceKind.ESTATE, "21"),
    ]
)


@pytest.mark.parametrize("text", ["", "Ａｂｃ１２３　！", "第３－２号\x00\x1f", "𠮷野家é"])
def test_normalising_keeps_every_position(text: str) -> None:
    assert len(normalise(text)) == len(text)


def test_normalising_knows_full_width_and_case() -> None:
    assert normalise("Ａ３栋ｋｔｖ　吵") == "A3栋KTV 吵"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("电话１５４０４３１００１７，谢谢", [(IdentityKind.MOBILE, "１５４０４３１００１７")]),
        ("打 154-0431-0017 找我", [(IdentityKind.MOBILE, "154-0431-0017")]),
        ("固话0499-2000001", [(IdentityKind.LANDLINE, "0499-2000001")]),
        ("车牌吉A12345违停", [(IdentityKind.PLATE, "吉A12345")]),
        ("身份证11010519491231002X", [(IdentityKind.ID_NUMBER, "11010519491231002X")]),
        ("工单号260930512345有三位数123", []),
        ("订单号154043100170099", []),
        ("身份证110105194912310021", []),
    ],
)
def test_identifying_text_is_found_and_plain_numbers_are_not(text: str, found: list[tuple[IdentityKind, str]]) -> None:
    assert [(one.kind, text[one.start : one.end]) for one in find_identities(text)] == found


def test_the_check_character_of_an_id_number_decides() -> None:
    assert is_id_number("11010519491231002X")
    assert not is_id_number("110105194912310020")
    assert not is_id_number("1101051949123100２X")


def test_the_finest_place_of_the_text_is_found_with_its_path() -> None:
    assert CITY.locate("白桦区桦林小区三号楼停水").label == "白桦区›望湖街道›桦林小区"
    assert CITY.locate("桦林小区三号楼停水").label == "白桦区›望湖街道›桦林小区"
    assert CITY.locate("望湖那边停水").label == "白桦区›望湖街道"


def test_one_name_in_two_districts_is_settled_by_the_district_or_said_to_be_open() -> None:
    settled, open_ = CITY.locate("清岭区康乐小区没电"), CITY.locate("康乐小区没电")

    assert settled.place is not None
    assert settled.place.code == "211"
    assert open_.place is None
    assert [place.code for place in open_.candidates] == ["112", "211"]


def test_no_place_is_no_place() -> None:
    assert CITY.locate("我家没电").path == ()
    assert CITY.locate("").label == ""


def test_a_place_without_its_parent_is_refused() -> None:
    with pytest.raises(ValueError, match="parent missing"):
        Gazetteer([Place("1", "桦林小区", PlaceKind.ESTATE, "9")])


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("再不解决我就去跳楼", UrgencyLevel.CRITICAL),
        ("他扬言要同归于尽", UrgencyLevel.CRITICAL),
        ("电线脱落有安全隐患", UrgencyLevel.URGENT),
        ("停水一天了，家里有卧床老人", UrgencyLevel.URGENT),
        ("经检查没有安全隐患，只是想问问收费", UrgencyLevel.NORMAL),
        ("未发现漏气，请问怎么开户", UrgencyLevel.NORMAL),
        ("想咨询医保缴费时间", UrgencyLevel.NORMAL),
    ],
)
def test_urgent_words_count_unless_the_text_denies_them(text: str, level: UrgencyLevel) -> None:
    assert urgency_of(find_urgent_words(text)) is level


def test_urgent_words_say_where_they_stand_and_of_which_kind() -> None:
    text = "电梯困人，扬言要投诉"

    words = find_urgent_words(text)

    assert [(word.text, word.kind) for word in words] == [("困人", UrgentKind.SAFETY), ("扬言", UrgentKind.THREAT)]
    assert all(text[word.start : word.end] == word.text for word in words)


@pytest.mark.parametrize(
    ("text", "place", "accused", "topic", "title"),
    [
        ("不重要", "白桦区›望湖街道›桦林小区", "", "供暖不热", "桦林小区供暖不热"),
        ("不重要", "桦林小区", "某某物业", "物业收费", "桦林小区某某物业物业收费"),
        ("您好，我想反映一下，楼道灯坏了三天没人修，谢谢", "", "", "", "楼道灯坏了三天没人修"),
        ("请问社保卡丢了怎么补办？", "", "", "", "社保卡丢了怎么补办"),
        ("", "", "", "", ""),
    ],
)
def test_a_title_says_where_who_and_what(text: str, place: str, accused: str, topic: str, title: str) -> None:
    assert propose_title(text, place=place, accused=accused, topic=topic) == title


def test_a_title_is_short_and_names_nobody() -> None:
    title = propose_title(
        "我电话15404310017，" + "楼上漏水把我家新装修的房子全泡了而且物业和邻居互相推诿没人管" * 3, place="桦林小区"
    )

    assert 0 < len(title) <= MOST_CHARACTERS
    assert "1540431" not in title


def test_the_shipped_tree_has_forty_topics_in_seven_branches() -> None:
    tree = shipped_tree()

    assert len(tree.topics) == 40
    assert len({topic.branch for topic in tree.topics}) == 7
    assert all(len(topic.words) >= 20 and topic.hints for topic in tree.topics)
    assert all(topic.code.isdigit() and len(topic.code) == 6 for topic in tree.topics)


@pytest.mark.parametrize(
    "page",
    [
        "level1 = ",
        'level1 = "甲"',
        'level1 = "甲"\ntopics = []',
        'level1 = "甲"\n[[topics]]\ncode = "1"\nlevel2 = "乙"',
        'level1 = "甲"\n[[topics]]\ncode="1"\nlevel2="乙"\nlevel3="丙"\n[[topics]]\ncode="1"\nlevel2="乙"\nlevel3="丁"',
        'level1 = "甲"\n[[topics]]\ncode="1"\nlevel2="乙"\nlevel3="丙"\nwords="这是一个长得根本不像是一个词的词"',
    ],
)
def test_a_faulty_tree_is_refused(tmp_path: Path, page: str) -> None:
    (tmp_path / "tree.toml").write_text(page, "utf-8")

    with pytest.raises(TaxonomyFaulty):
        read_tree([tmp_path / "tree.toml"])
