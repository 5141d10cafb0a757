"""What the exchange says: each text has its sound, made from that very text."""

import json
import re

from telephony.asterisk.make_prompts import MANIFEST, MUSIC, PROMPTS, checksum, texts
from tests.exchange.test_configuration import rendered


def test_every_text_was_spoken_as_it_stands() -> None:
    spoken = json.loads(MANIFEST.read_text(encoding="utf-8"))

    assert {name: entry["text"] for name, entry in spoken.items()} == texts()


def test_every_sound_is_the_one_that_was_made_from_its_text() -> None:
    spoken = json.loads(MANIFEST.read_text(encoding="utf-8"))

    assert {name: checksum(PROMPTS / f"{name}.alaw") for name in texts()} == {
        name: entry["sha256"] for name, entry in spoken.items()
    }


def test_every_prompt_is_played_and_every_prompt_that_is_played_exists() -> None:
    configuration = rendered(dial_in_number="123459")
    templates = configuration["extensions.conf"] + configuration["queues.conf"]

    played = set(re.findall(r"/srv/exchange/prompts/(\w+)", templates)) | set(
        re.findall(r"/prompts/\$\{IF\(.*\?(\w+):(\w+)\)}", templates)[0]
    )

    assert played == set(texts())


def test_the_prompts_stay_small() -> None:
    assert sum(path.stat().st_size for path in [*PROMPTS.iterdir(), MUSIC]) < 1_200_000
