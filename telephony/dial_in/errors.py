"""What setting up to dial in is refused for."""

from core.errors import Conflict, Invalid


class DialInOff(Conflict):
    """This hotline has no number to dial in to."""

    code = "dial_in_off"
    message = "本热线没有开通拨入号码"


class DialInPhoneMalformed(Invalid):
    """The telephone must be one that the exchange can show."""

    code = "dial_in_phone_malformed"
    message = "请填写手机号，或带区号的座机号"

    def __init__(self) -> None:
        super().__init__([(("body", "phone"), self.code, self.message)])


class DialInPhoneTaken(Conflict):
    """One telephone is one person's."""

    code = "dial_in_phone_taken"
    message = "这个号码已由其他人登记用于拨入"
