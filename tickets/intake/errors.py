"""Why something that a citizen sends is refused; what was typed stays on the page."""

from core.errors import Conflict, Refused


class TooMany(Refused):
    """More than one address, one phone or one matter may have for now."""

    code = "too_many"
    message = "提交过于频繁，请稍后再试，或拨打 12345"
    status = 429

    def __init__(self, *, retry_after_s: int) -> None:
        super().__init__(retry_after_s=retry_after_s)
        self.retry_after_s = retry_after_s


class TooManyForms(TooMany):
    """Too many forms from this address."""

    code = "too_many_forms"


class TooManyOfPhone(TooMany):
    """Too many forms with this phone number."""

    code = "too_many_of_phone"
    message = "这个电话今天提交的诉求较多，请明天再提交，或拨打 12345"


class TooManyCodes(TooMany):
    """Too many material codes for this matter."""

    code = "too_many_codes"
    message = "这件诉求今天发出的材料码已达上限，请改用其他方式"


class FilledByProgram(Refused):
    """A field that people do not see was filled, or the form came back faster than anybody types."""

    code = "filled_by_program"
    message = "提交得太快，请核对内容后再次点击提交"


class NoMobile(Conflict):
    """There is no mobile phone that an SMS could reach."""

    code = "no_mobile"
    message = "没有可以接收短信的手机号，请先填写诉求人手机"


class CodeWrong(Refused):
    """One answer whatever was wrong: code, tail, too late, too often, too many tries."""

    code = "material_code_wrong"
    message = "材料码或手机后四位不符，或材料码已失效，请核对短信"
