"""The demo city has sent its last days up: most of it taken, a little refused, and what is behind that waits."""

from app.demo.submitting import submit_past
from evaluation.submissions.rules import SubmissionState
from tests.submissions.province import Province

S = SubmissionState


def test_a_demo_s_past_has_been_sent_up(province: Province) -> None:
    for n in range(12):
        ticket_id = province.town.answered(phone=f"139000000{n:02}")
        province.town.rate(ticket_id, 5 if n % 3 else 1)
        province.town.wait(minutes=20)
    province.database.write(submit_past, province.office, now=province.town.clock.now())

    states = [record.state for record in province.records()]
    assert states.count(S.REFUSED) == 3
    assert states.count(S.ACCEPTED) > len(states) / 2
    assert set(states) <= {S.ACCEPTED, S.REFUSED, S.WAITING}
    assert all(record.sent_at is None or record.sent_at >= record.happened_at for record in province.records())
