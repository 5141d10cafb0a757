"""What is refused as a photo, by its content and each for its own reason; and what is left of one that is taken."""

import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.photos.making import KINDS, LIMITS, archive, bomb, heic, photo, photo_of_a_phone
from tickets.photos.errors import PhotoRefused
from tickets.photos.pictures import made_anew
from tickets.photos.rules import ImageKind, image_kind

NO_HEIC = b"\x00\x00\x00\x18ftypheic" + bytes(200)
CODES = {
    "photo_missing", "photo_too_large", "not_a_photo", "photo_damaged", "photo_too_many_pixels", "photo_hides_file",
}  # fmt: skip


def code_of(content: bytes) -> str:
    """Why it is refused, or "taken"."""
    try:
        made_anew(content, LIMITS)
    except PhotoRefused as refusal:
        return refusal.code
    return "taken"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "photo_missing"),
        (photo() + bytes(1 << 20), "photo_too_large"),
        (archive(), "not_a_photo"),
        (b"GIF89a" + bytes(100), "not_a_photo"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not_a_photo"),
        (NO_HEIC, "photo_damaged"),
        (photo()[:-2], "photo_damaged"),
        (photo()[:40], "photo_damaged"),
        (b"\xff\xd8\xff" + bytes(400), "photo_damaged"),
        (bomb(), "photo_too_many_pixels"),
        (bomb(2_500, 2_000), "photo_too_many_pixels"),
        (photo() + archive(), "photo_hides_file"),
        (photo("PNG") + b"<ScRiPt>alert(1)</script>", "photo_hides_file"),
        (photo() + b"%!<?php system($_GET[0]); ?>", "photo_hides_file"),
        (photo() + b"7z\xbc\xaf\x27\x1c" + bytes(30), "photo_hides_file"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_reason_has_its_own_code(content: bytes, code: str) -> None:
    assert code_of(content) == code


@pytest.mark.parametrize("kind", KINDS)
def test_photos_of_each_kind_are_taken_and_become_small_enough(kind: str) -> None:
    picture, thumbnail, size = made_anew(photo(kind, size=(1200, 900)), LIMITS)

    kept, small = Image.open(io.BytesIO(picture)), Image.open(io.BytesIO(thumbnail))
    assert (kept.format, kept.size, size) == ("JPEG", (640, 480), (640, 480))
    assert (small.format, small.size) == ("JPEG", (320, 240))


def test_nothing_but_the_pixels_is_kept_and_they_stand_upright() -> None:
    sent = photo_of_a_phone(size=(320, 200))
    assert b"SECRET-MAKER" in sent

    picture, thumbnail, size = made_anew(sent, LIMITS)

    assert size == (200, 320)
    for made in (picture, thumbnail):
        assert b"SECRET" not in made
        assert b"Exif" not in made
        assert not Image.open(io.BytesIO(made)).getexif()


def test_what_a_phone_appends_to_its_photo_does_no_harm_and_is_dropped() -> None:
    second = photo(size=(64, 64))

    picture, _, _ = made_anew(photo() + second + b"SEFHe\x00\x00SEFT", LIMITS)

    assert second not in picture
    assert b"SEFT" not in picture


@pytest.mark.needs("heic")
def test_a_heic_of_a_newer_phone_becomes_a_jpeg_without_its_metadata(tmp_path: Path) -> None:
    sent = heic(photo_of_a_phone(size=(1200, 900)), tmp_path)
    assert image_kind(sent) is ImageKind.HEIC
    assert b"SECRET-MAKER" in sent

    picture, thumbnail, size = made_anew(sent, LIMITS)

    assert size == (640, 480)
    for made in (picture, thumbnail):
        assert Image.open(io.BytesIO(made)).format == "JPEG"
        assert b"SECRET" not in made
        assert not Image.open(io.BytesIO(made)).getexif()


@pytest.mark.needs("heic")
def test_a_heic_is_judged_like_any_other_photo(tmp_path: Path) -> None:
    sent = heic(photo(size=(320, 200)), tmp_path)
    large = heic(photo(size=(2_500, 2_000)), tmp_path)

    assert code_of(sent[: len(sent) // 2]) == "photo_damaged"
    assert code_of(large) == "photo_too_many_pixels"
    assert code_of(sent + archive()) == "photo_hides_file"
    assert code_of(sent.replace(b"heic", b"avif")) == "not_a_photo"


def test_what_was_transparent_is_white() -> None:
    made = io.BytesIO()
    Image.new("RGBA", (40, 40), (0, 0, 0, 0)).save(made, "PNG")

    picture, _, _ = made_anew(made.getvalue(), LIMITS)

    assert Image.open(io.BytesIO(picture)).getpixel((20, 20)) == (255, 255, 255)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(kind=st.sampled_from(KINDS), data=st.data())
def test_whatever_comes_is_taken_clean_or_refused_with_a_code(kind: str, data: st.DataObject) -> None:
    """A photo whose bytes were cut, changed or followed by anything: never another error, never its metadata."""
    content = bytearray(photo_of_a_phone(size=(60, 40)) if kind == "JPEG" else photo(kind, size=(60, 40)))
    for at, byte in data.draw(st.lists(st.tuples(st.integers(0, len(content) - 1), st.integers(0, 255)), max_size=6)):
        content[at] = byte
    cut = data.draw(st.integers(0, len(content)))
    tail = data.draw(st.binary(max_size=60))

    sent = bytes(content[:cut]) + tail
    code = code_of(sent)

    assert code in CODES | {"taken"}
    if code == "taken":
        picture, _, size = made_anew(sent, LIMITS)
        assert max(size) <= LIMITS.longest_side
        assert image_kind(picture) is ImageKind.JPEG
        assert b"SECRET" not in picture


@settings(max_examples=40, deadline=None)
@given(kind=st.sampled_from(("JPEG", "WEBP")), share=st.floats(0, 0.999))
def test_a_photo_that_lacks_its_end_is_never_taken(kind: str, share: float) -> None:
    content = photo(kind, size=(60, 40))

    assert code_of(content[: int(len(content) * share)]) in {"photo_missing", "not_a_photo", "photo_damaged"}


@settings(max_examples=40, deadline=None)
@given(kind=st.sampled_from(KINDS), between=st.binary(max_size=50))
def test_a_photo_that_is_an_archive_as_well_is_never_taken(kind: str, between: bytes) -> None:
    assert code_of(photo(kind, size=(60, 40)) + between + archive()) == "photo_hides_file"


@settings(max_examples=100, deadline=None)
@given(content=st.binary(max_size=300))
def test_bytes_that_are_no_photo_are_never_taken(content: bytes) -> None:
    assert code_of(content) in CODES
