"""What notices refuse."""

from core.errors import Conflict, NotFound


class NoticeNotFound(NotFound):
    """No such notice."""

    code = "notice_not_found"
    message = "没有这条通知：{notice_id}"


class NoticeNotResendable(Conflict):
    """Only what has failed, or whose end is unknown, may go again."""

    code = "notice_not_resendable"
    message = "通知“{state}”，不能重发"
