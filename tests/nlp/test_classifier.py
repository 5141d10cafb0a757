"""The shipped classifier: right on texts it has not seen, silent outside its depth, and able to say why."""

import time
from pathlib import Path

import pytest

from nlp.bayes import LabelledText, train
from nlp.classifier import Abstention, Certainty, classify
from nlp.serving import SHIPPED_MODEL, shipped_model, suggest
from nlp.topics import shipped_tree

HERE = Path(__file__).parent
#: (code, text), three for each of the 40 topics; no word of the lexicon was chosen by them
HELD_OUT = [tuple(line.split("\t")) for line in (HERE / "held_out.tsv").read_text("utf-8").splitlines()]
RUBBISH = (HERE / "out_of_domain.txt").read_text("utf-8").splitlines()


def test_texts_it_has_never_seen_are_mostly_right() -> None:
    ranked = [(code, [one.code for one in suggest(text).ranked]) for code, text in HELD_OUT]

    n = len(HELD_OUT)
    assert n >= 120
    assert sum(codes[:1] == [code] for code, codes in ranked) / n >= 0.74
    assert sum(code in codes for code, codes in ranked) / n >= 0.87


def test_what_it_calls_likely_is_right_nineteen_times_in_twenty() -> None:
    first = [(code, suggest(text).ranked[:1]) for code, text in HELD_OUT]
    likely = [code == best[0].code for code, best in first if best and best[0].certainty is Certainty.LIKELY]

    assert len(likely) >= 50
    assert sum(likely) / len(likely) >= 0.95


@pytest.mark.parametrize("text", RUBBISH)
def test_it_says_nothing_to_what_is_no_matter_of_the_city(text: str) -> None:
    suggestions = suggest(text)

    assert suggestions.ranked == ()
    assert suggestions.abstained is not None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", Abstention.EMPTY),
        (" \n\t　", Abstention.EMPTY),
        ("水", Abstention.TOO_SHORT),
        ("暖气不热" * 25_000, Abstention.TOO_LONG),
        ("我家暖气不热\0\0", Abstention.UNREADABLE),
        ("我家暖气\ufffd\ufffd热", Abstention.UNREADABLE),
        ("The heating is cold 暖气", Abstention.FOREIGN),
        ("今天天气真好，我们去爬山吧", Abstention.OUT_OF_DOMAIN),
    ],
)
def test_it_says_why_it_says_nothing(text: str, reason: Abstention) -> None:
    assert suggest(text).abstained is reason


@pytest.mark.parametrize(
    ("text", "not_this"),
    [
        ("小区楼下的供暖公司门口停满了车，消防通道都堵死了，请交警来贴条。", "010101"),
        ("老楼没有电梯，我们想加装一部，一楼不同意。", "010301"),
        ("自来水公司施工以后路面没有恢复，全是坑。", "010202"),
        ("学校门口的路灯坏了，孩子放学看不见路。", "050101"),
    ],
)
def test_a_word_that_only_stands_nearby_does_not_decide(text: str, not_this: str) -> None:
    assert suggest(text).ranked[0].code != not_this


def test_the_deciding_words_stand_in_the_text_where_it_says() -> None:
    text = "您好，我家３号楼暖气不热，室温只有１４度，老人冻得直哆嗦。"

    best = suggest(text).ranked[0]

    assert best.path == ("城乡建设", "供热", "供暖不热")
    assert best.certainty.name_zh == "很可能"
    assert "暖气不热" in [word.text for word in best.words]
    assert all(text[word.start : word.end] == word.text for word in best.words)


def test_the_name_of_the_place_has_no_vote() -> None:
    text = "供水公司宿舍停电了一下午，什么时候来电？"

    beside = suggest(text, "白桦区›长青街道›供水公司宿舍").ranked[0]

    assert beside.code == "010301"
    assert not any("供水" in word.text for word in beside.words)


def test_the_same_text_always_gets_the_same_answer() -> None:
    again = train(SHIPPED_MODEL, shipped_tree(), [])
    other = train(SHIPPED_MODEL, shipped_tree(), [])

    for _, text in HELD_OUT[::7]:
        assert again.suggest(text) == other.suggest(text)
        assert suggest(text) == suggest(text)


def test_confidences_are_shares_and_come_in_order() -> None:
    for _, text in HELD_OUT:
        shares = [one.confidence for one in suggest(text).ranked]
        assert shares == sorted(shares, reverse=True)
        assert all(0 < share <= 0.99 for share in shares)
        assert sum(shares) <= 0.991


def test_it_works_with_no_label_at_all() -> None:
    cold = train("cold", shipped_tree())

    right = sum(
        classify(cold, text).ranked[:1] != () and classify(cold, text).ranked[0].code == code for code, text in HELD_OUT
    )

    assert right / len(HELD_OUT) >= 0.65


def test_labels_teach_it_a_new_way_of_speaking() -> None:
    phrase = "请问道闸抬不起来归谁管，道闸把车砸了，道闸坏了没人理"
    labels = [LabelledText(phrase, "010501")] * 5

    before = train("before", shipped_tree()).suggest(phrase)
    after = train("after", shipped_tree(), labels).suggest(phrase)

    confidence = {one.code: one.confidence for one in before.ranked}.get("010501", 0.0)
    assert after.ranked[0].code == "010501"
    assert after.ranked[0].confidence > confidence


def test_a_label_outside_the_tree_is_ignored() -> None:
    assert (
        train("one", shipped_tree(), [LabelledText("外星人来了", "999999")]).grams == train("two", shipped_tree()).grams
    )


def test_one_text_takes_less_than_five_milliseconds() -> None:
    model = shipped_model()
    texts = [text for _, text in HELD_OUT]
    for text in texts[:10]:
        model.suggest(text)

    began = time.process_time()
    for text in texts:
        model.suggest(text)

    assert (time.process_time() - began) / len(texts) <= 0.005
