"""Slow computing in one child process: the server never imports what takes seconds or holds the interpreter."""

import multiprocessing
import signal
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import Any, TypeVar

import structlog

from core.errors import Unavailable

log = structlog.get_logger(__name__)

Result = TypeVar("Result")

#: The first call imports scikit-learn and a dictionary, which takes 5 s on a slow machine.
TIMEOUT_S = 30.0


class ComputerBusy(Unavailable):
    """Others are computing, for longer than this call may wait."""

    code = "computer_busy"
    message = "计算进程繁忙，请稍后再试"


class ComputingTooLong(Unavailable):
    """It took too long and was stopped."""

    code = "computing_too_long"
    message = "计算超时，已停止"


class ComputerDied(Unavailable):
    """The child process ended while it was computing."""

    code = "computer_died"
    message = "计算进程意外结束，已重新启动"


class ComputerNotStarted(Unavailable):
    """The machine had no room for the child process: no memory, no process, no file handle."""

    code = "computer_not_started"
    message = "计算进程无法启动，请稍后再试"


class Computer:
    """One spawned child process without a database; started when first needed, and again when it dies."""

    def __init__(self) -> None:
        self._one_at_a_time = threading.Lock()
        self._process: SpawnProcess | None = None
        self._line: Connection | None = None
        #: when the child is stopped at what it computes for somebody who has gone; None: it is at nothing
        self._left_until: float | None = None

    def run(
        self,
        function: Callable[..., Result],
        /,
        *args: Any,
        timeout_s: float = TIMEOUT_S,
        patience_s: float | None = None,
    ) -> Result:
        """`function(*args)` in the child; both must be picklable.  What it raises is raised here.

        After `timeout_s` the child is stopped.  Whoever has less patience goes, and lets it finish: a child that
        begins slowly would never have begun if each of them stopped it.
        Raises ComputerBusy, ComputingTooLong, ComputerDied, ComputerNotStarted.
        """
        begun = time.monotonic()
        gone = begun + (timeout_s if patience_s is None else min(patience_s, timeout_s))
        if not self._one_at_a_time.acquire(timeout=gone - begun):
            raise ComputerBusy
        try:
            return self._ask(function, args, gone, begun + timeout_s)
        finally:
            self._one_at_a_time.release()

    def _ask(self, function: Callable[..., Result], args: tuple[Any, ...], gone: float, ends: float) -> Result:
        line = self._connected()
        try:
            self._let_finish(line, gone)
            line.send((function, args))
            if not line.poll(max(0.0, gone - time.monotonic())):
                if gone >= ends:
                    self._stop()
                    raise ComputingTooLong
                self._left_until = ends
                raise ComputerBusy
            is_good, answer = line.recv()
        except (EOFError, OSError) as error:
            log.warning("computer died", exit_code=self._process.exitcode if self._process else None)
            self._stop()
            raise ComputerDied from error
        if not is_good:
            raise answer
        result: Result = answer
        return result

    def _let_finish(self, line: Connection, gone: float) -> None:
        """What was left to the child by somebody else has to be answered first; nobody hears it."""
        if self._left_until is None:
            return
        if not line.poll(max(0.0, gone - time.monotonic())):
            if time.monotonic() >= self._left_until:
                self._stop()
            raise ComputerBusy
        line.recv()
        self._left_until = None

    def _connected(self) -> Connection:
        if self._process is not None and self._process.is_alive() and self._line is not None:
            return self._line
        self._stop()
        try:
            self._process, self._line = _spawned()
        except OSError as error:
            log.warning("computer not started", errno=error.errno)
            raise ComputerNotStarted from error
        return self._line

    def _stop(self) -> None:
        if self._line is not None:
            self._line.close()
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process.close()
        self._process = self._line = self._left_until = None

    def close(self) -> None:
        """End the child once it has finished what it is at."""
        with self._one_at_a_time:
            self._stop()


def _spawned() -> tuple[SpawnProcess, Connection]:
    """A child that runs, and the line to it.  Raises OSError."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    with theirs:
        process = context.Process(target=_serve, args=(theirs,), name="hotline-computer", daemon=True)
        process.start()
    return process, ours


def _serve(line: Connection) -> None:
    """The child: answer until the parent is gone; Ctrl+C is the parent's to handle."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        try:
            function, args = line.recv()
        except EOFError:
            return
        try:
            answer: tuple[bool, Any] = (True, function(*args))
        except Exception as error:  # noqa: BLE001  raised again in the parent
            answer = (False, error)
        try:
            line.send(answer)
        except Exception as error:  # noqa: BLE001  it cannot be pickled
            line.send((False, RuntimeError(f"the answer cannot be sent: {error}")))
