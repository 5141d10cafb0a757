"""The second way to what stands beside the headline: channels, the moment of rating, reasonable matters, formulas."""

from collections import Counter
from collections.abc import Iterable, Iterator

from sqlalchemy.orm import Session

from evaluation.classes.rules import ExclusionRule
from evaluation.rules import Channel, Subject
from evaluation.verdict import Answers
from indicators import raw_rows
from indicators.answers import answers, unit_answers
from indicators.elsewhere import elsewhere
from indicators.exclusions import with_exclusions
from indicators.given import given, given_by_channel, given_to_agents, given_to_units
from indicators.raw_reading import ALONE, ON_TICKETS, RawReading
from indicators.raw_rows import Matter
from indicators.satisfaction import Basis, Slice
from indicators.upheld import without_upheld

#: (figure, part, shown, recounted)
Pair = tuple[str, str, int, int]
_WEIGHTS = (20, 40, 40)
#: they count silence as an answer
_IMPUTING = {"default_good", "all_closed"}


def slices_again(rows: RawReading, rule: ExclusionRule) -> Iterator[Pair]:
    """Every number both ways, whether they agree or not."""
    for subject in ON_TICKETS:
        wanted, matters = Slice(rows.period, subject), rows.closed(subject)
        yield from _channels(rows.session, wanted, matters)
        yield from _formulas(rows, wanted, matters)
        yield from _by_rating(rows, Slice(rows.period, subject, basis=Basis.RATED), rows.rated(subject))
    for subject in ALONE:
        yield from _channels(rows.session, Slice(rows.period, subject), rows.closed(subject))
        yield from _alone(rows, Slice(rows.period, subject), rows.closed(subject))
        yield from _alone(rows, Slice(rows.period, subject, basis=Basis.RATED), rows.rated(subject))
    yield from _reasonable(rows, Slice(rows.period), rows.closed(Subject.HANDLING), rule)
    yield from _bad_before(rows, Slice(rows.period), rows.closed(Subject.HANDLING), rule)
    yield from _bad_before(rows, Slice(rows.period, basis=Basis.RATED), rows.rated(Subject.HANDLING), rule)
    yield from _upheld(rows, Slice(rows.period), rows.closed(Subject.HANDLING))
    yield from _upheld(rows, Slice(rows.period, basis=Basis.RATED), rows.rated(Subject.HANDLING))


def _channels(session: Session, wanted: Slice, matters: dict[int, Matter]) -> Iterator[Pair]:
    words = [word for matter in matters.values() if (word := matter.last_word())]
    shown = given_by_channel(session, wanted)
    for channel in Channel:
        levels = [word.level for word in words if word.channel == channel.value]
        counted = shown.get(channel)
        figure = f"{wanted.subject}/{channel}"
        yield figure, "n", counted.answered if counted else 0, len(levels)
        yield figure, "satisfied", counted.satisfied if counted else 0, _good(levels)


def _by_rating(rows: RawReading, wanted: Slice, matters: dict[int, Matter]) -> Iterator[Pair]:
    """By the moment of rating, in all and of each unit."""
    session, again = rows.session, dict[int, list[int]]()
    for ticket_id, matter in matters.items():
        again.setdefault(rows.unit_of(wanted.subject, ticket_id, matter), []).append(matter.level() or 0)
    total = given(session, wanted)
    figure = f"{wanted.subject} rated"
    yield figure, "n", total.answered, sum(map(len, again.values()))
    yield figure, "satisfied", total.satisfied, sum(map(_good, again.values()))
    shown = {line.unit_id or 0: line.answers for line in given_to_units(session, wanted)}
    for unit_id in sorted(shown.keys() | again.keys()):
        counted, levels = shown.get(unit_id), again.get(unit_id, [])
        yield f"{figure} of unit {unit_id}", "n", counted.answered if counted else 0, len(levels)
        yield f"{figure} of unit {unit_id}", "satisfied", counted.satisfied if counted else 0, _good(levels)


def _alone(rows: RawReading, wanted: Slice, matters: dict[int, Matter]) -> Iterator[Pair]:
    """Of each agent, or of each unit with windows; by the moment of rating there are answers only."""
    owners, again = rows.alone_owners(wanted.subject), dict[int, list[int | None]]()
    for matter_id, matter in matters.items():
        again.setdefault(owners[matter_id], []).append(matter.level())
    if wanted.subject is Subject.AGENT:
        shown = {line.person_id or 0: line.answers for line in given_to_agents(rows.session, wanted)}
    else:
        read = given_to_units if wanted.has_answers_only else unit_answers
        shown = {line.unit_id or 0: line.answers for line in read(rows.session, wanted)}
    every = [level for levels in again.values() for level in levels if level is not None]
    total = given(rows.session, wanted)
    yield f"{wanted.subject} {wanted.basis}", "n", total.answered, len(every)
    yield f"{wanted.subject} {wanted.basis}", "satisfied", total.satisfied, _good(every)
    for owner_id in sorted(shown.keys() | again.keys()):
        levels = [level for level in again.get(owner_id, []) if level is not None]
        counted, figure = shown.get(owner_id, Answers(0, 0, 0)), f"{wanted.subject} {wanted.basis} of {owner_id}"
        yield figure, "closed", counted.closed, len(again.get(owner_id, []))
        yield figure, "n", counted.answered, len(levels)
        yield figure, "satisfied", counted.satisfied, _good(levels)


def _reasonable(rows: RawReading, wanted: Slice, matters: dict[int, Matter], rule: ExclusionRule) -> Iterator[Pair]:
    """Of each unit: what may be left out, and what is left of its answers."""
    session, decided = rows.session, rows.classes
    levels: dict[int, list[int]] = {}
    classed: dict[int, list[int]] = {}
    for ticket_id, matter in matters.items():
        word = matter.last_word()
        if word is None:
            continue
        unit_id = word.unit_id
        levels.setdefault(unit_id, []).append(word.level)
        name, at = decided.get((ticket_id, word.round_no), ("", word.began))
        if name in {one.value for one in rule.classes} and at < word.began:
            classed.setdefault(unit_id, []).append(word.level)
    for line in with_exclusions(session, wanted, unit_answers(session, wanted), rule):
        if line.reasonable is None:
            continue
        unit_id = line.unit_id or 0
        given_levels, gone = levels.get(unit_id, []), classed.get(unit_id, [])
        most = min(len(gone), len(given_levels) * rule.cap.numerator // rule.cap.denominator)
        figure = f"reasonable of unit {unit_id}"
        yield figure, "classed", line.classed, len(gone)
        yield figure, "n", line.reasonable.answered, len(given_levels) - most
        yield figure, "satisfied", line.reasonable.satisfied, _good(given_levels) - min(_good(gone), most)


def _bad_before(rows: RawReading, wanted: Slice, matters: dict[int, Matter], rule: ExclusionRule) -> Iterator[Pair]:
    """Of each unit: bad answers of rounds that a later one's has replaced."""
    again: Counter[int] = Counter()
    for matter in matters.values():
        last = matter.last_word()
        again.update(
            word.unit_id for word in matter.words() if last and word.round_no != last.round_no and word.level < 3
        )
    lines = (given_to_units if wanted.has_answers_only else unit_answers)(rows.session, wanted)
    shown = {line.unit_id or 0: line.bad_before for line in with_exclusions(rows.session, wanted, lines, rule)}
    for unit_id in sorted(shown.keys() | again.keys()):
        yield f"bad before of unit {unit_id} {wanted.basis}", "n", shown.get(unit_id, 0), again[unit_id]


def _upheld(rows: RawReading, wanted: Slice, matters: dict[int, Matter]) -> Iterator[Pair]:
    """剔除误评后: what is left of the answers."""
    left = [
        word.level
        for ticket_id, matter in matters.items()
        if (word := matter.last_word()) and (ticket_id, word.round_no, word.at, word.level) not in rows.upheld
    ]
    headline = given(rows.session, wanted) if wanted.has_answers_only else answers(rows.session, wanted)
    shown = without_upheld(rows.session, wanted, headline)
    yield f"upheld left out {wanted.basis}", "n", shown.answered, len(left)
    yield f"upheld left out {wanted.basis}", "satisfied", shown.satisfied, _good(left)


def _formulas(rows: RawReading, wanted: Slice, matters: dict[int, Matter]) -> Iterator[Pair]:
    """By hand, each as its words say."""
    words = [word for matter in matters.values() if (word := matter.last_word())]
    levels, silent = [word.level for word in words], len(matters) - len(words)
    every = [word.level for matter in matters.values() for word in matter.words()]
    called = [word.level for word in words if word.channel == "callback"]
    again = {
        "default_good": [(_good(levels) + silent, len(matters))],
        "all_closed": [(_good(levels), len(matters))],
        "jiangsu": [(_good(every), len(every))],
        "callback": [(_good(called), len(called))],
        "without_fairly": [(sum(level > 3 for level in levels), len(levels))],
        "three_rates": _three_rates(rows, wanted, matters),
    }
    for one in elsewhere(rows.session, wanted, weights=_WEIGHTS):
        formula = one.definition.formula.value
        yield f"{wanted.subject} {formula}", "imputed", one.imputed, silent if formula in _IMPUTING else 0
        for share, (numerator, n) in zip(one.shares, again[formula], strict=True):
            yield f"{wanted.subject} {formula} {share.name}", "numerator", share.numerator, numerator
            yield f"{wanted.subject} {formula} {share.name}", "n", share.n, n


def _three_rates(rows: RawReading, wanted: Slice, matters: dict[int, Matter]) -> list[tuple[int, int]]:
    levels = [level for matter in matters.values() if (level := matter.level()) is not None]
    responded = len(rows.responded & matters.keys())
    said = raw_rows.solved(rows.session, wanted.subject)
    solved = Counter(said[key] for key in matters if said.get(key) is not None)
    return [(responded, len(matters)), (solved[True], solved.total()), (_good(levels), len(levels))]


def _good(levels: Iterable[int]) -> int:
    return sum(level > 2 for level in levels)
