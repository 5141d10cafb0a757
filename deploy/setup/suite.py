"""Run the whole test suite on two cores, and write what pytest must not hide: its closing line."""

import os
import sys
from pathlib import Path

import pytest


def main(arguments: list[str]) -> int:
    """Exit status of pytest; no test at all is a failure too."""
    os.chdir(Path(__file__).resolve().parents[2])
    long = "--long" in arguments
    others = [argument for argument in arguments if argument != "--long"]
    chosen = ["-m", "long"] if long else ["-m", "not long"]
    parallel = ["-n", os.environ.get("TEST_PROCESSES", "2"), "--dist", "loadgroup"]
    return int(pytest.main(["-q", "--durations=10", *parallel, *chosen, *others]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
