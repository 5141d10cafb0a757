"""Imports every module that declares jobs, so that rows find the functions they name."""

import importlib

JOB_MODULES = (
    "evaluation.jobs",
    "evaluation.checkpoints.jobs",
    "evaluation.counters.jobs",
    "indicators.coverage.jobs",
    "indicators.recounts.jobs",
    "evaluation.repairs.jobs",
    "evaluation.submissions.jobs",
    "sms.jobs",
    "tickets.jobs",
    "tickets.bulletins.jobs",
    "tickets.mail.jobs",
    "tickets.photos.jobs",
    "tickets.importing.jobs",
    "tickets.notices.jobs",
    "tickets.platforms.jobs",
    "web.jobs",
)


def import_all_jobs() -> None:
    """Whoever runs jobs calls this first."""
    for name in JOB_MODULES:
        importlib.import_module(name)
