"""Why a process of ours does not start."""

from core.errors import StartRefused


class SchemaBehind(StartRefused):
    """The database is not at this version's schema."""

    code = "schema_behind"
    message = "数据库结构是 {present}，本程序需要 {needed}：请先运行 hotline migrate"


class BrokerNeedsPostgreSQL(StartRefused):
    """A broker hands work to other processes, and SQLite has one."""

    code = "broker_needs_postgresql"
    message = "[broker] url 只能与 PostgreSQL 一起使用：SQLite 只允许一个进程写入"


class AddressTaken(StartRefused):
    """Somebody else listens there."""

    code = "address_taken"
    message = "{host}:{port} 已被占用或不可用：{reason}"


class PlainHttpOutside(StartRefused):
    """Without https, log-ins would travel in the open."""

    code = "plain_http_outside"
    message = "[web] host 为 {host}：非本机地址须设置 https 的 public_address，由前置代理加密"


class PageNotBuilt(StartRefused):
    """The Vue application is missing."""

    code = "page_not_built"
    message = "页面尚未构建：请先运行 make ui"


class ProviderNotReady(StartRefused):
    """A chosen SMS provider misses its account or secret."""

    code = "sms_provider_not_ready"
    message = "[sms] providers 中有 {provider}，但缺少它的账号或密钥（HOTLINE_SECRET_…）"


class SmppPasswordTooLong(StartRefused):
    """SMPP 3.4 has room for eight characters."""

    code = "smpp_password_too_long"
    message = "HOTLINE_SECRET_SMPP_PASSWORD 最长 8 个字符（SMPP 3.4 的规定）"


class MailboxNotReady(StartRefused):
    """The mailbox misses its account or password."""

    code = "mailbox_not_ready"
    message = "[mail] mailbox 为 imap，但缺少 [mail.imap] user 或它的密码（HOTLINE_SECRET_MAILBOX）"


class RequestTooLong(StartRefused):
    """An unanswered SMS would keep its phone so long that the next question could not be answered in its time."""

    code = "sms_request_too_long"
    message = "[sms] open_hours 为 {hours}：不得超过 [evaluation] open_days（{days} 天）的一半"


class BrokerMissing(StartRefused):
    """A worker without a broker has nothing to listen to."""

    code = "broker_missing"
    message = "hotline worker 需要 [broker] url（没有消息队列时，任务由 hotline serve 自己执行）"


class NotADemo(StartRefused):
    """The folder holds something that no demo made."""

    code = "not_a_demo"
    message = "{folder} 不是演示目录，未作改动：请用 --folder 指定空目录"
