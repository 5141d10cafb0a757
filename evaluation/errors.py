"""What evaluation/ refuses."""

from typing import ClassVar

from core.errors import Conflict, NotFound, Refused


class AlreadyRated(Conflict):
    code: ClassVar[str] = "already_rated"
    message: ClassVar[str] = "该办件已评价，无需重复评价"


class InvitationExpired(Conflict):
    code: ClassVar[str] = "invitation_expired"
    message: ClassVar[str] = "评价期限已过，如仍有意见请拨打12345"


class InvitationVoided(Conflict):
    code: ClassVar[str] = "invitation_voided"
    message: ClassVar[str] = "该办件正在重新办理，办结后将再次邀请您评价"


class InvitationNotFound(NotFound):
    code: ClassVar[str] = "invitation_not_found"
    message: ClassVar[str] = "没有这个评价邀请"


class NotWithPerson(Conflict):
    """Staff write down what was said on the phone only of a question that a person is to ask."""

    code: ClassVar[str] = "not_with_person"
    message: ClassVar[str] = "该评价邀请未转人工回访，不能代记"


class OwnWordStands(Conflict):
    code: ClassVar[str] = "own_word_stands"
    message: ClassVar[str] = "群众已亲自评价，回访不能更改；群众可在24小时内自行更正"


class HandlerMayNotAsk(Refused):
    """Who handles a matter neither asks about it nor writes down what was said."""

    code: ClassVar[str] = "handler_may_not_ask"
    message: ClassVar[str] = "承办单位的人员不能回访或代记对本单位办理的评价"


class CodeWrong(Refused):
    """The same words for an unknown code, a wrong tail and a code tried too often: nobody learns which."""

    code: ClassVar[str] = "rating_code_wrong"
    message: ClassVar[str] = "评价码或手机尾号不正确，请核对短信后再试；多次错误后该评价码失效"


class LinkForged(Refused):
    code: ClassVar[str] = "rating_link_forged"
    message: ClassVar[str] = "链接无效，请使用短信中的评价码"
    is_suspicious: ClassVar[bool] = True


class LinkStale(Refused):
    code: ClassVar[str] = "rating_link_stale"
    message: ClassVar[str] = "链接已过期，请使用短信中的评价码重新进入"


class MayNotErase(Refused):
    """What a citizen wrote is taken out by an administrator or a supervisor, whose name stands in the audit log."""

    code: ClassVar[str] = "may_not_erase"
    message: ClassVar[str] = "只有管理员和督导可以删除群众的评价留言"
