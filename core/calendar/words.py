"""How a day stands in a Chinese sentence: 8月20日, without leading zeros."""

from datetime import date, datetime

from core.calendar.rules import SHANGHAI


def day_words(day: date) -> str:
    return f"{day.month}月{day.day}日"


def dated_words(moment: datetime) -> str:
    """With the year, as papers have it."""
    local = moment.astimezone(SHANGHAI)
    return f"{local.year}年{day_words(local)}"


def moment_words(moment: datetime) -> str:
    local = moment.astimezone(SHANGHAI)
    return f"{day_words(local)} {local:%H:%M}"
