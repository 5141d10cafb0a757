"""Callers and seats as SIPp processes, their scenarios written from the table."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from tests.scenarios.table import CALLER, Does, SeatPlan

TEMPLATES = Path(__file__).parent / "telephones"
CALLERS_AT = "127.0.0.2"
SEATS_AT = "127.0.0.3"
#: A SIPp's voice port lies this far above its SIP port; it takes a few, so SIP ports stand four apart.
VOICE_ABOVE = 40


@dataclass
class Sipp:
    """One running SIPp; it ends by itself after its call, or when it is stopped."""

    process: subprocess.Popen[bytes]
    log: Path
    messages: Path

    def wait(self, within_s: float) -> None:
        """Wait for the call to be over; a failed call is told with what SIPp wrote."""
        code = self.process.wait(within_s)
        assert code == 0, f"SIPp ended with {code}: {self._said()}"

    def heard(self) -> str:
        """Every SIP message it received."""
        told = self.messages.read_text(errors="replace").split("-----------------------------------------------")
        return "".join(part for part in told if "message received" in part)

    def _said(self) -> str:
        return self.log.read_text(errors="replace")[-2000:] if self.log.exists() else "nothing"

    def stop(self) -> None:
        """End it, in whatever state it is."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


def call(
    folder: Path, *, exchange: str, dials: str, steps: tuple[Does, ...], speech: Path, port: int, caller: str = CALLER
) -> Sipp:
    """A citizen calls `dials` at `exchange` (host:port) and does the steps; A-law `speech` is sent over and over."""
    text = _rendered("caller.xml.j2", number=caller, steps=steps, speech=speech)
    return _start(folder, f"caller-{caller}", text, [exchange, "-s", dials], address=CALLERS_AT, port=port)


def seat(folder: Path, plan: SeatPlan, *, port: int) -> Sipp:
    """A telephone that does what the plan says with every call; what it hears it sends back."""
    behaviour = {name: getattr(plan, name) for name in ("answers", "holds", "passes_on_to", "hangs_up_after_s")}
    text = _rendered("seat.xml.j2", **behaviour)
    return _start(folder, f"seat-{plan.number}", text, ["-rtp_echo"], address=SEATS_AT, port=port)


def _rendered(template: str, **values: object) -> str:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, autoescape=select_autoescape()
    )
    return environment.get_template(template).render(values).lstrip()


def _start(folder: Path, name: str, text: str, arguments: list[str], *, address: str, port: int) -> Sipp:
    scenario = folder / f"{name}.xml"
    scenario.write_text(text, encoding="utf-8")
    log, errors, messages = (folder / f"{name}.{kind}" for kind in ("log", "errors", "messages"))
    # it ends with us, also when we are killed
    command = [
        "setpriv",
        "--pdeathsig",
        "KILL",
        "sipp",
        *arguments,
        "-sf",
        str(scenario),
        "-i",
        address,
        "-p",
        str(port),
        "-mi",
        address,
    ]
    command += ["-mp", str(port + VOICE_ABOVE), "-m", "1" if "-s" in arguments else "1000", "-nostdin"]
    command += ["-trace_err", "-error_file", str(errors)]
    command += ["-trace_msg", "-message_file", str(messages)]
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=folder)
    return Sipp(process, errors, messages)
