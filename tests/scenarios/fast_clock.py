"""A clock that runs several times as fast as the wall, so that recorded calls need not be lived through in full."""

import time
from datetime import UTC, datetime, timedelta


class FastClock:
    """Starts now and runs `speed` times as fast."""

    def __init__(self, speed: float) -> None:
        self._speed = speed
        self._began = time.monotonic()
        self._at = datetime.now(UTC)

    def now(self) -> datetime:
        return self._at + timedelta(seconds=(time.monotonic() - self._began) * self._speed)
