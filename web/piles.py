"""What became of each of several tickets, over the wire."""

from tickets.actions.piles import Outcome
from web.api import View


class OneOutcome(View):
    """What became of one of them; `code` and `message` are empty when it was done."""

    number: str
    code: str = ""
    message: str = ""


def outcomes(results: list[Outcome]) -> list[OneOutcome]:
    return [
        OneOutcome(number=one.number, code=one.refused.code, message=str(one.refused))
        if one.refused
        else OneOutcome(number=one.number)
        for one in results
    ]
