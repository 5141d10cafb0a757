"""Tencent before Aliyun, each with faults of a real line: one SMS, whatever happens."""

import itertools
from datetime import time, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sms.rules import HandOverState, MessageState, Settled, next_day_at
from tests.sms.aliyun_twin import AliyunTwin
from tests.sms.clouds import ALIYUN, TENCENT, cloud_office
from tests.sms.desk import Desk
from tests.sms.serving import Fault, running
from tests.sms.tencent_twin import TencentTwin

_phones = (f"137{number:08d}" for number in itertools.count(1))
_FAULTS = st.lists(st.sampled_from([fault for fault in Fault if fault is not Fault.REJECTED]), max_size=3)


def test_accepted_by_the_first_and_then_timed_out_it_is_one_sms_and_the_page_can_say_how_that_was_found(
    desk: Desk,
) -> None:
    with running(TencentTwin(clock=desk.clock)) as there, running(AliyunTwin(clock=desk.clock)) as here:
        desk.office = cloud_office(desk, there, here)
        there.misbehave(Fault.TIMEOUT_AFTER_ACCEPTANCE)
        message = desk.queue()
        desk.work()
        assert desk.message(message).state is MessageState.UNKNOWN

        there.report(there.kept[0].serial)
        desk.wait(timedelta(minutes=2))
        desk.wait(timedelta(minutes=6))

    assert (len(there.kept), len(here.kept)) == (1, 0)
    assert desk.message(message).state is MessageState.DELIVERED
    handed = desk.hand_overs(message)
    assert [(one.provider, one.state, one.settled) for one in handed] == [
        (TENCENT, HandOverState.ACCEPTED, Settled.ASKED)
    ]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=_FAULTS, second=_FAULTS)
def test_two_clouds_with_random_faults_never_both_accept_a_message(
    desk: Desk, first: list[Fault], second: list[Fault]
) -> None:
    with running(TencentTwin(clock=desk.clock)) as there, running(AliyunTwin(clock=desk.clock)) as here:
        desk.office = cloud_office(desk, there, here, timeout_s=0.2)
        there.misbehave(*first)
        here.misbehave(*second)
        desk.clock.move_to(next_day_at(desk.clock.now(), time(9)))
        message = desk.queue(next(_phones))

        for _ in range(8):
            desk.wait(timedelta(minutes=31))

    assert len(there.kept) + len(here.kept) == 1
    by = [one.provider for one in desk.hand_overs(message) if one.state is not HandOverState.TURNED_AWAY]
    assert by == [TENCENT if there.kept else ALIYUN]
