"""Each dependency by name and its state, for /readyz and `hotline check`."""

import asyncio
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta

from app.offices import make_mailbox
from app.settings import Settings
from core import migrate
from core.calendar import SHANGHAI, CalendarNotLoaded, load_calendar, moment_words
from core.database import Database
from core.errors import HotlineError
from core.jobs import count_jobs
from core.secrets import Secrets
from evaluation.checkpoints.queries import newest_checkpoints
from evaluation.checkpoints.rules import WITNESSES_LEAST
from evaluation.ledger import LEDGER_CHAIN
from evaluation.submissions.queries import queue_head
from evaluation.submissions.settings import ExchangeName
from nlp.serving import SHIPPED_MODEL
from sms.actions.choosing import rests_until
from sms.model import GatewayLink
from sms.queries import gateway_link
from sms.settings import GATEWAYS
from sms.templates import TEMPLATES
from staff.duty import units_without_contact
from telephony.ami import LinkState
from telephony.layer import CallLayer
from tickets.mail.queries import count_held, mailbox_failures
from tickets.mail.settings import MailboxName
from web.health import Dependency, Readiness

#: Less room than this and recordings will soon be refused.
DISK_LEAST_BYTES = 1 << 30
#: The next year's calendar should be there so long before it is needed; it is published in November.
QUEUE_MOST = timedelta(hours=1)
CALENDAR_AHEAD = timedelta(days=60)
#: So many units without a contact are named.
UNITS_NAMED = 5
#: The process that keeps the gateways' lines notes every few seconds how they stand.
LINK_SEEN_WITHIN = timedelta(minutes=1)


def readiness_of(settings: Settings, database: Database, calls: CallLayer | None) -> Readiness:
    """What /readyz asks."""

    async def readiness() -> list[Dependency]:
        found = await asyncio.to_thread(
            lambda: [*stored_dependencies(settings, database), *broker_dependency(settings)]
        )
        return [*found, ami_dependency(settings, calls)]

    return readiness


def stored_dependencies(settings: Settings, database: Database) -> Iterator[Dependency]:
    """Database, schema, jobs, calendar, folders: everything that can be asked without the network's other end."""
    try:
        database.check_reachable()
    except HotlineError as error:
        yield Dependency(name="database", is_ready=False, detail=str(error))
        return
    yield Dependency(name="database", is_ready=True, detail=database.settings.parsed.get_backend_name())
    schema = _schema(database)
    yield schema
    yield _jobs(database)
    yield _calendar(database)
    yield Dependency(name="model", is_ready=True, is_needed=False, detail=SHIPPED_MODEL)
    if schema.is_ready:
        yield _sms(settings, database)
        yield _contacts(database)
        yield _mails(settings, database)
        yield from _gateways(settings, database)
        yield _checkpoints(settings, database)
        yield from _submissions(settings, database)
    yield _disk(settings)
    yield _recordings(settings)


def _schema(database: Database) -> Dependency:
    present, needed = migrate.present(database.reading), migrate.heads()[0]
    return Dependency(name="migrations", is_ready=present == needed, detail=f"{present} / {needed}")


def _jobs(database: Database) -> Dependency:
    try:
        counts = database.read(count_jobs)
    except HotlineError as error:
        return Dependency(name="jobs", is_ready=False, detail=str(error))
    detail = f"{counts.open} 件待办，{counts.dead} 件需人处理"
    return Dependency(name="jobs", is_ready=counts.dead == 0, is_needed=False, detail=detail)


def _calendar(database: Database) -> Dependency:
    ahead = (database.clock.now() + CALENDAR_AHEAD).astimezone(SHANGHAI).date()
    try:
        database.read(load_calendar).is_working_day(ahead)
    except CalendarNotLoaded as error:
        return Dependency(name="calendar", is_ready=False, is_needed=False, detail=str(error))
    except HotlineError as error:
        return Dependency(name="calendar", is_ready=False, is_needed=False, detail=str(error))
    return Dependency(name="calendar", is_ready=True, is_needed=False, detail=f"已加载至 {ahead.year} 年")


def _contacts(database: Database) -> Dependency:
    """Units that no notice could reach now; their tickets would wait unseen."""
    try:
        alone = database.read(units_without_contact, at=database.clock.now())
    except HotlineError as error:
        return Dependency(name="contacts", is_ready=False, is_needed=False, detail=str(error))
    named = "、".join(alone[:UNITS_NAMED]) + (" 等" if len(alone) > UNITS_NAMED else "")
    detail = f"{len(alone)} 个单位没有联系方式：{named}" if alone else "各单位都有联系方式"
    return Dependency(name="contacts", is_ready=not alone, is_needed=False, detail=detail)


def _sms(settings: Settings, database: Database) -> Dependency:
    """The order of the providers, which of them rest after failing, and what they have not approved."""
    rules, now = settings.sms, database.clock.now()
    faults = [
        f"{name} 未登记 {missing} 个模板"
        for name in rules.providers
        if (missing := sum(not rules.of(name).carries(template) for template in TEMPLATES))
    ]
    try:
        faults += [
            f"{name} 连续失败，{moment_words(until)}后再试"
            for name in rules.providers
            if (until := database.read(rests_until, name, rules=rules, now=now))
        ]
    except HotlineError as error:
        faults.append(str(error))
    detail = "；".join([" → ".join(rules.providers), *faults])
    return Dependency(name="sms", is_ready=not faults, is_needed=False, detail=detail)


def _mails(settings: Settings, database: Database) -> Dependency:
    """How the last look into the mailbox went, and what waits for a person."""
    if settings.mail.mailbox is MailboxName.OFF:
        return Dependency(name="mails", is_ready=True, is_needed=False, detail="未启用")
    try:
        failures, held = database.read(mailbox_failures), database.read(count_held)
    except HotlineError as error:
        return Dependency(name="mails", is_ready=False, is_needed=False, detail=str(error))
    detail = "；".join([*failures, f"{held} 封来信待人处理"])
    return Dependency(name="mails", is_ready=not failures, is_needed=False, detail=detail)


def _gateways(settings: Settings, database: Database) -> Iterator[Dependency]:
    """Whether some process stays connected to each gateway that sends, so that reports and replies arrive."""
    for name in GATEWAYS & set(settings.sms.providers):
        try:
            link = database.read(gateway_link, name)
        except HotlineError as error:
            yield Dependency(name=f"sms {name}", is_ready=False, is_needed=False, detail=str(error))
            continue
        is_ready, detail = link_words(link, database.clock.now())
        yield Dependency(name=f"sms {name}", is_ready=is_ready, is_needed=False, detail=detail)


def link_words(link: GatewayLink | None, now: datetime) -> tuple[bool, str]:
    """(logged in, in words); one that nobody has looked at for a while counts as down."""
    if link is None or now - link.seen_at > LINK_SEEN_WITHIN:
        return False, "没有进程保持连接"
    if not link.is_up:
        return False, f"未登录 {link.error}".strip()
    return True, f"已登录，自 {moment_words(link.since)}" if link.since else "已登录"


def _checkpoints(settings: Settings, database: Database) -> Dependency:
    """Whether the ledger's newest checkpoint is of last night, and enough witnesses keep it."""
    asked = len(settings.checkpoints.witnesses)
    if asked < WITNESSES_LEAST:
        detail = f"只有 {asked} 个见证人，应不少于 {WITNESSES_LEAST} 个"
        return Dependency(name="checkpoints", is_ready=False, is_needed=False, detail=detail)
    try:
        newest = database.read(newest_checkpoints, LEDGER_CHAIN.name, limit=1)
    except HotlineError as error:
        return Dependency(name="checkpoints", is_ready=False, is_needed=False, detail=str(error))
    if not newest:
        return Dependency(name="checkpoints", is_ready=True, is_needed=False, detail="尚无检查点")
    if (walk := newest[0].walk) is not None and walk.fault is not None:
        detail = f"{moment_words(walk.at)} 核验不通过：{walk.fault}"
        return Dependency(name="checkpoints", is_ready=False, is_needed=False, detail=detail)
    detail = f"{moment_words(newest[0].checkpoint.at)}，{newest[0].kept} 个见证人已留存"
    is_ready = newest[0].is_in_order(database.clock.now())
    return Dependency(name="checkpoints", is_ready=is_ready, is_needed=False, detail=detail)


def _submissions(settings: Settings, database: Database) -> Iterator[Dependency]:
    """Whether records go up to the exchange, and what waits for a person."""
    if settings.submissions.exchange is ExchangeName.OFF:
        return
    try:
        head = database.read(queue_head)
    except HotlineError as error:
        yield Dependency(name="submissions", is_ready=False, is_needed=False, detail=str(error))
        return
    is_late = head.oldest_at is not None and database.clock.now() - head.oldest_at > QUEUE_MOST
    detail = f"{head.n_moving} 条待上报，{head.n_stuck} 条需人处理"
    is_ready = not head.n_stuck and not is_late
    yield Dependency(name="submissions", is_ready=is_ready, is_needed=False, detail=detail)


def mailbox_dependency(settings: Settings) -> Iterator[Dependency]:
    """Log in to the mailbox once, as the postman does; away, mails wait there."""
    try:
        mailbox = make_mailbox(settings, Secrets(settings.data_folder / "secrets"))
        if mailbox is None:
            return
        with mailbox.opened() as opened:
            n = len(opened.waiting())
    except HotlineError as error:
        yield Dependency(name="mailbox", is_ready=False, is_needed=False, detail=str(error))
    else:
        yield Dependency(name="mailbox", is_ready=True, is_needed=False, detail=f"{mailbox.name}，{n} 封未取")


def _disk(settings: Settings) -> Dependency:
    settings.data_folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(settings.data_folder).free
    return Dependency(name="disk", is_ready=free >= DISK_LEAST_BYTES, detail=f"余 {free / (1 << 30):.1f} GiB")


def _recordings(settings: Settings) -> Dependency:
    folder = settings.telephony.recordings
    if folder is None:
        return Dependency(name="recordings", is_ready=False, is_needed=False, detail="未设置 telephony.recordings")
    return Dependency(name="recordings", is_ready=folder.is_dir(), is_needed=False, detail=str(folder))


def broker_dependency(settings: Settings) -> Iterator[Dependency]:
    """Where there is one: away, the rows of jobs wait in the database, so pages go on."""
    if not settings.broker.url:
        return
    from core.jobs.broker import check_broker

    try:
        check_broker(settings.broker)
    except HotlineError as error:
        yield Dependency(name="broker", is_ready=False, is_needed=False, detail=str(error))
    else:
        yield Dependency(name="broker", is_ready=True, is_needed=False, detail=settings.broker.queue)


def ami_dependency(settings: Settings, calls: CallLayer | None) -> Dependency:
    """How the link to Asterisk stands; away, calls are made good from queue_log, so pages go on."""
    address = f"{settings.telephony.ami.host}:{settings.telephony.ami.port}"
    if calls is None:
        return Dependency(name="ami", is_ready=True, is_needed=False, detail="由 hotline calls 运行")
    state = calls.status.state
    detail = f"{address} {state.value}" + (f" {calls.status.error}" if calls.status.error else "")
    return Dependency(name="ami", is_ready=state is LinkState.UP, is_needed=False, detail=detail)
