"""A town whose tickets and ratings go up, and the exchange that takes them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from core.database import Database
from evaluation.submissions.actions import begin_reading, plan_submissions
from evaluation.submissions.exchange import Exchange, HttpExchange
from evaluation.submissions.model import Submission, SubmissionLine
from evaluation.submissions.queries import lines_of
from evaluation.submissions.rules import Happening, RecordKind, SubmissionState
from evaluation.submissions.settings import SubmissionOffice
from staff.rules import Actor
from tests.evaluation.mending import Town
from tests.submissions.exchange_twin import KEY, KEY_ID, Direct, Mood, Twin, TwinServer

CITY = "220300"


class Province:
    """`town` is the city; its office carries records to `twin`."""

    def __init__(self, town: Town) -> None:
        self.town, self.twin = town, Twin(town.clock)
        self.carry_by(Direct(self.twin))
        town.database.write(begin_reading)

    @property
    def database(self) -> Database:
        return self.town.database

    @property
    def supervisor(self) -> Actor:
        return self.town.town.supervisor

    def connect(self, server: TwinServer, *, key: bytes = KEY, timeout_s: float = 5) -> None:
        """Over the network from now on."""
        self.carry_by(HttpExchange(server.url, key_id=KEY_ID, key=key, timeout_s=timeout_s))

    def carry_by(self, exchange: Exchange | None) -> None:
        self.office = SubmissionOffice(exchange, CITY)
        self.town.other_services[SubmissionOffice] = self.office

    def will(self, *moods: Mood) -> None:
        self.twin.moods.extend(moods)

    def registered(self, **changes: object) -> tuple[int, str]:
        """Id and number of a ticket that somebody has just registered."""
        now = self.town.clock.now()

        def register(session: Any) -> tuple[int, str]:
            ticket = type(self.town.town).session_of(session, self.town.town).registered(now, **changes)
            return ticket.id, ticket.number

        made: tuple[int, str] = self.database.write(register)
        return made

    def minute(self, n: int = 1) -> None:
        """So many minutes go by, and the queue does its work in each."""
        for _ in range(n):
            self.database.write(plan_submissions, now=self.town.clock.now())
            self.town.wait(minutes=1)

    def records(self) -> Sequence[Submission]:
        """Oldest first."""
        return self.database.read(lambda session: session.scalars(select(Submission).order_by(Submission.id)).all())

    def states(self) -> list[tuple[RecordKind, SubmissionState]]:
        return [(record.kind, record.state) for record in self.records()]

    def kinds(self) -> list[RecordKind]:
        return [record.kind for record in self.records()]

    def only(self) -> Submission:
        (record,) = self.records()
        return record

    def story(self, record: Submission) -> list[Happening]:
        return [line.what for line in self.lines(record)]

    def lines(self, record: Submission) -> Sequence[SubmissionLine]:
        return self.database.read(lines_of, record.id)

    def act(self, step: Any, *args: Any, by: Actor | None = None, **kwargs: Any) -> Any:
        return self.database.write(step, *args, by=by or self.supervisor, now=self.town.clock.now(), **kwargs)
