"""A Celery worker: claims job rows that the server's relay names over the broker, and runs them."""

from app.errors import BrokerMissing
from app.kinds import import_all_jobs
from app.offices import make_services
from app.processes import check_together, opened_database
from app.settings import Settings
from core.clock import Clock
from core.computer import Computer
from core.jobs.broker import check_broker, run_worker
from core.jobs.runner import Runner
from sms.office import SmsOffice
from sms.reception import Reception


def work(settings: Settings, clock: Clock) -> int:
    """Run jobs until told to end; the exit code.  Raises a StartRefused that names what is wrong."""
    if not settings.broker.url:
        raise BrokerMissing
    check_together(settings)
    import_all_jobs()
    computer = Computer()
    try:
        with opened_database(settings, clock) as database:
            check_broker(settings.broker)
            database.serve()
            services = make_services(settings, computer)
            reception = Reception(database, services[SmsOffice])
            reception.start()
            try:
                return run_worker(settings.broker, Runner(database, services, settings.jobs))
            finally:
                reception.close()
    finally:
        computer.close()
