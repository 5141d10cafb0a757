"""What is asked of a topic, and what a caller said to it, point by point: values only."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Annotated, Any, Self

from pydantic import ConfigDict, Field, StringConstraints

from core.errors import FaultLine, Location
from core.typed import Typed
from tickets.kinds import Named

QUESTIONS_MOST, CHOICES_MOST = 12, 8
#: of the topic that was chosen, and of one that was chosen before it
POINTS_MOST = 2 * QUESTIONS_MOST
#: whoever calls need not know: it answers a question of any kind
UNKNOWN = "不清楚"

Name = Annotated[str, StringConstraints(min_length=1, max_length=60)]
Choice = Annotated[str, StringConstraints(min_length=1, max_length=20)]

_NUMBER = re.compile(r"\d{1,9}(\.\d{1,4})?")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class QuestionKind(Named):
    """What answers a question."""

    TEXT = "text", "文字"
    NUMBER = "number", "数字"
    DATE = "date", "日期"
    CHOICE = "choice", "选项"


class Question(Typed):
    """要问清的事: what an agent asks of a topic; its name is the label of a field of the form."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    name: Name
    kind: QuestionKind = QuestionKind.TEXT
    choices: list[Choice] = Field([], max_length=CHOICES_MOST)
    is_required: bool = False

    @classmethod
    def kept(cls, row: str | Mapping[str, Any]) -> Self:
        """As the database has it; before questions had kinds it was the bare name."""
        return cls(name=row) if isinstance(row, str) else cls.model_validate(row, strict=False)


class Point(Typed):
    """要点: what was said to one question, under the name that this had then."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    name: Name
    value: str = Field(max_length=200)


def question_faults(questions: Sequence[Question]) -> Iterator[FaultLine]:
    """Names are there once; what is chosen has something to choose from, and nothing else has."""
    named = Counter(question.name for question in questions)
    for place, question in enumerate(questions):
        at: Location = ("body", "questions", place)
        if named[question.name] > 1:
            yield (*at, "name"), "question_twice", f"“{question.name}”写了不止一次"
        if question.kind is QuestionKind.CHOICE and len(set(question.choices)) < 2:
            yield (*at, "choices"), "choices_missing", f"“{question.name}”请至少写两个不同的选项"
        if question.kind is not QuestionKind.CHOICE and question.choices:
            yield (*at, "choices"), "choices_unasked", f"“{question.name}”不是选项，不能写选项"


def point_faults(points: Sequence[Point], asked: Iterable[Question], *at: str) -> Iterator[FaultLine]:
    """What was said under another name than is asked now is kept as it is; `at`: where the points stand in the body."""
    said = {point.name: point.value for point in points}
    for question in asked:
        value = said.get(question.name, "")
        if value and value != UNKNOWN and not _answers(value, question):
            sentence = f"“{question.name}”{_SAID[question.kind]}，说不清的请填“{UNKNOWN}”"
            yield ("body", *at, "points", question.name), "point_malformed", sentence


def missing_points(points: Sequence[Point], asked: Iterable[Question], *at: str) -> Iterator[FaultLine]:
    """What has to be asked and was not."""
    said = {point.name for point in points if point.value}
    for question in asked:
        if question.is_required and question.name not in said:
            sentence = f"请问清“{question.name}”，说不清的请填“{UNKNOWN}”"
            yield ("body", *at, "points", question.name), "point_missing", sentence


def kept_points(points: Iterable[Point], before: Iterable[Mapping[str, str]] = ()) -> list[dict[str, str]]:
    """As a ticket keeps them: those that say something, and of `before` what is not said anew."""
    said = {row["name"]: row["value"] for row in before} | {point.name: point.value for point in points}
    return [{"name": name, "value": value} for name, value in said.items() if value]


def in_words(points: Iterable[Point | Mapping[str, str]]) -> str:
    """影响范围：一栋；影响几户：36"""
    return "；".join("{name}：{value}".format_map(dict(point)) for point in points)


_SAID = {
    QuestionKind.NUMBER: "请填数字",
    QuestionKind.DATE: "请填日期",
    QuestionKind.CHOICE: "请从选项中选",
}


def _answers(value: str, question: Question) -> bool:
    match question.kind:
        case QuestionKind.NUMBER:
            return _NUMBER.fullmatch(value) is not None
        case QuestionKind.DATE:
            return _is_day(value)
        case QuestionKind.CHOICE:
            return value in question.choices
    return True


def _is_day(value: str) -> bool:
    if not _DAY.fullmatch(value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True
