"""A stateful stand-in for a carrier's gateway: a TCP server that keeps messages, pushes, stumbles, and pushes again."""

import itertools
import socket
import threading
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum

from sms.providers.gateway.frames import FrameBroken, Frames

#: nothing in a test takes so long; a test that waits for it has failed
PATIENCE_S = 20.0


class Fault(StrEnum):
    """How the next message goes wrong."""

    REJECTED = "rejected"
    TURNED_AWAY = "turned_away"
    TIMEOUT_AFTER_ACCEPTANCE = "timeout_after_acceptance"
    """Kept, and not answered until `answer_late`."""
    TURNED_AWAY_LATE = "turned_away_late"
    """Not kept, and that is not said until `answer_late`."""
    LOST = "lost"
    """Neither kept nor answered."""
    BROKEN_BEFORE_ACCEPTANCE = "broken_before_acceptance"
    BROKEN_AFTER_ACCEPTANCE = "broken_after_acceptance"
    GARBAGE_AFTER_ACCEPTANCE = "garbage_after_acceptance"
    SECOND_PART_REFUSED = "second_part_refused"


@dataclass(frozen=True)
class Kept:
    """A part that the gateway has accepted."""

    provider_id: str
    phone: str
    source: str
    content: bytes
    has_header: bool


# What a twin understands of a frame.


@dataclass(frozen=True)
class LogInAsked:
    answer: bytes
    is_welcome: bool


@dataclass(frozen=True)
class Submitted:
    sequence: int
    phone: str
    source: str
    content: bytes
    has_header: bool


@dataclass(frozen=True)
class PushAnswered:
    sequence: int


@dataclass(frozen=True)
class Greeting:
    """A question whether we are there (`ends`: goodbye) and its answer; None: an answer to ours."""

    answer: bytes | None
    ends: bool = False


Understood = LogInAsked | Submitted | PushAnswered | Greeting


class Wire(ABC):
    """One protocol from the gateway's side."""

    shortest, longest = 12, 4096
    account, password = "901234", "secret"

    @abstractmethod
    def understand(self, frame: bytes) -> Understood: ...

    @abstractmethod
    def accept(self, sequence: int, number: int) -> tuple[bytes, str]:
        """The answer, and the id as our side will have it."""

    @abstractmethod
    def refuse(self, sequence: int, fault: Fault) -> bytes: ...

    @abstractmethod
    def report(self, sequence: int, kept: Kept, stat: str) -> bytes: ...

    @abstractmethod
    def reply(
        self, sequence: int, number: int, phone: str, dest: str, content: bytes, *, has_header: bool
    ) -> bytes: ...

    @abstractmethod
    def ask(self, sequence: int) -> bytes: ...

    @abstractmethod
    def say_goodbye(self, sequence: int) -> bytes: ...


@dataclass
class Push:
    """Something we must hear; pushed again on every log-in until it is answered."""

    build: Callable[[int], bytes]
    sequences: set[int] = field(default_factory=set)
    is_answered: bool = False


class GatewayTwin:
    """`port` is set once it runs."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self.port = 0
        self.kept: list[Kept] = []
        self.log_ins = self.refused_log_ins = self.questions = self.open_most = 0
        self.is_mute = False
        self._faults: deque[Fault] = deque()
        self._fault: Fault | None = None
        self._late: list[tuple[socket.socket, bytes]] = []
        self._unanswered = 0
        self._pushes: list[Push] = []
        self._sequences = itertools.count(1)
        self._numbers = itertools.count(1)
        self._lines: set[socket.socket] = set()
        self.changed = threading.Condition(threading.RLock())

    # --- what a test says and sees

    def misbehave(self, *faults: Fault) -> None:
        self._faults.extend(faults)

    @property
    def accepted(self) -> list[str]:
        """The texts that are whole here, in order."""
        whole: list[str] = []
        waiting: dict[tuple[str, int], dict[int, str]] = {}
        for kept in list(self.kept):
            if not kept.has_header:
                whole.append(kept.content.decode("utf-16-be"))
                continue
            reference, total, number = kept.content[3:6]
            found = waiting.setdefault((kept.phone, reference), {})
            found[number] = kept.content[6:].decode("utf-16-be")
            if len(found) == total:
                whole.append("".join(found[n] for n in sorted(found)))
        return whole

    def report(self, provider_id: str | None, stat: str = "DELIVRD") -> Push:
        kept = next(kept for kept in self.kept if kept.provider_id == provider_id)
        return self._push(lambda sequence: self.wire.report(sequence, kept, stat))

    def reply(self, phone: str, text: str, *, dest: str, parts: int = 1) -> list[Push]:
        """What a citizen writes, cut into `parts`."""
        size = -(-len(text) // parts)
        pushes = []
        for n in range(parts):
            header = bytes([5, 0, 3, 77, parts, n + 1]) if parts > 1 else b""
            content = header + text[n * size : (n + 1) * size].encode("utf-16-be")
            pushes.append(self._push(self._reply(next(self._numbers), phone, dest, content, has_header=parts > 1)))
        return pushes

    def _reply(self, number: int, phone: str, dest: str, content: bytes, *, has_header: bool) -> Callable[[int], bytes]:
        return lambda sequence: self.wire.reply(sequence, number, phone, dest, content, has_header=has_header)

    def push_again(self) -> None:
        """Whatever was not answered, on every line."""
        with self.changed:
            for line in list(self._lines):
                self._push_all(line)

    def answer_late(self) -> None:
        """What was held back is answered now, if its line still stands."""
        with self.changed:
            late, self._late = self._late, []
            for line, answer in late:
                self._say(line, answer)

    def drop_lines(self) -> None:
        """The network goes, without a goodbye."""
        with self.changed:
            for line in list(self._lines):
                self._hang_up(line)

    def say_goodbye(self) -> None:
        """After a question whether we are there."""
        with self.changed:
            for line in list(self._lines):
                self._say(line, self.wire.ask(next(self._sequences)))
                self._say(line, self.wire.say_goodbye(next(self._sequences)))

    def wait_for(self, what: Callable[[], bool]) -> None:
        """Until it is so, looked at after everything that happens here."""
        with self.changed:
            assert self.changed.wait_for(what, PATIENCE_S), "it did not happen"

    @property
    def has_a_line(self) -> bool:
        return bool(self._lines)

    # --- what it does

    def serve(self, line: socket.socket) -> None:
        """One connection until it ends; frames before a log-in end it."""
        frames = Frames(shortest=self.wire.shortest, longest=self.wire.longest)
        with suppress(OSError, FrameBroken):
            while received := line.recv(65536):
                for frame in frames.feed(received):
                    with self.changed:
                        self._hear(line, self.wire.understand(frame))
                        self.changed.notify_all()
        with self.changed:
            self._lines.discard(line)
            line.close()
            self.changed.notify_all()

    def _hear(self, line: socket.socket, heard: Understood) -> None:
        if self.is_mute:
            self.questions += isinstance(heard, Greeting)
            return
        if not isinstance(heard, LogInAsked) and line not in self._lines:
            self._hang_up(line)
            return
        match heard:
            case LogInAsked():
                self._welcome(line, heard)
            case Submitted():
                self._take(line, heard)
            case PushAnswered():
                for push in self._pushes:
                    push.is_answered |= heard.sequence in push.sequences
            case Greeting():
                self._greet(line, heard)

    def _welcome(self, line: socket.socket, asked: LogInAsked) -> None:
        if not asked.is_welcome:
            self.refused_log_ins += 1
            self._say(line, asked.answer)
            return
        self.log_ins += 1
        self._lines.add(line)
        self._say(line, asked.answer)
        self._push_all(line)

    def _greet(self, line: socket.socket, greeting: Greeting) -> None:
        self.questions += greeting.answer is not None and not greeting.ends
        if greeting.answer is not None:
            self._say(line, greeting.answer)
        if greeting.ends:
            self._hang_up(line)

    def _take(self, line: socket.socket, submitted: Submitted) -> None:
        number = submitted.content[5] if submitted.has_header else 1
        if number == 1:
            self._fault = self._faults.popleft() if self._faults else None
        self._unanswered += 1
        self.open_most = max(self.open_most, self._unanswered)
        match self._fault:
            case Fault.BROKEN_BEFORE_ACCEPTANCE:
                self._hang_up(line)
            case Fault.REJECTED | Fault.TURNED_AWAY:
                self._answer(line, self.wire.refuse(submitted.sequence, self._fault))
            case Fault.SECOND_PART_REFUSED if number > 1:
                self._answer(line, self.wire.refuse(submitted.sequence, Fault.REJECTED))
            case Fault.TURNED_AWAY_LATE:
                self._late.append((line, self.wire.refuse(submitted.sequence, Fault.TURNED_AWAY)))
            case Fault.LOST:
                pass
            case _:
                self._accept(line, submitted)

    def _accept(self, line: socket.socket, submitted: Submitted) -> None:
        answer, provider_id = self.wire.accept(submitted.sequence, next(self._numbers))
        self.kept.append(Kept(provider_id, submitted.phone, submitted.source, submitted.content, submitted.has_header))
        match self._fault:
            case Fault.TIMEOUT_AFTER_ACCEPTANCE:
                self._late.append((line, answer))
            case Fault.BROKEN_AFTER_ACCEPTANCE:
                self._hang_up(line)
            case Fault.GARBAGE_AFTER_ACCEPTANCE:
                self._say(line, b"HTTP/1.1 400 Bad Request\r\n\r\n")
            case _:
                self._answer(line, answer)

    def _answer(self, line: socket.socket, answer: bytes) -> None:
        self._unanswered -= 1
        self._say(line, answer)

    def _push(self, build: Callable[[int], bytes]) -> Push:
        push = Push(build)
        with self.changed:
            self._pushes.append(push)
            for line in list(self._lines)[:1]:
                self._push_to(line, push)
        return push

    def _push_all(self, line: socket.socket) -> None:
        for push in self._pushes:
            if not push.is_answered:
                self._push_to(line, push)

    def _push_to(self, line: socket.socket, push: Push) -> None:
        sequence = next(self._sequences)
        push.sequences.add(sequence)
        self._say(line, push.build(sequence))

    @staticmethod
    def _say(line: socket.socket, frame: bytes) -> None:
        with suppress(OSError):
            line.sendall(frame)

    def _hang_up(self, line: socket.socket) -> None:
        self._lines.discard(line)
        with suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)


@contextmanager
def running(twin: GatewayTwin) -> Iterator[GatewayTwin]:
    """The twin on a free port of the loopback; every thread of its own has ended afterwards."""
    listener = socket.create_server(("127.0.0.1", twin.port))
    twin.port = listener.getsockname()[1]
    threads: list[threading.Thread] = []
    lines: list[socket.socket] = []

    def accept() -> None:
        with suppress(OSError):
            while True:
                line, _ = listener.accept()
                lines.append(line)
                threads.append(threading.Thread(target=twin.serve, args=(line,), daemon=True))
                threads[-1].start()

    accepting = threading.Thread(target=accept, daemon=True)
    accepting.start()
    try:
        yield twin
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        accepting.join(PATIENCE_S)
        for line in lines:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
        for thread in threads:
            thread.join(PATIENCE_S)
