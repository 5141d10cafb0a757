"""Asterisk's own log of its queues, read back to find what we did not hear."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from telephony.asterisk_names import LOG_ASKED, LOG_DONE, LOG_GONE, LOG_GREETING, LOG_QUEUE, LOG_RATED
from telephony.errors import MalformedEvent
from telephony.facts import (
    CallerAbandoned,
    CallerGone,
    CallerGreeted,
    CallerRated,
    CallerWaiting,
    CallEvent,
    QueueLeft,
    RatingAsked,
    RecordingNamed,
    SeatAnswered,
    SeatDone,
    SeatMissed,
)
from telephony.rules import EndedBy, Source

#: A stretch is stored in one transaction, about a thousand lines.
READ_AT_MOST = 1 << 16


@dataclass(frozen=True)
class Position:
    """A file, by its inode, and the offset behind the last whole line that was read."""

    inode: int
    offset: int


@dataclass(frozen=True)
class Stretch:
    """Whole lines, where they end, and whether more is there to read now.

    `is_broken`: what followed the position before is gone (rotated away and compressed, or truncated).
    """

    lines: list[str]
    position: Position
    has_more: bool
    is_broken: bool = False


@dataclass(frozen=True)
class Line:
    """One line in its parts."""

    uid: str
    at: datetime
    queue: str
    agent: str
    name: str
    fields: list[str]

    def number(self, index: int) -> int:
        """A field as a whole number.  Raises MalformedEvent."""
        text = self.field(index)
        if not text.isdecimal():
            raise MalformedEvent(name=self.name, field=str(index))
        return int(text)

    def field(self, index: int) -> str:
        """A field by its place, negative from the end.  Raises MalformedEvent."""
        try:
            return self.fields[index]
        except IndexError as error:
            raise MalformedEvent(name=self.name, field=str(index)) from error


def read_on(path: Path, position: Position | None, *, since: datetime) -> Stretch | None:
    """What stands in the log behind `position`, about a thousand lines at most.  None: there is no log.

    Without a position it is read for the first time, from the first line of `since` on: what an exchange did long
    before we came is not ours.
    A line that is still being written is left for the next time.  When the file has been rotated, the old one is
    first read to its end under its new name.
    """
    try:
        current = path.stat()
    except FileNotFoundError:
        return None
    if position is None:
        return _read(path, Position(current.st_ino, _offset_of(path, since)))
    if position.inode == current.st_ino:
        is_truncated = current.st_size < position.offset
        return _read(path, Position(current.st_ino, 0) if is_truncated else position, is_broken=is_truncated)
    files = _rotated(path)
    known = next((index for index, file in enumerate(files) if file.stat().st_ino == position.inode), None)
    if known is None:
        return _read(path, Position(current.st_ino, 0), is_broken=True)
    stretch = _read(files[known], position)
    if stretch.lines:
        return Stretch(stretch.lines, stretch.position, has_more=True)
    newer = files[known + 1] if known + 1 < len(files) else path
    return _read(newer, Position(newer.stat().st_ino, 0))


def _offset_of(path: Path, since: datetime) -> int:
    """Where the first line of that moment or later begins; the end of the last whole line if there is none."""
    offset = 0
    with path.open("rb") as file:
        for line in file:
            seconds = line.partition(b"|")[0]
            if not line.endswith(b"\n") or (seconds.isdigit() and int(seconds) >= since.timestamp()):
                break
            offset += len(line)
    return offset


def _rotated(path: Path) -> list[Path]:
    """The log's older files as they were renamed, oldest first; compressed ones can no longer be found by inode."""
    files = [file for file in path.parent.glob(f"{path.name}[.-]*") if file.suffix not in (".gz", ".xz", ".zst")]
    return sorted(files, key=lambda file: file.stat().st_mtime_ns)


def _read(path: Path, position: Position, *, is_broken: bool = False) -> Stretch:
    with path.open("rb") as file:
        file.seek(position.offset)
        raw = file.read(READ_AT_MOST)
        has_more = bool(file.read(1))
    whole = raw.rfind(b"\n") + 1
    lines = raw[:whole].decode("utf-8", "replace").split("\n")[:-1]
    return Stretch(lines, Position(position.inode, position.offset + whole), has_more and whole > 0, is_broken)


def translate_line(text: str) -> CallEvent | None:
    """Our event for a line, or None for the many we do not follow.  Raises MalformedEvent."""
    line = _parts(text)
    read = READERS.get(line.name) if line else None
    return read(line) if line and read else None


def _parts(text: str) -> Line | None:
    """`seconds|uid|queue|agent|event|field|…`; None for a line that is none, e.g. the cut end of a crashed Asterisk."""
    parts = text.rstrip("\r").split("|")
    if len(parts) < 5 or not parts[0].isdecimal() or len(parts[0]) > 11:
        return None
    seconds, uid, queue, agent, name, *fields = parts
    return Line(uid, datetime.fromtimestamp(int(seconds), UTC), queue, agent, name, fields)


def _greeted(line: Line) -> CallEvent:
    """The caller's number stands first and may hold a bar; what follows it does not."""
    line.field(2)
    *caller, dialled, name = line.fields
    return CallerGreeted(
        line.uid, line.at, caller="|".join(caller), dialled=dialled, line=name, source=Source.QUEUE_LOG
    )


def _recording(line: Line) -> CallEvent:
    return RecordingNamed(line.uid, line.at, path=line.field(0), source=Source.QUEUE_LOG)


def _waiting(line: Line) -> CallEvent:
    return CallerWaiting(line.uid, line.at, queue=line.queue, source=Source.QUEUE_LOG)


def _answered(line: Line) -> CallEvent:
    leg, waited_s = line.field(1), line.number(0)
    return SeatAnswered(line.uid, line.at, seat=line.agent, leg=leg, waited_s=waited_s, source=Source.QUEUE_LOG)


def _done(ended_by: EndedBy | None) -> Callable[[Line], CallEvent]:
    """The end of a seat's part: waiting, talking and first position stand last, whatever stands before them."""

    def read(line: Line) -> CallEvent:
        return SeatDone(
            line.uid,
            line.at,
            seat=line.agent,
            waited_s=line.number(-3),
            talk_s=line.number(-2),
            ended_by=ended_by,
            source=Source.QUEUE_LOG,
        )

    return read


def _abandoned(line: Line) -> CallEvent:
    return CallerAbandoned(line.uid, line.at, waited_s=line.number(2), source=Source.QUEUE_LOG)


def _missed(line: Line) -> CallEvent:
    return SeatMissed(line.uid, line.at, seat=line.agent, leg=None, source=Source.QUEUE_LOG)


def _left(status: str) -> Callable[[Line], CallEvent]:
    def read(line: Line) -> CallEvent:
        return QueueLeft(line.uid, line.at, queue=line.queue, status=status, source=Source.QUEUE_LOG)

    return read


def _left_with_status(line: Line) -> CallEvent:
    return QueueLeft(line.uid, line.at, queue=line.queue, status=line.field(0), source=Source.QUEUE_LOG)


def _asked(line: Line) -> CallEvent:
    return RatingAsked(line.uid, line.at, source=Source.QUEUE_LOG)


def _rated(line: Line) -> CallEvent:
    return CallerRated(line.uid, line.at, pressed=line.field(0), source=Source.QUEUE_LOG)


def _gone(line: Line) -> CallEvent:
    return CallerGone(line.uid, line.at, has_abandoned=line.field(1) == "TRUE", source=Source.QUEUE_LOG)


READERS: dict[str, Callable[[Line], CallEvent]] = {
    LOG_GREETING: _greeted,
    LOG_QUEUE: _recording,
    LOG_DONE: _left_with_status,
    LOG_ASKED: _asked,
    LOG_RATED: _rated,
    LOG_GONE: _gone,
    "ENTERQUEUE": _waiting,
    "CONNECT": _answered,
    "COMPLETEAGENT": _done(EndedBy.SEAT),
    "COMPLETECALLER": _done(EndedBy.CALLER),
    "BLINDTRANSFER": _done(None),
    "ATTENDEDTRANSFER": _done(None),
    "ABANDON": _abandoned,
    "RINGNOANSWER": _missed,
    "EXITWITHTIMEOUT": _left("TIMEOUT"),
    "EXITEMPTY": _left("LEAVEEMPTY"),
}
