"""How a process of ours is told to end."""

import asyncio
import signal


def stopped_by_signals() -> asyncio.Event:
    """Set by SIGTERM and Ctrl+C; whoever waits for it ends in good order."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    return stop
