"""The families of errors: what refuses, what is missing, what is away for a while."""

from collections.abc import Iterable
from typing import Any, ClassVar

Location = tuple[str | int, ...]
FaultLine = tuple[Location, str, str]


class HotlineError(Exception):
    """One of our own errors: a stable `code` for programs, a Chinese sentence for people, ids as keywords.

    `message` may name the keywords in braces.  They are shown to whoever asked: ids and short values only.
    """

    code: ClassVar[str] = "error"
    message: ClassVar[str] = "出错了"
    #: what only somebody who forges or guesses meets: a line in the log says that it was refused
    is_suspicious: ClassVar[bool] = False

    def __init__(self, **values: Any) -> None:
        self.values = values
        super().__init__(self.message.format(**values))

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuilt, (type(self), self.values)


def _rebuilt(kind: type[HotlineError], values: dict[str, Any]) -> HotlineError:
    """An error that came from another process."""
    return kind(**values)


class NotFound(HotlineError):
    """What was asked for is not there."""

    code = "not_found"
    message = "没有找到"


class Refused(HotlineError):
    """This person may not do this."""

    code = "refused"
    message = "没有权限"


class Conflict(HotlineError):
    """The present state, or somebody else's change, does not allow it."""

    code = "conflict"
    message = "与当前状态冲突，请刷新后重试"


class Unavailable(HotlineError):
    """Something outside is away for a while; the only family that is tried again."""

    code = "unavailable"
    message = "暂时不可用，请稍后再试"

    def __init__(self, *, retry_after_s: int = 2, **values: Any) -> None:
        self.retry_after_s = retry_after_s
        super().__init__(**values)


class Invalid(HotlineError):
    """What was sent cannot be right; `faults` lists each fault as (location, code, Chinese sentence)."""

    code = "invalid"
    message = "填写有误"

    def __init__(self, faults: Iterable[FaultLine] = (), **values: Any) -> None:
        self.faults = list(faults)
        super().__init__(**values)


class StartRefused(HotlineError):
    """The program cannot start as it is configured; the command line says why in one line and exits with 2."""

    code = "start_refused"
    message = "无法启动"
