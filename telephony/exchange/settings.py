"""Settings of the exchange that `hotline exchange up` makes."""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, IPvAnyAddress, IPvAnyNetwork, StringConstraints, model_validator

from core.settings import Section

#: These go into Asterisk's configuration as they are, so nothing in them may end a line or start a comment.
Digits = Annotated[str, StringConstraints(pattern=r"^[0-9]{2,20}$")]
Word = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
SeatRange = Annotated[str, StringConstraints(pattern=r"^[0-9]{3,6}(-[0-9]{3,6})?$")]
SipAddress = Annotated[str, StringConstraints(pattern=r"^sip:[A-Za-z0-9.+_-]+@[A-Za-z0-9.:\[\]-]+$")]
Port = Annotated[int, Field(ge=1, le=65535)]

MOST_SEATS = 5000


@dataclass(frozen=True)
class SeatAccount:
    """A telephone of a seat; `contact` is None where it registers itself."""

    number: str
    kind: Literal["browser", "phone"]
    contact: str | None = None


class Line(Section):
    """A number citizens dial; a merged hotline keeps its own number and name."""

    id: Word = Field(description="short name kept with every call on this line")
    numbers: tuple[Digits, ...] = Field(min_length=1, description="the numbers as the trunk delivers them")
    queue: Word = Field(default="12345", description="the queue its callers wait in")


class Phone(Section):
    """A desk telephone at a fixed address."""

    number: Digits = Field(description="number of the seat")
    contact: SipAddress | None = Field(
        default=None, description="where it is, as sip:user@host:port; unset: it registers"
    )


class ExchangeSettings(Section):
    """A real Asterisk in a directory of its own: `hotline exchange up`."""

    cache: Path = Field(default=Path("~/.cache/hotline"), description="folder that keeps the packed Asterisk")
    folder: Path = Field(default=Path("var/exchange"), description="folder for configuration, logs and recordings")
    suite: Word = Field(default="sid", description="Debian suite Asterisk is taken from")
    address: IPvAnyAddress = Field(
        default=IPv4Address("127.0.0.1"), description="address SIP, AMI and the browsers' WebSocket listen on"
    )
    sip_port: Port = Field(default=5060, description="UDP port for SIP")
    http_port: Port = Field(default=8088, description="TCP port for the browsers' WebSocket")
    rtp_from: Port = Field(default=10000, description="first UDP port for voice")
    rtp_to: Port = Field(default=10999, description="last UDP port for voice")
    ami_from: IPvAnyNetwork = Field(
        default=IPv4Network("127.0.0.0/8"), description="network that may log in to the manager interface"
    )
    ice_address: IPvAnyAddress | None = Field(
        default=None, description="the machine's own address, when browsers on this machine use `address` (loopback)"
    )
    trunks: tuple[IPvAnyNetwork, ...] = Field(
        default=(IPv4Network("127.0.0.2/32"),), description="networks callers' SIP comes from"
    )
    lines: tuple[Line, ...] = Field(
        default=(Line(id="hotline", numbers=("12345",)),), min_length=1, description="the numbers citizens dial"
    )
    dial_in_number: Digits | None = Field(
        default=None,
        description="number that staff dial from outside to call a citizen, as in [telephony]; unset: none",
    )
    key_wait_s: int = Field(default=10, ge=2, le=60, description="seconds staff who dial in have for the next key")
    browser_seats: tuple[SeatRange, ...] = Field(default=("8001-8040",), description="seats that answer in the browser")
    phones: tuple[Phone, ...] = Field(default=(), description="seats with a desk telephone")
    ring_s: int = Field(default=15, ge=3, le=120, description="seconds a seat rings before the next one is asked")
    wait_at_most_s: int = Field(default=600, ge=10, le=7200, description="seconds a caller waits before 话务员全忙")
    announce_every_s: int = Field(default=40, ge=10, le=600, description="seconds between announcements to the waiting")
    rating_wait_s: int = Field(default=6, ge=1, le=30, description="seconds a caller has for the rating key")

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.rtp_to - self.rtp_from < 3:
            raise ValueError("rtp_to must be above rtp_from")
        numbers = [number for line in self.lines for number in line.numbers] + [seat.number for seat in self.seats()]
        numbers += [self.dial_in_number] if self.dial_in_number else []
        if twice := {number for number in numbers if numbers.count(number) > 1}:
            raise ValueError(f"numbers used twice: {', '.join(sorted(twice))}")
        return self

    def queues(self) -> list[str]:
        """The queues of all lines, each once, in the order of the lines."""
        return list(dict.fromkeys(line.queue for line in self.lines))

    def seats(self) -> list[SeatAccount]:
        """Every seat that has a telephone."""
        browsers = [SeatAccount(number, "browser") for part in self.browser_seats for number in _numbers(part)]
        return browsers + [SeatAccount(phone.number, "phone", phone.contact) for phone in self.phones]


def _numbers(part: str) -> list[str]:
    first, last = re.fullmatch(r"(\d+)(?:-(\d+))?", part).groups()  # type: ignore[union-attr]  # the pattern of SeatRange
    if last is None:
        return [first]
    if not 0 <= int(last) - int(first) < MOST_SEATS or len(first) != len(last):
        raise ValueError(f"not a range of at most {MOST_SEATS} seats: {part}")
    return [str(number).zfill(len(first)) for number in range(int(first), int(last) + 1)]
