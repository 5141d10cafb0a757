"""Kill -9 of server and worker while many citizens are asked by SMS: each is asked once, and what is unsure is told."""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.reactions import REACTIONS
from core.audit import AUDIT_CHAIN
from core.clock import SystemClock
from core.database import Database
from core.jobs import count_jobs
from core.jobs.model import JobRow
from evaluation.ledger import LEDGER_CHAIN
from evaluation.model import Invitation
from sms.model import HandOver, Message
from sms.rules import MessageState, Settled
from tests.sms.serving import running
from tests.system.invitations import (
    Processes,
    StumblingTwilio,
    audit_answers,
    handle_tickets,
    phone_of,
    processes,
    site_of_twilio,
)
from tests.system.rabbitmq import Rabbit, free_port
from tests.system.server import running_server, running_worker
from tests.system.test_kill_server import ledger_kinds, until_sealed, walked
from tests.system.walk import ask, log_in, token_of
from tests.tickets.making import City

#: how often a message of unknown outcome is asked about: after 1, 2 and 4 seconds
ASK_TIMES = 3
#: jobs that a worker has under way at once: a blow may strike so many messages in its hands
AT_ONCE = 8
KILLED = (("server",), ("worker",), ("server", "worker"))
SETTLES_WITHIN_S = 180


@pytest.mark.timeout(3600)
@pytest.mark.needs("rabbitmq")
@pytest.mark.parametrize("template", ["postgresql"], indirect=True)
@pytest.mark.parametrize(("many", "kills"), [(500, 5), pytest.param(10_000, 30, marks=pytest.mark.long)])
def test_each_citizen_is_asked_once_whatever_dies_meanwhile(
    open_database: Callable[..., Database],
    database_url: str,
    tmp_path: Path,
    rabbitmq: Rabbit,
    many: int,
    kills: int,
) -> None:
    quiet, database = open_database(), open_database(reactions=REACTIONS)
    city, now = quiet.write(City), SystemClock().now()
    quiet.write(log_in, city.supervisor, now)
    tickets = handle_tickets(quiet, city, many, now=now)
    portions = [tickets[n :: kills + 1] for n in range(kills + 1)]

    with running(StumblingTwilio()) as twin, house(database_url, tmp_path, rabbitmq, twin) as town:
        audit = partial(audit_answers, database, city, now=now)
        blows = struck_while_sending(town, twin, portions, audit, seed=kills)
        until_settled(database, many)
        unsure = database.read(phones_unsure)
        say_they_did_not_leave(town, database, city)
        until_settled(database, many)
        until_sealed(database)
        delivered = set(twin.delivered)

    assert town.kills == len(blows) == kills
    assert all(0 < accepted < asked_for < many for accepted, asked_for in blows)
    assert [accepted for accepted, _ in blows] == sorted({accepted for accepted, _ in blows})
    asked = Counter(message.to.removeprefix("+86") for message in twin.kept)
    assert [phone for phone, times in asked.items() if times > 1] == []
    assert set(asked) | unsure == {phone_of(n) for n in range(many)}
    assert not set(asked) & unsure
    assert len(unsure) <= kills * AT_ONCE
    assert database.read(provider_ids, MessageState.DELIVERED) >= delivered
    assert_one_hand_over_each(database, many)
    stands = database.read(invitations_by_state)
    assert (stands["invited"], stands["undelivered"]) == (many - len(unsure), len(unsure))
    assert Counter(database.read(ledger_kinds)) == {"invitation": many}
    assert database.read(count_jobs).dead == 0
    for chain in (LEDGER_CHAIN, AUDIT_CHAIN):
        found = walked(database, chain)
        assert (found.holds, found.unsealed) == (True, 0)


def assert_one_hand_over_each(database: Database, many: int) -> None:
    """And it is known of each that was unknown how that was found out."""
    handed = database.read(lambda session: session.scalars(select(HandOver)).all())
    assert Counter(one.n for one in handed) == {1: many}
    assert {one.settled for one in handed if one.was_unknown} >= {Settled.ASKED, Settled.REPORTED}
    assert all(one.settled is not None for one in handed if one.was_unknown)


@contextmanager
def house(database_url: str, folder: Path, rabbitmq: Rabbit, twin: StumblingTwilio) -> Iterator[Processes]:
    """Server and worker of a site that sends through this Twilio."""
    port = free_port()
    environment = site_of_twilio(database_url, folder, port, twin) | {
        "HOTLINE_BROKER__URL": rabbitmq.url,
        "HOTLINE_BROKER__QUEUE": f"invitations-{port}",
        "HOTLINE_BROKER__THREADS": str(AT_ONCE),
        "HOTLINE_SMS__ASK_TIMES": str(ASK_TIMES),
        "HOTLINE_SMS__REST_S": "1",
    }
    serve = partial(running_server, ["serve", "--port", str(port)], port=port, folder=folder, environment=environment)
    worker = partial(running_worker, folder=folder, environment=environment)
    with processes(server=serve, worker=worker) as town:
        yield town


def struck_while_sending(
    town: Processes, twin: StumblingTwilio, portions: list[list[int]], audit: Callable[[list[int]], None], *, seed: int
) -> list[tuple[int, int]]:
    """A blow among the messages of each portion but the last; how many citizens were to be asked then, and were."""
    dice, asked_for, blows = random.Random(seed), 0, []
    for n, portion in enumerate(portions[:-1]):
        audit(portion)
        at = asked_for + int(dice.uniform(0.05, 0.7) * len(portion)) + 1
        asked_for += len(portion)
        until(lambda: len(twin.kept) >= at, within_s=SETTLES_WITHIN_S)  # noqa: B023
        time.sleep(dice.uniform(0, 0.05))
        town.strike(KILLED[n % len(KILLED)])
        blows.append((len(twin.kept), asked_for))
        town.stand_up()
    audit(portions[-1])
    return blows


def until(is_done: Callable[[], bool], *, within_s: float, every_s: float = 0.005) -> None:
    ends = time.monotonic() + within_s
    while not is_done():
        assert time.monotonic() < ends, "it never happened"
        time.sleep(every_s)


def until_settled(database: Database, many: int) -> None:
    until(lambda: database.read(is_settled, many), within_s=SETTLES_WITHIN_S, every_s=0.5)


def is_settled(session: Session, many: int) -> bool:
    """Each citizen has a message that was handed over, nothing is asked about any more, and no job is due."""
    moves = or_(
        Message.state.in_([MessageState.WAITING, MessageState.HANDING]),
        (Message.state == MessageState.UNKNOWN) & (Message.asked < ASK_TIMES),
    )
    due = JobRow.done_at.is_(None) & JobRow.dead_at.is_(None) & (JobRow.due_at <= SystemClock().now())
    return (
        session.scalar(select(func.count()).select_from(Message)) == many
        and not session.scalar(select(func.count()).where(moves))
        and not session.scalar(select(func.count()).where(due))
    )


def phones_unsure(session: Session) -> set[str]:
    """Those of whose message nobody knows whether it left."""
    return set(session.scalars(select(Message.phone).where(Message.state == MessageState.UNKNOWN)))


def say_they_did_not_leave(town: Processes, database: Database, city: City) -> None:
    """As a person does who has looked at the provider's own pages."""
    of_unsure = select(Message.id).where(Message.state == MessageState.UNKNOWN)
    for message_id in database.read(lambda session: list(session.scalars(of_unsure))):
        path, body = f"/api/sms/messages/{message_id}/not-sent", {"reason": "运营商后台无此短信"}
        status, said = ask(town.url, "POST", path, token=token_of(city.supervisor), body=body)
        assert status == 200, said


def provider_ids(session: Session, state: MessageState) -> set[str | None]:
    return set(session.scalars(select(Message.provider_id).where(Message.state == state)))


def invitations_by_state(session: Session) -> Counter[str]:
    return Counter(str(state.value) for state in session.scalars(select(Invitation.state)))
