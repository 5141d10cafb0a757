"""Who asks and whether they may: log-in cookie, CSRF defence, roles."""

import hmac
from urllib.parse import urlsplit

from aiohttp import web as http

from staff.actions import touch_log_in
from staff.queries import LogIn, session_of
from staff.rules import Role
from staff.tokens import token_hash
from web.api.problems import RequestRefused
from web.api.request import SERVICES, Services
from web.settings import WebSettings

#: Methods that change nothing (RFC 9110, section 9.2.1).
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
CSRF_HEADER = "X-CSRF-Token"


class Public:
    """For routes without a log-in."""


class Anyone:
    """For routes that any logged-in person may use."""


PUBLIC = Public()
ANYONE = Anyone()
Allowed = Public | Anyone | Role | tuple[Role, ...]


def cookie_name(settings: WebSettings) -> str:
    """`__Host-` (RFC 6265bis) binds the cookie to one https host; browsers refuse the prefix over plain http."""
    return "__Host-hotline" if settings.is_https else "hotline"


async def login_of(raw: http.Request) -> LogIn | None:
    """The log-in behind the request's cookie, or None."""
    services = raw.app[SERVICES]
    token = raw.cookies.get(cookie_name(services.settings))
    if not token:
        return None
    now = services.clock.now()
    found: LogIn | None = await services.database.read(session_of, token_hash(token), now=now)
    if found is not None and found.is_touch_due:
        await services.database.write(touch_log_in, found.id, now=now)
    return found


async def admit(raw: http.Request, allowed: Allowed) -> LogIn | None:
    """Let the request in; 401 without a log-in, 403 for a foreign origin, a bad token or a missing role."""
    services = raw.app[SERVICES]
    if isinstance(allowed, Public):
        if raw.method not in SAFE:
            check_origin(raw, services)
        return None
    login = await login_of(raw)
    if login is None:
        raise RequestRefused(401, "not_logged_in", "请先登录")
    if raw.method not in SAFE:
        check_origin(raw, services)
        _check_token(raw, login)
    if not may(login, allowed):
        raise RequestRefused(403, "role_missing", "您的岗位没有这项权限")
    return login


def may(login: LogIn, allowed: Allowed) -> bool:
    """Whether somebody logged in holds one of the roles that are allowed."""
    match allowed:
        case Role():
            return allowed in login.actor.roles
        case tuple():
            return not login.actor.roles.isdisjoint(allowed)
    return True


def check_origin(raw: http.Request, services: Services) -> None:
    """Refuse what a browser sends for a foreign page; programs send neither header and pass.  Raises RequestRefused."""
    if raw.headers.get("Sec-Fetch-Site") == "cross-site":
        raise RequestRefused(403, "foreign_origin", "请求来自其他网站")
    origin = raw.headers.get("Origin")
    if origin and origin.rstrip("/") != services.settings.base_url and urlsplit(origin).netloc != raw.host:
        raise RequestRefused(403, "foreign_origin", "请求来自其他网站")


def _check_token(raw: http.Request, login: LogIn) -> None:
    given = raw.headers.get(CSRF_HEADER, "")
    if not hmac.compare_digest(given.encode(), login.csrf_token.encode()):
        raise RequestRefused(403, "csrf_token", "页面已过期，请刷新后重试")
