"""One server process: what runs in it, in the order it starts; it stops in the opposite order."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import structlog
from aiohttp import web as http

from app.errors import AddressTaken
from app.kinds import import_all_jobs
from app.offices import Services as ServiceMap
from app.offices import make_services
from app.processes import check_together, make_seats, opened_database
from app.readiness import readiness_of
from app.resources import APIS, add_public_pages
from app.settings import Settings
from app.stopping import stopped_by_signals
from core.clock import Clock
from core.computer import Computer
from core.database import Database
from core.garbage import spare_what_stays
from core.jobs.drainer import Drainer
from core.jobs.runner import Runner
from core.sealer import Sealer
from evaluation.checkpoints.actions import CHAINS, plan_checkpoints
from evaluation.submissions.actions import plan_submissions
from evaluation.submissions.settings import ExchangeName
from indicators.counts.counter import TicketCounter
from indicators.recounts.actions import plan_recount
from indicators.rule_marks.actions import note_rules
from sms.actions.approving import note_configured
from sms.office import SmsOffice
from sms.reception import Reception
from telephony.layer import CallLayer
from tickets.actions.timers import plan_ladder
from tickets.mail.postman import Postman
from tickets.mail.settings import MailOffice
from tickets.photos.settings import PhotoOffice
from tickets.settings import TicketOffice
from web.api import Services
from web.application import add_ui, make_application
from web.jobs import plan_clean_up
from web.live import Hub
from web.live_topics import TOPICS

log = structlog.get_logger(__name__)

#: Requests under way when the server stops may take so long to end.
GRACE_S = 5.0

Ready = Callable[[str], Awaitable[None] | None]


async def serve(settings: Settings, *, clock: Clock, ready: Ready, stop: asyncio.Event | None = None) -> None:
    """Serve until `stop` is set or the process is told to end (SIGTERM, Ctrl+C); `ready` hears the address.

    Raises a StartRefused that names what is wrong.
    """
    check_together(settings)
    stop = stop or stopped_by_signals()
    async with contextlib.AsyncExitStack() as stack:
        database = stack.enter_context(opened_database(settings, clock))
        database.serve()
        computer = Computer()
        stack.callback(computer.close)
        services = make_services(settings, computer)
        _start_reception(database, services, stack)
        _start_jobs(settings, database, services, stack)
        _start_sealer(settings, database, stack)
        _start_postman(database, computer, services, stack)
        _start_counter(database, stack)
        calls = _start_calls(settings, database, clock, stack)
        address = await _start_pages(settings, database, clock, services, calls, stack)
        spare_what_stays()
        told = ready(address)
        if told is not None:
            await told
        log.info("server ready", address=address)
        await stop.wait()
        log.info("server stops")


def _start_reception(database: Database, services: ServiceMap, stack: contextlib.AsyncExitStack) -> None:
    """Before any job sends: what a gateway pushes on that connection must find somebody who keeps it."""
    reception = Reception(database, services[SmsOffice])
    reception.start()
    stack.callback(reception.close)


def _start_jobs(settings: Settings, database: Database, services: ServiceMap, stack: contextlib.AsyncExitStack) -> None:
    """Without a broker this process runs the jobs; with one it hands their ids to the workers."""
    import_all_jobs()
    database.write(plan_clean_up, now=database.clock.now())
    database.write(plan_ladder, now=database.clock.now())
    database.write(plan_checkpoints, every_h=settings.checkpoints.every_hours, now=database.clock.now())
    database.write(plan_recount, now=database.clock.now())
    database.write(note_rules, settings=settings.evaluation, now=database.clock.now())
    database.write(note_configured, office=services[SmsOffice], now=database.clock.now())
    if settings.submissions.exchange is not ExchangeName.OFF:
        database.write(plan_submissions, now=database.clock.now())
    if settings.broker.url:
        from core.jobs.broker import Relay

        relay = Relay(database, settings.broker)
        relay.start()
        stack.callback(relay.close)
        return
    drainer = Drainer(Runner(database, services, settings.jobs))
    drainer.start()
    stack.callback(drainer.close)


def _start_sealer(settings: Settings, database: Database, stack: contextlib.AsyncExitStack) -> None:
    sealer = Sealer(database, tuple(CHAINS.values()), algorithm=settings.ledger.algorithm.value)
    sealer.start()
    stack.callback(sealer.close)


def _start_postman(
    database: Database, computer: Computer, services: ServiceMap, stack: contextlib.AsyncExitStack
) -> None:
    """Only where citizens may write by mail."""
    mail: MailOffice = services[MailOffice]
    if mail.mailbox is None:
        return
    postman = Postman(database, computer, mail, services[PhotoOffice], services[TicketOffice])
    postman.start()
    stack.callback(postman.close)


def _start_counter(database: Database, stack: contextlib.AsyncExitStack) -> None:
    counter = TicketCounter(database)
    counter.start()
    stack.callback(counter.close)


def _start_calls(
    settings: Settings, database: Database, clock: Clock, stack: contextlib.AsyncExitStack
) -> CallLayer | None:
    if not settings.telephony.is_enabled:
        return None
    make_seats(settings, database)
    layer = CallLayer(database, settings.telephony, clock)
    stack.push_async_callback(_ended, asyncio.create_task(layer.run(), name="call layer"))
    return layer


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def _start_pages(
    settings: Settings,
    database: Database,
    clock: Clock,
    services: ServiceMap,
    calls: CallLayer | None,
    stack: contextlib.AsyncExitStack,
) -> str:
    """Listen; the address that was taken."""
    hub = Hub(database.serving, clock, TOPICS, outbox_size=settings.web.live_queue)
    stack.callback(database.subscribe(hub.hear))
    stack.push_async_callback(_ended, asyncio.create_task(hub.company.keep(), name="presence"))
    app = make_application(
        Services(database.serving, clock, settings.web, services),
        APIS,
        hub=hub,
        readiness=readiness_of(settings, database, calls),
    )
    add_public_pages(app)
    add_ui(app)
    runner = http.AppRunner(app, access_log=None, shutdown_timeout=GRACE_S)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    site = http.TCPSite(runner, settings.web.host, settings.web.port)
    try:
        await site.start()
    except OSError as error:
        raise AddressTaken(host=settings.web.host, port=settings.web.port, reason=error.strerror) from error
    host, port = runner.addresses[0][:2]
    return f"http://{host}:{port}"
