"""Photos on disk: by content, durable before their row, swept when no row names them."""

import os
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from core.computer import Computer
from core.database import Database
from tests.photos.making import LIMITS, photo, photo_of_a_phone
from tests.tickets.making import City
from tickets.photos.actions import add_to_ticket
from tickets.photos.errors import NotAPhoto
from tickets.photos.files import drop_files, incoming_path, old_hashes, picture_path, thumbnail_path
from tickets.photos.jobs import sweep
from tickets.photos.pictures import keep_picture, position_of, taken_at
from tickets.photos.rules import Picture


def kept(folder: Path, content: bytes, computer: Computer | None = None) -> str:
    """The hash of a photo that was sent and kept."""
    sent = incoming_path(folder)
    sent.write_bytes(content)
    if computer is None:
        return keep_picture(sent, folder, LIMITS).sha256
    return computer.run(keep_picture, sent, folder, LIMITS).sha256


def age(folder: Path, sha256: str) -> None:
    for path in (picture_path(folder, sha256), thumbnail_path(folder, sha256)):
        os.utime(path, (1_000_000, 1_000_000))


def test_a_photo_lies_under_its_own_hash_and_only_we_may_read_it(tmp_path: Path, computer: Computer) -> None:
    sha256 = kept(tmp_path, photo_of_a_phone(), computer)

    path = picture_path(tmp_path, sha256)
    assert path.parent.name == sha256[:2]
    assert path.stat().st_mode & 0o077 == 0
    assert thumbnail_path(tmp_path, sha256).stat().st_size < path.stat().st_size


def test_the_same_photo_twice_is_one_file(tmp_path: Path) -> None:
    first, again, other = (kept(tmp_path, photo(motif=motif)) for motif in (1, 1, 2))

    assert first == again
    assert first != other
    assert len(list(tmp_path.glob("[0-9a-f][0-9a-f]/*"))) == 4


def test_a_refusal_reaches_the_server_from_the_child_and_leaves_no_file(tmp_path: Path, computer: Computer) -> None:
    with pytest.raises(NotAPhoto) as refusal:
        kept(tmp_path, b"PK\x03\x04 a ZIP under the name of a photo", computer)

    assert refusal.value.code == "not_a_photo"
    assert list(tmp_path.glob("[0-9a-f][0-9a-f]/*")) == []


def test_what_no_row_names_is_swept_a_day_later_and_what_a_row_names_stays(
    database: Database, tmp_path: Path, now: datetime
) -> None:
    sent = incoming_path(tmp_path)
    sent.write_bytes(photo())
    picture = keep_picture(sent, tmp_path, LIMITS)
    orphan, fresh = kept(tmp_path, photo(motif=2)), kept(tmp_path, photo(motif=3))
    database.write(with_photo, picture, now)
    for sha256 in (picture.sha256, orphan):
        age(tmp_path, sha256)
    os.utime(sent, (1_000_000, 1_000_000))

    dropped = sweep(database, tmp_path, before=time.time() - 3600)

    assert dropped == 1
    assert not picture_path(tmp_path, orphan).exists()
    assert not thumbnail_path(tmp_path, orphan).exists()
    assert picture_path(tmp_path, picture.sha256).exists()
    assert picture_path(tmp_path, fresh).exists()
    assert not sent.exists()


def with_photo(session: Session, picture: Picture, now: datetime) -> None:
    city = City(session)
    add_to_ticket(session, city.registered(now).number, picture, most=9, by=city.agent, now=now)


def test_a_photo_that_is_sent_again_while_it_is_swept_stays(tmp_path: Path) -> None:
    content = photo()
    sha256 = kept(tmp_path, content)
    age(tmp_path, sha256)
    listed = [name for names in old_hashes(tmp_path, before=time.time() - 60) for name in names]
    assert listed == [sha256]

    kept(tmp_path, content)

    assert drop_files(tmp_path, listed, before=time.time() - 60) == 0
    assert picture_path(tmp_path, sha256).exists()
    assert thumbnail_path(tmp_path, sha256).exists()


@pytest.mark.parametrize(
    ("content", "position"),
    [
        (photo_of_a_phone(), (43.88361, 125.325)),
        (photo(), None),
        (photo("PNG"), None),
        (b"\xff\xd8\xff no photo", None),
    ],
)
def test_the_position_is_read_out_only_where_the_camera_wrote_one(
    content: bytes, position: tuple[float, float] | None
) -> None:
    assert position_of(content) == position


@pytest.mark.parametrize(
    ("content", "moment"),
    [
        (photo_of_a_phone(), datetime(2026, 10, 12, 7, 30, tzinfo=UTC)),
        (photo(), None),
        (photo("PNG"), None),
        (b"\xff\xd8\xff no photo", None),
    ],
)
def test_when_it_was_taken_is_read_in_the_citys_time_where_the_camera_names_no_zone(
    content: bytes, moment: datetime | None
) -> None:
    assert taken_at(content) == moment
