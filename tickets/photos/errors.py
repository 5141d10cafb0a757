"""Why a photo is refused: each reason with its own stable code and sentence."""

from typing import Any

from core.errors import Conflict, Invalid, NotFound, Refused, Unavailable


class PhotoRefused(Invalid):
    """A photo that cannot be taken; the others of the same form are."""

    code = "photo_refused"
    message = "这张照片不能接收"

    def __init__(self, **values: Any) -> None:
        super().__init__([(("body",), self.code, self.message.format(**values))], **values)


class PhotoTooLarge(PhotoRefused):
    """More bytes than a photo may have; nothing beyond them was kept."""

    code = "photo_too_large"
    message = "照片超过 {most_mib} MB，请压缩或截图后再传"
    status = 413


class PhotoMissing(PhotoRefused):
    """Nothing was sent."""

    code = "photo_missing"
    message = "没有收到照片"


class NotAPhoto(PhotoRefused):
    """Something else, perhaps under the name of a photo."""

    code = "not_a_photo"
    message = "文件内容不是 JPG、PNG、WebP 或 HEIC 照片"


class PhotoDamaged(PhotoRefused):
    """It begins as a photo and does not end as one."""

    code = "photo_damaged"
    message = "照片不完整或已损坏，请重新拍摄或重新发送"


class TooManyPixels(PhotoRefused):
    """Small as a file, huge once unpacked."""

    code = "photo_too_many_pixels"
    message = "照片超过 {most_megapixels} 百万像素，请缩小后再传"


class PhotoHidesFile(PhotoRefused):
    """A photo that is an archive, a document or a page as well."""

    code = "photo_hides_file"
    message = "照片中夹带了其他文件，不能接收"


class PhotosNotKept(Unavailable):
    """The data folder takes nothing now."""

    code = "photos_not_kept"
    message = "照片暂时无法保存，请稍后再试"


class TooManyPhotos(Conflict):
    """As many as one form, one code or one person may send are there."""

    code = "too_many_photos"
    message = "最多 {most} 张照片，已经收满"


class PhotoNotFound(NotFound):
    """No such photo, or one of a ticket that this person may not see."""

    code = "photo_not_found"
    message = "没有这张照片：{photo_id}"


class PhotosClosed(Refused):
    """The ticket is sealed, and this person has not said what for, or longer ago than they stay open."""

    code = "photos_closed"
    message = "密件的照片须写明用途后查看：{ticket}"


class NothingMoreTaken(Conflict):
    """The matter is over."""

    code = "nothing_more_taken"
    message = "该诉求已办结或已提交，不再接收照片"
