"""What is typed into a search, cut into words by the child process, outside of any transaction."""

import asyncio
from collections.abc import Callable
from typing import Any

from core.computer import Computer
from nlp.serving import cut_wish, learn_places
from tickets.queries.search import place_names, places_stamp
from tickets.search import is_about_number
from web.api import Request

#: opening the dictionary and learning a city's places takes some seconds, once
PATIENCE_S = 8.0


async def words_sought(request: Request, text: str) -> list[str]:
    """The words to look for; none for a number, which is found without words.  Raises Unavailable."""
    if not text or is_about_number(text):
        return []
    stamp = await request.read(places_stamp)
    words: list[str] | None = await _computed(request, cut_wish, stamp, text)
    if words is None:
        await _computed(request, learn_places, stamp, await request.read(place_names))
        words = await _computed(request, cut_wish, stamp, text)
    return words or []


async def _computed(request: Request, function: Callable[..., Any], *args: Any) -> Any:
    return await asyncio.to_thread(request.service(Computer).run, function, *args, patience_s=PATIENCE_S)
