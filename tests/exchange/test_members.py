"""The round of seats in the built-in exchange."""

from datetime import UTC, datetime

from telephony.exchange.members import DeviceState, Member, Members

NOON = datetime(2026, 10, 13, 4, tzinfo=UTC)


def a_round(*numbers: str) -> Members:
    members = Members()
    for number in numbers:
        members.add(Member(f"PJSIP/{number}", NOON))
    return members


def asked(members: Members) -> str | None:
    member = members.next_free()
    return member.number if member else None


def test_seats_are_asked_one_after_the_other() -> None:
    members = a_round("8001", "8002", "8003")

    assert [asked(members) for _ in range(4)] == ["8001", "8002", "8003", "8001"]


def test_paused_and_busy_seats_are_passed_over() -> None:
    members = a_round("8001", "8002", "8003")
    first, second, _ = members
    first.is_paused = True
    second.state = DeviceState.IN_USE

    assert asked(members) == "8003"
    assert asked(members) == "8003"


def test_nobody_is_asked_when_all_are_away() -> None:
    members = a_round("8001")
    next(iter(members)).is_paused = True

    assert asked(members) is None
    assert asked(Members()) is None
