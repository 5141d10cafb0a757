"""A request as handlers see it: who asks, when, and the two ways to the database."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Concatenate, TypeVar, overload

from aiohttp import web as http
from sqlalchemy.orm import Session

from core.clock import Clock
from core.database import Lane, ServingDatabase
from staff.queries import LogIn
from staff.rules import Actor
from web.api.idempotency import Once, once
from web.settings import WebSettings

Result = TypeVar("Result")
Wanted = TypeVar("Wanted")
Query = Callable[Concatenate[Session, ...], Any]
Action = Callable[Concatenate[Session, ...], Any]


@dataclass(frozen=True)
class Services:
    """What the server hands to the pages: database, clock, settings, and instances by their type."""

    database: ServingDatabase
    clock: Clock
    settings: WebSettings
    instances: Mapping[type, Any] = field(default_factory=dict)

    def service(self, kind: type[Wanted]) -> Wanted:
        """The one instance of `kind` that this server runs.  Raises KeyError."""
        instance: Wanted = self.instances[kind]
        return instance


SERVICES = http.AppKey("SERVICES", Services)


class Request:
    """One request.  `now` is the moment it arrived; `actor` is who is logged in."""

    def __init__(self, raw: http.Request, login: LogIn | None = None, once_key: Once | None = None) -> None:
        self.raw = raw
        self.services = raw.app[SERVICES]
        self.now: datetime = self.services.clock.now()
        self.login = login
        self.answer_headers: list[Callable[[http.StreamResponse], None]] = []
        self._once = once_key

    @property
    def actor(self) -> Actor:
        """Who asks; only for routes that need a log-in."""
        if self.login is None:
            raise RuntimeError("a public route has no actor")
        return self.login.actor

    @cached_property
    def address(self) -> str:
        """The caller's address: the peer's, or what a trusted proxy says of it."""
        return client_address(
            self.raw.remote or "", self.raw.headers.getall("X-Forwarded-For", []), self.services.settings
        )

    def service(self, kind: type[Wanted]) -> Wanted:
        return self.services.service(kind)

    @overload
    async def read(self, fn: Query, /, *args: Any, view: Callable[[Any], Result], **kwargs: Any) -> Result: ...
    @overload
    async def read(self, fn: Callable[Concatenate[Session, ...], Result], /, *args: Any, **kwargs: Any) -> Result: ...
    async def read(self, fn: Query, /, *args: Any, view: Callable[[Any], Any] | None = None, **kwargs: Any) -> Any:
        """Run a query; `view` is applied inside the transaction."""
        return await self.services.database.read(fn, *args, view=view, **kwargs)

    @overload
    async def write(self, fn: Action, /, *args: Any, view: Callable[[Any], Result], **kwargs: Any) -> Result: ...
    @overload
    async def write(self, fn: Callable[Concatenate[Session, ...], Result], /, *args: Any, **kwargs: Any) -> Result: ...
    async def write(self, fn: Action, /, *args: Any, view: Callable[[Any], Any] | None = None, **kwargs: Any) -> Any:
        """Run an action in one transaction.  Under an Idempotency-Key the first answer is kept and given again."""
        if self._once is None:
            return await self.services.database.write(fn, *args, view=view, lane=Lane.WEB, **kwargs)
        return await self.services.database.write(
            once, self._once, fn, args, kwargs, answer=view, now=self.now, lane=Lane.WEB
        )

    def set_cookie(self, name: str, value: str, *, max_age_s: int) -> None:
        """Set a cookie of ours: HttpOnly, SameSite=Lax, Secure whenever the public address is https."""
        secure = self.services.settings.is_https
        self.answer_headers.append(
            lambda answer: answer.set_cookie(
                name, value, max_age=max_age_s, path="/", httponly=True, samesite="Lax", secure=secure
            )
        )

    def drop_cookie(self, name: str) -> None:
        secure = self.services.settings.is_https
        self.answer_headers.append(lambda answer: answer.del_cookie(name, path="/", secure=secure, httponly=True))


def client_address(peer: str, forwarded: list[str], settings: WebSettings) -> str:
    """The nearest address that is not one of our named proxies; a header from anybody else is not believed."""
    hops = [hop.strip() for line in forwarded for hop in line.split(",") if hop.strip()]
    address = peer
    while hops and settings.trusts(address):
        address = hops.pop()
    return address


def fingerprint(method: str, path: str, content: bytes) -> str:
    """What a request asks for, so that one Idempotency-Key cannot be used for two different wishes."""
    return hashlib.sha256(b"\0".join([method.encode(), path.encode(), content])).hexdigest()
