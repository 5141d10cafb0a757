"""When an office works: the hours of its working days and of its days off, read and written as people do."""

import re
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from core.calendar import WorkingCalendar
from core.errors import FaultLine, Invalid

#: hours of one day in minutes after midnight: ((510, 690), (810, 1020))
Stretches = tuple[tuple[int, int], ...]
DAY_MINUTES = 24 * 60
#: more are a slip of the pen
STRETCHES_MOST = 4
_STRETCH = re.compile(r"(\d{1,2}):(\d{2})\s*[-–—~至到]\s*(\d{1,2}):(\d{2})")
_AS_TYPED = str.maketrans("０１２３４５６７８９：－，；　", "0123456789:-,; ")


@dataclass(frozen=True)
class WorkHours:
    """`whose` opens the sentence, empty for the city's own hours."""

    on_working_days: Stretches = ()
    on_days_off: Stretches = ()
    whose: str = ""

    def __bool__(self) -> bool:
        return bool(self.on_working_days or self.on_days_off)

    def __str__(self) -> str:
        parts = [f"工作日 {spoken(self.on_working_days)}"] if self.on_working_days else []
        parts += [f"休息日 {spoken(self.on_days_off)}"] if self.on_days_off else []
        return f"{self.whose}{'；'.join(parts)}"

    def of_day(self, day: date, calendar: WorkingCalendar) -> Stretches:
        """An office that keeps the same hours every day needs no calendar.  Raises CalendarNotLoaded."""
        if self.on_working_days == self.on_days_off:
            return self.on_working_days
        return self.on_working_days if calendar.is_working_day(day) else self.on_days_off


def spoken(stretches: Stretches) -> str:
    """08:30–12:00、13:30–17:00."""
    return "、".join(f"{clock_of(opens)}–{clock_of(closes)}" for opens, closes in stretches)


def clock_of(minute: int) -> str:
    """08:30; the end of a day is 24:00."""
    return f"{minute // 60:02}:{minute % 60:02}"


def parse_work_hours(on_working_days: str, on_days_off: str) -> WorkHours:
    """Hours as they are typed: 08:30-12:00、13:30-17:00.  Raises Invalid with every fault."""
    faults: list[FaultLine] = []
    working = _parse("on_working_days", on_working_days, faults)
    off = _parse("on_days_off", on_days_off, faults)
    if not working and not faults:
        faults.append((("body", "on_working_days"), "hours_missing", "请填写工作日的办公时间"))
    if faults:
        raise Invalid(faults)
    return WorkHours(working, off)


def _parse(field: str, text: str, faults: list[FaultLine]) -> Stretches:
    """Empty: closed.  What cannot be is added to `faults`."""
    typed = text.translate(_AS_TYPED).strip()
    found = [_STRETCH.fullmatch(part.strip()) for part in re.split(r"[、,;]", typed)] if typed else []
    times = [tuple(map(int, one.groups())) for one in found if one]
    stretches = tuple(sorted((hour * 60 + m, to_hour * 60 + to_m) for hour, m, to_hour, to_m in times))
    is_read = len(times) == len(found) and all(m < 60 and to_m < 60 for _, m, _, to_m in times)
    rules = (
        (is_read, "请按 08:30-12:00、13:30-17:00 的格式填写"),
        (all(opens < closes <= DAY_MINUTES for opens, closes in stretches), "每段的结束须晚于开始，最晚到 24:00"),
        (all(closes <= later for (_, closes), (later, _) in pairwise(stretches)), "各段时间不能重叠"),
        (len(stretches) <= STRETCHES_MOST, f"一天最多 {STRETCHES_MOST} 段"),
    )
    message = next((message for holds, message in rules if not holds), None)
    if message is None:
        return stretches
    faults.append((("body", field), "hours_malformed", message))
    return ()
