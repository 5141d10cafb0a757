"""What is refused about publications and typical cases."""

from typing import ClassVar

from core.errors import Conflict, NotFound


class PublicationNotFound(NotFound):
    code: ClassVar[str] = "publication_not_found"
    message: ClassVar[str] = "没有这一期公开数据"


class NoteMissing(Conflict):
    """Whoever publishes a month again says why."""

    code: ClassVar[str] = "correction_note_missing"
    message: ClassVar[str] = "本期已公开过，重新公开须写明更正说明"


class NothingChanged(Conflict):
    code: ClassVar[str] = "publication_unchanged"
    message: ClassVar[str] = "与已公开的一期完全相同，无需重新公开"


class CaseNotFound(NotFound):
    code: ClassVar[str] = "typical_case_not_found"
    message: ClassVar[str] = "没有这个典型案例"


class CaseWithdrawn(Conflict):
    code: ClassVar[str] = "typical_case_withdrawn"
    message: ClassVar[str] = "这个典型案例已撤下"
