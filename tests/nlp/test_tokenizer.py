"""Words: both engines cut alike, cover the text, and leave no file anywhere."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from nlp.errors import TokenizerMissing
from nlp.serving import shipped_examples
from nlp.tokenizer import Engine, Tokenizer, open_tokenizer, shared_tokenizer

TEXTS = [row.text for row in shipped_examples()]
ROOT = Path(__file__).parents[2]


@pytest.fixture(params=list(Engine), ids=str)
def tokenizer(request: pytest.FixtureRequest) -> Tokenizer:
    return shared_tokenizer(request.param)


def test_both_engines_cut_our_texts_alike() -> None:
    jieba, rjieba = shared_tokenizer(Engine.JIEBA), shared_tokenizer(Engine.RJIEBA)

    differing = [text for text in TEXTS if jieba.cut(text) != rjieba.cut(text)]

    assert len(TEXTS) >= 120
    assert differing == []


def test_tokens_cover_the_text_without_gap_or_overlap(tokenizer: Tokenizer) -> None:
    for text in [*TEXTS, "", "　Ａ1\t水\n", "😀停水了😀"]:
        tokens = tokenizer.cut(text)
        assert [token.start for token in tokens] == [0, *(token.end for token in tokens)][: len(tokens)]
        assert (tokens[-1].end if tokens else 0) == len(text)


def test_full_width_is_cut_like_half_width(tokenizer: Tokenizer) -> None:
    wide, narrow = tokenizer.cut("３号楼ＫＴＶ太吵"), tokenizer.cut("3号楼KTV太吵")

    assert wide == narrow


@pytest.mark.parametrize("engine", list(Engine), ids=str)
def test_words_of_our_own_stay_whole(engine: Engine) -> None:
    plain, taught = shared_tokenizer(engine), open_tokenizer(engine, ["马葫芦盖"])

    assert "马葫芦盖" not in [token.text for token in plain.cut("路上的马葫芦盖响")]
    assert "马葫芦盖" in [token.text for token in taught.cut("路上的马葫芦盖响")]


def test_no_file_is_written_anywhere(tmp_path: Path) -> None:
    """In a process of its own, with a temporary folder and a working folder that show every trace."""
    scratch, work = tmp_path / "tmp", tmp_path / "work"
    scratch.mkdir()
    work.mkdir()
    program = (
        "from nlp.tokenizer import open_tokenizer, Engine; open_tokenizer(Engine.JIEBA).cut('暖气不热');"
        "open_tokenizer(Engine.RJIEBA).cut('暖气不热');"
        "from nlp.serving import suggest; assert suggest('我家暖气不热').ranked"
    )
    environment = os.environ | {"TMPDIR": str(scratch), "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}

    subprocess.run([sys.executable, "-c", program], cwd=work, env=environment, check=True)

    assert sorted(tmp_path.rglob("*")) == sorted([scratch, work])


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rjieba", None)

    with pytest.raises(TokenizerMissing, match="rjieba"):
        open_tokenizer(Engine.RJIEBA)
