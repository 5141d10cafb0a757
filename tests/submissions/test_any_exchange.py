"""Whatever the exchange does, each record is taken once in the end, and a ticket's in the order of its life."""

from collections import deque

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evaluation.submissions.actions import resend_all
from evaluation.submissions.rules import RecordKind, SubmissionState
from tests.submissions.exchange_twin import Mood
from tests.submissions.province import Province

_SHARED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
_STUCK = (SubmissionState.REFUSED, SubmissionState.GIVEN_UP)


@settings(max_examples=6, deadline=None, suppress_health_check=_SHARED)
@given(moods=st.lists(st.sampled_from(Mood), max_size=12))
def test_each_record_is_taken_once_and_a_ticket_s_in_order(province: Province, moods: list[Mood]) -> None:
    """Each example is another ticket of the same town."""
    before = len(province.twin.taken)
    province.twin.moods = deque(moods)
    ticket_id = province.town.answered()
    province.town.rate(ticket_id, 5)
    for _ in range(len(moods) + 4):
        province.town.wait(minutes=30)
        province.minute()
        for state in _STUCK:
            province.act(resend_all, state, note="再次上报")

    records = [record for record in province.records() if record.ticket_id == ticket_id]
    assert [record.kind for record in records] == [RecordKind.ACCEPTED, RecordKind.RATING, RecordKind.DONE]
    assert {record.state for record in records} == {SubmissionState.ACCEPTED}
    assert province.twin.order_of(records[0].serial) == ["11", "21", "12"]
    assert len(province.twin.taken) == before + 3
    assert all(record.receipt == province.twin.receipts[record.number] for record in records)
