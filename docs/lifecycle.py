"""Writes docs/lifecycle.md from the table in tickets/rules.py: `python -m docs.lifecycle`."""

from pathlib import Path

from staff.rules import ROLE_NAMES
from tickets.rules import MOVES, TERMINAL_STATES, Move, State

PAGE = Path(__file__).with_name("lifecycle.md")
HEAD = """# Life cycle of a ticket 工单

Made from the table in `tickets/rules.py` by `python -m docs.lifecycle`; a test fails when it is stale.
What is not in the table is refused by the server. Guards stand in brackets.
"""


def page() -> str:
    """The whole page: diagram, then the table in words."""
    steps = [move for move in MOVES if move.is_step]
    return "\n".join([HEAD, "```mermaid", *diagram(steps), "```", "", *table(steps), "", *acts(), ""])


def diagram(steps: list[Move]) -> list[str]:
    names = [f'    state "{state.name_zh} {state.name}" as {state.value}' for state in State]
    arrows = [f"    {move.state.value} --> {move.to.value}: {move.action.name_zh}" for move in steps]
    ends = [f"    {state.value} --> [*]" for state in TERMINAL_STATES]
    return ["stateDiagram-v2", "    direction LR", *names, f"    [*] --> {State.DRAFT.value}", *arrows, *ends]


def table(steps: list[Move]) -> list[str]:
    head = ["| from | act | by | guards | to |", "|---|---|---|---|---|"]
    return head + [
        f"| {move.state.name_zh} {move.state.name} | {move.action.name_zh} `{move.action.value}` | {people(move)} "
        f"| {', '.join(f'`{guard.code}`' for guard in move.guards)} | {move.to.name_zh} {move.to.name} |"
        for move in steps
    ]


def people(move: Move) -> str:
    return "、".join(name for role, name in ROLE_NAMES.items() if role in move.roles)


def acts() -> list[str]:
    """Acts that leave the state alone, one line each."""
    lines = ["Acts that leave the state alone:", ""]
    for action in dict.fromkeys(move.action for move in MOVES if not move.is_step):
        moves = [move for move in MOVES if move.action is action and not move.is_step]
        states = "、".join(move.state.name_zh for move in moves)
        lines.append(f"- {action.name_zh} `{action.value}` by {people(moves[0])}, in {states}")
    return lines


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
