"""What looks bent at a window of a hall is flagged there, and what happens once or at another window is not."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from evaluation.actions.answering import Answer
from evaluation.counters.forms import MatterForm
from evaluation.counters.matters import register_matter
from evaluation.counters.model import CounterMatter
from evaluation.counters.rating import note_asked, rate_matter
from evaluation.counters.rules import Stage, UserKind
from evaluation.counters.windows import add_window
from evaluation.rules import Channel, Level
from indicators.coverage.flags import FlagRow, Wanted
from indicators.coverage.queries import flagged, flagged_row
from indicators.coverage.rules import Flag
from staff.actions import add_unit
from staff.rules import UnitKind
from tests.coverage.making import MONTH
from tickets.platforms.actions import add_platform

KEY = b"a key that only tests use"


class Hall:
    """Two windows of one unit; `press` is the device of a window, seconds after `now`."""

    def __init__(self, session: Session, now: datetime) -> None:
        self.session, self.now, self.n = session, now, 0
        self.platform = add_platform(session, code="hall", name="大厅", write_back_url="", now=now)
        add_unit(session, code="market", name="市场监管局", kind=UnitKind.CITY_DEPARTMENT)
        self.windows = {
            number: add_window(session, hall="hall", unit_code="market", number=number, name="企业开办", now=now)
            for number in ("A01", "B01")
        }

    def matter(self, window: str = "A01", *, phone: str = "", done_at: datetime | None = None) -> int:
        self.n += 1
        done_at = done_at or self.now
        form = MatterForm(
            number=f"XZ{self.n:08}", item_code="item", item_name="许可", stage=Stage.DONE, window_number=window,
            staff_number="G1", applied_at=done_at, done_at=done_at, user_kind=UserKind.PERSON, phone=phone,
        )  # fmt: skip
        return register_matter(self.session, self.platform.id, form, phone_key=KEY, now=self.now).id

    def press(
        self,
        after_s: float,
        *,
        window: str = "A01",
        asked_s: float | None = None,
        phone: str = "",
        channel: Channel = Channel.DEVICE,
        is_real_name: bool = False,
    ) -> int:
        matter_id = self.matter(window, phone=phone)
        if asked_s is not None:
            note_asked(self.session, self.windows[window], matter_id, now=self.now + timedelta(seconds=asked_s))
        at = self.now + timedelta(seconds=after_s)
        said = Answer(Level.VERY_SATISFIED, channel, f"device:{matter_id}")
        rate_matter(self.session, matter_id, said, is_real_name=is_real_name, open_days=7, now=at)
        return matter_id

    def rows(self, flag: Flag) -> list[FlagRow]:
        wanted = Wanted(MONTH, self.now + timedelta(days=1))
        return [one.row for one in flagged(self.session, flag, wanted)]


@pytest.fixture
def hall(session: Session, now: datetime) -> Hall:
    return Hall(session, now)


def test_a_device_that_is_pressed_before_its_question_can_be_read(hall: Hall) -> None:
    for n in range(3):
        hall.press(n * 600 + 2, asked_s=n * 600)
        hall.press(n * 600 + 3, window="B01", asked_s=n * 600)

    (row,) = hall.rows(Flag.COUNTER_FAST)

    assert row.what == "窗口 A01（企业开办）：3 次在出题后 3 秒内按评"
    assert (row.unit_name, row.numbers) == ("市场监管局", [])
    assert flagged_row(hall.session, Flag.COUNTER_FAST, row.key, MONTH, now=hall.now) == row


def test_two_hasty_presses_are_no_habit(hall: Hall) -> None:
    for n in range(2):
        hall.press(n * 600 + 1, asked_s=n * 600)

    assert hall.rows(Flag.COUNTER_FAST) == []


def test_presses_faster_than_citizens_can_follow_each_other_at_one_window(hall: Hall) -> None:
    for n in range(4):
        hall.press(n * 14)
        hall.press(n * 14 + 7, window="B01" if n % 2 else "A01")
    for n in range(4):
        hall.press(9_000 + n * 15, window="B01")

    assert [row.what for row in hall.rows(Flag.COUNTER_SERIES)] == [
        "窗口 A01（企业开办）：5 次在前一次后 15 秒内又评，均未核验号码"
    ]


@pytest.mark.parametrize("channel", [Channel.QR, Channel.MINI, Channel.APP, Channel.PC, Channel.KIOSK])
def test_whatever_way_they_come_ratings_that_nobody_s_number_proves_are_a_series(hall: Hall, channel: Channel) -> None:
    for n in range(4):
        hall.press(n * 14, channel=channel if n % 2 else Channel.DEVICE)
        hall.press(n * 14, window="B01", channel=channel, is_real_name=True)

    assert [row.what for row in hall.rows(Flag.COUNTER_SERIES)] == [
        "窗口 A01（企业开办）：3 次在前一次后 15 秒内又评，均未核验号码"
    ]


def test_five_matters_of_one_phone_at_one_window(hall: Hall) -> None:
    for n in range(5):
        hall.press(n * 600, phone="13800001234")
        hall.press(n * 600 + 60, phone=f"1390000123{n}")
    for n in range(4):
        hall.press(n * 600, phone="13700001234")

    assert [row.what for row in hall.rows(Flag.COUNTER_PHONE)] == ["窗口 A01（企业开办）：同一电话本期评价 5 件"]


def test_matters_that_are_heard_of_days_after_they_were_done(hall: Hall, now: datetime) -> None:
    for _ in range(3):
        hall.matter(done_at=now - timedelta(days=3, seconds=1))
        hall.matter("B01", done_at=now - timedelta(days=3))

    (row,) = hall.rows(Flag.COUNTER_LATE)

    assert row.what == "窗口 A01（企业开办）：3 件在办结 3 天以后才登记"
    assert hall.session.query(CounterMatter).count() == 6


def again(hall: Hall, n: int, **changes: object) -> None:
    """The hall says something else of its n-th matter."""
    said = {
        "number": f"XZ{n:08}", "version": 2, "item_code": "item", "item_name": "许可", "stage": Stage.DONE,
        "window_number": "A01", "staff_number": "G1", "applied_at": hall.now, "done_at": hall.now,
        "user_kind": UserKind.PERSON, "phone": "",
    }  # fmt: skip
    form = MatterForm.model_validate(said | changes)
    register_matter(hall.session, hall.platform.id, form, phone_key=KEY, now=hall.now + timedelta(hours=1))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"phone": "19900000009"}, "手机号"),
        ({"phone": "19900000001", "staff_number": "G2", "window_number": "B01"}, "窗口、窗口人员"),
        ({"phone": ""}, "手机号"),
    ],
)
def test_a_matter_that_is_said_otherwise_before_its_rating(hall: Hall, changes: dict[str, object], words: str) -> None:
    hall.matter(phone="19900000001")

    again(hall, 1, **changes)

    (row,) = hall.rows(Flag.COUNTER_REWRITTEN)
    assert row.what == f"办件 XZ00000001 改报{words}，未评价"


def test_a_better_name_of_the_item_is_no_rewriting(hall: Hall) -> None:
    hall.matter(phone="19900000001")

    again(hall, 1, phone="19900000001", item_name="食品经营许可")

    assert hall.rows(Flag.COUNTER_REWRITTEN) == []


@pytest.mark.parametrize(("first", "then", "is_flagged"), [(2, 5, True), (5, 1, False), (4, 4, False)])
def test_a_number_called_verified_that_says_better_than_what_nobody_proved(
    hall: Hall, first: int, then: int, is_flagged: bool
) -> None:
    matter_id = hall.matter(phone="19900000001")
    for n, (level, is_real_name) in enumerate([(first, False), (then, True)]):
        said = Answer(Level(level), Channel.MINI, f"mini:{n}")
        at = hall.now + timedelta(hours=n)
        rate_matter(hall.session, matter_id, said, is_real_name=is_real_name, open_days=7, now=at)

    assert len(hall.rows(Flag.COUNTER_RAISED)) == is_flagged
