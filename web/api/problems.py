"""Our errors as answers: one middleware turns every refusal into problem+json (RFC 9457)."""

import zlib
from collections.abc import Awaitable, Callable

import structlog
from aiohttp import web as http

from core.errors import Conflict, HotlineError, Invalid, NotFound, Refused, Unavailable
from web.api.shapes import Fault, Problem

log = structlog.get_logger(__name__)

Endpoint = Callable[[http.Request], Awaitable[http.StreamResponse]]

STATUS_OF_FAMILY: tuple[tuple[type[HotlineError], int], ...] = (
    (NotFound, 404),
    (Refused, 403),
    (Conflict, 409),
    (Unavailable, 503),
    (Invalid, 422),
)
CODES = {
    400: "bad_request",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "unsupported_media_type",
}
DETAILS = {
    400: "请求无法解析",
    404: "没有这个地址",
    405: "这个地址不支持该操作",
    413: "内容超过上限",
    415: "内容类型不支持",
}


class RequestRefused(Exception):
    """A request that is refused before any rule of the trade is asked: 400, 401, 403, 415, 429."""

    def __init__(self, status: int, code: str, detail: str, *, retry_after_s: int | None = None) -> None:
        super().__init__(code)
        self.problem = Problem.of(status, code, detail)
        self.retry_after_s = retry_after_s


def problem_answer(problem: Problem, *, retry_after_s: int | None = None) -> http.Response:
    headers = {} if retry_after_s is None else {"Retry-After": str(retry_after_s)}
    return http.Response(
        status=problem.status,
        body=problem.model_dump_json(exclude_none=True).encode(),
        content_type="application/problem+json",
        headers=headers,
    )


def answer_to(error: HotlineError) -> http.Response:
    """The answer to one of our own errors, by its family; what looks like forging or guessing is logged."""
    if error.is_suspicious:
        log.warning("forgery refused", code=error.code)
    status = getattr(error, "status", None) or next(
        (status for family, status in STATUS_OF_FAMILY if isinstance(error, family)), 500
    )
    if isinstance(error, Invalid):
        faults = [Fault(loc=list(loc), code=code, message=message) for loc, code, message in error.faults]
        return problem_answer(Problem.of(status, error.code, str(error), errors=faults))
    retry_after_s = error.retry_after_s if isinstance(error, Unavailable) else getattr(error, "retry_after_s", None)
    return problem_answer(Problem.of(status, error.code, str(error), **_more(error)), retry_after_s=retry_after_s)


def _more(error: HotlineError) -> dict[str, object]:
    """What an error adds for the page, e.g. both versions of a text that two people saved."""
    more: dict[str, object] = getattr(error, "more", {})
    return more


@http.middleware
async def problems(request: http.Request, handler: Endpoint) -> http.StreamResponse:
    """Outermost but one: everything that rises becomes one clear answer; only our own faults are logged as errors."""
    try:
        return await handler(request)
    except RequestRefused as refused:
        return problem_answer(refused.problem, retry_after_s=refused.retry_after_s)
    except HotlineError as error:
        log.info("request refused", code=error.code, method=request.method)
        return answer_to(error)
    except (http.RequestPayloadError, zlib.error):  # a Content-Encoding that the content does not keep
        return problem_answer(Problem.of(400, "bad_encoding", "请求内容与其 Content-Encoding 不符"))
    except http.HTTPException as error:
        if error.status < 400:
            raise
        return _http_answer(error)
    except Exception:
        log.exception("request failed", method=request.method)
        return problem_answer(Problem.of(500, "internal_error", "系统内部错误，已记录，请稍后再试"))


def _http_answer(error: http.HTTPException) -> http.Response:
    status = error.status if error.status in DETAILS else (500 if error.status >= 500 else 400)
    answer = problem_answer(
        Problem.of(status, CODES.get(status, "internal_error"), DETAILS.get(status, "系统内部错误"))
    )
    if "Allow" in error.headers:
        answer.headers["Allow"] = error.headers["Allow"]
    return answer
