"""A model on disk: comes back the same, and what was touched is refused by name."""

import json
from datetime import date
from pathlib import Path

import pytest

from nlp.errors import ModelDamaged, ModelExists, ModelNotFound
from nlp.model_folder import Card, load_model, save_model
from nlp.serving import shipped_examples, shipped_model, suggest

CARD = Card("shipped-2026-11", date(2026, 11, 23), "随程序提供的分类表与例句", 125, {"accuracy": 0.758})
TEXT = "小区门口的井盖不见了，晚上太危险"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save_model(shipped_model(), CARD, tmp_path / "model")
    return tmp_path / "model"


def test_a_saved_model_says_the_same(folder: Path) -> None:
    model, card = load_model(folder)

    assert card == CARD
    for row in shipped_examples()[::11]:
        assert model.suggest(row.text) == shipped_model().suggest(row.text)


def test_the_child_process_serves_the_model_of_a_folder(folder: Path) -> None:
    assert suggest(TEXT, None, str(folder)) == suggest(TEXT)


@pytest.mark.parametrize("name", ["weights.npy", "rarity.npy", "words.json"])
def test_a_touched_file_is_refused_by_name(folder: Path, name: str) -> None:
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)

    with pytest.raises(ModelDamaged, match=name):
        load_model(folder)


def test_a_card_of_another_format_is_refused(folder: Path) -> None:
    page = json.loads((folder / "card.json").read_text("utf-8")) | {"format": "something else"}
    (folder / "card.json").write_text(json.dumps(page), "utf-8")

    with pytest.raises(ModelDamaged):
        load_model(folder)


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b"\xff\xfe", b'{"format": "hotline-bayes-1"}'])
def test_a_broken_card_is_refused(folder: Path, content: bytes) -> None:
    (folder / "card.json").write_bytes(content)

    with pytest.raises(ModelDamaged):
        load_model(folder)


def test_a_missing_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelNotFound, match="nowhere"):
        suggest(TEXT, None, str(tmp_path / "nowhere"))


def test_a_model_is_never_written_over_another(folder: Path) -> None:
    with pytest.raises(ModelExists):
        save_model(shipped_model(), CARD, folder)


def test_a_failed_save_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full_disk(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("nlp.model_folder.os.fsync", full_disk)

    with pytest.raises(OSError, match="No space"):
        save_model(shipped_model(), CARD, tmp_path / "model")
    assert list(tmp_path.iterdir()) == []
