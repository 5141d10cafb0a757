"""What objections to a score are refused for."""

from typing import ClassVar

from core.errors import Conflict, NotFound


class ScoreRowNotFound(NotFound):
    code: ClassVar[str] = "score_row_not_found"
    message: ClassVar[str] = "本期的这项数据里没有这一行"


class ObjectionNotFound(NotFound):
    code: ClassVar[str] = "objection_not_found"
    message: ClassVar[str] = "没有这条异议"


class AlreadyObjected(Conflict):
    code: ClassVar[str] = "already_objected"
    message: ClassVar[str] = "这一行已提出过异议：{state}"


class ObjectionAnswered(Conflict):
    code: ClassVar[str] = "objection_answered"
    message: ClassVar[str] = "这条异议已答复：{state}"
