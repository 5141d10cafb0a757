"""What needs one outside tool runs in one process of a parallel run: two would each start an Asterisk of their own."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SUITE = """
import os
from pathlib import Path
import pytest

@pytest.mark.needs("postgresql")
@pytest.mark.parametrize("n", range(8))
def test_something(n):
    Path(__file__).with_name(f"ran-{n}").write_text(os.environ["PYTEST_XDIST_WORKER"])
"""


def test_the_tests_of_one_tool_run_in_one_process(tmp_path: Path) -> None:
    suite = tmp_path / "test_suite.py"
    suite.write_text(SUITE)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.needs", "-n", "2", "--dist", "loadgroup", str(suite)]
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}

    subprocess.run(command, cwd=tmp_path, env=inherited | {"PYTHONPATH": str(ROOT)}, check=True, capture_output=True)

    ran = [path.read_text() for path in sorted(tmp_path.glob("ran-*"))]
    assert len(ran) == 8
    assert len(set(ran)) == 1
