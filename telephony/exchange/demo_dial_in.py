"""One of the staff who dials in to the built-in exchange: keys once, and goes on as the server says."""

import asyncio
from collections.abc import Callable

from telephony import asterisk_names as names
from telephony.dial_in.rules import covered
from telephony.exchange.demo_bridge import play_citizen
from telephony.exchange.recordings import Fields

#: as long as Asterisk's dialplan waits for the server
ANSWERED_WITHIN_S = 15


class DemoDialIn:
    """A call that is nobody's who called the hotline.  `ended_as`: where the server sent it, or that it did not."""

    def __init__(self, uid: str, channel: str, caller: str, key: str, tell: Callable[[Fields], None]) -> None:
        self.uid, self.channel, self._caller, self._key, self._tell = uid, channel, caller, key, tell
        self.variables: dict[str, str] = {}
        self._sent_on: asyncio.Future[tuple[str, str]] = asyncio.get_running_loop().create_future()
        self.ended_as = ""

    def go_on(self, context: str, exten: str) -> None:
        """The server's Redirect."""
        if not self._sent_on.done():
            self._sent_on.set_result((context, exten))

    async def run(self, ticket: str, pin: str) -> None:
        """Key, wait for the verdict, speak with the citizen."""
        self._tell(
            {
                "Event": "UserEvent",
                "UserEvent": names.DIAL_IN_EVENT,
                "Channel": self.channel,
                "CallerIDNum": self._caller,
                "Uniqueid": self.uid,
                "CallRef": self.uid,
                "Ticket": ticket,
                "Pin": covered(pin, uid=self.uid, attempt="1", key=self._key),
                "Try": "1",
            }
        )
        try:
            async with asyncio.timeout(ANSWERED_WITHIN_S):
                context, exten = await self._sent_on
        except TimeoutError:
            self.ended_as = "away"
            return
        self.ended_as = "connected" if context == names.BRIDGE_CONTEXT else exten
        if context == names.BRIDGE_CONTEXT:
            await play_citizen(self.variables["HOTLINE_BRIDGE"], self._tell)
