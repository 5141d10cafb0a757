"""The configuration we give to Asterisk, as rendered from settings."""

from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from telephony import asterisk_names
from telephony.exchange.configuration import FOLLOWED, ExchangeSecrets, Places, render
from telephony.exchange.settings import ExchangeSettings, Line, Phone
from telephony.settings import AmiSettings


def rendered(**settings: object) -> dict[str, str]:
    exchange = ExchangeSettings.model_validate(settings)
    ami = AmiSettings(secret=SecretStr("quiet"))
    secrets = ExchangeSecrets(ami="quiet", seats=b"key")
    return render(exchange, ami, secrets, Places(Path("/srv/exchange"), modules=Path("/usr/lib/asterisk/modules")))


def steps(name: str) -> list[str]:
    """The dialplan's applications from the greeting on, in order."""
    context = rendered()["extensions.conf"].split(f"[{name}]")[1].split("\n[")[0]
    lines = [line for line in context.splitlines() if "," in line and not line.strip().startswith(";")]
    return [line.split(",", 2 if line.startswith("exten") else 1)[-1].split("(")[0] for line in lines]


def test_a_caller_hears_the_greeting_and_no_menu_before_the_queue() -> None:
    before = steps("hotline")[: steps("hotline").index("Queue")]

    assert "Playback" in before
    assert "Read" not in before
    assert "Background" not in before


def test_every_step_is_told_to_ami_and_to_queue_log_alike() -> None:
    dialplan = rendered()["extensions.conf"]

    for step in (name for name in dir(asterisk_names) if name.startswith("STEP_")):
        assert f"Step: {getattr(asterisk_names, step)}" in dialplan
        assert getattr(asterisk_names, step.replace("STEP_", "LOG_")) in dialplan


def test_every_way_a_call_ends_runs_the_hangup_handler() -> None:
    assert steps("hotline")[0] == "Set"
    assert "hangup_handler_push)=hotline-gone,s,1" in rendered()["extensions.conf"]


def test_a_merged_line_keeps_its_number_and_its_name() -> None:
    dialplan = rendered(lines=[Line(id="hotline", numbers=("12345",)), Line(id="heating", numbers=("12319",))])

    assert "exten => 12319,1,Set(HOTLINE_LINE=heating)" in dialplan["extensions.conf"]


def test_queues_have_no_static_members_and_pause_a_seat_that_lets_it_ring() -> None:
    queues = rendered()["queues.conf"]

    assert "member =>" not in queues
    assert "autopause = yes" in queues
    assert "persistentmembers = no" in queues


def test_only_followed_events_leave_asterisk() -> None:
    manager = rendered()["manager.conf"]

    assert manager.count("eventfilter(") == len(FOLLOWED)
    assert "VarSet" not in manager
    assert "command" not in manager.split("write = ")[1].splitlines()[0]


def test_each_seat_has_a_password_of_its_own_that_we_can_derive_again() -> None:
    secrets = ExchangeSecrets(ami="quiet", seats=b"key")

    assert secrets.of_seat("8001") == secrets.of_seat("8001")
    assert secrets.of_seat("8001") != secrets.of_seat("8002")
    assert f"password = {secrets.of_seat('8001')}" in rendered()["pjsip.conf"]


@pytest.mark.parametrize(
    "settings",
    [
        {"lines": [{"id": "a\nb", "numbers": ["12345"]}]},
        {"lines": [{"id": "hotline", "numbers": ["12345\n[general]"]}]},
        {"lines": [{"id": "hotline", "numbers": ["12345"], "queue": "q;x"}]},
        {"phones": [{"number": "8101", "contact": "sip:8101@host\ntype=endpoint"}]},
        {"browser_seats": ["8001-8"]},
        {"browser_seats": ["8001-8040", "8040"]},
        {"browser_seats": ["12345"]},
        {"rtp_from": 10000, "rtp_to": 10000},
        {"unknown": 1},
    ],
)
def test_settings_that_would_break_the_configuration_are_refused(settings: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        ExchangeSettings.model_validate(settings)


def test_a_desk_telephone_is_called_where_it_is() -> None:
    pjsip = rendered(phones=[Phone(number="8101", contact="sip:8101@192.0.2.7:5060")])["pjsip.conf"]

    assert "contact = sip:8101@192.0.2.7:5060" in pjsip
