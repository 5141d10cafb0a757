"""What calls and seats refuse, and what Asterisk's absence means."""

from core.errors import Conflict, HotlineError, Invalid, NotFound, Refused, Unavailable


class AmiDown(Unavailable):
    """There is no logged-in connection to Asterisk now; nothing was sent, or its answer will never come."""

    code = "ami_down"
    message = "电话交换机未连接，请稍后再试"


class AmiTimeout(Unavailable):
    """Asterisk did not answer an action in time; whether it was carried out is not known."""

    code = "ami_timeout"
    message = "电话交换机没有及时应答（{action}）"


class AmiLogInRefused(Unavailable):
    """Asterisk refused our user or secret."""

    code = "ami_login_refused"
    message = "电话交换机拒绝登录，请检查 AMI 用户名和密码"


class NotAsterisk(Unavailable):
    """What answered is not a manager interface."""

    code = "ami_not_asterisk"
    message = "所连地址不是 Asterisk 的 AMI 接口"


class ActionRefused(Conflict):
    """Asterisk answered an action with an error."""

    code = "ami_action_refused"
    message = "电话交换机拒绝了操作 {action}：{reason}"


class LineBreakInAction(Invalid):
    """A name or value for Asterisk holds CR, LF or NUL, which would smuggle in another action."""

    code = "ami_line_break"
    message = "发往交换机的内容不能含有换行"

    def __init__(self, field: str) -> None:
        super().__init__([(("ami", field), self.code, self.message)])


class MalformedEvent(HotlineError):
    """An event, or a line of queue_log, that we cannot read; it is logged and kept, never shown to a citizen."""

    code = "malformed_event"
    message = "无法读懂 {name} 的 {field}"


class LeaseLost(Unavailable):
    """Another call layer serves our node now."""

    code = "call_layer_lease_lost"
    message = "另一个话务服务已接管交换机 {node}"


class CallNotFound(NotFound):
    """No such call."""

    code = "call_not_found"
    message = "没有这通电话"


class SeatNotFound(NotFound):
    """No such seat, or this person has none."""

    code = "seat_not_found"
    message = "没有这个坐席"


class SeatTaken(Conflict):
    """Another person is logged in at the seat."""

    code = "seat_taken"
    message = "坐席 {number} 正由他人使用"


class TelephoneTaken(Conflict):
    """Another seat has this telephone."""

    code = "telephone_taken"
    message = "话机 {interface} 已属于坐席 {number}"


class AlreadySeated(Conflict):
    """The person is logged in at another seat."""

    code = "already_seated"
    message = "您已在坐席 {number} 登录"


class SeatStateRefuses(Conflict):
    """The seat's state does not allow this."""

    code = "seat_state"
    message = "坐席当前状态不能这样操作"


class WrapUpExtendedEnough(Conflict):
    """The wrap-up has been extended as often as it may be."""

    code = "wrap_up_extended_enough"
    message = "话后时间最多延长 {times} 次"


class NotYourCall(Refused):
    """An agent sees and hears the calls they answered, no others."""

    code = "not_your_call"
    message = "只能查看自己接听的电话"


class CallNotThere(Conflict):
    """The call has ended, or has not come this far."""

    code = "call_not_there"
    message = "这通电话已不在可操作的状态"


class RecordingNotFound(NotFound):
    """The call has no recording, or the file is gone."""

    code = "recording_not_found"
    message = "没有这通电话的录音"
