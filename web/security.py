"""What every answer carries for the browser's protection, and the request's own number."""

import uuid
from collections.abc import Awaitable, Callable

import structlog
from aiohttp import web as http

Endpoint = Callable[[http.Request], Awaitable[http.StreamResponse]]

#: Nothing from elsewhere, no inline script or style, no frame around us (CSP level 3).
CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "font-src 'self'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
#: One year, as browsers' preload lists ask for (RFC 6797).
TRANSPORT_SECURITY = "max-age=31536000; includeSubDomains"
#: Built files carry their content's hash in their name and never change.
HASHED_FILES = "/assets/"


def protective_headers(*, is_https: bool) -> Callable[[http.Request, http.StreamResponse], Awaitable[None]]:
    """A signal for `on_response_prepare`: security headers on every answer, no caching of anything personal."""

    async def protect(raw: http.Request, answer: http.StreamResponse) -> None:
        for name, value in HEADERS.items():
            answer.headers.setdefault(name, value)  # a file that was sent in has a stricter policy
        if is_https:
            answer.headers["Strict-Transport-Security"] = TRANSPORT_SECURITY
        hashed = raw.path.startswith(HASHED_FILES) and answer.status == 200
        answer.headers.setdefault("Cache-Control", "public, max-age=31536000, immutable" if hashed else "no-store")

    return protect


@http.middleware
async def request_number(request: http.Request, handler: Endpoint) -> http.StreamResponse:
    """Bind a number of our own making to every log line of this request, and tell it in the answer."""
    number = uuid.uuid4().hex
    with structlog.contextvars.bound_contextvars(request_id=number):
        answer = await handler(request)
    if not answer.prepared:
        answer.headers["X-Request-Id"] = number
    return answer
