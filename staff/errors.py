"""What staff refuses."""

from core.errors import Conflict, Invalid, NotFound, Refused


class WrongPassword(Refused):
    """The same answer for an unknown account, a wrong password and a person who has left."""

    code = "wrong_password"
    message = "账号或密码不对"
    status = 401


class TooManyFailures(Refused):
    """Too many failed log-ins for this address or this account; says nothing about which."""

    code = "too_many_failures"
    message = "登录失败次数过多，请 {retry_after_s} 秒后再试"
    status = 429

    def __init__(self, *, retry_after_s: int) -> None:
        super().__init__(retry_after_s=retry_after_s)
        self.retry_after_s = retry_after_s


class WrongCode(Refused):
    """The same answer for a wrong code, a spent or old one, and a phone that nobody here has."""

    code = "wrong_code"
    message = "验证码不对或已失效"
    status = 401


class CodeTooSoon(Refused):
    """Too many codes for this phone or this address; says nothing about which."""

    code = "code_too_soon"
    message = "验证码请求过于频繁，请 {retry_after_s} 秒后再试"
    status = 429

    def __init__(self, *, retry_after_s: int) -> None:
        super().__init__(retry_after_s=retry_after_s)
        self.retry_after_s = retry_after_s


class NoMobile(Invalid):
    """A code goes by SMS, so it needs a mobile."""

    code = "no_mobile"
    message = "请填写 11 位手机号"

    def __init__(self) -> None:
        super().__init__([(("body", "phone"), self.code, self.message)])


class MobileTaken(Conflict):
    """A code is for one person."""

    code = "mobile_taken"
    message = "这个手机号已绑定给其他人"


class PasswordTooShort(Refused):
    """A new password below the length that we ask for."""

    code = "password_too_short"
    message = "密码至少 {least} 个字符"


class PersonNotFound(NotFound):
    """No such person."""

    code = "person_not_found"
    message = "没有这个人员：{person_id}"


class UnitNotFound(NotFound):
    """No such unit."""

    code = "unit_not_found"
    message = "没有这个单位：{unit_id}"


class UnitCycle(Conflict):
    """A unit cannot stand below itself."""

    code = "unit_cycle"
    message = "单位不能移到自己的下级之下"


class UnitCodeTaken(Conflict):
    """Every unit has a code of its own."""

    code = "unit_code_taken"
    message = "单位代码已被使用：{unit_code}"


class AccountTaken(Conflict):
    """Every person has an account of their own, also those who have left."""

    code = "account_taken"
    message = "账号已被使用：{account}"


class StaffNumberTaken(Conflict):
    """Histories name people by it, so it is never given twice."""

    code = "staff_number_taken"
    message = "工号已被使用：{staff_number}"


class ShiftNotFound(NotFound):
    """No such shift on this roster."""

    code = "shift_not_found"
    message = "值班表中没有这一班：{shift_id}"


class OtherUnitsRoster(Refused):
    """A unit's roster is kept by its own officers, and by administrators."""

    code = "other_units_roster"
    message = "只能维护本单位的值班表"
