"""Keys of the page that somebody has moved to where the own hands find them."""

import re
from collections.abc import Mapping

from sqlalchemy.orm import Session

from core.errors import FaultLine, Invalid
from staff.model import OwnKeys
from staff.rules import Actor

#: of the browser and of Chinese input methods, and what every page and field lives by
_RESERVED = re.compile(r"(F5|F6|F11|F12|Escape|Enter|Tab|Space|Arrow\w+)|ctrl\+(Digit[1-9]|Key[WTNLF]|Space)")
_KEY_RESERVED = "浏览器或输入法要用这个键，请换一个"


def own_keys_of(session: Session, *, by: Actor) -> dict[str, str]:
    """Act → key, for those that were moved; all others stand where the page has them."""
    kept = session.get(OwnKeys, by.person_id)
    return dict(kept.keys) if kept is not None else {}


def keep_own_keys(session: Session, keys: Mapping[str, str], *, by: Actor) -> dict[str, str]:
    """The latest choice counts, whole.  Raises Invalid."""
    faults: list[FaultLine] = [
        (("body", "keys", act), "key_reserved", _KEY_RESERVED) for act, key in keys.items() if _RESERVED.fullmatch(key)
    ]
    if faults:
        raise Invalid(faults)
    kept = session.get(OwnKeys, by.person_id)
    if kept is None:
        kept = OwnKeys(person_id=by.person_id)
        session.add(kept)
    kept.keys = dict(keys)
    return dict(keys)
