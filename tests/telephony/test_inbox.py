"""The bounded queue between reader and store."""

from datetime import datetime

from telephony.inbox import Gap, Inbox


async def test_a_short_gap_in_memory_is_marked_and_does_not_stop_the_reader(now: datetime) -> None:
    inbox: Inbox[int] = Inbox(3, now=lambda: now)
    kept = [inbox.put(number) for number in range(5)]
    batches = inbox.batches(at_most=10, within_s=0)

    assert await anext(batches) == [0, 1, 2]
    assert inbox.take_gaps() == [Gap("inbox_full", now, now, 2)]
    assert kept == [True, True, True, False, False]
    assert inbox.put(9)
    assert await anext(batches) == [9]
    assert inbox.take_gaps() == []


async def test_batches_are_bounded_and_in_order(now: datetime) -> None:
    inbox: Inbox[int] = Inbox(1000, now=lambda: now)
    for number in range(450):
        inbox.put(number)
    batches = inbox.batches(at_most=200, within_s=0)

    found = [await anext(batches) for _ in range(3)]

    assert [len(batch) for batch in found] == [200, 200, 50]
    assert [number for batch in found for number in batch] == list(range(450))
