"""What a day of the city brings: tickets with questions and answers, calls with keys, matters at windows."""

import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bench.city import PHONE_KEY
from bench.ratings.bulk import Row
from bench.ratings.city import RatedCity
from core.secrets import phone_hash
from tickets.numbers import number_of

HOUR, DAY = 3_600, 86_400
#: of 100 ratings: on tickets, on calls, on matters at windows
ON_TICKETS, ON_CALLS = 45, 35
PHONES = 100_000
#: what became of 100 tickets: handled, answered at once, rejected, merged, still open
HANDLED, DIRECT, REJECTED, MERGED = 84, 92, 96, 98
LEVELS = (5,) * 60 + (4,) * 22 + (3,) * 8 + (2,) * 6 + (1,) * 4
WAYS = ("sms",) * 58 + ("page",) * 18 + ("callback",) * 12 + ("app",) * 6 + ("mini",) * 4 + ("pc",) * 2
AT_WINDOWS = ("device",) * 60 + ("qr",) * 25 + ("app",) * 8 + ("kiosk",) * 7
SILENT = ("expired",) * 12 + ("undelivered",) * 3 + ("refused",) * 2 + ("to_call",) * 3
CLASSES = ("no_policy", "unreasonable", "solvable", "needs_time")
CONTACTS = ("call",) * 7 + ("visit",) * 2 + ("none",)
SAID = (1, 1, 1, 0, None)


@dataclass
class Lives:
    """Rows by table, with ids that go on; `moment` spells seconds since 1970 as the database stores them."""

    city: RatedCity
    moment: Callable[[int], str]
    now: int
    has_trail: bool
    dice: random.Random
    rows: defaultdict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    tickets: int = 1
    invitations: int = 0
    ratings: int = 0
    repairs: int = 0
    calls: int = 0
    matters: int = 0
    #: by which a telephone is known
    phones: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        numbers = [f"199{n:08}" for n in range(PHONES)]
        self.phones = [(number, phone_hash(number, PHONE_KEY)) for number in numbers]

    def taken(self) -> dict[str, list[Row]]:
        """What has come together."""
        rows, self.rows = self.rows, defaultdict(list)
        return rows

    def live(self, begins: int, ratings: int) -> None:
        """A day with about so many ratings, from this moment on."""
        day = (datetime.fromtimestamp(begins, UTC) + timedelta(hours=8)).date()
        before, wanted, running = self.ratings, ratings * ON_TICKETS // 100, 0
        step = DAY * 0.6 / max(wanted, 1)
        while self.ratings - before < wanted:
            running += 1
            self._ticket(number_of(day, running), int(begins + min(running * step, DAY - 1)))
        self.rows["ticket_number_days"].append((day.isoformat(), running))
        before, wanted = self.ratings, ratings * ON_CALLS // 100
        while self.ratings - before < wanted:
            self._call(begins + self.dice.randrange(DAY))
        before, wanted = self.ratings, ratings * (100 - ON_TICKETS - ON_CALLS) // 100
        while self.ratings - before < wanted:
            self._matter(begins + 9 * HOUR + self.dice.randrange(8 * HOUR))

    def _ticket(self, number: str, at: int) -> None:
        dice, moment = self.dice, self.moment
        self.tickets += 1
        drawn, unit, phone = dice.randrange(100), dice.choice(self.city.units), dice.choice(self.phones)
        life = Ticket(self.tickets, at, unit, dice.choice(self.city.topics), phone[1])
        if drawn < HANDLED and at + 15 * DAY < self.now:
            self._handled(life)
        elif drawn < HANDLED:
            life.state = "in_progress"
        elif drawn < DIRECT:
            life.state, life.answered, life.closed = "archived", at, at
            if dice.random() < 0.9:
                life.level = self._asked(life, "direct", at + 60, 0)
        elif drawn < REJECTED:
            life.state, life.archived = "archived", at + 30 * DAY
            self.rows["ticket_history"].append((life.id, moment(at + 30 * DAY), "rejected"))
        elif drawn < MERGED:
            life.state = "merged"
        else:
            life.state = "to_callback"
            life.answered = at + 3 * DAY
            life.level = self._asked(life, "handling", life.answered, 0)
        self.rows["tickets"].append(life.row(number, phone[0], dice.choice(self.city.agents), moment))

    def _handled(self, life: "Ticket") -> None:
        dice = self.dice
        life.state = "archived" if dice.random() < 0.7 else "closed"
        answered = life.answered = life.registered + (
            8 * DAY + dice.randrange(DAY) if dice.random() < 0.06 else DAY + dice.randrange(5 * DAY)
        )
        self.rows["replies"].append((life.id, life.unit, self.moment(answered), dice.choice(CONTACTS)))
        life.closed, life.reason = answered + 7 * DAY, "window_end"
        if dice.random() < 0.04:
            life.closed, life.reason = answered + HOUR, "decision"
            return
        level, said = self._asked(life, "handling", answered, 0), self.last_said
        if level is not None and level < 3 and dice.random() < 0.4:
            life.rework, answered = 1, min(said + 2 * DAY, self.now - DAY)
            self.rows["replies"].append((life.id, life.unit, self.moment(answered), dice.choice(CONTACTS)))
            again = self._asked(life, "handling", answered, 1)
            level, said = (level, said) if again is None else (again, self.last_said)
        life.level = level
        if level is not None:
            life.closed, life.reason = max(said, answered), "rated"

    last_said: int = 0

    def _asked(self, life: "Ticket", subject: str, at: int, round_no: int) -> int | None:
        """A question and perhaps its answer; the level that counts."""
        dice, moment = self.dice, self.moment
        self.invitations += 1
        asked = self.invitations
        is_answered = dice.random() < 0.72
        state = "answered" if is_answered else dice.choice(SILENT)
        reached = None if state in {"undelivered", "to_call"} else moment(at + 20)
        reason = {"undelivered": "delivery_failed", "to_call": "landline"}.get(state)
        level = self._rated(life, subject, asked, at) if is_answered else None
        if subject == "handling" and dice.random() < 0.03:
            late = DAY if dice.random() < 0.7 else -3 * DAY
            decided = moment(max(at - late, life.registered))
            self.rows["matter_classes"].append((life.id, round_no, dice.choice(CLASSES), decided))
        ended = moment(self.last_said if is_answered else at + 7 * DAY)
        self.rows["invitations"].append(
            (asked, subject, life.id, round_no, life.unit, life.topic, life.phone_hash, f"{asked:08}", state, reason,
             moment(at), reached, ended, moment(at + 7 * DAY))
        )  # fmt: skip
        if self.has_trail and reason != "landline":
            self.rows["sms_messages"].append((asked, "", life.phone_hash, moment(at), moment(at), reached))
            self.rows["invitation_messages"].append((asked, asked))
        return level

    def _rated(self, life: "Ticket", subject: str, asked: int, at: int) -> int:
        dice = self.dice
        levels = [dice.choice(LEVELS)]
        if dice.random() < 0.03:
            levels.append(dice.choice(LEVELS))
        way, first, said, before = dice.choice(WAYS), self.ratings + 1, dice.choice(SAID), None
        moments = [at + 600 + dice.randrange(5 * DAY)]
        moments += [moments[0] + 60 + dice.randrange(20 * HOUR)] * (len(levels) - 1)
        for count, level in enumerate(levels):
            self.ratings += 1
            is_current = int(count == len(levels) - 1)
            self.rows["ratings"].append(
                (self.ratings, subject, asked, life.id, None, None, None, life.unit, None, way, level, said,
                 f"b:{self.ratings}", before, is_current, f"B{self.ratings:09}", self.moment(moments[count]))
            )  # fmt: skip
            before = self.ratings
        self.last_said = moments[-1]
        if subject == "handling" and levels[0] < 3:
            self._mended(life, asked, first, levels, moments)
        return levels[-1]

    def _mended(self, life: "Ticket", asked: int, rating: int, levels: list[int], moments: list[int]) -> None:
        self.repairs += 1
        opened, due, lines = moments[0], moments[0] + 5 * DAY, self.rows["repair_lines"]
        lines.append((self.repairs, self.moment(opened), "open", "to_contact"))
        outcome: str | None
        state, outcome, done = "closed", "fixed", opened + self.dice.randrange(7 * DAY)
        if levels[-1] >= 3:
            state, outcome, done = "withdrawn", None, 0
            lines.append((self.repairs, self.moment(moments[-1]), "withdraw", state))
        elif done < self.now:
            lines.append((self.repairs, self.moment(done), "complete", state))
        else:
            state, done = "fixing", 0
        self.rows["repairs"].append(
            (self.repairs, f"R{self.repairs:09}", life.id, asked, rating, life.unit, levels[-1], state, outcome,
             self.moment(opened), self.moment(due), self.moment(done) if done else None)
        )  # fmt: skip

    def _call(self, at: int) -> None:
        dice, moment = self.dice, self.moment
        self.calls += 1
        drawn, person, waited = dice.random(), dice.choice(self.city.agents), dice.randrange(1, 40)
        if drawn > 0.88:
            result = "abandoned" if drawn < 0.96 else "not_answered"
            self.rows["calls"].append(
                (self.calls, f"u{self.calls}", moment(at), moment(at + 2), None, moment(at + waited), result, waited,
                 None, None, "not_asked", None)
            )  # fmt: skip
            return
        ended = at + waited + dice.randrange(30, 400)
        level = dice.choice(LEVELS) if dice.random() < 0.6 else None
        self.rows["calls"].append(
            (self.calls, f"u{self.calls}", moment(at), moment(at + 2), moment(at + waited), moment(ended), "answered",
             waited, ended - at - waited, person, "rated" if level else "asked", level)
        )  # fmt: skip
        if self.has_trail:
            self.rows["call_summaries"].append((self.calls, moment(ended)))
        if level is not None:
            self._alone("agent", "key", level, ended + 8, call=self.calls, person=person)

    def _matter(self, at: int) -> None:
        dice, moment = self.dice, self.moment
        self.matters += 1
        n = dice.randrange(len(self.city.windows))
        unit = self.city.units[-1 - n % 60]
        is_done, is_asked, item = dice.random() < 0.97, dice.random() < 0.85, dice.randrange(200)
        self.rows["counter_matters"].append(
            (self.matters, self.city.platforms[n % 2], f"M{self.matters:09}", f"{self.matters % 1_000_000:06}",
             f"I{item:03}", f"事项{item}", unit, f"{n:03}", f"S{n:03}", moment(at - HOUR),
             moment(at) if is_done else None, moment(at) if is_asked else None, moment(at - HOUR), moment(at))
        )  # fmt: skip
        if dice.random() < 0.75:
            way = dice.choice(AT_WINDOWS)
            window = self.city.windows[n]
            self._alone("counter", way, dice.choice(LEVELS), at + 30, matter=self.matters, unit=unit, window=window)
            if dice.random() < 0.02:
                self._alone("counter", "qr", dice.choice(LEVELS), at + 300, unit=unit, window=window)

    def _alone(
        self, subject: str, way: str, level: int, at: int, *, call: int | None = None, matter: int | None = None,
        unit: int | None = None, window: int | None = None, person: int | None = None,
    ) -> None:  # fmt: skip
        """A rating that nobody was asked for by an invitation."""
        self.ratings += 1
        self.rows["ratings"].append(
            (self.ratings, subject, None, None, call, matter, window, unit, person, way, level, None,
             f"b:{self.ratings}", None, 1, f"B{self.ratings:09}", self.moment(at))
        )  # fmt: skip


@dataclass
class Ticket:
    """A ticket while its life is made up; moments in seconds, 0 for one that has not been."""

    id: int
    registered: int
    unit: int
    topic: int
    phone_hash: str
    state: str = ""
    answered: int = 0
    closed: int = 0
    archived: int = 0
    reason: str | None = None
    level: int | None = None
    rework: int = 0

    def row(self, number: str, phone: str, agent: int, moment: Callable[[int], str]) -> Row:
        at = moment(self.registered)
        answered = moment(self.answered) if self.answered else None
        closed = moment(self.closed) if self.closed else None
        is_bad = int(self.state == "to_callback" and (self.level or 5) < 3)
        return (
            self.id, number, self.state, self.topic, self.unit, self.unit, agent, phone, self.phone_hash, self.rework,
            is_bad, self.level, at, closed or answered or at, moment(self.registered + 7 * DAY), answered, closed,
            self.reason, moment(self.archived or self.closed + 30 * DAY) if self.state == "archived" else None,
        )  # fmt: skip
