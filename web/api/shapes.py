"""What goes over the wire: bodies, queries, views, and the small types they share."""

from collections.abc import Sequence
from typing import Any, Generic, Self, TypeVar

from pydantic import BaseModel, ConfigDict

from core.typed import Typed

Row = TypeVar("Row")


class Body(Typed):
    """A request's JSON body: strict types, no key that we do not know; blanks are no words."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Query(Typed):
    """A request's query string: every value arrives as text, no key that we do not know."""

    model_config = ConfigDict(extra="forbid")


class View(BaseModel):
    """What leaves: built inside the transaction, never a mapped object."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


class Count(View):
    """How many rows there are: exact up to 1,000, then `more` is true and the page says 1000+."""

    n: int
    more: bool = False


class Page(View, Generic[Row]):
    """One page of a list; `next` is the cursor to send as `after`, None at the end."""

    rows: Sequence[Row]
    next: str | None = None
    count: Count


class Fault(View):
    """One thing that is wrong with a request: where, a stable code, and a Chinese sentence."""

    loc: list[str | int]
    code: str
    message: str


class Problem(BaseModel):
    """RFC 9457 problem details; `code` is stable, `detail` is a Chinese sentence for the page."""

    model_config = ConfigDict(extra="allow")

    type: str = "about:blank"
    title: str
    status: int
    code: str
    detail: str
    errors: list[Fault] | None = None

    @classmethod
    def of(cls, status: int, code: str, detail: str, **more: Any) -> Self:
        return cls(title=TITLES.get(status, "出错了"), status=status, code=code, detail=detail, **more)


#: One short Chinese title for each status that we answer with.
TITLES = {
    400: "请求无法解析",
    401: "请先登录",
    403: "没有权限",
    404: "没有找到",
    405: "不支持这个操作",
    409: "与当前状态冲突",
    413: "内容太大",
    415: "内容类型不支持",
    422: "填写有误",
    429: "操作太频繁",
    500: "系统内部错误",
    503: "暂时不可用",
}
