"""Making the directory Asterisk lives in: what is read from the machine, and what is refused by name."""

import socket
from pathlib import Path

import pytest
from pydantic import SecretStr

from telephony.exchange import directory
from telephony.exchange.configuration import ExchangeSecrets
from telephony.exchange.directory import locked, mirror_of
from telephony.exchange.errors import AmiSecretMissing, ExchangeLocked, NoMirror, NotDebian, PortTaken
from telephony.exchange.real import RealExchange
from telephony.exchange.settings import ExchangeSettings
from telephony.settings import AmiSettings
from tests.ports import ports

MIRROR = "http://mirror.example/debian"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("sources.list", f"# deb http://old.example/debian bookworm main\ndeb {MIRROR} bookworm main\n"),
        ("sources.list", f"deb [signed-by=/k.gpg] {MIRROR} bookworm main\n"),
        ("sources.list.d/debian.sources", f"Types: deb\n# http://s.example/debian\nURIs: {MIRROR}\nSuites: bookworm\n"),
        ("sources.list.d/debian.list", f"deb https://other.example/tools x main\ndeb {MIRROR} bookworm main\n"),
    ],
)
def test_the_mirror_is_the_machines_own(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text(text)

    assert mirror_of(tmp_path) == MIRROR


def test_a_machine_without_a_debian_mirror_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "sources.list").write_text("deb http://archive.example/ubuntu noble main\n")

    with pytest.raises(NoMirror):
        mirror_of(tmp_path)


def test_missing_programs_are_named_with_their_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")

    with pytest.raises(NotDebian, match="mmdebstrap"):
        directory.require_programs()


def test_two_commands_at_once_are_refused(tmp_path: Path) -> None:
    with locked(tmp_path / "lock", waits=False), pytest.raises(ExchangeLocked), locked(tmp_path / "lock", waits=False):
        pass


@pytest.mark.parametrize("secret", ["", "two words", "line\nbreak", "semi;colon"])
def test_an_unusable_secret_stops_the_start(tmp_path: Path, secret: str) -> None:
    exchange = an_exchange(tmp_path, secret=secret)

    with pytest.raises(AmiSecretMissing):
        exchange.up()


def test_an_exchange_that_never_ran_is_shown_as_not_running(tmp_path: Path) -> None:
    status = an_exchange(tmp_path).status()

    assert not status.is_running
    assert status.version is None


def test_a_process_number_taken_over_by_another_program_is_not_ours(tmp_path: Path) -> None:
    exchange = an_exchange(tmp_path)
    (tmp_path / "exchange.pid").write_text('{"pid": 1, "started_at": -1}')

    assert exchange.status().pid is None


@pytest.mark.needs("asterisk")
def test_a_port_in_use_is_named_before_anything_starts(tmp_path: Path) -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        exchange = an_exchange(tmp_path, sip_port=taken.getsockname()[1])

        with pytest.raises(PortTaken, match="SIP"):
            exchange.up()


def an_exchange(folder: Path, *, secret: str = "quiet", sip_port: int | None = None) -> RealExchange:
    settings = ExchangeSettings.model_validate(
        {"folder": folder, "sip_port": sip_port or ports() + 93, "http_port": ports() + 94}
    )
    ami = AmiSettings(port=ports() + 95, secret=SecretStr(secret))
    return RealExchange(settings, ami, ExchangeSecrets(ami=secret, seats=b"key"))
