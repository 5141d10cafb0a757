"""Whatever writes a line of 经过 has a Chinese word on the page."""

import ast
import re
from pathlib import Path

from tickets.rules import Action

ROOT = Path(__file__).parents[2]
PACKAGES = ("tickets", "evaluation", "telephony", "sms", "web", "app")
WORDS = ROOT / "web/ui/src/locales/zh-CN/actions.ts"


def written_by_name(path: Path) -> set[str]:
    """Literal acts in calls of write_history: (session, ticket, act, …)."""
    calls = (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call))
    named = (call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "write_history")
    acts = (call.args[2] for call in named if len(call.args) > 2)
    return {act.value for act in acts if isinstance(act, ast.Constant) and isinstance(act.value, str)}


def test_every_act_that_stands_in_a_history_has_its_word() -> None:
    files = [
        path for package in PACKAGES for path in (ROOT / package).rglob("*.py") if "node_modules" not in path.parts
    ]
    acts = {act for path in files for act in written_by_name(path)}
    known = set(re.findall(r"^  (\w+): '", WORDS.read_text(), re.MULTILINE))

    assert {"recused", "reveal"} <= acts
    assert sorted((acts | {action.value for action in Action}) - known) == []
