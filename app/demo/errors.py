"""What keeps the demo city from being loaded."""

from core.errors import Conflict, HotlineError


class DemoNotEmpty(Conflict):
    """The demo is only loaded into a fresh database."""

    code = "demo_not_empty"
    message = "数据库中已有数据，演示城市只能载入空数据库"


class DemoNeedsConsole(HotlineError):
    """The demo never sends anything to anybody."""

    code = "demo_needs_console"
    message = "演示城市只能使用 console 短信通道，请修改 sms.providers"


class DemoJobFailed(HotlineError):
    """A job of the played past failed: a fault of ours."""

    code = "demo_job_failed"
    message = "演示数据载入失败：任务 {kind} 出错"
