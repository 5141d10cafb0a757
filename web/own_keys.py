"""Everybody's own keys: which acts were moved to which key."""

from typing import Annotated, Self

from pydantic import Field, StringConstraints

from staff.own_keys import keep_own_keys, own_keys_of
from web.api import ANYONE, Api, Body, Request, View

api = Api()
#: as the table of keys names it: dispatch.next
Act = Annotated[str, StringConstraints(pattern=r"^[a-z]{1,20}\.[A-Za-z0-9]{1,30}$")]
#: the place on the keyboard, not the letter: ctrl+shift+KeyQ
Key = Annotated[str, StringConstraints(pattern=r"^(ctrl\+)?(shift\+)?[A-Z][A-Za-z0-9]{0,20}$")]


class OwnKeysBody(Body):
    """All that are moved, act → key; none: as the page comes."""

    keys: Annotated[dict[Act, Key], Field(max_length=100)]


class OwnKeysView(View):
    """What was moved, act → key."""

    keys: dict[str, str]

    @classmethod
    def of(cls, keys: dict[str, str]) -> Self:
        return cls(keys=keys)


@api.get("/own-keys", role=ANYONE)
async def show_keys(request: Request) -> OwnKeysView:
    """Say which keys one has moved."""
    found: OwnKeysView = await request.read(own_keys_of, by=request.actor, view=OwnKeysView.of)
    return found


@api.put("/own-keys", role=ANYONE)
async def set_keys(request: Request, body: OwnKeysBody) -> OwnKeysView:
    """Move keys; what is not named stands again where the page has it."""
    kept: OwnKeysView = await request.write(keep_own_keys, body.keys, by=request.actor, view=OwnKeysView.of)
    return kept
