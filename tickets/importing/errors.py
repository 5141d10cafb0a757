"""Why a file as a whole is refused."""

from typing import ClassVar

from core.errors import Conflict, Invalid, NotFound


class FileUnreadable(Conflict):
    """Not a table that we read; the reason says what it is instead."""

    code: ClassVar[str] = "file_unreadable"
    message: ClassVar[str] = "无法读取这个文件：{reason}"


class FileEmpty(Invalid):
    """Nothing was sent."""

    code = "file_empty"
    message = "没有收到文件"


class ImportNotFound(NotFound):
    """No such import."""

    code = "import_not_found"
    message = "没有这次导入：{import_id}"


class LineNotFound(NotFound):
    """No such line of the catalogue."""

    code = "catalogue_line_not_found"
    message = "派单目录中没有这一行：{line_id}"
