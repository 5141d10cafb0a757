"""Records the scenario table from a real Asterisk for the built-in exchange: `python -m tests.scenarios.record`."""

import asyncio
import gzip
import tempfile
from pathlib import Path

from telephony.exchange.recordings import RECORDED, Recording
from tests.scenarios.link import AmiLink
from tests.scenarios.stage import QUEUE, SECRET, RealStage, real_exchange, short_prompts
from tests.scenarios.table import ON_BOTH, Scenario, scenario

SEAT = "PJSIP/8001"
#: Asked one after the other, for the shape of Asterisk's answers and of what follows from them.
QUESTIONS: tuple[tuple[str, dict[str, str]], ...] = (
    ("Ping", {}),
    ("QueueAdd", {"Queue": QUEUE, "Interface": SEAT}),
    ("QueueAdd", {"Queue": QUEUE, "Interface": SEAT}),
    ("QueueAdd", {"Queue": "nowhere", "Interface": SEAT}),
    ("QueuePause", {"Interface": SEAT, "Paused": "true", "Reason": "小休"}),
    ("QueuePause", {"Interface": SEAT, "Paused": "false"}),
    ("QueuePause", {"Interface": "PJSIP/8009", "Paused": "true"}),
    ("QueueStatus", {}),
    ("QueueStatus", {"Queue": "nowhere"}),
    ("CoreShowChannels", {}),
    ("QueueRemove", {"Queue": QUEUE, "Interface": SEAT}),
    ("QueueRemove", {"Queue": QUEUE, "Interface": SEAT}),
    ("Hangup", {"Channel": "PJSIP/none-00000000"}),
    ("PJSIPNotify", {"Channel": "PJSIP/none-00000000", "Variable": "Event=talk"}),
    ("Nonsense", {}),
)


async def record_scenario(stage: RealStage, one: Scenario) -> Recording:
    """What Asterisk said while the scenario was played, and what it wrote down."""
    written = stage.exchange.places.queue_log
    before, lines = len(stage.link.messages), len(written.read_text().splitlines())
    await stage.play(one)
    await asyncio.sleep(0.3)
    return Recording(
        tuple(message.text for message in stage.link.messages[before:]), tuple(written.read_text().splitlines()[lines:])
    )


async def record_answers(stage: RealStage) -> Recording:
    """Questions and their answers, with a call waiting and one talking among them."""
    link, before = stage.link, len(stage.link.messages)
    for action, fields in QUESTIONS:
        await link.ask(action, **fields)
        await asyncio.sleep(0.1)

    async def ask_lists(_: str) -> None:
        await link.ask("QueueStatus")
        await link.ask("CoreShowChannels")

    await stage.play(scenario("rejected"), happens=ask_lists)
    answers = [message.text for message in link.messages[before:] if "ActionID" in message.fields]
    return Recording(tuple(answers), ())


async def record_all() -> dict[str, Recording]:
    """Play the table on an exchange of its own: a recording for each scenario, and one of the answers."""
    with tempfile.TemporaryDirectory() as scratch:
        exchange = real_exchange(Path(scratch) / "exchange", prompts=short_prompts(Path(scratch) / "prompts"))
        exchange.up()
        try:
            link = await AmiLink.open(exchange.ami.port, username=exchange.ami.username, secret=SECRET)
            stage = RealStage(exchange, link, Path(scratch))
            recordings = {one.name: await record_scenario(stage, one) for one in ON_BOTH}
            recordings["answers"] = await record_answers(stage)
            await link.close()
        finally:
            exchange.down()
    return recordings


def keep(recordings: dict[str, Recording], folder: Path) -> None:
    """Write the recordings as the built-in exchange reads them."""
    folder.mkdir(exist_ok=True)
    for name, recording in recordings.items():
        (folder / f"{name}.ami.gz").write_bytes(gzip.compress("".join(recording.messages).encode(), mtime=0))
        (folder / f"{name}.queue_log").write_text("".join(f"{line}\n" for line in recording.queue_log))


if __name__ == "__main__":
    keep(asyncio.run(record_all()), RECORDED)
