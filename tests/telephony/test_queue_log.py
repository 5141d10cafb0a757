"""Reading Asterisk's queue_log back, and agreeing with what was heard."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from telephony.errors import MalformedEvent
from telephony.facts import CallerGreeted, CallEvent, QueueLeft, SeatAnswered, SeatDone
from telephony.queue_log import Position, Stretch, read_on, translate_line
from telephony.rules import EndedBy

LINES = """\
1795445738|NONE|NONE|NONE|QUEUESTART|
1795445739|1795445739.0|NONE|NONE|HOTLINE_GREETING|13812345678|12345|hotline
1795445741|1795445739.0|12345|NONE|HOTLINE_QUEUE|20261123/1795445739.0.wav
1795445741|1795445739.0|12345|NONE|ENTERQUEUE||13812345678|1
1795445745|1795445739.0|12345|PJSIP/1001|RINGNOANSWER|4000
1795445747|1795445739.0|12345|PJSIP/1003|CONNECT|6|1795445746.2|1
1795445750|1795445739.0|12345|PJSIP/1003|COMPLETEAGENT|6|3|1
1795445750|1795445739.0|12345|NONE|HOTLINE_DONE|CONTINUE
1795445750|1795445739.0|12345|PJSIP/1003|HOTLINE_ASKED|
1795445752|1795445739.0|12345|PJSIP/1003|HOTLINE_RATED|5|OK
1795445753|1795445739.0|12345|NONE|HOTLINE_GONE|CONTINUE|
"""


LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def read_all(path: Path, position: Position | None = None) -> Stretch:
    stretch = read_on(path, position, since=LONG_AGO)
    assert stretch is not None
    return stretch


def log(tmp_path: Path, text: str = LINES) -> Path:
    path = tmp_path / "queue_log"
    path.write_text(text, encoding="utf-8")
    return path


def facts(text: str) -> list[CallEvent]:
    return [event for line in text.splitlines() if (event := translate_line(line))]


def test_the_log_tells_the_whole_call() -> None:
    kinds = [event.kind for event in facts(LINES)]

    assert kinds == [
        "greeted", "recording", "waiting", "missed", "answered", "done", "left", "asked", "rated", "gone",
    ]  # fmt: skip
    assert {event.uid for event in facts(LINES)} == {"1795445739.0"}


def test_a_fact_has_the_key_that_the_manager_interface_gives_it() -> None:
    at = datetime(2026, 11, 23, 14, 55, 47, 123456, tzinfo=UTC)
    heard = SeatAnswered("1795445739.0", at, seat="PJSIP/1003", leg="1795445746.2", waited_s=6)

    read = next(event for event in facts(LINES) if isinstance(event, SeatAnswered))

    assert (read.uid, read.kind, read.mark) == (heard.uid, heard.kind, heard.mark)


@pytest.mark.parametrize(
    ("line", "ended_by", "waited_s", "talk_s"),
    [
        ("1|1.0|q|PJSIP/1|COMPLETECALLER|6|3|1", EndedBy.CALLER, 6, 3),
        ("1|1.0|q|PJSIP/1|BLINDTRANSFER|700|from-seats|6|3|1", None, 6, 3),
        ("1|1.0|q|PJSIP/1|ATTENDEDTRANSFER|LINK|PJSIP/a|PJSIP/b|6|3|1", None, 6, 3),
    ],
)
def test_the_ends_of_a_talk(line: str, ended_by: EndedBy | None, waited_s: int, talk_s: int) -> None:
    done = translate_line(line)

    assert isinstance(done, SeatDone)
    assert (done.ended_by, done.waited_s, done.talk_s) == (ended_by, waited_s, talk_s)


def test_a_queue_that_gave_up_says_why() -> None:
    left = translate_line("1|1.0|12345|NONE|EXITWITHTIMEOUT|1|1|600")

    assert isinstance(left, QueueLeft)
    assert left.status == "TIMEOUT"


def test_a_caller_number_with_a_bar_shifts_nothing() -> None:
    greeted = translate_line("1|1.0|NONE|NONE|HOTLINE_GREETING|138|1234|12345|hotline")

    assert isinstance(greeted, CallerGreeted)
    assert (greeted.caller, greeted.dialled, greeted.line) == ("138|1234", "12345", "hotline")


@pytest.mark.parametrize(
    "line", ["", "x", "|||||", "1|2|3", "a|1.0|q|NONE|ABANDON|1|1|4", "9" * 30 + "|1.0|q|n|ABANDON|1"]
)
def test_what_is_no_line_is_passed_over(line: str) -> None:
    assert translate_line(line) is None


@pytest.mark.parametrize("line", ["1|1.0|q|n|ABANDON|1|1", "1|1.0|q|n|CONNECT|x|1.1|1", "1|1.0|q|n|HOTLINE_GREETING|1"])
def test_a_line_of_ours_that_cannot_be_read_is_an_error(line: str) -> None:
    with pytest.raises(MalformedEvent):
        translate_line(line)


def test_reading_goes_on_where_it_stopped(tmp_path: Path) -> None:
    path = log(tmp_path, LINES[:200])
    first = read_all(path)
    path.write_text(LINES, encoding="utf-8")

    second = read_all(path, first.position)

    assert "\n".join([*first.lines, *second.lines, ""]) == LINES
    assert read_all(path, second.position).lines == []


def test_a_line_still_being_written_waits(tmp_path: Path) -> None:
    path = log(tmp_path, LINES + "1795445760|17954")

    stretch = read_all(path)

    assert stretch.lines[-1].endswith("HOTLINE_GONE|CONTINUE|")
    assert stretch.position.offset == len(LINES.encode())
    assert not stretch.has_more


def test_a_rotated_log_is_first_read_to_its_end(tmp_path: Path) -> None:
    path = log(tmp_path, LINES[:200])
    first = read_all(path)
    path.write_text(LINES, encoding="utf-8")
    path.rename(tmp_path / "queue_log.1")
    log(tmp_path, "1|NONE|NONE|NONE|QUEUESTART|\n")

    rest = read_all(path, first.position)
    fresh = read_all(path, rest.position)

    assert "\n".join([*first.lines, *rest.lines, ""]) == LINES
    assert rest.has_more
    assert fresh.lines == ["1|NONE|NONE|NONE|QUEUESTART|"]
    assert not rest.is_broken
    assert not fresh.is_broken


def test_every_file_between_two_rotations_is_read(tmp_path: Path) -> None:
    import os

    path = log(tmp_path, "1|a\n")
    position = read_all(path).position
    for number, name in ((2, "queue_log.2"), (3, "queue_log.1")):
        path.rename(tmp_path / name)
        os.utime(tmp_path / name, (number, number))
        log(tmp_path, f"{number}|a\n")

    lines = []
    for _ in range(3):
        stretch = read_all(path, position)
        lines += stretch.lines
        position = stretch.position

    assert lines == ["2|a", "3|a"]


def test_a_truncated_log_is_read_from_its_new_beginning_and_said_to_be_broken(tmp_path: Path) -> None:
    path = log(tmp_path)
    position = read_all(path).position
    with path.open("r+") as file:
        file.truncate(0)
        file.write("1|a\n")

    stretch = read_all(path, position)

    assert stretch.lines == ["1|a"]
    assert stretch.is_broken


def test_a_log_whose_old_file_is_gone_is_said_to_be_broken(tmp_path: Path) -> None:
    path = log(tmp_path)

    stretch = read_all(path, Position(path.stat().st_ino + 1, 10))

    assert stretch.is_broken
    assert len(stretch.lines) == 11


def test_no_log_is_nothing(tmp_path: Path) -> None:
    assert read_on(tmp_path / "queue_log", None, since=LONG_AGO) is None


def test_the_first_reading_leaves_out_what_is_long_past(tmp_path: Path) -> None:
    path = log(tmp_path, "1795000000|1.0|NONE|NONE|HOTLINE_GREETING|13812345678|12345|hotline\n" + LINES)
    first_of_today = datetime.fromtimestamp(1795445738, UTC)

    stretch = read_on(path, None, since=first_of_today)
    nothing = read_on(path, None, since=datetime(2027, 1, 1, tzinfo=UTC))

    assert stretch is not None
    assert nothing is not None
    assert stretch.lines == LINES.splitlines()
    assert (nothing.lines, nothing.position) == ([], stretch.position)


def test_the_first_reading_leaves_a_line_that_is_still_being_written(tmp_path: Path) -> None:
    path = log(tmp_path, "1795000000|1.0|12345|NONE|ENTERQUEUE||138")

    stretch = read_on(path, None, since=datetime(2027, 1, 1, tzinfo=UTC))

    assert stretch is not None
    assert (stretch.lines, stretch.position.offset) == ([], 0)


def test_a_long_log_is_read_in_pieces(tmp_path: Path) -> None:
    path = log(tmp_path, LINES * 2000)

    stretch = read_all(path)
    lines = list(stretch.lines)
    while stretch.has_more:
        stretch = read_all(path, stretch.position)
        lines += stretch.lines

    assert len(lines) == 22_000
