"""The shape of the code (CONTRIBUTING.md): short files, short functions, one line that says what a module is for."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = (
    "app",
    "core",
    "evaluation",
    "indicators",
    "knowledge",
    "nlp",
    "sms",
    "staff",
    "telephony",
    "tickets",
    "web",
)
FOLDERS = (*PACKAGES, "bench", "tests")
LONGEST_FILE = 400
LONGEST_FUNCTION = 40
NAMELESS = {"utils", "helpers", "manager", "common", "base", "data", "info", "process", "handle"}


def sources(*folders: str) -> Iterator[Path]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "node_modules" not in path.parts:
                yield path


@pytest.mark.parametrize("folder", [folder for folder in FOLDERS if (ROOT / folder).is_dir()])
def test_no_file_is_longer_than_400_lines(folder: str) -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in sources(folder)}

    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


@pytest.mark.parametrize("package", [package for package in PACKAGES if (ROOT / package).is_dir()])
def test_no_function_is_longer_than_40_lines(package: str) -> None:
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in sources(package)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > LONGEST_FUNCTION
    ]

    assert long == []


@pytest.mark.parametrize("package", [package for package in PACKAGES if (ROOT / package).is_dir()])
def test_every_module_opens_with_one_line_that_says_what_it_is_for(package: str) -> None:
    silent = [
        str(path.relative_to(ROOT)) for path in sources(package) if not ast.get_docstring(ast.parse(path.read_text()))
    ]

    assert silent == []


@pytest.mark.parametrize("package", [package for package in PACKAGES if (ROOT / package).is_dir()])
def test_no_module_has_a_name_that_says_nothing(package: str) -> None:
    assert [str(path.relative_to(ROOT)) for path in sources(package) if path.stem in NAMELESS] == []


def test_a_package_exists_only_if_it_holds_code() -> None:
    empty = [
        package
        for package in PACKAGES
        if (ROOT / package).is_dir() and not any(path.name != "__init__.py" for path in sources(package))
    ]

    assert empty == []
