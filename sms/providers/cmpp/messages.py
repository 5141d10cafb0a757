"""The messages of CMPP 2.0 as values (中国移动通信互联网短信网关接口协议 V2.x)."""

from dataclasses import dataclass

VERSION = 0x20
ASCII, BINARY, UCS2, GBK = 0, 4, 8, 15
#: results of a submit
ACCEPTED, THROTTLED = 0, 8


@dataclass(frozen=True)
class MessageId:
    """The gateway's number of a message: when (no year, Shanghai), which gateway (22 bits), which one (16 bits)."""

    month: int
    day: int
    hour: int
    minute: int
    second: int
    gateway: int
    number: int

    def packed(self) -> int:
        """As 64 bits: 4, 5, 5, 6, 6, 22, 16."""
        value = 0
        for part, bits in zip(self._parts(), _ID_BITS, strict=True):
            value = value << bits | part
        return value

    def _parts(self) -> tuple[int, ...]:
        return (self.month, self.day, self.hour, self.minute, self.second, self.gateway, self.number)

    @classmethod
    def of(cls, packed: int) -> "MessageId":
        parts = []
        for bits in reversed(_ID_BITS):
            parts.append(packed & (1 << bits) - 1)
            packed >>= bits
        return cls(*reversed(parts))


_ID_BITS = (4, 5, 5, 6, 6, 22, 16)


@dataclass(frozen=True)
class Connect:
    """`timestamp` is MMDDHHMMSS as a number; the authenticator proves the password without sending it."""

    account: str
    authenticator: bytes
    timestamp: int
    version: int = VERSION


@dataclass(frozen=True)
class ConnectAnswer:
    """`status` 0: welcome; 1 broken, 2 account, 3 authenticator, 4 version, others the gateway's own."""

    status: int
    authenticator: bytes
    version: int = VERSION


@dataclass(frozen=True)
class Terminate:
    pass


@dataclass(frozen=True)
class TerminateAnswer:
    pass


@dataclass(frozen=True)
class Submit:
    """One part to one phone; `source` is the number it comes from, with any suffix; `content` has its header."""

    phone: str
    source: str
    account: str
    service: str
    content: bytes
    has_header: bool = False
    parts: int = 1
    part: int = 1
    msg_id: int = 0
    wants_report: bool = True
    format: int = UCS2
    fee_user_type: int = 2
    fee_type: str = "01"
    fee_code: str = "000000"


@dataclass(frozen=True)
class SubmitAnswer:
    msg_id: int
    result: int


@dataclass(frozen=True)
class Deliver:
    """What a phone wrote, or (`is_report`) what became of a submit; `dest` is the number of ours it went to."""

    msg_id: int
    dest: str
    phone: str
    content: bytes
    service: str = ""
    format: int = UCS2
    has_header: bool = False
    is_report: bool = False


@dataclass(frozen=True)
class DeliverAnswer:
    msg_id: int
    result: int = 0


@dataclass(frozen=True)
class ActiveTest:
    pass


@dataclass(frozen=True)
class ActiveTestAnswer:
    pass


@dataclass(frozen=True)
class StatusReport:
    """The content of a deliver that is a report; times are YYMMDDHHMM in Shanghai."""

    msg_id: int
    stat: str
    submitted: str
    done: str
    phone: str
    sequence: int


Message = (
    Connect | ConnectAnswer | Terminate | TerminateAnswer | Submit | SubmitAnswer
    | Deliver | DeliverAnswer | ActiveTest | ActiveTestAnswer
)  # fmt: skip
