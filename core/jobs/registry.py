"""Job functions by the name their rows carry."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from core.errors import Unavailable

Function = TypeVar("Function", bound=Callable[..., None])

#: Tried so often, with growing pauses (2 s, 4 s … 15 min: about two hours in all), before it is given to a person.
TRIES_MOST = 16


@dataclass(frozen=True)
class Kind:
    """A job function and how it is run."""

    name: str
    function: Callable[..., None]
    retry: tuple[type[Exception], ...]
    order_key: str | None
    tries_most: int
    limit_s: float


_kinds: dict[str, Kind] = {}


def job(
    *,
    retry: tuple[type[Exception], ...] = (Unavailable,),
    order_key: str | None = None,
    tries_most: int = TRIES_MOST,
    limit_s: float = 600,
) -> Callable[[Function], Function]:
    """Declare a durable job: `fn(work, *, ids)`; its rows carry the kind "package.fn".

    `retry`: errors after which it is tried again later; any other error is a bug and puts it on the dead list.
    `order_key`: a pattern over the arguments, e.g. "ticket {ticket_id}": jobs of one key run one at a time, in the
    order they were written; a dead one lets the next pass.  `limit_s`: a run that takes longer loses its lease.
    """

    def declare(function: Function) -> Function:
        name = f"{function.__module__.split('.')[0]}.{function.__name__}"
        known = _kinds.get(name)
        if known is not None and known.function.__module__ != function.__module__:
            raise ValueError(f"two jobs are called {name}")
        _kinds[name] = Kind(name, function, retry, order_key, tries_most, limit_s)
        return function

    return declare


def known_kinds() -> Mapping[str, Kind]:
    """Every kind whose module has been imported."""
    return _kinds


def name_of(function_or_kind: Callable[..., None] | str) -> str:
    """The name that rows of this job carry."""
    if isinstance(function_or_kind, str):
        return function_or_kind
    return f"{function_or_kind.__module__.split('.')[0]}.{function_or_kind.__name__}"


def order_key_of(kind_name: str, arguments: Mapping[str, Any]) -> str | None:
    """The order key that the kind's pattern gives for these arguments."""
    kind = _kinds.get(kind_name)
    return kind.order_key.format(**arguments) if kind is not None and kind.order_key is not None else None
