"""Durable work: a row written in the transaction that wants it, run at least once, finished at most once."""

from core.jobs.queue import JobCounts, JobsQueued, count_jobs, dead_jobs, enqueue, retry_dead
from core.jobs.registry import job, known_kinds
from core.jobs.settings import BrokerSettings, JobSettings
from core.jobs.work import Work

__all__ = [
    "BrokerSettings",
    "JobCounts",
    "JobSettings",
    "JobsQueued",
    "Work",
    "count_jobs",
    "dead_jobs",
    "enqueue",
    "job",
    "known_kinds",
    "retry_dead",
]
