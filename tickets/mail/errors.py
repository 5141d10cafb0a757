"""What goes wrong with mails and mailboxes."""

from core.errors import Conflict, NotFound, Unavailable


class MailboxNotReached(Unavailable):
    """The mail server is away, or refuses us; it is asked again."""

    code = "mailbox_not_reached"
    message = "邮箱无法连接：{reason}"


class MailNotReadable(Unavailable):
    """It broke whoever read it; tried again some times."""

    code = "mail_not_readable"
    message = "邮件暂时无法读取"


class MailNotFound(NotFound):
    """No such mail."""

    code = "mail_not_found"
    message = "没有这封来信：{mail_id}"


class MailHandled(Conflict):
    """Somebody was quicker."""

    code = "mail_handled"
    message = "这封来信已处理：{outcome}"


class MailAnswerNotFound(NotFound):
    """No such answer to a mail."""

    code = "mail_answer_not_found"
    message = "没有这封回信：{answer_id}"


class AnswerNotFailed(Conflict):
    """Only an answer that did not arrive is sent again."""

    code = "mail_answer_not_failed"
    message = "这封回信不需要重发：{state}"


class MailTooShort(Conflict):
    """There are not words enough for a ticket."""

    code = "mail_too_short"
    message = "来信内容不足 {least} 个字，不能登记为工单"
