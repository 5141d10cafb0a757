"""What was submitted over one connection and not answered yet: the window, and answers that come too late."""

import threading
from collections.abc import Collection
from dataclasses import dataclass, field
from time import monotonic

from sms.providers.gateway.dialect import Answer, Taken
from sms.providers.provider import Accepted, LateAnswer, Outgoing, Rejected, TurnedAway
from sms.settings import ProviderName

#: so many whose answer came in no time are remembered, in case it comes after all
OVERDUE_MOST = 2000
Outcome = Accepted | Rejected | TurnedAway


@dataclass
class Submission:
    """A message on its way, in one part or several."""

    outgoing: Outgoing
    sequences: tuple[int, ...]
    at_s: float
    answers: dict[int, Taken | Rejected | TurnedAway] = field(default_factory=dict)
    is_given_up: bool = False
    is_cut_off: bool = False

    @property
    def outcome(self) -> Outcome | None:
        """None while a part has no answer.  Half a message is refused: the rest would not be understood."""
        if len(self.answers) < len(self.sequences):
            return None
        answers = [self.answers[sequence] for sequence in self.sequences]
        refused = [answer for answer in answers if not isinstance(answer, Taken)]
        ids = tuple(answer.provider_id for answer in answers if isinstance(answer, Taken))
        if not refused:
            return Accepted(ids[0], ids if len(ids) > 1 else ())
        if ids:
            return Rejected(f"part:{refused[0].error_code}")
        final = [answer for answer in refused if isinstance(answer, Rejected)]
        return final[0] if final else refused[0]


class Submissions:
    """Safe for any number of senders and one reader.  Times are of the steady clock."""

    def __init__(self, provider: ProviderName, *, window: int, holds_s: float) -> None:
        self._provider = provider
        self._window, self._holds_s = window, holds_s
        self._open: dict[int, Submission] = {}
        self._changed = threading.Condition()
        self._is_cut = False

    def enter(self, outgoing: Outgoing, sequences: Collection[int], *, until_s: float) -> Submission | None:
        """Take a place in the window for every part; None when there was none in time, or the line is cut."""
        submission = Submission(outgoing, tuple(sequences), monotonic())
        with self._changed:
            while not self._is_cut and self._taken() + len(sequences) > self._window:
                if not self._changed.wait(until_s - monotonic()):
                    return None
            if self._is_cut:
                return None
            submission.at_s = monotonic()
            self._open.update(dict.fromkeys(sequences, submission))
            self._forget_oldest()
        return submission

    def wait(self, submission: Submission, *, until_s: float) -> Outcome | None:
        """Its outcome; None when none came in time or the line was cut: then it comes late, or never."""
        with self._changed:
            while submission.outcome is None and not submission.is_cut_off:
                if not self._changed.wait(until_s - monotonic()):
                    break
            submission.is_given_up = submission.outcome is None
            return submission.outcome

    def answered(self, answer: Answer) -> LateAnswer | None:
        """Note an answer; the whole outcome if its sender has given up.  One to nothing of ours is left out."""
        with self._changed:
            submission = self._open.pop(answer.sequence, None)
            if submission is None:
                return None
            submission.answers[answer.sequence] = answer.outcome
            self._changed.notify_all()
            outcome = submission.outcome
            if outcome is None or not submission.is_given_up:
                return None
            outgoing = submission.outgoing
            return LateAnswer(self._provider, outgoing.message_id, outgoing.n, outcome)

    def cut(self) -> None:
        """The line is gone: whoever waits learns it at once, and nobody enters any more."""
        with self._changed:
            self._is_cut = True
            for submission in self._open.values():
                submission.is_cut_off = True
            self._changed.notify_all()

    def cut_if_empty(self) -> bool:
        """Let nobody in any more, unless somebody is in."""
        with self._changed:
            self._is_cut = self._is_cut or not self._open
            return not self._open

    def _taken(self) -> int:
        """Places in the window: an answer that is overdue for very long was lost and holds none."""
        since = monotonic() - self._holds_s
        return sum(1 for submission in self._open.values() if submission.at_s > since)

    def _forget_oldest(self) -> None:
        while len(self._open) > OVERDUE_MOST:
            del self._open[next(iter(self._open))]
