"""Who is at the same thing: told between servers, and forgotten when a server is."""

from core.events import Event, EventsMissed, as_plain, from_plain
from web.presence import BEAT_S, FORGOTTEN_AFTER_S, Company, PeoplePresent

TOPIC = "presence:261013008210"


class Town:
    """Two servers that hear each other through the wire's own form, and a clock."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.changed: list[str] = []
        self.is_cut = False
        self.first = Company(self.to_second, lambda topic: self.changed.append(f"first {topic}"), lambda: self.now_s)
        self.second = Company(self.to_first, lambda topic: self.changed.append(f"second {topic}"), lambda: self.now_s)

    def to_second(self, events: list[Event]) -> None:
        self._pass(events, self.second)

    def to_first(self, events: list[Event]) -> None:
        self._pass(events, self.first)

    def _pass(self, events: list[Event], to: Company) -> None:
        for event in events:
            heard = from_plain(as_plain(event))
            assert heard is not None
            if not self.is_cut:
                to.hear(heard)


def test_two_servers_know_of_each_other_s_people() -> None:
    town = Town()

    town.first.enter(TOPIC, 7)
    town.second.enter(TOPIC, 9)

    assert town.first.people(TOPIC) == town.second.people(TOPIC) == [7, 9]
    assert town.changed == [f"second {TOPIC}", f"first {TOPIC}", f"first {TOPIC}", f"second {TOPIC}"]


def test_somebody_with_two_windows_is_there_once_until_the_last_one_closes() -> None:
    town = Town()
    town.first.enter(TOPIC, 7)
    town.first.enter(TOPIC, 7)
    town.second.enter(TOPIC, 7)

    town.first.leave(TOPIC, 7)
    assert town.second.people(TOPIC) == [7]

    town.first.leave(TOPIC, 7)
    town.second.leave(TOPIC, 7)
    assert (town.first.people(TOPIC), town.second.people(TOPIC)) == ([], [])


def test_the_people_of_a_server_that_died_are_forgotten_after_a_minute() -> None:
    town = Town()
    town.first.enter(TOPIC, 7)
    town.second.enter(TOPIC, 9)
    town.is_cut = True

    town.now_s = FORGOTTEN_AFTER_S
    town.second.forget_silent()
    assert town.second.people(TOPIC) == [7, 9]

    town.now_s = FORGOTTEN_AFTER_S + 1
    town.changed.clear()
    town.second.forget_silent()
    assert town.second.people(TOPIC) == [9]
    assert town.changed == [f"second {TOPIC}"]


def test_a_server_that_lives_is_not_forgotten() -> None:
    town = Town()
    town.first.enter(TOPIC, 7)

    for _ in range(5):
        town.now_s += BEAT_S
        town.first.say_all()
        town.second.forget_silent()

    assert town.second.people(TOPIC) == [7]


def test_a_server_that_has_missed_news_asks_and_is_told() -> None:
    town = Town()
    town.is_cut = True
    town.first.enter(TOPIC, 7)
    town.second.enter("presence:261013008211", 9)
    town.is_cut = False

    town.second.hear(EventsMissed())

    assert town.second.people(TOPIC) == [7]
    assert town.first.people("presence:261013008211") == [9]


def test_what_a_server_says_at_once_fits_into_one_notice() -> None:
    said: list[list[Event]] = []
    company = Company(said.append, lambda _: None, lambda: 0.0)
    for n in range(100):
        for person_id in range(1_000_000, 1_000_030):
            company.enter(f"presence:{261013000000 + n}", person_id)
    said.clear()

    company.say_all()

    assert sum(len(events) for events in said) == 100
    assert all(len(str([as_plain(event) for event in events]).encode()) < 16_000 for events in said)
    assert isinstance(said[0][0], PeoplePresent)
