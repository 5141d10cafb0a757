"""What is refused around records on their way up, and why a start with half a configuration fails."""

from typing import ClassVar

from core.errors import Conflict, HotlineError, Invalid, NotFound, StartRefused, Unavailable


class SubmissionNotFound(NotFound):
    """No record has this number."""

    code = "submission_not_found"
    message = "没有编号为 {number} 的上报记录"


class SubmissionNotStuck(Conflict):
    """It is on its way or has arrived: nobody needs to do anything about it."""

    code = "submission_not_stuck"
    message = "记录{state}，不能{act}"


class SubmissionsOff(Conflict):
    """Nothing goes up from here."""

    code = "submissions_off"
    message = "数据上报未开启（[submissions] exchange）"


class SubmissionsNotReady(StartRefused):
    """Switched on, with a part of the connection missing."""

    code = "submissions_not_ready"
    message = "[submissions] exchange 为 {exchange}，但缺少 {missing}"


class FieldsRefused(Invalid):
    """A field map with faults; the one in force stays."""

    code = "submission_fields_refused"
    message = "字段表有 {n} 处错误"


class ExchangeNotReached(Unavailable):
    """It certainly took nothing: not connected, or it asked to be left alone for now."""

    code: ClassVar[str] = "exchange_not_reached"
    message: ClassVar[str] = "未能连接交换平台：{reason}"


class ExchangeUnsure(HotlineError):
    """It may have taken the record or not: it is sent again under the same number."""

    code: ClassVar[str] = "exchange_unsure"
    message: ClassVar[str] = "不知道交换平台是否已接收：{reason}"


class ExchangeRefused(HotlineError):
    """It does not take this record as it is; `why` is its own code, `words` its own words."""

    code: ClassVar[str] = "exchange_refused"
    message: ClassVar[str] = "交换平台退回：{why} {words}"
