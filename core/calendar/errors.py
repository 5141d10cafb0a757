"""What a calendar cannot answer or take."""

from core.errors import Conflict, Invalid


class CalendarNotLoaded(Conflict):
    """The holidays of this year are not loaded (they are published in the November before)."""

    code = "calendar_not_loaded"
    message = "日历未加载({year})"

    def __init__(self, *, year: int) -> None:
        self.year = year
        super().__init__(year=year)


class CalendarInvalid(Invalid):
    """A year that was to be imported cannot be right."""

    code = "calendar_invalid"
    message = "日历文件有误"
