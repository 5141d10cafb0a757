"""What we can say about a ticket, a rating or a repair, by names of our own that the field map refers to."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum


class Value(StrEnum):
    """The names that a field map may use."""

    NUMBER = "number"
    KIND = "kind"
    STAGE = "stage"
    SERIAL = "serial"
    SOURCE = "source"
    ITEM_CODE = "item_code"
    ITEM_NAME = "item_name"
    TYPE = "type"
    UNIT_CODE = "unit_code"
    STAFF_NUMBER = "staff_number"
    OFFICER = "officer"
    APPLIED_AT = "applied_at"
    DONE_AT = "done_at"
    CALLER_NAME = "caller_name"
    PHONE = "phone"
    CALLER_KIND = "caller_kind"
    RATING_NUMBER = "rating_number"
    ABOUT_NUMBER = "about_number"
    SUBJECT = "subject"
    CHANNEL = "channel"
    LEVEL = "level"
    REASONS = "reasons"
    WORDS = "words"
    IS_SOLVED = "is_solved"
    IS_REAL_NAME = "is_real_name"
    IS_DEFAULT = "is_default"
    RATED_AT = "rated_at"
    REPAIR_NUMBER = "repair_number"
    REPAIR_STATE = "repair_state"
    OUTCOME = "outcome"
    REPAIRED_AT = "repaired_at"
    #: what the exchange has a field for and we do not keep: always empty
    NOTHING = "nothing"


#: a moment is written as the map says, several codes are joined by commas, None and "" are nothing
Said = str | int | bool | datetime | list[str] | None
Values = Mapping[Value, Said]

MOMENTS = frozenset({Value.APPLIED_AT, Value.DONE_AT, Value.RATED_AT, Value.REPAIRED_AT})
#: cut to the length that the map allows; anything else that is too long is a fault
FREE_TEXTS = frozenset({Value.WORDS, Value.ITEM_NAME, Value.OFFICER, Value.CALLER_NAME})
#: shown to nobody but by how long it is
UNSHOWN = frozenset({Value.WORDS})
NAMES = frozenset({Value.CALLER_NAME, Value.OFFICER})
PHONES = frozenset({Value.PHONE})
#: stand where a caller's name would: not told, or to be kept secret
NO_NAME, SECRET = "匿名", "保密"
