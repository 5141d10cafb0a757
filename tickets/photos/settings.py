"""How photos are taken and where they are kept: section [photos] of config.toml."""

from dataclasses import dataclass
from pathlib import Path

from pydantic import Field

from core.settings import Section
from tickets.photos.rules import PictureLimits

FOLDER = "photos"


class PhotoSettings(Section):
    """Limits of citizens' photos."""

    file_mib: int = Field(10, ge=1, le=100, description="Largest photo, in MiB; beyond it the rest is not kept.")
    most_files: int = Field(9, ge=1, le=50, description="Photos by one form, by one material code, or by staff.")
    most_megapixels: int = Field(64, ge=1, le=200, description="Largest photo once unpacked, in millions of pixels.")
    longest_side: int = Field(2560, ge=640, le=10000, description="Photos are made smaller to this side, in pixels.")


@dataclass(frozen=True)
class PhotoOffice:
    """The limits, and the folder: every server of one database must see the same one."""

    settings: PhotoSettings
    folder: Path

    @classmethod
    def of(cls, settings: PhotoSettings, data_folder: Path) -> "PhotoOffice":
        return cls(settings, data_folder / FOLDER)

    @property
    def limits(self) -> PictureLimits:
        return PictureLimits(
            file_bytes=self.settings.file_mib << 20,
            pixels=self.settings.most_megapixels * 1_000_000,
            longest_side=self.settings.longest_side,
        )
