"""What a call by staff is refused for."""

from core.errors import Conflict


class NoOwnPhone(Conflict):
    """The person has neither a seat nor a telephone on record."""

    code = "no_own_phone"
    message = "请先填写您的座机或手机号码，系统先拨打它"


class AlreadyCalling(Conflict):
    """One call at a time for each person."""

    code = "already_calling"
    message = "您有一个电话正在进行"
