"""Every line of the reactions table leads to a job that exists and takes what it is given."""

import inspect
import json
from dataclasses import fields
from typing import Any

import pytest

from app.kinds import import_all_jobs
from app.reactions import REACTIONS
from core.events import Event, Reaction
from core.jobs import known_kinds
from sms.events import SmsDelivered, SmsFailed

LINES = [(event, reaction) for event, reactions in REACTIONS.items() for reaction in reactions]


def some(event: type[Event]) -> Any:
    """An event of this kind with any values."""
    return event(**dict.fromkeys((field.name for field in fields(event)), 1))


@pytest.mark.parametrize(("event", "reaction"), LINES, ids=[f"{e.__name__}-{r.kind}" for e, r in LINES])
def test_a_reaction_gives_its_job_exactly_what_it_takes(event: type[Event], reaction: Reaction) -> None:
    import_all_jobs()
    news = some(event)

    function = known_kinds()[reaction.kind].function
    arguments = reaction.arguments(news)

    inspect.signature(function).bind(None, **arguments)
    assert json.loads(json.dumps(arguments)) == arguments


@pytest.mark.parametrize(("event", "reaction"), LINES, ids=[f"{e.__name__}-{r.kind}" for e, r in LINES])
def test_keys_of_a_reaction_fit_their_columns(event: type[Event], reaction: Reaction) -> None:
    news = some(event)

    assert len(reaction.key(news) or "") <= 200
    assert len(reaction.order_key(news) or "") <= 200


@pytest.mark.parametrize(
    ("template", "follows"),
    [
        ("rating", ["evaluation.note_delivered"]),
        ("rating_reminder", ["evaluation.note_delivered"]),
        ("rating_repair", ["evaluation.note_delivered"]),
        ("terminated", ["tickets.note_end_delivered"]),
        ("transferred", ["tickets.note_end_delivered"]),
        ("rating_echo", []),
        ("unit_notice", []),
        ("material", []),
    ],
)
def test_a_delivered_sms_queues_only_what_its_sender_waits_for(template: str, follows: list[str]) -> None:
    news = SmsDelivered(1, template)

    assert [line.kind for line in REACTIONS[SmsDelivered] if line.concerns(news)] == follows


@pytest.mark.parametrize(
    ("template", "follows"),
    [
        ("rating", ["evaluation.hand_to_person"]),
        ("unit_notice", ["tickets.note_sms_failed"]),
        ("rejected", ["tickets.note_end_failed"]),
        ("rating_closed", []),
    ],
)
def test_an_sms_that_failed_is_told_to_its_sender_alone(template: str, follows: list[str]) -> None:
    news = SmsFailed(1, template, "landline")

    assert [line.kind for line in REACTIONS[SmsFailed] if line.concerns(news)] == follows
