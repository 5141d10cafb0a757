"""Words by which a text is found: also those of which the dictionary knows only the characters."""

from nlp.search_words import sought_words, with_pairs, words_of
from nlp.tokenizer import open_tokenizer

TOKENIZER = open_tokenizer()
TRADITIONAL = "東盛大街路燈不亮，夜裡摔傷了一位老人，請儘快維修電線桿。"


def test_traditional_words_are_found_though_the_dictionary_knows_only_their_characters() -> None:
    held = set(words_of(TRADITIONAL, TOKENIZER))

    for wish in ("路燈", "維修", "電線桿", "儘快", "摔傷 老人"):
        assert set(sought_words(wish, TOKENIZER)) <= held, wish


def test_characters_across_a_comma_are_no_word() -> None:
    held = words_of("請，儘，維。修", TOKENIZER)

    assert [word for word in held if len(word) > 1] == []


def test_ordinary_text_is_held_as_it_is_cut() -> None:
    cut = words_of("我家里的灯不亮", TOKENIZER)

    assert cut == with_pairs(sought_words("我家里的灯不亮", TOKENIZER))
