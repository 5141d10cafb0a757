"""What a recount reads of one period, each table once, since there are millions of rows."""

from collections.abc import Iterator
from datetime import datetime
from functools import cached_property

from sqlalchemy.orm import Session

from evaluation.rules import Subject
from indicators import raw_rows
from indicators.periods import Period
from indicators.raw_rows import Matter

ON_TICKETS = (Subject.HANDLING, Subject.DIRECT)
#: without a question of ours: whose each is
ALONE = {Subject.AGENT: "person", Subject.COUNTER: "unit"}


class RawReading:
    """Raw rows of one period, read when they are first asked for."""

    def __init__(self, session: Session, period: Period) -> None:
        self.session, self.period = session, period
        self._closed: dict[Subject, dict[int, Matter]] = {}
        self._rated: dict[Subject, dict[int, Matter]] = {}
        self._owners: dict[Subject, dict[int, int]] = {}
        self._silent_of: dict[Subject, dict[int, int]] = {}

    def closed(self, subject: Subject) -> dict[int, Matter]:
        """Closed in the period; or not closed, and last rated in it."""
        if subject not in self._closed:
            read = {Subject.AGENT: raw_rows.rated_calls, Subject.COUNTER: raw_rows.counter_matters}.get(subject)
            self._closed[subject] = (
                read(self.session, self.period)
                if read is not None
                else raw_rows.closed_tickets(self.session, self.period, subject)
            )
        return self._closed[subject]

    def rated(self, subject: Subject) -> dict[int, Matter]:
        """Whatever became of the ticket: its last word was said in the period."""
        if subject not in self._rated:
            read = raw_rows.alone_rated_in if subject in ALONE else raw_rows.matters_rated_in
            self._rated[subject] = read(self.session, self.period, subject)
        return self._rated[subject]

    @cached_property
    def owners(self) -> dict[int, tuple[int, int]]:
        """(unit, topic) of every ticket, 0 where there is none."""
        return raw_rows.owners(self.session)

    @cached_property
    def responded(self) -> set[int]:
        """Tickets of which the unit reached the citizen and answered within the limit."""
        return raw_rows.responded(self.session)

    @cached_property
    def upheld(self) -> set[tuple[int, int, datetime, int]]:
        """Answers whose appeal was upheld, as `raw_rows.upheld` tells them."""
        return raw_rows.upheld(self.session)

    def unit_of(self, subject: Subject, ticket_id: int, matter: Matter) -> int:
        """The one that was rated; of silence the one that was asked about, else the one that has the ticket."""
        if (word := matter.last_word()) is not None:
            return word.unit_id
        if subject not in self._silent_of:
            self._silent_of[subject] = raw_rows.silent_of(self.session, subject)
        return self._silent_of[subject][ticket_id]

    def counted(self) -> Iterator[tuple[str, int, int, str]]:
        """(kind, ticket, unit, part) for all that a ticket adds to a count."""
        session, period = self.session, self.period
        for kind, read in (("standing", raw_rows.standing_tickets), ("due", raw_rows.due_tickets)):
            yield from ((kind, ticket_id, self.owners[ticket_id][0], part) for ticket_id, part in read(session, period))
        for subject in ON_TICKETS:
            questions = raw_rows.questions(session, subject)
            for ticket_id, matter in self.closed(subject).items():
                level, place = matter.level(), (subject, ticket_id, self.unit_of(subject, ticket_id, matter))
                yield *place, "silent" if level is None else "satisfied" if level > 2 else "dissatisfied"
                state, has_arrived = questions.get(ticket_id, ("not_invited", False))
                yield *place, state
                if has_arrived:
                    yield *place, "delivered"
            yield from self._said(subject)

    @cached_property
    def classes(self) -> dict[tuple[int, int], tuple[str, datetime]]:
        """(ticket, round) → the class that stands and when it was decided."""
        return raw_rows.classes(self.session)

    def _classed(self, subject: Subject, ticket_id: int, matter: Matter) -> Iterator[tuple[int, str]]:
        """As what it counts if its class was decided before the round was rated."""
        word = matter.last_word()
        if word is None or subject is not Subject.HANDLING:
            return
        name, at = self.classes.get((ticket_id, word.round_no), ("", word.began))
        if at < word.began:
            yield word.unit_id, f"classed.{name}.{word.channel}.{word.level}"

    def _said(self, subject: Subject) -> Iterator[tuple[str, int, int, str]]:
        solved = raw_rows.solved(self.session, subject)
        for ticket_id, matter in self.closed(subject).items():
            said = f"{subject}_said"
            yield from ((said, ticket_id, unit_id, part) for unit_id, part in _words(matter))
            yield from ((said, ticket_id, unit_id, part) for unit_id, part in self._classed(subject, ticket_id, matter))
            place = said, ticket_id, self.unit_of(subject, ticket_id, matter)
            if ticket_id in self.responded:
                yield *place, "responded"
            if (is_solved := solved.get(ticket_id)) is not None:
                yield *place, "solved" if is_solved else "unsolved"
        for ticket_id, matter in self.rated(subject).items():
            told = f"{subject}_rated"
            yield from ((told, ticket_id, unit_id, part) for unit_id, part in _words(matter))
            yield from ((told, ticket_id, unit_id, part) for unit_id, part in self._classed(subject, ticket_id, matter))

    def counted_alone(self) -> Iterator[tuple[str, str, int, str]]:
        """(kind, scope, owner, part) for all that a call or a matter at a window adds to a count of its owner."""
        at_windows = raw_rows.asked_at_windows(self.session)
        for subject, scope in ALONE.items():
            owners = self.alone_owners(subject)
            for matter_id, matter in self.closed(subject).items():
                word, said = matter.last_word(), f"{subject}_said"
                yield said, scope, owners[matter_id], f"{word.channel}.{word.level}" if word else "silent"
                if subject is Subject.AGENT or word or matter_id in at_windows:
                    yield said, scope, owners[matter_id], "asked"
            for matter_id, matter in self.rated(subject).items():
                yield from ((f"{subject}_rated", scope, owners[matter_id], part) for _, part in _words(matter))

    def alone_owners(self, subject: Subject) -> dict[int, int]:
        """Of each call or matter."""
        if subject not in self._owners:
            self._owners[subject] = raw_rows.alone_owners(self.session, subject)
        return self._owners[subject]


def _words(matter: Matter) -> Iterator[tuple[int, str]]:
    """(unit, part): by the way of the last one, to which those of the rounds before are added, each of its own unit."""
    last = matter.last_word()
    if last is None:
        return
    yield last.unit_id, f"{last.channel}.{last.level}"
    for word in matter.words():
        if word.round_no != last.round_no:
            yield word.unit_id, f"again.{last.channel}.{word.level}"
