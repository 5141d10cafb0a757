"""The fourteen faults of panoramisk that telephony/ami mends, each against a server that provokes it."""

import ast
import asyncio
import copy
import pickle
from collections.abc import AsyncIterator, Awaitable
from pathlib import Path

import pytest

import telephony.ami.wire
from core.clock import SystemClock
from telephony.ami import AmiClient, AmiEvent, LinkState
from telephony.ami.events import moment_of
from telephony.errors import ActionRefused, AmiDown, AmiTimeout, LineBreakInAction, MalformedEvent
from tests.telephony.ears import Ears, connected, hear_in_pieces, settings
from tests.telephony.stand_in import StandIn, cut, mute, stand_in

#: A caller's name that is cut by nearly every packet boundary, among events as Asterisk 22 writes them.
STREAM = "".join(
    text.replace("\n", "\r\n") + "\r\n"
    for text in (
        "Event: Newchannel\nTimestamp: 1795445739.891472\nCallerIDName: 市民张三\nUniqueid: 1795445739.0\n",
        "Event: UserEvent\nTimestamp: 1795445740.000001\nUserEvent: HotlineCall\nStep: greeting\nLine: 春城热线\n",
        "Event: QueueMemberPause\nTimestamp: 1795445741.500000\nPausedReason: 小休\nPaused: 1\n",
        "Event: Hangup\nTimestamp: 1795445742.000000\nAccountCode: \nCause: 16\nCause-txt: \n",
    )
).encode()


@pytest.fixture
async def server() -> AsyncIterator[StandIn]:
    async with stand_in() as server:
        yield server


@pytest.fixture
def ears() -> Ears:
    return Ears()


def queue_add(client: AmiClient) -> Awaitable[object]:
    return client.ask("QueueAdd", {"Queue": "12345", "Interface": "PJSIP/1001"})


# 1
async def test_adding_a_seat_to_the_queue_is_answered(server: StandIn, ears: Ears) -> None:
    server.answers["QueueAdd"] = lambda *_: "Response: Success\r\nMessage: Added interface to queue"

    async with connected(server, ears) as client:
        reply = await client.ask("QueueAdd", {"Queue": "12345", "Interface": "PJSIP/1001"})

    assert reply.message == "Added interface to queue"


async def test_a_list_is_a_list_because_we_asked_for_one(server: StandIn, ears: Ears) -> None:
    server.answers["QueueStatus"] = lambda *_: "\r\n\r\n".join(
        (
            "Response: Success\r\nEventList: start\r\nMessage: Queue status will follow",
            "Event: QueueMember\r\nName: PJSIP/1001",
            "Event: QueueMember\r\nName: PJSIP/1002",
            "Event: QueueStatusComplete\r\nEventList: Complete\r\nListItems: 2",
        )
    )

    async with connected(server, ears) as client:
        members = await client.ask_list("QueueStatus")

    assert [member["Name"] for member in members] == ["PJSIP/1001", "PJSIP/1002"]
    assert ears.events == []


# 2
async def test_an_originate_without_async_is_answered_and_the_link_stays(server: StandIn, ears: Ears) -> None:
    server.answers["Originate"] = lambda *_: "Response: Success\r\nMessage: Originate successfully queued"

    async with connected(server, ears) as client:
        reply = await client.ask("Originate", {"Channel": "PJSIP/1001", "Exten": "12345"}, within_s=1)

    assert reply.message == "Originate successfully queued"
    assert server.connections == 1


# 3
async def test_a_listener_that_raises_loses_neither_the_link_nor_the_next_events(server: StandIn) -> None:
    class Startled(Ears):
        def hear(self, event: AmiEvent) -> None:
            super().hear(event)
            if event.name == "A":
                raise RuntimeError("startled")

    ears = Startled()
    async with connected(server, ears):
        server.send(b"Event: A\r\n\r\nEvent: B\r\n\r\nEvent: C\r\n\r\n")
        events = await ears.heard(3)

    assert [event.name for event in events] == ["A", "B", "C"]
    assert server.connections == 1


async def test_a_message_that_cannot_be_read_costs_only_itself(server: StandIn, ears: Ears) -> None:
    async with connected(server, ears):
        server.send(b"no header at all\r\n\r\n\r\n\r\n: \r\n\r\nEvent: B\r\n\r\n")
        events = await ears.heard(1)

    assert [event.name for event in events] == ["B"]


# 4
@pytest.mark.parametrize("step", [1, 2, 3, 5, 7])
async def test_a_stream_cut_anywhere_gives_the_same_events(step: int) -> None:
    whole = hear_in_pieces([STREAM])

    for at in range(step, len(STREAM), step):
        assert hear_in_pieces([STREAM[:at], STREAM[at:]]) == whole
    assert hear_in_pieces([STREAM[at : at + step] for at in range(0, len(STREAM), step)]) == whole
    assert [fields.get("CallerIDName") or fields.get("PausedReason") for fields in whole] == [
        "市民张三",
        None,
        "小休",
        None,
    ]


async def test_the_last_field_of_an_event_may_be_empty() -> None:
    assert hear_in_pieces([STREAM])[3]["Cause-txt"] == ""


async def test_bytes_that_are_not_utf8_are_marked_and_not_dropped(server: StandIn, ears: Ears) -> None:
    async with connected(server, ears):
        server.send(b"Event: Newchannel\r\nCallerIDName: " + "张三".encode("gbk") + b"\r\n\r\n")
        events = await ears.heard(1)

    assert "\N{REPLACEMENT CHARACTER}" in events[0]["CallerIDName"]


# 5
@pytest.mark.parametrize("value", ["x\r\nAction: Command\r\nCommand: core stop now", "x\ny", "x\ry", "x\0y"])
async def test_a_line_break_in_a_value_is_refused_before_anything_is_sent(
    server: StandIn, ears: Ears, value: str
) -> None:
    async with connected(server, ears) as client:
        before = server.raw
        with pytest.raises(LineBreakInAction):
            await client.ask("QueuePause", {"Interface": "PJSIP/1001", "Reason": value})
        with pytest.raises(LineBreakInAction):
            await client.ask("QueuePause", {value: "x"})
        with pytest.raises(LineBreakInAction):
            await client.ask("PJSIPNotify", {"Variable": ["Event=talk", value]})
        await client.ask("Fine")

    assert server.raw.removeprefix(before).startswith(b"Action: Fine\r\n")


# 6
async def test_an_action_that_is_not_answered_ends_in_time_and_leaves_nothing_behind(
    server: StandIn, ears: Ears
) -> None:
    server.answers["Slow"] = mute

    async with connected(server, ears) as client:
        with pytest.raises(AmiTimeout):
            await client.ask("Slow", within_s=0.05)
        assert client._link is not None
        assert client._link.protocol.responses == {}


async def test_an_action_while_the_link_is_down_is_refused_at_once(server: StandIn) -> None:
    client = AmiClient(settings(server.port), clock=SystemClock(), heard=lambda _: None)

    with pytest.raises(AmiDown):
        await queue_add(client)
    assert server.received == []


# 7
async def test_nothing_is_sent_a_second_time_after_a_drop(server: StandIn, ears: Ears) -> None:
    server.answers["Originate"] = cut

    async with connected(server, ears) as client:
        with pytest.raises(AmiDown):
            await client.ask("Originate", {"Channel": "PJSIP/1001"})
        await ears.up(times=2)
        await client.ask("Fine")

    assert server.names() == ["Originate", "Fine"]


# 8
async def test_a_mute_peer_is_noticed_by_its_missing_ping_and_left(server: StandIn, ears: Ears) -> None:
    server.answers["Ping"] = mute

    async with connected(server, ears, ping_every_s=0.02, answer_within_s=0.1):
        await server.until(lambda: server.connections == 2)

    assert (LinkState.DOWN, "ami_timeout") in [(status.state, status.error) for status in ears.states]


async def test_answered_pings_keep_the_link_and_pile_nothing_up(server: StandIn, ears: Ears) -> None:
    async with connected(server, ears, ping_every_s=0.01) as client:
        await server.until(lambda: server.count("Ping") >= 5)
        assert client._link is not None
        assert len(client._link.protocol.responses) <= 1

    assert server.connections == 1


# 9
async def test_events_are_heard_in_the_order_they_were_sent(server: StandIn, ears: Ears) -> None:
    async with connected(server, ears):
        for number in range(500):
            server.say(f"Event: E{number}")
        events = await ears.heard(500)

    assert [event.name for event in events] == [f"E{number}" for number in range(500)]


# 10
def test_calls_are_not_kept_by_panoramisk() -> None:
    assert imports_of(Path(telephony.ami.wire.__file__)).isdisjoint({"panoramisk.call_manager"})


# 11
def test_a_field_that_is_not_there_is_an_error_and_not_an_empty_text() -> None:
    event = AmiEvent("Hangup", moment_of("1795445742.000000") or SystemClock().now(), {"cause": "16", "x": ["1", "2"]})

    with pytest.raises(MalformedEvent):
        event["Typo"]
    with pytest.raises(MalformedEvent):
        event["X"]
    assert not hasattr(event, "typo")
    assert event.get("Typo") == ""
    assert pickle.loads(pickle.dumps(event)) == event == copy.deepcopy(event)


# 12
def test_fastagi_is_not_offered() -> None:
    assert imports_of(Path(telephony.ami.wire.__file__)).isdisjoint({"panoramisk.fast_agi", "panoramisk"})


# 13
async def test_a_refused_log_in_has_a_name_and_is_not_hammered(server: StandIn, ears: Ears) -> None:
    server.answers["Login"] = lambda *_: "Response: Error\r\nMessage: Authentication failed"
    quick = settings(server.port, refused_after_s=0.05, refused_at_most_s=60)
    client = AmiClient(quick, clock=SystemClock(), heard=ears.hear, changed=ears.see)

    running = asyncio.create_task(client.run())
    await ears.until(lambda: bool(ears.states) and ears.states[-1].state is LinkState.REFUSED)
    with pytest.raises(AmiDown):
        await client.ask("Fine")
    await server.until(lambda: server.connections == 3)
    running.cancel()

    assert {status.error for status in ears.states if status.state is LinkState.REFUSED} == {"ami_login_refused"}
    assert not any(status.state is LinkState.UP for status in ears.states)


async def test_the_pauses_between_attempts_double_up_to_a_limit() -> None:
    pauses = telephony.ami.client.BackOff(1, 5)

    assert [pauses.next_s() for _ in range(5)] == [1, 2, 4, 5, 5]
    pauses.reset()
    assert pauses.next_s() == 1


async def test_what_is_not_asterisk_is_named(server: StandIn, ears: Ears) -> None:
    server.banner = b"SSH-2.0-OpenSSH_9.2\r\n"
    client = AmiClient(settings(server.port), clock=SystemClock(), heard=ears.hear, changed=ears.see)

    running = asyncio.create_task(client.run())
    await ears.until(lambda: any(status.error == "ami_not_asterisk" for status in ears.states))
    running.cancel()

    assert server.received == []


async def test_an_asterisk_that_is_not_there_is_tried_again(server: StandIn, ears: Ears) -> None:
    nobody = settings(port=1, reconnect_after_s=0.001)
    client = AmiClient(nobody, clock=SystemClock(), heard=ears.hear, changed=ears.see)

    running = asyncio.create_task(client.run())
    await ears.until(lambda: [status.state for status in ears.states].count(LinkState.DOWN) == 3)
    running.cancel()

    assert {status.error for status in ears.states} == {None, "ami_down"}


# 14
@pytest.mark.parametrize("lines", [[], ["one"], ["one", "两行"]])
async def test_the_output_of_a_command_is_always_a_list(server: StandIn, ears: Ears, lines: list[str]) -> None:
    printed = "".join(f"\r\nOutput: {line}" for line in lines)
    server.answers["Command"] = lambda *_: f"Response: Success\r\nMessage: Command output follows{printed}"

    async with connected(server, ears) as client:
        reply = await client.ask("Command", {"Command": "core show version"})

    assert reply.output == lines


async def test_a_refused_action_says_why(server: StandIn, ears: Ears) -> None:
    server.answers["QueueAdd"] = lambda *_: "Response: Error\r\nMessage: Unable to add interface: Already there"

    async with connected(server, ears) as client:
        with pytest.raises(ActionRefused, match="Already there"):
            await queue_add(client)


async def test_after_a_drop_the_link_comes_back_and_says_so(server: StandIn, ears: Ears) -> None:
    async with connected(server, ears) as client:
        server.cut()
        await ears.up(times=2)
        await client.ask("Fine")

    states = [status.state for status in ears.states]
    assert states[:5] == [LinkState.CONNECTING, LinkState.UP, LinkState.DOWN, LinkState.CONNECTING, LinkState.UP]


async def test_a_chinese_reason_arrives_whole(server: StandIn, ears: Ears) -> None:
    async with connected(server, ears) as client:
        await client.ask("QueuePause", {"Interface": "PJSIP/1001", "Paused": "true", "Reason": "小休"})

    assert server.received[-1]["reason"] == "小休"


def test_asterisks_own_time_is_kept_to_the_microsecond() -> None:
    moment = moment_of("1795445739.891472")

    assert moment is not None
    assert moment.isoformat() == "2026-11-23T14:55:39.891472+00:00"
    assert moment_of("") is moment_of("soon") is moment_of("1.5") is None


async def test_our_secret_is_not_sent_to_a_peer_that_says_nothing(server: StandIn, ears: Ears) -> None:
    server.banner = b""
    client = AmiClient(
        settings(server.port, connect_within_s=0.05), clock=SystemClock(), heard=ears.hear, changed=ears.see
    )

    running = asyncio.create_task(client.run())
    await server.until(lambda: server.connections == 3)
    running.cancel()

    assert server.received == []
    assert server.open_connections <= 2


def imports_of(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    froms = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    return froms | {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
