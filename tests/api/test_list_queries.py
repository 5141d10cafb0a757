"""What the page asks of the ticket list."""

from typing import Any

import pytest

from staff.rules import Actor, Role
from web.tickets import ListQuery


@pytest.mark.parametrize(
    "narrower",
    [
        {"state": ["closed"]},
        {"type": ["praise"]},
        {"urgency": ["urgent"]},
        {"unit_id": 1},
        {"topic_id": 1},
        {"due": "over"},
        {"mine": True},
        {"repair": True},
        {"drawn": True},
        {"untold": True},
        {"auto": True},
        {"since": "2026-10-01T00:00:00Z"},
        {"until": "2026-10-01T00:00:00Z"},
    ],
)
def test_words_alone_are_read_off_their_index_newest_first_and_among_other_filters_not(
    narrower: dict[str, Any],
) -> None:
    by = Actor(1, "李明", "A012", frozenset({Role.AGENT}), unit_id=1)
    alone = ListQuery.model_validate({"q": "暖气"})
    narrowed = ListQuery.model_validate({"q": "暖气", **narrower})

    assert not alone.filters(by, ["暖气"]).is_narrow
    assert narrowed.filters(by, ["暖气"]).is_narrow
