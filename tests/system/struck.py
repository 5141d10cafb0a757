"""A process of its own that is killed -9 at a chosen moment of its work: at a commit, or as it asks outside."""

import multiprocessing
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from multiprocessing.context import ForkServerContext
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

#: these are imported once, and each process begins with them
PRELOADED = ["tests.notices.killed"]
WITHIN_S = 120


@dataclass(frozen=True)
class Blow:
    """Before the n-th commit, after it, or at the n-th asking outside: counted from 1."""

    at: str
    n: int


class Fate:
    """Kills its own process when the blow falls."""

    def __init__(self, blow: Blow | None) -> None:
        self._blow = blow
        self._seen = {"before": 0, "after": 0, "asking": 0}

    def reached(self, what: str) -> None:
        self._seen[what] += 1
        if self._blow == Blow(what, self._seen[what]):
            os.kill(os.getpid(), signal.SIGKILL)

    def watch_commits(self) -> None:
        """Every transaction of this process, whoever makes it."""
        event.listen(Session, "before_commit", lambda _session: self.reached("before"))
        event.listen(Session, "after_commit", lambda _session: self.reached("after"))


@cache
def _context() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    return context


def _begin(work: Callable[..., None], blow: Blow | None, arguments: tuple[Any, ...]) -> None:
    fate = Fate(blow)
    fate.watch_commits()
    work(fate, *arguments)


def is_killed(work: Callable[..., None], *arguments: Any, blow: Blow | None = None) -> bool:
    """Run `work(fate, *arguments)` in a process of its own; whether the blow fell before it had finished."""
    process = _context().Process(target=_begin, args=(work, blow, arguments))
    process.start()
    process.join(WITHIN_S)
    code = process.exitcode
    assert code in {0, -signal.SIGKILL}, f"it ended with {code}"
    return code != 0
