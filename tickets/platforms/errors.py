"""What platforms are refused."""

from core.errors import Conflict, NotFound


class PlatformNotFound(NotFound):
    """No such platform, or one that was stopped."""

    code = "platform_not_found"
    message = "没有这个平台：{platform}"


class PlatformExists(Conflict):
    """The code is taken."""

    code = "platform_exists"
    message = "平台代码 {platform} 已被使用"


class OutsideNumberUnknown(NotFound):
    """This platform has handed nothing over by that number."""

    code = "outside_number_unknown"
    message = "本平台没有交来编号为 {outside_number} 的诉求"
