"""The citizen's form: its fields as they were typed, and what keeps them from becoming a ticket."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from core.errors import FaultLine
from tickets.forms import TEXT_MOST, TicketForm, ticket_faults
from tickets.hearing import heard
from tickets.kinds import Secrecy, Source, TicketType

PEOPLE_MOST = 1_000_000
#: field of the form → how long it may be
FIELDS: dict[str, int] = {
    "text": TEXT_MOST,
    "place_text": 200,
    "type": 20,
    "phone": 20,
    "caller_name": 40,
    "secrecy": 20,
    "accused": 100,
    "people_count": 9,
    "representative": 40,
}
_NAMES = {
    "text": "诉求内容", "place_text": "地点", "type": "类型", "phone": "联系电话", "caller_name": "称呼",
    "secrecy": "保密",
    "accused": "被反映单位", "people_count": "人数", "representative": "代表人",
}  # fmt: skip


@dataclass(frozen=True)
class Filled:
    """A form that was judged: the ticket's form, or None with the first sentence for each field that is wrong."""

    form: TicketForm | None
    faults: Mapping[str, str]


def judge(typed: Mapping[str, str]) -> Filled:
    """`typed` by field name; a field that is missing was left empty."""
    values = {name: typed.get(name, "") for name in FIELDS}
    faults: dict[str, str] = {}
    for name, most in FIELDS.items():
        if len(values[name]) > most:
            faults[name] = f"{_NAMES[name]}最多 {most} 个字，现在 {len(values[name])} 个"
    type_ = _chosen(TicketType, values["type"])
    secrecy = _chosen(Secrecy, values["secrecy"]) or Secrecy.NONE
    people = _people(values["people_count"])
    if people is None:
        faults.setdefault("people_count", "人数请填写 1 以上的数字")
    cut = {name: values[name][: FIELDS[name]] for name in ("text", "place_text", "phone", "accused", "representative")}
    form = _form(
        **cut,
        caller_name=values["caller_name"][: FIELDS["caller_name"]],
        type=type_,
        # who reports is kept from the accused anyway; a choice that is not ours to offer is none
        secrecy=Secrecy.FROM_ACCUSED if secrecy is Secrecy.FROM_ACCUSED else None,
        people_count=people or 1,
    )
    for fault in ticket_faults(form):
        faults.setdefault(*_at_field(fault))
    return Filled(None if faults else heard(form), faults)


def _form(**values: Any) -> TicketForm:
    """Every value was cut to what the form holds."""
    try:
        return TicketForm(**values)
    except ValidationError as error:  # a rule of the form that is not in FIELDS
        raise ValueError("the citizen's form does not fit the ticket's") from error


def _at_field(fault: FaultLine) -> tuple[str, str]:
    location, _, sentence = fault
    return str(location[-1]), sentence


def _chosen(kind: Any, code: str) -> Any:
    return next((member for member in kind if member.value == code), None)


def _people(text: str) -> int | None:
    """Full-width digits count; nothing is one person."""
    if not text:
        return 1
    if not text.isdecimal() or len(text) > FIELDS["people_count"]:
        return None
    return int(text) if 1 <= int(text) <= PEOPLE_MOST else None


def source_of(user_agent: str) -> Source:
    """Phones say so (developer.mozilla.org, "Browser detection using the user agent": look for Mobi)."""
    return Source.MOBILE if "Mobi" in user_agent else Source.WEB
