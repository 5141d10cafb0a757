"""The peer: django-helpdesk, installed with its own lock into build/helpdesk and measured in the same run as ours."""

import asyncio
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
LOCK = HERE / "requirements.lock"
FOLDER = Path("build/helpdesk")
NAME = "django-helpdesk 2.6.1"


@dataclass(frozen=True)
class PeerCost:
    """What one request takes there."""

    cpu_ms: float
    sql: int


#: `create 1000`, `list 20000`, `dashboard 20000`, …; empty where it could not be installed
PeerCosts = dict[str, PeerCost]


async def measure(folder: Path) -> PeerCosts:
    """Install it when it is not there yet, and measure it; says why when it cannot be."""
    try:
        python = await asyncio.to_thread(_installed)
        said = await asyncio.to_thread(_run, [str(python), str(HERE / "measure.py"), str(folder / "helpdesk.db")])
    except (subprocess.CalledProcessError, OSError) as error:
        reason = (getattr(error, "stderr", "") or str(error)).strip().splitlines()
        print(f"{NAME} is not measured: {reason[-1] if reason else error}", flush=True)
        return {}
    return {name: PeerCost(**cost) for name, cost in json.loads(said.strip().splitlines()[-1]).items()}


def _installed() -> Path:
    """Its own Python.  Raises CalledProcessError."""
    venv = FOLDER / "venv"
    python = venv / "bin" / "python"
    mark, wanted = venv / ".installed", LOCK.read_text(encoding="utf-8")
    if not mark.exists() or mark.read_text(encoding="utf-8") != wanted:
        uv = str(Path(sys.executable).parent / "uv")
        _run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(venv)])
        _run([uv, "pip", "sync", "--quiet", "--python", str(python), "--require-hashes", str(LOCK)])
        mark.write_text(wanted, encoding="utf-8")
    return python.absolute()


def _run(command: list[str]) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def beside(costs: PeerCosts, what: str, ours_ms: float, where: str = "") -> str:
    """How it is told beside our figure; nothing where it was not measured."""
    found = costs.get(what)
    if found is None:
        return ""
    name = f"{NAME} {where}".strip()
    return f"{name}: {found.cpu_ms:.1f} ms CPU ({found.cpu_ms / ours_ms:.1f} × ours), {found.sql} SQL"
