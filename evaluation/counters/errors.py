"""What windows of halls and their matters are refused."""

from core.errors import Conflict, NotFound, Refused


class CounterMatterUnknown(NotFound):
    """This hall has registered nothing by that number."""

    code = "counter_matter_unknown"
    message = "本系统没有登记编号为 {number} 的办件"


class CounterUnitUnknown(NotFound):
    code = "counter_unit_unknown"
    message = "没有代码为 {unit_code} 的单位"


class CounterUnitMissing(Conflict):
    """Neither the matter nor its window says whose it is."""

    code = "counter_unit_missing"
    message = "请填写单位代码：窗口 {window_number} 尚未登记"


class CounterVersionTaken(Conflict):
    """The same version said something else before: a correction has a higher one."""

    code = "counter_version_taken"
    message = "办件 {number} 的第 {version} 版已有其他内容，更正请用更高的版本号"


class CounterMatterRated(Conflict):
    """A rating stands for the unit, window and person that the citizen has met."""

    code = "counter_matter_rated"
    message = (
        "办件 {number} 已评价，单位、窗口、人员、事项、电话、申请和办结时间不能再更正，补报的办结时间不能早于评价当日"
    )


class CounterMatterCounted(Conflict):
    """The month in which it was done counts it, rated or silent: it does not leave that month afterwards."""

    code = "counter_matter_counted"
    message = "办件 {number} 的办结时间只能在原统计月（26 日至次月 25 日）内更正，统计月结束后不能改回受理"


class NotTheirMatter(Refused):
    """The verified number is not the matter's."""

    code = "counter_phone_wrong"
    message = "该手机号不是办件 {number} 的联系电话"


class MatterNotOpened(Refused):
    """The same words whatever was wrong: nobody learns which."""

    code = "counter_not_opened"
    message = "办件编号或手机尾号不正确，请核对后再试；多次错误后该办件不能再用尾号打开"


class WindowUnknown(NotFound):
    """No such window, one that is closed, or a link or key that was renewed."""

    code = "counter_window_unknown"
    message = "没有这个窗口，或二维码已更换，请扫描窗口上的新二维码"


class WindowExists(Conflict):
    code = "counter_window_exists"
    message = "窗口号 {number} 已登记"


class WindowBusy(Refused):
    """More ratings without a matter than citizens can give in an hour."""

    code = "counter_window_busy"
    message = "该窗口的综合点评过于频繁，请稍后再试，或凭办件编号评价"
    status = 429


class DeviceUnknown(Refused):
    """No device of ours holds this key, or it was renewed."""

    code = "counter_device_unknown"
    message = "设备密钥无效或已更换，请联系管理员"
    status = 401
