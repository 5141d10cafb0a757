"""Puts long replies together whose parts are pushed one by one."""

from dataclasses import dataclass, field, replace

from sms.providers.gateway.dialect import Pushed
from sms.providers.provider import Inbound

#: so many replies may wait for their other parts at once; the oldest is forgotten and pushed again
WAITING_MOST = 200
#: a part that is still pushed again after so long goes on without the others, which are lost
PATIENCE_S = 600.0


@dataclass
class _Waiting:
    since_s: float
    parts: dict[int, Inbound] = field(default_factory=dict)
    pushes: list[Pushed] = field(default_factory=list)


class Pieces:
    """Replies whose parts have not all come; a part pushed twice counts once.  Times are of one steady clock."""

    def __init__(self) -> None:
        self._waiting: dict[tuple[str, str, int, int], _Waiting] = {}

    def put(self, push: Pushed, *, at_s: float) -> tuple[Inbound, list[Pushed]] | None:
        """The whole reply once its last part is there, with all that was pushed of it; else None.

        A part that was lost stands as … in the end.  The whole has the number of its first part.
        """
        inbound, part = push.content, push.part
        assert isinstance(inbound, Inbound)
        assert part is not None
        key = (inbound.phone, inbound.suffix, part.reference, part.total)
        waiting = self._waiting.setdefault(key, _Waiting(at_s))
        is_late = part.number in waiting.parts and at_s - waiting.since_s > PATIENCE_S
        waiting.parts.setdefault(part.number, inbound)
        waiting.pushes.append(push)
        if not is_late and len(waiting.parts) < part.total:
            self._forget_oldest()
            return None
        del self._waiting[key]
        texts = [waiting.parts[n].text if n in waiting.parts else "…" for n in range(1, part.total + 1)]
        return replace(waiting.parts[min(waiting.parts)], text="".join(texts)), waiting.pushes

    def _forget_oldest(self) -> None:
        if len(self._waiting) > WAITING_MOST:
            del self._waiting[next(iter(self._waiting))]
