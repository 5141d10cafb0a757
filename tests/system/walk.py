"""One matter from registration to rating over the real server's API, whatever happens to the server meanwhile."""

import json
import random
import re
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import datetime, timedelta
from http.client import HTTPException
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.calendar import SHANGHAI
from core.database import Database
from evaluation.model import Invitation, Rating
from sms.model import Message
from staff.actions import Attempt, finish_log_in
from staff.rules import Actor
from staff.tokens import token_hash
from tests.system.server import Server
from tests.tickets.making import REPLY_TEXT, TEXT, City
from tickets.model import Ticket

WITHIN_S = 90
#: The citizen's phones, one a matter: a phone has one open request at a time.
PHONES = [f"1381234{n:04}" for n in range(1000, 1010)]
TRANSPORT = (urllib.error.URLError, HTTPException, ConnectionError, TimeoutError)


class Fate:
    """The process under test, server or worker: killed when told, started again as a supervisor would."""

    def __init__(self, start: Callable[[], AbstractContextManager[Server]], seed: int) -> None:
        self.random = random.Random(seed)
        self.kills = 0
        self._start = start
        self._stack = ExitStack()
        self._timer: threading.Timer | None = None
        self.process = self._stack.enter_context(start())

    def strike(self, within_s: float) -> None:
        """Kill -9 at some moment of the next `within_s` seconds."""
        self._timer = threading.Timer(self.random.uniform(0, within_s), self._kill)
        self._timer.start()

    def _kill(self) -> None:
        self.kills += 1
        self.process.kill()

    def stand_up(self) -> None:
        """Start it again if it is dead."""
        if self._timer is not None:
            self._timer.join()
            self._timer = None
        if self.process.process.poll() is not None:
            self._stack.close()
            self.process = self._stack.enter_context(self._start())

    def close(self) -> None:
        self.stand_up()
        self._stack.close()


def ask(url: str, method: str, path: str, *, token: str = "", body: dict[str, Any], key: str = "") -> tuple[int, str]:
    """One request as a browser sends it: status and text.  Raises one of TRANSPORT."""
    headers = {"Cookie": f"hotline={token}", "X-CSRF-Token": f"csrf-{token}"} if token else {}
    content = urllib.parse.urlencode(body).encode()
    if path.startswith("/api"):
        content, headers["Content-Type"] = json.dumps(body).encode(), "application/json"
    if key:
        headers["Idempotency-Key"] = key
    request = urllib.request.Request(url + path, data=content, method=method, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, refusal.read().decode()


class Walk:
    """One matter, carried from registration to rating whatever happens to the server."""

    def __init__(self, fate: Fate, url: str, database: Database, city: City, phone: str) -> None:
        self.fate, self.url, self.database, self.city, self.phone = fate, url, database, city, phone

    def until(self, is_done: Callable[[], bool], act: Callable[[], object] = lambda: None, *, within_s: float) -> None:
        """Repeat `act` until it is done, with one kill -9 within the first `within_s` seconds."""
        self.fate.strike(within_s)
        ends = time.monotonic() + WITHIN_S
        while True:
            try:
                if is_done():
                    break
                act()
            except TRANSPORT:
                self.fate.stand_up()
            if self.fate.process.process.poll() is not None:
                self.fate.stand_up()
            assert time.monotonic() < ends, f"it never happened; it said:\n{self.fate.process.log.read_text()[-3000:]}"
            time.sleep(0.1)
        self.fate.stand_up()

    def post(self, actor: Actor, path: str, body: dict[str, Any], *, key: str = "") -> tuple[int, str]:
        return ask(self.url, "POST", f"/api{path}", token=token_of(actor), body=body, key=key)

    def state(self, number: str) -> str:
        return self.database.read(state_of, number)

    def form(self) -> dict[str, Any]:
        return {
            "text": TEXT,
            "place_id": self.city.nanhu.id,
            "type": "help",
            "topic_id": self.city.topic.id,
            "caller_name": "张三",
            "phone": self.phone,
            "title": "南湖小区暖气不热",
        }

    def register(self) -> str:
        """A ticket without a call; its number."""
        numbers: list[str] = []

        def create() -> None:
            status, text = self.post(
                self.city.agent, "/tickets", {"form": self.form(), "source": "phone"}, key=f"walk {self.phone}"
            )
            if status == 201:
                numbers.append(json.loads(text)["number"])

        self.until(lambda: bool(numbers), create, within_s=0.05)
        return numbers[0]

    def run(self) -> str:
        """The whole way; the ticket's number."""
        number = self.register()
        city = self.city
        self.until(lambda: self.state(number) in {"to_dispatch", "dispatched"}, within_s=3)
        if self.state(number) == "to_dispatch":
            self.act(number, "dispatched", city.dispatcher, "dispatch", {"unit_id": city.heating.id})
        self.act(number, "in_progress", city.officer, "sign", {})
        reply = {"result": "solved", "text": REPLY_TEXT, "contact": "call", "handler": "赵六"}
        self.act(number, "replied", city.officer, "reply", {"form": reply})
        self.act(number, "to_callback", city.auditor, "audit", {"passed": True})
        self.until(lambda: self.database.read(messages_to, self.phone, state="submitted", least=1), within_s=2)
        self.rate(number)
        self.until(lambda: self.state(number) == "closed", within_s=1)
        return number

    def act(self, number: str, wanted: str, actor: Actor, action: str, body: dict[str, Any]) -> None:
        self.until(
            lambda: self.state(number) == wanted,
            lambda: self.post(actor, f"/tickets/{number}/{action}", body),
            within_s=0.05,
        )

    def rate(self, number: str) -> None:
        """As the citizen does: code and tail, then the level."""
        code = self.database.read(code_for, number)
        nonce: list[str] = []

        def press() -> None:
            status, page = ask(self.url, "POST", "/r", body={"code": code, "tail": self.phone[-4:]})
            found = re.search(r'name="nonce" value="([0-9a-f]+)"', page)
            action = re.search(r'action="(/r/[^"]+)"', page)
            assert status == 200, page
            if found and action:
                nonce[:] = nonce or [found[1]]
                ask(self.url, "POST", action[1], body={"level": "4", "nonce": nonce[0]})

        self.until(lambda: self.database.read(is_rated, number), press, within_s=0.1)


def token_of(actor: Actor) -> str:
    return f"token-{actor.staff_number}"


def state_of(session: Session, number: str) -> str:
    return str(session.scalars(select(Ticket.state).where(Ticket.number == number)).one())


def messages_to(session: Session, phone: str, *, state: str, least: int) -> bool:
    n = session.scalar(select(func.count()).where(Message.phone == phone, Message.state == state)) or 0
    return n >= least


def code_for(session: Session, number: str) -> str:
    return session.scalars(select(Invitation.code).join(Ticket).where(Ticket.number == number)).one()


def is_rated(session: Session, number: str) -> bool:
    return session.scalar(select(Rating.id).join(Ticket).where(Ticket.number == number)) is not None


def log_all_in(session: Session, city: City, now: datetime) -> None:
    for actor in (city.agent, city.dispatcher, city.officer, city.auditor):
        log_in(session, actor, now)


def log_in(session: Session, actor: Actor, now: datetime) -> None:
    finish_log_in(
        session,
        Attempt(id=0, person_id=actor.person_id, password_hash=""),
        token_hash=token_hash(token_of(actor)),
        csrf_token=f"csrf-{token_of(actor)}",
        address="127.0.0.1",
        now=now,
    )


def site(database_url: str, folder: Path) -> dict[str, str]:
    """The environment of a site without telephones; its quiet hours are twelve hours away from now."""
    now = datetime.now(SHANGHAI)
    return {
        "HOTLINE_DATABASE__URL": database_url,
        "HOTLINE_DATA_FOLDER": str(folder / "data"),
        "HOTLINE_TELEPHONY__IS_ENABLED": "false",
        "HOTLINE_SMS__QUIET_FROM": f"{now + timedelta(hours=12):%H:%M:00}",
        "HOTLINE_SMS__QUIET_UNTIL": f"{now + timedelta(hours=12, minutes=1):%H:%M:00}",
        "HOTLINE_SMS__ASK_AFTER_S": "1",
        "HOTLINE_JOBS__LEASE_S": "3",
    }


@contextmanager
def struck(start: Callable[[], AbstractContextManager[Server]], seed: int) -> Iterator[Fate]:
    """A process that dies and rises until the block ends."""
    fate = Fate(start, seed)
    try:
        yield fate
    finally:
        fate.close()
