"""What is written for the demo city: complete, made up, and without a slot left open."""

import re
from collections import Counter
from random import Random

import pytest

from app.demo.city import songjiang
from app.demo.numbers import landline, mobile, some_caller
from app.demo.records import CHECKED, measure, shipped_records
from app.demo.world import make_citizens
from app.demo.writing import past_texts, write_matter
from core.masking import is_landline, is_mobile
from nlp.classifier import LEAST_MEASURED, TARGET_ERROR, classify
from nlp.serving import shipped_model
from nlp.topics import shipped_tree
from staff.rules import STAFF_ROLES, Role
from tickets.forms import REPLY_MOST, TEXT_LEAST, TEXT_MOST, TITLE_MOST

CITY = songjiang()
TOPICS = {topic.code for topic in shipped_tree().topics}


def test_every_topic_has_matters_replies_and_somebody_who_answers_for_it() -> None:
    assert {matter.topic for matter in CITY.matters} == TOPICS
    assert {line.topic for line in CITY.catalogue} == TOPICS
    assert min(Counter(matter.topic for matter in CITY.matters).values()) >= 5


def test_every_unit_that_is_named_exists_and_every_one_that_may_get_a_ticket_has_an_officer() -> None:
    units = {unit.code for unit in CITY.units}
    named = {code for line in CITY.catalogue for code in (line.unit, *line.by_place.values()) if code}
    officers = {person.unit for person in CITY.people if Role.UNIT_OFFICER in person.roles}

    assert len(units) >= 30
    assert named <= units
    assert named <= officers
    assert {unit.parent for unit in CITY.units} - {""} <= units


def test_every_place_has_somebody_for_every_topic() -> None:
    districts = {place.code for place in CITY.places if place.parent is None}

    assert all(line.unit or districts <= set(line.by_place) for line in CITY.catalogue)
    assert all(code in {place.code for place in CITY.places} for line in CITY.catalogue for code in line.by_place)


def test_every_role_has_its_people_with_numbers_of_their_own() -> None:
    assert {role for person in CITY.people for role in person.roles} == set(STAFF_ROLES)
    assert len({person.account for person in CITY.people}) == len(CITY.people) >= 40
    assert len({person.staff_number for person in CITY.people}) == len(CITY.people)


@pytest.mark.parametrize("matter", [*CITY.matters, *CITY.unclear], ids=lambda matter: f"{matter.topic} {matter.title}")
def test_a_written_matter_has_no_slot_left_and_fits_the_form(matter: object) -> None:
    written = write_matter(matter, CITY, Random(7))  # type: ignore[arg-type]

    assert not re.search(r"[{}|]|\bNone\b", written.text + written.title)
    assert TEXT_LEAST <= len(written.text) <= TEXT_MOST
    assert 0 < len(written.title) <= TITLE_MOST


def test_the_classifier_offers_several_topics_for_an_unclear_matter_and_sends_none_by_itself() -> None:
    model, records = shipped_model(), shipped_records()

    for matter in CITY.unclear:
        suggested = classify(model, write_matter(matter, CITY, Random(matter.title)).text)
        best = suggested.ranked[0]
        assert len(suggested.ranked) >= 2, matter.title
        assert best.code not in records or best.confidence < records[best.code].threshold, matter.title


def test_replies_fit_the_form() -> None:
    general = [reply for replies in CITY.words["replies"].values() for reply in replies]
    replies = [reply for matter in CITY.matters for reply in matter.replies] + general

    assert len(set(replies)) >= 80
    assert all(20 <= len(reply) <= REPLY_MOST - 200 for reply in replies)


def test_people_do_not_all_say_the_same() -> None:
    texts = [text for topic in TOPICS for text in past_texts(topic, CITY, Random(topic), n=10)]

    assert max(Counter(texts).values()) <= 2


def test_numbers_look_right_belong_to_nobody_and_never_repeat() -> None:
    mobiles, landlines = [mobile(n) for n in range(1000)], [landline(n) for n in range(1000)]

    assert all(is_mobile(number) and number.startswith("154") for number in mobiles)
    assert all(is_landline(number) and number.startswith("0499") for number in landlines)
    assert len(set(mobiles)) == len(set(landlines)) == 1000


def test_the_record_of_automatic_dispatch_is_what_is_measured() -> None:
    measured = measure(CITY, shipped_model())

    assert measured == shipped_records()
    assert set(measured) <= set(CHECKED)
    assert len(measured) >= 12
    assert all(record.n >= LEAST_MEASURED for record in measured.values())
    assert all(record.wrong / record.n <= TARGET_ERROR for record in measured.values())


def test_who_calls_during_the_demo_is_somebody_of_the_city_with_a_mobile() -> None:
    phones = {citizen.phone for citizen in make_citizens(CITY, Random(1), n=210)}
    callers = {some_caller(Random(seed)) for seed in range(60)}

    assert len(callers) >= 10
    assert callers <= phones
    assert all(is_mobile(number) for number in callers)


def test_nobody_calls_during_the_demo_whose_answer_to_an_earlier_sms_is_still_awaited() -> None:
    everybody = {some_caller(Random(seed)) for seed in range(200)}
    asked = frozenset(sorted(everybody)[:-2])

    assert {some_caller(Random(seed), asked) for seed in range(200)} == everybody - asked
    assert some_caller(Random(1), everybody) in everybody
