"""The kept million is brought to a newer schema, and loaded again only when it would be another one."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from bench.kept import Loaded, generator, noted
from core import migrate


def note(folder: Path, **changes: object) -> Path:
    """What was written down of a load by this program, to all of its revisions."""
    told = Loaded(generator(), migrate.chain(), "2026-10-13T01:00:00+00:00", 900.0, {}, ["暖气"])
    path = folder / "loaded.json"
    path.write_text(json.dumps(asdict(told) | changes))
    return path


@pytest.mark.parametrize("revisions", [migrate.chain(), migrate.chain()[:-1]])
def test_what_was_loaded_with_this_or_an_older_schema_is_kept(tmp_path: Path, revisions: list[str]) -> None:
    loaded = noted(note(tmp_path, revisions=revisions))

    assert loaded is not None
    assert loaded.revisions == revisions


@pytest.mark.parametrize(
    "changes",
    [
        {"generator": "another"},
        {"revisions": [*migrate.chain(), "9999"]},
        {"revisions": [*migrate.chain()[:-2], migrate.chain()[-1]]},
    ],
)
def test_another_generator_or_a_schema_that_does_not_lead_here_is_loaded_again(
    tmp_path: Path, changes: dict[str, object]
) -> None:
    assert noted(note(tmp_path, **changes)) is None


def test_nothing_kept_is_loaded(tmp_path: Path) -> None:
    assert noted(tmp_path / "loaded.json") is None
