"""Why an exchange cannot be made, started or stopped."""

from core.errors import HotlineError, StartRefused


class NotRoot(StartRefused):
    """A directory of its own (chroot, mounts) can only be entered by root."""

    code = "exchange_needs_root"
    message = "hotline exchange 需要 root 权限（Asterisk 在独立目录中运行）"


class NotDebian(StartRefused):
    """The machine has not what fetches Debian's packages."""

    code = "exchange_needs_debian"
    message = "缺少 {programs}：hotline exchange 需要 Debian 系统；请先执行 apt-get install {packages}"


class NoMirror(StartRefused):
    """The machine's own apt sources name no Debian mirror."""

    code = "exchange_no_mirror"
    message = "本机的 apt 源中没有 Debian 镜像，无法获取 Asterisk"


class AmiSecretMissing(StartRefused):
    """Without a secret anyone on the machine could steer calls."""

    code = "exchange_no_ami_secret"
    message = "AMI 用户名或密码不可用：请设置 HOTLINE_TELEPHONY__AMI__SECRET（仅限字母、数字和 . _ -）"


class BuildFailed(HotlineError):
    """The packages could not be fetched or unpacked."""

    code = "exchange_build_failed"
    message = "获取 Asterisk 失败：{reason}"


class WrongAsterisk(HotlineError):
    """The suite brings another major version than the one our configuration was tested with."""

    code = "exchange_wrong_asterisk"
    message = "软件源提供的是 Asterisk {version}，需要 22"


class PortTaken(HotlineError):
    """Another program listens where the exchange should."""

    code = "exchange_port_taken"
    message = "{address} 的端口 {port} 已被占用（{purpose}）"


class StartFailed(HotlineError):
    """Asterisk ended, or did not become ready in time."""

    code = "exchange_start_failed"
    message = "Asterisk 没有启动成功，见 {log}：{reason}"


class StopFailed(HotlineError):
    """Asterisk is still there after it was told to stop and then killed."""

    code = "exchange_stop_failed"
    message = "无法停止 Asterisk（进程 {pid}）"


class ExchangeLocked(HotlineError):
    """Another command is starting or stopping this exchange."""

    code = "exchange_locked"
    message = "另一个 hotline exchange 命令正在操作 {folder}"
