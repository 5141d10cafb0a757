"""The documents: links that lead somewhere, words that stand for one thing."""

import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_to_our_own_files_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page.read_text())

    ours = [target for target in targets if not target.startswith("http")]
    assert [target for target in ours if not (page.parent / target).exists()] == []


def test_the_glossary_has_each_word_once_in_both_languages() -> None:
    rows = re.findall(
        r"^\| ([^|]+) \| ([^|]+) \| [^|]+ \|$", (ROOT / "docs/glossary.md").read_text(), flags=re.MULTILINE
    )
    chinese, english = ([row[side] for row in rows if row[0] != "中文"] for side in (0, 1))

    assert len(chinese) > 50
    assert [word for word, times in Counter([*chinese, *english]).items() if times > 1] == []


def test_every_decision_is_in_the_index() -> None:
    decisions = ROOT / "docs/adr"

    files = sorted(path.name for path in decisions.glob("0*.md"))

    assert re.findall(r"\]\((0[^)]+)\)", (decisions / "README.md").read_text()) == files


def test_every_test_that_is_named_as_a_proof_is_there() -> None:
    named = re.findall(r"`(tests/[^`:]+\.py)::(?:\w+::)?(\w+)`", (ROOT / "docs/checks.md").read_text())

    assert len(named) > 30
    assert [name for path, name in named if f"def {name}(" not in (ROOT / path).read_text()] == []
