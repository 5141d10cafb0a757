"""One connection to a gateway: two threads, one that reads, one that keeps what is pushed before it is answered."""

import queue
import selectors
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from itertools import count
from secrets import token_hex
from time import monotonic

import structlog

from core.errors import HotlineError
from sms.providers.gateway.dialect import Answer, Asked, Dialect, Heard, Pushed
from sms.providers.gateway.frames import FrameBroken, Frames
from sms.providers.gateway.pieces import Pieces
from sms.providers.gateway.submissions import Outcome, Submissions
from sms.providers.provider import Inbound, LateAnswer, OutcomeUnknown, Outgoing, ProviderNotReached, Report

log = structlog.get_logger(__name__)

CHUNK = 65536
LONGEST_TICK_S = 1.0
#: so many pushes may wait for the database; more are not answered, and the gateway pushes them again
PUSHES_MOST = 500
#: so often the gateway is asked whether it is there before the connection counts as dead
ALIVE_TRIES = 3

Kept = Report | Inbound | LateAnswer
#: Keep it for good.  Raises when it could not: then the gateway is not answered and pushes again.
Keep = Callable[[Kept], None]


class Link:
    """Logged in until it ends; `is_kept` says whether silence is answered by a question or by hanging up."""

    def __init__(
        self, dialect: Dialect, sock: socket.socket, *, keep: Keep | None, is_kept: Callable[[], bool]
    ) -> None:
        self._dialect, self._sock = dialect, sock
        self._keep, self._is_kept = keep, is_kept
        settings = dialect.settings
        self._submissions = Submissions(dialect.name, window=settings.window, holds_s=settings.answer_s)
        self._frames = Frames(shortest=dialect.shortest_frame, longest=dialect.longest_frame)
        self._sequences = count(1)
        self._name = token_hex(4)
        self._writing = threading.Lock()
        self._ended = threading.Event()
        self._heard_s = self._asked_s = monotonic()
        self._unanswered = 0
        self._pieces = Pieces()
        self._pushes: queue.Queue[Pushed | LateAnswer] = queue.Queue(PUSHES_MOST)
        self.error = ""

    @property
    def is_up(self) -> bool:
        return not self._ended.is_set()

    def log_in(self, now: datetime) -> None:
        """Raises OSError, also with the gateway's reason for a refusal, and FrameBroken."""
        log_in = self._dialect.log_in(self._next_sequence(), now)
        self._sock.sendall(log_in.frame)
        frames = self._first_frames()
        if refusal := log_in.refusal(next(frames)):
            raise ConnectionRefusedError(refusal)
        for frame in frames:
            self._take(self._dialect.read(frame, self._name))
        name = f"hotline-{self._dialect.name.value}"
        threading.Thread(target=self._read_on, name=f"{name}-reads", daemon=True).start()
        threading.Thread(target=self._keep_on, name=f"{name}-keeps", daemon=True).start()

    def submit(self, outgoing: Outgoing, *, until_s: float) -> Outcome:
        """Hand it over once.  Raises ProviderNotReached while nothing has left, OutcomeUnknown after that."""
        frames = self._dialect.submit(outgoing, self._next_sequence)
        submission = self._submissions.enter(outgoing, frames.keys(), until_s=until_s)
        if submission is None:
            raise ProviderNotReached(provider=self._dialect.name)
        self._write(b"".join(frames.values()))
        outcome = self._submissions.wait(submission, until_s=until_s)
        if outcome is None:
            raise OutcomeUnknown(message_id=outgoing.message_id, provider=self._dialect.name)
        return outcome

    def close(self) -> None:
        """Say goodbye and hang up; what is not answered now never will be."""
        self._submissions.cut()
        self._hang_up()

    def _hang_up(self) -> None:
        """Nobody can enter any more, so nothing follows the goodbye."""
        if self.is_up:
            self._ended.set()
            self._write(self._dialect.log_out(self._next_sequence()))
            self._shut("")

    def _next_sequence(self) -> int:
        return next(self._sequences) & 0x7FFF_FFFF

    def _write(self, frames: bytes) -> None:
        """A line that breaks while we write ends: whoever waits for an answer learns it there."""
        try:
            with self._writing:
                self._sock.sendall(frames)
        except OSError as error:
            self._end(str(error))

    def _end(self, reason: str) -> None:
        if not self._ended.is_set():
            self._ended.set()
            self._shut(reason)

    def _shut(self, reason: str) -> None:
        self.error = reason
        self._submissions.cut()
        with suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)
        log.info("sms gateway link ended", provider=self._dialect.name, reason=reason)

    def _first_frames(self) -> Iterator[bytes]:
        """What comes back on the log-in, at least one frame; a push may follow in the same bytes."""
        while True:
            received = self._sock.recv(CHUNK)
            if not received:
                raise ConnectionResetError("connection closed at log-in")
            frames = list(self._frames.feed(received))
            if frames:
                yield from frames
                return

    def _read_on(self) -> None:
        reason = ""
        try:
            for received in self._received():
                for frame in self._frames.feed(received):
                    self._take(self._dialect.read(frame, self._name))
        except (OSError, FrameBroken) as error:
            reason = str(error)
        except Exception:
            log.exception("sms gateway link failed", provider=self._dialect.name)
        self._end(reason)
        self._sock.close()

    def _received(self) -> Iterator[bytes]:
        """Bytes as they come, with a look at the clock in between, until either side hangs up."""
        settings = self._dialect.settings
        tick_s = min(LONGEST_TICK_S, settings.idle_s / 2, settings.answer_s / 2)
        with selectors.DefaultSelector() as selector:
            selector.register(self._sock, selectors.EVENT_READ)
            while self.is_up:
                if selector.select(tick_s):
                    received = self._sock.recv(CHUNK)
                    if not received:
                        return
                    self._heard_s, self._unanswered = monotonic(), 0
                    yield received
                self._look_at_the_clock()

    def _look_at_the_clock(self) -> None:
        """After silence the gateway is asked whether it is there; three questions without any answer, and it is not."""
        settings, now_s = self._dialect.settings, monotonic()
        quiet_s = now_s - self._heard_s
        if quiet_s < settings.idle_s:
            return
        if not self._is_kept() and self._submissions.cut_if_empty():
            self._hang_up()
        elif self._unanswered and now_s - self._asked_s < settings.answer_s:
            return
        elif self._unanswered >= ALIVE_TRIES:
            self._end("no sign of life")
        else:
            self._unanswered += 1
            self._asked_s = now_s
            self._write(self._dialect.keep_alive(self._next_sequence()))

    def _take(self, heard: Heard) -> None:
        match heard:
            case Answer():
                late = self._submissions.answered(heard)
                if late is not None:
                    self._put(late)
            case Pushed():
                self._put(heard)
            case Asked():
                self._write(heard.answer)
                if heard.ends:
                    self._end("gateway says goodbye")

    def _put(self, push: Pushed | LateAnswer) -> None:
        try:
            self._pushes.put_nowait(push)
        except queue.Full:
            log.warning("sms gateway push left to come again", provider=self._dialect.name)

    def _keep_on(self) -> None:
        """Until the link has ended; what was pushed and not kept by then is pushed again on the next."""
        while (push := self._next_push()) is not None:
            try:
                self._settle(push)
            except HotlineError as error:
                log.warning("sms gateway push not kept", provider=self._dialect.name, reason=error.code)
            except Exception:
                log.exception("sms gateway push not kept", provider=self._dialect.name)

    def _next_push(self) -> Pushed | LateAnswer | None:
        """None when the link has ended and no late answer is left."""
        while self.is_up or not self._pushes.empty():
            with suppress(queue.Empty):
                push = self._pushes.get(timeout=LONGEST_TICK_S)
                if self.is_up or isinstance(push, LateAnswer):
                    return push
        return None

    def _settle(self, push: Pushed | LateAnswer) -> None:
        """Kept first, answered then: killed in between, it is pushed again and counts once."""
        if self._keep is None:
            return
        if isinstance(push, LateAnswer):
            self._keep(push)
            return
        content, pushes = push.content, [push]
        if push.part is not None:
            whole = self._pieces.put(push, at_s=monotonic())
            if whole is None:
                return
            content, pushes = whole
        if content is not None:
            self._keep(content)
        for one in pushes:
            one.note_answered()
        self._write(b"".join(one.answer for one in pushes))
