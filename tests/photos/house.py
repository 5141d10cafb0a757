"""A small city for tests of photos: its people are logged in, and what they send and may see."""

import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.audit import AuditRow
from core.database import Database
from staff.actions import Attempt, finish_log_in
from staff.rules import Actor
from staff.tokens import token_hash
from tests.api.test_access import SetClock
from tests.intake.serving import Client
from tests.photos.making import photo
from tests.tickets.making import City
from tickets.actions.registration import open_draft
from tickets.model import HistoryLine


def headers(token: str) -> dict[str, str]:
    return {"Cookie": f"hotline={token}", "X-CSRF-Token": f"csrf-{token}", "Content-Type": "application/octet-stream"}


def log_in(session: Session, actor: Actor, token: str, now: datetime) -> None:
    attempt = Attempt(id=0, person_id=actor.person_id, password_hash="")
    finish_log_in(
        session, attempt, token_hash=token_hash(token), csrf_token=f"csrf-{token}", address="127.0.0.1", now=now
    )


class House:
    """A city whose people are logged in, with a ticket that the heating company works on."""

    def __init__(self, database: Database, clock: SetClock) -> None:
        self.database, self.clock, self.now = database, clock, clock.now()
        self.city = city = database.write(City)
        people = {
            "agent": city.agent, "dispatcher": city.dispatcher, "officer": city.officer, "roads": city.roads_officer
        }  # fmt: skip
        for token, actor in people.items():
            database.write(log_in, actor, token, self.now)

    def ticket(self, **changes: object) -> str:
        def signed(session: Session) -> str:
            return City.session_of(session, self.city).signed(self.now, **changes).number

        return self.database.write(signed)

    def draft(self, person_id: int | None) -> int:
        return self.database.write(
            lambda session: open_draft(session, call_id=None, person_id=person_id, now=self.now).id
        )

    def looks(self) -> list[tuple[str, str]]:
        rows = self.database.read(lambda session: session.scalars(select(AuditRow).order_by(AuditRow.id)).all())
        return [(row.action, row.object_id) for row in rows]

    def lines(self, action: str) -> Sequence[HistoryLine]:
        of_it = select(HistoryLine).where(HistoryLine.action == action).order_by(HistoryLine.id)
        return self.database.read(lambda session: session.scalars(of_it).all())


async def added(client: Client, path: str, content: bytes = b"", who: str = "agent") -> Any:
    return await client.post(f"/api{path}/photos", data=io.BytesIO(content or photo()), headers=headers(who))


async def statuses(client: Client, photo_id: int, who: str) -> list[int]:
    paths = (f"/api/photos/{photo_id}", f"/api/photos/{photo_id}/thumbnail")
    return [(await client.get(path, headers=headers(who))).status for path in paths]
