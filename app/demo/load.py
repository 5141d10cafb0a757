"""Loads the demo city into a fresh database: founds it, then plays 60 days of calls and tickets in simulated time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.demo import bulletins, halls, preparing
from app.demo.auditing import AUDITED_BEFORE, audit_past
from app.demo.city import City, songjiang
from app.demo.duty import found_rosters
from app.demo.errors import DemoNeedsConsole, DemoNotEmpty
from app.demo.founding import Founded, add_seats, found_city, list_bases, record_topics, write_guides
from app.demo.mails import BEFORE, write_mails
from app.demo.planning import DAYS, plan_past
from app.demo.publishing import BEFORE as TOLD_BEFORE
from app.demo.publishing import publish
from app.demo.records import shipped_records
from app.demo.stage import Stage
from app.demo.submitting import submit_past
from app.demo.world import World, make_citizens
from core.chain import seal
from core.checkpoints.actions import keep_nodes, note_walk
from core.checkpoints.walk import walk
from core.database import Database
from evaluation.checkpoints.actions import CHAINS, publish_checkpoint
from evaluation.checkpoints.settings import CheckpointOffice
from evaluation.ledger import LEDGER_CHAIN
from evaluation.office import EvaluationOffice
from evaluation.replay.queries import with_replay, within
from evaluation.submissions.settings import SubmissionOffice
from nlp.topics import shipped_tree
from sms.office import SmsOffice
from sms.queries import phones_asked
from staff.model import Unit
from staff.passwords import hash_password
from staff.rules import ROLE_NAMES
from telephony.model import Call
from telephony.settings import TelephonySettings
from tickets.mail.settings import MailOffice
from tickets.model import Ticket
from tickets.notices.settings import NoticeOffice
from tickets.settings import TicketOffice

#: only here do all accounts share one, and only because nothing in the demo is real
DEMO_PASSWORD = "songjiang12345"  # noqa: S105  printed on every start of the demo
SEED = 12_345
_CITIZENS = 210
#: units have been told of their tickets for so many days when the demo begins; before that nobody was
TOLD_DAYS = 2

Progress = Callable[[float], None]


@dataclass(frozen=True)
class Account:
    """One to log in with, as it is printed."""

    account: str
    name: str
    roles: str
    unit: str


@dataclass(frozen=True)
class DemoLoaded:
    """What the demo holds now."""

    tickets: int
    calls: int
    accounts: tuple[Account, ...]
    password: str
    #: phones from which an answer by SMS is still awaited
    asked: frozenset[str]


def load_demo(
    database: Database,
    services: Mapping[type, Any],
    *,
    start_at: datetime,
    password: str = DEMO_PASSWORD,
    seed: int = SEED,
    progress: Progress = lambda _share: None,
) -> DemoLoaded:
    """Load the city 松江市 with the 60 days before `start_at` (aware); the server's clock then begins there.

    `services` are what the server gives its jobs; nothing is sent to anybody.  `progress` hears shares of 1.
    One transaction for each day; jobs due after `start_at` are left for the server.  The same seed and start give the
    same past, but for codes and receipts, which nobody may foresee.
    Raises DemoNotEmpty, DemoNeedsConsole, PasswordTooShort, CalendarNotLoaded past the loaded calendar.
    """
    if not services[SmsOffice].is_demo:
        raise DemoNeedsConsole
    city, begins = songjiang(), start_at - timedelta(days=DAYS)
    found_at, hashed = begins - timedelta(hours=1), hash_password(password)
    founded = database.write(_found, city, services, password_hash=hashed, now=found_at)
    played = {**services, NoticeOffice: muted(services[NoticeOffice])}
    world = _world(played, city, founded, start_at, Random(f"{seed}"))
    plan_past(world, start_at)
    _plan_offices(world, services, start_at)
    for day in range(1, DAYS + 1):
        if day == DAYS - TOLD_DAYS + 1:
            database.write(found_rosters, city, founded, start_at=start_at)
            played[NoticeOffice] = services[NoticeOffice]
        publishing = services[CheckpointOffice] if day > DAYS - TOLD_DAYS else None
        database.write(_play_day, world.stage, begins + timedelta(days=day), publishing)
        progress(day / DAYS)
    if (office := services[SubmissionOffice]).exchange is not None:
        database.write(submit_past, office, now=start_at)
    tickets, calls = database.read(_counts)
    return DemoLoaded(tickets, calls, _accounts(city), password, database.read(phones_asked))


def _plan_offices(world: World, services: Mapping[type, Any], start_at: datetime) -> None:
    """What the offices do by themselves, beside the citizens' matters."""
    world.stage.add(start_at - BEFORE, write_mails(world, services[MailOffice]))
    world.stage.add(start_at - bulletins.BEFORE, bulletins.publish_bulletins(world, start_at=start_at))
    world.stage.add(start_at - TOLD_BEFORE, publish(world))
    world.stage.add(start_at - halls.BEFORE, halls.open_hall(world, start_at=start_at))
    prepared = preparing.prepare(world, services[EvaluationOffice].settings, start_at=start_at)
    world.stage.add(start_at - preparing.BEFORE, prepared)
    world.stage.add(start_at - AUDITED_BEFORE, audit_past(world, start_at))


def muted(office: NoticeOffice) -> NoticeOffice:
    """A city in which no unit is told of anything."""
    return replace(office, settings=office.settings.model_copy(update={"ways": ()}))


def _play_day(session: Session, stage: Stage, until: datetime, publishing: CheckpointOffice | None) -> None:
    """One day of the past, its ledger and its audit log sealed in the evening, and published as far as it is shown."""
    stage.play(session, until)
    for chain in CHAINS.values():
        seal(session, chain, now=until)
    if publishing is not None:
        _publish(session, publishing, until)


def _publish(session: Session, office: CheckpointOffice, now: datetime) -> None:
    """Sign both chains and walk over them; the ledger's lines that say so are sealed with the day."""
    for chain in CHAINS.values():
        while keep_nodes(session, chain, algorithm=office.algorithm, now=now):
            pass
        publish_checkpoint(session, chain, office=office, now=now)
    seal(session, LEDGER_CHAIN, now=now)
    for chain in CHAINS.values():
        found = walk(session, chain, office.signer(chain).verifier, now=now)
        note_walk(session, with_replay(within(session), found) if chain is LEDGER_CHAIN else found, now=now)


def _found(session: Session, city: City, services: Mapping[type, Any], *, password_hash: str, now: datetime) -> Founded:
    if session.scalar(select(Unit.id).limit(1)) is not None:
        raise DemoNotEmpty
    founded = found_city(session, city, shipped_tree(), password_hash=password_hash)
    add_seats(session, services[TelephonySettings], now=now)
    write_guides(session, city, founded, now=now)
    list_bases(session, city, founded, now=now)
    record_topics(session, founded, shipped_records(), measured_at=now)
    preparing.rules_at_first(session, services[EvaluationOffice].settings, now=now)
    return founded


def _world(services: Mapping[type, Any], city: City, founded: Founded, ends_at: datetime, chance: Random) -> World:
    return World(
        stage=Stage(services, ends_at - timedelta(days=DAYS)),
        city=city,
        founded=founded,
        chance=chance,
        office=services[TicketOffice],
        sms=services[SmsOffice],
        telephony=services[TelephonySettings],
        ends_at=ends_at,
        citizens=make_citizens(city, chance, n=_CITIZENS),
    )


def _counts(session: Session) -> tuple[int, int]:
    counted = [session.scalar(select(func.count()).select_from(table)) or 0 for table in (Ticket, Call)]
    return counted[0], counted[1]


def _accounts(city: City) -> tuple[Account, ...]:
    units = {line.code: line.short_name for line in city.units}
    return tuple(
        Account(line.account, line.name, "、".join(ROLE_NAMES[role] for role in line.roles), units[line.unit])
        for line in city.people
    )
